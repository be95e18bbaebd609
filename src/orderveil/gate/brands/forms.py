"""What a platform operator types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.gate.brands.provisioning import Allowed
from orderveil.keyring import assigning

MOST = 2_000_000_000


class BrandForm(forms.Form):
    """A new brand and its first owner."""

    slug = forms.RegexField(
        r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$",
        label=_("Short name"),
        help_text=_("Small letters, digits and hyphens. It names the brand's log and stays."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    owner = forms.CharField(
        label=_("First owner's name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("First owner's email"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


class QuotaForm(forms.Form):
    """What a brand may have; empty: any number."""

    orders_per_day = forms.IntegerField(
        label=_("New orders in a day"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("Of UTC. Updates and cancellations always go through. Empty: any number."),
    )
    people = forms.IntegerField(
        label=_("People"), min_value=1, max_value=MOST, required=False, help_text=_("Empty: any.")
    )
    credentials = forms.IntegerField(
        label=_("Credentials in force"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("Empty: any."),
    )

    def wanted(self) -> Allowed:
        """The quota."""
        return Allowed(**self.cleaned_data)


class KeysForm(forms.Form):
    """Whose root keys wrap the brand's."""

    provider = forms.ChoiceField(label=_("Key provider"), choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(one.name, f"{one.name} ({one.kind})") for one in assigning.choices()]
