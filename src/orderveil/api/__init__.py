"""The machine API: its app, credentials, problem+json and OpenAPI."""
