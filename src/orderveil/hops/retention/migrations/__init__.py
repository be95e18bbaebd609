"""Migrations of the purges."""
