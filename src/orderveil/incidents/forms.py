"""What people send about alerts."""

from django import forms
from django.utils.translation import gettext_lazy

from orderveil.incidents.words import Outcome

OUTCOMES = [
    (Outcome.EXPLAINED.value, gettext_lazy("Explained: it was somebody's work")),
    (Outcome.INCIDENT.value, gettext_lazy("Incident: it was what it looks like")),
    (Outcome.FALSE_ALARM.value, gettext_lazy("False alarm: nothing unusual happened")),
]


class CloseForm(forms.Form):
    """What an alert was."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What was it?"), choices=OUTCOMES, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("How do you know?"),
        max_length=200,
        help_text=gettext_lazy("It goes on record: tickets and facts, never a customer's data."),
    )


class CanaryForm(forms.Form):
    """An order that is to be watched."""

    number = forms.CharField(
        label=gettext_lazy("Number of the invented order"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expected = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Partners whose systems read every order anyway"),
        help_text=gettext_lazy("They raise no alert when their system is shown this order."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, partners: list[tuple[int, str]], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["expected"].choices = partners  # type: ignore[attr-defined]


class ReceiverForm(forms.Form):
    """Where alerts are posted."""

    url = forms.URLField(
        label=gettext_lazy("URL"),
        max_length=2000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://security.brand.example/alerts"}),
    )
