//! Everything of a transfer that can run out, raced for.

use std::future::IntoFuture;

use futures_util::future::join_all;

use super::*;

/// Send the requests at once.
async fn at_once(client: &Client, requests: impl IntoIterator<Item = (String, Value)>) -> Vec<Response> {
    let send = |(path, body): (String, Value)| tokio::spawn(client.post(&path, body).into_future());
    let answers = join_all(requests.into_iter().map(send).collect::<Vec<_>>()).await;
    answers.into_iter().map(|answer| answer.expect("an answer")).collect()
}

fn won(answers: &[Response]) -> usize {
    answers.iter().filter(|answer| answer.status < 300).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_shipped_once() {
    let server = server().await;
    draft(&server).await;
    let answers = at_once(&server, (0..12).map(|_| ("/stock-transfers/1/ship".to_owned(), json!({})))).await;
    assert_eq!(won(&answers), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("stock_transfer_status")).count(), 11);
    assert_eq!(totals(&server, 1).await, (json!(4), json!(4), json!(6)));
    server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_that_is_in_transit_is_received_once() {
    let server = server().await;
    draft(&server).await;
    act(&server, "ship", json!({})).await.expect(200);
    let answers =
        at_once(&server, (0..12).map(|_| ("/stock-transfers/1/receive".to_owned(), arrived(1, 1)))).await;
    assert_eq!(won(&answers), 6);
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("more_than_in_transit")).count(), 6);
    assert_eq!(stock(&server, 1).await, ["MAIN/STOCK/ 4", "SHOP/STOCK/ 6"]);
    server.finish().await;
}

/// Whoever comes first: what was received is not brought back, and what was brought back is not received.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_received_or_cancelled() {
    let server = server().await;
    draft(&server).await;
    for id in 1..=8 {
        if id > 1 {
            let body = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "SHOP"}, "lines": [{"product_id": 1, "quantity": 1}]});
            assert_eq!(server.post("/stock-transfers", body).await.expect(201).id(), id);
        } else {
            let etag = server.get("/stock-transfers/1").await.expect(200);
            let body = json!({"lines": [{"product_id": 1, "quantity": 1}]});
            server.patch("/stock-transfers/1", etag.etag(), body).await.expect(200);
        }
        server.post(&format!("/stock-transfers/{id}/ship"), json!({})).await.expect(200);
        let path = |action: &str| format!("/stock-transfers/{id}/{action}");
        let answers = at_once(&server, [(path("receive"), json!({})), (path("cancel"), json!({}))]).await;
        assert_eq!(won(&answers), 1);
        let transfer = server.get(&format!("/stock-transfers/{id}")).await.expect(200).body;
        let expected =
            if answers[0].status == 200 { ("received", "1 1 0 0 0") } else { ("cancelled", "1 0 0 1 0") };
        assert_eq!(
            (transfer["status"].as_str(), line(&transfer, 0)),
            (Some(expected.0), expected.1.to_owned())
        );
    }
    assert_eq!(totals(&server, 1).await, (json!(10), json!(10), json!(0)));
    server.finish().await;
}

/// Twenty there and twenty back at once, of the same products in opposite orders.
#[tokio::test(flavor = "multi_thread")]
async fn opposite_transfers_at_once_do_not_deadlock() {
    let server = server().await;
    server.warehouse("SHOP").await;
    let mut products = Vec::new();
    for sku in ["A", "B", "C"] {
        let product = server.product(sku, 100).await;
        let line = json!({"product_id": product, "location_id": 2, "quantity": 100});
        server.post("/stock-movements", json!({"kind": "receipt", "lines": [line]})).await.expect(201);
        products.push(product);
    }
    let request = |i: usize| {
        let line = |product: &i64| json!({"product_id": product, "quantity": 1});
        let (from, to, lines): (_, _, Vec<Value>) = if i.is_multiple_of(2) {
            ("MAIN", "SHOP", products.iter().map(line).collect())
        } else {
            ("SHOP", "MAIN", products.iter().rev().map(line).collect())
        };
        let body =
            json!({"from": {"warehouse": from}, "to": {"warehouse": to}, "immediate": true, "lines": lines});
        ("/stock-transfers".to_owned(), body)
    };
    let answers = at_once(&server, (0..40).map(request)).await;
    assert_eq!(won(&answers), 40);
    for product in products {
        assert_eq!(stock(&server, product).await, ["MAIN/STOCK/ 100", "SHOP/STOCK/ 100"]);
    }
    let deadlocks: i64 =
        sqlx::query_scalar("select deadlocks from pg_stat_database where datname = current_database()")
            .fetch_one(server.pool())
            .await
            .expect("statistics");
    assert_eq!(deadlocks, 0);
    server.finish().await;
}

/// The first that are shipped to a warehouse make its place in between together.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_shipments_to_a_warehouse_share_its_place_in_between() {
    let server = server().await;
    draft(&server).await;
    for _ in 0..7 {
        let body = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "SHOP"}, "lines": [{"product_id": 1, "quantity": 1}]});
        server.post("/stock-transfers", body).await.expect(201);
    }
    let ship = |id: i64| (format!("/stock-transfers/{id}/ship"), json!({}));
    let answers = at_once(&server, (2..=8).map(ship)).await;
    assert_eq!(won(&answers), 7);
    let between = server.get("/locations?warehouse=SHOP&kind=transit").await.expect(200);
    assert_eq!(between.items().len(), 1);
    assert_eq!(totals(&server, 1).await, (json!(3), json!(3), json!(7)));
    server.finish().await;
}
