"""What ShopFlow asks for: e-commerce with many suppliers, categories and warehouses."""

import threading
from concurrent.futures import ThreadPoolExecutor

import plans
from stage import expect, refused, same, text


def consistent(sql):
    """Totals are the sums of the levels, levels are their last entries, and entries add up."""
    same(sql.rows("""select s.product_id from product_stock s left join (
            select product_id, sum(on_hand) filter (where kind <> 'transit') as on_hand, sum(reserved) as reserved,
                   sum(on_hand - reserved) filter (where kind = 'storage') as available,
                   sum(on_hand) filter (where kind = 'transit') as in_transit
            from stock_levels group by product_id) as l using (product_id)
        where (s.on_hand, s.reserved, s.available, s.in_transit) is distinct from
              (coalesce(l.on_hand, 0), coalesce(l.reserved, 0), coalesce(l.available, 0), coalesce(l.in_transit, 0))"""),
         [], "products whose totals are not the sums of their levels")
    same(sql.rows("""select product_id, location_id, lot from stock_levels l full join (
            select product_id, location_id, lot, sum(on_hand_delta) as on_hand, max(seq) as seq, count(*) as entries
            from stock_entries group by product_id, location_id, lot) as e using (product_id, location_id, lot)
        where l.on_hand is distinct from e.on_hand or l.seq is distinct from e.seq or e.seq is distinct from e.entries"""),
         [], "levels that are not the sum of their entries")


def f1_tables_and_relations(world):
    sql = world.sql
    tables = sql.value("""select json_agg(relname) from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace""")
    for table in ("products", "categories", "suppliers", "warehouses", "locations", "stock_levels", "product_stock"):
        expect(table in tables, f"there is no table {table}")
    references = {(row["table"], row["references"]) for row in sql.rows("""
        select conrelid::regclass::text as table, confrelid::regclass::text as references from pg_constraint where contype = 'f'""")}
    for pair in (("products", "categories"), ("locations", "warehouses"), ("stock_levels", "locations"),
                 ("stock_levels", "product_stock"), ("product_stock", "products"), ("stock_entries", "stock_levels"),
                 ("supplier_products", "suppliers"), ("supplier_products", "products"), ("purchase_orders", "suppliers")):
        expect(pair in references, f"{pair[0]} does not refer to {pair[1]}")
    consistent(sql)
    held = sql.value("select product_id from stock_levels where on_hand > 0 limit 1")
    same(sql.refusal(f"update stock_levels set on_hand = on_hand + 1 where product_id = {held}"), "42501", "a level changed by hand")
    same(sql.refusal(f"update product_stock set on_hand = on_hand + 1 where product_id = {held}"), "42501", "a total changed by hand")
    same(sql.refusal(f"delete from products where id = {held}") in ("product_stock_product_id_fkey", "product_prices_product_id_fkey"),
         True, "a product with stock is not deleted")


def f2_sample_data(world):
    for name, sql in world.samples():
        counts = sql.rows("""select (select count(*) from categories) as categories, (select count(*) from categories where parent_id is not null) as below,
            (select count(*) from products) as products, (select count(*) from warehouses) as warehouses,
            (select count(distinct warehouse_id) from stock_levels where on_hand > 0) as stocked""")[0]
        wanted = {"categories": 8, "below": 1, "products": 60, "warehouses": 3, "stocked": 3}
        expect(all(counts[what] >= least for what, least in wanted.items()), f"{name}: {counts}, wanted at least {wanted}")
        consistent(sql)
        movements = sql.value("select count(distinct recorded_at::date) from stock_movements")
        expect(movements >= 14, f"{name}: movements on {movements} days only")
    api, sql = world.api, world.sql
    category = sql.rows("""select c.path, count(*) as products from products p join categories c on c.id = p.category_id
        where not p.archived group by c.path order by count(*) desc, c.path limit 1""")[0]
    found = api.items("/products?category=" + category["path"].replace(" ", "%20").replace("/", "%2F"))
    expect(all(item["category"]["path"] == category["path"] for item in found), f"not all are in {category['path']}: {found}")
    same(len(found), category["products"], f"products filtered by {category['path']}")
    for item in api.read("/products?limit=10")["items"]:
        levels = api.items(f"/stock-levels?product_id={item['id']}")
        same(sum(level["on_hand"] for level in levels), item["on_hand"], f"levels of {item['sku']}")


def f3_stock_per_warehouse(world):
    api, sql = world.api, world.sql
    codes = [warehouse["code"] for warehouse in api.items("/warehouses")][:2]
    expect(len(codes) == 2, "there are fewer than two warehouses")
    product = api.create("/products", {"sku": "ACC-F3", "name": "Umbrella", "price": "15", "on_hand": 10, "warehouse": codes[0]})
    for code, delta, wanted in ((codes[1], 7, (10, 7)), (codes[0], -4, (6, 7)), (codes[1], 2, (6, 9))):
        answer = api.create("/stock-adjustments", {"sku": "ACC-F3", "warehouse": code, "delta": delta, "reason": "moved the display"})
        same(answer["on_hand_after"], wanted[codes.index(code)], "the answer")
        for where, stock in zip(codes, wanted):
            levels = api.items(f"/stock-levels?sku=acc-f3&warehouse={where}")
            same(sum(level["on_hand"] for level in levels), stock, f"API: stock in {where}")
            shown = sql.value(f"select sum(on_hand) from stock_on_hand where sku = 'ACC-F3' and warehouse = {text(where)}")
            same(shown, stock, f"psql: stock in {where}")
        same(api.read(f"/products/{product['id']}")["on_hand"], sum(wanted), "API: stock of the product")
        same(sql.value("select stock from product_overview where sku = 'ACC-F3'"), sum(wanted), "psql: stock of the product")


def f4_every_adjustment_leaves_a_trace(world):
    api, sql = world.api, world.sql
    product = api.create("/products", {"sku": "ACC-F4", "name": "Lantern", "price": "22", "on_hand": 30})
    refused(api.post("/stock-adjustments", {"sku": "ACC-F4", "delta": -1}), 422, "invalid_input", "/reason")
    done = [api.create("/stock-adjustments", {"sku": "ACC-F4", "delta": -3, "reason": "broken in transport", "note": "box 7"}),
            api.create("/stock-adjustments", {"sku": "ACC-F4", "counted": 29, "reason": "yearly count"})]
    wanted = [("adjustment", "opening stock", 0, 30, 30), ("adjustment", "broken in transport", 30, -3, 27), ("count", "yearly count", 27, 2, 29)]
    columns = ("kind", "reason", "on_hand_before", "on_hand_delta", "on_hand_after")
    card = sql.rows("select * from stock_card where sku = 'ACC-F4' order by movement_id, seq")
    same([tuple(row[name] for name in columns) for row in card], wanted, "psql: stock_card")
    entries = list(reversed(api.items(f"/products/{product['id']}/entries")))  # newest first
    same([tuple(entry[name] for name in columns) for entry in entries], wanted, "API: entries")
    for row, entry in zip(card, entries):
        expect(row["actor"] and row["recorded_at"], f"who and when are missing: {row}")
        same((row["actor"], row["movement_id"], row["warehouse"]), (entry["actor"], entry["movement_id"], entry["warehouse"]), "who, which, where")
    same([entry["movement_id"] for entry in entries[1:]], [answer["movement_id"] for answer in done], "movements")
    same(card[1]["note"], "box 7", "note")
    same(sql.refusal("update stock_entries set on_hand_delta = 0"), "42501", "history changed by hand")
    same(sql.refusal("delete from stock_movements"), "42501", "history deleted by hand")


def f5_price_changes_with_history(world):
    api, sql = world.api, world.sql
    product = api.create("/products", {"sku": "ACC-F5", "name": "Clock", "price": "40.00"})
    prices = f"/products/{product['id']}/prices"
    for price, reason in (("44.90", "dearer glass"), ("39", "autumn sale")):
        api.create(prices, {"price": price, "reason": reason})
        same(float(api.read(f"/products/{product['id']}")["price"]), float(price), "the price at once")
        same(float(sql.value("select price from product_overview where sku = 'ACC-F5'")), float(price), "the price in psql at once")
    history = api.items(prices)
    wanted = [("39.00", "autumn sale"), ("44.90", "dearer glass"), ("40.00", None)]
    same([(row["price"], row["reason"]) for row in history], wanted, "API: the history, newest first")
    rows = sql.rows(f"select price, reason, actor, created_at from product_prices where product_id = {product['id']} order by effective_from desc")
    same([(float(row["price"]), row["reason"]) for row in rows], [(float(price), reason) for price, reason in wanted], "psql: the history")
    expect(all(row["actor"] and row["created_at"] for row in rows), "who and when are missing")
    refused(api.post(prices, {"price": "-1"}), 422, "invalid_input", "/price")


def f6_low_stock_detection(world):
    api, sql = world.api, world.sql
    product = api.create("/products", {"sku": "ACC-F6", "name": "Lamp", "price": "20", "on_hand": 10, "reorder_point": 4})
    low = lambda: [row["sku"] for row in api.items("/low-stock") if row["sku"] == "ACC-F6"]
    in_psql = lambda: sql.value("select count(*) from low_stock_overview where sku = 'ACC-F6'")
    same((low(), in_psql()), ([], 0), "enough")
    api.create("/stock-adjustments", {"sku": "ACC-F6", "delta": -6, "reason": "sold"})
    same((low(), in_psql()), (["ACC-F6"], 1), "low at the reorder point")
    same([row["sku"] for row in api.items("/products?low_stock=true") if row["sku"] == "ACC-F6"], ["ACC-F6"], "the filter of the list")
    api.create("/stock-adjustments", {"product_id": product["id"], "delta": 1, "reason": "returned"})
    same((low(), in_psql()), ([], 0), "above it again")
    same(sql.rows("""select p.sku from products p join product_stock s on s.product_id = p.id left join low_stock l on l.product_id = p.id
        where (s.available <= p.reorder_point and not p.archived) is not distinct from (l.product_id is null) and p.reorder_point is not null"""),
         [], "products whose low stock is not on record, or wrongly")


def f7_a_movement_log(world):
    api, sql = world.api, world.sql
    for sku in ("ACC-F7A", "ACC-F7B"):
        api.create("/products", {"sku": sku, "name": "Rope " + sku, "price": "9"})
    made = api.create("/stock-movements", {"kind": "receipt", "reference": "DN-ACC-F7", "lines": [
        {"sku": "ACC-F7A", "quantity": 12, "unit_cost": "3.15"}, {"sku": "ACC-F7B", "quantity": 5}]})
    api.create("/stock-movements", {"kind": "issue", "reference": "SO-ACC-F7", "lines": [{"sku": "ACC-F7A", "quantity": 2}]})
    same(api.read(f"/stock-movements/{made['id']}")["lines"], made["lines"], "the movement read again")
    same([movement["id"] for movement in api.items("/stock-movements?reference=DN-ACC-F7")], [made["id"]], "found by its reference")
    same([(line["sku"], line["quantity"], line["on_hand_after"]) for line in made["lines"]],
         [("ACC-F7A", 12, 12), ("ACC-F7B", 5, 5)], "lines")
    same(sorted(movement["id"] for movement in api.items("/stock-movements")),
         sql.value("select json_agg(id order by id) from stock_movements"), "the whole log")
    same(sql.rows("select kind, reference, on_hand_delta from stock_card where sku = 'ACC-F7A' order by movement_id"),
         [{"kind": "receipt", "reference": "DN-ACC-F7", "on_hand_delta": 12}, {"kind": "issue", "reference": "SO-ACC-F7", "on_hand_delta": -2}],
         "the log in psql")
    reverse = f"/stock-movements/{made['id']}/reverse"
    refused(api.post(reverse, {"reason": "another shop's delivery"}), 409, "insufficient_stock")  # two are gone
    api.create("/stock-movements", {"kind": "return_in", "lines": [{"sku": "ACC-F7A", "quantity": 2}]})
    same(api.create(reverse, {"reason": "another shop's delivery"})["reverses_movement_id"], made["id"], "the reversal")
    refused(api.post(reverse, {"reason": "again"}), 409, "already_reversed")


def f8_purchase_orders_to_receipt(world):
    api, sql = world.api, world.sql
    product = api.create("/products", {"sku": "ACC-F8", "name": "Stool", "price": "49"})
    supplier = api.create("/suppliers", {"code": "ACC-F8", "name": "Carpenter", "currency": "EUR"})
    order = api.create("/purchase-orders", {"supplier_id": supplier["id"], "warehouse": "MAIN", "currency": "EUR",
                                            "lines": [{"sku": "ACC-F8", "quantity": 10, "unit_cost": "21.50"}]})
    path, line = f"/purchase-orders/{order['id']}", order["lines"][0]["id"]
    same((order["status"], float(order["total"])), ("draft", 215.0), "the draft")
    receive = lambda quantity: api.post(path + "/receive", {"lines": [{"line_id": line, "quantity": quantity}]})
    refused(receive(1), 409, "purchase_order_not_open")
    for action, status in (("submit", "pending_approval"), ("approve", "approved"), ("order", "ordered")):
        answer = api.post(f"{path}/{action}", {})
        same((answer.status, answer.json["status"]), (200, status), action)
    figures = lambda: [api.read(f"/products/{product['id']}")[what] for what in ("on_hand", "incoming")]
    same(figures(), [0, 10], "ordered: incoming")
    same(receive(4).status, 201, "a part of it comes")
    same((figures(), api.read(path)["status"]), ([4, 6], "partially_received"), "a part has come")
    refused(receive(7), 409, "over_receipt")
    same(receive(6).status, 201, "the rest comes")
    same((figures(), api.read(path)["status"]), ([10, 0], "received"), "all has come")
    same(api.post(path + "/close", {}).json["status"], "closed", "closed")
    same([float(row["on_hand_delta"]) for row in sql.rows(f"select on_hand_delta from stock_card where reference = {text(order['number'])} order by movement_id")],
         [4.0, 6.0], "the receipts in psql")
    same(len([event for event in api.read(path)["history"]]) >= 6, True, "every step with who and when")


def f9_boundary_cases(world):
    api, sql = world.api, world.sql
    api.create("/products", {"sku": "ACC-F9", "name": "Bell", "price": "5", "on_hand": 3})
    count = "select (select count(*) from products) + (select count(*) from stock_movements) + (select count(*) from stock_entries) + (select count(*) from product_prices)"
    before = sql.value(count)
    adjust = lambda **body: api.post("/stock-adjustments", {"sku": "ACC-F9", "reason": "x", **body})
    product = lambda **body: api.post("/products", {"sku": "ACC-F9X", "name": "X", "price": "1", **body})
    field = lambda answer, pointer: refused(answer, 422, "invalid_input", pointer)

    refused(adjust(delta=-4), 409, "insufficient_stock")
    refused(api.post("/stock-movements", {"kind": "issue", "lines": [{"sku": "ACC-F9", "quantity": 2}] * 2}), 409, "insufficient_stock")
    refused(adjust(delta=1, expected_on_hand=99), 409, "stale_quantity")
    for answer, pointer in (
        (adjust(counted=-1), "/counted"), (adjust(delta=0), "/delta"), (adjust(delta=1, counted=1), "/counted"), (adjust(), "/delta"),
        (adjust(delta="2"), "/delta"), (adjust(delta=1, warehouse="NOWHERE"), "/warehouse"),
        (adjust(delta=1, location_id=999999999), "/location_id"), (adjust(delta=1, reason="a\0b"), "/reason"),
        (adjust(delta=1, reason="x" * 201), "/reason"), (adjust(delta=1, colour="red"), "/colour"),
        (api.post("/stock-adjustments", {"sku": "ACC-NONE", "delta": 1, "reason": "x"}), "/sku"),
        (api.post("/stock-movements", {"kind": "receipt", "lines": [{"sku": "ACC-F9", "quantity": -2}]}), "/lines/0/quantity"),
        (product(category="No such category"), "/category"), (product(category_id=999999999), "/category_id"),
        (product(price="-1"), "/price"), (product(price="1.00001"), "/price"), (product(currency="XXX1"), "/currency"),
        (product(quantity=5), "/quantity"), (product(stock=5), "/stock"), (product(stock_count=5), "/stock_count"),
        (product(on_hand=-1), "/on_hand"), (product(sku=""), "/sku"),
    ):
        field(answer, pointer)
    for body, pointer in ((b'{"sku": "ACC-F9", "reason": "x", "delta": 1e99}', "/delta"), (b'{"sku": "ACC-F9", "reason": "x", "delta": 0.0000001}', "/delta")):
        field(api.post("/stock-adjustments", body), pointer)
    answer = adjust(delta=0.5)
    expect(answer.status == 422 and "whole_numbers_only" in str(answer), f"half a bell: {answer}")
    expect("on_hand" in str(product(quantity=5)), "the fault of `quantity` does not name on_hand")

    refused(api.get("/products?category=No%20such%20category"), 404, "unknown_category")
    for path, pointer in (("/products?limit=0", "?limit"), ("/products?limit=201", "?limit"), ("/products?colour=red", "?colour"),
                          ("/products?sort=colour", "?sort"), ("/stock-levels?warehouse=NOWHERE", "?warehouse"), ("/products?low_stock=maybe", "?low_stock")):
        answer = api.get(path)
        expect(answer.status == 422 and pointer in str(answer), f"GET {path}: {answer}")
    refused(api.get("/products?cursor=tampered"), 400, "invalid_cursor")
    refused(api.get("/products/999999999"), 404, "product_not_found")
    refused(api.get("/nowhere"), 404, "route_not_found")
    refused(api.send("PUT", "/products"), 405, "method_not_allowed")
    refused(api.post("/products", b"{"), 400, "malformed_json")
    refused(api.post("/products", b"[]"), 422, "invalid_input")
    refused(api.post("/products", b"x=1", {"Content-Type": "text/plain"}), 415, "unsupported_media_type")
    refused(api.post("/products", b" " * (1024 * 1024 + 1)), 413, "body_too_large")
    same(sql.value(count), before, "rows after what was refused")


def f10_concurrent_requests(world):
    """Fifty writers want one each of twenty. Meanwhile others read."""
    api, sql = world.api, world.sql
    product = api.create("/products", {"sku": "ACC-F10", "name": "Ticket", "price": "50", "on_hand": 20})
    writers, together, reads, done = 50, threading.Barrier(50), [], threading.Event()

    def buy(number):
        together.wait()
        return api.post("/stock-movements", {"kind": "issue", "reference": f"SO-{number}", "lines": [{"sku": "ACC-F10", "quantity": 1}]})

    def watch():
        while not done.is_set() or not reads:
            reads.append([api.get(path).status for path in ("/livez", "/readyz", f"/products/{product['id']}", "/products?limit=5")])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(writers) as pool:
            answers = list(pool.map(buy, range(writers)))
    finally:
        done.set()
        watcher.join()
    won = [answer for answer in answers if answer.status == 201]
    lost = [answer for answer in answers if answer.status == 409 and answer.code == "insufficient_stock"]
    same((len(won), len(lost)), (20, 30), f"who won and who lost ({[str(a) for a in answers if a not in won + lost][:1]})")
    same(sorted(answer.json["lines"][0]["on_hand_after"] for answer in won), list(range(20)), "what each winner was told is left")
    expect(all(status == 200 for read in reads for status in read), f"reads while they raced: {reads}")
    same(api.read(f"/products/{product['id']}")["on_hand"], 0, "left over")
    same(sql.value(f"select json_agg(on_hand_after order by seq) from stock_entries where product_id = {product['id']}"),
         [20, *range(19, -1, -1)], "the ledger")
    consistent(sql)


def f11_lookups_are_predictable(world):
    sql = world.sql
    same(sql.rows("""select conrelid::regclass::text as table, conname as constraint from pg_constraint c
        where contype = 'f' and connamespace = current_schema()::regnamespace and not exists (
            select from pg_index i where i.indrelid = c.conrelid and i.indisvalid and c.conkey[1] = i.indkey[0])"""), [],
         "foreign keys without an index")
    plans.expect_indexes(sql, [
        "select * from products where not archived order by lower(sku), id limit 50",
        "select * from products where not archived order by lower(name), id limit 50",
        "select * from products where category_id = (select min(id) from categories where parent_id is not null) and not archived order by lower(sku), id limit 50",
        "select * from products where search_text like '%4711%'",
        "select * from stock_levels where product_id = 4711",
        "select * from product_stock where product_id = 4711",
        "select * from stock_entries where product_id = 4711 order by movement_id desc limit 50",
        "select * from stock_entries where movement_id = 4711",
        "select * from product_prices where product_id = 4711 and effective_from <= now() order by effective_from desc limit 1",
    ])


LINES = {
    "F1": ("tables for products, categories, suppliers, warehouses and stock per warehouse, kept consistent", f1_tables_and_relations),
    "F2": ("sample data: listing, category filter and stock checks give sensible answers", f2_sample_data),
    "F3": ("stock per warehouse; updating it shows at once in the API and in the database", f3_stock_per_warehouse),
    "F4": ("every adjustment leaves a trace: before, after, why, who, when", f4_every_adjustment_leaves_a_trace),
    "F5": ("price changes with their history", f5_price_changes_with_history),
    "F6": ("low-stock detection", f6_low_stock_detection),
    "F7": ("a movement log", f7_a_movement_log),
    "F8": ("purchase orders, processed to receipt", f8_purchase_orders_to_receipt),
    "F9": ("negative quantities, unknown categories and other boundary cases get a meaningful answer", f9_boundary_cases),
    "F10": ("concurrent requests: it stays responsive and the data stays consistent", f10_concurrent_requests),
    "F11": ("indexes and relations make common lookups predictable", f11_lookups_are_predictable),
}
