"""Couriers: parcels are booked with them, followed on their way, and taken from them at the end."""
