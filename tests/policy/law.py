"""The law's table as data: what each hop gets under `strict`, written apart from the profiles.

One letter a cell, as printed: W whole, S short, M masked, C coarse, V virtual, H hashed, T token,
- absent, X refused; `sent`, `sku` (SKU and quantity) and `cod` (whole if paid on delivery).
"""

from orderveil.core.fields import Field
from orderveil.core.hops import Hop

HOPS = [
    Hop.OMS,
    Hop.IMS,
    Hop.WMS,
    Hop.LABEL,
    Hop.COURIER,
    Hop.COMMS,
    Hop.SUPPORT,
    Hop.MARKETING,
    Hop.REPORTS,
]

_LINES = """
                 oms  ims  wms  label  courier  comms  support  marketing  reports
name             M    X    S    W      W        S      M        -          M
phone            M    X    M    V      V        sent   M        H          M
email            M    X    -    -      V        sent   M        H          M
line1            M    X    W    W      W        -      M        -          -
line2            M    X    W    W      W        -      M        -          -
landmark         M    X    W    W      W        -      M        -          -
city             W    X    W    W      W        -      W        C          C
state            W    X    W    W      W        -      W        C          C
pincode          W    X    W    W      W        -      W        C          C
country          W    X    W    W      W        -      W        -          -
geo              -    X    -    -      -        -      -        -          -
billing_name     M    X    -    -      -        -      M        -          -
billing_address  M    X    -    -      -        -      M        -          -
gstin            M    X    -    -      -        -      M        -          -
upi              M    X    -    -      -        -      M        -          -
card_last4       M    X    -    -      -        -      M        -          -
gateway_ref      M    X    -    -      -        -      M        -          -
ip               -    X    -    -      -        -      -        -          -
user_agent       -    X    -    -      -        -      -        -          -
device           -    X    -    -      -        -      -        -          -
referrer         -    X    -    -      -        -      -        -          -
delivery_note    M    X    -    -      W        -      M        -          -
gift_message     -    X    W    -      -        -      -        -          -
free_text        -    X    -    -      -        -      -        -          -
order_number     W    T    T    T      T        W      W        T          T
placed_at        W    -    -    -      -        -      W        -          W
items            W    sku  W    -      C        -      W        -          W
amounts          W    -    -    -      C        -      W        -          W
cod_due          W    -    -    cod    W        sent   W        -          W
payment_method   W    -    -    cod    W        sent   W        -          W
parcel_state     W    W    W    W      W        W      W        -          W
carrier          W    -    W    W      W        W      W        -          -
awb              W    -    W    W      W        W      W        -          -
weight           -    -    W    -      W        -      -        -          -
dimensions       -    -    W    -      W        -      -        -          -
region           -    -    -    -      -        -      -        W          W
"""


def _read():
    head, *lines = [line.split() for line in _LINES.split("\n") if line.strip()]
    assert head == HOPS
    table = {hop: {} for hop in HOPS}
    for name, *letters in lines:
        for hop, letter in zip(HOPS, letters, strict=True):
            table[hop][Field(name)] = letter
    return table


STRICT = _read()
"""Hop, field, letter."""

ASSIGNED = {Hop.WMS, Hop.LABEL, Hop.COURIER}
STATES = {
    Hop.WMS: {"placed", "packed"},
    Hop.LABEL: {"packed", "shipped"},
    Hop.COURIER: {"packed", "shipped", "out_for_delivery", "undelivered"},
}
ACKNOWLEDGEMENT = {"order_number", "placed_at", "parcel_state"}
RETENTION = {"placed_at", "parcel_state"}
