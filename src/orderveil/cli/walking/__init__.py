"""The walk: the project's own sample orders take the whole road, over HTTP, and are drawn."""
