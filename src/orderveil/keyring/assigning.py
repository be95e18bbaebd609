"""Which root keys wrap a brand's: the installation's, or another provider's.

Rules kept here:
- only providers that the installation's settings name can be assigned: a provider is handed the
  keys it wraps, so whoever may choose any address may read everything;
- a provider wraps and opens something of no use before anything is given to it;
- a brand's keys move as one: after the commit all of them are under the new provider, before it
  none. Older copies of them, as in backups, open until the root version that they were under is
  destroyed: `rotation` does that for the providers that are still in use.
"""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from django.conf import settings

from orderveil.keyring import rotation, wrapping
from orderveil.keyring.providers import KeyringError

INSTALLATIONS_OWN = "installation"
_PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider by the name that the settings give it. `kind`: file, transit or kms."""

    name: str
    kind: str
    url: str = field(repr=False)


def choices() -> tuple[Choice, ...]:
    """The installation's own, and those that the settings name beside it."""
    known = {INSTALLATIONS_OWN: settings.KEYS_URL, **settings.KEY_PROVIDERS}
    return tuple(_choice(name, url) for name, url in known.items())


def url_of(name: str) -> str:
    """The address of the provider of that name; KeyringError if the settings name none."""
    found = {one.name: one.url for one in choices()}.get(name)
    if found is None:
        raise _not_listed()
    return found


def assigned(brand_id: int) -> Choice:
    """The provider that wraps the brand's keys now."""
    return assigned_to([brand_id])[brand_id]


def assigned_to(brands: Collection[int]) -> dict[int, Choice]:
    """The same of several brands, in one question."""
    known: dict[str, Choice] = {}
    for one in choices():
        known.setdefault(one.url, one)
    urls = wrapping.provider_urls(brands)
    return {
        brand_id: known.get(url) or _choice("no longer listed", url)
        for brand_id, url in urls.items()
    }


def assign_provider(brand_id: int, url: str) -> int:
    """Wrap the brand's keys by this provider from now on; how many were rewrapped.

    Joins the caller's transaction. KeyringError, and nothing has changed, if it does not work.
    """
    if url not in {one.url for one in choices()}:
        raise _not_listed()
    probe(brand_id, url)
    return rotation.move_brand(brand_id, url)


def probe(brand_id: int, url: str) -> None:
    """Have the provider wrap and open a throw-away key; KeyringError if it can't."""
    roots = wrapping.provider(url)
    value, place = secrets.token_bytes(32), wrapping.context(_PROBE, brand_id, _PROBE)
    try:
        opened = roots.unwrap(roots.wrap(value, place), place)
    except OSError:
        raise KeyringError(
            "The provider's folder can't be written or read.",
            remedy="Check the folder and the rights of the user of Orderveil on it.",
        ) from None
    if not hmac.compare_digest(opened, value):
        raise KeyringError(
            "The provider opened something else than it wrapped.",
            remedy="Don't use it; look at the provider's own log.",
        )


def trouble(brand_id: int) -> str | None:
    """What is wrong with the brand's provider now, as a sentence; None: it works."""
    try:
        probe(brand_id, wrapping.provider_url(brand_id))
    except KeyringError as error:
        return error.diagnostics()
    return None


def _choice(name: str, url: str) -> Choice:
    return Choice(name, url.partition(":")[0], url)


def _not_listed() -> KeyringError:
    return KeyringError(
        "The settings name no such key provider.",
        remedy="Add it to ORDERVEIL_KEY_PROVIDERS and start again.",
    )
