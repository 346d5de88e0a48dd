"""The rounds: every operation with Stockbook, pgbench and FastAPI in turn, so that a slow minute meets all of them."""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import load
import machine
import ours
import peer
import report
from database import Cluster
from operations import CLIENTS, NAMES, OPERATIONS, VERIFY, at_constant_rate, probe

ALONE = "hot"  # the operation whose latency with one client alone is compared
RATE_ROUNDS_MAX = 3


class Options:
    def __init__(self):
        setting = os.environ.get
        self.rounds = int(setting("ROUNDS", "5"))
        self.seconds = int(setting("SECONDS", "3"))
        self.products = int(setting("PRODUCTS", "100000"))
        self.ours_alone = setting("OURS") == "1"
        only = setting("ONLY", "")
        self.partial = bool(only) or self.ours_alone
        self.names = [name.replace("-", "_") for name in only.replace(",", " ").split()] or NAMES
        if unknown := set(self.names) - set(NAMES):
            raise SystemExit(f"ONLY: unknown {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
        self.curve = setting("CURVE", "0" if self.partial else "1") == "1"
        self.rate = setting("RATE", "0" if self.partial else "1") == "1"
        self.operations = [operation for operation in OPERATIONS if operation.name in self.names]


class Bench:
    def __init__(self, options, cluster, stockbook, keyless, service, directory):
        self.options, self.cluster, self.directory = options, cluster, directory
        self.stockbook, self.keyless, self.service = stockbook, keyless, service
        self.meter = load.Meter(cluster)
        self.figures = {}  # (operation, who, clients) → figures of all rounds
        self.notes = []
        self.as_of = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def take(self, operation, who, clients, measure):
        """Measure and keep the figure; a void one is told and not kept."""
        try:
            figure = measure()
        except load.Void as void:
            self.notes.append(f"{operation}, {who}, {clients} clients: void, {void}")
            print(f"  {operation:<8} {who:<20} {clients:>4} clients  VOID: {void}", flush=True)
            return None
        self.figures.setdefault((operation, who, clients), []).append(figure)
        p99 = f"  p99 {figure.p99_ms:8.2f} ms" if figure.p99_ms is not None else ""
        cpu = " ".join(f"{name} {seconds / figure.duration_s:.2f}" for name, seconds in figure.cpu_seconds.items())
        print(
            f"  {operation:<8} {who:<20} {clients:>4} clients  {figure.per_second:>9,.0f}/s  p50 {figure.p50_ms:7.2f} ms{p99}"
            f"  cores: {cpu}", flush=True,
        )  # fmt: skip
        return figure

    def http(self, operation, server, clients, seconds=None):
        seconds = seconds or self.options.seconds
        return self.meter.wrk(server, operation, clients, seconds, self.options.products, self.as_of)

    def measure_http(self, name, who, clients):
        server = {"stockbook": self.stockbook, "keyless": self.keyless, "fastapi": self.service}[who]
        self.take(name, who, clients, lambda: self.http(name, server, clients))

    def exists(self, operation):
        """Whether Stockbook can do it: what it does not know yet is skipped, with a note."""
        method, path, body = probe(operation, self.options.products, self.as_of)
        status, answer = self.stockbook.request(method, path, body)
        if status in (404, 405, 422):
            self.notes.append(f"{operation}: skipped, {method} {path} answers {status}")
            print(f"  {operation:<8} skipped: {method} {path} answers {status}", flush=True)
            return False
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()}")
        return True

    def warm_up(self, operation):
        for server in (self.stockbook, self.keyless if operation.keyless else None, self.service if operation.peer else None):
            if server:
                with suppress(load.Void):  # the measurement says it
                    self.http(operation.name, server, 16, 1)

    def measure(self, operation):
        """Stockbook, pgbench and FastAPI, one after the other."""
        name, options = operation.name, self.options
        self.measure_http(name, "stockbook", operation.clients)
        if operation.keyless and self.keyless:
            self.measure_http(name, "keyless", operation.clients)
        if options.ours_alone:
            return
        for yardstick in operation.yardsticks:
            self.measure_pgbench(name, yardstick, yardstick.clients)
        if operation.peer:
            self.measure_http(name, "fastapi", operation.clients)

    def measure_pgbench(self, name, yardstick, clients):
        self.take(name, yardstick.script, clients, lambda: self.meter.pgbench(
            yardstick.script, yardstick.database, clients, self.options.seconds, self.options.products))  # fmt: skip

    def measure_alone(self):
        """One client: what a person at a scanner waits for."""
        self.take("alone", "stockbook", 1, lambda: self.http(ALONE, self.stockbook, 1))
        if not self.options.ours_alone:
            script = f"{ALONE}_transaction"
            self.take("alone", script, 1, lambda: self.meter.pgbench_median(
                script, "plain", self.options.seconds, self.options.products, self.directory))  # fmt: skip

    def measure_curve(self, operation):
        for clients in CLIENTS:
            if clients != operation.clients:
                self.measure_http(operation.name, "stockbook", clients)
            if self.options.ours_alone:
                continue
            if clients != operation.yardsticks[0].clients:
                self.measure_pgbench(operation.name, operation.yardsticks[0], clients)
            if clients != operation.clients:
                self.measure_http(operation.name, "fastapi", clients)

    def measure_rate(self, operation):
        """Latency at half of what it can do at most."""
        at_most = max(
            (report.median(figures) for (name, who, _), figures in self.figures.items()
             if name == operation.name and who == "stockbook"), default=0,
        )  # fmt: skip
        if at_most:
            arguments = at_constant_rate(operation.name, self.options.products, self.directory)
            rate = max(int(at_most / 2), 1)
            self.take(f"{operation.name} at {rate}/s", "stockbook", 64, lambda: self.meter.oha(
                self.stockbook, arguments, rate, 64, self.options.seconds + 2))  # fmt: skip

    def measure_verify(self):
        begin = time.monotonic()
        status, answer = self.stockbook.request("GET", "/ledger/verify", timeout=600)
        seconds = time.monotonic() - begin
        if status != 200:
            raise RuntimeError(f"GET /ledger/verify: {status} {answer.decode()}")
        self.take(VERIFY, "stockbook", 1, lambda: load.Figure(1 / seconds, seconds * 1000))

    def run(self):
        options = self.options
        doable = [operation for operation in options.operations if self.exists(operation.name)]
        verify = VERIFY in options.names and self.exists(VERIFY)
        for number in range(1, options.rounds + 1):
            print(f"round {number} of {options.rounds}", flush=True)
            self.cluster.sql("postgres", "checkpoint")
            for operation in doable:
                if number == 1:
                    self.warm_up(operation)
                self.measure(operation)
            if any(operation.name == ALONE for operation in doable):
                self.measure_alone()
            if verify:
                self.measure_verify()
        for operation in doable:
            if options.curve and operation.curve:
                print(f"throughput against clients: {operation.title}", flush=True)
                self.measure_curve(operation)
        for _ in range(min(options.rounds, RATE_ROUNDS_MAX)):
            for operation in doable:
                if options.rate and operation.rate:
                    self.measure_rate(operation)


def run(binary, startup):
    options = Options()
    begin = time.monotonic()
    if options.rate:
        load.install_oha()
    if not options.ours_alone:
        peer.install()
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="stockbook-bench-"))
        directory.chmod(0o755)  # PostgreSQL's user has to get through
        if os.environ.get("KEEP") == "1":
            print(f"logs: {directory}")
        else:
            stack.callback(shutil.rmtree, directory, ignore_errors=True)
        cluster = Cluster(directory / "postgres")
        stack.callback(cluster.stop)
        facts = machine.facts(cluster, binary, directory)
        print(f"loading {options.products:,} products", flush=True)
        ours.migrate(binary, cluster)
        cluster.sql("stockbook", file="stockbook.sql", products=options.products)
        stockbook = ours.start(binary, cluster, directory / "stockbook.log")
        stack.callback(stockbook.stop)
        ours.receive_stock(stockbook, options.products)
        print(f"stock received after {time.monotonic() - begin:.0f} s", flush=True)
        service = None
        if not options.ours_alone:
            cluster.create_plain(options.products)
            service = peer.start(cluster, directory / "fastapi.log")
            stack.callback(service.stop)
        cluster.sql("stockbook", "vacuum analyze; checkpoint")  # and so files of the log to use again, as in a database that has run
        keyless = ours.start_keyless(binary, cluster, directory / "keyless.log")
        stack.callback(keyless.stop)
        bench = Bench(options, cluster, stockbook, keyless, service, directory)
        print(f"loaded after {time.monotonic() - begin:.0f} s", flush=True)
        others = machine.Others()
        bench.run()
        facts["Used by others"] = machine.quiet(others.cores())
        cluster.sql("stockbook", file="check_stockbook.sql")
        if service:
            cluster.sql("plain", file="check_plain.sql")
        report.write(
            options, bench.figures, bench.notes, stockbook.resident_mb_max(), facts, time.monotonic() - begin, startup
        )
