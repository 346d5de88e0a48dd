"""The peer: an inventory service as it is commonly and well written with FastAPI and asyncpg.

It answers the same requests as Stockbook on the plain schema (sql/plain.sql). Answers are written by orjson past FastAPI's
models, and numbers are made floats by the database: both are faster than what FastAPI does by itself.
"""

import os
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import asyncpg
import orjson
from fastapi import FastAPI, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field

COLUMNS = """
    p.id, p.sku, p.name, p.description, p.price::float8 as price, p.currency, c.id as category_id, c.name as category_name,
    p.barcode, p.unit, s.on_hand::float8 as on_hand, s.reserved::float8 as reserved,
    (s.on_hand - s.reserved)::float8 as available, p.reorder_point::float8 as reorder_point, p.archived, p.version,
    p.created_at, p.updated_at"""
TABLES = """
    products p
    join categories c on c.id = p.category_id
    cross join lateral (
        select coalesce(sum(on_hand), 0) as on_hand, coalesce(sum(reserved), 0) as reserved
        from stock_levels where product_id = p.id) s"""


class Line(BaseModel):
    product_id: int
    location_id: int
    quantity: float = Field(gt=0)


class NewMovement(BaseModel):
    kind: Literal["receipt", "issue"]
    lines: list[Line] = Field(min_length=1, max_length=1000)
    reference: str | None = None


class NewReservation(BaseModel):
    lines: list[Line] = Field(min_length=1, max_length=1000)


Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=255)]


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(
        host=os.environ["BENCH_SOCKET"], port=int(os.environ["BENCH_PORT"]), user="bench", database="plain",
        min_size=10, max_size=10,
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


def answer(content, status=200):
    return Response(orjson.dumps(content), status, media_type="application/json")


def product(row):
    shown = dict(row)
    shown["category"] = {"id": shown.pop("category_id"), "name": shown.pop("category_name")}
    return shown


@app.get("/products/{product_id}")
async def get_product(product_id: int, request: Request):
    row = await request.app.state.pool.fetchrow(f"select {COLUMNS} from {TABLES} where p.id = $1", product_id)
    if row is None:
        raise HTTPException(404)
    return answer(product(row))


@app.get("/products")
async def list_products(
    request: Request, category_id: int | None = None, q: str | None = None, cursor: str = "", limit: Annotated[int, Query(le=200)] = 50
):
    conditions, values = ["p.sku > $1"], [cursor]
    if category_id is not None:
        values.append(category_id)
        conditions.append(f"p.category_id = ${len(values)}")
    for word in (q or "").lower().split():
        values.append(f"%{word}%")
        conditions.append(f"p.search_text like ${len(values)}")
    query = f"select {COLUMNS} from {TABLES} where {' and '.join(conditions)} order by p.sku limit {limit + 1}"
    rows = await request.app.state.pool.fetch(query, *values)
    items = [product(row) for row in rows[:limit]]
    return answer({"items": items, "next_cursor": items[-1]["sku"] if len(rows) > limit else None})


async def lock_levels(db, lines):
    """The levels that the lines name, locked in one order."""
    rows = await db.fetch(
        "select l.product_id, l.location_id, l.on_hand::float8 as on_hand, l.reserved::float8 as reserved from stock_levels l"
        " where (l.product_id, l.location_id) in (select * from unnest($1::bigint[], $2::bigint[]))"
        " order by l.product_id, l.location_id for update",
        [line.product_id for line in lines], [line.location_id for line in lines],
    )
    return {(row["product_id"], row["location_id"]): [row["on_hand"], row["reserved"]] for row in rows}


async def once(pool, key, work):
    """Do the work and keep its answer by the key, in one transaction; or give the answer that was kept."""
    async with pool.acquire() as db:
        try:
            async with db.transaction():
                done = orjson.dumps(await work(db))
                await db.execute("insert into idempotency_keys (key, answer) values ($1, $2)", key, done.decode())
        except asyncpg.UniqueViolationError:
            done = (await db.fetchval("select answer from idempotency_keys where key = $1", key)).encode()
    return Response(done, 201, media_type="application/json")


@app.post("/stock-movements", status_code=201)
async def create_stock_movement(body: NewMovement, request: Request, key: Key):
    async def work(db):
        levels = await lock_levels(db, body.lines)
        sign = 1 if body.kind == "receipt" else -1
        entries = []
        for line in body.lines:
            level = levels.get((line.product_id, line.location_id))
            if level is None:
                raise HTTPException(422, "no such level")
            if level[0] + sign * line.quantity < level[1]:
                raise HTTPException(409, "insufficient stock")
            level[0] += sign * line.quantity
            entries.append((line.product_id, line.location_id, sign * line.quantity, level[0], level[1]))
        await write(db, levels)
        return await enter(db, body.kind, entries, body.reference)

    return await once(request.app.state.pool, key, work)


@app.post("/reservations", status_code=201)
async def create_reservation(body: NewReservation, request: Request, key: Key):
    async def work(db):
        levels = await lock_levels(db, body.lines)
        for line in body.lines:
            level = levels.get((line.product_id, line.location_id))
            if level is None:
                raise HTTPException(422, "no such level")
            if level[0] - level[1] < line.quantity:
                raise HTTPException(409, "insufficient stock")
            level[1] += line.quantity
        await write(db, levels)
        # One statement for the reservation, its lines and its movements.
        reservation = await db.fetchrow(
            "with r as (insert into reservations (status) values ('active') returning id, created_at),"
            " given as (select * from unnest($1::bigint[], $2::bigint[], $3::numeric[], $4::numeric[], $5::numeric[])"
            " as v (product_id, location_id, quantity, on_hand, reserved)),"
            " lines as (insert into reservation_lines (reservation_id, product_id, location_id, quantity)"
            " select r.id, product_id, location_id, quantity from given, r),"
            " movements as (insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after,"
            " reserved_delta, reserved_after, actor)"
            " select product_id, location_id, 'reserve', 0, on_hand, quantity, reserved, 'bench' from given)"
            " select id, created_at from r",
            *columns([(line.product_id, line.location_id, line.quantity, *levels[line.product_id, line.location_id])
                      for line in body.lines]),
        )
        lines = [line.model_dump() for line in body.lines]
        return {"id": reservation["id"], "status": "active", "lines": lines, "created_at": reservation["created_at"]}

    return await once(request.app.state.pool, key, work)


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


async def write(db, levels):
    await db.execute(
        "update stock_levels l set on_hand = v.on_hand, reserved = v.reserved, updated_at = now()"
        " from unnest($1::bigint[], $2::bigint[], $3::numeric[], $4::numeric[]) as v (product_id, location_id, on_hand, reserved)"
        " where l.product_id = v.product_id and l.location_id = v.location_id",
        *columns([(*level, *figures) for level, figures in levels.items()]),
    )


async def enter(db, kind, entries, reference):
    rows = await db.fetch(
        "insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after, reserved_delta,"
        " reserved_after, reference, actor)"
        " select product_id, location_id, $6, delta, after, 0, reserved, $7, 'bench'"
        " from unnest($1::bigint[], $2::bigint[], $3::numeric[], $4::numeric[], $5::numeric[])"
        " as v (product_id, location_id, delta, after, reserved) returning id, recorded_at",
        *columns(entries), kind, reference,
    )
    lines = [
        {"id": row["id"], "product_id": entry[0], "location_id": entry[1], "quantity": entry[2],
         "on_hand_before": entry[3] - entry[2], "on_hand_after": entry[3]}
        for row, entry in zip(rows, entries, strict=True)
    ]
    return {"kind": kind, "reference": reference, "recorded_at": rows[0]["recorded_at"], "lines": lines}
