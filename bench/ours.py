"""Stockbook: its release binary on the bench's PostgreSQL, with stock that came in through its own API."""

import json
import os
import subprocess
from pathlib import Path

from processes import Server, clean_environment

ROOT = Path(__file__).resolve().parent.parent
POOL_SIZE = int(os.environ.get("POOL_SIZE", "32"))
HOT_PRODUCTS = (1, 2)  # one for movements, one for reservations
HOT_ON_HAND, ON_HAND = 900_000_000, 1_000_000
LINES_MAX = 1000


def build():
    """The release binary: built here, unless STOCKBOOK_BINARY names one."""
    if named := os.environ.get("STOCKBOOK_BINARY"):
        return Path(named).resolve()
    subprocess.run(["cargo", "build", "--release", "--locked", "-p", "server"], cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "stockbook"


def migrate(binary, cluster):
    cluster.create_stockbook()
    command = [binary, "migrate", "--database-url", cluster.url("stockbook", "stockbook")]
    subprocess.run(command, check=True, env=clean_environment(), stdout=subprocess.DEVNULL)


def make_key(binary, cluster):
    """The API key of an admin, by the command line."""

    def output(*arguments):
        command = [binary, *arguments, "--no-migrate", "--database-url", cluster.url("stockbook", "stockbook")]
        return subprocess.run(command, check=True, env=clean_environment(), stdout=subprocess.PIPE, text=True).stdout.strip()

    users = json.loads(output("user", "list", "--json"))
    if not users:
        output("user", "create", "--email", "bench@example.com", "--name", "Bench", "--role", "admin")
    return output("api-key", "create", "--user", "bench@example.com", "--name", "bench")


def start(binary, cluster, log):
    command = [binary, "serve", "--database-url", cluster.url("stockbook", "stockbook"), "--no-migrate",
               "--listen", "127.0.0.1:{port}", "--pool-size", POOL_SIZE,
               "--rate-limit", 1_000_000]  # counted, and never reached  # fmt: skip
    return Server("stockbook", command, "/readyz", log, cwd=log.parent, key=make_key(binary, cluster))


def start_keyless(binary, cluster, log):
    """A demo on the same database, which asks nobody who they are."""
    command = [binary, "demo", "--database-url", cluster.url("stockbook", "stockbook"), "--no-migrate",
               "--listen", "127.0.0.1:{port}", "--pool-size", POOL_SIZE]  # fmt: skip
    return Server("keyless", command, "/readyz", log, cwd=log.parent)


def receive_stock(server, products):
    """Opening stock of every product, by receipts of as many lines as one may have."""
    for first in range(1, products + 1, LINES_MAX):
        lines = [
            {"product_id": product, "location_id": 1, "quantity": HOT_ON_HAND if product in HOT_PRODUCTS else ON_HAND}
            for product in range(first, min(first + LINES_MAX, products + 1))
        ]
        status, answer = server.request("POST", "/stock-movements", json.dumps({"kind": "receipt", "lines": lines}))
        if status != 201:
            raise RuntimeError(f"opening stock: {status} {answer.decode()}")
