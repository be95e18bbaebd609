"""A person's way to the vault: who asks, what they list, find, reveal, verify and change."""
