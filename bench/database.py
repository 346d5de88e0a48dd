"""One private PostgreSQL for everything that is measured, with the settings of Stockbook's embedded one."""

import glob
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from processes import clean_environment, free_port, stop

HERE = Path(__file__).resolve().parent


def find_bin():
    named = os.environ.get("PG_BIN")
    if named:
        return named
    installed = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    found = installed[-1] if installed else shutil.which("initdb")
    return os.path.dirname(os.path.realpath(found))


def shared_buffers_mb():
    with open("/proc/meminfo") as meminfo:
        memory_mb = next(int(line.split()[1]) for line in meminfo if line.startswith("MemTotal")) // 1024
    return min(max(memory_mb // 4, 128), 4096)


def settings(knows_lz4):
    """What crates/embedded-postgres sets for durable use (settings.rs), and connections enough for pgbench."""
    return {
        "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "wal_compression": "lz4" if knows_lz4 else "on",
        "max_wal_size": "2GB", "min_wal_size": "512MB", "shared_buffers": f"{shared_buffers_mb()}MB", "max_connections": "400",
        "random_page_cost": "1.1", "jit": "off", "idle_in_transaction_session_timeout": "60s",
    }  # fmt: skip


class Cluster:
    """PostgreSQL on a Unix socket alone, which is how Stockbook reaches its embedded one; the peers use it too."""

    def __init__(self, directory):
        self.bin, self.directory, self.port = find_bin(), directory, free_port()
        user = "postgres" if os.getuid() == 0 else None  # PostgreSQL refuses root
        directory.mkdir()
        if user:
            shutil.chown(directory, user)
        self.log = directory / "log"
        as_user = {"user": user, "group": user, "extra_groups": [] if user else None, "cwd": "/", "env": clean_environment()}
        data = directory / "data"
        subprocess.run(
            [f"{self.bin}/initdb", "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"],
            check=True, stdout=subprocess.DEVNULL, **as_user,
        )  # fmt: skip
        asked = [f"{self.bin}/postgres", "-C", "wal_compression", "-c", "wal_compression=lz4", "-D", data]
        knows_lz4 = subprocess.run(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user).returncode == 0
        self.settings = settings(knows_lz4)
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        options += ["-c", "listen_addresses=", "-c", f"port={self.port}", "-k", directory]
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [f"{self.bin}/postgres", "-D", data, *options], stdout=output, stderr=output, **as_user
            )
        while subprocess.run([f"{self.bin}/pg_isready", "-q", *self.arguments("postgres")]).returncode:
            if self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def arguments(self, database):
        return ["-h", str(self.directory), "-p", str(self.port), "-U", "bench", "-d", database]

    def sql(self, database, text="", file=None, **variables):
        command = [f"{self.bin}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *self.arguments(database)]
        command += [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        if file:
            command += ["-f", HERE / "sql" / file]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def url(self, database, user):
        host = str(self.directory).replace("/", "%2F")
        return f"postgres://{user}@{host}:{self.port}/{database}"

    def create_stockbook(self):
        """Stockbook's database: it belongs to a plain owner, who is no superuser."""
        self.sql("postgres", "create role stockbook login; create database stockbook owner stockbook;")

    def create_plain(self, products):
        self.sql("postgres", "create database plain;")
        self.sql("plain", file="plain.sql", products=products)

    def stop(self):
        stop(self.process, signal.SIGINT)
