"""Processes of the bench: started with a log, measured by /proc, stopped by their id."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**extra):
    """The environment without anything that chooses a database or sets Stockbook up."""
    dropped = ("PG", "DATABASE_URL", "STOCKBOOK_", "RUST_LOG")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)} | extra


class Server:
    """A process that serves HTTP on a free port of 127.0.0.1."""

    def __init__(self, name, command, ready, log, env=None, cwd=None, key=None):
        self.name, self.log, self.port = name, log, free_port()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        command = [part.replace("{port}", str(self.port)) for part in map(str, command)]
        with open(log, "wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=env or clean_environment(), cwd=cwd)
        self.base = f"http://127.0.0.1:{self.port}"
        end = time.monotonic() + START_SECONDS_MAX
        while not self.answers(ready):
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"{name} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def answers(self, path):
        try:
            return self.request("GET", path)[0] == 200
        except OSError:
            return False

    def request(self, method, path, body=None, timeout=120, **headers):
        """Status and body of the answer."""
        headers = {"Content-Type": "application/json"} | self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        data = body.encode() if body else None
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def resident_mb_max(self):
        """The most memory that the process itself has had."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

    def stop(self):
        stop(self.process, signal.SIGTERM)


def stop(process, sign):
    if process.poll() is None:
        process.send_signal(sign)
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid):
    """User and system time of a process and of all that descend from it, ended ones included."""
    try:
        children = []
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as listed:
                children += listed.read().split()
        used = sum(map(cpu_seconds, children))
        with open(f"/proc/{pid}/stat") as stat:  # after the children: what has ended meanwhile is in here
            fields = stat.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return used + sum(map(int, fields[11:15])) / TICKS_PER_SECOND
