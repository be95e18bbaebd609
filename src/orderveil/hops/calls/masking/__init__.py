"""Numbers that a provider masks for one parcel and partner, instead of a number of the pool."""
