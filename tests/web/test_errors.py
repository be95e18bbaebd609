"""Faults of the desk: said on a page and in the log, and neither quotes anything."""

import logging

import pytest

import database
from desk import Desk
from orderveil.core.roles import Role

PHONE, NAME = "9000000088", "Tarangini Leaky"


@pytest.fixture
def client(db):
    """Somebody at a desk; a fault is answered as it is to a browser."""
    desk = Desk.make()
    return desk.client(desk.person(Role.SUPPORT), raise_request_exception=False)


def _without(name, table):
    with database.server().connect(name) as link:
        link.execute(f"ALTER TABLE {table} RENAME TO gone_table")


def test_a_fault_is_logged_by_type_and_line(db, client, caplog):
    """Whoever runs the installation learns that something broke, and where; not for whom."""
    _without(db, "vault_index")
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/desk/search/", {"value": PHONE, "by": "phone", "x": NAME})
    assert answer.status_code == 500
    (said,) = [each for each in caplog.records if each.name == "orderveil.web"]
    assert said.getMessage().startswith("fault ProgrammingError at /")
    assert said.getMessage().endswith(" in search")
    assert PHONE not in caplog.text + answer.content.decode()
    assert NAME not in caplog.text + answer.content.decode()


def test_the_page_of_a_fault_needs_no_database(db, client, caplog):
    """Where even this page can't be drawn, a sentence is sent, and no trace."""
    _without(db, "partners_brand")
    answer = client.get(f"/desk/orders/?state={PHONE}")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain")
    assert "no-store" in answer["Cache-Control"]
    assert "Traceback" not in answer.content.decode()
    assert PHONE not in caplog.text + answer.content.decode()
