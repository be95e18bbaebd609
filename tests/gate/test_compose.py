"""What a view holds, whatever the policy and the order: no more than the policy's forms."""

import re

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.blindindex import tagger
from orderveil.core.decision import Grant, Policies, Standing, decide
from orderveil.core.fields import COMPARTMENT_OF, PERSONAL, PROSE, Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.orders import Facts
from orderveil.core.personal import Personal
from orderveil.core.table import Profile
from orderveil.gate.compose import Opened, Recipient, compose, plan_for
from orderveil.gate.prepare import normalised, with_region
from orderveil.policy.toml import PolicyError, load, profile_text
from scene import FACTS, NOW, PERSON

ORDER = bytes(range(16))
HASHES = tagger(b"k" * 32)
TODAY = load(profile_text(Profile.TODAY))
WORDS = st.text("abcdefghijklmnopqrstuvwxyzअआकखগঘதநΩж", min_size=6, max_size=10)
PHONES = st.integers(6_000_000_000, 9_999_999_999).map(str)
SPELLINGS = st.sampled_from(["{}", "+91{}", "+91 {}", "0{}", "call {} please", "ph:{}"])
EMAILS = st.tuples(WORDS.filter(str.isascii), st.sampled_from(["a.example", "mail.example"])).map(
    lambda parts: f"{parts[0]}@{parts[1]}"
)
MUTATIONS = st.lists(
    st.tuples(st.sampled_from(Hop), st.sampled_from(Field), st.sampled_from(Form)), max_size=25
)


@st.composite
def people(draw):
    """Values that are nobody's: a different word in each field, contacts typed into prose."""
    phone, email = draw(PHONES), draw(EMAILS)
    other_phone, other_email = draw(PHONES), draw(EMAILS)
    values = {}
    for at, name in enumerate(sorted(PERSONAL)):
        values[name] = f"{draw(WORDS)}q{chr(97 + at)}z {draw(WORDS)}"
    values |= {
        Field.PHONE: draw(st.sampled_from(["{}", "+91 {}", "0{}"])).format(phone),
        Field.EMAIL: email,
        Field.PINCODE: str(draw(st.integers(110_001, 855_999))),
        Field.CARD_LAST4: "9317",
        Field.GEO: "12.971598,77.594562",
        Field.IP: "203.0.113.77",
        Field.COUNTRY: "IN",
    }
    contacts = []
    for name in draw(st.sets(st.sampled_from(sorted(PROSE)), max_size=4)):
        typed = draw(st.sampled_from([phone, other_phone, email, other_email]))
        spelled = typed if "@" in typed else draw(SPELLINGS).format(typed)
        values[name] = f"{values[name]} {spelled} {draw(WORDS)}"
        contacts.append((name, typed))
    return values, contacts


def table_of(profile, mutations):
    """The profile with every mutation that still loads."""
    text = profile_text(profile)
    table = load(text)
    rows = {hop: dict(table.rows[hop].forms) for hop in Hop}
    for hop, name, form in mutations:
        tried = {**rows, hop: {**rows[hop], name: form}}
        try:
            table = load(_toml(text, tried))
        except PolicyError:
            continue
        rows = tried
    return table


def _toml(text, rows):
    """A policy's text with other forms."""
    for hop in Hop:
        cells = "".join(f'{name} = "{form}"\n' for name, form in rows[hop].items())
        text = re.sub(rf"\[hops\.{hop}\.fields\]\n[^\[]*", f"[hops.{hop}.fields]\n{cells}\n", text)
    return text


def granted(table, hop, *, enforced=True):
    """The Grant of an own partner of the hop."""
    policies = Policies("test@1", 1, table, TODAY)
    standing = Standing("own", frozenset(Hop), own=True, demands_email=True)
    grant = decide(hop, policies, standing, enforced=enforced)
    assert isinstance(grant, Grant)
    return grant


def shown(grant, person, partner=7, *, facts=FACTS, number="#zz-order-4711"):
    """What the Grant's partner is shown of a person's order: fields, and all of it as JSON."""
    values = normalised({name: Personal(value) for name, value in person.items()})
    opened = Opened(
        order_id=ORDER,
        order_number=number,
        placed_at=NOW,
        facts=with_region(facts, values),
        parcels=[{"n": 1, "r": False, "s": "packed", "c": "Udaan Invented", "a": "AWB0001"}],
        values={c: v for c, v in values.items() if c in grant.compartments},
    )
    plan = plan_for(grant)
    fields, parcels = compose(plan, opened, Recipient(partner, HASHES), "REF")
    raw = msgspec.json.encode([fields, parcels, plan.withheld]).decode()
    return fields, raw, values


def digits(text):
    """The digits of a text, without what stands between those of one number."""
    return re.sub(r"(?<=[0-9])[ .()-]+(?=[0-9])", "", text)


@settings(max_examples=40, deadline=None)
@given(people(), st.sampled_from([Profile.TODAY, Profile.BALANCED]), MUTATIONS, st.booleans())
def test_no_view_holds_more_than_the_policys_forms(invented, profile, mutations, enforced):
    """A value that is not granted whole stands nowhere in the view, contacts in prose included."""
    person, contacts = invented
    table = table_of(profile, mutations)
    for hop in Hop:
        grant = granted(table, hop, enforced=enforced)
        fields, raw, values = shown(grant, person)
        assert set(fields) <= set(grant.forms)
        for name in PERSONAL - {Field.COUNTRY}:
            value = values[COMPARTMENT_OF[name]][name]
            told_as_region = name == Field.STATE and Field.REGION in grant.forms
            as_country = name == Field.STATE and grant.forms.get(name) == Form.COARSE
            if grant.forms.get(name) != Form.WHOLE and not (told_as_region or as_country):
                assert not stands_in(value, raw), (hop, name)
        phones = {typed for _, typed in contacts if "@" not in typed} | {person[Field.PHONE][-10:]}
        for phone in phones if grant.forms.get(Field.PHONE) != Form.WHOLE else ():
            assert phone not in digits(raw), hop
        emails = {typed for _, typed in contacts if "@" in typed} | {person[Field.EMAIL]}
        for email in emails if grant.forms.get(Field.EMAIL) != Form.WHOLE else ():
            assert email not in raw, hop


def stands_in(value, raw):
    """Four digits come about in a hash too: they count where they stand alone."""
    if len(value) > 4:
        return value in raw
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])", raw) is not None


def test_a_phone_in_prose_takes_the_phones_form():
    """Whole lines show the phone typed into them whole, masked or not at all, as the phone is."""
    person = {**PERSON, Field.LINE2: "Gate 2, call 90000 00077 or ask@door.example first"}
    balanced = load(profile_text(Profile.BALANCED))
    assert shown(granted(balanced, Hop.COURIER), person)[0][Field.LINE2] == (
        "Gate 2, call +919000000077 or [withheld] first"
    )
    assert shown(granted(balanced, Hop.WMS), person)[0][Field.LINE2] == (
        "Gate 2, call XXXXXX0077 or [withheld] first"
    )


def test_hashes_and_tokens_differ_from_partner_to_partner():
    """The same phone, email and order number can't be joined between two partners."""
    grant = granted(load(profile_text(Profile.BALANCED)), Hop.MARKETING)
    ours, again = shown(grant, PERSON, 7)[0], shown(grant, PERSON, 7)[0]
    theirs = shown(grant, PERSON, 8)[0]
    assert ours == again
    for name in (Field.PHONE, Field.EMAIL, Field.ORDER_NUMBER):
        assert len({ours[name], theirs[name], None}) == 3
    assert ours[Field.PHONE] != ours[Field.EMAIL]


def test_a_hash_does_not_depend_on_the_spelling():
    """One phone has one hash for a partner, however each shop spelled it."""
    grant = granted(load(profile_text(Profile.BALANCED)), Hop.MARKETING)
    spelled = {**PERSON, Field.PHONE: "090000-00001", Field.EMAIL: "TARANGINI.V@MAIL.EXAMPLE"}
    ours, same = shown(grant, PERSON)[0], shown(grant, spelled)[0]
    assert [ours[n] for n in (Field.PHONE, Field.EMAIL)] == [
        same[n] for n in (Field.PHONE, Field.EMAIL)
    ]


def test_the_facts_take_their_forms():
    """Stock is SKU and quantity, coarse is kind and count, what is not paid on delivery is none."""
    table = load(profile_text(Profile.BALANCED))
    assert shown(granted(table, Hop.IMS), {})[0][Field.ITEMS] == [
        {"sku": "KUR-IND-M", "quantity": 2}
    ]
    courier = shown(granted(table, Hop.COURIER), {})[0]
    assert courier[Field.ITEMS] == [{"kind": "apparel", "quantity": 2}]
    assert courier[Field.AMOUNTS] == {"currency": "INR", "declared_value": "1798.00"}
    assert courier[Field.COD_DUE] == {"currency": "INR", "amount": "1798.00"}
    paid = msgspec.structs.replace(FACTS, cod_due=None, payment_method="card")
    label = shown(granted(table, Hop.LABEL), {}, facts=paid)[0]
    assert (label[Field.COD_DUE], label[Field.PAYMENT_METHOD]) == (None, None)


def test_a_view_has_the_same_shape_for_every_order():
    """An order that has nothing gives the same fields, each of them null."""
    for hop in Hop:
        grant = granted(load(profile_text(Profile.BALANCED)), hop)
        empty = shown(grant, {}, facts=Facts(), number=None)[0]
        assert empty.keys() == shown(grant, PERSON)[0].keys()
        assert {value for name, value in empty.items() if name in PERSONAL} <= {None}
