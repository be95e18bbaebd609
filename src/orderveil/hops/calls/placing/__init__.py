"""How a call is placed at each provider: requests and answers, pure."""
