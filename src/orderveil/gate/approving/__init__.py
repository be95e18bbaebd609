"""Approval of credentials and subscriptions: it needs people and partners at once."""
