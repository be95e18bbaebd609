"""Django's cache on PostgreSQL: the limits of the sign-in, and which one-time codes were used.

Rules kept here:
- what still holds is never thrown out to make room: whoever floods it lifts nobody's limit;
- a used code stays used as long as the clock takes it, which is longer than allauth keeps it;
- values are JSON: whoever writes into the table runs nothing here. Keys are stored hashed.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from allauth.mfa import app_settings as mfa
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from orderveil.core.clocks import utc_now

_USED_CODE = "allauth.mfa.totp.used"
_SWEPT_AT_ONCE = 100
_ADD = """
INSERT INTO people_cache AS c (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
_UNLESS_IT_HOLDS = " WHERE c.expires <= %s"
_SWEEP = """
DELETE FROM people_cache WHERE cache_key IN
 (SELECT cache_key FROM people_cache WHERE expires <= %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_FOREVER = datetime.max.replace(tzinfo=UTC)


class Cache(BaseCache):
    """A row for each key; `add` is atomic, whatever many processes do."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        del location
        super().__init__(params)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep it unless something is kept there; whether it is kept now."""
        if key.startswith(_USED_CODE):
            timeout = mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)
        now = utc_now()
        row = (self._row_key(key, version), json.dumps(value), self._end(timeout), now)
        with connection.cursor() as cursor:
            cursor.execute(_SWEEP, [now, _SWEPT_AT_ONCE])
            cursor.execute(_ADD + _UNLESS_IT_HOLDS, row)
            return bool(cursor.rowcount)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What is kept there, if it still holds."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT value FROM people_cache WHERE cache_key = %s AND expires > %s",
                [self._row_key(key, version), utc_now()],
            )
            row = cursor.fetchone()
        return json.loads(row[0]) if row else default

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep it, instead of what was there."""
        row = (self._row_key(key, version), json.dumps(value), self._end(timeout))
        with connection.cursor() as cursor:
            cursor.execute(_ADD, row)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep what is there for another while; whether there was anything."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE people_cache SET expires = %s WHERE cache_key = %s AND expires > %s",
                [self._end(timeout), self._row_key(key, version), utc_now()],
            )
            return bool(cursor.rowcount)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget it; whether it was there."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM people_cache WHERE cache_key = %s", [self._row_key(key, version)]
            )
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Forget everything."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM people_cache")

    def _row_key(self, key: str, version: int | None) -> str:
        made = self.make_key(key, version=version)
        return hashlib.sha256(made.encode()).hexdigest()

    def _end(self, timeout: Any) -> datetime:
        moment = self.get_backend_timeout(timeout)
        return _FOREVER if moment is None else datetime.fromtimestamp(moment, UTC)
