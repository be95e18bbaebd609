"""`orderveil up` on an empty installation, as a process of its own."""

import json
import os
import subprocess
import sys

import urllib3

from orderveil.cli.server import free_address


def test_up_prints_a_link_that_begins_the_installation(tmp_path):
    """The link answers with the form for the first account, and is all that `up` says of it."""
    address = free_address()
    environment = os.environ | {
        "ORDERVEIL_HOME": str(tmp_path / "home"),
        "ORDERVEIL_BIND": f"127.0.0.1:{address.port}",
        "ORDERVEIL_DEMO": "off",
    }
    command = [sys.executable, "-c", "from orderveil.cli.main import main; main()", "up", "--json"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as up:
        try:
            assert up.stdout is not None
            told = json.loads(up.stdout.readline())
            link = told["first_run"]
            assert link.startswith(f"http://localhost:{address.port}/first/")
            answer = urllib3.request("GET", link, retries=False, timeout=20)
            assert answer.status == 200
            assert "The first account" in answer.data.decode()
            assert answer.headers["Cache-Control"] == "no-store, private"
        finally:
            up.terminate()
            up.wait(30)
