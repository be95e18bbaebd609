"""Who takes part in a walk: a sample brand, its channels, a partner and a credential per hop."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from orderveil.core.hops import Hop
from orderveil.gate.provision import provision_brand
from orderveil.hops.storefront.formats import Format
from orderveil.ledger.acts import machine
from orderveil.partners import credentials, registry
from orderveil.partners.models import Brand, Channel, Partner
from orderveil.partners.papers import Terms

SLUG = "saffron-sample"
NAME = "Saffron & Slate (sample)"
TOKEN_LIFE = timedelta(hours=1)

PARTNERS: tuple[tuple[str, str, tuple[Hop, ...], bool], ...] = (
    ("shop", "Saffron & Slate web shop", (Hop.STOREFRONT,), True),
    ("orderdesk", "Orderdesk (sample OMS)", (Hop.OMS,), False),
    ("stockroom", "Stockroom (sample IMS)", (Hop.IMS,), False),
    ("packhouse", "Packhouse (sample warehouse)", (Hop.WMS, Hop.LABEL), False),
    ("swiftpost", "Swiftpost (sample courier)", (Hop.COURIER,), False),
    ("pinggate", "Pinggate (sample gateway)", (Hop.COMMS,), False),
    ("careline", "Careline (sample call centre)", (Hop.SUPPORT,), False),
    ("audience", "Audience (sample CRM)", (Hop.MARKETING,), False),
    ("books", "Saffron & Slate reports", (Hop.REPORTS,), True),
    ("archive", "Saffron & Slate archive", (Hop.RETENTION,), True),
)
"""(slug, name, hops, own): invented companies."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone in the walk. `tokens` are this walk's own and are revoked when it ends."""

    brand: Brand
    channels: dict[Format, Channel]
    partners: dict[Hop, Partner]
    tokens: dict[Hop, str]
    import_token: str
    credential_ids: tuple[int, ...]


def _brand(now: datetime) -> Brand:
    found = Brand.objects.filter(slug=SLUG, is_sample=True).first()
    return found or provision_brand(SLUG, name=NAME, now=now, who=machine(), is_sample=True)


def _channels(brand: Brand, now: datetime) -> dict[Format, Channel]:
    known = {Format(c.format): c for c in Channel.objects.filter(brand=brand, revoked_at=None)}
    for format_ in Format:
        if format_ not in known:
            known[format_] = registry.add_channel(brand, str(format_), format_, now=now)[0]
    return known


def _terms(slug: str) -> Terms:
    """What an invented company signed: all that a policy can need."""
    return Terms(
        document_digest=sha256(f"sample agreement with {slug}".encode()).hexdigest(),
        countries=("IN",),
        deletion_days=30,
        breach_hours=24,
        contact=f"privacy@{slug}.example",
    )


def _partners(brand: Brand, now: datetime) -> dict[Hop, Partner]:
    found: dict[Hop, Partner] = {}
    for slug, name, hops, own in PARTNERS:
        partner = Partner.objects.filter(brand=brand, slug=slug).first()
        if partner is None:
            partner = registry.add_partner(
                brand, slug, list(hops), now=now, name=name, own=own, assigned_by_default=True
            )
            if not own:
                registry.agree(partner, now.date(), None, now=now, terms=_terms(slug))
        found |= dict.fromkeys(hops, partner)
    return found


def sample_brand(now: datetime) -> tuple[Brand, dict[Format, Channel], dict[Hop, Partner]]:
    """The sample brand, its channels and its partners; each made if it is not there."""
    brand = _brand(now)
    return brand, _channels(brand, now), _partners(brand, now)


def assemble(now: datetime) -> Cast:
    """Everyone for one walk, with fresh credentials."""
    brand, channels, partners = sample_brand(now)
    tokens, numbers = {}, []
    until = now + TOKEN_LIFE
    for hop, partner in partners.items():
        credential, tokens[hop] = credentials.issue(partner, hop, now=now, expires_at=until)
        numbers.append(credential.pk)
    importer, import_token = credentials.issue(
        partners[Hop.STOREFRONT],
        Hop.STOREFRONT,
        now=now,
        expires_at=until,
        channel=channels[Format.AMAZON],
    )
    numbers.append(importer.pk)
    return Cast(brand, channels, partners, tokens, import_token, tuple(numbers))


def dismiss(cast: Cast, now: datetime) -> None:
    """Revoke the walk's credentials."""
    for number in cast.credential_ids:
        credentials.revoke(number, now=now)
