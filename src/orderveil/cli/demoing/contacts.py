"""The demo's virtual contacts: a care number and a pool of numbers that are nobody's.

Couriers of the demo get a number and a PIN instead of a customer's phone; nobody answers there.
"""

from datetime import datetime

from orderveil.contacts.setup import setup_of
from orderveil.core.hops import Hop
from orderveil.gate import contacting
from orderveil.ledger.acts import machine
from orderveil.partners.models import Brand, Partner

CARE_NUMBER, POOL_NUMBER = "+918000000000", "+918000000001"
"""Bengaluru's area code and a pattern: no exchange has such numbers."""


def set_up_contacts(brand: Brand, now: datetime) -> None:
    """Have them at the first start; whatever somebody made of them since, stays."""
    through = Partner.objects.filter(brand=brand, hops__contains=[Hop.COMMS]).order_by("pk").first()
    if through is None or setup_of(brand.pk) is not None:
        return
    who = machine()
    contacting.set_calls(brand.pk, care_number=CARE_NUMBER, through=through, now=now, who=who)
    contacting.add_number(brand.pk, POOL_NUMBER, now=now, who=who)
