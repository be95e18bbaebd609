"""The durable queue that the journey runs on, and the signed webhooks that leave it."""
