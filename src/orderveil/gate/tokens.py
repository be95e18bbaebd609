"""The opaque token on a label: it says nothing, and a courier's credential turns it into a view.

Rules kept here:
- a token is the brand's number, one AES block over the order's id under a key that no partner's ref
  uses, and the parcel's number: it can't be guessed, and joins with no partner's refs;
- it opens nothing by itself: whoever resolves it discloses, or says what anybody may know.
"""

import re
from collections.abc import Sequence

from django.conf import settings

from orderveil.core.refs import RefKey
from orderveil.gate.keys import ref_key
from orderveil.partners.models import Brand

_NOBODY = 0
"""In the place of a partner's number: no partner has it."""
_TOKEN = re.compile(r"([1-9][0-9]{0,8})\.([A-Z2-7]{26})\.([1-9][0-9]{0,2})")


def make_many(brand_id: int, parcels: Sequence[tuple[bytes, int]]) -> list[str]:
    """The tokens of (order id, parcel number): "3.K7Q2....1", letters of QR's alphanumeric mode."""
    refs = _key(brand_id).make_many([order_id for order_id, _ in parcels])
    return [f"{brand_id}.{ref}.{number}" for ref, (_, number) in zip(refs, parcels, strict=True)]


def code_of(token: str) -> str:
    """What the label's code holds: the address of its page, in capitals; else the token alone."""
    return f"{settings.URL}/t/{token}".upper() if settings.URL else token


def brand_of(token: str) -> Brand | None:
    """Whose label it is, if anybody's; tells nothing about whether there is such a parcel."""
    match = _TOKEN.fullmatch(token.upper())
    return Brand.objects.filter(pk=int(match[1])).first() if match else None


def open_token(brand_id: int, token: str) -> tuple[bytes, int] | None:
    """(order id, parcel number) behind a token of this brand's; None for any other text."""
    match = _TOKEN.fullmatch(token.upper())
    if match is None or int(match[1]) != brand_id:
        return None
    found = _key(brand_id).open(match[2])
    return (found[0], int(match[3])) if found else None


def _key(brand_id: int) -> RefKey:
    return ref_key(brand_id, _NOBODY, 0)
