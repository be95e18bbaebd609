"""In whose name a person works on the floor, and which waves are theirs to see.

Rules kept here:
- people of the warehouse work for the partner they ask as everywhere at the desk;
- people of another hop (operations) make waves and pick for any warehouse of the brand: they are
  shown items, and no buyer;
- another brand's wave, and another warehouse's, is not there: 404.
"""

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, in_force
from orderveil.gate.desk.caller import caller_of
from orderveil.hops.wms.models import Wave
from orderveil.partners.models import Partner


def warehouses(actor: Actor) -> list[Partner]:
    """The partners in whose name this person may make waves, the usual one first."""
    law = laws.current(laws.law_of(actor.brand_id))
    found = [each for each in law.partners.values() if Hop.WMS in each.hops]
    if actor.terms.hop == Hop.WMS:
        mine = caller_of(actor, "waves")
        number = None if isinstance(mine, Problem) else mine.partner_id
        return [each for each in found if each.pk == number]
    return sorted(found, key=lambda each: (not each.own, each.name, each.pk))


def caller_for(actor: Actor, reason: str, partner_id: int | None = None) -> Caller:
    """The Caller at this warehouse, or at the usual one. Raises `RefusedError`."""
    if actor.terms.hop == Hop.WMS:
        caller = caller_of(actor, reason)
        if isinstance(caller, Problem):
            raise RefusedError(caller)
        return caller
    numbers = [each.pk for each in warehouses(actor)]
    if partner_id is None and numbers:
        partner_id = numbers[0]
    if partner_id not in numbers:
        raise RefusedError(_NO_WAREHOUSE)
    caller = Caller(
        *(actor.brand_id, partner_id, Hop.WMS), person=actor.person, reason=reason, actor=actor
    )
    problem = in_force(laws.law_of(actor.brand_id), caller, actor.now)
    if problem is not None:
        raise RefusedError(problem)
    return caller


def wave_for(actor: Actor, number: int, reason: str) -> tuple[Caller, Wave]:
    """The wave of this row, and the Caller at its warehouse. Raises `RefusedError` (404)."""
    theirs = [each.pk for each in warehouses(actor)]
    wave = Wave.objects.filter(pk=number, brand_id=actor.brand_id, partner_id__in=theirs).first()
    if wave is None:
        raise RefusedError(_NO_WAVE)
    return caller_for(actor, reason, wave.partner_id), wave


_NO_WAREHOUSE = Problem(
    code="no_warehouse",
    detail="The brand has no such warehouse.",
    remedy="Add a partner that runs the hop wms.",
    rule="wms: a wave is made for a partner that packs",
    status=404,
)
_NO_WAVE = Problem(
    code="no_such_wave",
    detail="Your warehouse has no such wave.",
    remedy="Look at the list of waves.",
    rule="wms: a warehouse sees its own waves",
    status=404,
)
