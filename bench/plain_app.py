"""The baseline's server: the same orders as plain rows behind the same Falcon and granian.

What a careful shop system without a vault would do: a bearer check, one prepared statement on a
pooled connection, one commit. No sealing, no record, no policy. Run by granian, never imported
by the product.
"""

import hmac
import os
from typing import Any

import falcon
import msgspec
from falcon import Request, Response
from psycopg_pool import ConnectionPool

TOKEN_VARIABLE = "BENCH_TOKEN"
_encoder = msgspec.json.Encoder()
_order_decoder = msgspec.json.Decoder()
_views_decoder = msgspec.json.Decoder(dict[str, list[str]])
_COLUMNS = "order_id, order_number, placed_at, facts::text, personal::text, state"


class Row(msgspec.Struct):
    """An order as it is stored and answered."""

    order: str
    number: str
    placed_at: Any
    facts: msgspec.Raw
    personal: msgspec.Raw
    state: str


def _answer(row: tuple[Any, ...]) -> Row:
    order, number, placed, facts, personal, state = row
    return Row(
        order.hex(),
        number,
        placed,
        msgspec.Raw(facts.encode()),
        msgspec.Raw(personal.encode()),
        state,
    )


class _Door:
    """What the resources share."""

    def __init__(self, pool: "ConnectionPool[Any]", token: str) -> None:
        self.pool = pool
        self._expected = f"Bearer {token}"

    def check(self, req: Request) -> None:
        if not hmac.compare_digest(req.auth or "", self._expected):
            raise falcon.HTTPUnauthorized


class Insert(_Door):
    """POST /orders: one payload in, one row, one commit."""

    def on_post(self, req: Request, resp: Response) -> None:
        body = req.bounded_stream.read()
        order = _order_decoder.decode(body)
        with self.pool.connection() as link:
            link.execute(
                "INSERT INTO plain_payload (shop_order_id, received_at, payload)"
                " VALUES (%s, now(), %s::jsonb)",
                [order["id"], body.decode()],
            )
        resp.data = b'{"status":"admitted"}'


class One(_Door):
    """GET /orders/{order}"""

    def on_get(self, req: Request, resp: Response, order: str) -> None:
        self.check(req)
        with self.pool.connection() as link, link.cursor(binary=True) as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM plain_view WHERE order_id = %s",
                [bytes.fromhex(order)],
            )
            row = cursor.fetchone()
        if row is None:
            raise falcon.HTTPNotFound
        resp.data = _encoder.encode(_answer(row))


class Many(_Door):
    """POST /views"""

    def on_post(self, req: Request, resp: Response) -> None:
        self.check(req)
        wanted = _views_decoder.decode(req.bounded_stream.read())["orders"]
        with self.pool.connection() as link, link.cursor(binary=True) as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM plain_view WHERE order_id = ANY(%s)",
                [[bytes.fromhex(each) for each in wanted]],
            )
            rows = cursor.fetchall()
        resp.data = _encoder.encode([_answer(row) for row in rows])


class Ready:
    """GET /readyz"""

    def on_get(self, _req: Request, resp: Response) -> None:
        resp.data = b"{}"


def create_app() -> "falcon.App[Request, Response]":
    """The WSGI application; the database and the token come from the environment."""
    pool: ConnectionPool[Any] = ConnectionPool(
        os.environ["DATABASE_URL"],
        kwargs={"autocommit": True, "prepare_threshold": 1},
        min_size=1,
        max_size=16,
        open=True,
    )
    parts = (pool, os.environ[TOKEN_VARIABLE])
    app = falcon.App()
    app.add_route("/orders", Insert(*parts))
    app.add_route("/orders/{order}", One(*parts))
    app.add_route("/views", Many(*parts))
    app.add_route("/readyz", Ready())
    return app


if TOKEN_VARIABLE in os.environ:
    application = create_app()
