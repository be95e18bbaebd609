"""What every command shares: Django set up, the database reached, errors said plainly."""

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import django
import msgspec
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderveil.web.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after setup
from django.db import DatabaseError, OperationalError, connection  # noqa: E402

from orderveil.cli.postgres import EmbeddedPostgres  # noqa: E402
from orderveil.core.errors import OrderveilError, Problem, RefusedError  # noqa: E402
from orderveil.gate.statement import statement  # noqa: E402

F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def database() -> Iterator[None]:
    """The installation's database, the embedded server started if nobody runs it."""
    if settings.DATABASE_URL:
        with _pools_closed():
            yield
        return
    if not (settings.HOME / "postgres").exists():
        msg = f"There is no installation in {settings.HOME.name}/ here."
        raise OrderveilError(msg, remedy="Run `orderveil init` first, or set ORDERVEIL_HOME.")
    with EmbeddedPostgres(settings.HOME), _pools_closed():
        yield


@contextmanager
def _pools_closed() -> Iterator[None]:
    try:
        yield
    finally:
        statement.close()
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own


def with_json(command: F) -> F:
    """The `--json` flag that each command has."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def show(value: Any, text: str, *, as_json: bool) -> None:
    """Print a result: JSON for programs, sentences for people."""
    if as_json:
        click.echo(msgspec.json.encode(value, enc_hook=_hex).decode())
    else:
        click.echo(text)


def _hex(value: Any) -> str:
    return str(value)


def fail(problem: Problem, *, as_json: bool) -> None:
    """Say a refusal and end with exit status 1."""
    if as_json:
        click.echo(msgspec.json.encode(problem).decode())
    else:
        place = f" (at {problem.pointer})" if problem.pointer else ""
        click.echo(f"Refused: {problem.detail}{place}", err=True)
        for word, line in (("Rule", problem.rule), ("Remedy", problem.remedy)):
            if line:
                click.echo(f"{word}: {line}", err=True)
    sys.exit(1)


def guarded(command: F) -> F:
    """Refusals and faults as sentences, never as traces: a trace may quote a value."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        as_json = bool(kwargs.get("as_json"))
        try:
            return command(*args, **kwargs)
        except RefusedError as refused:
            fail(refused.problem, as_json=as_json)
        except OrderveilError as error:
            _fault(error.diagnostics(), as_json=as_json)
        except (OperationalError, psycopg.OperationalError):
            _fault(
                "The database does not answer. Start it, or check DATABASE_URL.", as_json=as_json
            )
        except (DatabaseError, psycopg.Error) as error:
            # The message of a database error may quote values.
            _fault(f"The database refused ({type(error).__name__}).", as_json=as_json)
        except BrokenPipeError:
            raise  # whoever read our output has seen enough
        except OSError as error:
            _fault(f"The system refused: {error.strerror}.", as_json=as_json)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise  # click's own way of ending a command
        except Exception as error:  # noqa: BLE001 - its message and its trace may quote a value
            _fault(f"Something broke here: {_place(error)}. Please report it.", as_json=as_json)
        return None

    return run  # type: ignore[return-value]


def _place(error: Exception) -> str:
    """The kind of a fault and the line of ours where it came up, never its message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {where}"


def _fault(sentence: str, *, as_json: bool) -> None:
    click.echo(json.dumps({"error": sentence}) if as_json else sentence, err=not as_json)
    sys.exit(2)
