"""Throwing nasty values at pages: what a form sends, one field at a time made nasty.

fuzz = Fuzz(client)
fuzz.forms("/desk/orders/")
assert fuzz.faults == {}
"""

import traceback
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from django.test import Client

NASTY = (
    *("\x00", "a\x00b", "\ud800", "\ufffd", "²", "٣", "-1", "9" * 19, "9" * 5000, "1e309"),
    *("\u202eevil\u2066\u200b", "\r\nX: y", "%00%0d%0aSet-Cookie: a=b", "../../../etc/passwd"),
    *("<script>alert(1)</script>{{ 7*7 }}{% now %}", "'; DROP TABLE x; --", "[]", "a" * 60_000),
    *("9999-12-31", "0000-00-00T99:99", "999999999.AAAAAAAAAAAAAAAAAAAAAAAAAA"),
)
"""Texts that no form of ours sends by itself."""
LESSER = ("\x00", "²", "9" * 19, "9999-12-31")
"""A few of them, each of another kind."""
TYPE = "application/x-www-form-urlencoded"


@dataclass
class Form:
    """One form of a page, as it would be sent untouched."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads every form of a page."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.forms: list[Form] = []
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, or something in one."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = told.get("action") or self.here
            self.forms.append(Form(action, told.get("method", "get").lower()))
        elif self.forms:
            self._control(tag, told, self.forms[-1].values)

    def _control(self, tag: str, told: dict[str, str], values: dict[str, list[str]]) -> None:
        name = told.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
        elif tag == "option" and self._select:
            if "selected" in told or not values.get(self._select, [""])[0]:
                values[self._select] = [told.get("value", "")]
        elif tag in {"input", "button"} and name:
            is_tick = told.get("type") in {"radio", "checkbox"}
            if not is_tick or "checked" in told or name not in values:
                values[name] = [told.get("value", "on" if is_tick else "")]

    def handle_endtag(self, tag: str) -> None:
        """The end of a list of choices or of a text."""
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """What stands in a text area."""
        if self._area and self.forms:
            self.forms[-1].values[self._area] = [data]


def encoded(values: dict[str, Any]) -> str:
    """As a hostile client encodes it: any byte, half a character too."""
    return "&".join(
        f"{quote(name)}={quote(each.encode('utf-8', 'surrogatepass'), safe='')}"
        for name, several in values.items()
        for each in several
    )


class Fuzz:
    """A client, and what went wrong with it: where in the code -> what was asked."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.faults: dict[str, str] = {}

    def send(self, method: str, url: str, body: str = "", *, told: str = "") -> Any:
        """One request; None if it was a fault."""
        try:
            answer = self.client.generic(method, url, body, content_type=TYPE)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            self.faults.setdefault(_place(error), f"{method} {url[:100]} {told}")
            return None
        answer.close()
        if answer.status_code >= 500:
            self.faults.setdefault(f"{answer.status_code} {url[:60]}", f"{method} {told}")
        return answer

    def query(self, url: str, names: tuple[str, ...], nasties: tuple[str, ...]) -> None:
        """GETs in which every one of the names is nasty."""
        for nasty in nasties:
            told = encoded({name: [nasty] for name in names})
            self.send("GET", f"{url}?{told}", told=repr(nasty[:20]))

    def body(self, url: str, names: tuple[str, ...], nasties: tuple[str, ...]) -> None:
        """POSTs in which every one of the names is nasty."""
        for nasty in nasties:
            self.send("POST", url, encoded({n: [nasty] for n in names}), told=repr(nasty[:20]))

    def forms(self, url: str, nasties: tuple[str, ...] = NASTY) -> None:
        """Each form of the page at `url`, one field at a time made nasty."""
        page = self.send("GET", url)
        if page is None or page.status_code != 200 or "html" not in page["Content-Type"]:
            return
        reader = Forms(url)
        reader.feed(page.content.decode())
        for form in reader.forms:
            if form.action.startswith("/account/logout/"):
                continue
            for name in form.values.keys() - {"csrfmiddlewaretoken"}:
                self._field(form, name, nasties)

    def _field(self, form: Form, name: str, nasties: tuple[str, ...]) -> None:
        for nasty in nasties:
            values = encoded(form.values | {name: [nasty]})
            told = f"{name}={nasty[:20]!r}"
            if form.method == "post":
                self.send("POST", form.action, values, told=told)
            else:
                self.send("GET", f"{form.action.partition('?')[0]}?{values}", told=told)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "/orderveil/" in each.filename] or frames
    return f"{type(error).__name__} at {ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}"
