"""May this person do a sensitive act? Asked of the role, then of how old the factor is."""

from datetime import UTC, datetime, timedelta

import pytest

from orderveil.core.actors import ACT_FRESH_MINUTES, Actor, check_act, not_yours
from orderveil.core.errors import RefusedError
from orderveil.core.roles import Permission, Role

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TERM = timedelta(minutes=ACT_FRESH_MINUTES)


def _actor(role=Role.OWNER, factor_at=NOW):
    return Actor(1, 1, "Asha", 1, role, None, "127.0.0.1", NOW, factor_at)


def _refusal(actor):
    with pytest.raises(RefusedError) as error:
        check_act(actor, Permission.REVIEW_ACCESS)
    return error.value.problem


def test_a_role_with_the_permission_and_a_fresh_factor_acts():
    """Just before the term is over, too."""
    check_act(_actor(), Permission.REVIEW_ACCESS)
    check_act(_actor(factor_at=NOW - TERM + timedelta(seconds=1)), Permission.REVIEW_ACCESS)


def test_another_role_is_told_whom_to_ask():
    """Before the factor is asked for: proving it would not help."""
    problem = _refusal(_actor(Role.SUPPORT, factor_at=None))
    assert problem == not_yours(Permission.REVIEW_ACCESS)
    assert problem.status == 403
    assert "Owner" in problem.remedy
    assert "Support" not in problem.remedy


@pytest.mark.parametrize("factor_at", [None, NOW - TERM])
def test_an_old_factor_is_asked_for(factor_at):
    """Ten minutes old, or never proved."""
    assert _refusal(_actor(factor_at=factor_at)).code == "factor_needed"
