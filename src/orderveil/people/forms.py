"""What people type about themselves: a password, a language."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from orderveil.people.models import Person


def _password(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=256)


class PasswordForm(forms.Form):
    """A first password, typed twice."""

    password = _password(_("Password, at least 12 characters"))
    again = _password(_("The same again"))

    def __init__(self, person: Person | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough for Django's validators."""
        found = super().clean() or {}
        first, second = found.get("password", ""), found.get("again")
        if first != second:
            raise forms.ValidationError(gettext("The two passwords are not the same."))
        try:
            password_validation.validate_password(first, self.person())
        except forms.ValidationError as error:
            self.add_error("password", error)
        return found

    def person(self) -> Person | None:
        """Whose it is, so that it is not their own name."""
        return self._person


class LanguageForm(forms.Form):
    """The language of one's pages, each by its own name; empty follows the browser."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[
            ("", _("As the browser says")),
            *((code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES),
        ],
    )
