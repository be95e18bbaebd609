"""What is typed about a colleague."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderveil.core.roles import ROLES, Role
from orderveil.gate.reasons import LONGEST
from orderveil.gate.staffing import rules
from orderveil.gate.staffing.managing import Terms

MOST_PER_DAY = 100_000


class TermsForm(forms.Form):
    """Role, centre, budgets."""

    role = forms.ChoiceField(label=_("Role"), initial=Role.SUPPORT)
    centre = forms.ChoiceField(
        label=_("Centre"),
        required=False,
        help_text=_("For people who work at a partner's; all others work for the brand itself."),
    )
    reveals_per_day = forms.IntegerField(
        label=_("Reveals a day"),
        required=False,
        min_value=0,
        max_value=MOST_PER_DAY,
        help_text=_("Empty: the role's own number."),
    )
    views_per_day = forms.IntegerField(
        label=_("Orders shown a day"),
        required=False,
        min_value=0,
        max_value=MOST_PER_DAY,
        help_text=_("Empty: the role's own number."),
    )

    def __init__(self, brand_id: int, by: Role, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices_of("role").choices = [
            (str(role), gettext(terms.title))
            for role, terms in ROLES.items()
            if role != Role.PLATFORM_OPERATOR and (role != Role.OWNER or by == Role.OWNER)
        ]
        found = [(str(each.pk), each.name) for each in rules.centres(brand_id)]
        self.choices_of("centre").choices = [("", gettext("The brand itself")), *found]

    def choices_of(self, name: str) -> forms.ChoiceField:
        """A field of ours as what it is."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        return field

    def terms(self) -> Terms:
        """What was typed; the form is valid."""
        given = self.cleaned_data
        centre = int(given["centre"]) if given["centre"] else None
        return Terms(Role(given["role"]), centre, given["reveals_per_day"], given["views_per_day"])


class AddForm(TermsForm):
    """Somebody new."""

    email = forms.EmailField(label=_("Email"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("How colleagues know them.")
    )
    field_order = ("email", "name", "role", "centre", "reveals_per_day", "views_per_day")


class ChangeForm(TermsForm):
    """Something else, for a reason."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, help_text=_("It goes on record: name nobody in it.")
    )


class EndForm(forms.Form):
    """The reason why somebody leaves."""

    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, help_text=_("It goes on record: name nobody in it.")
    )
