"""Is a text shaped as policies are? Asked before anything parses it.

Rules kept here:
- a TOML parser's cost grows faster than a key with dots does, and it calls itself for every bracket
  within another: what no policy needs is refused first;
- every character is read once. A string ends on its line, since there are none of several lines,
  so what looks like one here is one for the parser too.
"""

import re

LONGEST_LINE = 500
"""In characters: room for a purpose, and for the states of a parcel."""
MOST_DOTS = 4
"""On one line, outside of strings; `hops.courier.fields` has two."""
MOST_NESTED = 4
"""Brackets within brackets."""

_SEVERAL_LINES = frozenset({'"""', "'''"})
_SIGN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*+"|\'[^\']*+\'|#.*|[\[\]{}.]')


def misshapen(text: str) -> str | None:
    """What is wrong, as the end of a sentence, and where; None if nothing is."""
    nested = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            return f"has more than {LONGEST_LINE} characters on line {number}."
        dots = 0
        for sign in _SIGN.findall(line):
            if sign in _SEVERAL_LINES:
                return f"has a string of several lines on line {number}."
            dots += sign == "."
            # A bracket too many ends the parsing there, so that it makes no room for others.
            nested = max(0, nested + (sign in {"[", "{"}) - (sign in {"]", "}"}))
            if dots > MOST_DOTS or nested > MOST_NESTED:
                what = "dots" if dots > MOST_DOTS else "brackets within brackets"
                return f"has too many {what} on line {number}."
    return None
