"""What templates say of ids: the names of partners and people, times, assets."""

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from orderveil.core.numbers import row_number
from orderveil.partners.models import Brand, Partner
from orderveil.people import sentences
from orderveil.people.memberships import INSTALLATION
from orderveil.people.models import Membership
from orderveil.web.assets import version

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of one of our files; it changes when the file does."""
    return f"/static/{name}?v={version(name)}"


@register.filter
def words(code: Any) -> str:
    """ "out_for_delivery" -> "out for delivery", in the language of the page."""
    said = str(code or "").replace("_", " ")
    return gettext(said) if said else ""


@register.filter
def spoken(text: Any) -> str:
    """A refusal's sentence in the language of the page."""
    return sentences.spoken(text)


@register.filter
def in_fours(text: str) -> str:
    """ "JBSWY3DP" -> "JBSW Y3DP": what is typed off a page is read in small steps."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.simple_tag
def brand_name(brand_id: int) -> str:
    """How people call a brand; 0 is the installation."""
    found = Brand.objects.filter(pk=brand_id).values_list("name", flat=True).first()
    return str(found or gettext("Installation"))


@register.simple_tag(takes_context=True)
def partner_name(context: Context, partner_id: int | None) -> str:
    """How people call a partner of this brand; "" for none."""
    if partner_id is None:
        return ""
    names = _names(context, "partner_names")
    if partner_id not in names:
        brand_id = context["actor"].brand_id
        found = Partner.objects.filter(brand_id=brand_id).values_list("pk", "name")
        names.update(found)
    return str(names.get(partner_id, f"partner {partner_id}"))


@register.simple_tag(takes_context=True)
def person_name(context: Context, tag: str | None) -> str:
    """The colleague behind a ledger's "person:17"; any other pseudonym as it stands."""
    kind, _, number = (tag or "").partition(":")
    person_id = row_number(number)
    if kind != "person" or person_id is None:
        return tag or ""
    names = _names(context, "person_names")
    if tag not in names:
        names[tag] = _colleague(person_id, context["actor"].brand_id) or tag
    return str(names[tag])


def _colleague(person_id: int, brand_id: int) -> str | None:
    """The name of who works, or worked, for the brand or the installation; nobody else's."""
    places = Membership.objects.filter(
        person_id=person_id, brand_id__in=(brand_id, INSTALLATION), accepted_at__isnull=False
    )
    return places.values_list("person__name", flat=True).first()


def _names(context: Context, kind: str) -> dict[Any, Any]:
    """What was looked up for this page already: kept with the page's actor's request."""
    request = context["request"]
    if not hasattr(request, "desk_names"):
        request.desk_names = {}
    found: dict[Any, Any] = request.desk_names.setdefault(kind, {})
    return found


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """A time in UTC, as people and machines read it."""
    if at is None:
        return ""
    spelled = format_date(at, "d M Y, H:i")
    return format_html('<time datetime="{}">{}</time>', f"{at:%Y-%m-%dT%H:%M:%SZ}", spelled)
