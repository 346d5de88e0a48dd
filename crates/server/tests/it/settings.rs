//! /settings.

use serde_json::json;

use crate::support::server;

#[tokio::test]
async fn settings_are_there_from_the_beginning_and_are_changed_by_who_has_seen_them() {
    let server = server().await;
    let first = server.get("/settings").await.expect(200);
    let mut expected = json!({"purchase_approval_above": null, "currency": "EUR", "over_receipt_percent": 0,
        "backdate_limit_days": 31, "books_closed_until": null, "event_retention_days": 365, "version": 1});
    expected["updated_at"] = first.body["updated_at"].clone();
    assert_eq!((&first.body, first.etag()), (&expected, "\"1\""));

    let change = json!({"purchase_approval_above": "250", "over_receipt_percent": 2.5, "backdate_limit_days": 0,
        "books_closed_until": "2026-01-01T00:00:00Z", "event_retention_days": 30});
    server.request("PATCH", "/settings").json(&change).await.problem(428, "precondition_required");
    let changed = server.patch("/settings", first.etag(), change.clone()).await.expect(200);
    assert_eq!((&changed.body["purchase_approval_above"], changed.etag()), (&json!("250.00"), "\"2\""));
    assert_eq!(
        (&changed.body["over_receipt_percent"], &changed.body["backdate_limit_days"]),
        (&json!(2.5), &json!(0))
    );
    assert_eq!(changed.body["books_closed_until"], "2026-01-01T00:00:00Z");
    server.patch("/settings", first.etag(), change).await.problem(412, "stale_version");

    // Null takes away what may be absent; what is not named stays.
    let open = json!({"purchase_approval_above": null, "books_closed_until": null});
    let opened = server.patch("/settings", changed.etag(), open).await.expect(200);
    assert_eq!(
        (&opened.body["purchase_approval_above"], &opened.body["books_closed_until"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        (&opened.body["over_receipt_percent"], &opened.body["event_retention_days"]),
        (&json!(2.5), &json!(30))
    );
    assert_eq!(server.get("/settings").await.expect(200).body, opened.body);
    server.finish().await;
}

#[tokio::test]
async fn faults_of_settings_are_named() {
    let server = server().await;
    let change = json!({"purchase_approval_above": -1, "over_receipt_percent": 100.01, "backdate_limit_days": 3651,
        "books_closed_until": "yesterday", "event_retention_days": 0, "colour": "red"});
    server.patch("/settings", "*", change).await.invalid(&[
        ("/purchase_approval_above", "negative_amount"),
        ("/over_receipt_percent", "out_of_range"),
        ("/backdate_limit_days", "out_of_range"),
        ("/books_closed_until", "not_a_time"),
        ("/event_retention_days", "out_of_range"),
        ("/colour", "unknown_field"),
    ]);
    let change =
        json!({"over_receipt_percent": null, "backdate_limit_days": null, "event_retention_days": null});
    server.patch("/settings", "*", change).await.invalid(&[
        ("/over_receipt_percent", "null"),
        ("/backdate_limit_days", "null"),
        ("/event_retention_days", "null"),
    ]);
    assert_eq!(server.get("/settings").await.expect(200).etag(), "\"1\"");
}
