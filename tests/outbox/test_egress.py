"""The one way out, against a real server on this machine."""

import ssl
import threading

import pytest

from orderveil.outbox.egress import Egress, EgressError, Trouble, read_url, system_trust
from outbox.partner import NAME, Answer, authority, serving, way_out


def _post(egress, url, body=b"{}"):
    with egress.dial(url) as line:
        return line.post(body, {"webhook-id": "msg_1"})


def _trouble(egress, url):
    with pytest.raises(EgressError) as caught:
        _post(egress, url)
    assert NAME not in str(caught.value)
    return caught.value.trouble


def test_a_post_arrives_under_the_partners_name(server):
    """The connection goes to the resolved address; Host, path and body are the partner's."""
    assert _post(way_out(), server.url("/hooks?a=1"), b'{"a":1}') == 204
    (seen,) = server.received
    assert seen.path == "/hooks?a=1"
    assert seen.body == b'{"a":1}'
    assert seen.headers["host"] == f"{NAME}:{server.port}"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["webhook-id"] == "msg_1"


def test_a_redirect_is_an_answer_and_is_not_followed(server):
    """A redirect comes back as its status; its target gets nothing."""
    with serving() as elsewhere:
        server.script.append(Answer(302, {"Location": elsewhere.url()}))
        assert _post(way_out(), server.url()) == 302
        assert elsewhere.connections == 0


def test_a_name_is_resolved_once_and_the_checked_address_is_used():
    """A name that answers differently the second time can't move the connection."""
    with serving(address="127.0.0.1") as honest, serving(address="127.0.0.2") as other:
        answers = iter([["127.0.0.1"], ["127.0.0.2"]])
        asked = []

        def rebinding(host, port):
            asked.append(host)
            return next(answers)

        assert _post(way_out(resolver=rebinding), honest.url()) == 204
        assert asked == [NAME]
        assert len(honest.received) == 1
        assert other.connections == 0


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"]]
)
def test_a_name_at_a_private_address_is_refused_before_connecting(server, addresses):
    """One forbidden address among a name's answers is enough to refuse it; nothing connects."""
    egress = way_out(private=False, resolver=lambda host, port: addresses)
    assert _trouble(egress, server.url()) is Trouble.ADDRESS_REFUSED
    assert server.connections == 0


def test_the_real_resolver_is_checked_too(server):
    """`localhost`, asked of the system, is refused where private addresses are."""
    egress = Egress(private=False)
    assert _trouble(egress, server.url(name="localhost")) is Trouble.ADDRESS_REFUSED
    assert server.connections == 0


def test_numbers_that_mean_loopback_are_refused(server):
    """Spellings of 127.0.0.1 that only resolvers understand are caught after resolving."""
    for name in ("2130706433", "127.1", "0x7f000001", "127.0.0.1"):
        assert _trouble(Egress(private=False), server.url(name=name)) in {
            Trouble.ADDRESS_REFUSED,
            Trouble.NO_SUCH_NAME,
        }
    assert server.connections == 0


def test_an_unknown_name_says_so():
    """A name that doesn't resolve is a trouble of its own."""

    def nobody(host, port):
        raise OSError

    assert _trouble(way_out(resolver=nobody), "https://nobody.example/") is Trouble.NO_SUCH_NAME
    empty = way_out(resolver=lambda host, port: [])
    assert _trouble(empty, "https://nobody.example/") is Trouble.NO_SUCH_NAME


def test_a_certificate_for_another_name_is_refused(server):
    """The certificate is checked against the URL's name, not against the address."""
    assert _trouble(way_out(), server.url(name="other.example")) is Trouble.TLS_FAILED
    assert server.received == []


def test_an_unknown_authority_is_refused(server):
    """A certificate that the trust store doesn't vouch for is refused."""
    assert _trouble(way_out(trust=system_trust), server.url()) is Trouble.TLS_FAILED
    assert server.received == []


def test_the_systems_trust_checks_names_and_old_protocols():
    """The default trust demands a certificate, its name, TLS 1.2, and keeps no key log."""
    trust = system_trust()
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname
    assert trust.minimum_version is ssl.TLSVersion.TLSv1_2
    assert trust.keylog_filename is None


def test_a_proxy_in_the_environment_is_ignored(server, monkeypatch):
    """Proxy variables of the environment change nothing."""
    with serving(tls=False) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert _post(way_out(), server.url()) == 204
        assert proxy.connections == 0


def test_a_server_that_says_nothing_times_out(server):
    """A server that never answers is left at the deadline."""
    release = threading.Event()
    server.script.append(Answer(before=lambda _: release.wait(10)))
    try:
        assert _trouble(way_out(deadline_seconds=0.2), server.url()) is Trouble.TIMEOUT
    finally:
        release.set()


def test_a_server_that_drips_its_answer_times_out(server):
    """Bytes that keep coming don't move the deadline."""
    server.script.append(Answer(200, drip=True))
    assert _trouble(way_out(deadline_seconds=0.3), server.url()) is Trouble.TIMEOUT


def test_a_body_that_drips_is_left_and_its_status_stands(server):
    """An answer whose body never comes to an end is left at the deadline, with its status."""
    server.script.append(Answer(200, drip_body=True))
    assert _post(way_out(deadline_seconds=0.3), server.url()) == 200
    assert server.dripped < 90


def test_an_endless_body_is_cut_off_and_its_status_stands(server):
    """Of a huge answer at most 64 KiB are read; the status is what counts."""
    server.script.append(Answer(200, body=b"x" * 5_000_000))
    assert _post(way_out(), server.url()) == 200


def test_a_connection_that_breaks_is_lost_and_not_refused(server):
    """A server that hangs up without an answer is `connection_lost`."""

    def hang_up(_):
        raise ConnectionError

    server.script.append(Answer(before=hang_up))
    assert _trouble(way_out(), server.url()) is Trouble.CONNECTION_LOST


def test_a_closed_port_is_a_failed_connection(server):
    """Nothing listening is `connect_failed`; the next address of the name is tried."""
    nobody = way_out(resolver=lambda host, port: ["127.0.0.3"])
    assert _trouble(nobody, server.url()) is Trouble.CONNECT_FAILED
    second = way_out(resolver=lambda host, port: ["127.0.0.3", "127.0.0.1"])
    assert _post(second, server.url()) == 204


def test_plain_http_needs_the_installation_to_allow_it():
    """Plain http works inside an installation that allows private addresses, nowhere else."""
    with serving(tls=False) as inside:
        assert _post(way_out(), inside.url()) == 204
        assert _trouble(way_out(private=False), inside.url()) is Trouble.BAD_URL


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://partner.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "//partner.example/",
        "https://",
        "https:///hooks",
        "https://user@partner.example/",
        "https://user:secret@partner.example/",
        "https://@partner.example/",
        "https://partner.example/#part",
        "https://partner.example\\@10.0.0.1/",
        "https://partner.example/a b",
        "https://partner.example/\r\nHost: inside",
        "https://partner.example:0/",
        "https://partner.example:99999/",
        "https://partner.example:port/",
        "https://part\u00adner.example/",
        "https://pärtner.example/",
        "https://[fe80::1%25eth0]/",
        "https://-partner.example/",
        "https://partner_.exa%6dple/",
        "https://partner.example/" + "a" * 2048,
    ],
)
def test_a_url_we_would_not_call_is_refused(url):
    """Other schemes, user names, fragments, blanks, odd hosts and ports are refused when read."""
    with pytest.raises(EgressError) as caught:
        read_url(url, private=False)
    assert caught.value.trouble is Trouble.BAD_URL


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest"]
)
def test_a_literal_private_address_is_refused_when_read(url):
    """A URL that spells out a private address is refused before anything else happens."""
    with pytest.raises(EgressError) as caught:
        read_url(url, private=False)
    assert caught.value.trouble is Trouble.ADDRESS_REFUSED


def test_a_good_url_is_taken_apart():
    """Host, port, path and query come out of a URL; the default port is left out of Host."""
    target = read_url("https://partner.example/hooks?to=us", private=False)
    assert (target.host, target.port, target.path) == (NAME, 443, "/hooks?to=us")
    assert target.authority == NAME
    v6 = read_url("https://[2606:2800::1]:8443", private=False)
    assert (v6.authority, v6.path) == ("[2606:2800::1]:8443", "/")


def test_the_authority_of_these_tests_is_not_the_systems():
    """The certificate used here is trusted by these tests alone."""
    assert authority().ca_pem not in {
        ssl.DER_cert_to_PEM_cert(der) for der in system_trust().get_ca_certs(binary_form=True)
    }


def _ask(egress, url, method="GET", body=None, headers=None, most_bytes=1000):
    with egress.dial(url) as line:
        return line.ask(method, body, headers or {}, most_bytes=most_bytes)


def _ask_trouble(egress, url, **how):
    with pytest.raises(EgressError) as caught:
        _ask(egress, url, **how)
    return caught.value.trouble


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
def test_any_method_is_asked_and_its_answer_is_read_whole(server, method):
    """Status, content type and body come back; a request without a body has none."""
    server.script.append(Answer(201, {"Content-Type": "text/csv"}, b"sku,on_hand\n"))
    body = None if method in {"GET", "DELETE"} else b"<stock/>"
    reply = _ask(way_out(), server.url(), method, body, {"Content-Type": "text/xml"})
    assert (reply.status, reply.content_type, reply.body) == (201, "text/csv", b"sku,on_hand\n")
    (seen,) = server.received
    assert (seen.method, seen.body) == (method, body or b"")
    assert (seen.headers["content-type"], seen.headers["accept-encoding"]) == (
        "text/xml",
        "identity",
    )


def test_who_asks_cannot_choose_the_host(server):
    """The headers that say where a request goes are ours."""
    _ask(way_out(), server.url(), headers={"Host": "inside", "Connection": "keep-alive"})
    assert server.received[0].headers["host"] == f"{NAME}:{server.port}"
    assert server.received[0].headers["connection"] == "close"


def test_an_answer_that_is_too_long_is_not_taken(server):
    """One byte more than may be, and there is no answer at all."""
    server.script += [Answer(200, body=b"x" * 1000), Answer(200, body=b"x" * 1001)]
    assert len(_ask(way_out(), server.url()).body) == 1000
    assert _ask_trouble(way_out(), server.url()) is Trouble.ANSWER_TOO_LARGE


def test_a_compressed_answer_is_not_taken(server):
    """We asked for it as it is."""
    server.script.append(Answer(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"))
    assert _ask_trouble(way_out(), server.url()) is Trouble.ANSWER_ENCODED


def test_an_answer_that_drips_or_breaks_off_is_not_taken(server):
    """Half an answer is none: its status doesn't stand for it."""
    server.script.append(Answer(200, drip_body=True))
    assert _ask_trouble(way_out(deadline_seconds=0.3), server.url()) is Trouble.TIMEOUT
    server.script.append(Answer(200, {"Transfer-Encoding": "chunked"}, b"5\r\nab"))
    assert _ask_trouble(way_out(), server.url()) in {Trouble.CONNECTION_LOST, Trouble.TIMEOUT}


def test_a_redirect_is_asked_for_nothing_more(server):
    """It is an answer like any other; its target gets no request."""
    with serving() as elsewhere:
        server.script.append(Answer(307, {"Location": elsewhere.url()}))
        assert _ask(way_out(), server.url()).status == 307
        assert elsewhere.connections == 0
