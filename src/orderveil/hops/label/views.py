"""What a phone's camera finds behind the code on a label: the sender, and nothing of the buyer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orderveil.gate import tokens
from orderveil.hops.label.resources import NO_LABEL, scanned_of


@require_safe
def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """The same page for every label of a brand, whether there is such a parcel or not."""
    brand = tokens.brand_of(token)
    told = {"sender": scanned_of(brand)} if brand else {"problem": NO_LABEL}
    answer = render(request, "label/scanned.html", told, status=200 if brand else NO_LABEL.status)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
