//! The ledger against a model in memory, worked out from what was asked for: random commands with keys, through two server
//! processes, while PostgreSQL's sessions are ended and PostgreSQL itself crashes. Each command is retried under its key
//! until it is answered. In the end the model, both servers and the ledger agree.
//!
//! What is asked for follows from the seed; when the database goes, from how much has been answered by then.

mod chance;
mod shelf;
mod shop;
mod writer;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::check_ledger;

use shop::Shop;
use writer::{Acknowledged, WAREHOUSES, Writer};

const WRITERS: usize = 6;

/// Commands of each writer, about its own product and about the shared one together.
const COMMANDS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_what_was_acknowledged_whatever_happens_to_the_database() {
    let seed = std::env::var("LEDGER_MODEL_SEED").map_or(20_261_125, |text| text.parse().expect("a number"));
    eprintln!("LEDGER_MODEL_SEED={seed}");
    let shop = Shop::open().await;
    let client = shop.client(0).clone();
    client.warehouse("NORTH").await;
    let shared = client.product("SHARED", 20).await;
    let begun: String = sqlx::query_scalar(
        "select to_char(clock_timestamp() at time zone 'UTC' - interval '1 s', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    )
    .fetch_one(&shop.db())
    .await
    .expect("a clock");
    let begun = begun.parse().expect("a time");

    let acknowledged = Acknowledged::default();
    // Between the parts of the work the database goes: in the middle of what is under way.
    let mut writers = Vec::new();
    for name in 0..WRITERS {
        writers.push(Writer::begin(&shop, (name, seed), begun, (shared, &acknowledged)).await);
    }
    let work = async {
        join_all(writers.iter_mut().map(async |writer| {
            for _ in 0..COMMANDS {
                writer.act().await;
            }
        }))
        .await;
    };
    let all = WRITERS * COMMANDS;
    let trouble = async {
        for part in 1..=8 {
            shop.answered(all * part / 8).await;
            if part == 4 { shop.crash().await } else { shop.end_sessions().await }
        }
    };
    tokio::join!(work, trouble);

    for server in 0..2 {
        let client = shop.client(server);
        for writer in &writers {
            let product = client.get(&format!("/products/{}", writer.product())).await.expect(200).body;
            let [main, north] = &writer.shelves;
            let expected =
                [main.on_hand() + north.on_hand(), main.reserved + north.reserved, writer.in_transit()];
            let found =
                ["on_hand", "reserved", "in_transit"].map(|name| product[name].as_i64().expect("a number"));
            assert_eq!(found, expected, "{product}");
            for (shelf, warehouse) in writer.shelves.iter().zip(WAREHOUSES) {
                let path = format!("/stock-levels?product_id={}&warehouse={warehouse}", writer.product());
                let levels = client.get(&path).await.expect(200);
                let in_storage = |level: &&Value| level["location_kind"] == "storage";
                let sum = |name: &str| {
                    levels
                        .items()
                        .iter()
                        .filter(in_storage)
                        .filter_map(|level| level[name].as_i64())
                        .sum::<i64>()
                };
                assert_eq!(
                    (sum("on_hand"), sum("reserved")),
                    (shelf.on_hand(), shelf.reserved),
                    "{warehouse}: {levels}"
                );
            }
            for (id, open) in writer.promised() {
                let lines =
                    client.get(&format!("/reservations/{id}")).await.expect(200).body["lines"].clone();
                let found: i64 =
                    lines.as_array().expect("lines").iter().filter_map(|line| line["open"].as_i64()).sum();
                assert_eq!(found, open, "reservation {id}");
            }
        }
        let verified = client.get("/ledger/verify").await.expect(200).body;
        assert_eq!(verified["differences"], json!([]));
    }
    let movements: Vec<(i64, i64)> = sqlx::query_as(
        "select movement_id, sum(on_hand_delta)::bigint from stock_entries where product_id = $1 and seq > 1 group by movement_id",
    )
    .bind(shared)
    .fetch_all(&shop.db())
    .await
    .expect("movements");
    let acknowledged = acknowledged.lock().expect("a lock").clone();
    assert_eq!(
        BTreeMap::from_iter(movements),
        acknowledged,
        "what was acknowledged happened, and nothing else"
    );
    check_ledger(&shop.db()).await;
    drop(writers);
    shop.close().await;
}
