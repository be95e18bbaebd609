"""Collects a request before it costs a thread: the one place that waits for whoever sends it.

Rules kept here:
- a request gets one of the few threads when its body is here, whole, and not before: whoever sends
  slowly holds a connection and what they sent, nothing else;
- a body is bounded in size (413), in time (408: `PATIENCE_SECONDS`, and longer only while it comes
  at `PACE_BYTES` a second), and all large ones together in memory (503); none is ever on a disk;
- so is the queue for a thread (503): an answer that comes too late is work for nobody;
- an answer that streams is asked for its next piece when the last has left; a reader that goes
  away, or takes nothing for `STALLED_SECONDS`, ends it, and it is closed in any case;
- coroutines live in this module alone; the application below knows nothing of them (PEP 3333).
"""

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from orderveil.api.metrics import REFUSALS
from orderveil.core.errors import RefusedError
from orderveil.web.answering import Answer, App, begin, refusal
from orderveil.web.environs import Environ, Scope, environ_of, length_of
from orderveil.web.limits import BUSY, TOO_LARGE, TOO_SLOW
from orderveil.web.threads import Threads

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 4
QUEUE = 256
"""Requests of one process that may wait for its threads."""
PATIENCE_SECONDS = 20.0
PACE_BYTES = 64 * 1024
STALLED_SECONDS = 60.0
SMALL_BYTES = 256 * 1024
LARGE_BYTES = 128 * 1024 * 1024
"""What all bodies of one process together may hold beyond the first `SMALL_BYTES` of each."""
DRAINED_BYTES = 32 * 1024 * 1024


@dataclass(slots=True)
class _Body:
    """What has come so far."""

    pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    @property
    def large(self) -> int:
        return max(0, self.size - SMALL_BYTES)


class GoneError(Exception):
    """Whoever asked is not there any more."""


class Collector:
    """A WSGI application, as granian's ASGI interface calls it."""

    def __init__(self, app: App, most_bytes: Callable[[str], int]) -> None:
        """`most_bytes`: the largest body that the application accepts on a path."""
        self._app = app
        self._most_bytes = most_bytes
        self._threads = Threads(THREADS)
        self._asked = self._large = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, from its first byte to its answer's last."""
        environ, body = environ_of(scope), _Body()
        try:
            await self._collect(body, environ, receive)
            environ["wsgi.input"] = io.BytesIO(b"".join(body.pieces))
            answer = await self._ask(environ)
        except RefusedError as refused:
            REFUSALS.labels(refused.problem.code).inc()
            await _send(send, refusal(refused.problem))
            if refused.problem is TOO_LARGE:
                await _drain(receive)
            return
        except GoneError:
            return
        finally:
            self._large -= body.large
        if answer.rest is None:
            await _send(send, answer)
        else:
            await self._stream(answer, receive, send)

    async def _collect(self, body: _Body, environ: Environ, receive: Receive) -> None:
        """The whole body; raises `RefusedError` and `GoneError`."""
        most, length = self._most_bytes(environ["PATH_INFO"]), length_of(environ)
        if length is not None and length > most:
            raise RefusedError(TOO_LARGE)
        patience = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        is_more = length != 0
        while is_more:
            try:
                async with asyncio.timeout_at(patience + body.size / PACE_BYTES):
                    message = await receive()
            except TimeoutError:
                raise RefusedError(TOO_SLOW) from None
            if message["type"] == "http.disconnect":
                raise GoneError
            self._take(body, message["body"], most)
            is_more = message["more_body"] and body.size != length

    def _take(self, body: _Body, piece: bytes, most: int) -> None:
        before = body.large
        body.size += len(piece)
        self._large += body.large - before
        if body.size > most:
            raise RefusedError(TOO_LARGE)
        if self._large > LARGE_BYTES and body.large:
            raise RefusedError(BUSY)
        body.pieces.append(piece)

    async def _ask(self, environ: Environ) -> Answer:
        if self._asked >= THREADS + QUEUE:
            raise RefusedError(BUSY)
        self._asked += 1
        try:
            return await self._threads.run(begin, self._app, environ)
        finally:
            self._asked -= 1

    async def _stream(self, answer: Answer, receive: Receive, send: Send) -> None:
        """Piece by piece; one that broke off is left without its end: nobody takes it for whole."""
        gone = asyncio.ensure_future(_gone(receive))
        piece: bytes | None = answer.first
        try:
            await _start(send, answer)
            while piece is not None and not gone.done():
                async with asyncio.timeout(STALLED_SECONDS):
                    await _pass_on(send, piece, is_more=True)
                piece = await self._threads.run(answer.following)
            if piece is None and not answer.is_broken:
                await _pass_on(send, b"", is_more=False)
        except TimeoutError:
            return
        finally:
            gone.cancel()
            await self._threads.run(answer.close)


async def _send(send: Send, answer: Answer) -> None:
    await _start(send, answer)
    await _pass_on(send, answer.first, is_more=False)


async def _start(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})


async def _pass_on(send: Send, piece: bytes, *, is_more: bool) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": is_more})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drain(receive: Receive) -> None:
    """Read on for a while: a sender that is cut off while it sends never reads why."""
    left = DRAINED_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return
