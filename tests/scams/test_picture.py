"""The picture that both renderers draw."""

import json

import msgspec

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.scam_needs import Scam
from orderveil.scams.picture import Law, Picture, headline, lights
from scams.sample_views import NOW, STATES, TODAY, answer, picture, problem


def test_there_is_a_column_for_each_hop_in_the_roads_order():
    """Eleven columns, and each row has a cell for each of them."""
    shown = picture()
    assert [column.hop for column in shown.columns] == list(Hop)
    assert all(list(row.cells) == list(Hop) for row in shown.rows)


def test_the_headline_counts_the_pairs_of_both_policies():
    """The two numbers are the sizes of the two sets of lights."""
    shown = picture()
    counts = {
        side: sum(len(hops) for hops in one.scams.values()) for side, one in shown.scams.items()
    }
    assert counts == {side: one.pairs for side, one in shown.scams.items()}
    assert shown.headline == f"{counts['today']} stageable pairs today, {counts['now']} now"
    assert counts["now"] < counts["today"]


def test_one_pair_is_not_called_pairs():
    """The headline minds its grammar."""
    one = lights(Law("t@1", {Hop.OMS: {Field.EMAIL: Form.WHOLE}}), published_channel=True)
    assert headline(one, one) == "1 stageable pair today, 1 now"


def test_lights_come_from_the_tables_not_from_the_answers():
    """A hop that was refused this time is lit for what its policy row allows."""
    shown = picture(answers={Hop.COURIER: problem()})
    assert Hop.COURIER in shown.scams["now"].scams[Scam.BRUSHING]


def test_a_published_channel_dims_the_fake_care_number_everywhere():
    """It is the brand's to publish, so it changes both sides."""
    shown = picture(published_channel=True)
    assert shown.scams["today"].scams[Scam.FAKE_CARE_NUMBER] == ()
    assert shown.scams["now"].scams[Scam.FAKE_CARE_NUMBER] == ()


def test_collusion_is_counted_apart_from_the_pairs():
    """What takes two is not in the headline."""
    law = Law(
        "t@1",
        {
            Hop.COURIER: {Field.AWB: Form.WHOLE},
            Hop.COMMS: {Field.AWB: Form.WHOLE, Field.PHONE: Form.WHOLE},
            Hop.REPORTS: {Field.PHONE: Form.WHOLE, Field.ITEMS: Form.WHOLE,
                          Field.ORDER_NUMBER: Form.WHOLE},
            Hop.OMS: {Field.ORDER_NUMBER: Form.WHOLE, Field.AMOUNTS: Form.WHOLE},
        },
    )  # fmt: skip
    shown = lights(law, published_channel=True)
    assert shown.pairs == sum(len(hops) for hops in shown.scams.values())
    # payment-failure: oms + reports, joined by the number
    assert shown.together == 1
    assert Hop.OMS not in shown.scams[Scam.PAYMENT_FAILURE]


def test_a_refused_hop_holds_nothing_and_says_why():
    """Its column has the refusal, its dot is empty, and every cell is refused."""
    shown = picture(answers={Hop.COURIER: problem()})
    column = next(one for one in shown.columns if one.hop is Hop.COURIER)
    assert column.refusal is not None
    assert column.dot == 0
    assert column.dot_today > 0
    assert column.disclosure is None
    assert {row.cells[Hop.COURIER].form for row in shown.rows} == {Form.REFUSED}


def test_the_dot_is_of_what_the_hop_got():
    """The order system holds all today, and only some once it is masked."""
    dots = {one.hop: (one.dot_today, one.dot) for one in picture().columns}
    assert dots[Hop.OMS] == (4, 2)
    assert dots[Hop.IMS] == (0, 0)
    assert all(now <= today for today, now in dots.values())


def test_the_payload_is_the_answer_itself():
    """The column's text is the JSON that the hop got, and parses back to it."""
    column = next(one for one in picture().columns if one.hop is Hop.COURIER)
    assert json.loads(column.payload) == json.loads(json.dumps(answer(Hop.COURIER, NOW)))
    assert column.disclosure == answer(Hop.COURIER, NOW)["disclosure"]


def test_a_field_that_nobody_got_is_still_a_row():
    """`order_fields` names what the order has, told or not."""
    shown = picture(order_fields={Field.NAME, Field.GSTIN})
    assert [row.field for row in shown.rows] == [Field.NAME, Field.GSTIN]
    assert {cell.value for cell in shown.rows[1].cells.values()} == {None}


def test_the_picture_survives_json():
    """The page, the terminal and `--json` read the same value."""
    shown = picture()
    again = msgspec.json.decode(msgspec.json.encode(shown), type=Picture)
    assert again == shown


def test_the_sample_tables_name_every_hop():
    """A test's own table forgets nobody, so that a zero is a fact."""
    assert set(TODAY) == set(NOW) == set(STATES) == set(Hop)
