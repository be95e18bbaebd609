"""Every page of the desk, in the order of the navigation."""

from orderveil.core.pages import Page
from orderveil.gate.approving.pages import PAGES as APPROVALS
from orderveil.gate.brands.pages import PAGES as BRANDS
from orderveil.gate.pages import PAGES as GATE
from orderveil.gate.staffing.pages import PAGES as PEOPLE
from orderveil.hops import journey  # noqa: F401 - fills the table of what can be printed
from orderveil.hops.calls.pages import PAGES as CALLS
from orderveil.hops.courier.pages import PAGES as BOOKINGS
from orderveil.hops.ims.pages import PAGES as INVENTORY
from orderveil.hops.printing.pages import PAGES as PRINTS
from orderveil.hops.retention.pages import PAGES as PURGES
from orderveil.hops.support.centre_audit.pages import PAGES as CENTRES
from orderveil.hops.support.pages import PAGES as SUPPORT
from orderveil.hops.wms.pages import PAGES as WAREHOUSE
from orderveil.incidents.pages import PAGES as ALERTS
from orderveil.ledger.pages import PAGES as LEDGER
from orderveil.outbox.pages import PAGES as SUBSCRIPTIONS
from orderveil.partners.pages import PAGES as PARTNERS
from orderveil.policy.pages import PAGES as POLICY
from orderveil.reviews.pages import PAGES as REVIEWS
from orderveil.scams.pages import PAGES as SCAMS

PAGES: tuple[Page, ...] = (
    *(*SCAMS, *SUPPORT, *WAREHOUSE, *PRINTS, *LEDGER, *PURGES, *GATE, *POLICY),
    *(*PARTNERS, *SUBSCRIPTIONS, *INVENTORY, *BOOKINGS, *CALLS, *APPROVALS, *BRANDS),
    *(*PEOPLE, *REVIEWS, *CENTRES, *ALERTS),
)
