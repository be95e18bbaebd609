"""The demo: people and orders that are invented, apart from everything that is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from desk import Desk
from orderveil.cli import demo
from orderveil.cli.demo import check_demo_is_apart, seed_demo
from orderveil.cli.demoing.orders import COUNT
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.roles import Role
from orderveil.gate.brands import provisioning
from orderveil.gate.provision import provision_brand, provision_installation
from orderveil.partners.models import Brand
from scene import ME, rows


@pytest.fixture
def stage(db, monkeypatch):
    """An empty installation that runs as a demo; the demo's file goes with the test."""
    monkeypatch.setattr(settings, "DEMO", True)
    provision_installation(now=utc_now())
    yield
    (settings.HOME / "demo.json").unlink(missing_ok=True)


def test_it_refuses_to_start_beside_a_real_brand(tmp_path):
    """The message says which brand, why, and what to do; nobody of the demo was made."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["ORDERVEIL_HOME"] = str(tmp_path / "home")

    def orderveil(*args):
        command = [str(Path(sys.executable).with_name("orderveil")), *args, "--json"]
        done = subprocess.run(
            command, check=False, env=environment, capture_output=True, timeout=120
        )
        return done.returncode, json.loads(done.stdout)

    assert orderveil("init", "--brand", "acme")[0] == 0
    for walk in ("no", "only"):
        code, told = orderveil("up", "--demo", f"--walk={walk}")
        assert (code, told["code"]) == (1, "demo_beside_brand")
        assert "acme" in told["detail"]
        assert "ORDERVEIL_HOME" in told["remedy"]
        assert told["rule"]
    assert orderveil("person", "list", "--platform") == (0, [])
    assert not (tmp_path / "home" / "demo.json").exists()


def test_a_second_start_changes_nothing(stage):
    """The orders stay as they are, no credential is issued, and no act is recorded."""
    seed_demo()
    tables = ("vault_order", "vault_dek", "vault_parcel", "partners_credential", "outbox_event")
    before = {name: rows(f"SELECT {name}::text FROM {name} ORDER BY 1") for name in tables}
    assert [len(before[name]) for name in tables[:2]] == [COUNT, COUNT]
    assert before["partners_credential"] == []
    entries = recorded()
    seed_demo()
    after = {name: rows(f"SELECT {name}::text FROM {name} ORDER BY 1") for name in tables}
    assert after == before
    assert recorded() == entries


def recorded():
    """How many entries there are, of orders and of everything else."""
    return rows("SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_record)")


def test_only_samples_share_its_installation(stage, monkeypatch):
    """The demo's own brand is one; any other is a reason to refuse, unless no demo is wanted."""
    check_demo_is_apart()
    seed_demo()
    check_demo_is_apart()
    provision_brand("acme", now=utc_now(), who=ME)
    with pytest.raises(RefusedError, match="acme"):
        check_demo_is_apart()
    monkeypatch.setattr(settings, "DEMO", False)
    check_demo_is_apart()


def test_a_brand_made_in_a_demo_is_a_sample(stage, monkeypatch):
    """The demo's platform operator may try that out, and the demo starts again."""
    seed_demo()
    desk = Desk.make()
    Brand.objects.filter(slug=desk.scene.brand.slug).update(is_sample=True)
    actor = desk.actor(desk.person(Role.PLATFORM_OPERATOR))
    provisioning.create(actor, "tried", "Tried", owner="Ila", email="ila@tried.example")
    check_demo_is_apart()
    monkeypatch.setattr(settings, "DEMO", False)
    provisioning.create(actor, "real", "Real", owner="Ira", email="ira@real.example")
    assert not Brand.objects.get(slug="real").is_sample


def test_what_it_says_about_the_next_codes_can_be_typed(monkeypatch):
    """With the folder in which the demo is, and the program as it was called."""
    monkeypatch.setenv("ORDERVEIL_HOME", "var-demo")
    monkeypatch.setattr(sys, "argv", [".venv/bin/orderveil", "up"])
    assert demo._next_codes() == "ORDERVEIL_HOME=var-demo .venv/bin/orderveil demo"
    monkeypatch.delenv("ORDERVEIL_HOME")
    assert demo._next_codes() == ".venv/bin/orderveil demo"
