//! What transfers refuse, and that nothing has happened then.

use sqlx::Executor;

use super::*;

#[tokio::test]
async fn what_is_reserved_stays_and_too_little_stock_is_refused() {
    let server = server().await;
    draft(&server).await;
    let reserve = json!({"lines": [{"product_id": 1, "quantity": 5}]});
    server.post("/reservations", reserve).await.expect(201);
    let refused = act(&server, "ship", json!({})).await.problem(409, "insufficient_stock").body;
    assert_eq!((&refused["available"], &refused["requested"]), (&json!(5), &json!(6)));
    let after = server.get("/stock-transfers/1").await.expect(200).body;
    assert_eq!((&after["status"], &after["version"]), (&json!("draft"), &json!(1)));
    server.finish().await;
}

#[tokio::test]
async fn every_fault_of_a_transfer_is_named_at_once() {
    let server = server().await;
    draft(&server).await;
    let shelf = server.location("MAIN", "A-1", "storage").await;
    let transit = server.location("MAIN", "VAN", "transit").await;
    let post = |from: Value, to: Value, lines: Value| {
        server.post("/stock-transfers", json!({"from": from, "to": to, "lines": lines}))
    };
    let (main, shop, cup) =
        (json!({"warehouse": "MAIN"}), json!({"warehouse": "SHOP"}), json!([{"sku": "CUP", "quantity": 1}]));
    let lines = json!([{"sku": "NONE", "quantity": 1}, {"product_id": 99, "quantity": 1}, {"sku": "CUP", "quantity": 1.5}]);
    post(json!({"warehouse": "NONE"}), json!({"location_id": 99}), lines).await.invalid(&[
        ("/from/warehouse", "unknown_warehouse"),
        ("/to/location_id", "unknown_location"),
        ("/lines/0/sku", "unknown_product"),
        ("/lines/1/product_id", "unknown_product"),
        ("/lines/2/quantity", "whole_numbers_only"),
    ]);
    let lines = json!([{"sku": "CUP", "quantity": 0}, {"sku": "CUP", "quantity": -1}, {"quantity": 1}]);
    post(json!({}), json!({"warehouse": "SHOP", "location_id": 1}), lines).await.invalid(&[
        ("/from/warehouse", "missing"),
        ("/to/warehouse", "mutually_exclusive"),
        ("/lines/0/quantity", "out_of_range"),
        ("/lines/1/quantity", "out_of_range"),
        ("/lines/2/product_id", "missing"),
    ]);
    server.post("/stock-transfers", json!({})).await.invalid(&[
        ("/from", "missing"),
        ("/to", "missing"),
        ("/lines", "missing"),
    ]);
    let at = |id: i64| json!({"location_id": id});
    for (from, to) in [
        (main.clone(), main.clone()),
        (at(shelf), at(shelf)),
        (main.clone(), at(shelf)),
        (at(1), main.clone()),
    ] {
        post(from, to, cup.clone()).await.invalid(&[("/to", "same_place")]);
    }
    post(at(transit), shop.clone(), cup.clone()).await.invalid(&[("/from/location_id", "not_open")]);
    server.warehouse("OLD").await;
    let old = server.get("/warehouses/3").await.expect(200);
    server.delete("/warehouses/3", old.etag()).await.expect(204);
    post(main.clone(), json!({"warehouse": "OLD"}), cup.clone()).await.problem(422, "invalid_input");
    // Named by a draft, it is archived instead of deleted.
    let gone = server.product("GONE", 0).await;
    let lines = json!([{"sku": "GONE", "quantity": 1}]);
    let drafted = post(main.clone(), shop.clone(), lines.clone()).await.expect(201).id();
    let product = server.get(&format!("/products/{gone}")).await.expect(200);
    server.delete(&format!("/products/{gone}"), product.etag()).await.expect(204);
    server
        .post(&format!("/stock-transfers/{drafted}/ship"), json!({}))
        .await
        .problem(409, "product_archived");
    post(main, shop, json!([{"sku": "GONE", "quantity": 1}]))
        .await
        .invalid(&[("/lines/0/sku", "archived_product")]);
    server.get("/stock-transfers?warehouse=NONE&sku=NONE&status=lost").await.problem(422, "invalid_input");
    server.finish().await;
}

#[tokio::test]
async fn only_a_draft_is_edited_by_who_has_seen_it() {
    let server = server().await;
    let created = draft(&server).await;
    let patch = |etag: &str, body: Value| server.patch("/stock-transfers/1", etag, body);
    patch("\"1\"", json!({"from": null, "to": {"warehouse": "MAIN"}})).await.invalid(&[("/from", "null")]);
    patch("\"1\"", json!({"to": {"warehouse": "MAIN"}})).await.invalid(&[("/to", "same_place")]);
    let body = json!({"reference": null, "note": "with care", "to": {"location_id": 2}, "lines": [{"sku": "TEA", "quantity": 0.5}]});
    let changed = patch(created.etag(), body).await.expect(200);
    assert_eq!((&changed.body["reference"], &changed.body["note"]), (&json!(null), &json!("with care")));
    assert_eq!(
        (&changed.body["to"]["location"], line(&changed.body, 0)),
        (&json!("STOCK"), "0.5 0 0 0 0".to_owned())
    );
    patch(created.etag(), json!({"note": "late"})).await.problem(412, "stale_version");
    server
        .request("PATCH", "/stock-transfers/1")
        .json(&json!({"note": "x"}))
        .await
        .problem(428, "precondition_required");
    let ship = || server.post("/stock-transfers/1/ship", json!({}));
    ship().header("if-match", created.etag()).await.problem(412, "stale_version");
    ship().header("if-match", changed.etag()).await.expect(200);
    let refused = patch("\"3\"", json!({"note": "late"})).await.problem(409, "stock_transfer_not_draft");
    assert_eq!(refused.body["stock_transfer_status"], "in_transit");
    server.finish().await;
}

#[tokio::test]
async fn what_does_not_fit_the_state_or_what_is_open_is_refused() {
    let server = server().await;
    draft(&server).await;
    let refused = act(&server, "receive", json!({})).await.problem(409, "stock_transfer_status").body;
    assert_eq!(
        (&refused["stock_transfer_status"], &refused["possible"]),
        (&json!("draft"), &json!(["ship", "cancel"]))
    );
    act(&server, "ship", json!({})).await.expect(200);
    assert_eq!(
        act(&server, "ship", json!({})).await.problem(409, "stock_transfer_status").body["stock_transfer_status"],
        "in_transit"
    );
    let body = json!({"lines": [{"line": 2, "quantity": 1}, {"line": 1, "quantity": 4}, {"line": 1, "quantity": 3}]});
    let refused = act(&server, "receive", body).await.problem(409, "more_than_in_transit").body;
    assert_eq!(
        (&refused["pointer"], &refused["open"], &refused["requested"]),
        (&json!("/lines/1"), &json!(6), &json!(7))
    );
    act(&server, "receive", arrived(3, 1)).await.invalid(&[("/lines/0/line", "unknown_line")]);
    act(&server, "receive", arrived(1, 0)).await.invalid(&[("/lines/0/quantity", "out_of_range")]);
    act(&server, "receive", arrived(1, 0.5)).await.invalid(&[("/lines/0/quantity", "whole_numbers_only")]);
    let body = json!({"lines": [{"line": 1, "quantity": 1, "location_id": 1}]});
    act(&server, "receive", body).await.invalid(&[("/lines/0/location_id", "unknown_location")]);
    assert_eq!(server.get("/stock-transfers/1").await.expect(200).body["version"], 2, "nothing has happened");
    // What is in transit is moved by its transfer only.
    let transit =
        server.get("/locations?warehouse=SHOP&kind=transit").await.expect(200).items()[0]["id"].clone();
    let adjust = json!({"product_id": 1, "location_id": transit, "delta": -1, "reason": "slip"});
    server.post("/stock-adjustments", adjust).await.problem(409, "location_not_open");
    act(&server, "receive", json!({})).await.expect(200);
    for action in ["receive", "cancel", "ship"] {
        let refused = act(&server, action, json!({})).await.problem(409, "stock_transfer_status").body;
        assert_eq!(
            (&refused["stock_transfer_status"], &refused["possible"]),
            (&json!("received"), &json!([]))
        );
    }
    server.finish().await;
}

#[tokio::test]
async fn a_transfer_changed_by_hand_is_refused() {
    let server = server().await;
    draft(&server).await;
    act(&server, "ship", json!({})).await.expect(200);
    let mut db = server.database().pool().acquire().await.expect("a connection");
    for (sql, message) in [
        ("update stock_transfers set status = 'received'", "cannot be changed by hand"),
        ("delete from stock_transfer_lines", "cannot be changed by hand"),
        ("update stock_transfer_parts set received = quantity", "cannot be changed by hand"),
        ("update stock_transfer_events set actor = 'nobody'", "permission denied"),
    ] {
        let error = db.execute(sql).await.expect_err(sql).to_string();
        assert!(error.contains(message), "{sql}: {error}");
    }
    let mut superuser = server.database().superuser().await;
    let error =
        superuser.execute("delete from stock_transfer_events").await.expect_err("history").to_string();
    assert!(error.contains("append-only"), "{error}");
    drop(db);
    server.finish().await;
}
