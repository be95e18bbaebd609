"""What people did to orders: counted in the database, read in batches, found by an index."""

import tracemalloc

from django.db import connection

from ledger import sample
from orderveil.core.hops import Hop
from orderveil.ledger import doings
from orderveil.ledger.acts import ActKind, record
from orderveil.ledger.doings import Count, Theirs
from scene import execute, rows

PEOPLE = ("person:1", "person:2")
START, END = sample.later(days=-1), sample.later(days=1)
MANY = 4_000


def theirs(*stays, people=PEOPLE):
    """What these people did for partner 5, or on their own during their stays."""
    return Theirs(sample.BRAND, 5, stays, people, START, END)


def done(count, kind, *, person="person:1", partner=5, orders=1, size=4_000):
    """That many large entries of one person, spread over some orders, a second apart."""
    execute(
        "INSERT INTO ledger_record (order_id, at, entry_id, log_id, kind, hop, partner_id, person,"
        " entry) SELECT substring(sha256((n %% %s)::text::bytea) FOR 16),"
        " %s + n * interval '1 second', gen_random_uuid(), %s, %s, 'support', %s, %s,"
        " convert_to('{\"kind\":\"' || %s || '\",\"x\":\"' || repeat('x', %s) || '\"}', 'UTF8')"
        " FROM generate_series(1, %s) AS n",
        [orders, sample.NOW, sample.BRAND, kind, partner, person, kind, size, count],
    )


def given(partner, hop, number, *, now=sample.NOW):
    """An assignment, as the gate records it; its doer is partner 5's system."""
    told = {"parcel": 1, "hop": hop, "partner": partner}
    order, who = sample.order(number), acts_of(5)
    log, kind = sample.BRAND, ActKind.PARCEL_ASSIGNED
    record(log, kind, now=now, who=who, order_id=order, detail=told)


def acts_of(partner):
    """Who did it: a credential of a partner's."""
    return type(sample.ME)(partner=partner, credential=9)


def test_counts_are_of_distinct_orders_in_all_and_by_person(log):
    """The same order of two people is one in all; another partner's and lists' are nobody's."""
    done(6, "disclosure", orders=3)
    done(2, "reveal", orders=1)
    done(2, "disclosure", person="person:2", orders=2)
    done(9, "disclosure", partner=6, orders=9)
    done(9, "disclosure", person="person:3", orders=9)
    count, counts = doings.counted(theirs())
    assert count == Count(3, 2, 0)
    assert counts == {"person:1": Count(3, 2, 0), "person:2": Count(2, 0, 0)}
    assert doings.counted(theirs(people=())) == (Count(), {})


def test_an_act_is_theirs_while_they_were_there(log):
    """What has no partner counts by when its doer belonged to it, from the first moment on."""
    done(5, "caller_verified", partner=None)
    first, last = sample.later(seconds=2), sample.later(seconds=4)
    assert doings.counted(theirs())[0] == Count()
    assert doings.counted(theirs(("person:1", first, last)))[0] == Count(1, 0, 2)
    assert doings.counted(theirs(("person:2", first, last)))[0] == Count()


def test_a_busy_month_costs_no_memory(log):
    """Of disclosures no bytes are fetched, of reveals a batch at a time."""
    done(MANY, "disclosure", orders=MANY)
    done(MANY, "reveal", orders=1)
    stored = rows("SELECT sum(length(entry)) FROM ledger_record")[0][0]
    tracemalloc.start()
    count, _ = doings.counted(theirs())
    batches = [len(batch) for batch in doings.told(theirs())]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == Count(MANY, MANY, 0)
    assert batches == [doings.BATCH] * (MANY // doings.BATCH)
    assert peak < stored / 4


def test_assigned_counts_orders_by_partner_and_hop(log):
    """Each order once, by whom it was given to: not by who gave it, and of the asked time."""
    for number in (1, 1, 2):
        given(7, Hop.SUPPORT, number)
    given(7, Hop.COURIER, 3)
    given(77, Hop.SUPPORT, 4)
    given(7, Hop.SUPPORT, 5, now=END)
    assert doings.assigned(sample.BRAND, 7, Hop.SUPPORT, START, END) == 2
    assert doings.assigned(sample.BRAND, 5, Hop.SUPPORT, START, END) == 0
    assert doings.assigned(8, 7, Hop.SUPPORT, START, END) == 0


def test_assigned_reads_the_partners_own_assignments(log):
    """The plan looks up the partner in an index, however many parcels others were given."""
    given(7, Hop.SUPPORT, 1)
    given(6, Hop.SUPPORT, 2)
    execute(
        "INSERT INTO ledger_record (order_id, at, entry_id, log_id, kind, entry)"
        " SELECT substring(sha256(n::text::bytea) FOR 16), at, gen_random_uuid(), log_id, kind,"
        " entry FROM ledger_record, generate_series(1, 3000) AS n WHERE order_id = %s",
        [sample.order(2)],
    )
    execute("ANALYZE ledger_record")
    told = {"log": sample.BRAND, "partner": "7", "hop": "support", "start": START, "end": END}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + doings._ASSIGNED, told)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    (conditions,) = [line for line in plan.splitlines() if "Index Cond" in line]
    assert "substring" in conditions, plan
    assert "Seq Scan" not in plan, plan
