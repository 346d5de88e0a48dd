"""What StockTrack asks for: small-business warehouses, started by one script."""

import os
import re
import shutil
import subprocess

import plans
from stage import ROOT, clean_environment, expect, free_port, refused, same, wait_until


def s1_the_table_of_products(world):
    sql = world.sql
    types = {row["column"]: row["type"] for row in sql.rows("""select attname as column,
        case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(t.oid, a.atttypmod) end as type
        from pg_attribute a join pg_type t on t.oid = a.atttypid where attrelid = 'product_overview'::regclass and attnum > 0""")}
    wanted = {"id": "bigint", "name": "text", "description": "text", "sku": "text", "price": "numeric", "stock": "numeric",
              "created_at": "timestamp with time zone"}
    same({name: types.get(name) for name in wanted}, wanted, "columns of product_overview")
    same(sql.rows("select pg_get_constraintdef(oid) as is from pg_constraint where conname = 'products_pkey'"),
         [{"is": "PRIMARY KEY (id)"}], "primary key")
    same(sql.value("select indisunique from pg_index where indexrelid = 'products_sku_key'::regclass"), True, "unique SKU")
    same(sql.rows("""select attname from pg_attribute where attrelid = 'products'::regclass and not attnotnull
        and attname in ('id', 'name', 'description', 'sku', 'created_at')"""), [], "columns that may be null")
    same(sql.rows("select id from product_overview where price is null or stock is null"), [], "products without price or stock")


def s2_endpoints(world):
    api = world.api
    made = api.create("/products", {"sku": "ACC-S2", "name": "Label roll", "description": "100 m", "price": "7.20", "on_hand": 5})
    read = api.read(f"/products/{made['id']}")
    wanted = {"sku": "ACC-S2", "name": "Label roll", "description": "100 m", "price": "7.20", "on_hand": 5}
    same({name: read[name] for name in wanted}, wanted, "the product as read")
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", read["created_at"]), f"created_at is {read['created_at']}")
    same([item for item in api.items("/products") if item["id"] == made["id"]], [read], "the product in the list")
    same(world.sql.rows("select id, name, description, price::text, stock from product_overview where sku = 'ACC-S2'"),
         [{"id": made["id"], "name": "Label roll", "description": "100 m", "price": "7.20", "stock": 5}], "the product in psql")


def s3_sample_products(world):
    for name, sql in world.samples():
        products = sql.value("select count(*) from product_overview where stock > 0 and price > 0")
        expect(products >= 3, f"{name}: {products} products with price and stock")
    expect(len(world.api.items("/products")) >= 3, "the list has fewer than 3 products")


def s4_errors(world):
    api, sql = world.api, world.sql
    made = api.create("/products", {"sku": "ACC-S4", "name": "Box cutter", "price": "3.10", "on_hand": 4})
    refused(api.post("/products", {"sku": "acc-s4", "name": "Twin", "price": "1"}), 409, "duplicate_sku")
    refused(api.post("/products", {"sku": "ACC-S4B", "name": "", "price": "free"}), 422, "invalid_input", "/name")
    refused(api.post("/products", {"sku": "ACC-S4B", "name": "", "price": "free"}), 422, "invalid_input", "/price")
    refused(api.post("/products", b'{"sku": '), 400, "malformed_json")
    refused(api.get("/products/999999999"), 404, "product_not_found")
    refused(api.get("/products/none"), 404, "route_not_found")
    answer = api.post("/stock-adjustments", {"sku": "ACC-S4", "delta": -5, "reason": "sold"})
    refused(answer, 409, "insufficient_stock")
    same(answer.json["available"], 4, "what is available")
    refused(api.post("/products", {"sku": "ACC-S4B", "name": "Debt", "price": "1", "on_hand": -1}), 422, "invalid_input", "/on_hand")
    same(api.read(f"/products/{made['id']}")["on_hand"], 4, "stock after what was refused")

    below_zero = f"update stock_levels set on_hand = -1 where product_id = {made['id']}"
    same(sql.refusal(below_zero), "42501", "stock changed by hand")  # insufficient_privilege, raised by the guard
    same(sql.refusal("set local stockbook.ledger = 'on'; " + below_zero), "stock_levels_on_hand_not_negative", "stock below zero")
    same(sql.value("select count(*) from stock_levels where on_hand < 0"), 0, "levels below zero")


def s5_lookups_use_indexes(world):
    plans.expect_indexes(world.sql, [
        "select * from products where id = 4711",
        "select * from products where lower(sku) = 'filler-4711'",
        "select * from products where barcode = '4711'",
    ])


def start(world, embedded):
    """By run.sh, which is told to start before there is a database: so that it has something to wait for."""
    port = free_port()
    env = {"STOCKBOOK": str(world.stockbook), "WAIT_SECONDS": "60"}
    if embedded:
        env["STOCKBOOK_DATA_DIR"] = str(world.directory / "data")
    else:
        url = f"postgresql://stocktrack_user:STpass123@127.0.0.1:{world.cluster.port}/stocktrack_db"
        env["DATABASE_URL"] = url
        world.cluster.stop()
    server = world.launch([ROOT / "run.sh", "--listen", f"127.0.0.1:{port}"], port, env)
    if not embedded:
        try:
            wait_until(lambda: "waiting for the database" in server.log.read_text(), "run.sh waits", seconds=30)
            world.waited = server.process.poll() is None
        finally:
            world.cluster.start()
    return server


def set_up(world):
    """With the token that run.sh shows, as whoever starts it would in a browser."""
    said = world.server.log.read_text
    wait_until(lambda: "run.sh: ready" in said(), "run.sh says that it is ready", seconds=60)
    token = re.search(r"first user .*\n +(\w{43})\n", said())
    expect(token, f"run.sh does not show the token for the first user: {said()}")
    world.api.set_up(token[1])


def s6_the_start_script(world):
    said = world.server.log.read_text
    wait_until(lambda: "run.sh: ready" in said(), "run.sh says that it is ready", seconds=20)
    if not world.embedded:
        expect(world.waited, f"it did not wait for the database: {said()}")
    for part in ("the schema is up to date", "sample data: "):
        expect(part in said(), f"run.sh did not say {part!r}: {said()}")
    same(world.sql.value("select bool_and(success) from _sqlx_migrations"), True, "migrations")
    expect(world.sql.value("select count(*) from products") > 0, "there is no sample data")
    same(world.api.get("/readyz").status, 200, "/readyz")

    nowhere = f"postgresql://stocktrack_user:STpass123@127.0.0.1:{free_port()}/stocktrack_db"
    env = clean_environment(STOCKBOOK=str(world.stockbook), DATABASE_URL=nowhere, WAIT_SECONDS="2")
    done = subprocess.run([ROOT / "run.sh"], env=env, cwd=world.directory, capture_output=True, text=True, timeout=60)
    expect(done.returncode != 0, "run.sh ended well without a database")
    expect("the database was not there within 2 s" in done.stderr, f"run.sh says: {done.stderr}")


def s7_the_compose_file(world):
    compose = (ROOT / "compose.yaml").read_text()
    services = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n|  *#.*\n)+)", compose.split("\nservices:\n")[1].split("\nvolumes:")[0], re.M))
    same(sorted(services), ["db", "stockbook"], "services")
    expect("aliases: [postgres]" in services["db"], "db cannot be reached as postgres")
    expect("condition: service_healthy" in services["stockbook"], "stockbook does not wait for a healthy db")
    expect("healthcheck:" in services["db"], "db has no health check")
    published = re.findall(r'^ *- "?([\d.:${}\w-]+:\d+)"?$', compose, re.M)
    expect(published and all(address.startswith("127.0.0.1:") for address in published), f"published: {published}")
    expect((ROOT / "Dockerfile").exists() and "build: ." in services["stockbook"], "stockbook is not built from here")

    def succeeds(*command):
        return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).returncode == 0

    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and succeeds(*command, "version"):
            expect(succeeds(*command, "-f", "compose.yaml", "config", "--quiet"), f"{' '.join(command)} config refuses it")
            break
    else:
        return "read as text only: neither docker compose nor docker-compose is here"
    if command != ["docker", "compose"] or not succeeds("docker", "info"):
        return f"accepted by {' '.join(command)} config; not started: no container engine here"
    if os.environ.get("ACCEPT_COMPOSE") != "1":
        return "accepted by docker compose config; not started: ACCEPT_COMPOSE=1 builds and starts it"
    run_compose(world)
    return "started, answered, and removed"


def run_compose(world):
    """Build, start, ask, remove. Takes minutes, and needs a container engine."""
    port = free_port()
    env = clean_environment(STOCKBOOK_PORT=str(port))
    compose = ["docker", "compose", "--project-name", f"stockbook-accept-{os.getpid()}"]
    run = lambda *arguments: subprocess.run([*compose, *arguments], cwd=ROOT, env=env, check=True, timeout=3000)
    try:
        run("up", "--build", "--wait")
        run("run", "--rm", "stockbook", "seed")
        api = type(world.api)(port)
        user = ["--email", "accept@example.com", "--name", "Accept", "--role", "admin"]
        run("run", "--rm", "stockbook", "user", "create", *user)
        command = [*compose, "run", "--rm", "stockbook", "api-key", "create", "--user", "accept@example.com", "--name", "acceptance"]
        made = subprocess.run(command, cwd=ROOT, env=env, check=True, timeout=600, stdout=subprocess.PIPE, text=True)
        api.key = made.stdout.strip()
        expect(api.read("/products")["items"], "the composed service lists no products")
    finally:
        run("down", "--volumes", "--rmi", "local")


LINES = {
    "S1": ("products: unique id, name, description, sku, price, stock count, created_at; types, keys, NOT NULL", s1_the_table_of_products),
    "S2": ("GET /products, GET /products/{id}, POST /products", s2_endpoints),
    "S3": ("at least 3 sample products", s3_sample_products),
    "S4": ("a duplicate SKU, invalid data, an unknown id get error answers; stock never goes negative", s4_errors),
    "S5": ("lookups use indexes", s5_lookups_use_indexes),
    "S6": ("one start script waits for the database, applies schema and sample data, checks readiness", s6_the_start_script),
    "S7": ("a compose file starts database and service together", s7_the_compose_file),
}
