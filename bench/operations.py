"""What is measured: each operation, with what stands beside it and the clients that it is measured with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Yardstick:
    """A script of pgbench. `cte` is one statement; `transaction` takes a round trip for each of its statements."""

    script: str
    clients: int
    database: str = "plain"


@dataclass(frozen=True)
class Operation:
    name: str
    title: str
    clients: int
    yardsticks: tuple = ()
    peer: bool = True
    writes: bool = False
    curve: bool = False  # measured with every number of CLIENTS too
    rate: bool = False  # latency at a constant rate is measured too
    keyless: bool = False  # measured without a key too, by a demo on the same database


CLIENTS = (1, 8, 32, 64, 256)

OPERATIONS = (
    Operation("get", "GET /products/{id}", 64, (Yardstick("get", 16, "stockbook"), Yardstick("get_plain", 16)), curve=True, rate=True,
              keyless=True),
    Operation("page", "GET /products: page of 50, one category", 32, rate=True),
    Operation("search", "GET /products: search for two words", 32),
    Operation("hot", "movement, one hot level", 256, (Yardstick("hot_cte", 32), Yardstick("hot_transaction", 32)), writes=True,
              curve=True, rate=True),
    Operation("spread", "movement, spread over all levels", 256, (Yardstick("spread_cte", 32), Yardstick("spread_transaction", 32)),
              writes=True, curve=True, rate=True),
    Operation("reserve", "reservation, one hot level", 256, (Yardstick("reserve_cte", 32),), writes=True, rate=True),
    Operation("order", "movement of 5 lines, spread", 64, (Yardstick("order_cte", 32),), writes=True, rate=True),
    Operation("as_of", "GET /stock-levels?as_of=", 32, peer=False),
)  # fmt: skip
VERIFY = "verify"
NAMES = [*(operation.name for operation in OPERATIONS), VERIFY]

# What Stockbook promises: operation, at least this many times the yardstick, and the FastAPI service.
TARGETS = (
    ("hot", "hot_cte", 10), ("hot", "fastapi", 40),
    ("spread", "spread_cte", 1), ("spread", "fastapi", 8),
    ("reserve", "reserve_cte", 8), ("reserve", "fastapi", 30),
    ("get", "get", 1), ("get", "fastapi", 10), ("get", "keyless", 0.9),
    ("page", "fastapi", 4),
)  # fmt: skip
ALONE_TIMES_MAX = 1.5
P99_MS_MAX = 25
MEMORY_MB_MAX = 200


def probe(operation, products, as_of):
    """One request of it, as wrk.lua sends them: method, path, body."""
    line = '{"product_id":%d,"location_id":1,"quantity":1}'
    return {
        "get": ("GET", "/products/1", None),
        "page": ("GET", "/products?limit=50&category_id=1", None),
        "search": ("GET", "/products?limit=50&q=steel%20kettle", None),
        "hot": ("POST", "/stock-movements", '{"kind":"issue","lines":[%s]}' % (line % 1)),
        "spread": ("POST", "/stock-movements", '{"kind":"issue","lines":[%s]}' % (line % products)),
        "reserve": ("POST", "/reservations", '{"lines":[%s]}' % (line % 2)),
        "order": ("POST", "/stock-movements",
                  '{"kind":"issue","lines":[%s]}' % ",".join(line % product for product in range(3, 8))),
        "as_of": ("GET", f"/stock-levels?product_id=1&as_of={as_of}", None),
        VERIFY: ("GET", "/ledger/verify", None),
    }[operation]  # fmt: skip


def at_constant_rate(operation, products, directory):
    """The arguments of oha. It cannot give each request a header of its own, so writes go without an Idempotency-Key."""
    if operation in ("get", "page"):
        digits = len(str(products)) - 1
        tail = {"get": f"/products/[1-9][0-9]{{{digits - 1}}}", "page": "/products\\?limit=50&category_id=[1-9][0-9]?"}[operation]
        return ["--rand-regex-url", "{base}" + tail]
    lines = directory / f"{operation}.jsonl"
    if not lines.exists():
        product = '{"product_id":%d,"location_id":1,"quantity":1}'
        firsts = [1 + number * 7919 % (products - 4) for number in range(20_000)]
        bodies = {
            "hot": lambda first: product % 1,
            "spread": lambda first: product % first,
            "reserve": lambda first: product % 2,
            "order": lambda first: ",".join(product % (first + more) for more in range(5)),
        }[operation]
        kind = "" if operation == "reserve" else '"kind":"issue",'
        lines.write_text("".join('{%s"lines":[%s]}\n' % (kind, bodies(first)) for first in firsts))
    path = "/reservations" if operation == "reserve" else "/stock-movements"
    return ["-m", "POST", "-T", "application/json", "-Z", lines, "{base}" + path]
