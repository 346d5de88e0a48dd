//! The sample data, and `sql/sample_data.sql`, which is the same as the server plants on a certain day.

use std::fmt::Write;

use domain::Currency;
use jiff::civil::date;
use platform::{App, database};
use server::sample::{Seeded, seed};
use sqlx::{PgPool, Row};
use testkit::{TestDatabase, check_ledger, golden};

const HEADER: &str = "\
-- Stockbook's sample data: a small shop with three warehouses and six weeks behind it. For a database that has nothing but
-- the schema:
--
--   psql -v ON_ERROR_STOP=1 -f sql/sample_data.sql
--
-- Generated: do not edit; a test holds it equal to what the server plants on 2 November 2026. `stockbook seed` dates it back
-- from the day it runs.
begin;
set local stockbook.ledger = 'on'; -- these movements come from the server's own write path
";

/// Every table that the sample fills, in an order that their references allow.
const TABLES: [&str; 20] = [
    "categories",
    "warehouses",
    "locations",
    "products",
    "product_prices",
    "product_stock",
    "stock_levels",
    "stock_movements",
    "stock_entries",
    "low_stock",
    "reorder_policies",
    "warehouse_low_stock",
    "suppliers",
    "supplier_products",
    "supplier_product_costs",
    "purchase_orders",
    "purchase_order_lines",
    "purchase_order_events",
    "goods_receipts",
    "goods_receipt_lines",
];

fn app(database: &TestDatabase) -> App {
    App::new(database::pool(database.options(), 4), Currency::parse("EUR").expect("a currency"))
}

async fn planted() -> (TestDatabase, Seeded) {
    let database = TestDatabase::new().await;
    let seeded = seed(&app(&database), date(2026, 11, 2)).await.expect("sample data");
    (database, seeded)
}

#[tokio::test]
async fn the_sample_is_a_believable_shop() {
    let (database, seeded) = planted().await;
    let Seeded::Planted { categories, products, warehouses, suppliers, movements } = seeded else {
        panic!("{seeded:?}")
    };
    assert!(categories >= 8 && products >= 60 && warehouses == 3, "{seeded:?}");
    assert!(suppliers >= 3 && movements >= 100, "{seeded:?}");
    check_ledger(database.pool()).await;
    let kinds: Vec<String> = sqlx::query_scalar("select distinct kind from stock_movements order by kind")
        .fetch_all(database.pool())
        .await
        .expect("kinds");
    assert_eq!(kinds, ["adjustment", "count", "issue", "receipt", "return_in", "reversal"]);
    let (low, future): (i64, i64) = sqlx::query_as(
        "select (select count(*) from products p join product_stock s on s.product_id = p.id where s.available <= p.reorder_point),
                (select count(*) from stock_movements where recorded_at >= '2026-11-02')",
    )
    .fetch_one(database.pool())
    .await
    .expect("figures");
    assert!(low > 0, "something runs low");
    assert_eq!(future, 0, "nothing happens after the day it is planted");
}

/// Every state of an order is there to be looked at, with a history that could have happened.
#[tokio::test]
async fn the_sample_shop_has_bought_for_six_weeks() {
    let (database, _) = planted().await;
    let found = async |sql: &'static str| -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(database.pool()).await.expect("rows")
    };
    let mut states: Vec<_> =
        domain::PurchaseOrderStatus::ALL.into_iter().map(domain::PurchaseOrderStatus::as_str).collect();
    states.sort_unstable();
    assert_eq!(found("select distinct status from purchase_orders order by status").await, states);
    let reversed = "select number from goods_receipts where reversed_at is not null and reversed_by_movement_id is not null";
    assert_eq!(found(reversed).await.len(), 1);
    // Each of these should find nothing.
    for wrong in [
        "select 'ends elsewhere: ' || o.number from purchase_orders o where o.status <> (
             select e.status from purchase_order_events e where e.purchase_order_id = o.id order by e.id desc limit 1)",
        "select 'out of order: ' || e.id from purchase_order_events e join purchase_order_events f
             on f.purchase_order_id = e.purchase_order_id and f.id > e.id and f.recorded_at < e.recorded_at",
        "select 'not on its day: ' || r.number from goods_receipts r join stock_movements m on m.id = r.movement_id
             where r.created_at <> m.recorded_at and m.recorded_at - r.created_at not between '0' and '1 ms'",
        "select 'after today: ' || id from purchase_order_events where recorded_at >= '2026-11-02'",
        "select 'now: ' || number from purchase_orders where created_at >= '2026-11-02' or updated_at >= '2026-11-02'",
        "select 'another incoming: ' || s.product_id from product_stock s left join (
             select p.id, sum(g.quantity) as quantity from incoming_goods g join products p on p.sku = g.sku group by p.id) g
             on g.id = s.product_id where s.incoming <> coalesce(g.quantity, 0)",
        "select 'not in packs: ' || l.id from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
             left join supplier_products sp on sp.supplier_id = o.supplier_id and sp.product_id = l.product_id
             where sp.id is null or l.quantity < sp.moq or l.quantity % sp.order_multiple <> 0",
        "select 'two or none preferred: ' || product_id from supplier_products group by product_id
             having count(*) filter (where preferred) <> 1",
    ] {
        assert_eq!(found(wrong).await, Vec::<String>::new());
    }
    let at_reorder_point =
        "select sku from low_stock_overview where available = reorder_point and (incoming > 0) order by sku";
    assert!(found(at_reorder_point).await.len() >= 2, "at their reorder points, with more on the way");
    let in_warehouses = "select distinct warehouse from warehouse_low_stock_overview order by warehouse";
    assert_eq!(found(in_warehouses).await, ["SHOP", "SOUTH"], "low there, by policies");
    let nothing_comes = "select sku from low_stock_overview where incoming = 0";
    assert!(found(nothing_comes).await.len() >= 2, "low, and nothing is on the way");
}

#[tokio::test]
async fn a_database_with_data_is_left_as_it_is() {
    let (database, _) = planted().await;
    assert_eq!(seed(&app(&database), date(2026, 11, 3)).await.expect("an answer"), Seeded::NotEmpty);
    let other = TestDatabase::new().await;
    sqlx::query("insert into categories (name) values ('Mine')")
        .execute(other.pool())
        .await
        .expect("a category");
    assert_eq!(seed(&app(&other), date(2026, 11, 3)).await.expect("an answer"), Seeded::NotEmpty);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_seed_at_once_plant_once() {
    let database = TestDatabase::new().await;
    let (one, two) = (app(&database), app(&database));
    let day = date(2026, 11, 2);
    let both = futures_util::future::join(seed(&one, day), seed(&two, day)).await;
    let planted = [both.0.expect("an answer"), both.1.expect("an answer")]
        .iter()
        .filter(|seeded| **seeded != Seeded::NotEmpty)
        .count();
    assert_eq!(planted, 1);
}

#[tokio::test]
async fn the_sample_as_sql_is_what_the_server_plants() {
    let (database, _) = planted().await;
    let mut sql = HEADER.to_owned();
    for table in TABLES {
        dump(database.pool(), table, &mut sql).await;
    }
    sql.push_str("\ncommit;\n");
    golden::check("sql/sample_data.sql", &sql);
}

/// As insert statements. What is there by then (the first warehouse by a migration, totals of products with a reorder
/// point by a trigger) is brought to the same state.
async fn dump(pool: &PgPool, table: &str, sql: &mut String) {
    let columns = sqlx::query(
        "select a.attname::text as name, a.attidentity <> '' as identity,
                coalesce((select i.indkey::int2[] @> array[a.attnum] from pg_index i where i.indrelid = a.attrelid and i.indisprimary), false) as key
         from pg_attribute a where a.attrelid = $1::text::regclass and a.attnum > 0 and a.attgenerated = ''
           and a.atttypid <> 'xid8'::regtype -- the transaction that loads it
         order by a.attnum",
    )
    .bind(table)
    .fetch_all(pool)
    .await
    .expect("columns");
    let names: Vec<String> = columns.iter().map(|column| column.get("name")).collect();
    let keys: Vec<String> =
        columns.iter().filter(|column| column.get("key")).map(|column| column.get("name")).collect();
    let identity = columns.iter().any(|column| column.get("identity"));

    let literals =
        names.iter().map(|name| format!("quote_nullable({name}::text)")).collect::<Vec<_>>().join(", ");
    let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select '(' || concat_ws(', ', {literals}) || ')' from {table} order by {}",
        keys.join(", ")
    )))
    .fetch_all(pool)
    .await
    .expect("rows");
    let overriding = if identity { " overriding system value" } else { "" };
    let by_trigger = match table {
        "low_stock" => "everything, as there was no stock when the products came",
        "warehouse_low_stock" => "what the policies have just brought, at the time of loading",
        _ => "",
    };
    if !by_trigger.is_empty() {
        writeln!(sql, "\ndelete from {table}; -- {by_trigger}").expect("text");
    }
    write!(
        sql,
        "\ninsert into {table} ({}){overriding} values\n    {}",
        names.join(", "),
        rows.join(",\n    ")
    )
    .expect("text");
    if ["warehouses", "locations", "product_stock"].contains(&table) {
        let updates: Vec<_> = names
            .iter()
            .filter(|name| !keys.contains(name))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        write!(sql, "\non conflict ({}) do update set {}", keys.join(", "), updates.join(", "))
            .expect("text");
    }
    sql.push_str(";\n");
    if identity {
        writeln!(sql, "select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table};")
            .expect("text");
    }
}
