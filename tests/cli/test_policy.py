"""The policy's commands: shown as letters and sentences, changed by two people."""

import re

import pytest

from orderveil.core.table import Profile
from orderveil.policy.toml import profile_text


def with_cell(hop, line):
    """`balanced` with one more line for a hop, in place of the one it had."""
    text = re.sub(rf'(\[hops\.{hop}\.fields\][^\[]*?)^{line.split()[0]} = .*?\n', r"\1",
                  profile_text(Profile.BALANCED), count=1, flags=re.MULTILINE)  # fmt: skip
    return text.replace(f"[hops.{hop}.fields]\n", f"[hops.{hop}.fields]\n{line}\n", 1)


@pytest.fixture
def texts(tmp_path):
    """A policy that is tighter, one that loosens something, one that crosses a floor."""
    made = {}
    for name, text in {
        "tighter": with_cell("oms", 'name = "absent"'),
        "looser": with_cell("oms", 'name = "short"'),
        "broken": with_cell("label", 'email = "masked"'),
    }.items():
        made[name] = tmp_path / f"{name}.toml"
        made[name].write_text(text)
    return made


def test_it_is_shown_as_letters_and_sentences(shop):
    """The table has a line per field; the sentences a paragraph per hop; JSON has both."""
    text = shop("policy", "show").stdout
    assert text.startswith("balanced@1")
    (phone,) = [line.split() for line in text.splitlines() if line.split()[:1] == ["phone"]]
    assert phone == ["phone", "-", "M", "X", "M", "M", "W", "sent", "M", "H", "M", "-"]
    assert "deliver the parcel" in shop("policy", "show", "--sentences").stdout
    answer = shop.json("policy", "show")
    assert answer["cells"]["ims"]["phone"] == "refused"
    assert len(answer["sentences"]) == 11


def test_a_policy_is_checked_without_an_installation(run, texts):
    """What loads says so; what crosses a floor names the cell and ends with 1."""
    assert run.json("policy", "check", texts["tighter"]) == {"ok": True, "name": "balanced"}
    answer = run.json("policy", "check", texts["broken"], exit_code=1)
    assert [each["pointer"] for each in answer["problems"]] == ["/hops/label/fields/email"]
    assert "/hops/label/fields/email" in run("policy", "check", texts["broken"], exit_code=1).output


def test_a_difference_is_told_cell_by_cell(shop, texts):
    """Cells that loosen are marked; the same policy has no difference."""
    found = shop.json("policy", "diff", texts["looser"])
    assert not found["tighter"]
    (change,) = found["changes"]
    assert (change["hop"], change["what"], change["loosens"]) == ("oms", "name", True)
    assert "! oms.name: masked -> short (loosens)" in shop("policy", "diff", texts["looser"]).stdout
    assert shop.json("policy", "diff", texts["tighter"])["tighter"]
    assert "The same" in shop("policy", "diff", "1").stdout
    assert shop.json("policy", "diff", "7", exit_code=1)["code"] == "no_such_policy"


def test_what_is_tighter_is_in_force_at_once(shop, texts):
    """One signatory is enough, and the version carries the next number."""
    code = shop.json("policy", "signatory", "priya")["code"]
    done = shop.json("policy", "publish", texts["tighter"], typed=f"{code}\n")
    assert done == {"version": "balanced@2", "number": 2, "state": "active"}
    assert shop.json("policy", "show")["cells"]["oms"]["name"] == "absent"


def test_what_loosens_waits_for_a_second_person(shop, texts):
    """Its author can't approve it, a stranger's code neither; a second signatory can."""
    priya = shop.json("policy", "signatory", "priya")["code"]
    ravi = shop.json("policy", "signatory", "ravi")["code"]
    done = shop.json("policy", "publish", texts["looser"], typed=f"{priya}\n")
    assert done["state"] == "pending"
    assert shop.json("policy", "show")["version"] == "balanced@1"
    own = shop.json("policy", "approve", 2, typed=f"{priya}\n", exit_code=1)
    assert own["code"] == "second_person_needed"
    wrong = shop.json("policy", "approve", 2, typed="guessed\n", exit_code=1)
    assert wrong["code"] == "unknown_signatory"
    assert shop.json("policy", "approve", 2, typed=f"{ravi}\n")["state"] == "active"
    history = shop.json("policy", "show", "--history")
    assert [(x["state"], x["author"], x["approver"]) for x in history[1:]] == [
        ("active", "priya", "ravi")
    ]


def test_what_does_not_load_is_never_published(shop, texts):
    """A policy that crosses a floor is refused before anyone's code is asked."""
    shop("policy", "publish", texts["broken"], exit_code=1)
    assert len(shop.json("policy", "show", "--history")) == 1
