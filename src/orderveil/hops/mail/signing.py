"""DKIM (RFC 6376): proving who wrote what comes, and signing what leaves.

Rules kept here:
- a signature counts that covers the whole body and the From line, with SHA-256 and 1,024 bits or
  more; of a message at most MOST_SIGNATURES are checked;
- it proves a From address whose domain is the signing one, or lies below it;
- when DNS does not answer nothing is proved and nothing is refuted: the sender comes again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import dkim

from orderveil.hops.mail.names import NamesDownError

MOST_SIGNATURES: Final = 4
LONGEST_BLANK: Final = 1_000
"""Blanks in a row: the canonicalisation's cost grows with their square."""

Lookup = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Proof:
    """Which domains signed a message; `in_doubt`: DNS did not say of all."""

    domains: frozenset[str]
    in_doubt: bool = False

    def covers(self, domain: str) -> bool:
        """Is a From address of this domain proved?"""
        return any(domain == each or domain.endswith(f".{each}") for each in self.domains)


def proof_of(raw: bytes, lookup: Lookup) -> Proof:
    """What the message's signatures prove. Never raises."""
    if raw.replace(b"\t", b" ").find(b" " * LONGEST_BLANK) >= 0:
        return Proof(frozenset())
    asked = _Asked(lookup)
    proved = set()
    for place in range(MOST_SIGNATURES):
        checked = _checked(raw, place, asked)
        if checked is not None:
            proved.add(checked)
    return Proof(frozenset(proved), in_doubt=asked.is_down)


class _Asked:
    """The lookup in dkimpy's words, and whether it failed."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self.is_down = False

    def __call__(self, name: bytes, timeout: float = 0) -> bytes | None:
        del timeout
        try:
            return self._lookup(name.decode("ascii").rstrip("."))
        except UnicodeDecodeError:
            return None
        except NamesDownError:
            self.is_down = True
            return None


def _checked(raw: bytes, place: int, lookup: _Asked) -> str | None:
    try:
        signer: Any = dkim.DKIM(raw)
        if not signer.verify(idx=place, dnsfunc=lookup):
            return None
        told = signer.signature_fields
        covered = {name.strip().lower() for name in told[b"h"].split(b":")}
        if b"l" in told or told[b"a"] == b"rsa-sha1" or b"from" not in covered:
            return None
        return str(told[b"d"].decode("ascii").lower().strip())
    except Exception:  # noqa: BLE001 - it raises all kinds on what nobody should have sent
        return None


def signed(raw: bytes, *, domain: str, selector: str, key: bytes) -> bytes:
    """The message below a signature of the brand's over every header that it has."""
    signer: Any = dkim.DKIM(raw)
    header: bytes = signer.sign(
        selector.encode(),
        domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[*signer.all_sign_headers(), b"from"],
    )
    return header + raw
