"""The forms that carry what a key or passkey answered: whatever is sent, it opens or it is wrong.

allauth hands the JSON to its parser as it comes; some of it is no credential of any shape, and
the parser falls over it. What can't be read is told as what does not open.
"""

import binascii
import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as keys
from django import forms

MOST_CHARACTERS = 20_000
_UNREADABLE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError),
    *(struct.error, binascii.Error),
)


class Credential(forms.JSONField):
    """A JSON object of a sensible size."""

    def to_python(self, value: Any) -> Any:
        """The object; raises `ValidationError` for anything else."""
        try:
            if len(value or "") > MOST_CHARACTERS:
                raise _wrong()
            found = super().to_python(value)
        except (ValueError, RecursionError):
            raise _wrong() from None
        if found is not None and not isinstance(found, dict):
            raise _wrong()
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Nothing of it is shown again."""
        del data
        return initial


def _field() -> Credential:
    return Credential(required=True, widget=forms.HiddenInput)


class _Opens(keys.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    credential = _field()

    def clean_credential(self) -> Any:
        """The authenticator that answered."""
        try:
            return super().clean_credential()
        except _UNREADABLE:
            raise _wrong() from None


class AuthenticateForm(_Opens):
    """After a password."""


class LoginForm(_Opens, keys.LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of one."""

    reauthenticated, passwordless = False, True


class ReauthenticateForm(_Opens, keys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Once more."""

    reauthenticated, passwordless = True, False


class AddForm(keys.AddWebAuthnForm):  # type: ignore[misc]
    """A new one; its name is for its owner."""

    name = forms.CharField(required=False, max_length=100)
    credential = _field()

    def clean(self) -> dict[str, Any]:
        """What was typed and what the key said."""
        try:
            told: dict[str, Any] = super().clean()
        except _UNREADABLE:
            raise _wrong() from None
        return told


class EditForm(keys.EditWebAuthnForm):  # type: ignore[misc]
    """Another name."""

    name = forms.CharField(required=True, max_length=100)


def _wrong() -> forms.ValidationError:
    wrong: forms.ValidationError = get_adapter().validation_error("incorrect_code")
    return wrong
