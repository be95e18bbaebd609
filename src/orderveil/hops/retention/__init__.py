"""Purges: what partners must delete when their work on a parcel is over, and that they did."""
