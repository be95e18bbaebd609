"""What a page says of itself: the desk's URLs and its navigation are assembled from these.

A folder lists its pages in `PAGES`; `web` guards and serves them. The guard asks, in this order:
signed in, with a second factor, a membership of a brand, the permission, the partner's standing,
hours and networks, and (for `fresh` pages) a second factor that is at most ten minutes old.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
    """True: sensitive. Its POSTs need a second factor that is at most ten minutes old."""
    menu: str = ""
    """Its words in the navigation; "": it is not there."""
    group: str = ""
    """Which part of the navigation: "Orders", "Record", "Rules", "People"."""
