from orderveil.core.hops import Hop
from orderveil.core.layouts import PRIVACY_FORMS, Labels, Layout
from orderveil.core.table import Profile, Table, changes

from .tables import row


def _table(labels):
    return Table("a test's", Profile.STRICT, {hop: row() for hop in Hop}, labels)


def test_a_courier_that_is_not_named_gets_the_usual_layout():
    """So does a parcel that no courier has taken."""
    labels = Labels(Layout.STANDARD, {"swiftpost": Layout.PRIVACY})
    assert labels.layout_for("swiftpost") == Layout.PRIVACY
    assert labels.layout_for("other") == labels.layout_for(None) == Layout.STANDARD


def test_leaving_the_privacy_waybill_loosens():
    """A layout that says more needs a second person; one that says less does not."""
    plain, private = _table(Labels()), _table(Labels(Layout.PRIVACY))
    assert [each.loosens for each in changes(private, plain)] == [True]
    assert [each.loosens for each in changes(plain, private)] == [False]


def test_a_partners_own_layout_is_a_change_of_its_own():
    """It is named with the partner, and nothing else changes."""
    named = _table(Labels(Layout.STANDARD, {"swiftpost": Layout.PRIVACY}))
    (change,) = changes(named, _table(Labels()))
    assert (change.hop, change.what) == (Hop.LABEL, "layout of swiftpost")
    assert change.loosens


def test_the_waybill_hides_what_the_standard_hides():
    """Name, phone and unit are the three of the privacy waybill."""
    assert set(PRIVACY_FORMS) == {"name", "phone", "line1", "line2", "landmark"}
