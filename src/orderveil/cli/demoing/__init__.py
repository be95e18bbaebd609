"""The demo: a sample brand with invented orders, and people of every role."""
