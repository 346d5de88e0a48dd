//! /categories.

use serde_json::json;

use crate::support::server;

#[tokio::test]
async fn categories_are_a_tree_with_paths() {
    let server = server().await;
    let kitchen = server.category("Kitchen", None).await;
    let kettles = server.category("Kettles", Some(kitchen)).await;
    let steel = server.category("Steel", Some(kettles)).await;
    server.patch(&format!("/categories/{kitchen}"), "*", json!({"name": "Küche"})).await.expect(200);
    let paths = server.get("/categories").await.expect(200);
    let paths: Vec<_> =
        paths.items().iter().map(|item| item["path"].as_str().expect("a path").to_owned()).collect();
    assert_eq!(paths, ["Küche", "Küche/Kettles", "Küche/Kettles/Steel"]);
    let below = server.get(&format!("/categories?parent_id={kitchen}")).await.expect(200);
    assert_eq!(below.items().len(), 1);

    let moved =
        server.patch(&format!("/categories/{steel}"), "*", json!({"parent_id": null})).await.expect(200);
    assert_eq!(moved.body["path"], json!("Steel"));
    server
        .patch(&format!("/categories/{kitchen}"), "*", json!({"parent_id": kettles}))
        .await
        .problem(409, "category_cycle");
    server
        .patch(&format!("/categories/{kitchen}"), "*", json!({"parent_id": kitchen}))
        .await
        .problem(409, "category_cycle");
    assert_eq!(
        server.get(&format!("/categories/{kettles}")).await.expect(200).body["path"],
        json!("Küche/Kettles")
    );
    server.finish().await;
}

#[tokio::test]
async fn a_name_is_unique_among_its_siblings() {
    let server = server().await;
    let kitchen = server.category("Kitchen", None).await;
    server.category("Kettles", Some(kitchen)).await;
    server.category("Kettles", None).await;
    server.post("/categories", json!({"name": "KITCHEN"})).await.problem(409, "duplicate_category");
    server
        .post("/categories", json!({"name": "kettles", "parent_id": kitchen}))
        .await
        .problem(409, "duplicate_category");
    server.post("/categories", json!({"name": "A/B"})).await.problem(422, "invalid_input");
    server.post("/categories", json!({"name": "X", "parent_id": 999})).await.problem(422, "invalid_input");
    server
        .post("/categories", json!({"title": "X"}))
        .await
        .invalid(&[("/name", "missing"), ("/title", "unknown_field")]);
    server.finish().await;
}

#[tokio::test]
async fn a_category_in_use_is_not_deleted() {
    let server = server().await;
    let kitchen = server.category("Kitchen", None).await;
    let kettles = server.category("Kettles", Some(kitchen)).await;
    let product = server.product_with(json!({"sku": "A", "category_id": kettles})).await;
    let delete = |id: i64| server.delete(&format!("/categories/{id}"), "*");
    delete(kitchen).await.problem(409, "category_in_use");
    delete(kettles).await.problem(409, "category_in_use");
    server.delete(&format!("/products/{product}"), "*").await.expect(204);
    delete(kettles).await.expect(204);
    delete(kitchen).await.expect(204);
    delete(kitchen).await.problem(404, "category_not_found");
    server.get(&format!("/categories/{kitchen}")).await.problem(404, "category_not_found");
    server.finish().await;
}
