"""The machine API: every resource below, assembled."""

from typing import Any

import falcon
from falcon import Request, Response

from orderveil.api import health, openapi, problems
from orderveil.api.middleware import Doorkeeper
from orderveil.core.errors import RefusedError
from orderveil.core.operations import Operation
from orderveil.hops import journey  # noqa: F401 - fills the table of what can be printed
from orderveil.hops import resources as hops
from orderveil.hops.calls import click_resources as placed_calls
from orderveil.hops.calls import resources as calls
from orderveil.hops.calls.masking import resources as masked_calls
from orderveil.hops.courier import resources as courier
from orderveil.hops.ims import resources as ims
from orderveil.hops.label import resources as label
from orderveil.hops.mail import resources as mail
from orderveil.hops.printing import device_resources as printers
from orderveil.hops.printing import resources as printing
from orderveil.hops.retention import resources as purges
from orderveil.hops.storefront import resources as storefront
from orderveil.hops.wms import resources as wms
from orderveil.ledger import resources as ledger
from orderveil.partners import resources as partners

MODULES: tuple[Any, ...] = (
    storefront,
    hops,
    ims,
    courier,
    wms,
    label,
    printing,
    printers,
    purges,
    calls,
    placed_calls,
    masked_calls,
    mail,
    ledger,
    partners,
    health,
)


def operations() -> tuple[Operation, ...]:
    """Every operation of the API."""
    return tuple(operation for module in MODULES for operation in module.OPERATIONS)


class OpenApi:
    """GET /v1/openapi.json"""

    def __init__(self) -> None:
        self._document = openapi.document(operations())

    def on_get(self, _req: Request, resp: Response) -> None:
        """The API, described by the types that decode its requests."""
        resp.data = self._document


def create_app() -> falcon.App[Request, Response]:
    """The WSGI application of the machine door."""
    routes = [route for module in MODULES for route in module.ROUTES]
    routes.append(("/v1/openapi.json", OpenApi()))
    closed = {operation.path for operation in operations() if operation.needs_credential}
    doorkeeper = Doorkeeper(
        open_=frozenset(path for path, _ in routes if path not in closed),
        taking=frozenset(each.path for each in operations() if each.takes_credential),
        by_device=frozenset(each.path for each in operations() if each.by_device),
        keyed=frozenset(each.path for each in operations() if each.idempotency_key),
        checking=frozenset(each.path for each in operations() if each.checks_law),
    )
    app = falcon.App(middleware=[doorkeeper])
    app.add_error_handler(Exception, problems.on_fault)
    app.add_error_handler(falcon.HTTPError, problems.on_http_error)
    app.add_error_handler(RefusedError, problems.on_refused)
    for path, resource in routes:
        app.add_route(path, resource)
    return app
