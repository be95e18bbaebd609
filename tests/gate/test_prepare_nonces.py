"""Nonces: every seal of every order has its own, cut from fresh random bytes."""

from core.test_sealing import EPOCH_KEY, ORDER
from orderveil.core.blindindex import tagger
from orderveil.core.fields import FIELDS_OF, Compartment, Field
from orderveil.core.orders import Facts, OrderDraft
from orderveil.core.personal import Personal
from orderveil.core.sealing import DEK_BYTES, NONCE_BYTES, SealedOrder
from orderveil.gate.keys import BrandKeys
from orderveil.gate.prepare import RANDOM_BYTES, prepare, seal_values
from orderveil.keyring.epochs import EpochKey

EPOCH = EpochKey(id=5, brand_id=1, key=EPOCH_KEY)
RANDOM = bytes(range(RANDOM_BYTES))
VALUES = {compartment: {fields[0].value: "x"} for compartment, fields in FIELDS_OF.items()}


def seal(random=RANDOM):
    """Every compartment of an order, and its wrapped data key."""
    return seal_values(VALUES, 1, ORDER, 1, EPOCH, random)


def test_no_byte_of_randomness_is_used_twice():
    """Data key, its wrapping and seven compartments take all there is, each once."""
    sealed, wrapped = seal()
    nonces = [wrapped[:NONCE_BYTES], *(text[:NONCE_BYTES] for text in sealed.values())]
    assert RANDOM[:DEK_BYTES] + b"".join(nonces) == RANDOM
    assert len(nonces) == 1 + len(Compartment)


def test_what_was_sealed_opens():
    """The wrapped data key opens every compartment."""
    sealed, wrapped = seal()
    key = SealedOrder.unwrap(EPOCH_KEY, wrapped, 1, ORDER, 1, EPOCH.id)
    assert {c: key.open(c, text) for c, text in sealed.items()} == VALUES


def test_the_same_draft_is_never_sealed_alike():
    """Twenty times the same order: no nonce, ciphertext or wrapped key comes twice."""
    tag = tagger(b"k" * 32)
    draft = OrderDraft(
        shop_order_id="1",
        order_number="#1",
        placed_at=None,
        updated_at=None,
        personal={Field.NAME: Personal("Asha Verma"), Field.LINE1: Personal("12 Invented Road")},
        facts=Facts(),
    )
    made = [prepare(draft, ORDER, 1, BrandKeys(tag, tag, tag), EPOCH) for _ in range(20)]
    texts = [text for one in made for text in (one.wrapped, *one.compartments.values())]
    assert len(texts) == 20 * 3
    assert len({text[:NONCE_BYTES] for text in texts}) == len(texts)
    assert len({text[NONCE_BYTES:] for text in texts}) == len(texts)
