"""A real browser, driven over the WebDriver protocol (W3C) with plain HTTP.

with browser(folder, width=1280, height=900) as page:
    page.open("http://127.0.0.1:8420/")
    page.wait_for("return document.title !== ''")
"""

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
MISSING = "chromium and chromedriver are not both installed"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 30
NARROWEST_WINDOW = 500
"""Chromium makes no narrower window; below this it is told to act as a phone."""
SCRIPT_SECONDS = 10
LEFT_PAGE = frozenset({"script timeout", "javascript error", "no such execution context"})
"""What the driver says of a script whose page went away."""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class DriverError(AssertionError):
    """What the driver refused, by its code (WebDriver, section 6.6)."""

    def __init__(self, value: Any) -> None:
        super().__init__(str(value)[:400])
        self.code = value.get("error", "") if isinstance(value, dict) else ""


class Page:
    """One window of one session."""

    def __init__(self, http: urllib3.PoolManager, session: str) -> None:
        self._http = http
        self._session = session

    def _call(self, method: str, path: str, /, **told: Any) -> Any:
        return call(self._http, method, self._session + path, **told)

    def open(self, url: str) -> None:
        """Go there, and wait until it has loaded."""
        self._call("POST", "/url", url=url)

    def run(self, script: str, *values: Any) -> Any:
        """What the script returns; it runs in the page."""
        return self._call("POST", "/execute/sync", script=script, args=list(values))

    def run_async(self, script: str, *values: Any) -> Any:
        """What the script hands to its last argument, a callback."""
        return self._call("POST", "/execute/async", script=script, args=list(values))

    def wait_for(self, script: str, *values: Any, seconds: float = 20) -> Any:
        """The first true answer of `script`, asked again by the page's own timer.

        A page that is left while it waits never answers: the next one is asked instead.
        """
        waiting = (
            "const [source, given, end, done] = arguments; const ask = new Function(source);"
            "(function again() { const found = ask.apply(null, given);"
            " if (found || Date.now() > end) done(found); else setTimeout(again, 50); })();"
        )
        deadline = time.time() + seconds
        while time.time() < deadline:
            end = int(1000 * min(deadline, time.time() + SCRIPT_SECONDS / 2))
            try:
                found = self.run_async(waiting, script, list(values), end)
            except DriverError as error:
                if error.code not in LEFT_PAGE:
                    raise
            else:
                if found:
                    return found
        raise AssertionError(f"never true in the page: {script}")

    def _find(self, selector: str) -> str:
        found = self._call("POST", "/element", using="css selector", value=selector)
        return str(found[_ELEMENT])

    def click(self, selector: str) -> None:
        """Click the first element that the selector finds."""
        self._call("POST", f"/element/{self._find(selector)}/click")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field, in place of what it holds."""
        place = f"/element/{self._find(selector)}"
        self._call("POST", f"{place}/clear")
        self._call("POST", f"{place}/value", text=text)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a select by its value, as a person would."""
        self.click(f'{selector} option[value="{value}"]')

    def text(self, selector: str = "main") -> str:
        """The visible text of an element."""
        return str(self._call("GET", f"/element/{self._find(selector)}/text"))

    @property
    def url(self) -> str:
        """Where the page is."""
        return str(self._call("GET", "/url"))

    def resize(self, width: int, height: int) -> None:
        """Another size for the window."""
        self._call("POST", "/window/rect", width=width, height=height)

    def add_authenticator(self) -> str:
        """A virtual authenticator with user verification (WebAuthn 2, section 11); its id."""
        made = self._call(
            "POST",
            "/webauthn/authenticator",
            protocol="ctap2",
            transport="internal",
            hasResidentKey=True,
            hasUserVerification=True,
            isUserVerified=True,
        )
        return str(made)

    def set_cookie(self, name: str, value: str) -> None:
        """A cookie for the host the page is on."""
        cookie = {"name": name, "value": value, "path": "/", "httpOnly": True}
        self._call("POST", "/cookie", cookie=cookie)

    def forget_cookies(self) -> None:
        """As a browser that was never here."""
        self._call("DELETE", "/cookie")

    def emulate(self, **features: str) -> None:
        """Media features as the page sees them, as in `prefers_color_scheme="dark"`."""
        told = [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]
        self._call(
            "POST",
            "/goog/cdp/execute",
            cmd="Emulation.setEmulatedMedia",
            params={"features": told},
        )

    def hover(self, selector: str) -> None:
        """Put the mouse over the middle of an element."""
        move = {"type": "pointerMove", "origin": {_ELEMENT: self._find(selector)}, "x": 0, "y": 0}
        pointer = {"type": "pointer", "id": "mouse", "actions": [move | {"duration": 0}]}
        self._call("POST", "/actions", actions=[pointer])

    def press(self, key: str) -> None:
        """Press and let go of a key."""
        keys = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self._call("POST", "/actions", actions=[{"type": "key", "id": "keys", "actions": keys}])

    def screenshot(self, file: Path) -> None:
        """The window as a PNG."""
        file.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))


def call(http: urllib3.PoolManager, method: str, url: str, /, **told: Any) -> Any:
    """One WebDriver command's value; an error of the driver fails the test."""
    answer = http.request(method, url, json=told if method == "POST" else None)
    value = answer.json()["value"]
    if answer.status != 200:
        raise DriverError(value)
    return value


@contextmanager
def browser(folder: Path, *, width: int, height: int) -> Iterator[Page]:
    """A fresh browser with its profile in `folder`; it ends with the test."""
    assert CHROMIUM is not None, MISSING
    assert DRIVER is not None, MISSING
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    driver = subprocess.Popen(
        [DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with urllib3.PoolManager(retries=False, timeout=60) as http:
            root = f"http://127.0.0.1:{port}"
            _wait_until_ready(http, root)
            arguments = [*FLAGS, f"--user-data-dir={folder}", f"--window-size={width},{height}"]
            options: dict[str, Any] = {"binary": CHROMIUM, "args": arguments}
            if width < NARROWEST_WINDOW:
                metrics = {"width": width, "height": height, "pixelRatio": 1.0}
                options["mobileEmulation"] = {"deviceMetrics": metrics}
            wanted = {
                "alwaysMatch": {
                    "goog:chromeOptions": options,
                    "browserName": "chrome",
                    "timeouts": {"script": 1000 * SCRIPT_SECONDS},
                }
            }
            made = call(http, "POST", f"{root}/session", capabilities=wanted)
            session = f"{root}/session/{made['sessionId']}"
            try:
                yield Page(http, session)
            finally:
                call(http, "DELETE", session)
    finally:
        driver.terminate()
        driver.wait(10)


def _wait_until_ready(http: urllib3.PoolManager, root: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if http.request("GET", f"{root}/status").json()["value"]["ready"]:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.05)
    raise AssertionError("chromedriver did not start")
