"""The OpenAPI 3.1 document, generated from the operations and the types that decode requests."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from orderveil import __version__
from orderveil.api.problems import PROBLEM_JSON, ProblemDocument
from orderveil.core.operations import Operation

_REF = "#/components/schemas/{name}"
_BEARER = {"type": "http", "scheme": "bearer"}
_PARAMETER = re.compile(r"{(\w+)[^}]*}")


def document(operations: Iterable[Operation]) -> bytes:
    """The document as JSON."""
    operations = tuple(operations)
    types = [ProblemDocument]
    for operation in operations:
        types += [kind for kind in (operation.request, operation.response) if kind is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = {repr(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = _PARAMETER.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method] = _described(operation, schema_of)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Orderveil", "version": __version__},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": dict.fromkeys(("credential", "device"), _BEARER),
            },
        }
    )


def _content(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": schema}}


def _described(operation: Operation, schema_of: dict[str, dict[str, Any]]) -> dict[str, Any]:
    answers: dict[str, Any] = {str(operation.status): {"description": "Done."}}
    if operation.response is not None:
        schema = schema_of[repr(operation.response)]
        answers[str(operation.status)]["content"] = _content(schema)
    for status in operation.problems:
        answers[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": _content(schema_of[repr(ProblemDocument)], PROBLEM_JSON),
        }
    described: dict[str, Any] = {
        "summary": operation.summary,
        "tags": [operation.tag],
        "operationId": _operation_id(operation),
        "parameters": _parameters(operation),
        "responses": answers,
        "security": _security(operation),
    }
    if operation.request is not None:
        schema = schema_of[repr(operation.request)]
        described["requestBody"] = {"required": True, "content": _content(schema)}
    return described


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if not operation.needs_credential:
        return []
    return [{"device" if operation.by_device else "credential": []}]


def _operation_id(operation: Operation) -> str:
    path = _PARAMETER.sub(r"{\1}", operation.path)
    words = re.findall(r"[a-z]+", path.removeprefix("/v1"))
    return "_".join([operation.method, *words])


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(operation.path)
    ]
    if operation.idempotency_key:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 255},
            }
        )
    return found
