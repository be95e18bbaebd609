"""What the people's door serves."""

from django.urls import path

from orderveil.web.views import asset, first_page, ledger_news

urlpatterns = [
    path("", first_page),
    path("relay/ledger.json", ledger_news),
    path("static/<str:name>", asset),
]
