"""The audit of an outsourced centre: its month as a pack, on a page and on paper, signed off."""
