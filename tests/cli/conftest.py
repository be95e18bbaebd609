"""Fixtures of the commands' tests: run a command in this process, on the test's own database."""

import json
from dataclasses import dataclass, field

import pytest
from click.testing import CliRunner

BRAND = "acme"


@dataclass
class Commands:
    """Runs commands and keeps everything they printed."""

    printed: list[str] = field(default_factory=list)

    def __call__(self, *args, typed=None, exit_code=0):
        """The result of `orderveil ARGS...`, which must end with `exit_code`."""
        from orderveil.cli.main import main  # noqa: PLC0415 - once Django is set up

        done = CliRunner().invoke(main, [str(arg) for arg in args], input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        self.printed.append(done.output)
        assert done.exit_code == exit_code, done.output
        return done

    def json(self, *args, typed=None, exit_code=0):
        """What the command answers with `--json`."""
        return json.loads(self(*args, "--json", typed=typed, exit_code=exit_code).stdout)

    def lines(self, *args, typed=None, exit_code=0):
        """What `ingest --json` answers: an object for each line."""
        done = self(*args, "--json", typed=typed, exit_code=exit_code)
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def run(db):
    """Runs commands against a migrated, empty database."""
    return Commands()


@pytest.fixture
def shop(run):
    """The same, with the brand `acme` as `init --brand` makes it."""
    from orderveil.cli.init import first_brand  # noqa: PLC0415 - once Django is set up
    from orderveil.core.clocks import utc_now  # noqa: PLC0415
    from orderveil.gate.provision import provision_installation  # noqa: PLC0415

    provision_installation(now=utc_now())
    first_brand(BRAND)
    return run


def order(number, /, **changes):
    """A small order in the project's own format."""
    return {
        "id": number,
        "number": f"#{number}",
        "customer": {"name": "Ira Namuna", "phone": "+91 90000 00002", "email": "ira@mail.example"},
        "address": {"line1": "9 Example Street", "city": "Pune", "pincode": "411001"},
        "items": [{"title": "Clay lamp", "quantity": 1}],
        "amounts": {"currency": "INR", "total": "120.00"},
    } | changes


@pytest.fixture
def one(shop, tmp_path):
    """A shop with one order, number #A1; its id in hexadecimal."""
    file = tmp_path / "one.json"
    file.write_text(json.dumps(order("A1")))
    (line,) = shop.lines("ingest", "--format", "orderveil", file)
    return line["id"]
