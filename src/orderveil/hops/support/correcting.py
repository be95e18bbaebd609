"""The page that corrects an address, unseen.

Rules kept here:
- the form is empty: what the policy shows of the place stands beside it, as a hint;
- what was typed is kept for nobody: neither in the address, nor in the session, nor in a message;
  only the answer to a form with a mistake shows it again, to whoever typed it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderveil.core.actors import Actor
from orderveil.core.attempts import AttemptAnswer
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.personal import Personal
from orderveil.core.transitions import ENDED
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.compose import View
from orderveil.gate.desk.attempts import MOST_DAYS_AHEAD, answer_attempt, attempts_of, days_ahead
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.correcting import (
    CORRECTABLE,
    NEVER_EMPTY,
    NOTHING_ON_THE_ROAD,
    correct_address,
)
from orderveil.gate.disclose import disclose
from orderveil.gate.refusals import UNKNOWN
from orderveil.hops.support import wording
from orderveil.people.sentences import spoken

_WHOLE = "whole"
_HINTS = (Field.CITY, Field.STATE, Field.PINCODE)


class Address(forms.Form):
    """What is wrong, as it should be."""

    how = forms.ChoiceField(
        label=gettext_lazy("What are you typing?"),
        choices=[
            ("part", gettext_lazy("What changes: the rest of the address stays")),
            (_WHOLE, gettext_lazy("The whole address: what I leave empty goes")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, days: tuple[date, date] | None = None, **kwargs: Any) -> None:
        """`days`: the first and the last on which a courier can be asked to try again, if it is."""
        super().__init__(*args, **kwargs)
        self.days = days
        for name, most in CORRECTABLE.items():
            words = wording.of(wording.FIELDS, name)
            self.fields[name] = forms.CharField(
                label=words[:1].upper() + words[1:],
                required=False,
                max_length=most,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
        if days is not None:
            self.fields["again_on"] = forms.DateField(
                label=gettext_lazy("Ask the courier to try again on"),
                required=False,
                help_text=gettext_lazy("Left empty: as soon as it can."),
                widget=forms.DateInput(
                    attrs={"type": "date", "min": f"{days[0]}", "max": f"{days[1]}"}
                ),
            )

    def clean(self) -> dict[str, Any]:
        """A whole address has its first line, a city and a PIN; a day is near."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("how") == _WHOLE:
            for name in NEVER_EMPTY:
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, _("A whole address has this."))
        day = told.get("again_on")
        if day and self.days and not self.days[0] <= day <= self.days[1]:
            said = _("Choose a day from today to %(n)s days ahead.") % {"n": MOST_DAYS_AHEAD}
            self.add_error("again_on", said)
        return told

    def values(self) -> Mapping[Field, Personal]:
        """What is to be replaced: everything for a whole address, else what was typed."""
        told = self.cleaned_data
        whole = told["how"] == _WHOLE
        return {name: Personal(told[name]) for name in CORRECTABLE if whole or told[name]}


def correct(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """Correct the address of an order; of a parcel's ref, answer its open attempt as well."""
    caller, order_id, parcel_no = _behind(actor, ref)
    waiting = _waiting(actor, order_id, parcel_no)
    days = days_ahead(actor.now) if waiting else None
    context: dict[str, Any] = {"ref": ref, "order_ref": ref.partition("-")[0]}
    if request.method != "POST":
        context |= _hints(caller, order_id, actor.now)
        return render(
            request, "support/undelivered_address.html", context | {"form": Address(days=days)}
        )
    form = Address(request.POST, days=days)
    if not form.is_valid() or not _corrected(actor, order_id, form):
        return render(
            request, "support/undelivered_address.html", context | {"form": form}, status=422
        )
    messages.success(request, _("The address is corrected. Whoever delivers it is told."))
    if waiting is not None and parcel_no is not None:
        what, day = AttemptAnswer.ADDRESS_CORRECTED, form.cleaned_data.get("again_on")
        late = answer_attempt(
            actor, order_id, parcel_no, waiting, what, now=actor.now, again_on=day
        )
        if late is not None:
            messages.warning(request, _("The attempt had been answered meanwhile."))
    return redirect("order", ref=context["order_ref"])


def _corrected(actor: Actor, order_id: bytes, form: Address) -> bool:
    """Done; False if the form has a mistake, which it now says. Raises `RefusedError`."""
    problem = correct_address(actor, order_id, form.values(), now=actor.now)
    if problem is None:
        return True
    name = problem.pointer.removeprefix("/")
    said = f"{spoken(problem.detail)} {spoken(problem.remedy)}"
    if problem.status != 422:
        raise RefusedError(problem)
    form.add_error(name if name in form.fields else None, said)
    return False


def _behind(actor: Actor, ref: str) -> tuple[Caller, bytes, int | None]:
    caller = caller_of(actor, "correct the address")
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    found = open_ref(caller, ref)
    if found is None:
        raise RefusedError(UNKNOWN)
    return caller, *found


def _waiting(actor: Actor, order_id: bytes, parcel_no: int | None) -> int | None:
    """The number of the parcel's attempt that waits for an answer."""
    found = attempts_of(actor, order_id, now=actor.now)
    if isinstance(found, Problem):
        return None
    of_parcel = (each for each in found if each.parcel_no == parcel_no and each.answer is None)
    return next((each.attempt_no for each in of_parcel), None)


def _hints(caller: Caller, order_id: bytes, now: datetime) -> dict[str, Any]:
    """What the person's view shows of the place; raises `RefusedError` if nothing is delivered."""
    view = disclose(caller, order_id, None, now=now)
    if not isinstance(view, View):
        raise RefusedError(view)
    if all(each.state in ENDED for each in view.parcels):
        raise RefusedError(NOTHING_ON_THE_ROAD)
    place = [str(view.fields[name]) for name in _HINTS if view.fields.get(name)]
    return {"number": view.fields.get("order_number") or "", "place": ", ".join(place)}
