"""Migrations of the mail tables."""
