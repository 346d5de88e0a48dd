//! The log tells nobody what the rest of the API would not tell them: not in a list, nor in an export, nor by its chain.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Client, TestServer, api_key_of, user};

use super::entries;
use crate::support::router_by_login;

/// What a unit costs here; and what else of purchasing is in a detail and nowhere else.
const SECRETS: [&str; 2] = ["773.31", "net 17 days"];

/// Something of each kind is done: the client of an admin, and their key.
async fn stage(server: &TestServer) -> (Client, i64) {
    let id = user(server.database(), "Ada", "admin").await;
    let ada = server.with_key(&api_key_of(server.database(), id, None).await);
    ada.warehouse("NORTH").await;
    ada.product("CUP", 5).await;
    ada.post("/products/1/prices", json!({"price": "19.99"})).await.expect(201);
    let supplier = json!({"code": "ACME", "name": "Acme", "payment_terms": "net 30 days"});
    ada.post("/suppliers", supplier).await.expect(201);
    ada.patch("/suppliers/1", "*", json!({"payment_terms": SECRETS[1]})).await.expect(200);
    let offer =
        json!({"supplier_id": 1, "sku": "CUP", "costs": [{"min_quantity": 0, "unit_cost": "773.31"}]});
    ada.post("/supplier-products", offer).await.expect(201);
    let line = json!({"sku": "CUP", "quantity": 1, "unit_cost": "773.31"});
    let order = json!({"supplier_id": 1, "warehouse": "MAIN", "lines": [line]});
    ada.post("/purchase-orders", order).await.expect(201);
    ada.patch("/purchase-orders/1", "*", json!({"note": "soon"})).await.expect(200);
    let back = json!({"supplier_id": 1, "reason": "x", "lines": [{"sku": "CUP", "quantity": 1, "warehouse": "MAIN", "unit_cost": "773.31"}]});
    ada.post("/supplier-returns", back).await.expect(201);
    ada.patch("/settings", "*", json!({"over_receipt_percent": 5})).await.expect(200);
    ada.post("/users", json!({"email": "cy@stock.example", "name": "Cy", "role": "viewer"}))
        .await
        .expect(201);
    super::chain::seal(server).await;
    (ada, id)
}

/// Which permission a detail needs, by hand: an entry is about what the permissions of the API say who may read.
fn needed(action: &str) -> Option<&'static str> {
    match action.split('.').next().expect("a subject") {
        "product" | "category" | "price" => Some("products.read"),
        "warehouse" | "location" => Some("stock.read"),
        "supplier" | "supplier_product" | "supplier_cost" | "purchase_order" | "supplier_return" => {
            Some("purchasing.read")
        }
        "settings" => Some("settings.read"),
        "user" | "api_key" | "audit_log" => None,
        other => panic!("{other}: say who may read it"),
    }
}

#[tokio::test]
async fn what_changed_is_told_to_those_who_may_read_it() {
    let server = TestServer::start(router_by_login).await;
    let (ada, id) = stage(&server).await;
    let all = entries(&ada, "").await;
    let text = json!(all).to_string();
    assert!(SECRETS.iter().all(|secret| text.contains(secret)), "{text}");
    assert!(all.iter().all(|entry| entry["detail_needs"].is_null() && entry["chain"].is_string()), "{text}");
    let subjects: BTreeSet<&str> = all
        .iter()
        .map(|entry| entry["action"].as_str().and_then(|action| action.split('.').next()).expect("one"))
        .collect();
    assert_eq!(subjects.len(), 13, "{subjects:?}");

    for scopes in [
        &["audit_log.read"][..],
        &["audit_log.read", "products.read"],
        &["audit_log.read", "stock.read", "settings.read"],
        &["audit_log.read", "products.read", "stock.read", "settings.read"],
        &["audit_log.read", "purchasing.read"],
        &["audit_log.read", "purchasing.write", "purchasing.approve", "users.manage"],
    ] {
        let client = server.with_key(&api_key_of(server.database(), id, Some(scopes)).await);
        let expected: Vec<Value> = all.iter().map(|entry| told(entry, scopes)).collect();
        let listed = entries(&client, "").await; // and, behind what was done, the keys of this test
        assert_eq!(listed[..expected.len()], expected, "{scopes:?}");
        // Also by each filter, which finds the same entries.
        let costs = entries(&client, "&action=supplier_cost.added&target=supplier_product:1&actor=Ada").await;
        assert_eq!(costs.len(), 1);
        assert_eq!(costs[0]["detail"] == json!({}), !scopes.contains(&"purchasing.read"), "{scopes:?}");
        // And exported, in both forms, at another time: with the exports themselves.
        let ndjson = client.get("/audit-log/export?format=ndjson").await.expect(200).text;
        let mut exported: Vec<Value> =
            ndjson.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        exported.reverse();
        assert_eq!(exported[..expected.len()], expected, "{scopes:?}");
        let csv = client.get("/audit-log/export").await.expect(200).text;
        for exported in [csv, ndjson] {
            let told = scopes.contains(&"purchasing.read");
            assert!(SECRETS.iter().all(|secret| exported.contains(secret) == told), "{scopes:?}: {exported}");
        }
    }
    server.finish().await;
}

/// The entry as a key of these scopes is told it; who is not told all is not told the chain, which goes over all.
fn told(entry: &Value, scopes: &[&str]) -> Value {
    let mut entry = entry.clone();
    let missing =
        needed(entry["action"].as_str().expect("an action")).filter(|needed| !scopes.contains(needed));
    if missing.is_some() {
        entry["detail"] = json!({});
    }
    entry["detail_needs"] = json!(missing);
    entry["chain"] = Value::Null; // none of these has all of them
    entry
}

/// With the chain, whoever knows the rest of an entry could try costs until one fits.
#[tokio::test]
async fn the_chain_is_told_to_those_only_who_are_told_all_that_it_goes_over() {
    let server = TestServer::start(router_by_login).await;
    let (ada, id) = stage(&server).await;
    let scopes = ["products.read", "stock.read", "purchasing.read", "settings.read"];
    let verified = ada.get("/audit-log/verify").await.expect(200).body;
    let (seq, chain) =
        (verified["head"]["seq"].clone(), verified["head"]["chain"].as_str().expect("a chain"));
    let compare = format!("/audit-log/verify?seq={seq}&chain={chain}");
    for left_out in scopes {
        let mut some: Vec<&str> = scopes.into_iter().filter(|scope| *scope != left_out).collect();
        some.push("audit_log.read");
        let client = server.with_key(&api_key_of(server.database(), id, Some(&some)).await);
        let told = client.get("/audit-log/verify").await.expect(200).body;
        assert_eq!((&told["head"], &told["differences"]), (&Value::Null, &json!([])), "{told}");
        assert_eq!(told["entries"], verified["entries"], "all of it was verified");
        let refused = client.get(&compare).await.problem(403, "permission_denied");
        assert_eq!(refused.body["permission"], left_out);
        assert!(entries(&client, "").await.iter().all(|entry| entry["chain"].is_null()));
    }
    let mut all = scopes.to_vec();
    all.push("audit_log.read");
    let client = server.with_key(&api_key_of(server.database(), id, Some(&all)).await);
    let told = client.get(&compare).await.expect(200).body;
    assert_eq!((&told["head"]["seq"], &told["differences"]), (&seq, &json!([])), "{told}");
    let at_head = entries(&client, "").await.into_iter().find(|entry| entry["seq"] == seq).expect("the head");
    assert_eq!(at_head["chain"], *chain);
    server.finish().await;
}
