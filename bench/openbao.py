"""The comparison line: OpenBao's Transit engine decrypting over its HTTP API.

It does less: no record per order, no policy, no rows to fetch. It is here because it is what a
shop system would call if it encrypted its orders' fields itself.
"""

import base64
import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import hvac
import msgspec
from tests.openbao import running

from bench import load, people, plain

MOST_AT_ONCE = 400
"""Its limit on the strings of a request (1,000 by default) refuses larger batches."""


def decrypts_per_second(seconds: float, each: int = 1, clients: int = load.CLIENTS) -> float:
    """Orders a second, `each` in one request, by as many clients as the product's."""
    texts = [
        base64.b64encode(msgspec.json.encode(_personal(number))).decode() for number in range(each)
    ]
    with tempfile.TemporaryDirectory(prefix="bench-bao-") as folder, running(Path(folder)) as bao:
        client = hvac.Client(url=bao.address, token=bao.token)
        transit = client.secrets.transit
        transit.create_key("orders")
        made = transit.encrypt_data("orders", batch_input=[{"plaintext": text} for text in texts])
        sealed = [{"ciphertext": row["ciphertext"]} for row in made["data"]["batch_results"]]
        body = sealed[0] if each == 1 else {"batch_input": sealed}
        wire = load.request(
            "POST",
            "/v1/transit/decrypt/orders",
            headers=[("X-Vault-Token", bao.token)],
            body=json.dumps(body).encode(),
        )
        port = urlsplit(bao.address).port or 0
        return load.drive(port, lambda: wire, seconds, clients).per_second * each


def _personal(number: int) -> dict[str, str]:
    """One order's values in one text: the fewest decrypts that could do."""
    return {
        compartment: text[: -plain.SEAL_BYTES].decode()
        for compartment, text in plain.values(people.draft(number)).items()
    }
