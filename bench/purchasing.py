"""Measures how long an order of 1,000 lines takes through HTTP, each step in one request, against a private PostgreSQL.

Durable, as it is by default. The first round also plans its statements, so it is not in the figures.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from round_trips import find_bin, wait_for

LISTEN, DATABASE = 8769, 8770
LINES, ROUNDS = 1000, 6


def call(method, path, body=None, headers=None):
    """The answer in JSON, or its text, and how long it took in milliseconds."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(f"http://127.0.0.1:{LISTEN}{path}", data, headers, method=method)
    begun = time.perf_counter()
    with urllib.request.urlopen(request) as response:
        text, kind = response.read(), response.headers["Content-Type"]
    spent_ms = (time.perf_counter() - begun) * 1000
    return (json.loads(text) if kind == "application/json" else text), spent_ms


def measure():
    supplier, _ = call("POST", "/suppliers", {"code": "BENCH", "name": "Bench", "currency": "EUR"})
    skus = [f"BENCH-{i:04}" for i in range(LINES)]
    for sku in skus:
        call("POST", "/products", {"sku": sku, "name": f"Product {sku}", "price": "2.00"})
    lines = [{"sku": sku, "quantity": 10, "unit_cost": "1.25"} for sku in skus]
    spent = {}
    for _ in range(ROUNDS):
        order, write_ms = call("POST", "/purchase-orders", {"supplier_id": supplier["id"], "warehouse": "MAIN", "lines": lines})
        path = f"/purchase-orders/{order['id']}"
        for step in ("submit", "approve"):
            call("POST", f"{path}/{step}", {})
        _, order_ms = call("POST", f"{path}/order", {})
        received = [{"line_id": line["id"], "quantity": 10} for line in order["lines"]]
        receipt, receive_ms = call("POST", f"{path}/receive", {"lines": received})
        _, read_ms = call("GET", path)
        _, print_ms = call("GET", f"{path}/print")
        back = [{"product_id": line["product_id"], "quantity": 1, "location_id": line["location_id"]} for line in receipt["lines"]]
        returned = {"supplier_id": supplier["id"], "goods_receipt_id": receipt["id"], "reason": "bench", "lines": back}
        _, return_ms = call("POST", "/supplier-returns", returned)
        figures = {"write": write_ms, "order": order_ms, "receive": receive_ms, "read": read_ms, "print": print_ms, "return": return_ms}
        for name, spent_ms in figures.items():
            spent.setdefault(name, []).append(spent_ms)
    for name, times_ms in spent.items():
        times_ms = times_ms[1:]
        label = f"{LINES:,} lines, {name} (best, median, worst of {len(times_ms)}), ms"
        print(f"{label:<52} {min(times_ms):>7.0f} {statistics.median(times_ms):>7.0f} {max(times_ms):>7.0f}")


def run(binary):
    work = tempfile.mkdtemp()
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(work, user)
    bin_dir = find_bin()
    as_user = {"user": user, "cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([f"{bin_dir}/initdb", "-D", f"{work}/pg", "-A", "trust", "-U", "stockbook"], check=True, **as_user)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={DATABASE}", "-k", work]
    database = subprocess.Popen([f"{bin_dir}/postgres", "-D", f"{work}/pg", *options], **as_user)
    server = None
    try:
        time.sleep(2)
        url = f"postgres://stockbook@127.0.0.1:{DATABASE}/postgres?sslmode=disable"
        command = [binary, "demo", "--database-url", url, "--listen", f"127.0.0.1:{LISTEN}"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(f"http://127.0.0.1:{LISTEN}/readyz")
        measure()
    finally:
        for process in (server, database):
            if process:
                process.terminate()
                process.wait()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    run(sys.argv[1])
