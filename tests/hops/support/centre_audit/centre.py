"""A centre's month: two people, orders that were given to it, reveals and verified callers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator

from desk import Desk
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.gate.desk.reveal import Revealable, Revealed, reveal_field
from orderveil.gate.desk.verifying import Said, Verdict, verify_caller
from orderveil.gate.reasons import checked_cause
from orderveil.hops.support.centre_audit import centres, months
from orderveil.ledger import sequencer
from orderveil.partners.models import Partner
from orderveil.people.models import Membership
from scene import Scene

LAST_MONTH = months.month_of(utc_now()).before
BEGAN = LAST_MONTH.start + timedelta(days=14, hours=6)
LATER = LAST_MONTH.end + timedelta(days=1)
NAMES = {"asha": "आशा वर्मा", "binod": "Binod Thapa"}


@dataclass
class Centre:
    """The desk, the partner, its people and its orders."""

    desk: Desk
    partner: Partner
    people: dict[str, Membership]
    orders: list[bytes]
    _minute: int = 0

    @classmethod
    def make(cls, slug: str = "kalanjali", *, orders: int = 3) -> "Centre":
        """A centre with two people and some orders, in the middle of last month."""
        desk = Desk.make(Scene.make(slug, now=BEGAN))
        partner = desk.scene.new_seat(Hop.SUPPORT, "dialtone", name="Dialtone Pune").partner
        people = {}
        for key, name in NAMES.items():
            people[key] = desk.person(Role.OUTSOURCED_SUPPORT, key, partner=partner)
            person = people[key].person
            person.name = name
            person.save()
        Authenticator.objects.update(created_at=BEGAN)
        made = [desk.scene.admit() for _ in range(orders)]
        found = cls(desk, partner, people, made)
        for order in made:
            found.give(order)
        return found

    def give(self, order: bytes) -> None:
        """Hand an order to the centre."""
        seat = type(self.desk.scene.seat(Hop.WMS))(self.partner, None, "", Hop.SUPPORT)
        self.desk.scene.assign(Hop.SUPPORT, order, seat)

    def now(self) -> datetime:
        """A minute later than before: nobody is faster than the minute's limit."""
        self._minute += 1
        return BEGAN + timedelta(minutes=self._minute)

    def reveal(
        self, who="asha", order=0, what=Revealable.PHONE, reason="call_back", ticket="T-1", at=None
    ) -> Revealed:
        """One reveal by one of them."""
        now = at or self.now()
        actor = self.desk.actor(self.people[who], now=now)
        done = reveal_field(actor, self.orders[order], what, checked_cause(reason, ticket), now=now)
        assert isinstance(done, Revealed), done
        return done

    def verify(self, said: str, who="asha", order=0) -> bool:
        """One caller's PIN code."""
        now = self.now()
        actor = self.desk.actor(self.people[who], now=now)
        done = verify_caller(actor, self.orders[order], Said.PINCODE, Personal(said), now=now)
        assert isinstance(done, Verdict), done
        return done.matched

    def pack(self, now=LATER, month=LAST_MONTH):
        """The pack as of now, everything pending sequenced."""
        sequencer.drain(now)
        return centres.make(self.partner, month, now=now)
