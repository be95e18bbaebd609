"""English and Hindi: the catalog is whole, and people read the language they chose."""

import re
from datetime import UTC, datetime

import pytest
from babel.messages.mofile import read_mo
from django.utils import dates
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext, override
from django.utils.translation.trans_real import to_locale

import msgids
from desk import Desk
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate import refusals
from orderveil.people import budgets, sentences
from orderveil.people.forms import LanguageForm, PasswordForm
from orderveil.people.models import Person
from orderveil.web.templatetags.desk import moment, words

HINDI = re.compile("[\u0900-\u097f]")
SPELLED_ALIKE = frozenset({"COD", "GSTIN", "IMS", "OMS", "WMS"})
"""What Hindi writes as English does."""
_HOLES = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z]+\}|<[^>]+>|`[^`]+`")


def _translated():
    """(text, all forms of its translation) of everything in the catalog."""
    for message in msgids.catalog():
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            yield message, forms


def _key(message):
    """A text, or its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def test_what_is_compiled_is_what_is_written():
    """`django.mo` holds the translations of `django.po`, and no others."""
    with msgids.MO.open("rb") as file:
        compiled = {_key(each): list(each.string) for each in read_mo(file) if each.id}
    written = {_key(each): list(each.string) for each, forms in _translated() if all(forms)}
    assert compiled == written
    assert msgids.MO.read_bytes() == msgids.mo_bytes(msgids.catalog())


def test_the_catalog_is_as_it_is_written():
    """In the order and the layout of `tools/catalog.py`, so that a change is a small one."""
    assert msgids.po_bytes(msgids.catalog()) == msgids.PO.read_bytes()


def test_the_catalog_has_no_dates_and_no_places():
    """It changes when a text does, and not with the machine or the day."""
    text = msgids.PO.read_text()
    assert "Date" not in text.partition("\n\n")[0]
    assert not re.search(r"^#:", text, re.MULTILINE)


def test_agents_read_everything_in_hindi():
    """Every text that an agent of support can meet has a translation, and none is a guess."""
    there = {m.id: forms for m, forms in _translated() if all(forms) and not m.fuzzy}
    assert {said for said in msgids.needed() if said not in there} == set()
    spelled = {said for said, forms in there.items() if not all(map(HINDI.search, forms))}
    assert {said for said in spelled if said.upper() not in SPELLED_ALIKE} == set()


def test_extraction_finds_texts_of_every_kind():
    """Tags, blocks with plurals, forms, and tables that are translated by variable."""
    found = msgids.needed()
    assert ("%(n)s order taken back.", "%(n)s orders taken back.") in found
    assert {"Sign in", "Show for %(seconds)s seconds", "Parcel state", "Undelivered"} <= found
    assert "The app is added." in found  # a message of allauth's, in a text file of ours
    assert {"Outsourced support", "out for delivery", refusals.UNKNOWN.detail} <= found
    assert "Parcel state" not in msgids.of_text("{# Parcel state #}", is_template=True)


def test_every_refusal_with_values_has_a_shape():
    """A sentence with values is recognised by its shape, so each that is made has one."""
    made = msgids.refusals()[1]
    shapes = {re.sub(r"\{[a-z]+\}", "{}", shape) for shape in sentences.SHAPES}
    assert made == shapes


def test_translations_keep_what_stands_for_values():
    """The same placeholders, tags and commands are in a text and in its translation."""
    for message, forms in _translated():
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = {frozenset(_HOLES.findall(text)) for text in texts}
        for form in filter(None, forms):
            assert frozenset(_HOLES.findall(form)) in wanted, message.id


def test_plurals_are_asked_as_django_asks():
    """Our catalog and Django's own for Hindi count alike; English counts one and many."""
    assert f"Plural-Forms: {msgids.PLURALS};" in msgids.PO.read_text()
    for language, one, many in (
        ("en", "1 session ended.", "2 sessions ended."),
        ("hi", "1 सेशन समाप्त हुआ।", "2 सेशन समाप्त हुए।"),
    ):
        with override(language):
            said = [ngettext("%d session ended.", "%d sessions ended.", n) % n for n in (1, 2)]
            assert said == [one, many]


def test_what_is_borrowed_is_said_in_hindi(db):
    """Mistakes in a form, weak passwords and how long something waits are Django's to say."""
    form = PasswordForm(None, {"password": "1234", "again": "1234"})
    empty = LanguageForm({"language": "ta"})
    with override("hi"):
        said = [*form.errors["password"], *empty.errors["language"]]
        said = [str(each) for each in (*said, *PasswordForm(None, {}).errors["again"])]
        waits = timesince(datetime(2026, 8, 5, tzinfo=UTC), datetime(2026, 8, 7, 1, tzinfo=UTC))
    assert len(said) == 5
    assert all(HINDI.search(each) for each in said)
    assert waits.replace("\N{NO-BREAK SPACE}", " ") == "2 दिन, 1 घंटा"


def test_months_and_days_stay_themselves():
    """No word of ours takes the place of a month or a day of Django's."""
    calendar = [*dates.MONTHS.values(), *dates.WEEKDAYS.values(), *dates.WEEKDAYS_ABBR.values()]
    with override("en"):
        names = {str(each) for each in calendar}
    ours = {each.id for each, _ in _translated() if isinstance(each.id, str)}
    assert names & ours <= {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"} | {
        "Saturday",
        "Sunday",
    }


def test_times_are_spelled_in_the_language_of_the_page():
    """The month has its name there; the machine-readable time stays."""
    at = datetime(2026, 8, 5, 9, 7, tzinfo=UTC)
    with override("en"):
        assert "05 Aug 2026, 09:07" in str(moment(at))
    with override("hi"):
        said = str(moment(at))
    assert 'datetime="2026-08-05T09:07:00Z"' in said
    assert HINDI.search(said)


def test_codes_are_spelled_in_the_language_of_the_page():
    """A code becomes words; nothing stays nothing, whatever a catalog keeps under it."""
    with override("en"):
        assert words("out_for_delivery") == "out for delivery"
    with override("hi"):
        assert words("out_for_delivery") == "डिलीवरी पर निकला"
        assert words("") == words(None) == ""
        assert words("something_else") == "something else"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (refusals.UNKNOWN.detail, "इस रेफ़ का कोई ऑर्डर आपके पास नहीं है।"),
        ("Your 25 reveals of today (UTC) are used up.", "आज (UTC) के आपके 25 रिवील पूरे हो चुके हैं।"),
        ("Ask somebody who is: Owner, Operations.", "इनमें से किसी से कहें: मालिक, ऑपरेशंस।"),
        (
            "The parcel is out_for_delivery and returned; label may ask while it is packed.",
            (
                "पार्सल की स्थिति: डिलीवरी पर निकला और वापस आया; "
                "लेबल तभी माँग सकता है जब स्थिति यह हो: पैक हुआ।"
            ),
        ),
        (
            "Its hours are Mon, Tue 09:00-18:00 Asia/Kolkata.",
            "उसका समय: सोम, मंगल 09:00-18:00 Asia/Kolkata।",
        ),
        ("Partner {what} & co is suspended.", "पार्टनर {what} & co पर रोक है।"),
        ("A sentence of nobody's.", "A sentence of nobody's."),
        ("", ""),
    ],
)
def test_refusals_are_told_in_the_language_of_the_page(said, told):
    """By the sentence, or by its shape with the values put in; a strange one stays as it is."""
    with override("hi"):
        assert sentences.spoken(said) == told
    with override("en"):
        assert sentences.spoken(said) == said


def test_refusals_themselves_stay_english():
    """Machines and the log read them, whatever language a page was drawn in before."""
    with override("hi"):
        assert budgets._too_fast(budgets.Spending.VIEWS).remedy == "Wait a minute."


@pytest.fixture
def desk(db):
    return Desk.make()


def _speaks(member, language):
    Person.objects.filter(pk=member.person_id).update(language=language)
    return member


def _order(desk):
    """The ref of an order that support sees."""
    desk.scene.admit()
    page = desk.client(desk.person(Role.SUPPORT, "finder")).get("/desk/orders/").content.decode()
    return re.search(r'href="/desk/orders/([^/"]{20,})/"', page).group(1)


def _get(desk, member, path, **headers):
    answer = desk.client(member).get(path, headers=headers)
    return answer, answer.content.decode()


def test_an_agent_who_chose_hindi_works_in_hindi(desk):
    """The list, an order and a refused reveal are Hindi, and say so to screen readers."""
    asha = _speaks(desk.person(Role.SUPPORT, "asha"), "hi")
    ref = _order(desk)
    _, page = _get(desk, asha, "/desk/orders/")
    assert '<html lang="hi">' in page
    assert all(said in page for said in ("ऑर्डर हुआ (UTC)", "डिलीवर नहीं हुए", "साइन आउट करें"))
    _, page = _get(desk, asha, f"/desk/orders/{ref}/")
    assert all(said in page for said in ("ऑर्डर का रास्ता", "ढका हुआ", "कूरियर", "रिवील करें"))
    refused = desk.client(asha).post(
        f"/desk/orders/{ref}/reveal/", {"what": "phone", "reason": "call_back", "ticket": "!"}
    )
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "यह हेल्पडेस्क का नंबर नहीं है" in page
    assert "हर रिवील का एक कारण और एक टिकट होता है" in page


def test_a_page_in_hindi_leaves_no_english_to_agents(desk):
    """Headings, labels and buttons of an agent's pages: none is a text of the catalog's."""
    asha = _speaks(desk.person(Role.SUPPORT, "asha"), "hi")
    ref = _order(desk)
    english = {said for said in msgids.needed() if isinstance(said, str)}
    english -= {said for said in english if said.upper() in SPELLED_ALIKE | {"ENGLISH"}}
    for path in ("/", "/desk/orders/", f"/desk/orders/{ref}/", "/account/", "/roles/"):
        answer, page = _get(desk, asha, path)
        assert answer.status_code == 200
        shown = re.findall(r"<(?:h[1-3]|th|label|button|summary|option|legend)[^>]*>([^<]+)<", page)
        assert {text.strip() for text in shown} & english == set(), path


def test_everybody_else_reads_english(desk):
    """A colleague's choice is their own."""
    _speaks(desk.person(Role.SUPPORT, "asha"), "hi")
    _, page = _get(desk, desk.person(Role.SUPPORT, "vivek"), "/desk/orders/")
    assert '<html lang="en">' in page
    assert "Parcel state" in page
    assert not HINDI.search(page)


def test_who_chose_nothing_gets_what_the_browser_asks_for(desk):
    """Also before signing in; an own choice goes before it, and a language we lack is English."""
    vivek = desk.person(Role.SUPPORT, "vivek")
    for asked, got in (("hi-IN,hi;q=0.9,en;q=0.5", "hi"), ("en-IN,hi;q=0.5", "en"), ("ta", "en")):
        _, page = _get(desk, vivek, "/desk/orders/", **{"accept-language": asked})
        assert f'<html lang="{got}">' in page
        _, page = _get(desk, None, "/account/login/", **{"accept-language": asked})
        assert f'<html lang="{got}">' in page
    _speaks(vivek, "en")
    _, page = _get(desk, vivek, "/desk/orders/", **{"accept-language": "hi"})
    assert '<html lang="en">' in page


def test_choosing_hindi_answers_in_hindi(desk):
    """The choice on one's account holds from the next page on, and can be taken back."""
    client = desk.client(desk.person(Role.SUPPORT, "asha"))
    offered = client.get("/account/").content.decode()
    assert re.search(r'<option value="hi">हिंदी</option>', offered)
    answer = client.post("/account/language/", {"language": "hi"}, follow=True)
    assert '<html lang="hi">' in answer.content.decode()
    answer = client.post("/account/language/", {"language": ""}, follow=True)
    assert '<html lang="en">' in answer.content.decode()
    assert client.post("/account/language/", {"language": "ta"}).status_code == 404


def test_what_an_agent_may_not_open_is_refused_in_hindi(desk):
    """The page, the remedy with the roles that could, and the rule."""
    asha = _speaks(desk.person(Role.SUPPORT, "asha"), "hi")
    answer, page = _get(desk, asha, "/ledger/")
    assert answer.status_code == 403
    assert "यह आपकी भूमिका में नहीं है।" in page
    assert "प्राइवेसी अधिकारी" in page
    answer, page = _get(desk, asha, "/nowhere/")
    assert answer.status_code == 404
    assert "यहाँ कुछ नहीं है" in page


def test_hindi_is_found_where_django_looks():
    """The catalog lies under the name that Django gives the language."""
    assert msgids.PO.parent.parent.name == to_locale("hi")
    with override("hi"):
        assert gettext("Orders") == "ऑर्डर"
        assert [words(hop) for hop in (Hop.SUPPORT, Hop.WMS)] == ["सपोर्ट", "WMS"]
