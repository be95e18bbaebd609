"""A signed agreement, as it is typed: what it names, and the document that its digest is of."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.partners.forms import DATE, Lines
from orderveil.partners.papers import (
    LONGEST_CONTACT,
    MOST_BREACH_HOURS,
    MOST_DELETION_DAYS,
    Terms,
)


class AgreementForm(forms.Form):
    """A signed data-processing agreement."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DATE))
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs=DATE),
        help_text=_("Empty: it does not end by itself."),
    )
    document_digest = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label=_("SHA-256 of the signed document"),
        required=False,
        help_text=_(
            "64 hexadecimal digits, as the command sha256sum prints them. It goes on record."
        ),
    )
    document = forms.FileField(
        label=_("Or the signed document itself"),
        required=False,
        help_text=_("Up to 2 MB. Its SHA-256 is taken; the document is not kept here."),
    )
    countries = forms.CharField(
        label=_("Countries where the data may be"),
        required=False,
        max_length=1_000,
        help_text=_("Two letters each, as in IN, DE."),
    )
    sub_processors = Lines(
        label=_("Sub-processors"),
        required=False,
        help_text=_("Names of firms, one a line. Empty: none."),
    )
    deletion_days = forms.IntegerField(
        label=_("It deletes within so many days of a delivery"),
        min_value=0,
        max_value=MOST_DELETION_DAYS,
        required=False,
    )
    breach_hours = forms.IntegerField(
        label=_("It tells of a breach within so many hours"),
        min_value=1,
        max_value=MOST_BREACH_HOURS,
        required=False,
    )
    contact = forms.CharField(
        label=_("Its mail address for data protection"),
        required=False,
        max_length=LONGEST_CONTACT,
        help_text=_("A role's, nobody's own: privacy@courier.example"),
    )

    def clean_document(self) -> str:
        """The digest of the document; "" without one."""
        sent = self.cleaned_data.get("document")
        if not sent:
            return ""
        digest = hashlib.sha256()
        for piece in sent.chunks():
            digest.update(piece)
        return digest.hexdigest()

    def clean(self) -> dict[str, Any]:
        """A digest and a document that are given together are of one document."""
        found = super().clean() or {}
        typed, taken = found.get("document_digest", "").lower(), found.get("document", "")
        if typed and taken and typed != taken:
            self.add_error("document", _("The document has another SHA-256 than the one above."))
        return found

    def terms(self) -> Terms:
        """What was typed."""
        found = self.cleaned_data
        return Terms(
            document_digest=found["document_digest"] or found["document"],
            sub_processors=found["sub_processors"],
            countries=tuple(found["countries"].replace(",", " ").split()),
            deletion_days=found["deletion_days"],
            breach_hours=found["breach_hours"],
            contact=found["contact"],
        )
