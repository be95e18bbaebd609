"""Key providers, root and epoch keys, and the installation's own secrets."""
