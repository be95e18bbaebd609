"""The mail relay: letters between a partner and a customer who never see each other's address."""
