"""How fast the web app is at 600,000 products: bench/WEB.md. The pages are asked by bench/web.mjs in Chromium."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import machine
import ours
from database import Cluster
from pages import wait_for_figures
from processes import Server, clean_environment

HERE = Path(__file__).resolve().parent
PRODUCTS = int(os.environ.get("PRODUCTS", "600000"))
EMAIL, PASSWORD = "bench@example.com", "a password of the bench"
FACTS = ("Date", "Machine", "Disk", "Stockbook", "PostgreSQL")


def run(binary):
    begin = time.monotonic()
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="stockbook-bench-"))
        directory.chmod(0o755)  # PostgreSQL's user has to get through
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        cluster = Cluster(directory / "postgres")
        stack.callback(cluster.stop)
        ours.migrate(binary, cluster)
        print(f"loading {PRODUCTS:,} products", flush=True)
        for file in ("stockbook.sql", "web.sql"):
            cluster.sql("stockbook", file=file, products=PRODUCTS)
        print(f"loaded in {time.monotonic() - begin:.0f} s", flush=True)
        server = start(binary, cluster, directory / "stockbook.log")
        stack.callback(server.stop)
        wait_for_figures(cluster)
        facts, others = machine.facts(cluster, binary, directory), machine.Others()
        table = measure(server)
        facts = {name: facts[name] for name in FACTS} | {"Used by others": machine.quiet(others.cores())}
        facts["Browser"] = machine.said(os.environ.get("CHROMIUM", "chromium"), "--version")
        facts["Run"] = f"{PRODUCTS:,} products, {time.monotonic() - begin:.0f} s in all; memory of the server at most {server.resident_mb_max():.0f} MB"
        write(facts, table)


def start(binary, cluster, log):
    """As in production: people sign in, and what they may do is looked up for each request."""
    url = cluster.url("stockbook", "stockbook")
    user = [binary, "user", "create", "--email", EMAIL, "--name", "Bench", "--role", "admin", "--password-stdin"]
    subprocess.run(
        [*user, "--no-migrate", "--database-url", url],
        input=PASSWORD + "\n", text=True, check=True, env=clean_environment(), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    command = [binary, "serve", "--database-url", url, "--no-migrate", "--listen", "127.0.0.1:{port}"]
    return Server("stockbook", command, "/readyz", log, cwd=log.parent)


def measure(server):
    """The table of figures, which is shown as it comes."""
    seen = ""
    environment = os.environ | {"EMAIL": EMAIL, "PASSWORD": PASSWORD}
    with subprocess.Popen(["node", HERE / "web.mjs", server.base], stdout=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            seen += line
    if process.returncode:
        raise SystemExit("bench/web.mjs failed")
    return seen


def write(facts, table):
    lines = ["# The web app", "", "Written by `bench/run web`; [README.md](README.md) says how each figure is made.", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in facts.items()] + ["", table]
    (HERE / "WEB.md").write_text("\n".join(lines))
    print(f"written: {HERE / 'WEB.md'}")
