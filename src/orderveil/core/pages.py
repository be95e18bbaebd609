"""What a page says of itself: the desk's URLs and its navigation are assembled from these.

A folder lists its pages in `PAGES`; `web` guards and serves them. The guard asks, in this order:
signed in, with a second factor, a membership of a brand, the permission, the partner's standing,
hours and networks, and (for `fresh` pages) a second factor that is at most ten minutes old.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orderveil.core.actors import Actor
from orderveil.core.roles import Permission


@dataclass(frozen=True, slots=True)
class Page:
    """One URL of the people's door. Its view takes (request, actor, **path values)."""

    path: str
    """Under the door's root, as Django writes it: "desk/orders/<str:ref>"."""
    view: Callable[..., Any]
    """Answers an HttpResponse."""
    permission: Permission
    name: str
    """For `{% url %}`: "order"."""
    fresh: bool = False
    """True: sensitive. Its POSTs need a second factor that is at most ten minutes old.

    Of a page that agents post many times a day the use case asks, with their role's own number.
    """
    menu: str = ""
    """Its words in the navigation; "": it is not there."""
    group: str = ""
    """Which part of the navigation: "Orders", "Record", "Rules", "People"."""
    shown: Callable[[Actor], bool] | None = None
    """Whether it is in the navigation of this person today; None: always."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person, as the home page names it. `web/waiting.py` lists all."""

    words: str
    """What waits, in the plural: "policy drafts to approve"."""
    count: Callable[[Actor], int | None]
    """How many wait for this person; 0 or None: nothing is said."""
    permission: Permission
    """Only whoever holds it is told."""
    name: str
    """Of the page where it is dealt with; it takes no path values."""
