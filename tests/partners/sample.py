"""An invented brand with partners."""

import json
from datetime import UTC, datetime

from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.gate.provision import provision_brand
from orderveil.ledger import store
from orderveil.ledger.acts import Who
from orderveil.partners import devices, registry

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WHO = Who(person="setup")
HOPS = [Hop.COURIER, Hop.LABEL]


def new_brand(slug="kurta"):
    """A brand under `balanced`."""
    return provision_brand(slug, now=NOW, who=WHO)


def new_partner(brand, slug="swift", hops=HOPS, **said):
    """A partner of the brand."""
    return registry.add_partner(brand, slug, hops, now=NOW, **said)


def new_device(partner, kind=DeviceKind.STATION, asset="A-1", **said):
    """A device of the partner's floor, and its link."""
    told = {"name": "Packing station 1", "now": NOW, "who": WHO} | said
    return devices.register(partner, kind=kind, asset=asset, **told)


def revision(brand):
    """The brand's law revision."""
    return store.query("SELECT rev FROM ledger_law WHERE log_id = %s", [brand.pk])[0][0]


def last_act(brand):
    """(kind, subject) of the brand's last act."""
    return tuple(
        store.query(
            "SELECT kind, subject FROM ledger_entry JOIN ledger_pending USING (entry_id)"
            " WHERE ledger_entry.log_id = %s ORDER BY id DESC LIMIT 1",
            [brand.pk],
        )[0]
    )


def last_detail(brand):
    """(person, detail) of the brand's last act."""
    rows = store.query(
        "SELECT entry FROM ledger_entry JOIN ledger_pending USING (entry_id)"
        " WHERE ledger_entry.log_id = %s ORDER BY id DESC LIMIT 1",
        [brand.pk],
    )
    told = json.loads(bytes(rows[0][0]))
    return told["who"]["person"], told.get("detail", {})


def acts_of(brand, person):
    """The kinds of what a person did in the brand, in the order of the log."""
    return [
        row[0]
        for row in store.query(
            "SELECT kind FROM ledger_entry JOIN ledger_pending USING (entry_id)"
            " WHERE ledger_entry.log_id = %s AND person = %s ORDER BY id",
            [brand.pk, person],
        )
    ]


def everything_stored(table):
    """Every row of a table as PostgreSQL prints it."""
    return "\n".join(row[0] for row in store.query(f"SELECT t::text FROM {table} t", []))
