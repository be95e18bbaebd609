"""The forms of the order desk. None keeps or repeats what a customer is known by."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.core.clocks import end_of
from orderveil.core.states import ParcelState
from orderveil.gate.desk.listing import Wanted
from orderveil.gate.search import By
from orderveil.hops.support import wording

LONGEST = 200


def _date(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class Filters(forms.Form):
    """Which orders to list. Days are of UTC, like every time at the desk; both are included."""

    state = forms.ChoiceField(
        label=_("Parcel state"),
        required=False,
        choices=[("", _("any")), *((str(each), wording.STATES[each]) for each in ParcelState)],
    )
    since = _date(_("From"))
    until = _date(_("To"))

    def wanted(self) -> Wanted:
        """What is asked for; a filter that makes no sense is left out."""
        self.is_valid()
        told = self.cleaned_data
        return Wanted(
            state=ParcelState(told["state"]) if told.get("state") else None,
            since=_midnight(told["since"]) if told.get("since") else None,
            until=end_of(told["until"]) if told.get("until") else None,
        )


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)


class Search(forms.Form):
    """What was typed into the search box. It is never shown again."""

    by = forms.ChoiceField(required=False, choices=[("", ""), *((each, each) for each in By)])
    value = forms.CharField(max_length=LONGEST)
