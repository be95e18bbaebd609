"""The picture as a page."""

import base64
import hashlib
import html as entities
import re
from html.parser import HTMLParser

from django.template.loader import render_to_string

from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.scam_needs import TITLE_OF
from orderveil.scams.page import STATIC, html, told
from orderveil.scams.picture import TITLES
from scams.sample_views import ledger, picture, problem

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}\u202e"
VOID = {"meta", "link", "br", "img"}


def at_the_desk(shown):
    """The picture's page at the desk, for nobody in particular."""
    return render_to_string("scams/relay.html", told(shown))


class _Page(HTMLParser):
    """Every start tag with its attributes, and the text by element."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"script", "style"}:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())

    def all(self, tag, **wanted):
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]


def test_the_page_says_what_the_picture_says():
    """Headline, hops, fields, scams, values, ledger and verdict are all in its text."""
    shown = picture()
    text = _Page(html(shown)).text
    assert shown.headline in text
    for expected in (*TITLES.values(), *TITLE_OF.values(), *(row.field for row in shown.rows)):
        assert expected in text
    assert "+918000000042 ext 314" in text
    assert "+919000000001" not in text
    assert "verified All 12 entries" in text
    assert all(line.entry_id in text for line in shown.ledger)


def test_every_element_is_closed_and_every_id_is_there_once():
    """The template nests, and each dot controls a panel that exists."""
    page = _Page(html(picture()))
    assert page.open == []
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    controls = [attrs["aria-controls"] for attrs in page.all("button")]
    assert controls == [f"got-{hop}" for hop in Hop]
    assert set(controls) <= set(ids)


def test_the_dots_tell_the_level_by_size_word_and_colour():
    """A level is a radius, a word and a number for the style; nothing only by colour."""
    page = _Page(html(picture()))
    levels = [attrs["data-level"] for attrs in page.all("button")]
    assert levels[:4] == ["0", "2", "0", "3"]
    radii = {attrs["r"] for attrs in page.all("circle") if attrs["class"] == "core"}
    assert len(radii) == len(set(levels) - {"0"})
    assert "holds much" in page.text


def test_lit_and_unlit_are_words_too():
    """As many `yes` cells as pairs of both sides; the rest of 2 x 110 is `no`."""
    shown = picture()
    page = _Page(html(shown))
    pairs = shown.scams["today"].pairs + shown.scams["now"].pairs
    assert len([1 for attrs in page.all("td") if attrs.get("class") == "lit"]) == pairs
    assert page.texts.count("yes") == pairs
    assert page.texts.count("no") == 220 - pairs


def test_a_withheld_field_is_struck_through_beside_its_rule():
    """The courier's panel strikes the gift message and names the rule."""
    source = html(picture())
    panel = source.split('id="got-courier"')[1].split("</article>")[0]
    assert "<s>gift_message</s>" in panel
    assert "policy balanced@1: courier may not see gift_message" in panel


def test_a_refused_hop_says_why_instead_of_a_list():
    """Its panel has the refusal and no values."""
    source = html(picture(answers={Hop.COURIER: problem()}))
    panel = source.split('id="got-courier"')[1].split("</article>")[0]
    assert "The parcel is delivered: the courier" in panel
    assert "<dl" not in panel


def test_hostile_values_are_inert_everywhere():
    """Names, brands, rules, purposes, refusals and ledger lines can't become elements."""
    lines = [
        type(one)(index=n, at=one.at, kind=EVIL, what=EVIL, hop=EVIL, partner=EVIL, entry_id=EVIL)
        for n, one in enumerate(ledger(2))
    ]
    shown = picture(
        whole={Field.NAME: EVIL, Field.ITEMS: [{"title": EVIL}]},
        answers={Hop.LABEL: problem(EVIL)},
        brand=EVIL,
        order=EVIL,
        ledger=lines,
        sentence=EVIL,
        asked_in_state=dict.fromkeys(Hop, EVIL),
    )
    for source, scripts in ((html(shown), 1), (at_the_desk(shown), 3)):
        page = _Page(source)
        assert len(page.all("script")) == scripts
        assert page.all("img") == []
        assert not [key for _, attrs in page.tags for key in attrs if key.startswith("on")]
        assert "<script>alert(1)</script>" in entities.unescape(page.text)
        assert "{{ 7|add:7 }}" in page.text
        assert "\u202e" not in source


def test_the_desks_page_has_nothing_inline():
    """It works under `default-src 'none'` with only its own style and script allowed."""
    page = _Page(at_the_desk(picture()))
    assert page.all("style") == []
    assert all(attrs["src"].startswith("/static/") for attrs in page.all("script"))
    assert any(attrs["src"].startswith("/static/relay.js") for attrs in page.all("script"))
    assert not [attrs for _, attrs in page.tags if "style" in attrs]
    assert page.all("ol", id="ledger")[0]["data-url"] == "/relay/ledger.json"
    assert page.all("ol", id="ledger")[0]["data-after"] == "51"


def test_the_file_on_its_own_refers_to_nothing_else():
    """No address in it, no poll, and its policy allows exactly its own style and script."""
    source = html(picture())
    page = _Page(source)
    assert "data-url" not in page.all("ol", id="ledger")[0]
    assert not [attrs for _, attrs in page.tags if {"src", "href", "srcset"} & attrs.keys()]
    assert "http://" not in source
    assert "https://" not in source
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    for tag in ("style", "script"):
        (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")


def test_the_assets_can_be_embedded_and_ask_for_nothing():
    """Neither could close its own element, load from elsewhere, or write markup."""
    css = "".join((STATIC / name).read_text() for name in ("relay.css", "picture.css"))
    js = (STATIC / "relay.js").read_text()
    assert "</" not in css + js
    assert "url(" not in css
    assert "@import" not in css
    for way in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("):
        assert way not in js


def test_an_empty_ledger_polls_from_the_start():
    """Nothing seen yet is -1, so that entry 0 is news."""
    page = _Page(at_the_desk(picture(ledger=[])))
    assert page.all("ol", id="ledger")[0]["data-after"] == "-1"


def test_unverified_is_said_and_marked():
    """A failed verification reads as such without colour."""
    page = _Page(html(picture(verified=False, sentence="The root differs.")))
    assert "not verified The root differs." in page.text
    assert page.all("p", id="verdict")[0]["class"].split() == ["verdict", "bad"]
