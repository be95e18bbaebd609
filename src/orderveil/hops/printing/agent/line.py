"""The line to the server: what a printer's agent may ask, and how it fails.

Rules kept here:
- TLS, verified, always; plain http to this machine only. No redirects, no proxies;
- an error names what happened and the problem's code, never what was sent or answered.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
import urllib3

from orderveil.core.errors import OrderveilError

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 60
ANSWER_MAX_BYTES: Final = 64 * 1024 * 1024
_NOT_WHOLE: Final = "The answer was not whole."
T = TypeVar("T")
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class LineLostError(OrderveilError):
    """Nobody answered, or the server is busy: try again later."""


class TurnedAwayError(OrderveilError):
    """The server answered no. `status` and the problem's `code` say why."""

    def __init__(self, status: int, code: str, remedy: str) -> None:
        super().__init__(f"The server refused: {code} ({status}).", remedy=remedy)
        self.status = status
        self.code = code


class Hold(msgspec.Struct, frozen=True):
    """The salt of a job's key in base64, and until when the job may be held."""

    salt: str
    until: datetime


class Document(msgspec.Struct, frozen=True):
    """Sheets to print, in base64."""

    positions: list[int]
    pages: int
    data: str


class Job(msgspec.Struct, frozen=True):
    """What the server hands to a printer."""

    job: int
    batch: int
    kind: str
    form: str
    documents: list[Document]
    hold: Hold


class Enrolled(msgspec.Struct, frozen=True):
    """The printer's number and token."""

    device: int
    token: str


class _Said(msgspec.Struct, frozen=True):
    code: str = "no_problem_said"
    remedy: str = ""


def decoded(text: str) -> bytes:
    """Bytes of a base64 text; raises `LineLostError`: what came was not what was sent."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise LineLostError(_NOT_WHOLE) from None


@dataclass
class Report:
    """How sheets of a job ended, by position, and what the printer counted."""

    printed: list[int]
    failed: list[int]
    in_doubt: list[int]


class Line:
    """One server, asked as one device. Safe for several threads."""

    def __init__(self, server: str, token: str = "", *, ca_file: str | None = None) -> None:
        """Raises OrderveilError if `server` is not an https origin (http: this machine only)."""
        self._base = _checked(server)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._pool = urllib3.PoolManager(
            cert_reqs="CERT_REQUIRED",
            ca_certs=ca_file,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )

    def enrol(self, link: str) -> Enrolled:
        """Spend the one-time link."""
        return _decode(self._post("/v1/devices/enrol", {"link": link}), Enrolled)

    def lease(self, counted: int | None) -> Job | None:
        """The next job; None: nothing waits."""
        body = self._post("/v1/print/jobs", {"counted": counted})
        return None if body is None else _decode(body, Job)

    def report(self, job: int, told: Report, counted: int | None) -> None:
        """Say how sheets ended. It may be said again."""
        parts = {"printed": told.printed, "failed": told.failed, "in_doubt": told.in_doubt}
        self._post(f"/v1/print/jobs/{job}/reports", {**parts, "counted": counted})

    def hold(self, job: int) -> Hold:
        """The salt of a held job again."""
        return _decode(self._post(f"/v1/print/holds/{job}", {}), Hold)

    def _post(self, path: str, body: Any) -> bytes | None:
        """The answer's body; None for 204."""
        try:
            answer = self._pool.request(
                "POST",
                self._base + path,
                body=msgspec.json.encode(body),
                headers={**self._headers, "Content-Type": "application/json"},
                redirect=False,
                preload_content=False,
            )
            try:
                data = answer.read(ANSWER_MAX_BYTES, decode_content=False)
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise LineLostError(f"The server does not answer ({type(error).__name__}).") from None
        if answer.status == 204:
            return None
        if answer.status == 200:
            return data
        raise _refused(answer.status, data)


def _decode(body: bytes | None, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body or b"", type=kind)
    except msgspec.DecodeError:
        raise LineLostError(_NOT_WHOLE) from None


def _refused(status: int, data: bytes) -> OrderveilError:
    try:
        said = msgspec.json.decode(data, type=_Said)
    except msgspec.DecodeError:
        said = _Said()
    if status >= 500 or status == 429:
        return LineLostError(f"The server can't answer now ({status}).")
    return TurnedAwayError(status, said.code, said.remedy)


def _checked(server: str) -> str:
    parts = urlsplit(server)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if (
        not is_safe
        or not parts.hostname
        or server.rstrip("/") != f"{parts.scheme}://{parts.netloc}"
    ):
        msg = "The server is named as https://desk.brand.example, with nothing behind it."
        raise OrderveilError(msg, remedy="Plain http is for this machine only.")
    if "@" in parts.netloc:
        msg = "The server's name holds no user and no password."
        raise OrderveilError(msg, remedy="The agent has a token of its own: enrol it.")
    return server.rstrip("/")
