"""The OpenAPI document: generated from the types that decode, and complete."""

import json
import re

import jsonschema
import msgspec
import pytest

from doors import own
from orderveil.api.app import create_app, operations
from orderveil.api.problems import ProblemDocument
from orderveil.core.hops import Hop
from orderveil.hops.resources import EventRequest, ViewsRequest
from orderveil.hops.storefront import samples
from orderveil.hops.storefront.own_schema import OwnBatch


@pytest.fixture
def document(doors):
    """The document as it is served."""
    answer = doors.call("GET", "/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def schema(document, name):
    """A schema of the document, ready to validate with."""
    assert name in document["components"]["schemas"]
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def valid(document, name, value):
    """Does the value fit the schema of that name?"""
    kind = jsonschema.Draft202012Validator(schema(document, name))
    return not list(kind.iter_errors(value))


def test_the_document_is_openapi_31(document):
    """Its version, info, paths and operations have the members that 3.1 requires."""
    assert document["openapi"].startswith("3.1.")
    assert set(document["info"]) >= {"title", "version"}
    assert document["components"]["securitySchemes"]["credential"]["type"] == "http"
    seen = set()
    for path, methods in document["paths"].items():
        assert path.startswith("/")
        named = set(re.findall(r"{(\w+)}", path))
        for method, operation in methods.items():
            assert method in {"get", "post", "put", "patch", "delete"}
            assert operation["responses"]
            given = [each for each in operation["parameters"] if each["in"] == "path"]
            assert {each["name"] for each in given} == named
            assert all(each["required"] for each in given)
            assert operation["operationId"] not in seen
            seen.add(operation["operationId"])
            for answer in operation["responses"].values():
                assert answer["description"]


def test_every_schema_is_one(document):
    """Each is a valid JSON Schema, and no reference points nowhere."""
    for kind in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(kind)
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])


def test_every_route_is_described(document):
    """What the application routes is in the document, and the other way round."""
    app = create_app()
    described = {
        re.sub(r"{(\w+)[^}]*}", r"{\1}", path) for path in [each.path for each in operations()]
    }
    assert set(document["paths"]) == described
    for path in described:
        concrete = re.sub(r"{(account|channel|line|number|part|job|route)}", "1", path)
        concrete = re.sub(r"{entry_id}", "01900000-0000-7000-8000-000000000111", concrete)
        concrete = re.sub(r"{\w+}", "x", concrete)
        assert app._router.find(concrete) is not None, path


def test_what_needs_a_credential_says_so(document):
    """Exactly the closed operations carry the security requirement and a 401."""
    for operation in operations():
        path = re.sub(r"{(\w+)[^}]*}", r"{\1}", operation.path)
        described = document["paths"][path][operation.method]
        assert bool(described["security"]) == operation.needs_credential
        if operation.needs_credential:
            assert "401" in described["responses"]


@pytest.mark.parametrize(
    ("name", "kind", "good", "bad"),
    [
        ("OwnBatch", OwnBatch, {"orders": [own("A1")]}, {"orders": [{"number": "#1"}]}),
        ("ViewsRequest", ViewsRequest, {"refs": ["A" * 26]}, {"refs": []}),
        ("EventRequest", EventRequest, {"state": "packed", "awb": "A"}, {"state": "lost"}),
        ("EventRequest", EventRequest, {"open_return": True}, {"awb": "A\x00"}),
        (
            "EventRequest",
            EventRequest,
            {"state": "undelivered", "reason": "address_wrong"},
            {"state": "undelivered", "reason": "the lane behind the temple"},
        ),
        ("EventRequest", EventRequest, {"assign": {"hop": "wms", "partner": "p"}}, {"assign": {}}),
    ],
)
def test_schema_and_decoder_agree(document, name, kind, good, bad):
    """What decodes fits the schema, and what the schema refuses does not decode."""
    assert valid(document, name, good)
    msgspec.json.decode(json.dumps(good), type=kind)
    assert not valid(document, name, bad)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(bad), type=kind)


@pytest.mark.parametrize("moment", ["2026-11-20T18:00:00+05:30", 1795246200, None])
def test_our_own_sample_fits_the_published_schema(document, moment):
    """The documentation's example is what it describes, with a date in any spelling we read."""
    order = json.loads(samples.load("own_order").body) | {"placed_at": moment}
    assert valid(document, "OwnOrder", order)


def test_answers_fit_their_schemas(document, doors):
    """A view, a bulk, an event, a batch, and a problem are as the document says."""
    order = doors.scene.admit()
    oms = doors.scene.seat(Hop.OMS)
    assert valid(document, "View", doors.view(Hop.OMS, order).json)
    body = {"refs": [doors.ref(oms, order), "x"]}
    bulk = doors.call("POST", "/v1/hops/oms/views", token=oms.token, body=body)
    assert valid(document, "ViewsAnswer", bulk.json)
    assert valid(document, "EventAnswer", doors.event(Hop.WMS, order, state="packed").json)
    assert valid(document, "BatchAnswer", doors.post_orders({"id": 1}, {"no": 1}).json)
    refusal = doors.event(Hop.WMS, order, state="shipped")
    assert valid(document, "ProblemDocument", refusal.json)
    assert msgspec.json.decode(refusal.content, type=ProblemDocument).status == 409
