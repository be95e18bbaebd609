"""Incidents: what looks wrong, said early: alerts, canary orders."""
