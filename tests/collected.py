"""Two applications that granian serves in tests: through the collector, and as WSGI beside it.

Read by the server's process: limits are small here, so that tests need not wait for them.
"""

import os
import time
from pathlib import Path

from orderveil.web import collecting

PATIENCE_SECONDS = 1.5
LIMIT_BYTES = 100_000
SMALL_BYTES = 10_000
LARGE_BYTES = 150_000
THREADS = 2
QUEUE = 2
STALLED_SECONDS = 2.0
PIECE = b"x" * 65536
PIECES = 10_000

NOTES = Path(os.environ.get("COLLECTED_NOTES", os.devnull))

if "COLLECTED_NOTES" in os.environ:  # in the server alone: the tests import this, too
    collecting.PATIENCE_SECONDS = PATIENCE_SECONDS
    collecting.SMALL_BYTES = SMALL_BYTES
    collecting.LARGE_BYTES = LARGE_BYTES
    collecting.THREADS = THREADS
    collecting.QUEUE = QUEUE
    collecting.STALLED_SECONDS = STALLED_SECONDS


def note(text):
    with NOTES.open("a") as notes:
        notes.write(f"{text}\n")


class Stream:
    """Many pieces; notes how many were asked for, and that it was closed."""

    def __init__(self, pieces, breaks_at=None):
        self.given, self.pieces, self.breaks_at = 0, pieces, breaks_at

    def __iter__(self):
        return self

    def __next__(self):
        if self.given == self.breaks_at:
            raise ValueError("a value that no log may hold")
        if self.given == self.pieces:
            raise StopIteration
        self.given += 1
        return PIECE

    def close(self):
        note(f"closed {self.given}")


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/fault":
        raise ValueError("a value that no log may hold")
    if path == "/sleep":
        time.sleep(1.5)
    headers = [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    if path.startswith("/stream"):
        start_response("200 OK", headers)
        pieces = PIECES if path == "/stream/long" else 3
        return Stream(pieces, breaks_at=2 if path == "/stream/broken" else None)
    body = environ["wsgi.input"].read()
    told = {
        name: value
        for name, value in environ.items()
        if isinstance(value, str) and name not in os.environ
    }
    answer = repr((told, body)).encode()
    start_response("200 OK", [*headers, ("Content-Length", str(len(answer)))])
    return [answer]


served = collecting.Collector(application, lambda path: LIMIT_BYTES)
