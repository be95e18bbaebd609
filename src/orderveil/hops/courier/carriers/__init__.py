"""What each carrier's API says and hears: pure mappings, without a socket or a database."""
