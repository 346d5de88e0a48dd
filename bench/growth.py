"""What growth costs: Stockbook alone, on databases of 10,000 products and 100,000 entries up to a hundred times as many."""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import machine
import operations
import ours
import report
from database import Cluster
from rounds import Bench, Options

HERE = Path(__file__).resolve().parent
SIZES = [int(size) for size in os.environ.get("GROWTH_SIZES", "10000,100000,1000000").split(",")]


def run(binary):
    options = Options()
    options.ours_alone, options.curve, options.rate = True, False, False
    begin = time.monotonic()
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="stockbook-bench-"))
        directory.chmod(0o755)  # PostgreSQL's user has to get through
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        cluster = Cluster(directory / "postgres")
        stack.callback(cluster.stop)
        facts = machine.facts(cluster, binary, directory)
        columns, notes, others = {}, [], machine.Others()
        for size in SIZES:
            options.products = size
            columns[size], told = measure(options, cluster, binary, directory)
            notes += [f"{size:,} products: {note}" for note in told]
        facts["Used by others"] = machine.quiet(others.cores())
        write(columns, facts, notes, options, time.monotonic() - begin)


def measure(options, cluster, binary, directory):
    """The figures of one size, and notes."""
    print(f"loading {options.products:,} products and {10 * options.products:,} entries", flush=True)
    begin = time.monotonic()
    ours.migrate(binary, cluster)
    cluster.sql("stockbook", file="stockbook.sql", products=options.products)
    cluster.sql("stockbook", file="growth.sql", products=options.products)
    print(f"loaded in {time.monotonic() - begin:.0f} s", flush=True)
    server = ours.start(binary, cluster, directory / "stockbook.log")
    try:
        bench = Bench(options, cluster, server, None, None, directory)
        bench.as_of = cluster.sql(
            "stockbook", "set timezone = 'UTC'; select to_char(recorded_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from stock_movements"
            f" where id = {options.products}",
        )  # fmt: skip
        bench.run()
        size = cluster.sql("stockbook", "select pg_size_pretty(pg_database_size('stockbook'))")
        return (bench.figures, size, server.resident_mb_max()), bench.notes
    finally:
        server.stop()
        cluster.sql("postgres", "drop database stockbook; drop role stockbook;")


def write(columns, facts, notes, options, seconds):
    sizes = list(columns)
    lines = [
        "# Growth", "", "Written by `GROWTH=1 make bench`: Stockbook alone, requests per second.", "",
        "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items()),
        f"| Run | {options.rounds} rounds, {options.seconds} s for each measurement, {seconds:.0f} s in all |", "",
        "| products, entries | " + " | ".join(f"{size:,}, {10 * size:,}" for size in sizes) + " | last against first |",
        "|---|" + "---:|" * (len(sizes) + 1),
        "| size of the database | " + " | ".join(size for _, size, _ in columns.values()) + " | |",
        "| memory of the server at most | " + " | ".join(f"{memory:.0f} MB" for *_, memory in columns.values()) + " | |",
    ]  # fmt: skip
    for operation in operations.OPERATIONS:
        seen = [
            report.median(figures[key]) if (key := (operation.name, "stockbook", operation.clients)) in figures else None
            for figures, *_ in columns.values()
        ]
        if any(seen):
            kept = f"{seen[-1] / seen[0]:.2f} ×" if seen[0] and seen[-1] else ""
            lines.append(f"| {operation.title} | " + " | ".join(f"{each:,.0f}" if each else "–" for each in seen) + f" | {kept} |")
    verified = [figures.get((operations.VERIFY, "stockbook", 1)) for figures, *_ in columns.values()]
    if any(verified):
        times = [f"{report.median(each, 'p50_ms') / 1000:,.2f} s" if each else "–" for each in verified]
        lines.append("| GET /ledger/verify | " + " | ".join(times) + " | |")
    lines += ["", *(f"- {note}" for note in notes), ""]
    print("\n".join(lines[-40:]))
    if not options.partial:
        (HERE / "GROWTH.md").write_text("\n".join(lines))
        print(f"written: {HERE / 'GROWTH.md'}")
