//! /products/{id}/prices: prices in time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::TestServer;

use crate::support::server;

/// The time of the database plus so many milliseconds.
async fn in_ms(server: &TestServer, ms: i64) -> Timestamp {
    let now: jiff_sqlx::Timestamp =
        sqlx::query_scalar("select date_trunc('milliseconds', clock_timestamp())")
            .fetch_one(server.pool())
            .await
            .expect("a time");
    now.to_jiff() + SignedDuration::from_millis(ms)
}

/// Wait until the database's clock is past it.
async fn until(server: &TestServer, moment: Timestamp) {
    while in_ms(server, 0).await <= moment {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn amounts(server: &TestServer, path: &str) -> Vec<(String, bool)> {
    let page = server.get(path).await.expect(200);
    let amount = |price: &Value| {
        (price["price"].as_str().expect("a price").to_owned(), price["current"] == json!(true))
    };
    page.items().iter().map(amount).collect()
}

fn expected(amounts: &[(&str, bool)]) -> Vec<(String, bool)> {
    amounts.iter().map(|(amount, current)| ((*amount).to_owned(), *current)).collect()
}

/// Nothing runs that would change anything: only the clock goes on.
#[tokio::test]
async fn a_scheduled_price_becomes_the_price_at_its_moment() {
    let server = server().await;
    let id = server.product_with(json!({"sku": "A", "price": "10"})).await;
    server.product_with(json!({"sku": "B", "price": "15"})).await;
    let (path, product) = (format!("/products/{id}/prices"), format!("/products/{id}"));
    let moment = in_ms(&server, 6000).await; // what comes before it takes a while on a slow machine
    let scheduled = json!({"price": "20", "effective_from": moment.to_string(), "reason": "new season"});
    let scheduled = server.post(&path, scheduled).await.expect(201).body;
    assert_eq!(
        (&scheduled["effective_from"], &scheduled["current"], &scheduled["currency"]),
        (&json!(moment.to_string()), &json!(false), &json!("EUR"))
    );
    assert_eq!(amounts(&server, &path).await, expected(&[("20.00", false), ("10.00", true)]));
    assert_eq!(server.get(&product).await.body["price"], json!("10.00"));
    let by_price = async || {
        let page = server.get("/products?sort=price").await.expect(200);
        page.items().iter().map(|item| (item["sku"].clone(), item["price"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(by_price().await, [(json!("A"), json!("10.00")), (json!("B"), json!("15.00"))]);
    let version = server.get(&product).await.body["version"].clone();

    until(&server, moment).await;
    assert_eq!(amounts(&server, &path).await, expected(&[("20.00", true), ("10.00", false)]));
    let after = server.get(&product).await.body;
    assert_eq!((&after["price"], &after["version"]), (&json!("20.00"), &version));
    assert_eq!(by_price().await, [(json!("B"), json!("15.00")), (json!("A"), json!("20.00"))]);
    server.finish().await;
}

#[tokio::test]
async fn the_price_at_a_time_can_be_asked() {
    let server = server().await;
    let created = server.post("/products", json!({"sku": "A", "name": "A", "price": "10"})).await.expect(201);
    let path = format!("/products/{}/prices", created.id());
    let (day, hour) = (in_ms(&server, 86_400_000).await, SignedDuration::from_hours(1));
    server.post(&path, json!({"price": "20", "effective_from": day.to_string()})).await.expect(201);
    let at = |moment: Timestamp| format!("{path}?at={moment}");
    assert_eq!(amounts(&server, &at(day)).await, expected(&[("20.00", false)]), "from its moment on");
    assert_eq!(amounts(&server, &at(day + hour * 9999)).await, expected(&[("20.00", false)]));
    assert_eq!(amounts(&server, &at(day - hour)).await, expected(&[("10.00", true)]));
    assert_eq!(amounts(&server, &at(day - hour * 48)).await, expected(&[]), "there was no product then");
    let one = server.get(&at(day)).await.expect(200);
    assert_eq!(one.body["next_cursor"], json!(null));
    server.get(&format!("{path}?at=tomorrow")).await.invalid(&[("?at", "not_a_time")]);
    server.get(&format!("/products/999/prices?at={day}")).await.problem(404, "product_not_found");
    let cursor = server.get(&format!("{path}?limit=1")).await.body["next_cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    server.get(&format!("{path}?at={day}&cursor={cursor}")).await.problem(400, "invalid_cursor");
    server.finish().await;
}

#[tokio::test]
async fn a_price_cannot_begin_in_the_past_or_where_another_begins() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let path = format!("/products/{id}/prices");
    let price = |moment: Timestamp| json!({"price": "20", "effective_from": moment.to_string()});
    let (past, future) = (in_ms(&server, -1000).await, in_ms(&server, 3_600_000).await);
    server.post(&path, price(past)).await.invalid(&[("/effective_from", "in_the_past")]);
    server.post(&path, price(future)).await.expect(201);
    server.post(&path, price(future)).await.problem(409, "duplicate_price_moment");
    server.post("/products/999/prices", price(future)).await.problem(404, "product_not_found");
    server
        .post(&path, json!({"price": "20", "effective_from": "soon"}))
        .await
        .invalid(&[("/effective_from", "not_a_time")]);
    assert_eq!(amounts(&server, &path).await.len(), 2);
    // A change from now on comes before what is scheduled, and does not touch it.
    server.post(&path, json!({"price": "12"})).await.expect(201);
    assert_eq!(
        amounts(&server, &path).await,
        expected(&[("20.00", false), ("12.00", true), ("9.99", false)])
    );
    server.finish().await;
}

#[tokio::test]
async fn a_scheduled_price_without_a_currency_has_that_of_the_price_before_it() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let path = format!("/products/{id}/prices");
    let at = async |hours: i64| in_ms(&server, hours * 3_600_000).await.to_string();
    server
        .post(&path, json!({"price": "5", "currency": "USD", "effective_from": at(1).await}))
        .await
        .expect(201);
    let later = server.post(&path, json!({"price": "6", "effective_from": at(2).await})).await.expect(201);
    assert_eq!(later.body["currency"], json!("USD"));
    let now = server.post(&path, json!({"price": "7"})).await.expect(201);
    assert_eq!(now.body["currency"], json!("EUR"));
    server.finish().await;
}

/// A retry finds what it did, even when the moment has passed meanwhile.
#[tokio::test]
async fn a_scheduled_price_is_added_once_for_its_key() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let path = format!("/products/{id}/prices");
    let moment = in_ms(&server, 3000).await;
    let body = json!({"price": "20", "effective_from": moment.to_string()});
    let first = server.post(&path, body.clone()).key("once").await.expect(201);
    until(&server, moment).await;
    let again = server.post(&path, body).key("once").await.expect(201);
    assert_eq!((again.text, amounts(&server, &path).await.len()), (first.text, 2));
    server.finish().await;
}

/// The address is a moment to the microsecond, and leads back to the price, also for a price that began at once.
#[tokio::test]
async fn a_price_is_read_where_its_location_says() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let path = format!("/products/{id}/prices");
    let moment = in_ms(&server, 3_600_000).await + SignedDuration::from_micros(7);
    // More digits than are kept, and another offset: the same moment.
    let written =
        format!("{}123+02:00", (moment + SignedDuration::from_hours(2)).to_string().trim_end_matches('Z'));
    for body in [json!({"price": "20", "effective_from": written}), json!({"price": "12"})] {
        let created = server.post(&path, body).await.expect(201);
        let location = created.header("location").expect("a location").to_owned();
        let moment = created.body["effective_from"].as_str().expect("a moment");
        assert_eq!(location, format!("{path}/{moment}"));
        assert_eq!(server.get(&location).await.expect(200).body, created.body);
    }
    assert!(moment.to_string().ends_with("7Z"), "{moment} has microseconds");
    assert_eq!(server.get(&format!("{path}/{moment}")).await.expect(200).body["price"], json!("20.00"));
    let other = moment + SignedDuration::from_micros(1);
    server.get(&format!("{path}/{other}")).await.problem(404, "price_not_found");
    server.get(&format!("/products/999/prices/{moment}")).await.problem(404, "product_not_found");
    server.get(&format!("{path}/tomorrow")).await.problem(404, "route_not_found");
    server.finish().await;
}

#[tokio::test]
async fn a_scheduled_price_is_taken_back_until_its_moment_comes() {
    let server = server().await;
    let id = server.product("A", 0).await;
    let (path, product) = (format!("/products/{id}/prices"), format!("/products/{id}"));
    let schedule = async |ms: i64| {
        let moment = in_ms(&server, ms).await;
        let body = json!({"price": "20", "effective_from": moment.to_string()});
        let created = server.post(&path, body).await.expect(201);
        (moment, created.header("location").expect("a location").to_owned())
    };
    let (_, later) = schedule(3_600_000).await;
    let before = server.get(&product).await;
    server.delete(&later, "\"99\"").await.problem(412, "stale_version");
    server.request("DELETE", &later).await.problem(428, "precondition_required");
    server.delete(&later, before.etag()).await.expect(204);
    assert_eq!(amounts(&server, &path).await, expected(&[("9.99", true)]));
    let after = server.get(&product).await;
    assert_eq!(after.body["version"], json!(before.body["version"].as_i64().map(|version| version + 1)));
    server.delete(&later, "*").await.problem(404, "price_not_found");
    server.delete(&later.replace(&path, "/products/999/prices"), "*").await.problem(404, "product_not_found");
    server.delete(&format!("{path}/soon"), "*").await.problem(404, "route_not_found");

    let (moment, soon) = schedule(3000).await;
    until(&server, moment).await;
    server.delete(&soon, "*").await.problem(409, "price_in_effect");
    let first = server.get(&path).await.items()[1]["effective_from"].as_str().expect("a moment").to_owned();
    server.delete(&format!("{path}/{first}"), "*").await.problem(409, "price_in_effect");
    assert_eq!(amounts(&server, &path).await, expected(&[("20.00", true), ("9.99", false)]));
    server.finish().await;
}
