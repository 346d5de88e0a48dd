"""Which indexes the planner uses, in a database that is large enough for it to care."""

import json

from stage import expect

# 20,000 products with price, stock and an entry each, in a transaction that is rolled back: nobody else sees them.
FILL = """
begin;
set local stockbook.ledger = 'on';
insert into products (sku, name, category_id)
    select 'FILLER-' || n, 'Filler ' || n, known[1 + n % cardinality(known)]
    from generate_series(1, 20000) as n, (select array_agg(id) as known from categories) as c;
create temporary table filler on commit drop as select id from products where sku like 'FILLER-%';
insert into product_prices (product_id, effective_from, price, currency, actor) select id, now(), 1, 'EUR', 'accept' from filler;
insert into product_stock (product_id, on_hand, available) select id, 1, 1 from filler;
insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
    select filler.id, l.id, l.warehouse_id, l.kind, 1, 0, 1, decode(repeat('00', 32), 'hex'), now()
    from filler, (select * from locations where kind = 'storage' order by id limit 1) as l;
with movement as (
    insert into stock_movements (kind, actor, occurred_at, recorded_at) select 'receipt', 'accept', now(), now() from filler returning id)
insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta, reserved_after,
    occurred_at, recorded_at, chain)
    select p.id, (select min(location_id) from stock_levels where product_id = p.id), 1, m.id, 1, 1, 0, 0, now(), now(), decode(repeat('00', 32), 'hex')
    from (select id, row_number() over () as n from filler) as p join (select id, row_number() over () as n from movement) as m using (n);
analyze products, product_prices, product_stock, stock_levels, stock_movements, stock_entries;
"""


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def expect_indexes(sql, queries):
    """Each query uses an index, reads no table from end to end, and sorts nothing."""
    explain = "\n".join(f"\\echo ===\nexplain (format json) {query};" for query in queries)
    printed = sql.run(f"{FILL}\n{explain}\nrollback;").split("===\n")[1:]
    expect(len(printed) == len(queries), "not all plans were printed")
    for query, plan in zip(queries, printed):
        found = list(nodes(json.loads(plan)[0]["Plan"]))
        kinds = {node["Node Type"] for node in found}
        expect(not kinds & {"Seq Scan", "Sort", "Incremental Sort"}, f"{query}: {sorted(kinds)}")
        expect(any("Index Name" in node for node in found), f"no index: {query}")
