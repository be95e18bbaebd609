"""What holds for every command; and the whole, as a new user would try it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import psycopg
import pytest

from orderveil.cli import partner
from orderveil.cli.main import main
from orderveil.hops.storefront import samples
from orderveil.web.settings import socket_folder


def walk(group, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(walk(main))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_answers_in_json_and_says_what_it_does(path):
    """Each has --json and a help of one sentence."""
    command = COMMANDS[path]
    assert "--json" in {option for each in command.params for option in each.opts}
    assert command.help.endswith(".")
    assert "\n" not in command.help
    assert len(command.help) <= 100


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_option_takes_a_secret_or_a_personal_value(path):
    """Arguments are visible to every process of the machine."""
    forbidden = {"--phone", "--email", "--token", "--code", "--secret", "--password", "--value"}
    assert not forbidden & {option for each in COMMANDS[path].params for option in each.opts}


def test_a_database_error_never_quotes_a_value(run, monkeypatch):
    """The sentence names the kind of error; what PostgreSQL said of a row stays unsaid."""

    def fails(*_args):
        msg = "Key (phone)=(9000000002) already exists."
        raise psycopg.errors.UniqueViolation(msg)

    monkeypatch.setattr(partner.choice, "brand", fails)
    done = run("partner", "list", exit_code=2)
    assert "UniqueViolation" in done.output
    assert "9000000002" not in done.output


@pytest.fixture
def home(tmp_path):
    """An empty data folder; its server's files elsewhere go with it."""
    yield tmp_path / "home"
    place = socket_folder(tmp_path / "home")
    for folder in (place, place.with_name(f"{place.name}-binaries")):
        shutil.rmtree(folder, ignore_errors=True)


def test_a_new_installation_from_nothing(home, tmp_path):
    """init, ingest, view, verify: each a process of its own, in an empty folder."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "ORDERVEIL_HOME": str(home)
    }

    def orderveil(*args):
        command = [str(Path(sys.executable).with_name("orderveil")), *args, "--json"]
        done = subprocess.run(
            command, check=False, env=environment, capture_output=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert list(orderveil("init", "--brand", "acme")["channels"]) == [
        "shopify",
        "woocommerce",
        "amazon",
        "orderveil",
    ]
    assert home.stat().st_mode & 0o777 == 0o700
    file = tmp_path / "order.json"
    file.write_bytes(samples.load(samples.WALK).body)
    admitted = orderveil("ingest", "--format", "shopify", str(file))
    assert admitted["status"] == "admitted"
    view = orderveil("view", "oms", admitted["order"], "--reason", "first look")
    assert view["forms"]["phone"] == "masked"
    report = orderveil("ledger", "verify")
    assert report["ok"]
    assert report["size"] > 0


def test_without_an_installation_the_remedy_is_init(home):
    """Any other command in an empty folder says what to do first, and makes nothing."""
    environment = os.environ | {"ORDERVEIL_HOME": str(home)}
    command = [str(Path(sys.executable).with_name("orderveil")), "partner", "list"]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert "orderveil init" in done.stderr
    assert not home.exists()
