"""Sessions as the database holds them: under the hash of their key, with sealed contents.

Rules kept here:
- the cookie's value is nowhere in the database: who copies it can't go on as anybody;
- what a session holds (a factor's secret while it is enrolled) is sealed under the installation's
  secret key, which is not in the database either; a row moved to another key does not open;
- a cookie that is a stored name opens nothing: only allauth's list of sessions uses those.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as InTheDatabase
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.models.signals import pre_save
from django.http import HttpRequest, HttpResponse

from orderveil.core.clocks import utc_now
from orderveil.core.sealing import SealBrokenError
from orderveil.keyring import boxes

_MARK = "~"
_NAME_BYTES = 29
"""Base64 of it, with the mark, fills the 40 characters that both tables have."""


def stored_name(key: str | None) -> str:
    """The name under which a session is stored; of a stored name that name; "" of none."""
    if not key or key.startswith(_MARK):
        return key or ""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return _MARK + base64.urlsafe_b64encode(digest[:_NAME_BYTES]).decode().rstrip("=")


class SessionStore(InTheDatabase):
    """Django's own, but for the name and the form in which a row is kept."""

    def _get_session_from_db(self) -> Any:
        found = self.model.objects.filter(
            session_key=self._name(), expire_date__gt=utc_now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Is there a session of this key, or of this stored name?"""
        return super().exists(stored_name(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """End it: this one, or that of a key or a stored name."""
        name = stored_name(session_key or self.session_key)
        if name:
            super().delete(name)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row as it is kept."""
        self._get_or_create_session_key()  # type: ignore[attr-defined]  # Django's own
        return self.model(
            session_key=self._name(),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Sealed, base64."""
        plain = json.dumps(session_dict, separators=(",", ":")).encode()
        return base64.b64encode(boxes.seal_under(_key(), self._name(), plain)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What was sealed; nothing if it was not sealed here."""
        try:
            plain = boxes.open_under(_key(), self._name(), base64.b64decode(session_data))
        except (SealBrokenError, ValueError):
            return {}
        told: dict[str, Any] = json.loads(plain)
        return told

    def _name(self) -> str:
        return stored_name(self.session_key)


class _OfACookie(SessionStore):
    """Opened with what a browser sent."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(None if (session_key or "").startswith(_MARK) else session_key)


class Sessions(SessionMiddleware):
    """Django's own, but that a stored name is no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.SessionStore = _OfACookie


def connect() -> None:
    """Have allauth's list of sessions keep stored names: called once, when all is loaded."""
    pre_save.connect(_name_only, sender=UserSession, dispatch_uid="people_session_name")


def _name_only(instance: UserSession, **_: Any) -> None:
    instance.session_key = stored_name(instance.session_key)


def _key() -> bytes:
    return hmac.digest(str(settings.SECRET_KEY).encode(), b"orderveil sessions", "sha256")
