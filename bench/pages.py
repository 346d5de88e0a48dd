#!/usr/bin/env python3
"""Measures pages and reports of a large shop: `bench/pages.py target/release/stockbook`.

100,000 products in ten warehouses, 1,000,000 stock levels, 1,500,000 entries of a year; 40,000 places run low, and of half of
them enough is on order (sql/pages.sql). Each request is asked one after the other, by one client, page after page.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import ours
from database import Cluster

PRODUCTS, ASKED = 100_000, 40
PAGES = ["/low-stock", "/replenishment", "/replenishment?warehouse=W3", "/reports/stock-outs", "/stock-levels", "/products?low_stock=true"]
REPORTS = [
    "/reports/stock-value", "/reports/stock-value/history?days=365", "/reports/movements-per-day?days=366",
    "/reports/movements-per-day?days=90&warehouse=W3", "/reports/top-movers?days=30", "/reports/top-movers?days=92&limit=100",
    "/products/77/stock-history?days=365", "/products/78/stock-history?days=365&points=200",
]  # fmt: skip


def ask(server, path):
    begin = time.perf_counter()
    with urllib.request.urlopen(server.base + path) as answer:
        body = json.load(answer)
    return body, (time.perf_counter() - begin) * 1000


def measure(server, path, by_pages):
    times_ms, cursor = [], None
    for _ in range(ASKED):
        body, spent_ms = ask(server, path + (f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""))
        times_ms.append(spent_ms)
        cursor = body.get("next_cursor") if by_pages else None
    times_ms = times_ms[5:]  # the first also plan their statements
    print(f"| GET {path} | {min(times_ms):.1f} | {statistics.median(times_ms):.1f} | {max(times_ms):.1f} |", flush=True)


def wait_for_figures(cluster):
    begin = time.monotonic()
    done = "select transaction_id is not null and exists (select from stock_value_days where day = current_date) from report_progress"
    while cluster.sql("stockbook", done) != "t":
        time.sleep(0.5)
    print(f"figures of reports made in {time.monotonic() - begin:.0f} s", flush=True)


def run(binary):
    directory = Path(tempfile.mkdtemp(prefix="stockbook-bench-"))
    directory.chmod(0o755)  # PostgreSQL's user has to get through
    cluster = Cluster(directory / "postgres")
    server = None
    try:
        ours.migrate(binary, cluster)
        cluster.sql("stockbook", file="stockbook.sql", products=PRODUCTS)
        cluster.sql("stockbook", file="pages.sql", products=PRODUCTS)
        cluster.sql("stockbook", "set stockbook.ledger = 'on'; select report_progress_begin();")
        server = ours.start(binary, cluster, directory / "stockbook.log")
        wait_for_figures(cluster)
        print("| request | best ms | median ms | worst ms |\n|---|---:|---:|---:|", flush=True)
        for path in PAGES:
            measure(server, path, True)
        for path in REPORTS:
            measure(server, path, False)
    finally:
        if server:
            server.stop()
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve())
