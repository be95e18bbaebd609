"""The forms of calls. None repeats a number that was typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.gate.reasons import Reason
from orderveil.hops.calls import agents

REASONS = {
    Reason.DELIVERY_PROBLEM: _("Problem with the delivery"),
    Reason.ADDRESS_UNCLEAR: _("Address is unclear"),
    Reason.CALL_BACK: _("Customer asked to be called back"),
    Reason.RETURN_PICKUP: _("Pick-up of a return"),
    Reason.PAYMENT_QUESTION: _("Question about a payment"),
    Reason.SUSPECTED_FRAUD: _("Suspected fraud"),
    Reason.PRIVACY_REQUEST: _("Privacy request"),
}


class AgentForm(forms.Form):
    """A telephone to register."""

    partner = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    name = forms.CharField(max_length=agents.LONGEST)
    number = forms.CharField(max_length=40)
    member = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
