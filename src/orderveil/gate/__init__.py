"""The only door to the vault: admit, disclose, erase."""
