"""Where and with what the figures were made."""

import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

from load import OHA
from processes import TICKS_PER_SECOND, cpu_seconds

HERE = Path(__file__).resolve().parent
QUIET_CORES_MAX = 0.1


def said(*command):
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    except OSError:
        return "not found"
    return (done.stdout + done.stderr).strip().splitlines()[0]


def line_of(path, start):
    with open(path) as lines:
        return next((line.partition(":")[2].strip() for line in lines if line.startswith(start)), "unknown")


def flush_ms(directory):
    """What the disk takes to make 8 kB durable: no commit on its own can be faster."""
    taken = []
    with open(directory / "flush", "wb") as file:
        for _ in range(200):
            file.write(b"x" * 8192)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


class Others:
    """What else uses the processors: their time, less that of the bench and of everything that it started."""

    def __init__(self):
        self.begin = time.monotonic()
        self.used = self.now()

    @staticmethod
    def now():
        with open("/proc/stat") as stat:
            user, nice, system, _, _, _, _, steal, *_ = map(int, stat.readline().split()[1:])
        return (user + nice + system + steal) / TICKS_PER_SECOND - cpu_seconds(os.getpid())

    def cores(self):
        return max((self.now() - self.used) / (time.monotonic() - self.begin), 0)


def quiet(cores):
    """The fact, with a warning where it matters."""
    noisy = "" if cores < QUIET_CORES_MAX else ". **Not a quiet machine: these figures are a trial of the bench, no more**"
    return f"{cores:.2f} of {os.cpu_count()} cores while it was measured{noisy}"


def facts(cluster, binary, directory):
    requirements = dict(
        line.split("==") for line in (HERE / "requirements.txt").read_text().splitlines() if "==" in line
    )
    packages = ", ".join(f"{name} {requirements[name]}" for name in ("fastapi", "uvicorn", "uvloop", "asyncpg", "orjson"))
    memory_gb = int(line_of("/proc/meminfo", "MemTotal").split()[0]) / 1048576
    commit = said("git", "-C", HERE, "describe", "--always", "--dirty")
    if os.environ.get("STOCKBOOK_BINARY"):
        commit = f"a binary that was given; the bench of {commit}"
    return {
        "Date": said("date", "-u", "+%Y-%m-%d %H:%M UTC"),
        "Machine": f"{os.cpu_count()} × {line_of('/proc/cpuinfo', 'model name')}, {memory_gb:.0f} GB, Linux {platform.release()}",
        "Disk": f"{said('stat', '-f', '-c', '%T', directory)}, fdatasync of 8 kB: {flush_ms(directory):.2f} ms (median)",
        "Stockbook": f"{said(binary, '--version')} ({commit}), {said('rustc', '--version')}",
        "PostgreSQL": said(f"{cluster.bin}/postgres", "--version").replace("postgres (PostgreSQL) ", ""),
        "Settings": ", ".join(f"{name} {value}" for name, value in cluster.settings.items()),
        "FastAPI": f"Python {said(HERE / '.tools/venv/bin/python', '-V').split()[-1]}, {packages}",
        "Generators": f"{said('wrk', '-v').split(' [')[0]}, {said(OHA, '--version')}, {said(f'{cluster.bin}/pgbench', '--version')}",
    }
