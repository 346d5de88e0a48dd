"""What the inventory platform asks for: one company's product list."""

from stage import expect, refused, same, text


def p1_a_normalised_schema(world):
    sql = world.sql
    same(sql.rows("""select a.attname as column, referenced.relname as table
        from pg_constraint c join pg_class referenced on referenced.oid = c.confrelid
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
        where c.conrelid = 'products'::regclass and c.contype = 'f'"""),
         [{"column": "category_id", "table": "categories"}], "foreign keys of products")
    types = {(row["table"], row["column"]): (row["type"], row["required"]) for row in sql.rows("""
        select c.relname as table, a.attname as column, a.attnotnull as required,
               case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(t.oid, a.atttypmod) end as type
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
        where c.relname in ('categories', 'products', 'product_stock', 'product_prices') and a.attnum > 0""")}
    for column, type_ in {("categories", "name"): "text", ("products", "name"): "text", ("products", "sku"): "text",
                          ("products", "category_id"): "bigint", ("product_stock", "on_hand"): "numeric",
                          ("product_prices", "price"): "numeric"}.items():
        same(types.get(column), (type_, True), "type and NOT NULL of " + ".".join(column))
    kinds = sql.rows("""select relname as table, contype as kind from pg_constraint c join pg_class on pg_class.oid = conrelid
        where relname in ('categories', 'products') and contype in ('p', 'c')""")
    for table in ("categories", "products"):
        for kind in ("p", "c"):
            expect({"table": table, "kind": kind} in kinds, f"{table} has no constraint of kind {kind}")


def p2_sample_data(world):
    for name, sql in world.samples():
        categories = sql.value("select count(*) from categories")
        products = sql.value("select count(*) from products")
        used = sql.value("select count(distinct category_id) from products")
        expect(categories >= 5, f"{name}: {categories} categories")
        expect(products >= 10, f"{name}: {products} products")
        expect(used >= 5, f"{name}: products in {used} categories only")


def p3_endpoints(world):
    api, sql = world.api, world.sql
    category = sql.rows("select id, name, path from categories where parent_id is not null order by id limit 1")[0]
    new = {"sku": "ACC-P3", "name": "Acceptance mug", "price": "4.50", "category_id": category["id"], "on_hand": 12}
    answer = api.post("/products", new)
    same(answer.status, 201, f"adding a product ({answer})")
    product = api.read(answer.headers["Location"])
    same(product["id"], answer.json["id"], "id behind Location")
    same({name: product[name] for name in ("sku", "name", "price", "on_hand")},
         {name: new[name] for name in ("sku", "name", "price", "on_hand")}, "the product")
    refused(api.get("/products/999999999"), 404, "product_not_found")

    same(sorted(item["id"] for item in api.items("/products")),
         sql.value("select json_agg(id order by id) from products where not archived"), "the list of products")
    same(sorted(item["path"] for item in api.items("/categories")),
         sorted(row["path"] for row in sql.rows("select path from categories")), "the list of categories")
    with_products = 0
    for row in sql.rows("select id, path from categories"):
        wanted = sql.value(f"""select coalesce(json_agg(p.id order by p.id), '[]') from products p
            join categories c on c.id = p.category_id
            where not p.archived and (c.id = {row["id"]} or starts_with(c.path, {text(row["path"] + "/")}))""")
        found = sorted(item["id"] for item in api.items(f"/categories/{row['id']}/products"))
        same(found, wanted, f"products of {row['path']}")
        with_products += bool(found)
    expect(with_products >= 5, f"only {with_products} categories have products")
    refused(api.get("/categories/999999999/products"), 404, "category_not_found")


def p4_the_category_comes_with_the_product(world):
    wanted = {row["id"]: {"id": row["category_id"], "name": row["name"], "path": row["path"]} for row in world.sql.rows(
        "select p.id, c.id as category_id, c.name, c.path from products p join categories c on c.id = p.category_id where not archived")}
    same({item["id"]: item["category"] for item in world.api.items("/products")}, wanted, "categories in the list")
    first = min(wanted)
    same(world.api.read(f"/products/{first}")["category"], wanted[first], "the category of one product")


def p5_the_schema_refuses(world):
    sql = world.sql
    product = "insert into products (sku, name, category_id) values "
    same(sql.refusal(product + "('ACC-P5', 'No such category', -1)"), "products_category_id_fkey", "an unknown category")
    same(sql.refusal(product + "('ACC-P5', 'No category', null)"), "23502", "no category")  # not_null_violation
    taken = sql.value("select sku from products order by id limit 1")
    same(sql.refusal(product + f"({text(taken.lower())}, 'Twin', (select min(id) from categories))"),
         "products_sku_key", "a second product with a SKU")
    price = "insert into product_prices (product_id, effective_from, price, currency, actor) select id, now(), {}, 'EUR', 'psql' from products limit 1"
    same(sql.refusal(price.format("-0.01")), "money_amount_in_range", "a negative price")
    same(sql.refusal(price.format("'NaN'")), "money_amount_in_range", "a price that is no number")

    new = {"sku": "ACC-P5", "name": "Refused", "price": "1.00"}
    refused(world.api.post("/products", {**new, "category_id": 999999999}), 422, "invalid_input", "/category_id")
    refused(world.api.post("/products", {**new, "sku": taken}), 409, "duplicate_sku")
    refused(world.api.post("/products", {**new, "price": "-0.01"}), 422, "invalid_input", "/price")
    same(sql.rows("select id from products where sku = 'ACC-P5'"), [], "what a refused request left")


def p6_readable_by_hand(world):
    sql = world.sql
    described = sql.run("\\pset tuples_only off\n\\d products")
    for part in ("products_pkey", "products_sku_key", "products_category_id_fkey", "products_barcode_key"):
        expect(part in described, f"\\d products does not show {part}")
    overview = {row["id"]: row for row in sql.rows("select * from product_overview")}
    listed = world.api.items("/products")
    same(sorted(overview), sorted(item["id"] for item in listed), "products in product_overview")
    for item in listed:
        row = overview[item["id"]]
        same((row["sku"], row["name"], row["category"], row["stock"], row["currency"]),
             (item["sku"], item["name"], item["category"]["path"], item["on_hand"], item["currency"]), "a row of product_overview")
        same(float(row["price"]), float(item["price"]), f"price of {item['sku']}")
    same(sql.rows("""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'v') and obj_description(c.oid) is null"""),
         [], "tables and views without a comment")
    same(sql.rows("select id from products where btrim(name) = '' or created_at > now()"), [], "products that look wrong")


LINES = {
    "P1": ("a normalised schema: categories, products with a foreign key, fitting types, constraints", p1_a_normalised_schema),
    "P2": ("sample data: at least 5 categories, 10 products spread over them", p2_sample_data),
    "P3": ("add a product; get one; list; list categories; products of a category, complete and nothing else", p3_endpoints),
    "P4": ("the category's name comes joined with the product", p4_the_category_comes_with_the_product),
    "P5": ("the schema refuses: no valid category, a second product with a SKU, a negative price", p5_the_schema_refuses),
    "P6": ("relations and data look right when read by hand in the database", p6_readable_by_hand),
}
