"""Telephone: pool numbers that lead to customers, masked numbers, and calls placed for agents."""
