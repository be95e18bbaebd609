"""The Django shell: settings, urls, middleware and the first page."""
