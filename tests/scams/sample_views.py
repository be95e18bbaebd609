"""An invented order as the machine door would answer eleven hops, and two policy tables.

The tables resemble the shipped profiles; they are the tests' own, so that a change of a profile
breaks no fact stated here.
"""

import json
from datetime import UTC, datetime, timedelta

from orderveil.core.fields import FIELDS_OF, Compartment, Field
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import PURPOSE_OF, Hop
from orderveil.core.states import ParcelState
from orderveil.scams.picture import Law, LedgerLine, Picture, build

W, S, M, C, V = Form.WHOLE, Form.SHORT, Form.MASKED, Form.COARSE, Form.VIRTUAL
H, SENT, T, X, COD = Form.HASHED, Form.SENT, Form.TOKEN, Form.REFUSED, Form.IF_COD

LINES = (Field.LINE1, Field.LINE2, Field.LANDMARK)
PLACE = (Field.CITY, Field.STATE, Field.PINCODE)
DUE = (Field.COD_DUE, Field.PAYMENT_METHOD)
TRACK = (Field.PARCEL_STATE, Field.CARRIER, Field.AWB)
PERSONAL = tuple(field for compartment in Compartment for field in FIELDS_OF[compartment])
BILL = FIELDS_OF[Compartment.BILLING] + FIELDS_OF[Compartment.PAYMENT]
BUYING = (Field.ORDER_NUMBER, Field.PLACED_AT, Field.ITEMS, Field.AMOUNTS)

WHOLE = {
    Field.NAME: "Asha Verma",
    Field.PHONE: "+919000000001",
    Field.EMAIL: "asha.verma@example.com",
    Field.LINE1: "14, Lantern Row, 2nd Cross",
    Field.LANDMARK: "Opposite the blue water tank",
    Field.CITY: "Bengaluru",
    Field.STATE: "Karnataka",
    Field.PINCODE: "560001",
    Field.UPI: "asha.example@upi",
    Field.IP: "192.0.2.14",
    Field.USER_AGENT: "Mozilla/5.0 (invented)",
    Field.DELIVERY_NOTE: "Ring twice, the dog is friendly",
    Field.GIFT_MESSAGE: "Happy birthday, Ma",
    Field.ORDER_NUMBER: "#1001",
    Field.PLACED_AT: "2026-03-02T09:14:05Z",
    Field.ITEMS: [
        {"title": "Block-print cotton kurta, indigo", "quantity": 1, "sku": "KU-IN-M"},
        {"title": "Brass diya", "quantity": 2, "sku": "DI-BR"},
    ],
    Field.AMOUNTS: {"currency": "INR", "total": "2148.00", "shipping": "49.00"},
    Field.COD_DUE: "2148.00",
    Field.PAYMENT_METHOD: "cod",
    Field.WEIGHT: 640,
    Field.REGION: "Karnataka 560",
}
SHOWN = {
    (Field.NAME, S): "Asha V.",
    (Field.NAME, M): "A••• V••••",
    (Field.PHONE, M): "•••••••0001",
    (Field.PHONE, SENT): "•••••••0001",
    (Field.PHONE, V): "+918000000042 ext 314",
    (Field.EMAIL, M): "a•••@e••••••.com",
    (Field.EMAIL, SENT): "a•••@e••••••.com",
    (Field.EMAIL, V): "p-7f31@relay.example",
    (Field.LINE1, M): "•••••",
    (Field.LANDMARK, M): "•••••",
    (Field.UPI, M): "a•••@upi",
    (Field.DELIVERY_NOTE, M): "•••••",
    (Field.CITY, C): "Bengaluru",
    (Field.STATE, C): "Karnataka",
    (Field.PINCODE, C): "560",
    (Field.ORDER_NUMBER, T): "t_k3x9q0",
    (Field.ITEMS, C): [{"kind": "apparel", "quantity": 1}, {"kind": "home", "quantity": 2}],
    (Field.ITEMS, Form.STOCK): [
        {"sku": "KU-IN-M", "quantity": 1},
        {"sku": "DI-BR", "quantity": 2},
    ],
    (Field.AMOUNTS, C): {"currency": "INR", "total": "2148.00"},
}


def _row(*parts):
    return {field: form for fields, form in parts for field in fields}


TODAY = {
    Hop.STOREFRONT: {},
    Hop.OMS: _row((Field, W)),
    Hop.IMS: _row((PERSONAL, X), ((Field.ITEMS,), Form.STOCK)),
    Hop.WMS: _row((LINES + PLACE + BUYING + TRACK, W), ((Field.NAME,), W), ((Field.PHONE,), M)),
    Hop.LABEL: _row((LINES + PLACE + DUE + TRACK, W), ((Field.NAME, Field.PHONE), W),
                    ((Field.ORDER_NUMBER, Field.ITEMS), W)),
    Hop.COURIER: _row((LINES + PLACE + DUE + TRACK + BUYING, W), ((Field.NAME, Field.PHONE), W),
                      ((Field.DELIVERY_NOTE, Field.WEIGHT), W), ((Field.EMAIL,), V)),
    Hop.COMMS: _row((BUYING + TRACK + DUE, W), ((Field.NAME,), W),
                    ((Field.PHONE, Field.EMAIL), SENT)),
    Hop.SUPPORT: _row((Field, W)),
    Hop.MARKETING: _row((PLACE + BUYING, W), ((Field.NAME,), S), ((Field.PHONE, Field.EMAIL), H)),
    Hop.REPORTS: _row((PLACE + BUYING + DUE + TRACK, W), ((Field.NAME,), S),
                      ((Field.PHONE, Field.EMAIL), M)),
    Hop.RETENTION: _row(((Field.PLACED_AT,), W)),
}  # fmt: skip
NOW = {
    Hop.STOREFRONT: {},
    Hop.OMS: _row((LINES + BILL, M), ((Field.NAME, Field.PHONE, Field.EMAIL), M), (PLACE, W),
                  ((Field.DELIVERY_NOTE,), M), (BUYING + DUE + TRACK, W)),
    Hop.IMS: _row((PERSONAL, X), ((Field.ORDER_NUMBER,), T), ((Field.ITEMS,), Form.STOCK)),
    Hop.WMS: _row(((Field.NAME,), S), ((Field.PHONE,), M), (LINES + PLACE, W),
                  ((Field.GIFT_MESSAGE, Field.ITEMS, Field.WEIGHT), W), (TRACK, W),
                  ((Field.ORDER_NUMBER,), T)),
    Hop.LABEL: _row(((Field.NAME,), W), ((Field.PHONE,), V), (LINES + PLACE, W), (DUE, COD),
                    (TRACK, W), ((Field.ORDER_NUMBER,), T), ((Field.WEIGHT,), W)),
    Hop.COURIER: _row(((Field.NAME,), W), ((Field.PHONE, Field.EMAIL), V), (LINES + PLACE, W),
                      ((Field.DELIVERY_NOTE, Field.WEIGHT), W), ((Field.ORDER_NUMBER,), T),
                      ((Field.ITEMS, Field.AMOUNTS), C), (DUE + TRACK, W)),
    Hop.COMMS: _row(((Field.NAME,), S), ((Field.PHONE, Field.EMAIL), SENT),
                    ((Field.ORDER_NUMBER,), W), (TRACK, W), (DUE, COD)),
    Hop.SUPPORT: _row((LINES + BILL, M), ((Field.NAME, Field.PHONE, Field.EMAIL), M), (PLACE, W),
                      ((Field.DELIVERY_NOTE,), M), (BUYING + DUE + TRACK, W)),
    Hop.MARKETING: _row(((Field.PHONE, Field.EMAIL), H), (PLACE, C), ((Field.REGION,), W),
                        ((Field.ORDER_NUMBER,), T)),
    Hop.REPORTS: _row(((Field.NAME, Field.PHONE, Field.EMAIL), M), (PLACE, C),
                      ((Field.REGION, Field.ITEMS, Field.AMOUNTS), W), (DUE, W),
                      ((Field.ORDER_NUMBER,), T)),
    Hop.RETENTION: _row(((Field.PLACED_AT,), W)),
}  # fmt: skip
MOVING = frozenset({ParcelState.SHIPPED, ParcelState.OUT_FOR_DELIVERY})
STATES = dict.fromkeys(Hop, MOVING)
ASKED_IN = dict.fromkeys(Hop, "packed")


def answer(hop, table, whole=None):
    """The view the machine door would give `hop` of the sample order under `table`."""
    row, whole = table[hop], WHOLE if whole is None else whole
    view = {
        "ref": f"{hop[:3]}7q2m4k9x",
        "hop": str(hop),
        "purpose": PURPOSE_OF[hop],
        "policy": "balanced@1",
        "disclosure": f"01900000-0000-7000-8000-0000000000{list(Hop).index(hop):02d}",
        "fields": {},
        "forms": {},
        "withheld": {},
        "parcels": [{"ref": f"{hop[:3]}7q2m4k9x-1"}],
    }
    for field, value in whole.items():
        form = row.get(field, Form.ABSENT)
        if form in SHOWS_NOTHING:
            view["withheld"][str(field)] = {
                "form": str(form),
                "rule": f"policy balanced@1: {hop} may not see {field}",
                "remedy": "Ask the brand to widen the policy.",
            }
            continue
        text = value if form is W else SHOWN.get((field, form), value)
        view["fields"][str(field)] = "3f9a1c77e0b2" if form is H else text
        view["forms"][str(field)] = str(form)
    for field, key, value in (
        (Field.PARCEL_STATE, "state", "packed"),
        (Field.CARRIER, "carrier", "Kestrel Express"),
        (Field.AWB, "awb", "KX10000001IN"),
    ):
        if row.get(field) is W:
            view["parcels"][0][key] = value
    return view


def problem(detail="The parcel is delivered: the courier's access has ended."):
    """A refusal as the machine door words it (RFC 9457)."""
    return {"type": "about:blank", "title": "Refused", "status": 403, "code": "state",
            "detail": detail, "remedy": "Ask before delivery."}  # fmt: skip


def ledger(count=12):
    """A few ledger lines of the sample order."""
    start = datetime(2026, 3, 2, 9, 14, 5, tzinfo=UTC)
    hops = list(Hop)
    return [
        LedgerLine(
            index=40 + n,
            at=start + timedelta(seconds=n),
            kind="admitted" if n == 0 else "disclosure",
            what="order admitted, sealed in 6 compartments" if n == 0 else "view of 1 parcel",
            hop=hops[n % 11],
            partner="" if n == 0 else f"Partner {n}",
            entry_id=f"01900000-0000-7000-8000-0000000001{n:02d}",
        )
        for n in range(count)
    ]


def picture(*, whole=None, answers=None, **more) -> Picture:
    """The picture of the sample order; `whole` overrides values, `answers` whole answers."""
    values = WHOLE | (whole or {})
    told = {hop: answer(hop, NOW, values) for hop in Hop} | (answers or {})
    told = json.loads(json.dumps(told))
    return build(
        **{
            "brand": "Lantern & Loom",
            "order": "#1001",
            "today": Law("today@1", TODAY, STATES),
            "now": Law("balanced@1", NOW, STATES),
            "answers": {Hop(hop): one for hop, one in told.items()},
            "asked_in_state": ASKED_IN,
            "ledger": ledger(),
            "verified": True,
            "sentence": "All 12 entries are in the tree of 52; its checkpoint is signed.",
        }
        | more
    )
