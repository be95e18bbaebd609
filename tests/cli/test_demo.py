"""The demo: people and orders that are invented, apart from everything that is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache

from desk import Desk
from orderveil.cli import demo
from orderveil.cli.demo import check_demo_is_apart, seed_demo
from orderveil.cli.demoing import cast
from orderveil.cli.demoing.contacts import POOL_NUMBER
from orderveil.cli.demoing.orders import COUNT
from orderveil.cli.walking.cast import sample_brand
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.roles import Role
from orderveil.gate.brands import provisioning
from orderveil.gate.provision import provision_brand, provision_installation
from orderveil.partners.models import Brand
from orderveil.people.models import Person
from people.door import CODE, password, visitor
from scene import ME, rows


@pytest.fixture
def stage(db, monkeypatch):
    """An empty installation that runs as a demo; the demo's file goes with the test."""
    monkeypatch.setattr(settings, "DEMO", True)
    # One of each place is enough: every password is hashed for real.
    few = (Role.OWNER, Role.OUTSOURCED_SUPPORT, Role.PLATFORM_OPERATOR)
    monkeypatch.setattr(cast, "NAMES", {role: cast.NAMES[role] for role in few})
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


def test_there_is_a_person_of_each_role():
    """Whoever tries it out can be anybody."""
    assert set(cast.NAMES) == set(Role)


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


def test_its_couriers_get_a_number_that_stands_for_the_customer(stage):
    """Each parcel whose courier asked has a PIN on the pool's number."""
    seed_demo()
    (found,) = rows("SELECT count(*), count(DISTINCT code), min(number) FROM contacts_contact")
    assert found[0] == found[1] > 40
    assert found[2] == POOL_NUMBER


def recorded():
    """How many entries there are, of orders and of everything else."""
    return rows("SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_record)")


def test_everybody_signs_in_with_what_is_printed(stage):
    """Password, then the code of the moment; the file with them is this account's alone."""
    told = players()
    assert {each.role for each in told.players} == set(cast.NAMES)
    assert all(signs_in(told, each) for each in told.players)
    assert (settings.HOME / "demo.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [None, b'{"password": "half'])
def test_a_lost_or_broken_file_is_made_anew(stage, left):
    """What is printed then opens, and what was printed before does not."""
    before = players()
    people = list(Person.objects.order_by("pk").values_list("pk", "email"))
    file = settings.HOME / "demo.json"
    file.unlink() if left is None else file.write_bytes(left)
    after = players()
    assert after.password != before.password
    assert signs_in(after, after.players[0])
    assert not signs_in(before, before.players[0])
    assert list(Person.objects.order_by("pk").values_list("pk", "email")) == people
    assert Authenticator.objects.count() == len(people)


def test_a_start_that_was_killed_is_made_good(stage, monkeypatch):
    """Somebody is there whole or not at all, and the next start brings in the rest."""

    def dies(person, secret):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cast, "_have_factor", dies)
        with pytest.raises(KeyboardInterrupt):
            players()
    assert not Person.objects.exists()
    told = players()
    assert all(signs_in(told, each) for each in told.players)


def test_somebody_without_a_password_gets_it_back(stage):
    """Also one without a factor, or with another: the file says what opens."""
    told = players()
    person = Person.objects.get(email=told.players[0].email)
    person.set_unusable_password()
    person.save()
    Authenticator.objects.filter(user=person).delete()
    players()
    assert signs_in(told, told.players[0])


def test_a_session_outlives_a_second_start(stage):
    """Nobody is signed out because the demo was stopped and started."""
    told = players()
    client = visitor()
    enter(client, told, told.players[0])
    players()
    page = client.get("/people/")
    assert page.status_code == 200
    assert "Never put a real order in here." in page.content.decode()
    assert "published" not in page.content.decode()


def test_nobody_elses_account_is_opened(stage):
    """Somebody real under one of its addresses is left alone, and it says so."""
    real = Person.objects.create(email="Owner@demo.example", name="Ila", created_at=utc_now())
    with pytest.raises(RefusedError) as caught:
        players()
    assert caught.value.problem.code == "demo_address_taken"
    real.refresh_from_db()
    assert (real.password, real.is_demo) == ("", False)


def players():
    """The demo's people, as a start makes them."""
    now = utc_now()
    return cast.invite_everyone(sample_brand(now)[0], now)


def enter(client, told, player):
    """Go through both forms; the answer to the second, or to the first if that refuses."""
    first = password(client, player.email, told.password)
    if first.status_code != 302:
        return first
    return client.post(CODE, {"code": player.code()})


def signs_in(told, player):
    """Do the printed password and code open the desk?"""
    cache.clear()
    return enter(visitor(), told, player).status_code == 302


def test_only_samples_share_its_installation(stage, monkeypatch):
    """The demo's own brand is one; any other is a reason to refuse, unless no demo is wanted."""
    check_demo_is_apart()
    players()
    check_demo_is_apart()
    provision_brand("acme", now=utc_now(), who=ME)
    with pytest.raises(RefusedError, match="acme"):
        check_demo_is_apart()
    monkeypatch.setattr(settings, "DEMO", False)
    check_demo_is_apart()


def test_a_brand_made_in_a_demo_is_a_sample(stage, monkeypatch):
    """The demo's platform operator may try that out, and the demo starts again."""
    players()
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
