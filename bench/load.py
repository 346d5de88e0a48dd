"""The load generators: wrk (closed loop, HTTP), pgbench (closed loop, SQL) and oha (constant rate, HTTP).

Each gives a Figure. A run in which anything was refused or broken is void: it raises.
"""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from processes import clean_environment, cpu_seconds

HERE = Path(__file__).resolve().parent
SETTLE_SECONDS = 0.1  # until connections have ended, so that their processes are counted once
OHA_VERSION = "1.16.0"
OHA = HERE / ".tools" / "bin" / "oha"


class Void(Exception):
    """What was measured does not count."""


@dataclass
class Figure:
    per_second: float
    p50_ms: float
    p99_ms: float | None = None
    cpu_seconds: dict = field(default_factory=dict)  # by process
    duration_s: float = 0.0


class Meter:
    """Runs a generator and takes down who used the processors meanwhile: the server, PostgreSQL, the generator."""

    def __init__(self, cluster):
        self.cluster = cluster

    def run(self, command, server=None):
        before = self.used(server)
        begin = time.monotonic()
        process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=clean_environment(),
        )  # fmt: skip
        try:
            output = process.stdout.read()
        except BaseException:
            process.kill()
            raise
        finally:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            process.stdout.close()
        duration_s = time.monotonic() - begin
        time.sleep(SETTLE_SECONDS)
        cpu = {name: after - before[name] for name, after in self.used(server).items()}
        cpu["generator"] = usage.ru_utime + usage.ru_stime
        if process.returncode:
            raise Void(f"{Path(command[0]).name} ended with {process.returncode}: {output.strip()[-500:]}")
        return output, cpu, duration_s

    def used(self, server):
        used = {"postgres": cpu_seconds(self.cluster.process.pid)}
        return used | {"server": cpu_seconds(server.process.pid)} if server else used

    def wrk(self, server, operation, clients, seconds, products, as_of):
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "wrk.lua", server.base,
                   "--", operation, products, as_of, server.headers.get("Authorization", "")]  # fmt: skip
        output, cpu, duration_s = self.run(command, server)
        seen = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
        if seen["refused"] or seen["broken"] or not seen["requests"]:
            raise Void(f"{seen['refused']} of {seen['requests']} answers were refusals, {seen['broken']} connections broke")
        return Figure(seen["requests"] / seen["duration_us"] * 1e6, seen["p50_ms"], seen["p99_ms"], cpu, duration_s)

    def pgbench(self, script, database, clients, seconds, products):
        command = [f"{self.cluster.bin}/pgbench", "-n", "-M", "prepared", "-c", clients, "-j", 2 if clients > 1 else 1, "-T", seconds,
                   "-D", f"products={products}", "-f", HERE / "pgbench" / f"{script}.sql", *self.cluster.arguments(database)]  # fmt: skip
        output, cpu, duration_s = self.run(command)
        failed = re.search(r"failed transactions: (\d+)", output)
        if failed and failed[1] != "0":
            raise Void(f"pgbench: {failed[0]}")
        per_second = float(re.search(r"^tps = ([\d.]+)", output, re.M)[1])
        mean_ms = float(re.search(r"^latency average = ([\d.]+)", output, re.M)[1])
        return Figure(per_second, mean_ms, None, cpu, duration_s)

    def pgbench_median(self, script, database, seconds, products, directory):
        """One client alone: the median, which pgbench does not print, from its log of every transaction."""
        prefix = directory / "pgbench_log"
        command = [f"{self.cluster.bin}/pgbench", "-n", "-M", "prepared", "-c", 1, "-T", seconds, "-l", f"--log-prefix={prefix}",
                   "-D", f"products={products}", "-f", HERE / "pgbench" / f"{script}.sql", *self.cluster.arguments(database)]  # fmt: skip
        _, cpu, duration_s = self.run(command)
        taken_us = []
        for log in directory.glob("pgbench_log*"):
            taken_us += [int(line.split()[2]) for line in log.read_text().splitlines()]
            log.unlink()
        taken_us.sort()
        at = lambda share: taken_us[int(len(taken_us) * share)] / 1000  # noqa: E731
        return Figure(len(taken_us) / seconds, at(0.5), at(0.99), cpu, duration_s)

    def oha(self, server, arguments, rate, clients, seconds):
        """Requests at a constant rate; latency counts from when a request was due, not from when it could be sent."""
        headers = [part for name, value in server.headers.items() for part in ("-H", f"{name}: {value}")]
        command = [OHA, "--no-tui", "--output-format", "json", "-q", rate, "--latency-correction", "-c", clients, "-z", f"{seconds}s",
                   *headers, *[str(argument).replace("{base}", server.base) for argument in arguments]]  # fmt: skip
        output, cpu, duration_s = self.run(command, server)
        seen = json.loads(output[output.index("{") :])
        refused = {status: number for status, number in seen["statusCodeDistribution"].items() if not status.startswith("2")}
        broken = {what: number for what, number in seen["errorDistribution"].items() if "deadline" not in what}
        if refused or broken:
            raise Void(f"refusals {refused}, errors {broken}")
        percentiles = seen["latencyPercentiles"]
        return Figure(seen["summary"]["requestsPerSec"], percentiles["p50"] * 1000, percentiles["p99"] * 1000, cpu, duration_s)


def install_oha():
    if OHA.exists() and OHA_VERSION in subprocess.run([OHA, "--version"], capture_output=True, text=True).stdout:
        return
    print(f"installing oha {OHA_VERSION} into bench/.tools (some minutes, once)", flush=True)
    subprocess.run(
        ["cargo", "install", "oha", "--locked", "--version", OHA_VERSION, "--root", HERE / ".tools"], check=True
    )
