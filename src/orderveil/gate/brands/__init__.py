"""What a platform operator does: provisions brands, quotas, key providers. Opens nothing."""
