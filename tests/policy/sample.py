"""An invented brand and policies for it."""

from datetime import UTC, datetime

from orderveil.core.table import Profile
from orderveil.gate.provision import provision_brand
from orderveil.ledger import store
from orderveil.ledger.acts import Who
from orderveil.policy.toml import profile_text

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WHO = Who(person="setup")
BALANCED = profile_text(Profile.BALANCED)
TIGHTER = BALANCED.replace('gift_message = "whole"\n', "")
TIGHTEST = TIGHTER.replace('landmark = "masked"\n', "")
LOOSER = BALANCED.replace("[hops.wms.fields]\n", '[hops.wms.fields]\nemail = "masked"\n')
assert len({BALANCED, TIGHTER, TIGHTEST, LOOSER}) == 4


def new_brand(slug="kurta"):
    """The id of a brand under `balanced`."""
    return provision_brand(slug, now=NOW, who=WHO).pk


def revision(brand_id):
    """The brand's law revision."""
    return store.query("SELECT rev FROM ledger_law WHERE log_id = %s", [brand_id])[0][0]


def acts(brand_id):
    """(kind, subject) of the brand's acts, in the order they were recorded."""
    return [
        tuple(row)
        for row in store.query(
            "SELECT kind, subject FROM ledger_entry JOIN ledger_pending USING (entry_id)"
            " WHERE ledger_entry.log_id = %s ORDER BY id",
            [brand_id],
        )
    ]
