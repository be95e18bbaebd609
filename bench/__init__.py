"""Benchmarks: every budget of the product beside a baseline taken in the same run."""
