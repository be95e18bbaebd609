"""Which addresses a webhook may go to."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.outbox.addresses import may_reach

PUBLIC = ["93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:2800:21f:cb07::1", "2a00:1450:4009::200e"]
PRIVATE = [
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "::1",
    "fc00::1",
    "fd12:3456:789a::1",
]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "192.0.0.192",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2a00:1450:4009::5efe:a00:1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:2800::1%eth0",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
]
NOT_AN_ADDRESS = ["", "localhost", "2130706433", "0x7f.1", "127.1", "017700000001", "1.2.3.4 "]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached(address):
    """A public address may be reached, whatever the installation allows besides."""
    assert may_reach(address, private=False)
    assert may_reach(address, private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_needs_the_installation_to_allow_it(address):
    """A private, loopback, CGNAT, documentation or unique local address needs `private`."""
    assert not may_reach(address, private=False)
    assert may_reach(address, private=True)


@pytest.mark.parametrize("address", [*NEVER, *NOT_AN_ADDRESS])
def test_some_addresses_are_never_reached(address):
    """Metadata, link-local, multicast, reserved and IPv4-carrying addresses are always refused."""
    assert not may_reach(address, private=False)
    assert not may_reach(address, private=True)


@settings(max_examples=100)
@given(st.ip_addresses())
def test_nothing_python_calls_unreachable_is_reachable(ip):
    """Without `private`, only addresses that Python's own registry calls global are reachable."""
    if may_reach(str(ip), private=False):
        assert ip.is_global
        assert not ip.is_multicast


@settings(max_examples=100)
@given(
    st.ip_addresses(v=4),
    st.sampled_from(["::ffff:0:0", "64:ff9b::", "::"]),
)
def test_wrapping_an_ipv4_address_never_helps(inner, wrapper):
    """An IPv4 address inside an IPv6 one is refused, unless all of it is the loopback address."""
    wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address(wrapper)) + int(inner))
    assert not may_reach(str(wrapped), private=False)
    assert not may_reach(str(wrapped), private=True) or str(wrapped) == "::1"
