"""The machine door on a real socket, in this process: for clients that speak HTTP.

with serving() as url:
    urllib3.request("GET", url + "/healthz")
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_told: object) -> None:
        """Nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The door's address on this machine."""
    from orderveil.api.app import create_app  # noqa: PLC0415 - once Django is set up

    server = make_server("127.0.0.1", 0, create_app(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
