"""What templates say of ids: the names of partners and people, times, assets."""

from collections.abc import Callable
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
    names = _names(context, "partner_names", _partners)
    return names.get(partner_id, f"partner {partner_id}")


@register.simple_tag(takes_context=True)
def person_name(context: Context, tag: str | None) -> str:
    """The colleague behind a ledger's "person:17"; any other pseudonym as it stands."""
    kind, _, number = (tag or "").partition(":")
    person_id = row_number(number)
    if kind != "person" or person_id is None:
        return tag or ""
    return _names(context, "person_names", _people).get(person_id, tag or "")


def _partners(brand_id: int) -> dict[int, str]:
    return dict(Partner.objects.filter(brand_id=brand_id).values_list("pk", "name"))


def _people(brand_id: int) -> dict[int, str]:
    """Who works, or worked, for the brand or the installation; nobody else's name is told."""
    places = Membership.objects.filter(
        brand_id__in=(brand_id, INSTALLATION), accepted_at__isnull=False
    )
    return dict(places.values_list("person_id", "person__name"))


def _names(context: Context, kind: str, load: Callable[[int], dict[int, str]]) -> dict[int, str]:
    """The names of this page's brand: looked up once for the page, however many it shows."""
    request = context["request"]
    if not hasattr(request, "desk_names"):
        request.desk_names = {}
    if kind not in request.desk_names:
        request.desk_names[kind] = load(context["actor"].brand_id)
    found: dict[int, str] = request.desk_names[kind]
    return found


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """A time in UTC, as people and machines read it."""
    if at is None:
        return ""
    spelled = format_date(at, "d M Y, H:i")
    return format_html('<time datetime="{}">{}</time>', f"{at:%Y-%m-%dT%H:%M:%SZ}", spelled)
