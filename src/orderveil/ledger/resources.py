"""The ledger at the machine door: the caller's own brand's log, as c2sp.org/tlog-tiles.

Rules kept here:
- a credential reaches its own brand's log only: another brand's size would tell its volume;
- checkpoints and tiles are hashes, for any credential of the brand (a witness needs no more);
- entries and proofs are for the auditor: a credential of the hop `retention`, which sees ids and
  dates only, as entries do.
"""

from typing import Protocol
from uuid import UUID

import msgspec
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.ledger import proofs, tiles
from orderveil.ledger.checkpoints import vkey
from orderveil.ledger.store import query


class Asker(Protocol):
    """What this module needs to know of a request's caller."""

    brand_id: int
    hop: Hop


class LogKey(msgspec.Struct, frozen=True):
    """The public key that a verifier of this log needs."""

    origin: str
    vkey: str


_encoder = msgspec.json.Encoder()


def _need_auditor(asker: Asker) -> None:
    if asker.hop != Hop.RETENTION:
        raise RefusedError(_AUDITORS_ONLY)


class Key:
    """GET /v1/ledger/key"""

    def on_get(self, req: Request, resp: Response) -> None:
        """The log's name and public key."""
        asker: Asker = req.context.caller
        origin = query("SELECT origin FROM ledger_log WHERE log_id = %s", [asker.brand_id])[0][0]
        resp.data = _encoder.encode(LogKey(origin, vkey(origin)))


class Resource:
    """GET /v1/ledger/checkpoint and /v1/ledger/tile/..."""

    def on_get(self, req: Request, resp: Response, path: str = "") -> None:
        """A checkpoint, a tile of hashes, or (for the auditor) a bundle of entries."""
        asker: Asker = req.context.caller
        name = f"tile/{path}" if path else tiles.CHECKPOINT
        if tiles.is_entries(name):
            _need_auditor(asker)
        found = tiles.serve(asker.brand_id, name)
        if isinstance(found, Problem):
            raise RefusedError(found)
        resp.content_type = "application/octet-stream" if path else "text/plain; charset=utf-8"
        resp.data = found


class Proof:
    """GET /v1/ledger/entries/{entry_id}/proof"""

    def on_get(self, req: Request, resp: Response, entry_id: UUID) -> None:
        """The inclusion proof of one entry, with its bytes and a checkpoint."""
        asker: Asker = req.context.caller
        _need_auditor(asker)
        proof = proofs.inclusion(entry_id)
        if isinstance(proof, Problem):
            raise RefusedError(proof)
        if proof.log_id != asker.brand_id:
            raise RefusedError(proofs.NOT_PLACED)
        resp.data = _encoder.encode(proof)


_AUDITORS_ONLY = Problem(
    code="auditors_only",
    detail="Entries and proofs are for the brand's auditor.",
    remedy="Ask with a credential of the hop `retention`.",
    rule="ledger: hashes and checkpoints for every partner, entries for the auditor",
    status=403,
)

ROUTES = (
    ("/v1/ledger/key", Key()),
    ("/v1/ledger/checkpoint", Resource()),
    ("/v1/ledger/tile/{path:path}", Resource()),
    ("/v1/ledger/entries/{entry_id:uuid}/proof", Proof()),
)

OPERATIONS = (
    Operation(
        "get",
        "/v1/ledger/key",
        "Name and public key of your brand's log.",
        "ledger",
        response=LogKey,
        problems=(401,),
    ),
    Operation(
        "get",
        "/v1/ledger/checkpoint",
        "The last signed checkpoint (C2SP tlog-checkpoint).",
        "ledger",
        problems=(401, 404),
    ),
    Operation(
        "get",
        "/v1/ledger/tile/{path:path}",
        "Tiles of the Merkle tree (C2SP tlog-tiles); entry bundles for the auditor.",
        "ledger",
        problems=(401, 403, 404, 410),
    ),
    Operation(
        "get",
        "/v1/ledger/entries/{entry_id:uuid}/proof",
        "Inclusion proof of one entry (RFC 6962).",
        "ledger",
        response=proofs.InclusionProof,
        problems=(401, 403, 404),
    ),
)
