"""Sealed orders: what is stored, and under which key."""
