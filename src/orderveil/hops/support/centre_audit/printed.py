"""A centre's pack as paper: its words and figures for the template.

A name that our fonts can't write stays a pseudonym: a row of boxes would say less.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orderveil.core.roles import ROLES, Role
from orderveil.hops.printing import fonts, paper
from orderveil.hops.support.centre_audit.months import Month
from orderveil.hops.support.centre_audit.pack import Member, Pack, Sampled, digest
from orderveil.hops.support.centre_audit.signing import Signature

TEMPLATE = Path(__file__).with_name("pack.typ")
Names = Mapping[str, str]


def pdf(told: dict[str, Any], month: Month) -> bytes:
    """What was told as PDF: the same bytes for the same pack, names and sign-offs."""
    return paper.pdf(TEMPLATE, told, at=month.end)


def tell(
    pack: Pack,
    month: Month,
    names: Names,
    signed: Sequence[Signature],
    *,
    brand: str,
    centre: str,
) -> dict[str, Any]:
    """What the template is given: texts, and rows of texts."""
    place = _printed(centre, f"partner:{pack.partner}")
    return {
        "title": f"{place}, {date_format(month.start, 'F Y')}",
        "subtitle": _("Audit pack of an outsourced centre of %(brand)s")
        % {"brand": _printed(brand, f"brand:{pack.brand}")},
        "brand": _printed(brand, f"brand:{pack.brand}"),
        "fonts": fonts.library().families,
        "is_over": pack.is_over,
        "words": _words(pack),
        "figures": _figures(pack),
        "people_head": [
            *(_("Name"), _("Role"), _("Joined"), _("Left"), _("Factors")),
            *(_("Orders"), _("Reveals"), _("Verified")),
        ],
        "people": [_person(each, names) for each in pack.members],
        "reasons_head": [_("Reason"), _("Reveals")],
        "reasons": [[_spaced(code), str(count)] for code, count in pack.by_reason.items()],
        "refusals_head": [_("Refused because"), _("Times")],
        "refusals": [[_spaced(code), str(count)] for code, count in pack.refusals.items()],
        "sample_head": [
            *(_("Time (UTC)"), _("Person"), _("Field"), _("Reason"), _("Ticket")),
            _("Ledger entry"),
        ],
        "sample": [_sampled(each, names) for each in pack.sample],
        "proof": _proof(pack),
        "signatures_head": [
            *(_("Time (UTC)"), _("Person"), _("Outcome"), _("Reason"), _("This pack?")),
        ],
        "signatures": [_signature(each, names, pack) for each in signed],
    }


def _words(pack: Pack) -> dict[str, str]:
    about = _("%(drawn)d of %(all)d reveals, drawn by the log's root hash at the month's end.")
    return {
        "page": _("Page"),
        "preliminary": _("The month is not over: these figures and this sample are preliminary."),
        "figures": _("The month in figures"),
        "people": _("People"),
        "none": _("None."),
        "reasons": _("Reveals by reason"),
        "refusals": _("Refusals"),
        "sample": _("Random sample for review"),
        "sample_about": about % {"drawn": len(pack.sample), "all": pack.reveals},
        "proof": _("Proof"),
        "signatures": _("Sign-offs"),
    }


def _figures(pack: Pack) -> list[list[str]]:
    return [
        [_("orders assigned"), str(pack.assigned)],
        [_("orders handled"), str(pack.handled)],
        [_("reveals"), str(pack.reveals)],
        [_("reveals per 100 orders handled"), pack.reveals_per_100 or "-"],
        [_("callers that matched"), str(pack.matched)],
        [_("callers that did not match"), str(pack.unmatched)],
        [_("other refusals"), str(sum(pack.refusals.values()))],
        [_("refused after hours"), str(pack.after_hours)],
    ]


def _person(one: Member, names: Names) -> list[str]:
    return [
        _named(one.person, names),
        str(ROLES[Role(one.role)].title) if one.role else _("works elsewhere now"),
        _day(one.joined),
        _day(one.left),
        ", ".join(one.factors),
        str(one.handled),
        str(one.reveals),
        str(one.verifications),
    ]


def _sampled(one: Sampled, names: Names) -> list[str]:
    who = _named(one.person, names)
    return [_moment(one.at), who, one.field, _spaced(one.reason), one.ticket, one.entry]


def _proof(pack: Pack) -> list[list[str]]:
    found = [[_("Digest (SHA-256)"), digest(pack)]]
    if pack.tree is not None:
        found += [
            [_("Log"), pack.tree.origin],
            [_("Entries at the month's end"), str(pack.tree.size)],
            [_("Root hash"), pack.tree.root],
            [_("Seed of the sample"), pack.tree.seed],
        ]
    return found


def _signature(one: Signature, names: Names, pack: Pack) -> list[str]:
    same = _("yes") if one.digest == digest(pack) else _("no: it has changed since")
    reason = one.reason if fonts.can_print(one.reason) else "-"
    return [_moment(one.at), _named(one.person, names), _spaced(one.outcome), reason, same]


def _named(person: str, names: Names) -> str:
    return _printed(names.get(person, person), person)


def _printed(text: str, instead: str) -> str:
    return text if fonts.can_print(text) else instead


def _spaced(code: str) -> str:
    return code.replace("_", " ")


def _day(at: datetime | None) -> str:
    return f"{at:%d %b %Y}" if at else ""


def _moment(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M}"
