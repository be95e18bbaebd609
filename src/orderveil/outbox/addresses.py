"""Which addresses a webhook may go to.

Rules kept here:
- IPv4: everything but the special-purpose blocks of RFC 6890 and the IANA registry; IPv6: only
  global unicast (2000::/3, RFC 4291 2.4) less its special-purpose blocks; what is not known to
  be public is refused;
- an IPv6 address that carries an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64, ISATAP)
  is refused whatever it carries: a partner's public name has no need of one;
- a cloud's metadata service, link-local and multicast addresses are refused even where the
  installation allows private addresses: no partner lives there.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


def _v4(*blocks: str) -> tuple[IPv4Network, ...]:
    return tuple(IPv4Network(block) for block in blocks)


def _v6(*blocks: str) -> tuple[IPv6Network, ...]:
    return tuple(IPv6Network(block) for block in blocks)


_NEVER_V4 = _v4(
    "0.0.0.0/8",
    "168.63.129.16/32",  # Azure's host agent: metadata on a public address
    "169.254.0.0/16",
    "192.0.0.0/24",  # holds Oracle's metadata service too
    "100.100.100.200/32",  # Alibaba's metadata service, inside the CGNAT block
    "224.0.0.0/4",
    "240.0.0.0/4",
)
_PRIVATE_V4 = _v4(
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
)
_NEVER_V6 = _v6(
    "2001::/23",  # IETF protocol assignments, Teredo among them
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "fd00:ec2::254/128",  # Amazon's metadata service
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_PRIVATE_V6 = _v6("::1/128", "fc00::/7")
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214 6.1


def may_reach(address: str, *, private: bool) -> bool:
    """Whether a webhook may go to this literal address.

    `private` adds loopback, RFC 1918, CGNAT and unique local addresses. What is no address at
    all answers False.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not _in(ip, _NEVER_V4) and (private or not _in(ip, _PRIVATE_V4))
    return _may_reach_v6(ip, private=private)


def _may_reach_v6(ip: IPv6Address, *, private: bool) -> bool:
    if ip.scope_id is not None or _in(ip, _NEVER_V6):
        return False
    if _in(ip, _PRIVATE_V6):
        return private
    return ip in _PUBLIC_V6 and (int(ip) >> 32) & 0xFFFF_FFFF not in _ISATAP


def _in(
    ip: IPv4Address | IPv6Address, blocks: Iterable[IPv4Network] | Iterable[IPv6Network]
) -> bool:
    return any(ip in block for block in blocks)
