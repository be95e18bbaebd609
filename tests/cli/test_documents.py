"""What the documents tell people to type works, in the order in which it stands there."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"init", "up"}
"""The fixture is what `init --brand acme` makes; `up` has tests of its own."""


def commands(document):
    """The arguments of each `orderveil` command in a document's blocks."""
    blocks = re.findall(r"^```\n(.*?)^```", (ROOT / document).read_text(), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    typed = [shlex.split(line) for line in lines if re.match(r"(\.venv/bin/)?orderveil ", line)]
    return [words[1:] for words in typed]


@pytest.mark.parametrize(
    ("document", "least"), [("README.md", 8), ("docs/connect.md", 8), ("docs/devices.md", 7)]
)
def test_its_commands_are_not_refused(shop, monkeypatch, document, least):
    """One running example, from its first command to its last."""
    monkeypatch.chdir(ROOT)
    found = commands(document)
    assert len(found) >= least
    assert found[0] == ["init", "--brand", "acme"]
    for words in found:
        if words[0] not in ELSEWHERE:
            shop(*words)
