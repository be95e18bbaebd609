"""The warehouse: where items lie, waves and pick lists, the packing station, packing slips."""
