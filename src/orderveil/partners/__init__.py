"""Brands, channels, and the companies that run hops: their credentials, agreements and standing."""
