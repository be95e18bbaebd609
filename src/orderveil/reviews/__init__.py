"""Access reviews: who still needs what they have."""
