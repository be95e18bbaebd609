"""Asking DNS for a text record, with an end to its patience."""

from typing import Final

import dns.exception
import dns.resolver

PATIENCE_SECONDS: Final = 4.0


class NamesDownError(Exception):
    """DNS gave no answer: not that there is none."""


def txt(name: str) -> bytes | None:
    """The first text record of a name; None if there is none. Raises `NamesDownError`."""
    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=PATIENCE_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.resolver.NoNameservers, dns.exception.Timeout, OSError):
        raise NamesDownError from None
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return None  # no name that a record could have
    return b"".join(next(iter(found)).strings)
