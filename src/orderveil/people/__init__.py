"""People: accounts, second factors, roles held in brands, what each may spend in a day."""
