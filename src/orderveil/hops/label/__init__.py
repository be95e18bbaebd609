"""Shipping labels: what a courier's scanner and hand need, and no more.

Everything here gets text that is in its forms already, and could not undo them.
"""
