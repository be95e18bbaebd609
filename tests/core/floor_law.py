"""The floors written a second time, as data, apart from the code that keeps them."""

from orderveil.core.fields import ADDRESS_LINES, FIELDS_OF, PERSONAL, Compartment, Field
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import Hop
from orderveil.core.table import Profile

BROWSING = frozenset(FIELDS_OF[Compartment.BROWSING])
PAYMENT = frozenset(FIELDS_OF[Compartment.PAYMENT])
CONTACT = frozenset({Field.PHONE, Field.EMAIL})
PLACE = ADDRESS_LINES | {
    Field.PINCODE,
    Field.GEO,
    Field.BILLING_NAME,
    Field.BILLING_ADDRESS,
}
SHOWN = frozenset(Form) - SHOWS_NOTHING
OPEN = frozenset({Form.WHOLE, Form.SENT, Form.IF_COD})
LINKED = OPEN | {Form.HASHED}

NEVER = {
    Hop.STOREFRONT: [(PERSONAL, SHOWN)],
    Hop.IMS: [(PERSONAL, SHOWN)],
    Hop.RETENTION: [(PERSONAL, SHOWN)],
    Hop.LABEL: [(BROWSING | PAYMENT | {Field.EMAIL}, SHOWN)],
    Hop.COMMS: [
        (ADDRESS_LINES, SHOWN),
        (CONTACT, SHOWN - {Form.SENT, Form.MASKED, Form.TOKEN}),
    ],
    Hop.WMS: [({Field.PHONE}, LINKED)],
    Hop.COURIER: [
        (BROWSING, SHOWN),
        ({Field.EMAIL}, LINKED),
        ({Field.PHONE}, LINKED - {Form.WHOLE}),
    ],
    Hop.MARKETING: [(CONTACT | PLACE | {Field.NAME}, OPEN)],
    Hop.REPORTS: [(CONTACT | PLACE | {Field.NAME}, OPEN)],
}
"""The floors, written a second time: the forms that these fields never have, under any profile."""


def must_not(profile, hop, field, form):
    """True if no policy of this profile may have this cell."""
    if (profile, hop, field, form) == (Profile.STRICT, Hop.COURIER, Field.PHONE, Form.WHOLE):
        return True
    return any(field in fields and form in forms for fields, forms in NEVER.get(hop, []))


def crossed_cells(table):
    """The cells of a table that must not be."""
    return [
        (hop, field)
        for hop, row in table.rows.items()
        for field, form in row.forms.items()
        if must_not(table.profile, hop, field, form)
    ]
