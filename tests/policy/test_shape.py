"""What no policy needs is refused before it is parsed: it could cost without end."""

from dataclasses import replace

import pytest

from growth import ends
from orderveil.core.hops import Hop
from orderveil.core.table import Profile
from orderveil.policy import shape, toml
from orderveil.policy.shape import LONGEST_LINE, MOST_DOTS, MOST_NESTED, misshapen
from orderveil.policy.toml import PolicyError, dump, load, profile_text
from orderveil.policy.versions import LONGEST_NAME, LONGEST_WORDS

WELL_SHAPED = [
    profile_text(Profile.BALANCED),
    "x" * LONGEST_LINE,
    "." * MOST_DOTS + '"......" # ......[[[[[[[[',
    "[" * MOST_NESTED + "]" * MOST_NESTED + "\n" + "[" * MOST_NESTED,
    'a = "[[[[[["\nb = \'{{{{{{\'\nc = "\\"[[[[[["\nd = "\\\\" # [[[[[',
    "a = '\"\"\"'\nb = \"'''\" # '''",
    "a.b\n" * 100,
    "",
]
MISSHAPEN = [
    ("x" * (LONGEST_LINE + 1), "characters on line 1"),
    ("a = 1\n\n# " + "x" * LONGEST_LINE, "characters on line 3"),
    ("\n" + "a." * (MOST_DOTS + 1) + "b = 1", "dots on line 2"),
    ('"a".' * (MOST_DOTS + 1) + "b = 1", "dots on line 1"),
    ("x = " + "[" * (MOST_NESTED + 1), "brackets on line 1"),
    ("x = [\n" * (MOST_NESTED + 1), "brackets on line 5"),
    ("x = " + "{a = " * (MOST_NESTED + 1), "brackets on line 1"),
    ("x = ['a', " + "[" * MOST_NESTED, "brackets on line 1"),
    ("x = ['''\n''', {a.a.a.a.a.a = 1}, '']", "several lines on line 1"),
    ('x = """', "several lines on line 1"),
]


@pytest.mark.parametrize("text", WELL_SHAPED)
def test_what_policies_consist_of_passes(text):
    """Strings and comments may hold anything; brackets that are closed don't add up."""
    assert misshapen(text) is None


@pytest.mark.parametrize(("text", "said"), MISSHAPEN)
def test_what_no_policy_needs_is_refused_with_its_line(text, said):
    """As a mistake of the policy, like any other."""
    assert misshapen(text).endswith(f"{said}.")
    with pytest.raises(PolicyError) as caught:
        load(text)
    assert [(p.code, p.pointer) for p in caught.value.problems] == [("policy_invalid", "")]


def test_the_longest_words_that_may_be_said_pass():
    """Whatever a form lets a person type is written on lines that load."""
    table = load(profile_text(Profile.BALANCED))
    row = replace(table.rows[Hop.OMS], purpose='"' * LONGEST_WORDS)
    said = replace(table, name="\\" * LONGEST_NAME, rows={**table.rows, Hop.OMS: row})
    assert dump(load(dump(said))) == dump(said)


def test_what_calls_itself_too_often_is_a_mistake(monkeypatch):
    """Should a shape ever be let through that is nested too deeply for the parser."""
    monkeypatch.setattr(shape, "LONGEST_LINE", 10**6)
    monkeypatch.setattr(shape, "MOST_NESTED", 10**6)
    with pytest.raises(PolicyError, match="nested too deeply"):
        load("x = " + "[" * 10_000)


def test_a_text_is_parsed_once_whether_it_loads_or_not(monkeypatch):
    """So that a bad draft costs its pages nothing; each asker gets mistakes of its own."""
    parsed = []
    real = toml.tomllib.loads
    monkeypatch.setattr(toml.tomllib, "loads", lambda text: parsed.append(text) or real(text))
    for text in ("name = # a mistake that no other test makes", "name = 'no hops here either'"):
        mistakes = []
        for _ in range(3):
            with pytest.raises(PolicyError) as caught:
                load(text)
            mistakes.append(caught.value.problems)
        assert parsed.count(text) == 1
        assert mistakes[0] == mistakes[2]
        assert mistakes[0] is not mistakes[2]


def test_a_hundred_mistakes_are_enough():
    """More would fill a page, and the memory that keeps them."""
    with pytest.raises(PolicyError) as caught:
        load("\n".join(f"key_{number} = 1" for number in range(5_000)))
    assert len(caught.value.problems) == toml.MOST_MISTAKES


def test_the_worst_texts_end():
    """As long as a draft may be."""
    assert ends(
        """
        from orderveil.policy.toml import PolicyError, load
        worst = ["a." * 50_000 + "a = 1", "x = " + "[" * 99_000, "x = [\\n" * 16_000, "[" * 99_000]
        worst += ["'" * 99_000, '"' * 99_000, "\\\\" * 99_000, '"\\\\' * 33_000, "#\\n" * 50_000]
        worst += ["\\n".join(f"a.b.c.d.e{n} = 1" for n in range(5_000))]
        worst += ["\\n".join(f"[a.b.c.d.e{n}]" for n in range(5_000))]
        for text in worst:
            try:
                load(text)
            except PolicyError:
                pass
        """
    )
