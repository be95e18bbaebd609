"""Virtual contacts: numbers with PINs and mail aliases that stand for a customer, for a while."""
