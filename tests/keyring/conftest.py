"""The three providers, each the real thing or the nearest server that speaks its protocol."""

import itertools

import pytest
from django.conf import settings
from moto.server import ThreadedMotoServer

import openbao
from orderveil.keyring.providers import open_provider

_names = itertools.count(1)


@pytest.fixture(scope="session")
def bao_server(tmp_path_factory):
    """A real OpenBao server with raft storage, unsealed, with Transit on."""
    with openbao.running(tmp_path_factory.mktemp("bao")) as server:
        yield server


@pytest.fixture(scope="session")
def kms_server():
    """AWS KMS as moto answers it over HTTP; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "transit", "kms"])
def roots_url(request, monkeypatch):
    """The URL of root keys that nobody used before."""
    name = f"root{next(_names)}"
    if request.param == "file":
        return f"file:{request.getfixturevalue('tmp_path') / name}"
    if request.param == "transit":
        server = request.getfixturevalue("bao_server")
        monkeypatch.setenv("BAO_TOKEN", server.token)
        return f"transit:{server.address}/transit/{name}"
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    endpoint = request.getfixturevalue("kms_server")
    return f"kms:alias/{name}?region=ap-south-1&endpoint={endpoint}"


@pytest.fixture
def roots(roots_url, tmp_path):
    """Root keys that nobody used before."""
    return open_provider(roots_url, tmp_path)


@pytest.fixture
def settings_url(tmp_path, monkeypatch):
    """The installation's root keys: files in a folder of the test's own; their URL."""
    url = f"file:{tmp_path / 'keys'}"
    monkeypatch.setattr(settings, "KEYS_URL", url)
    return url


@pytest.fixture
def settings_roots(roots_url, monkeypatch):
    """The installation's root keys: each provider in turn."""
    monkeypatch.setattr(settings, "KEYS_URL", roots_url)
