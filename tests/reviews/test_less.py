"""Which roles are narrower, for every role."""

from orderveil.core.roles import ROLES, Role
from orderveil.reviews.less import narrower_roles

NARROWER = {
    Role.OWNER: {
        *(Role.PRIVACY_OFFICER, Role.SUPPORT, Role.AUDITOR, Role.INTEGRATOR, Role.MARKETER),
    },
    Role.PRIVACY_OFFICER: {Role.SUPPORT, Role.AUDITOR, Role.MARKETER},
    Role.OPERATIONS: {Role.MARKETER},
    Role.WAREHOUSE: set(),
    Role.SUPPORT: set(),
    Role.OUTSOURCED_SUPPORT: set(),
    Role.MARKETER: set(),
    Role.INTEGRATOR: {Role.MARKETER},
    Role.AUDITOR: {Role.MARKETER},
    Role.PLATFORM_OPERATOR: set(),
}


def test_every_role_has_its_narrower_ones():
    """As written above; among them none of another hop, whose column shows other fields."""
    assert {role: set(narrower_roles(role)) for role in Role} == NARROWER


def test_a_narrower_role_can_do_nothing_more():
    """Fewer permissions, no other hop, those with most first."""
    for role in Role:
        found = narrower_roles(role)
        sizes = [len(ROLES[each].permissions) for each in found]
        assert sizes == sorted(sizes, reverse=True)
        for each in found:
            assert ROLES[each].permissions < ROLES[role].permissions
            assert ROLES[each].hop in {None, ROLES[role].hop}
