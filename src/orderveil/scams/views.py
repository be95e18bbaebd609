"""The brand's home, the walk's own picture, and what a policy means for the scams.

Rules kept here:
- home shows policies and counts, never an order: every role of the brand may see it;
- the walk's picture is shown to people of its own, sample, brand only.
"""

import re
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from orderveil.core.actors import DEVICE_NEEDED, Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission
from orderveil.core.table import Table
from orderveil.partners.models import Brand
from orderveil.policy import drafts, prose, versions
from orderveil.policy.models import Version
from orderveil.policy.toml import PolicyError
from orderveil.scams import evidence, laws
from orderveil.scams.drawing import line_of, stage_of
from orderveil.scams.kept import Kept, kept_for
from orderveil.scams.page import told
from orderveil.scams.picture import lights

LINES = 8
_INDEX = re.compile("-?[0-9]{1,18}")


@require_safe
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The picture of the policy in force against today's, and what waits."""
    policies = versions.policies(actor.brand_id)
    published = _publishes(actor.brand_id)
    without = laws.law_of_table(gettext("as these systems get it"), policies.today)
    under = laws.law_of_table(policies.label, policies.table)
    today = lights(without, published_channel=published)
    now = lights(under, published_channel=published)
    shown = {
        "policy_name": policies.label,
        "warnings": prose.warnings(policies.table),
        "pairs_today": today.pairs,
        "pairs_now": now.pairs,
        "together_today": today.together,
        "together_now": now.together,
        "published": published,
        "hops": laws.road(policies.table, policies.today),
        "stages": [stage_of("Today", today), stage_of("Now", now)],
    }
    return render(request, "scams/home.html", shown | _ledger(actor))


def _publishes(brand_id: int) -> bool:
    return bool(Brand.objects.values_list("published_channel", flat=True).get(pk=brand_id))


def _ledger(actor: Actor) -> dict[str, Any]:
    """The brand's latest entries, for who reads the ledger."""
    if not actor.may(Permission.READ_LEDGER):
        return {"reads_ledger": False}
    found = evidence.latest_news(actor.brand_id, LINES)
    return {
        "reads_ledger": True,
        "ledger": [line_of(line) for line in found.entries],
        "verified": found.verified,
        "sentence": found.sentence,
    }


def has_walk(actor: Actor) -> bool:
    """Is there a picture of a walk to show?"""
    return not actor.is_off_floor and kept_for(actor.brand_id) is not None


def _walk(actor: Actor) -> Kept:
    if actor.is_off_floor:
        raise RefusedError(DEVICE_NEEDED)  # its buyer is a sample, and shown whole
    found = kept_for(actor.brand_id)
    if found is None:
        raise RefusedError(_NO_WALK)
    return found


@require_safe
def relay(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The last walk's picture: what each system got of the sample order."""
    return render(request, "scams/relay.html", told(_walk(actor).picture))


@require_safe
def relay_ledger(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The walk order's ledger entries past `?after=`, proved."""
    found = _walk(actor)
    after = request.GET.get("after", "-1")
    if not _INDEX.fullmatch(after):
        raise RefusedError(_NO_WALK)
    answer = evidence.news(found.brand_id, found.order_id, int(after))
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")


@require_safe
def policy_scams(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What a version changes for the scams: of what is in force; itself in force, of today."""
    shown = versions.one(actor.brand_id, number)
    active = versions.active(actor.brand_id)
    try:
        table = versions.table_of(shown)
    except PolicyError:
        raise RefusedError(_LOADS_NO_MORE) from None
    back = {"number": number, "label": shown.label}
    return _scams(
        request, actor, table, shown.label, active, is_active=shown.pk == active.pk, **back
    )


@require_safe
def draft_scams(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the person's draft would change for the scams."""
    try:
        draft = drafts.current(request, actor)
        table = versions.check(draft.text, draft.virtual)
    except PolicyError:
        return redirect("policy_draft_text")
    active = versions.active(actor.brand_id)
    return _scams(request, actor, table, table.name, active, is_active=False, label=table.name)


def _scams(
    request: HttpRequest,
    actor: Actor,
    table: Table,
    name: str,
    active: Version,
    *,
    is_active: bool,
    **back: Any,
) -> HttpResponse:
    policies = versions.policies(actor.brand_id)
    before = ("today", policies.today) if is_active else (active.label, policies.table)
    published = _publishes(actor.brand_id)
    shift = laws.shift(
        laws.law_of_table(*before), laws.law_of_table(name, table), published_channel=published
    )
    shown = {
        **back,
        "shift": shift,
        "published": published,
        "hops": laws.road(table, before[1]),
        "stages": [stage_of("Before", shift.before), stage_of("After", shift.after)],
    }
    return render(request, "scams/policy.html", shown)


_LOADS_NO_MORE = Problem(
    code="policy_invalid",
    detail="This version's text no longer loads, so there is nothing to compare.",
    remedy="Look at the version itself: it is kept as it was published.",
    rule="policy: a text that crosses a floor does not load",
    status=409,
)
_NO_WALK = Problem(
    code="no_walk",
    detail="No walk of this brand is kept here.",
    remedy="Run `orderveil walk`: sample orders of a sample brand take the whole road.",
    rule="relay: only a sample brand's own picture is shown",
    status=404,
)
