"""A browser that is signed in as somebody of a desk: the session is made here, not typed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import browser
from desk import Desk
from orderveil.people.models import Membership
from realserver import Site


def sit_down(page: browser.Page, site: Site, desk: Desk, member: Membership) -> None:
    """From here on the browser's session is this person's, with a fresh second factor."""
    page.open(f"{site.people_url}/static/desk.css")
    page.forget_cookies()
    page.set_cookie("session", desk.client(member).cookies["session"].value)


@contextmanager
def seated(
    folder: Path, site: Site, desk: Desk, member: Membership, *, width: int = 1280
) -> Iterator[browser.Page]:
    """A fresh browser, signed in."""
    with browser.browser(folder, width=width, height=900) as page:
        sit_down(page, site, desk, member)
        yield page
