"""What a reviewer fills in."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.core.clocks import end_of
from orderveil.core.roles import ROLES
from orderveil.gate.reasons import LONGEST
from orderveil.partners.models import Credential
from orderveil.people.models import Membership
from orderveil.reviews.calendar import LEAST_DAYS, MOST_DAYS
from orderveil.reviews.deciding import Decision
from orderveil.reviews.less import Less, held, narrower_roles
from orderveil.reviews.outcomes import DECISIONS, Outcome

_CHOICES = (
    (Outcome.KEEP.value, _("Keep it as it is")),
    (Outcome.NARROW.value, _("Narrow it, to what is given below")),
    (Outcome.REMOVE.value, _("Remove it, at once")),
)


class ReasonForm(forms.Form):
    """A reason in a few words."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST,
        help_text=_("It is kept on the ledger: no names, phones or addresses of customers."),
    )


class EveryForm(forms.Form):
    """How often the brand reviews."""

    days = forms.IntegerField(
        label=_("Days from one review to the next"), min_value=LEAST_DAYS, max_value=MOST_DAYS
    )


class DecisionForm(ReasonForm):
    """Keep, narrow or remove."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=_CHOICES, widget=forms.RadioSelect)
    field_order = ("outcome", "reason")

    def decision(self) -> Decision:
        """What was decided. Only after the form was found valid."""
        found = self.cleaned_data
        return Decision(Outcome(found["outcome"]), found["reason"])


class PersonForm(DecisionForm):
    """A person's access, or less of it."""

    role = forms.ChoiceField(label=_("Role"), required=False)
    reveals_per_day = forms.IntegerField(label=_("Reveals a day"), min_value=0)
    views_per_day = forms.IntegerField(label=_("Orders shown a day"), min_value=0)

    def __init__(
        self,
        member: Membership,
        data: Mapping[str, Any] | None = None,
        choices: Collection[Outcome] = DECISIONS,
    ) -> None:
        has = held(member)
        super().__init__(data, initial=has._asdict() | {"role": has.role.value})
        roles = (has.role, *narrower_roles(has.role))
        self.fields["role"].choices = [(each.value, ROLES[each].title) for each in roles]  # type: ignore[attr-defined]
        offered = [each for each in _CHOICES if each[0] in choices]
        self.fields["outcome"].choices = offered  # type: ignore[attr-defined]
        self._has = has

    def decision(self) -> Decision:
        """With what is left to the person."""
        found = self.cleaned_data
        role = type(self._has.role)(found["role"] or self._has.role)
        less = Less(role, found["reveals_per_day"], found["views_per_day"])
        return Decision(Outcome(found["outcome"]), found["reason"], less)


class CredentialForm(DecisionForm):
    """A credential, or less of it."""

    daily_limit = forms.IntegerField(label=_("Orders a day, at most"), min_value=0, required=False)
    networks = forms.CharField(
        label=_("Networks"),
        required=False,
        help_text=_("CIDR ranges with spaces between them, inside those it has."),
    )
    last_day = forms.DateField(
        label=_("Last day (UTC)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, one: Credential, data: Mapping[str, Any] | None = None) -> None:
        has = {"daily_limit": one.daily_limit, "networks": " ".join(one.networks)}
        super().__init__(data, initial=has)

    def decision(self) -> Decision:
        """With what is left to the credential; a field left empty changes nothing."""
        found = self.cleaned_data
        day = found["last_day"]
        return Decision(
            Outcome(found["outcome"]),
            found["reason"],
            daily_limit=found["daily_limit"],
            networks=tuple(found["networks"].replace(",", " ").split()),
            expires_at=end_of(day) if day else None,
        )
