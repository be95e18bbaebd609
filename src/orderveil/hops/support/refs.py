"""From a ref in a URL to the order behind it, for the person who asks."""

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.refusals import UNKNOWN


def order_behind(actor: Actor, ref: str, reason: str) -> tuple[Caller, bytes]:
    """The Caller for this reason, and the order's id; raises `RefusedError`.

    Whether there is such an order in the brand, and whether the person may see it, is for the
    gate to say.
    """
    caller = caller_of(actor, reason)
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    found = open_ref(caller, ref)
    if found is None:
        raise RefusedError(UNKNOWN)
    return caller, found[0]
