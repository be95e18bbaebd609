"""Access reviews: the list, one of them, one decision."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.core.numbers import row_number
from orderveil.core.roles import ROLES, Permission
from orderveil.ledger.acts import by
from orderveil.partners.models import Credential
from orderveil.people.models import Membership
from orderveil.reviews import calendar, campaigns, deciding
from orderveil.reviews.forms import CredentialForm, EveryForm, PersonForm, ReasonForm
from orderveil.reviews.less import held, narrower_roles
from orderveil.reviews.models import Campaign, Item
from orderveil.reviews.outcomes import IDLE_DAYS, Kind

PAGE = 100
LISTED = 40
"""Ten years of quarters."""
STAYS_ON_PAGE = 422


def reviews(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every review of the brand, and when the next one is due."""
    due = calendar.standing(actor.brand_id, actor.now)
    found = Campaign.objects.filter(brand_id=actor.brand_id).order_by("-opened_at")
    listed = list(found[:LISTED])
    counts = campaigns.counts_of(listed)
    told = {
        "due": due,
        "campaigns": [(each, counts[each.pk]) for each in listed],
        "reviews": actor.may(Permission.REVIEW_ACCESS),
        "every": EveryForm(initial={"days": due.every_days}),
        "term_days": campaigns.TERM_DAYS,
        "idle_days": IDLE_DAYS,
    }
    return render(request, "reviews/reviews.html", told)


@require_POST
def open_one(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a review now, due or not."""
    who = by(actor)
    made = campaigns.open_campaign(actor.brand_id, now=actor.now, who=who)
    messages.success(request, _("The review is open."))
    return redirect("review", campaign_id=made.pk)


@require_POST
def every(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How often the brand reviews."""
    form = EveryForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for each in form.errors.get("days", [])))
        return redirect("reviews")
    days = form.cleaned_data["days"]
    calendar.set_every(actor.brand_id, days, now=actor.now, who=by(actor))
    messages.success(request, _("Reviews are due every %(days)d days.") % {"days": days})
    return redirect("reviews")


def review(request: HttpRequest, actor: Actor, campaign_id: int) -> HttpResponse:
    """One review: its items, those that are left first if that is asked for."""
    campaign = _campaign(actor, campaign_id)
    asked, after = "left" in request.GET, row_number(request.GET.get("after", ""))
    items = Item.objects.filter(campaign=campaign).order_by("pk")
    if asked:
        items = items.filter(outcome="")
    if after is not None:
        items = items.filter(pk__gt=after)
    shown = list(items[: PAGE + 1])
    page = shown[:PAGE]
    is_open = campaign.closed_at is None
    waiting = campaigns.waiting(page)
    reviews_it = is_open and actor.may(Permission.REVIEW_ACCESS)
    told = {
        "campaign": campaign,
        "counts": campaigns.counts(campaign),
        "items": [(each, waiting.get(each.pk)) for each in page],
        "gone": campaigns.gone([each for each in page if not each.outcome]) if is_open else (),
        "left": asked,
        "next": page[-1].pk if len(shown) > PAGE else None,
        "decides": reviews_it,
        "late": is_open and campaign.due_at < actor.now,
        "keepable": len(deciding.keepable(actor, campaign)) if reviews_it else 0,
        "form": ReasonForm(),
        "idle_days": IDLE_DAYS,
        "alone": campaigns.reviewers(actor.brand_id) == {actor.person_id},
    }
    return render(request, "reviews/review.html", told)


@require_POST
def keep(request: HttpRequest, actor: Actor, campaign_id: int) -> HttpResponse:
    """Keep everything that is used and proposed to be kept, with one reason."""
    count = deciding.keep_used(actor, campaign_id, request.POST.get("reason", ""))
    kept = ngettext("%(count)d item is kept.", "%(count)d items are kept.", count)
    messages.success(request, kept % {"count": count})
    return redirect("review", campaign_id=campaign_id)


@require_POST
def close_one(request: HttpRequest, actor: Actor, campaign_id: int) -> HttpResponse:
    """Close a review that has nothing left."""
    campaigns.close(actor.brand_id, campaign_id, now=actor.now, who=by(actor))
    messages.success(request, _("The review is closed."))
    return redirect("review", campaign_id=campaign_id)


def item(request: HttpRequest, actor: Actor, campaign_id: int, item_id: int) -> HttpResponse:
    """Decide one item."""
    campaign = _campaign(actor, campaign_id)
    one = Item.objects.filter(pk=item_id, campaign=campaign).first()
    if one is None:
        raise RefusedError(deciding.NO_ITEM)
    form = _form(request, actor, one)
    if request.method == "POST":
        if form is None:
            raise RefusedError(deciding.GONE)
        if form.is_valid() and _decided(request, actor, one, form):
            return redirect("review", campaign_id=campaign_id)
    told = {
        "campaign": campaign,
        "item": one,
        "form": form,
        "waiting": campaigns.waiting([one]).get(one.pk),
        "own": one.person_id == actor.person_id,
        "alone": campaigns.is_nobody_elses(actor.brand_id, one),
        "ended": not one.outcome and one.pk in campaigns.gone([one]),
        **_today(actor, one),
    }
    status = STAYS_ON_PAGE if request.method == "POST" else 200
    return render(request, "reviews/item.html", told, status=status)


def _decided(
    request: HttpRequest, actor: Actor, one: Item, form: PersonForm | CredentialForm
) -> bool:
    """True if that is done; what can be mended is said on the form."""
    try:
        deciding.decide(actor, one.campaign_id, one.pk, form.decision())
    except RefusedError as error:
        if error.problem.status != STAYS_ON_PAGE:
            raise
        form.add_error(None, error.diagnostics())
        return False
    messages.success(request, _("Decided, and in force."))
    return True


def _form(request: HttpRequest, actor: Actor, one: Item) -> PersonForm | CredentialForm | None:
    data = request.POST if request.method == "POST" else None
    if one.kind == Kind.PERSON:
        member = _member(actor, one)
        return PersonForm(member, data, deciding.choices(actor, member)) if member else None
    key = _key(actor, one)
    return CredentialForm(key, data) if key else None


def _today(actor: Actor, one: Item) -> dict[str, object]:
    """What the person or the credential has now, and what would be less."""
    if one.kind == Kind.PERSON:
        member = _member(actor, one)
        if member is None:
            return {}
        narrower = [ROLES[each] for each in narrower_roles(held(member).role)]
        keep_only = len(deciding.choices(actor, member)) == 1
        told = {"member": member, "held": held(member), "narrower": narrower}
        return told | {"keep_only": keep_only}
    return {"credential": _key(actor, one)}


def _member(actor: Actor, one: Item) -> Membership | None:
    found = Membership.objects.filter(pk=one.subject_id, brand_id=actor.brand_id, ended_at=None)
    return found.select_related("person").first()


def _key(actor: Actor, one: Item) -> Credential | None:
    found = Credential.objects.filter(pk=one.subject_id, brand_id=actor.brand_id)
    return found.filter(revoked_at=None).first()


def _campaign(actor: Actor, campaign_id: int) -> Campaign:
    found = Campaign.objects.filter(pk=campaign_id, brand_id=actor.brand_id).first()
    if found is None:
        raise RefusedError(campaigns.NO_CAMPAIGN)
    return found
