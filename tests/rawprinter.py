"""A label printer on a raw port that counts what it prints: a simulator of the real thing.

    with RawPrinter() as printer:
        printer.url, printer.labels, printer.count

It takes ZPL as a Zebra does: each ^XA...^XZ is a label, anything outside is ignored, and
`! U1 getvar "odometer.total_label_count"` is answered with its count.
"""

import re
import socket
import threading

_LABEL = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)
_ASKS = b'getvar "odometer.total_label_count"'


class RawPrinter:
    """Printing; `labels` are what came out, in their order."""

    def __init__(self, *, count: int = 1000) -> None:
        self.labels: list[bytes] = []
        self.count = count
        self.breaks_after: int | None = None
        """Hang up with a reset after so many bytes of a document."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Its address, as the agent takes it."""
        return f"raw://127.0.0.1:{self.port}"

    def __enter__(self) -> "RawPrinter":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.switch_off()
        self._thread.join(5)

    def switch_off(self) -> None:
        """It is not there any more."""
        # A thread that waits in accept() would keep the port.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:
                return
            with link:
                self._take(link)

    def _take(self, link: socket.socket) -> None:
        data = b""
        link.settimeout(5)
        try:
            while more := link.recv(65536):
                data += more
                if self.breaks_after is not None and len(data) >= self.breaks_after:
                    self.breaks_after = None
                    # A hard reset instead of an orderly end.
                    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    return
                if _ASKS in data:
                    link.sendall(b'"%d"\r\n' % self.count)
                    return
        except OSError:
            return
        printed = _LABEL.findall(data)
        self.labels += printed
        self.count += len(printed)
