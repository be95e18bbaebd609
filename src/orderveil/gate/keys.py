"""A brand's working keys, opened once per process: ids, blind index, hashes, refs."""

from dataclasses import dataclass
from functools import lru_cache

from orderveil.core.blindindex import Tag, tagger
from orderveil.core.refs import RefKey
from orderveil.keyring import secrets

ID_KEY = "id_key"
INDEX_KEY = "index_key"
HASH_KEY = "hash_key"
REF_KEY = "ref_key"
BRAND_KEYS = (ID_KEY, INDEX_KEY, HASH_KEY, REF_KEY)


@dataclass(frozen=True, slots=True, repr=False)
class BrandKeys:
    """HMACs under the brand's keys; the keys themselves are not kept."""

    ids: Tag
    index: Tag
    hashes: Tag


@lru_cache(maxsize=4096)
def brand_keys(brand_id: int) -> BrandKeys:
    """The brand's HMACs. A rotation rewraps their keys and never changes them: they may stay."""
    return BrandKeys(
        ids=tagger(secrets.get(brand_id, ID_KEY)),
        index=tagger(secrets.get(brand_id, INDEX_KEY)),
        hashes=tagger(secrets.get(brand_id, HASH_KEY)),
    )


@lru_cache(maxsize=16384)
def ref_key(brand_id: int, partner_id: int, generation: int) -> RefKey:
    """What makes and opens one partner's refs."""
    return RefKey(secrets.get(brand_id, REF_KEY), brand_id, partner_id, generation)


def forget() -> None:
    """Drop every cached key: after a restore, and between tests."""
    brand_keys.cache_clear()
    ref_key.cache_clear()
