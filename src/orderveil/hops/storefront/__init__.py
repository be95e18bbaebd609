"""The storefront hop: orders come in here, as shops send them."""
