"""Floors: what no policy may loosen. Code, not configuration.

A policy that crosses a floor does not load. Each floor says in a sentence what it protects; the
sentence is the rule that an error cites.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orderveil.core.errors import Problem
from orderveil.core.fields import ADDRESS_LINES, FIELDS_OF, PERSONAL, Compartment, Field
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.core.hops import Hop
from orderveil.core.table import Profile, Table

Allowed = Callable[[Form, Profile], bool]


def _nothing(form: Form, _profile: Profile) -> bool:
    return form in SHOWS_NOTHING


def _only_sent(form: Form, _profile: Profile) -> bool:
    return tells_at_most(form, Form.SENT)


def _not_whole(form: Form, _profile: Profile) -> bool:
    # `sent` opens the value inside our own sending code, so it counts as whole elsewhere.
    return form not in {Form.WHOLE, Form.SENT, Form.IF_COD}


def _unlinkable(form: Form, profile: Profile) -> bool:
    return _not_whole(form, profile) and form != Form.HASHED


def _whole_unless_strict(form: Form, profile: Profile) -> bool:
    return _unlinkable(form, profile) or (form == Form.WHOLE and profile != Profile.STRICT)


@dataclass(frozen=True, slots=True)
class Floor:
    """One thing that holds under every policy."""

    hop: Hop
    fields: frozenset[Field]
    allowed: Allowed
    rule: str


_BROWSING = frozenset(FIELDS_OF[Compartment.BROWSING])
_PAYMENT = frozenset(FIELDS_OF[Compartment.PAYMENT])
_REACHABLE = frozenset({Field.PHONE, Field.EMAIL})
_FINDABLE = ADDRESS_LINES | {Field.PINCODE, Field.GEO, Field.BILLING_NAME, Field.BILLING_ADDRESS}

FLOORS: tuple[Floor, ...] = (
    Floor(Hop.STOREFRONT, PERSONAL, _nothing, "the storefront gets acknowledgements only"),
    Floor(Hop.IMS, PERSONAL, _nothing, "an inventory system holds no buyer"),
    Floor(
        Hop.LABEL,
        _BROWSING | _PAYMENT | {Field.EMAIL},
        _nothing,
        "a label never shows email, browsing, or payment beyond the cash due",
    ),
    Floor(Hop.COMMS, ADDRESS_LINES, _nothing, "a message never holds an address line"),
    Floor(Hop.COMMS, _REACHABLE, _only_sent, "a gateway's phone and email are only ever *sent*"),
    Floor(Hop.WMS, frozenset({Field.PHONE}), _unlinkable, "a slip never shows a whole phone"),
    Floor(Hop.COURIER, frozenset({Field.EMAIL}), _unlinkable, "a courier never gets a whole email"),
    Floor(Hop.COURIER, _BROWSING, _nothing, "a courier never gets browsing data"),
    Floor(
        Hop.COURIER,
        frozenset({Field.PHONE}),
        _whole_unless_strict,
        "a courier gets a whole phone only under the profiles `today` and `balanced`",
    ),
    *(
        Floor(
            hop,
            _REACHABLE | _FINDABLE | {Field.NAME},
            _not_whole,
            f"{hop} never gets name, phone, email or address whole, but by an approved export",
        )
        for hop in (Hop.MARKETING, Hop.REPORTS)
    ),
    Floor(Hop.RETENTION, PERSONAL, _nothing, "retention sees ids and dates only"),
)


def lets_through(hop: Hop, field: Field, form: Form, profile: Profile) -> bool:
    """True if a policy of this profile may have this cell."""
    return all(
        floor.allowed(form, profile)
        for floor in FLOORS
        if floor.hop == hop and field in floor.fields
    )


def crossings(table: Table) -> list[Problem]:
    """Every cell of the table that crosses a floor, with the rule and the remedy."""
    return list(_crossings(table))


def _crossings(table: Table) -> Iterator[Problem]:
    for floor in FLOORS:
        row = table.rows[floor.hop]
        for field in Field:
            form = row.form(field)
            if field in floor.fields and not floor.allowed(form, table.profile):
                yield Problem(
                    code="floor_crossed",
                    detail=f"{floor.hop}.{field} is `{form}`, which no policy may say.",
                    rule=f"floor: {floor.rule}",
                    remedy=f"Give {floor.hop}.{field} a form that tells less, or leave it out.",
                    pointer=f"/hops/{floor.hop}/fields/{field}",
                )
