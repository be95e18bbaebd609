"""`decide`: may this hop see, and in which forms?

Rules kept here:
- pure: the time, the table and the standing come in; a Grant or a Problem comes out;
- the parcel's state, the assignment and the order's brand are *conditions* of the Grant, checked
  by the statement that records the disclosure, so a decision needs no read of its own;
- a refusal names the field or term, the rule and the remedy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from orderveil.core.errors import Problem
from orderveil.core.fields import COMPARTMENT_OF, Compartment, Field
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.core.hops import Hop, Reach
from orderveil.core.papers import Term, unnamed
from orderveil.core.states import ParcelState
from orderveil.core.table import HopRow, Requirement, Table


class Mode(StrEnum):
    """How a partner is rolled out."""

    OBSERVE = "observe"
    ENFORCE_SHARE = "enforce_share"
    """`enforce N%`: the policy for a share of the orders, by hash; `today` for the rest."""
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True)
class Standing:
    """May this partner receive data today, and how is it rolled out?"""

    partner: str
    hops: frozenset[Hop]
    suspended: bool = False
    own: bool = False
    """The brand's own system: it needs no agreement with itself."""
    agreement_in_force: bool = False
    begins_on: date | None = None
    """Without one in force: the first day of the next that is on record."""
    ended_on: date | None = None
    """Without one in force: the last day of the one before."""
    named: frozenset[Term] = frozenset()
    """What the agreement in force names."""
    demands_email: bool = False
    mode: Mode = Mode.ENFORCE
    enforce_percent: int = 100


@dataclass(frozen=True, slots=True)
class Policies:
    """The table in force and the `today` table, with the name that disclosures cite."""

    label: str
    """Name and version, "balanced@3"."""
    version_id: int
    table: Table
    today: Table


@dataclass(frozen=True, slots=True)
class Grant:
    """What a hop gets, and under which conditions the statement may hand it out."""

    hop: Hop
    purpose: str
    policy: str
    policy_version: int
    forms: Mapping[Field, Form]
    """Only what shows something; all else is withheld."""
    withheld: Mapping[Field, Form]
    reach: Reach
    states: frozenset[ParcelState]
    would_withhold: tuple[tuple[Field, Form], ...] = ()
    """In `observe`: what the policy would have shown less of, and in which form."""
    compartments: frozenset[Compartment] = field(default_factory=frozenset)


def enforced_for(standing: Standing, order_id: bytes) -> bool:
    """Does the policy (not `today`) hold for this order? Stable for an order's whole life."""
    if standing.mode == Mode.ENFORCE:
        return True
    if standing.mode == Mode.OBSERVE:
        return False
    # Order ids are HMACs: any two bytes are uniform.
    return int.from_bytes(order_id[:2]) % 100 < standing.enforce_percent


def _standing_problem(hop: Hop, row: HopRow, standing: Standing) -> Problem | None:
    if standing.suspended:
        return Problem(
            code="partner_suspended",
            detail=f"Partner {standing.partner} is suspended.",
            rule="standing: a suspended partner receives nothing",
            remedy="Ask the brand's privacy officer to lift the suspension.",
            status=403,
        )
    if hop not in standing.hops:
        return Problem(
            code="wrong_hop",
            detail=f"Partner {standing.partner} does not run the hop {hop}.",
            rule="standing: a partner receives only for the hops it runs",
            remedy=f"Ask for one of: {', '.join(sorted(standing.hops)) or 'none'}.",
            status=403,
        )
    return None if standing.own else _paper_problem(hop, row, standing)


def _paper_problem(hop: Hop, row: HopRow, standing: Standing) -> Problem | None:
    """The paper that is missing; the brand's own system has none to sign."""
    if row.needs and not standing.agreement_in_force:
        return Problem(
            code="no_agreement",
            detail=f"Partner {standing.partner} has no data-processing agreement in force:"
            f" {around(standing) or 'none is on record'}.",
            rule=f"policy: {hop} needs an agreement in force",
            remedy="Record the signed agreement with its dates: `orderveil partner agree`.",
            status=403,
        )
    missing = unnamed(standing.named)
    if Requirement.TERMS in row.needs and missing:
        return Problem(
            code="agreement_incomplete",
            detail=f"The data-processing agreement in force with partner {standing.partner}"
            f" does not name: {', '.join(missing)}.",
            rule=f"policy: {hop} needs an agreement that names its terms",
            remedy="Record the signed agreement with all of them: `orderveil partner agree`.",
            status=403,
        )
    return None


def around(standing: Standing) -> str:
    """Where none is in force: when the last agreement ended and the next begins; "" without any."""
    dates = []
    if standing.ended_on is not None:
        dates.append(f"the last one ended on {standing.ended_on}")
    if standing.begins_on is not None:
        dates.append(f"the next one begins on {standing.begins_on}")
    return ", ".join(dates)


def _effective(form: Form, name: Field, standing: Standing) -> Form:
    """A virtual email exists only for a partner whose own API demands one."""
    if name == Field.EMAIL and form == Form.VIRTUAL and not standing.demands_email:
        return Form.ABSENT
    return form


def decide(hop: Hop, policies: Policies, standing: Standing, *, enforced: bool) -> Grant | Problem:
    """What `hop` gets from this partner's standing; `enforced` comes from `enforced_for`.

    Under `observe` a field is shown as `today` shows it, unless the policy provably shows more:
    going to `observe` takes nothing away.
    """
    row = policies.table.rows[hop]
    problem = _standing_problem(hop, row, standing)
    if problem is not None:
        return problem
    today = policies.today.rows[hop]
    forms: dict[Field, Form] = {}
    would: list[tuple[Field, Form]] = []
    for name in Field:
        form = strict = _effective(row.form(name), name, standing)
        if not enforced and not tells_at_most(today.form(name), strict):
            form = today.form(name)
            would.append((name, strict))
        forms[name] = form
    shown = {name: form for name, form in forms.items() if form not in SHOWS_NOTHING}
    return Grant(
        hop=hop,
        purpose=row.purpose,
        policy=policies.label,
        policy_version=policies.version_id,
        forms=shown,
        withheld={name: form for name, form in forms.items() if form in SHOWS_NOTHING},
        reach=row.reach,
        states=row.states if enforced else row.states | today.states,
        would_withhold=tuple(would),
        compartments=frozenset(COMPARTMENT_OF[name] for name in shown if name in COMPARTMENT_OF),
    )
