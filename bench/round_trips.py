"""Counts the round trips to the database of a few requests, by a proxy between the server and a private PostgreSQL.

A round trip is a Sync or Query message of the protocol: what the server sends before it has to wait for an answer. The server
asks everybody who they are: each request is sent with an API key, and without one to a demo, in the same second.
One of each request is sqlx's check of the connection when it goes back to the pool, after the answer is on its way.
"""

import contextlib
import glob
import itertools
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

LISTEN, PROXY, DATABASE = 8766, 8767, 8768


def find_bin():
    found = shutil.which("initdb") or sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1]
    return os.path.dirname(os.path.realpath(found))


def end(connection):
    with contextlib.suppress(OSError):  # the other side may have gone first
        connection.shutdown(socket.SHUT_WR)


class Proxy(threading.Thread):
    """Passes bytes on and counts the client's Sync and Query messages."""

    def __init__(self):
        super().__init__(daemon=True)
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", PROXY))

    def run(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", DATABASE))
            threading.Thread(target=self.forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self.back, args=(server, client), daemon=True).start()

    def back(self, source, target):
        while data := source.recv(65536):
            target.sendall(data)
        end(target)

    def forward(self, source, target):
        buffer, started = b"", False
        while data := source.recv(65536):
            target.sendall(data)
            buffer += data
            while len(buffer) >= 5:
                header = 1 if started else 0  # the start-up message has no type
                length = int.from_bytes(buffer[header : header + 4], "big") + header
                if len(buffer) < length:
                    break
                if started and buffer[:1] in (b"S", b"Q"):
                    self.count += 1
                started = True
                buffer = buffer[length:]
        end(target)


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
        proxy = Proxy()
        proxy.start()
        url = f"postgres://stockbook@127.0.0.1:{PROXY}/postgres?sslmode=disable"
        time.sleep(2)
        key = plant(binary, url)
        for mode, headers in [("serve", {"Authorization": f"Bearer {key}"}), ("demo", {})]:
            command = [binary, mode, "--database-url", url, "--listen", f"127.0.0.1:{LISTEN}", "--pool-size", "2"]
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            measure(proxy, headers, "with a key" if headers else "without")
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        for process in (server, database):
            if process:
                process.send_signal(signal.SIGINT)
                process.wait()
        shutil.rmtree(work, ignore_errors=True)


def plant(binary, url):
    """Sample data, and the API key of an admin."""

    def output(*arguments):
        return subprocess.run([binary, *arguments, "--database-url", url], check=True, capture_output=True, text=True).stdout

    output("migrate")
    output("seed")
    output("user", "create", "--email", "bench@example.com", "--name", "Bench", "--role", "admin")
    return output("api-key", "create", "--user", "bench@example.com", "--name", "bench").strip()


def measure(proxy, headers, how):
    base = f"http://127.0.0.1:{LISTEN}"
    wait_for(f"{base}/readyz")
    time.sleep(3)  # the workers' first rounds
    json = {**headers, "Content-Type": "application/json"}
    adjust = b'{"product_id": 1, "location_id": 1, "delta": 1, "reason": "bench"}'
    for name, request in [
        ("GET /products/{id}", lambda: urllib.request.Request(f"{base}/products/1", headers=headers)),
        ("GET /products (page of 50)", lambda: urllib.request.Request(f"{base}/products", headers=headers)),
        ("POST /stock-adjustments", lambda: urllib.request.Request(f"{base}/stock-adjustments", adjust, json)),
    ]:
        for _ in range(8):  # prepare the statements on every connection
            urllib.request.urlopen(request()).read()
        counts = [proxy.count]
        for _ in range(20):
            urllib.request.urlopen(request()).read()
            counts.append(proxy.count)
        usual = statistics.median(after - before for before, after in itertools.pairwise(counts))  # workers ask now and then
        print(f"{f'round trips, {how}: {name}':<52} {usual:>8.0f}")


def wait_for(address):
    for _ in range(600):
        try:
            return urllib.request.urlopen(address).read()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{address} did not answer")


if __name__ == "__main__":
    run(sys.argv[1])
