"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "orderveil.reviews"
    label = "reviews"
