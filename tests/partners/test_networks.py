"""From where a credential is used: kept by network, heard of once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderveil.core.hops import Hop
from orderveil.partners import credentials, networks
from partners.sample import NOW
from scene import rows


@pytest.fixture
def credential(partner):
    """A courier's credential."""
    return credentials.issue(partner, Hop.COURIER, now=NOW)[0]


def test_many_addresses_of_one_network_are_told_once(credential):
    """A process that knows the network asks the database nothing, whoever of it comes."""
    networks.note(credential, "192.0.2.1", NOW)
    networks.note(credential, "2001:db8:1::1", NOW)
    with CaptureQueriesContext(connection) as asked:
        for last in range(2, 60):
            networks.note(credential, f"192.0.2.{last}", NOW)
            networks.note(credential, f"2001:db8:1:{last}::1", NOW)
        networks.note(credential, "no address", NOW)
        networks.note(credential, None, NOW)
    assert len(asked) == 0
    found = rows("SELECT network::text FROM partners_network ORDER BY id")
    assert [network for (network,) in found] == ["192.0.2.0/24", "2001:db8:1::/48"]


def test_the_same_network_is_news_of_another_credential(credential, partner):
    """Each has networks of its own."""
    other = credentials.issue(partner, Hop.COURIER, now=NOW)[0]
    for one in (credential, other, credential):
        networks.note(one, "192.0.2.1", NOW)
    assert rows("SELECT count(*) FROM partners_network") == [(2,)]
