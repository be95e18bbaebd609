"""What each provider sends when somebody rings a pool number, and how it wants its answer."""
