"""What the people's door serves."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
