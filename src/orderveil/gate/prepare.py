"""From a draft to sealed rows: normalise, identify, seal, fingerprint. Touches no database."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from orderveil.core import normalise
from orderveil.core.blindindex import fingerprint, order_id
from orderveil.core.fields import COMPARTMENT_OF, Compartment, Field
from orderveil.core.orders import Facts, OrderDraft, ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.redaction import WITHHELD_MARK, redact
from orderveil.core.sealing import DEK_BYTES, NONCE_BYTES, SealedOrder
from orderveil.gate.keys import BrandKeys
from orderveil.keyring.epochs import EpochKey

RANDOM_BYTES = DEK_BYTES + NONCE_BYTES * (1 + len(Compartment))
"""What one order needs: a data key, a nonce to wrap it, and a nonce per compartment."""

_encode_facts = msgspec.json.Encoder().encode
_ISO_COUNTRY_LENGTH = 2
HOME_COUNTRY = "IN"

_NORMALISE: Mapping[Field, Callable[[str], str]] = {
    Field.EMAIL: normalise.email,
    Field.PINCODE: normalise.pincode,
}
_PLACES: Mapping[Field, tuple[Compartment, str, Callable[[str], str]]] = {
    name: (compartment, str(name), _NORMALISE.get(name, normalise.text))
    for name, compartment in COMPARTMENT_OF.items()
}
"""Field -> (compartment, its name as a plain string, how it is spelled)."""

Values = dict[Compartment, dict[str, str]]


class SealedDraft(msgspec.Struct, frozen=True, gc=False):
    """One order, ready to be inserted. Nothing in it is personal in clear but what facts hold."""

    order_id: bytes
    shop_order_id: str
    order_number: str | None
    placed_at: datetime | None
    source_updated_at: datetime | None
    facts: bytes
    compartments: Mapping[Compartment, bytes]
    dek_no: int
    epoch_id: int
    wrapped: bytes
    phone: bytes | None
    email: bytes | None
    parcels: tuple[ParcelDraft, ...]
    cancelled: bool


def identify(keys: BrandKeys, channel_id: int, draft: OrderDraft) -> bytes:
    """The order id of a draft."""
    return order_id(keys.ids, channel_id, draft.shop_order_id)


def normalised(personal: Mapping[Field, Personal]) -> Values:
    """The draft's personal values in their one spelling, by compartment; empty ones left out."""
    named = personal.get(Field.COUNTRY)
    country = named.reveal().strip().upper() if named else HOME_COUNTRY
    if len(country) != _ISO_COUNTRY_LENGTH:
        country = HOME_COUNTRY
    values: Values = {}
    for name, wrapped in personal.items():
        compartment, key, spell = _PLACES[name]
        text = wrapped.reveal()
        text = normalise.phone(text, country) if name is Field.PHONE else spell(text)
        if text:
            group = values.get(compartment)
            if group is None:
                values[compartment] = {key: text}
            else:
                group[key] = text
    return values


def with_region(facts: Facts, values: Values) -> Facts:
    """The facts with their region, which is all that is left of the address for reports.

    Contacts typed into an item's title are cut out: facts are not sealed.
    """
    address = values.get(Compartment.ADDRESS, {})
    region = normalise.region(address.get(Field.STATE), address.get(Field.PINCODE))
    if region:
        facts = msgspec.structs.replace(facts, region=region)
    titles = [redact(item.title, _cut, _cut) for item in facts.items]
    if titles != [item.title for item in facts.items]:
        items = zip(facts.items, titles, strict=True)
        facts = msgspec.structs.replace(
            facts,
            items=tuple(msgspec.structs.replace(item, title=title) for item, title in items),
        )
    return facts


def _cut(_contact: str) -> str:
    return WITHHELD_MARK


def fingerprints(keys: BrandKeys, values: Values) -> tuple[bytes | None, bytes | None]:
    """The blind index entries of (phone, email)."""
    contact = values.get(Compartment.CONTACT, {})
    phone, email = contact.get(Field.PHONE), contact.get(Field.EMAIL)
    return (
        fingerprint(keys.index, Field.PHONE, normalise.search_key(Field.PHONE, phone))
        if phone
        else None,
        fingerprint(keys.index, Field.EMAIL, normalise.search_key(Field.EMAIL, email))
        if email
        else None,
    )


def seal_values(
    values: Values, brand_id: int, order: bytes, dek_no: int, epoch: EpochKey, random: bytes
) -> tuple[dict[Compartment, bytes], bytes]:
    """(sealed compartments, wrapped data key) under a data key taken from `random`."""
    key = SealedOrder(random[:DEK_BYTES], brand_id, order, dek_no)
    at = DEK_BYTES + NONCE_BYTES
    wrapped = key.wrap(epoch.key, epoch.id, random[DEK_BYTES:at])
    sealed = {}
    for compartment, group in values.items():
        sealed[compartment] = key.seal(compartment, group, random[at : at + NONCE_BYTES])
        at += NONCE_BYTES
    return sealed, wrapped


def prepare(
    draft: OrderDraft,
    order: bytes,
    brand_id: int,
    keys: BrandKeys,
    epoch: EpochKey,
    random: bytes | None = None,
) -> SealedDraft:
    """A draft normalised, sealed under a fresh data key and fingerprinted."""
    values = normalised(draft.personal)
    sealed, wrapped = seal_values(
        values, brand_id, order, 1, epoch, random or os.urandom(RANDOM_BYTES)
    )
    phone, email = fingerprints(keys, values)
    return SealedDraft(
        order_id=order,
        shop_order_id=draft.shop_order_id,
        order_number=draft.order_number,
        placed_at=draft.placed_at,
        source_updated_at=draft.updated_at,
        facts=_encode_facts(with_region(draft.facts, values)),
        compartments=sealed,
        dek_no=1,
        epoch_id=epoch.id,
        wrapped=wrapped,
        phone=phone,
        email=email,
        parcels=draft.parcels,
        cancelled=draft.cancelled,
    )
