"""The stage of the checks: a PostgreSQL, Stockbook, psql and HTTP.

Everything listens on 127.0.0.1 only. What is started here is stopped here, by its process id.
"""

import glob
import http.client
import json
import os
import pwd
import secrets
import signal
import socket
import subprocess
import time
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60


def clean_environment(**extra):
    """The environment without anything that chooses a database or sets Stockbook up."""
    ours = ("PG", "DATABASE_URL", "STOCKBOOK_", "RUST_LOG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) or name == "PG_BIN"}
    return {**kept, **extra}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(happened, what, seconds=START_SECONDS_MAX):
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def stop(process, sign):
    if process.poll() is None:
        process.send_signal(sign)
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tail(path, lines=15):
    return "\n".join(Path(path).read_text(errors="replace").splitlines()[-lines:])


class Psql:
    """psql as one user on one database."""

    def __init__(self, host, port, database, user, password=None):
        self.database, self.user = database, user
        self.env = clean_environment(PGHOST=str(host), PGPORT=str(port), PGDATABASE=database, PGUSER=user)
        if password:
            self.env["PGPASSWORD"] = password

    def script(self, text="", *arguments):
        """Run a script; what it printed, with the exit code and what it complained of."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", *arguments]
        return subprocess.run(command, env=self.env, input=text, capture_output=True, text=True, timeout=120)

    def run(self, text, *arguments):
        done = self.script(text, *arguments)
        if done.returncode != 0:
            raise AssertionError(f"psql failed: {done.stderr.strip()}")
        return done.stdout

    def rows(self, query):
        """The rows of a query, each a dictionary."""
        found = self.run(f"select coalesce(json_agg(row), '[]') from ({query}) as row")
        return json.loads(found, parse_float=Decimal)

    def value(self, query):
        (row,) = self.rows(query)
        (value,) = row.values()
        return value

    def refusal(self, statement):
        """By what the schema refuses a statement: the name of the constraint, or the SQLSTATE."""
        done = self.script(f"begin; {statement}; rollback;")
        if done.returncode == 0:
            raise AssertionError(f"the database accepted: {statement}")
        for line in done.stderr.splitlines():
            if line.startswith("CONSTRAINT NAME:"):
                return line.split(":", 1)[1].strip()
        return done.stderr.split("ERROR:", 1)[-1].split(":", 1)[0].strip()

    def answers(self):
        return self.script("select 1").returncode == 0


def text(value):
    """A text as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


class Cluster:
    """A private PostgreSQL: TCP on 127.0.0.1 with SCRAM passwords, everything durable."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.data, self.log = self.directory / "data", self.directory / "postgresql.log"
        self.port, self.password, self.process = free_port(), secrets.token_hex(8), None
        self.programs = self.find_programs()
        self.account = {}
        self.directory.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses root
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            self.account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        secret = self.directory / "password"
        secret.write_text(self.password)
        options = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={secret}"]
        initdb = [self.programs / "initdb", "-D", self.data, *options]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **self.account)
        secret.unlink()

    @staticmethod
    def find_programs():
        places = [os.environ["PG_BIN"]] if os.environ.get("PG_BIN") else []
        for pattern in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
                        "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"):
            digits = lambda path: int("".join(c for c in path if c.isdigit()) or 0)
            places += sorted(glob.glob(pattern), key=digits, reverse=True)
        places += os.environ.get("PATH", "").split(":")
        for place in places:
            if os.access(Path(place) / "initdb", os.X_OK) and os.access(Path(place) / "postgres", os.X_OK):
                return Path(place)
        raise SystemExit("PostgreSQL's programs are missing: tools/setup postgres")

    def begin(self):
        """Start without waiting."""
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        command = [self.programs / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = open(self.log, "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True, **self.account)
        log.close()

    def start(self):
        self.begin()
        wait_until(self.psql().answers, "PostgreSQL starts")

    def stop(self):
        if self.process:
            stop(self.process, signal.SIGINT)  # a fast shutdown

    def psql(self, database="postgres", user="postgres", password=None):
        return Psql("127.0.0.1", self.port, database, user, password or self.password)

    def create(self, database, user, password):
        """A database and its plain owner, who is no superuser and may create no databases."""
        admin = self.psql()
        if not admin.rows(f"select from pg_roles where rolname = {text(user)}"):
            admin.run(f'create role "{user}" login password {text(password)}')
        admin.run(f'create database "{database}" owner "{user}"')
        return self.psql(database, user, password)


class Stockbook:
    """A running server, started by any command that ends up listening on `port`."""

    def __init__(self, command, port, log, env, cwd):
        self.log, self.port = Path(log), port
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdout=out, stderr=out, env=env, cwd=cwd, start_new_session=True)
        self.api = Api(port)

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended with {self.process.returncode}:\n{tail(self.log)}")
            try:
                return self.api.get("/readyz").status == 200
            except OSError:
                return False

        wait_until(ready, "Stockbook gets ready")
        return self

    def stop(self):
        stop(self.process, signal.SIGTERM)


class Answer:
    """What the server answered."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body, parse_float=Decimal)

    @property
    def code(self):
        """The stable code of a problem."""
        return self.json.get("code")

    def __str__(self):
        return f"{self.status} {self.body.decode(errors='replace')[:300]}"


class Api:
    """HTTP on 127.0.0.1, with an API key if there is one."""

    def __init__(self, port):
        self.port, self.key = port, None

    def send(self, method, path, body=None, headers=None):
        """Send a request; `body` is bytes, or anything that goes into JSON."""
        headers = dict(headers or {})
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, body, headers=None):
        return self.send("POST", path, body, headers)

    def set_up(self, token):
        """Make the first user with the token that the server printed, and a key of theirs, as a browser would."""
        first = {"token": token, "email": "first@example.com", "name": "First", "password": "tin roof rusted"}
        answer = self.post("/setup", first)
        expect(answer.status == 201, f"POST /setup: {answer}")
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        browser = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        answer = self.post("/api-keys", {"name": "acceptance"}, browser)
        expect(answer.status == 201, f"POST /api-keys: {answer}")
        self.key = answer.json["key"]

    def read(self, path):
        """The JSON of what must be there."""
        answer = self.get(path)
        expect(answer.status == 200, f"GET {path}: {answer}")
        return answer.json

    def create(self, path, body):
        """The JSON of what must be made."""
        answer = self.post(path, body)
        expect(answer.status == 201, f"POST {path}: {answer}")
        return answer.json

    def items(self, path):
        """All items of a list, page by page; small pages, so that there are several."""
        items, cursor = [], ""
        while True:
            separator = "&" if "?" in path else "?"
            page = self.read(f"{path}{separator}limit=20{cursor}")
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"


def expect(holds, message):
    if not holds:
        raise AssertionError(message)


def same(found, wanted, what):
    expect(found == wanted, f"{what}: {shorten(found)} instead of {shorten(wanted)}")


def shorten(value):
    shown = repr(value)
    return shown if len(shown) <= 200 else shown[:200] + "…"


def refused(answer, status, code, pointer=None):
    """The answer is this problem; if a pointer is given, about this field."""
    expect((answer.status, answer.code) == (status, code), f"{answer} instead of {status} {code}")
    same(answer.headers["Content-Type"], "application/problem+json", "media type of a problem")
    if pointer:
        pointers = [error["pointer"] for error in answer.json.get("errors", [])]
        expect(pointer in pointers, f"{pointer} is not among the faults: {answer}")
