"""Orderveil: what a brand puts between its shop and every system that touches its orders."""

__version__ = "0.1.0"
