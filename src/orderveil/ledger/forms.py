"""What a reader of the record chooses: which entries, which days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderveil.ledger.browsing import KINDS, Wanted
from orderveil.ledger.words import kind_words


class DaysForm(forms.Form):
    """From one day to another, both included, UTC; neither: from the beginning, until now."""

    since = forms.DateField(
        label=_("From (UTC)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To, included"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        found = super().clean() or {}
        first, last = found.get("since"), found.get("until")
        if first and last and first > last:
            raise forms.ValidationError(gettext("The first day is after the last."))
        return found

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """(included, not included)."""
        first: date | None = self.cleaned_data.get("since")
        last: date | None = self.cleaned_data.get("until")
        after = last + timedelta(days=1) if last and last < date.max else None
        return _midnight(first), _midnight(after)


class LogForm(DaysForm):
    """Which entries of the log."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": "person:17", "autocomplete": "off"}),
    )
    partner = forms.IntegerField(
        label=_("Partner's number"), required=False, min_value=1, max_value=2**62
    )

    field_order = ("kind", "person", "partner", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(((kind, kind_words(kind)) for kind in KINDS), key=lambda pair: pair[1])
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [("", gettext("Everything")), *kinds]

    def clean_person(self) -> str:
        """ "17" is "person:17"; a NUL is no part of any name."""
        told: str = self.cleaned_data["person"].strip()
        return f"person:{told}" if told.isascii() and told.isdigit() else told

    def wanted(self) -> Wanted:
        """The filter; nothing is left out where nothing was chosen."""
        since, until = self.moments()
        told = self.cleaned_data
        return Wanted(told["kind"], told["person"], told["partner"], since, until)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
