"""What an approver types."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.gate.reasons import LONGEST


class TurnDownForm(forms.Form):
    """Why a request is turned down."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST,
        help_text=_("A few words. It goes on record, so it names no customer."),
    )
