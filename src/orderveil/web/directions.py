"""No page turns its text around: what somebody typed can't direct what stands beside it.

Rules kept here:
- characters that embed, override or isolate a direction (UAX 9, 2.1 to 2.5) are on no page,
  wherever they came from: a name, an item's title, a refusal that repeats what was asked;
- who writes from right to left needs none of them: each piece stands by itself (`<bdi>`, and
  `unicode-bidi: isolate` in desk.css), and the marks (UAX 9, 2.6) stay;
- only HTML: what machines are given, a proof or an export, is as it was stored.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

_TURNING = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""U+202A to U+202E and U+2066 to U+2069, in UTF-8."""


class Undirected:
    """Takes them out of every page and part of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, its HTML without them."""
        answer = self.get_response(request)
        is_html = answer.headers.get("Content-Type", "").startswith("text/html")
        if is_html and isinstance(answer, HttpResponse) and _TURNING.search(answer.content):
            answer.content = _TURNING.sub(b"", answer.content)
        return answer
