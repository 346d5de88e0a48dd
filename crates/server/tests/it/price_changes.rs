//! /price-changes: many prices at once.

use futures_util::future::{join, join_all};
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::TestServer;

use crate::support::server;

/// The time of the database plus so many hours.
async fn in_hours(server: &TestServer, hours: i64) -> String {
    let now: jiff_sqlx::Timestamp =
        sqlx::query_scalar("select clock_timestamp()").fetch_one(server.pool()).await.expect("a time");
    (now.to_jiff() + SignedDuration::from_hours(hours)).to_string()
}

/// Products with these SKUs and prices in a category; their ids.
async fn shop(server: &TestServer, category: &str, prices: &[(&str, &str)]) -> Vec<i64> {
    server.category(category, None).await;
    let mut ids = Vec::new();
    for (sku, price) in prices {
        let product = json!({"sku": sku, "price": price, "category": category});
        ids.push(server.product_with(product).await);
    }
    ids
}

async fn price(server: &TestServer, id: i64) -> String {
    let product = server.get(&format!("/products/{id}")).await.expect(200);
    product.body["price"].as_str().expect("a price").to_owned()
}

async fn prices_added(server: &TestServer) -> i64 {
    sqlx::query_scalar("select count(*) from product_prices").fetch_one(server.pool()).await.expect("a count")
}

/// SKU, price before and after of each item.
fn items(body: &Value) -> Vec<(String, String, String)> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or("none").to_owned();
    let items = body["items"].as_array().expect("items").iter();
    items.map(|item| (text(item, "sku"), text(item, "price_before"), text(item, "price"))).collect()
}

fn expected(items: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    items.iter().map(|(sku, before, after)| ((*sku).into(), (*before).into(), (*after).into())).collect()
}

#[tokio::test]
async fn a_percentage_changes_what_the_filter_finds_and_nothing_else() {
    let server = server().await;
    let ids = shop(&server, "Kettles", &[("B", "59.90"), ("a", "10.10"), ("FREE", "0")]).await;
    let other = shop(&server, "Cups", &[("C", "10.00")]).await;
    let body = json!({"by_percent": "5", "filter": {"category": ["kettles"]}, "reason": "costs"});
    let before = (prices_added(&server).await, server.get(&format!("/products/{}", ids[0])).await);

    let shown = server.post("/price-changes?dry_run=true", body.clone()).key("spring").await.expect(200);
    let changes = expected(&[("a", "10.10", "10.61"), ("B", "59.90", "62.90")]);
    assert_eq!(items(&shown.body), changes);
    assert_eq!(prices_added(&server).await, before.0, "a dry run writes nothing");

    let done = server.post("/price-changes", body.clone()).key("spring").await.expect(201);
    assert_eq!(
        (items(&done.body), &done.body["changed"], &done.body["unchanged"]),
        (changes, &json!(2), &json!(1))
    );
    let again = server.post("/price-changes", body).key("spring").await.expect(201);
    assert_eq!((&again.text, again.header("idempotency-replayed")), (&done.text, Some("true")));
    assert_eq!(price(&server, ids[0]).await, "62.90");
    assert_eq!(
        (price(&server, ids[2]).await, price(&server, other[0]).await),
        ("0.00".into(), "10.00".into())
    );
    let page = server.get(&format!("/products/{}/prices", ids[0])).await.expect(200);
    let newest = &page.items()[0];
    assert_eq!((&newest["reason"], &newest["actor"]), (&json!("costs"), &json!("demo")));
    assert_eq!(newest["effective_from"], done.body["effective_from"]);
    let after = server.get(&format!("/products/{}", ids[0])).await;
    assert_eq!(after.body["version"], json!(before.1.body["version"].as_i64().map(|version| version + 1)));
    server.finish().await;
}

#[tokio::test]
async fn new_prices_have_the_form_that_is_asked_for() {
    let server = server().await;
    shop(&server, "Kettles", &[("A", "59.90"), ("B", "24.20")]).await;
    let yen = json!({"sku": "Y", "price": "1000", "currency": "JPY", "category": "Kettles"});
    server.product_with(yen).await;
    let change = |form: Value| {
        let mut body = json!({"by_percent": 5, "filter": {"sku": ["a", "B"]}, "reason": "costs"});
        body.as_object_mut().expect("an object").extend(form.as_object().expect("an object").clone());
        server.post("/price-changes?dry_run=true", body)
    };
    let after = async |form| {
        items(&change(form).await.expect(200).body).into_iter().map(|item| item.2).collect::<Vec<_>>()
    };
    assert_eq!(after(json!({})).await, ["62.90", "25.41"]);
    assert_eq!(after(json!({"round_to": "0.05"})).await, ["62.90", "25.40"]);
    assert_eq!(after(json!({"ending": "0.99"})).await, ["62.99", "24.99"]);
    assert_eq!(after(json!({"round_to": 10, "ending": "9.90"})).await, ["29.90"], "59.90 stays");
    change(json!({"round_to": 0})).await.invalid(&[("/round_to", "zero")]);
    change(json!({"ending": "1.99"})).await.invalid(&[("/ending", "out_of_range")]);
    change(json!({"ending": "0.99", "filter": {}})).await.invalid(&[("/round_to", "too_many_decimals")]);
    change(json!({"by_percent": "9999", "filter": {"sku": ["A"]}})).await.expect(200);
    server.finish().await;
}

#[tokio::test]
async fn a_list_sets_its_prices_all_or_none() {
    let server = server().await;
    let ids = shop(&server, "Kettles", &[("A", "10"), ("B", "20"), ("C", "30")]).await;
    server.delete(&format!("/products/{}", ids[2]), "*").await.expect(204);
    let archived = server.product("OLD", 1).await;
    let out = json!({"kind": "issue", "lines": [{"product_id": archived, "quantity": 1}]});
    server.post("/stock-movements", out).await.expect(201);
    server.delete(&format!("/products/{archived}"), "*").await.expect(204);
    let change =
        |prices: Value| server.post("/price-changes", json!({"prices": prices, "reason": "new list"}));
    let count = prices_added(&server).await;
    change(json!([{"sku": "a", "price": "11"}, {"product_id": ids[2], "price": 1}, {"sku": "NONE", "price": "1"}, {"product_id": ids[0], "price": "12"}]))
        .await
        .invalid(&[("/prices/1/product_id", "unknown_product"), ("/prices/2/sku", "unknown_product"), ("/prices/3/product_id", "repeated")]);
    change(json!([{"sku": "A", "price": "11"}, {"sku": "OLD", "price": "1"}]))
        .await
        .invalid(&[("/prices/1/sku", "archived_product")]);
    change(json!([{"sku": "A", "price": "-1"}, {"price": "1"}]))
        .await
        .invalid(&[("/prices/0/price", "negative_amount"), ("/prices/1/product_id", "missing")]);
    assert_eq!(prices_added(&server).await, count, "nothing was written");

    // What has its price already gets no other row.
    let done =
        change(json!([{"sku": "B", "price": "21", "currency": "USD"}, {"product_id": ids[0], "price": 10}]))
            .await
            .expect(201);
    assert_eq!(
        (items(&done.body), &done.body["unchanged"]),
        (expected(&[("B", "20.00", "21.00")]), &json!(1))
    );
    assert_eq!(done.body["items"][0]["currency"], json!("USD"));
    assert_eq!(prices_added(&server).await, count + 1);
    server.finish().await;
}

#[tokio::test]
async fn what_a_price_change_needs_is_said() {
    let server = server().await;
    let change = |body: Value| server.post("/price-changes", body);
    change(json!({})).await.invalid(&[("/by_percent", "missing"), ("/reason", "missing")]);
    // Forgetting the filter does not change everything.
    change(json!({"by_percent": "5", "reason": "r"})).await.invalid(&[("/filter", "missing")]);
    change(json!({"by_percent": "0", "filter": {}, "reason": "r"})).await.invalid(&[("/by_percent", "zero")]);
    change(json!({"by_percent": "-100", "filter": {}, "reason": "r"}))
        .await
        .invalid(&[("/by_percent", "out_of_range")]);
    change(json!({"by_percent": "5", "filter": {}, "prices": [{"sku": "A", "price": 1}], "reason": "r"}))
        .await
        .invalid(&[("/prices", "mutually_exclusive")]);
    change(json!({"ending": "0.99", "prices": [{"sku": "A", "price": 1}], "reason": "r"}))
        .await
        .invalid(&[("/ending", "mutually_exclusive")]);
    change(json!({"by_percent": "5", "filter": {"sku": "A", "colour": "red", "category_id": ["x"]}, "reason": "r"}))
        .await
        .invalid(&[("/filter/sku", "wrong_type"), ("/filter/colour", "unknown_field"), ("/filter/category_id/0", "wrong_type")]);
    change(json!({"by_percent": "5", "filter": {"category": ["None"]}, "reason": "r"}))
        .await
        .invalid(&[("/filter/category", "unknown_category")]);
    change(json!({"by_percent": "5", "filter": {"warehouse": ["NONE"]}, "reason": "r"}))
        .await
        .invalid(&[("/filter/warehouse", "unknown_warehouse")]);
    let nothing = change(json!({"by_percent": "5", "filter": {}, "reason": "r"})).await.expect(201);
    assert_eq!((&nothing.body["changed"], &nothing.body["items"]), (&json!(0), &json!([])));
    server.finish().await;
}

#[tokio::test]
async fn a_scheduled_change_starts_from_the_price_of_its_moment_and_takes_no_moment_twice() {
    let server = server().await;
    let ids = shop(&server, "Kettles", &[("A", "10"), ("B", "20")]).await;
    let (earlier, moment) = (in_hours(&server, 24).await, in_hours(&server, 48).await);
    server
        .post(&format!("/products/{}/prices", ids[0]), json!({"price": "12", "effective_from": earlier}))
        .await
        .expect(201);
    let change = |body: Value| {
        let mut change =
            json!({"by_percent": "10", "filter": {}, "effective_from": moment, "reason": "season"});
        change.as_object_mut().expect("an object").extend(body.as_object().expect("an object").clone());
        server.post("/price-changes", change)
    };
    let done = change(json!({"filter": {"sku": ["A"]}})).await.expect(201);
    assert_eq!(items(&done.body), expected(&[("A", "12.00", "13.20")]));
    assert_eq!(done.body["effective_from"], json!(moment));
    assert_eq!(price(&server, ids[0]).await, "10.00", "not yet");

    let refused = change(json!({})).await.problem(409, "duplicate_price_moment");
    assert_eq!((&refused.body["product_ids"], &refused.body["skus"]), (&json!([ids[0]]), &json!(["A"])));
    let page = server.get(&format!("/products/{}/prices", ids[1])).await.expect(200);
    assert_eq!(page.items().len(), 1, "all or none");
    change(json!({"effective_from": "2020-01-01T00:00:00Z"}))
        .await
        .invalid(&[("/effective_from", "in_the_past")]);

    // The same as what is only scheduled: it is added all the same, because that may be taken back.
    let list = json!({"prices": [{"sku": "A", "price": "13.20"}], "effective_from": in_hours(&server, 72).await, "reason": "list"});
    let listed = server.post("/price-changes", list).await.expect(201);
    assert_eq!(listed.body["changed"], json!(1));
    server.finish().await;
}

/// Each adds 10 %, 20 times, to products that both have: no change is lost, and they do not block each other for ever.
#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_follow_each_other() {
    let server = server().await;
    let ids = shop(&server, "Kettles", &[("A", "100"), ("B", "100"), ("C", "100")]).await;
    let change = |skus: [&str; 2]| {
        let body = json!({"by_percent": "10", "filter": {"sku": skus}, "round_to": "0.01", "reason": "race"});
        tokio::spawn(server.post("/price-changes", body).into_future())
    };
    let requests: Vec<_> = (0..10).flat_map(|_| [change(["A", "B"]), change(["C", "B"])]).collect();
    for answer in join_all(requests).await {
        answer.expect("an answer").expect(201);
    }
    // 100 × 1.1^10 and × 1.1^20, rounded at each step.
    let compound = |times: i32| (0..times).fold(10_000_i64, |cents, _| (cents * 110 + 50) / 100);
    for (id, times) in [(ids[0], 10), (ids[1], 20), (ids[2], 10)] {
        let cents = compound(times);
        assert_eq!(price(&server, id).await, format!("{}.{:02}", cents / 100, cents % 100));
    }
    server.finish().await;
}

/// Two that are scheduled for one moment: one wins, the other is refused whole.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_for_one_moment_one_wins() {
    let server = server().await;
    let ids = shop(&server, "Kettles", &[("A", "100"), ("B", "100"), ("C", "100")]).await;
    let moment = in_hours(&server, 24).await;
    let change = |skus: [&str; 2]| {
        let body =
            json!({"by_percent": "10", "filter": {"sku": skus}, "effective_from": moment, "reason": "race"});
        tokio::spawn(server.post("/price-changes", body).into_future())
    };
    let (one, two) = join(change(["A", "B"]), change(["B", "C"])).await;
    let mut statuses = [one.expect("an answer").status, two.expect("an answer").status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(prices_added(&server).await, i64::try_from(ids.len()).expect("few") + 2);
    server.finish().await;
}

/// A product that is archived while its price change waits for it is left out by a filter, and refused in a list.
#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_archived_meanwhile_keeps_its_price() {
    let server = server().await;
    let ids = shop(&server, "Kettles", &[("A", "100"), ("B", "100")]).await;
    let mut archiving = server.pool().acquire().await.expect("a connection");
    let archive = "begin; update products set archived_at = now() where sku = 'A'";
    sqlx::raw_sql(archive).execute(&mut *archiving).await.expect("an update");
    let filter = json!({"by_percent": "10", "filter": {"category": ["Kettles"]}, "reason": "race"});
    let list = json!({"prices": [{"sku": "A", "price": "1"}], "reason": "race"});
    let filter = tokio::spawn(server.post("/price-changes", filter).into_future());
    let list = tokio::spawn(server.post("/price-changes", list).into_future());
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    sqlx::raw_sql("commit").execute(&mut *archiving).await.expect("a commit");
    let filtered = filter.await.expect("an answer").expect(201);
    assert_eq!(items(&filtered.body), expected(&[("B", "100.00", "110.00")]));
    list.await.expect("an answer").invalid(&[("/prices/0/sku", "archived_product")]);
    assert_eq!(price(&server, ids[0]).await, "100.00");
    server.finish().await;
}

/// As many as there may be; one more is refused before anything is read.
#[tokio::test]
async fn ten_thousand_prices_change_in_one_go() {
    let server = server().await;
    server.category("Kettles", None).await;
    let plant = "with product as (
             insert into products (sku, name, category_id)
             select 'SKU-' || i, 'Product ' || i, (select id from categories where name = 'Kettles')
             from generate_series(1, 10000) i returning id)
         insert into product_prices (product_id, effective_from, price, currency, actor)
         select id, '2026-01-01', 10 + id % 90, 'EUR', 'test' from product";
    sqlx::query(plant).execute(server.pool()).await.expect("products");
    let body = json!({"by_percent": "5", "filter": {}, "ending": "0.99", "reason": "costs"});
    let shown = server.post("/price-changes?dry_run=true", body.clone()).await.expect(200);
    assert_eq!((&shown.body["changed"], shown.items().len()), (&json!(10_000), 10_000));
    let done = server.post("/price-changes", body.clone()).await.expect(201);
    assert_eq!((&done.body["changed"], done.items().len()), (&json!(10_000), 100));
    assert_eq!(done.items(), &shown.items()[..100]);
    let list: Vec<Value> = (1..=10_000).map(|i| json!({"sku": format!("SKU-{i}"), "price": i})).collect();
    let listed = server.post("/price-changes", json!({"prices": list, "reason": "list"})).await.expect(201);
    assert_eq!(listed.body["changed"], json!(10_000));
    server.product("ONE-MORE", 0).await;
    server.post("/price-changes", body).await.invalid(&[("/filter", "too_many_products")]);
    server.finish().await;
}
