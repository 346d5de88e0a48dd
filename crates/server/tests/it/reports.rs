//! /reports and /products/{id}/stock-history: what is shown, computed here from what was posted.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::Currency;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use platform::App;
use serde_json::{Value, json};
use testkit::TestServer;

use crate::replenishment::{sells, supplier};
use crate::support::server;

/// Another server of the same database.
fn app(server: &TestServer) -> App {
    let euro = Currency::parse("EUR").expect("a currency");
    App::new(platform::database::pool(server.database().options(), 4), euro)
}

/// Until everything is in the figures: what other tests of the same PostgreSQL have under way holds them up, too.
pub(crate) async fn bring_up_to_date(server: &TestServer) {
    let app = app(server);
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        reports::bring_up_to_date(&app).await.expect("figures");
        let is_done: bool = sqlx::query_scalar(
            "select transaction_id is not null and not exists (
                 select from stock_movements m where (m.transaction_id, m.id) > (p.transaction_id, p.movement_id))
             from report_progress p",
        )
        .fetch_one(server.pool())
        .await
        .expect("progress");
        if is_done {
            return;
        }
        assert!(Instant::now() < end, "the figures are not brought up to date");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Noon of the day so many days ago, in UTC.
#[expect(clippy::disallowed_methods, reason = "the database of a test has the clock of this machine")]
fn noon(days_ago: i64) -> Timestamp {
    let day = Timestamp::now().as_second() / 86400 - days_ago;
    Timestamp::from_second(day * 86400 + 43200).expect("a time")
}

fn day(days_ago: i64) -> String {
    noon(days_ago).to_string()[..10].to_owned()
}

async fn post(server: &TestServer, kind: &str, days_ago: i64, lines: Value) -> i64 {
    let mut body = json!({"kind": kind, "reason": "test", "lines": lines});
    if days_ago > 0 {
        body["occurred_at"] = json!(noon(days_ago));
    }
    server.post("/stock-movements", body).await.expect(201).id()
}

/// What came in, what went out, and in how many movements.
type Flow = (i64, i64, i64);

/// The days on which anything moved.
async fn days(server: &TestServer, query: &str) -> BTreeMap<String, Flow> {
    let answer = server.get(&format!("/reports/movements-per-day?days=40{query}")).await.expect(200);
    assert_eq!(answer.items().len(), 40, "every day has its item");
    assert_eq!(answer.items()[39]["day"], json!(day(0)), "the last one is today");
    let flow = |item: &Value| {
        let number = |name: &str| item[name].as_i64().expect("a whole number");
        (item["day"].as_str().expect("a day").to_owned(), (number("in"), number("out"), number("movements")))
    };
    answer.items().iter().map(flow).filter(|(_, flow)| *flow != (0, 0, 0)).collect()
}

fn flows(expected: &[(i64, Flow)]) -> BTreeMap<String, Flow> {
    expected.iter().map(|(days_ago, flow)| (day(*days_ago), *flow)).collect()
}

#[tokio::test]
async fn movements_are_counted_once_on_the_day_on_which_they_happened() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let (kettle, cup) = (server.product("KET", 0).await, server.product("CUP", 0).await);
    let line = |sku: &str, warehouse: &str, quantity: i64| json!({"sku": sku, "warehouse": warehouse, "quantity": quantity});
    post(&server, "receipt", 9, json!([line("KET", "MAIN", 100), line("CUP", "MAIN", 40)])).await;
    post(
        &server,
        "issue",
        5,
        json!([line("KET", "MAIN", 7), line("KET", "MAIN", 3), line("CUP", "MAIN", 1)]),
    )
    .await;
    bring_up_to_date(&server).await;
    // What is moved between warehouses is in and out there, and neither over all of them.
    let moved = |sku: &str, quantity: i64| json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "NORTH"}, "lines": [{"sku": sku, "quantity": quantity}]});
    let mut at_once = moved("KET", 20);
    at_once["immediate"] = json!(true);
    server.post("/stock-transfers", at_once).await.expect(201);
    let slow = server.post("/stock-transfers", moved("CUP", 9)).await.expect(201).id();
    server.post(&format!("/stock-transfers/{slow}/ship"), json!({})).await.expect(200);
    let received = json!({"lines": [{"line": 1, "quantity": 6}], "close": "broken"});
    server.post(&format!("/stock-transfers/{slow}/receive"), received).await.expect(200);
    // What is promised has not moved; what was a slip has gone out and come in.
    let reserved = json!({"lines": [{"sku": "KET", "quantity": 5, "warehouse": "MAIN"}]});
    let reserved = server.post("/reservations", reserved).await.expect(201).id();
    server
        .post(&format!("/reservations/{reserved}/fulfil"), json!({"lines": [{"line": 1, "quantity": 4}]}))
        .await
        .expect(200);
    let slip = post(&server, "issue", 0, json!([line("CUP", "MAIN", 2)])).await;
    server.post(&format!("/stock-movements/{slip}/reverse"), json!({"reason": "slip"})).await.expect(201);
    // Late, and on the day of the first issue.
    post(&server, "issue", 5, json!([line("KET", "MAIN", 11)])).await;
    bring_up_to_date(&server).await;
    bring_up_to_date(&server).await;

    // Today: a transfer at once; shipped, received, 3 written off; 4 fulfilled; 2 out and in again.
    let expected = flows(&[(9, (140, 0, 1)), (5, (0, 22, 2)), (0, (2, 3 + 4 + 2, 7))]);
    assert_eq!(days(&server, "").await, expected);
    let main = flows(&[(9, (140, 0, 1)), (5, (0, 22, 2)), (0, (2, 20 + 9 + 4 + 2, 5))]);
    assert_eq!(days(&server, "&warehouse=main").await, main);
    assert_eq!(days(&server, "&warehouse=NORTH").await, flows(&[(0, (20 + 6, 0, 2))]));
    let top = server.get("/reports/top-movers?days=10&limit=5").await.expect(200);
    let mover = |id: i64, sku: &str, out: i64, quantity_in: i64| json!({"product_id": id, "sku": sku, "name": format!("Product {sku}"), "unit": "each", "out": out, "in": quantity_in});
    assert_eq!(top.items(), [mover(kettle, "KET", 25, 100), mover(cup, "CUP", 1 + 2 + 3, 42)]);
    let top = server.get("/reports/top-movers?days=5&limit=1").await.expect(200);
    assert_eq!(
        top.items(),
        [mover(cup, "CUP", 5, 2)],
        "five days do not reach back to the fifth before today"
    );
    server.finish().await;
}

/// Three servers at it while two hundred movements come in, among them some that are slow to commit.
#[tokio::test(flavor = "multi_thread")]
async fn servers_that_share_the_figures_count_nothing_twice_and_miss_nothing() {
    let server = server().await;
    for sku in ["A", "B", "C"] {
        server.product(sku, 0).await;
    }
    let quantity = |i: i64| 1 + i * 7 % 13;
    let writes = async {
        for round in 0..25 {
            join_all((0..8).map(|k| {
                let i = round * 8 + k;
                let sku = ["A", "B", "C"][usize::try_from(i % 3).expect("small")];
                let line = json!({"sku": sku, "warehouse": "MAIN", "quantity": quantity(i)});
                post(&server, "receipt", i % 4, json!([line]))
            }))
            .await;
        }
    };
    let keeping = async |app: App| {
        for _ in 0..60 {
            reports::bring_up_to_date(&app).await.expect("figures");
        }
    };
    tokio::join!(writes, keeping(app(&server)), keeping(app(&server)), keeping(app(&server)));
    bring_up_to_date(&server).await;
    let mut expected: BTreeMap<i64, Flow> = BTreeMap::new();
    for i in 0..200 {
        let flow = expected.entry(i % 4).or_default();
        *flow = (flow.0 + quantity(i), 0, flow.2 + 1);
    }
    let there: i64 = sqlx::query_scalar("select count(*) from stock_movements")
        .fetch_one(server.pool())
        .await
        .expect("a count");
    assert_eq!(there, 200);
    assert_eq!(days(&server, "").await, flows(&Vec::from_iter(expected)));
    server.finish().await;
}

/// A dump brings transactions of another server along, which may be further than this one.
#[tokio::test]
async fn figures_that_came_with_a_dump_are_made_anew() {
    let server = server().await;
    server.product("KET", 0).await;
    post(&server, "receipt", 3, json!([{"sku": "KET", "warehouse": "MAIN", "quantity": 50}])).await;
    post(&server, "issue", 2, json!([{"sku": "KET", "warehouse": "MAIN", "quantity": 8}])).await;
    bring_up_to_date(&server).await;
    let expected = flows(&[(3, (50, 0, 1)), (2, (0, 8, 1))]);
    assert_eq!(days(&server, "").await, expected);
    let sql = "set stockbook.ledger = 'on';
        update report_progress set transaction_id = '4000000000000'; update movement_days set quantity_in = 77;";
    sqlx::raw_sql(sql).execute(server.pool()).await.expect("as after a dump");
    post(&server, "issue", 2, json!([{"sku": "KET", "warehouse": "MAIN", "quantity": 1}])).await;
    bring_up_to_date(&server).await;
    assert_eq!(days(&server, "").await, flows(&[(3, (50, 0, 1)), (2, (0, 9, 2))]));
    server.finish().await;
}

#[tokio::test]
async fn stock_is_worth_what_the_newest_receipts_had_cost() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let line = |sku: &str, quantity: i64, cost: Value| json!([{"sku": sku, "warehouse": "MAIN", "quantity": quantity, "unit_cost": cost}]);
    // 10 at 10 and 10 at 20, 15 go out: 5 are left, of the second.
    server.product_with(json!({"sku": "FIFO", "price": "30.00"})).await;
    post(&server, "receipt", 0, line("FIFO", 10, json!("10"))).await;
    post(&server, "receipt", 0, line("FIFO", 10, json!("20"))).await;
    post(&server, "issue", 0, json!([{"sku": "FIFO", "warehouse": "MAIN", "quantity": 15}])).await;
    // 4 came without a cost: as much as those that came with one, on average. Half of it is on its way.
    server.product_with(json!({"sku": "PART", "price": "1.00", "on_hand": 4})).await;
    post(&server, "receipt", 0, line("PART", 2, json!("3"))).await;
    post(&server, "receipt", 0, line("PART", 2, json!("4"))).await;
    let moved = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "NORTH"}, "lines": [{"sku": "PART", "quantity": 4}]});
    let moved = server.post("/stock-transfers", moved).await.expect(201).id();
    server.post(&format!("/stock-transfers/{moved}/ship"), json!({})).await.expect(200);
    // A slip that was reversed counts for nothing.
    server.product_with(json!({"sku": "SLIP", "price": "2.00", "on_hand": 3})).await;
    let slip = post(&server, "receipt", 0, line("SLIP", 5, json!("999"))).await;
    server.post(&format!("/stock-movements/{slip}/reverse"), json!({"reason": "slip"})).await.expect(201);
    // Nothing has come at a cost: what the supplier asks for.
    server.product_with(json!({"sku": "ASKED", "price": "9.00", "on_hand": 10})).await;
    let acme = supplier(&server, "ACME", json!(3)).await;
    let costs = json!([{"unit_cost": "2.50"}, {"min_quantity": 100, "unit_cost": "2"}]);
    sells(&server, acme, "ASKED", json!({"costs": costs})).await;
    // Sold in another currency; and nothing left.
    server.product_with(json!({"sku": "USD", "price": "100.00", "currency": "USD", "on_hand": 1})).await;
    server.product_with(json!({"sku": "NONE", "price": "100.00"})).await;
    bring_up_to_date(&server).await;

    let value = server.get("/reports/stock-value").await.expect(200).body;
    let at_cost = 500 * 20 / 100 + 8 * 350 / 100 + 10 * 250 / 100;
    let at_price = 5 * 30 + 8 + 3 * 2 + 10 * 9;
    let expected = json!({"currency": "EUR", "at_cost": format!("{at_cost}.00"), "at_price": format!("{at_price}.00"), "products": 5,
        "units": 5 + 8 + 3 + 10 + 1, "products_without_cost": 2, "units_without_cost": 3 + 1, "products_without_price": 1,
        "computed_at": value["computed_at"]});
    assert_eq!(value, expected);
    let history = server.get("/reports/stock-value/history?days=7").await.expect(200);
    let mut today = expected;
    today["day"] = json!(day(0));
    assert_eq!(history.items(), [today]);
    // It is computed anew: 5 more go out.
    post(&server, "issue", 0, json!([{"sku": "FIFO", "warehouse": "MAIN", "quantity": 5}])).await;
    bring_up_to_date(&server).await;
    let value = server.get("/reports/stock-value").await.expect(200).body;
    assert_eq!((&value["at_cost"], &value["products"]), (&json!(format!("{}.00", at_cost - 100)), &json!(4)));
    server.finish().await;
}

/// The value is computed about once a minute; but who has just put their stock in, or sample data, does not look at 0 for so long.
#[tokio::test]
async fn the_first_stock_is_worth_something_within_seconds() {
    let server = server().await;
    let product = server.product_with(json!({"sku": "KET", "price": "7.00"})).await;
    let worker = tokio::spawn(reports::keep_figures(app(&server)));
    let until = async |units: i64| {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let days = server.get("/reports/stock-value/history?days=1").await.expect(200);
            if days.items().first().is_some_and(|today| today["units"] == json!(units)) {
                return days.items()[0]["at_price"].clone();
            }
            assert!(Instant::now() < end, "not computed: {:?}", days.items());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert_eq!(until(0).await, json!("0.00"));
    let first = json!({"product_id": product, "warehouse": "MAIN", "delta": 3, "reason": "found"});
    server.post("/stock-adjustments", first).await.expect(201);
    assert_eq!(until(3).await, json!("21.00"));
    worker.abort();
    server.finish().await;
}

/// Also on days on which no server was there to compute it.
#[tokio::test]
async fn the_value_of_past_days_is_found_from_the_ledger() {
    let server = server().await;
    let product = server.product_with(json!({"sku": "KET", "price": "7.00"})).await;
    let sql = format!(
        "update product_prices set effective_from = now() - interval '30 days' where product_id = {product}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(server.pool()).await.expect("an old price");
    let cost = |quantity: i64, cost: &str| json!([{"sku": "KET", "warehouse": "MAIN", "quantity": quantity, "unit_cost": cost}]);
    let out = |quantity: i64| json!([{"sku": "KET", "warehouse": "MAIN", "quantity": quantity}]);
    post(&server, "receipt", 6, cost(10, "2")).await;
    post(&server, "receipt", 4, cost(10, "3")).await;
    post(&server, "issue", 3, out(15)).await;
    // What comes while somebody's transaction is open is not in the figures by day for as long.
    let mut open = server.pool().acquire().await.expect("a connection");
    sqlx::raw_sql("begin; select pg_current_xact_id()").execute(&mut *open).await.expect("a writer");
    post(&server, "receipt", 1, cost(5, "4")).await;
    reports::bring_up_to_date(&app(&server)).await.expect("figures");
    sqlx::raw_sql("rollback").execute(&mut *open).await.expect("its end");
    bring_up_to_date(&server).await;
    let history = server.get("/reports/stock-value/history?days=30").await.expect(200);
    let shown = |item: &Value| {
        (item["day"].clone(), item["units"].clone(), item["at_cost"].clone(), item["at_price"].clone())
    };
    let found: Vec<_> = history.items().iter().map(shown).collect();
    let of_day = |days_ago: i64, units: i64, at_cost: i64| {
        (
            json!(day(days_ago)),
            json!(units),
            json!(format!("{at_cost}.00")),
            json!(format!("{}.00", units * 7)),
        )
    };
    let expected = [
        of_day(6, 10, 20),
        of_day(5, 10, 20),
        of_day(4, 20, 50),
        of_day(3, 5, 15),
        of_day(2, 5, 15),
        of_day(1, 10, 15 + 20),
        of_day(0, 10, 35),
    ];
    assert_eq!(found, expected);
    server.finish().await;
}

#[tokio::test]
async fn what_is_not_known_is_null_and_a_new_shop_is_worth_nothing() {
    let server = server().await;
    let value = server.get("/reports/stock-value").await.expect(200).body;
    assert_eq!(
        (&value["at_cost"], &value["at_price"], &value["units"]),
        (&json!("0.00"), &json!("0.00"), &json!(0))
    );
    server.product_with(json!({"sku": "KET", "price": "5.00", "on_hand": 2})).await;
    let value = server.get("/reports/stock-value").await.expect(200).body;
    assert_eq!(
        (&value["at_cost"], &value["at_price"]),
        (&json!(null), &json!("10.00")),
        "computed at once, before any is kept"
    );
    server.finish().await;
}

#[tokio::test]
async fn what_has_run_out_is_listed_by_pages() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let mut expected = Vec::new();
    for i in 0..12 {
        let sku = format!("P-{i:02}");
        // Never in stock, in stock, run out; promised to the last; in quarantine; archived.
        match i % 6 {
            0 => {
                server.product_with(json!({"sku": sku, "reorder_point": 5})).await;
            }
            1 => {
                server.product(&sku, 5).await;
            }
            2 => {
                server.product(&sku, 5).await;
                post(&server, "issue", 0, json!([{"sku": sku, "warehouse": "MAIN", "quantity": 5}])).await;
                expected.push((sku, 0, 0));
            }
            3 => {
                server.product(&sku, 5).await;
                server
                    .post("/reservations", json!({"lines": [{"sku": sku, "quantity": 5}]}))
                    .await
                    .expect(201);
                expected.push((sku, 5, 5));
            }
            4 => {
                let hold = server.location("NORTH", &format!("HOLD-{i}"), "hold").await;
                let id = server.product(&sku, 0).await;
                server.receive(id, hold, 3).await;
                expected.push((sku, 3, 0));
            }
            _ => {
                let id = server.product(&sku, 2).await;
                post(&server, "issue", 0, json!([{"sku": sku, "warehouse": "MAIN", "quantity": 2}])).await;
                server.delete(&format!("/products/{id}"), "*").await.expect(204);
            }
        }
    }
    let (mut seen, mut path) = (Vec::new(), "/reports/stock-outs?limit=2".to_owned());
    loop {
        let page = server.get(&path).await.expect(200);
        seen.extend(page.items().iter().map(|item| {
            assert_eq!(item["available"], json!(0));
            let number = |name: &str| item[name].as_i64().expect("a whole number");
            (item["sku"].as_str().expect("a SKU").to_owned(), number("on_hand"), number("reserved"))
        }));
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/reports/stock-outs?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, expected);
    server.finish().await;
}

/// The expectation adds up what was posted, by business time.
#[tokio::test]
async fn the_history_of_stock_is_what_had_happened_by_then() {
    let server = server().await;
    server.warehouse("NORTH").await;
    let product = server.product("KET", 0).await;
    let posted = [
        ("receipt", "MAIN", 50, 20),
        ("receipt", "NORTH", 30, 18),
        ("issue", "MAIN", 12, 10),
        // Late, and out of order.
        ("receipt", "MAIN", 9, 15),
        ("issue", "NORTH", 4, 17),
        ("issue", "MAIN", 5, 3),
    ];
    for (kind, warehouse, quantity, days_ago) in posted {
        post(&server, kind, days_ago, json!([{"sku": "KET", "warehouse": warehouse, "quantity": quantity}]))
            .await;
    }
    let midnight = |days_ago: i64| noon(days_ago) - SignedDuration::from_hours(12);
    let (from, to) = (midnight(22), midnight(2));
    for (query, wanted) in
        [("", None), ("&warehouse=main", Some("MAIN")), ("&warehouse=NORTH", Some("NORTH"))]
    {
        let path = format!("/products/{product}/stock-history?from={from}&to={to}&points=21{query}");
        let answer = server.get(&path).await.expect(200).body;
        let expected: Vec<Value> = (2..=22)
            .rev()
            .map(|day| {
                let until = posted.iter().filter(|(_, warehouse, _, days_ago)| {
                    *days_ago > day && wanted.is_none_or(|wanted| *warehouse == wanted)
                });
                let signed = |(kind, _, quantity, _): &(&str, &str, i64, i64)| {
                    if *kind == "issue" { -quantity } else { *quantity }
                };
                let on_hand: i64 = until.map(signed).sum();
                json!({"at": midnight(day), "on_hand": on_hand})
            })
            .collect();
        assert_eq!(answer, json!({"product_id": product, "points": expected}), "{query}");
    }
    let answer = server.get(&format!("/products/{product}/stock-history?days=365")).await.expect(200).body;
    let points = answer["points"].as_array().expect("points");
    assert_eq!((points.len(), &points[0]["on_hand"], &points[59]["on_hand"]), (60, &json!(0), &json!(68)));
    server.finish().await;
}

/// However many places a product is at, an answer costs about the same.
#[tokio::test]
async fn a_product_of_many_places_has_fewer_points() {
    let server = server().await;
    let product = server.product("KET", 0).await;
    let mut lines = Vec::new();
    for i in 0..100 {
        let location = server.location("MAIN", &format!("L-{i}"), "storage").await;
        lines.push(json!({"product_id": product, "location_id": location, "quantity": 1}));
    }
    post(&server, "receipt", 0, json!(lines)).await;
    let answer = server.get(&format!("/products/{product}/stock-history?points=200")).await.expect(200).body;
    let points = answer["points"].as_array().expect("points");
    assert_eq!((points.len(), &points[19]["on_hand"]), (20, &json!(100)));
    server.finish().await;
}

#[tokio::test]
async fn reports_that_cannot_be_made_are_refused_with_a_code() {
    let server = server().await;
    let product = server.product("KET", 1).await;
    let (past, future) = (noon(3), noon(-3));
    for (path, pointer, code) in [
        ("/reports/movements-per-day?days=0".to_owned(), "?days", "out_of_range"),
        ("/reports/movements-per-day?days=367".to_owned(), "?days", "out_of_range"),
        ("/reports/movements-per-day?warehouse=NOWHERE".to_owned(), "?warehouse", "unknown_warehouse"),
        ("/reports/movements-per-day?warehouse=MAIN&warehouse_id=1".to_owned(), "?warehouse", "repeated"),
        ("/reports/top-movers?days=93".to_owned(), "?days", "out_of_range"),
        ("/reports/top-movers?limit=0".to_owned(), "?limit", "out_of_range"),
        ("/reports/stock-value/history?days=x".to_owned(), "?days", "not_an_integer"),
        (format!("/products/{product}/stock-history?days=3&from={past}"), "?days", "mutually_exclusive"),
        (format!("/products/{product}/stock-history?to={future}"), "?to", "in_the_future"),
        (format!("/products/{product}/stock-history?from={past}&to={past}"), "?from", "out_of_range"),
        (format!("/products/{product}/stock-history?points=1"), "?points", "out_of_range"),
    ] {
        let refused = server.get(&path).await.expect(422);
        let found =
            (refused.body["errors"][0]["pointer"].as_str(), refused.body["errors"][0]["code"].as_str());
        assert_eq!(found, (Some(pointer), Some(code)), "{path}");
    }
    server.get("/products/99/stock-history").await.problem(404, "product_not_found");
    server.get("/reports/stock-outs?cursor=x").await.problem(400, "invalid_cursor");
    server.finish().await;
}
