"""What the figures say: medians, ratios, the targets, and bench/RESULTS.md with its plots."""

import statistics
from pathlib import Path

import operations
import plot

HERE = Path(__file__).resolve().parent
WHO = {
    "stockbook": "**Stockbook**", "keyless": "Stockbook without a key", "fastapi": "FastAPI + asyncpg", "get": "pgbench, the same SELECT",
    "get_plain": "pgbench, SELECT on the plain schema",
}  # fmt: skip
PLAIN_NAMES = {"_cte": "pgbench, one statement (CTE)", "_transaction": "pgbench, transaction"}
NOT_MEASURED = "not measured"


def who_is(who):
    return WHO.get(who) or next(title for ending, title in PLAIN_NAMES.items() if who.endswith(ending))


def median(figures, what="per_second"):
    return statistics.median(getattr(figure, what) for figure in figures)


def ratio(ours, theirs, what="per_second"):
    """Of each round by itself, so that a slow minute cancels out; of the medians where a round was void."""
    if len(ours) == len(theirs):
        return statistics.median(getattr(a, what) / getattr(b, what) for a, b in zip(ours, theirs, strict=True))
    return median(ours, what) / median(theirs, what)


class Report:
    def __init__(self, figures, memory_mb):
        self.figures, self.memory_mb = figures, memory_mb
        self.by_name = {operation.name: operation for operation in operations.OPERATIONS}

    def of(self, name, who):
        """The figures with the clients that the operation is compared with."""
        operation = self.by_name[name]
        clients = next((y.clients for y in operation.yardsticks if y.script == who), operation.clients)
        return self.figures.get((name, who, clients), [])

    def targets(self):
        """Rows of: what, wanted, seen, PASS or MISS or not measured."""
        rows = []
        for name, who, times in operations.TARGETS:
            ours, theirs = self.of(name, "stockbook"), self.of(name, who)
            seen = ratio(ours, theirs) if ours and theirs else None
            title = f"{self.by_name[name].title}, against {who_is(who)}"
            rows.append(row(title, f"≥ {times} ×", seen, seen is not None and seen >= times, "{:.2f} ×"))
        ours = self.figures.get(("alone", "stockbook", 1), [])
        theirs = next((f for (name, who, _), f in self.figures.items() if name == "alone" and who != "stockbook"), [])
        seen = ratio(ours, theirs, "p50_ms") if ours and theirs else None
        most = operations.ALONE_TIMES_MAX
        rows.append(row("one client alone: latency of a movement, against pgbench, transaction", f"≤ {most} ×", seen,
                        seen is not None and seen <= most, "{:.2f} ×"))  # fmt: skip
        for (name, _, _), figures in self.figures.items():
            if " at " in name:
                seen, most = median(figures, "p99_ms"), operations.P99_MS_MAX
                operation = self.by_name[name.partition(" at ")[0]]
                rows.append(row(f"p99 at half of the maximum: {operation.title}", f"< {most} ms", seen, seen < most, "{:.1f} ms"))
        most = operations.MEMORY_MB_MAX
        rows.append(row("memory of the server at most", f"< {most} MB", self.memory_mb, self.memory_mb < most, "{:.0f} MB"))
        return rows

    def throughput(self):
        lines = [
            "| operation | who | clients | per second | least–most | Stockbook is | p50 ms | p99 ms |",
            "|---|---|---:|---:|---:|---:|---:|---:|",
        ]
        for name, operation in self.by_name.items():
            ours = self.of(name, "stockbook")
            for who in ["stockbook", "keyless", *(y.script for y in operation.yardsticks), "fastapi"]:
                if figures := self.of(name, who):
                    clients = next((y.clients for y in operation.yardsticks if y.script == who), operation.clients)
                    each = [figure.per_second for figure in figures]
                    times = f"{ratio(ours, figures):.2f} ×" if ours and who != "stockbook" else ""
                    p50 = f"{median(figures, 'p50_ms'):.2f}" if figures[0].p99_ms is not None else ""
                    p99 = f"{median(figures, 'p99_ms'):.2f}" if figures[0].p99_ms is not None else ""
                    title = operation.title if who == "stockbook" else ""
                    lines.append(f"| {title} | {who_is(who)} | {clients} | {median(figures):,.0f} | {min(each):,.0f}–{max(each):,.0f}"
                                 f" | {times} | {p50} | {p99} |")  # fmt: skip
        return lines

    def alone(self):
        lines = ["| movement, one client | p50 ms | p99 ms |", "|---|---:|---:|"]
        for (name, who, _), figures in self.figures.items():
            if name == "alone":
                lines.append(f"| {who_is(who)} | {median(figures, 'p50_ms'):.2f} | {median(figures, 'p99_ms'):.2f} |")
        return lines

    def constant_rate(self):
        lines = ["| operation | per second | p50 ms | p99 ms |", "|---|---:|---:|---:|"]
        for (name, _, _), figures in self.figures.items():
            if " at " in name:
                title = self.by_name[name.partition(" at ")[0]].title
                lines.append(
                    f"| {title} | {median(figures):,.0f} | {median(figures, 'p50_ms'):.2f} | {median(figures, 'p99_ms'):.2f} |"
                )
        return lines

    def cpu(self):
        """Where the time goes: microseconds of processor for one request."""
        lines = ["| operation | who | server | PostgreSQL | generator |", "|---|---|---:|---:|---:|"]
        for name, operation in self.by_name.items():
            for who in ["stockbook", "keyless", *(y.script for y in operation.yardsticks), "fastapi"]:
                if figures := self.of(name, who):
                    spent = [
                        statistics.median(f.cpu_seconds.get(process, 0) / (f.per_second * f.duration_s) for f in figures) * 1e6
                        for process in ("server", "postgres", "generator")
                    ]
                    title = operation.title if who == "stockbook" else ""
                    lines.append(f"| {title} | {who_is(who)} | " + " | ".join(f"{each:,.0f}" for each in spent) + " |")
        return lines

    def plots(self, directory):
        """One file for each operation that was measured with several numbers of clients; their names."""
        names = []
        for name, operation in self.by_name.items():
            series = {}
            wanted = ["stockbook", *(y.script for y in operation.yardsticks[:1]), "fastapi"]
            for (measured, who, clients), figures in self.figures.items():
                if measured == name and who in wanted:
                    series.setdefault(who_is(who).strip("*"), {})[clients] = median(figures)
            if operation.curve and any(len(line) > 2 for line in series.values()):
                (directory / f"{name}.svg").write_text(plot.draw(operation.title, series))
                names.append(name)
        return names

    def verify_ms(self):
        figures = self.figures.get((operations.VERIFY, "stockbook", 1))
        return median(figures, "p50_ms") if figures else None


def row(title, wanted, seen, holds, form):
    return title, wanted, NOT_MEASURED if seen is None else form.format(seen), "–" if seen is None else "PASS" if holds else "MISS"


def write(options, figures, notes, memory_mb, facts, seconds, startup):
    """Print the targets; write RESULTS.md unless only a part was measured."""
    report = Report(figures, memory_mb)
    rows = report.targets()
    print()
    for title, wanted, seen, verdict in rows:
        if verdict != "–":
            print(f"{verdict}  {title}: {seen} (wanted {wanted})")
    print(*notes, f"others used {facts['Used by others']}", f"{seconds:.0f} s in all", sep="\n")
    if options.partial:
        return
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    names = report.plots(results)
    verify_ms = report.verify_ms()
    lines = [
        "# Results", "",
        "Written by `make bench`; [README.md](README.md) says how each figure is made. Absolute figures belong to the machine:"
        " compare within this file only.", "",
        "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items()),
        f"| Run | {options.rounds} rounds, {options.seconds} s for each measurement, {options.products:,} products with a level each,"
        f" {seconds:.0f} s in all |", "",
        "## Targets", "", "| what | wanted | seen | |", "|---|---:|---:|---|", *(f"| {' | '.join(each)} |" for each in rows), "",
        "## Throughput", "", "Medians of the rounds. p50 and p99 here are of a closed loop, in which all clients wait in the same queue.",
        "", *report.throughput(), "", *([f"`GET /ledger/verify`: {verify_ms:,.0f} ms.", ""] if verify_ms else []),
        *(line for name in names for line in (f"![{name}](results/{name}.svg)", "")),
        "## Latency of one client alone", "", *report.alone(), "",
        "## Latency at half of the maximum", "",
        "Constant rate, counted from the moment at which a request was due. Writes go without an Idempotency-Key here: the generator cannot"
        " vary a header. Stockbook then makes a key of its own and stores it in the same way.", "", *report.constant_rate(), "",
        "## Processor time of one request, in microseconds", "",
        "User and system time of all processes of each. The server of pgbench is pgbench itself.", "", *report.cpu(), "",
        *(["## Start, size and round trips", "", "```", startup.strip(), "```", ""] if startup else []),
        "## Notes", "", *([f"- {note}" for note in notes] or ["None: everything was measured, no run was void."]), "",
    ]  # fmt: skip
    (HERE / "RESULTS.md").write_text("\n".join(lines))
    print(f"written: {HERE / 'RESULTS.md'}")
