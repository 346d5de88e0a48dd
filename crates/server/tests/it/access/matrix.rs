//! Every cell of the matrix: each operation of the document, by each role with a key and signed in, by a key of each scope, by
//! somebody who is limited to a warehouse, with a key and signed in, and by nobody. What is expected is [`EXPECTED`], written by hand
//! from what each role is for, and from nothing that the server says of itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::{Client, Request, api_key_of, user};

use super::{server, signed_in};

/// By their letters in [`EXPECTED`].
const ROLES: [(char, &str); 5] =
    [('v', "viewer"), ('o', "operator"), ('b', "buyer"), ('m', "manager"), ('a', "admin")];

/// What the roles are for: a viewer looks, and sees no costs; an operator moves stock and receives goods; a buyer writes purchase
/// orders; a manager does all of that, approves, and keeps products and warehouses; an admin decides about people and settings.
///
/// A line: the scope that a key has to have (or who else may), the roles, whether it is there for those who are limited to warehouses,
/// then methods and paths.
const EXPECTED: &str = "
everybody            vobma yes GET /livez /readyz /setup /oidc /oidc/sign-in /oidc/callback
everybody            vobma yes POST /setup /sessions /password-resets
anyone               vobma yes GET /me /roles
people               vobma yes GET /sessions /api-keys
people               vobma yes POST /api-keys /password-changes
people               vobma yes DELETE /sessions/current /sessions/{id} /api-keys/{id}

products.read        vobma yes GET /products /products/{id} /products/{id}/prices /products/{id}/prices/{effective_from}
products.read        vobma yes GET /categories /categories/{id} /categories/{id}/products
products.write       ma    no  POST /products /products/{id}/unarchive /products/{id}/prices /price-changes /categories
products.write       ma    no  PATCH /products/{id} /categories/{id}
products.write       ma    no  DELETE /products/{id} /products/{id}/prices/{effective_from} /categories/{id}

stock.read           vobma yes GET /stock-levels /products/{id}/levels /products/{id}/entries /low-stock
stock.read           vobma yes GET /stock-movements /stock-movements/{id} /stock-transfers /stock-transfers/{id}
stock.read           vobma yes GET /reservations /reservations/{id} /reorder-policies /reorder-policies/{id}
stock.read           vobma yes GET /warehouses /warehouses/{id} /locations /locations/{id}
stock.read           vobma yes GET /products/{id}/stock-history /reports/movements-per-day
stock.read           vobma no  GET /reports/top-movers /reports/stock-outs
stock.move           oma   yes POST /stock-adjustments /stock-movements /stock-movements/{id}/reverse
stock.move           oma   yes POST /stock-transfers /stock-transfers/{id}/ship /stock-transfers/{id}/receive /stock-transfers/{id}/cancel
stock.move           oma   yes PATCH /stock-transfers/{id}
stock.move           oma   yes POST /reservations/{id}/fulfil
stock.reserve        oma   yes POST /reservations /reservations/{id}/release
stock.reserve        oma   yes PATCH /reservations/{id}
warehouses.write     ma    no  POST /warehouses /locations
warehouses.write     ma    no  PATCH /warehouses/{id} /locations/{id}
warehouses.write     ma    no  DELETE /warehouses/{id} /locations/{id}
reorder_policies.write bma no  POST /reorder-policies
reorder_policies.write bma no  PATCH /reorder-policies/{id}
reorder_policies.write bma no  DELETE /reorder-policies/{id}

purchasing.read      obma  yes GET /suppliers /suppliers/{id} /supplier-products /supplier-products/{id} /supplier-products/{id}/costs
purchasing.read      obma  yes GET /purchase-orders /purchase-orders/{id} /purchase-orders/{id}/print /goods-receipts /goods-receipts/{id}
purchasing.read      obma  yes GET /supplier-returns /supplier-returns/{id} /replenishment
purchasing.read      obma  no  GET /reports/stock-value /reports/stock-value/history
purchasing.write     bma   no  POST /suppliers /supplier-products /supplier-products/{id}/costs
purchasing.write     bma   yes POST /replenishment/purchase-orders
purchasing.write     bma   no  PATCH /suppliers/{id} /supplier-products/{id}
purchasing.write     bma   no  DELETE /suppliers/{id} /supplier-products/{id} /supplier-products/{id}/costs
purchasing.write     bma   yes POST /purchase-orders /purchase-orders/{id}/submit /purchase-orders/{id}/order /purchase-orders/{id}/cancel
purchasing.write     bma   yes POST /purchase-orders/{id}/close /purchase-orders/{id}/duplicate
purchasing.write     bma   yes PATCH /purchase-orders/{id}
purchasing.approve   ma    yes POST /purchase-orders/{id}/approve /purchase-orders/{id}/reject
purchasing.receive   oma   yes POST /purchase-orders/{id}/receive /goods-receipts/{id}/reverse
purchasing.receive   oma   yes POST /supplier-returns /supplier-returns/{id}/reverse

events.read          vobma yes GET /events
ledger.verify        ma    no  GET /ledger/verify /ledger/heads
audit_log.read       a     no  GET /audit-log /audit-log/export /audit-log/verify
settings.read        vobma yes GET /settings
settings.write       a     no  PATCH /settings
users.manage         a     no  GET /users /users/{id}
users.manage         a     no  POST /users /users/{id}/password-reset-tokens
users.manage         a     no  PATCH /users/{id}
metrics.read         a     no  GET /metrics
";

/// A line of [`EXPECTED`].
#[derive(Clone, Copy)]
struct Expected {
    /// `everybody`, `anyone` who has come in, `people` who have signed in, or a permission.
    scope: &'static str,
    roles: &'static str,
    for_limited: bool,
}

/// What is expected, by method and path.
fn expected() -> BTreeMap<String, Expected> {
    let mut expected = BTreeMap::new();
    for line in EXPECTED.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [scope, roles, for_limited, method, paths @ ..] = words.as_slice() else { panic!("{line}") };
        let row = Expected { scope, roles, for_limited: *for_limited == "yes" };
        for path in paths {
            assert!(
                expected.insert(format!("{method} {path}"), row).is_none(),
                "{method} {path} is there twice"
            );
        }
    }
    expected
}

/// An operation of the document.
struct Operation {
    method: String,
    path: String,
    has_body: bool,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                has_body: !operation["requestBody"].is_null(),
            });
        }
    }
    operations
}

impl Operation {
    /// A request that asks for nothing that is there and changes nothing: whoever is let in is told so.
    fn request(&self, client: &Client) -> Request {
        let path = self.path.replace("{id}", "999999").replace("{effective_from}", "2026-01-31T12:00:00Z");
        let request = client.request(&self.method, &path).header("if-match", "*");
        if self.has_body { request.header("content-type", "application/json").raw("[]") } else { request }
    }

    async fn answer(&self, client: &Client) -> (u16, Option<String>) {
        let answer = self.request(client).await;
        (answer.status, answer.code().map(str::to_owned))
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Somebody who asks for everything.
struct Asker<'a> {
    who: String,
    client: Client,
    /// Of their role, in [`ROLES`].
    letter: char,
    /// The only scope that their key has.
    only: Option<&'a str>,
    /// Has signed in, and is no key.
    is_person: bool,
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_should_and_nobody_else() {
    let server = server().await;
    let mut operations = operations(&server.get("/openapi.json").await.expect(200).body);
    operations.sort_by_key(|operation| operation.name() == "DELETE /sessions/current"); // which ends what asks, last
    let expected = expected();
    let names: BTreeSet<String> = operations.iter().map(Operation::name).collect();
    assert_eq!(names, expected.keys().cloned().collect(), "say in EXPECTED who should be let in, by hand");
    let scopes: BTreeSet<&str> =
        expected.values().map(|row| row.scope).filter(|scope| scope.contains('.')).collect();

    // A key and a session of each role, a key of each scope, and one that has more scopes than its owner has permissions.
    let mut askers = Vec::new();
    for (letter, role) in ROLES {
        let id = user(server.database(), role, role).await;
        let key = server.with_key(&api_key_of(server.database(), id, None).await);
        let person = signed_in(&server, id).await;
        askers.push(Asker {
            who: format!("a key of a {role}"),
            client: key,
            letter,
            only: None,
            is_person: false,
        });
        askers.push(Asker { who: role.to_owned(), client: person, letter, only: None, is_person: true });
    }
    let scoped = async |name: &str, role: &str, scopes: &[&str]| {
        let id = user(server.database(), name, role).await;
        server.with_key(&api_key_of(server.database(), id, Some(scopes)).await)
    };
    for scope in &scopes {
        let (who, client) = (format!("scope {scope}"), scoped(scope, "admin", &[*scope]).await);
        askers.push(Asker { who, client, letter: 'a', only: Some(*scope), is_person: false });
    }
    let all: Vec<&str> = scopes.iter().copied().collect();
    let (who, client) =
        ("a viewer's key with all scopes".to_owned(), scoped("promoted", "viewer", &all).await);
    askers.push(Asker { who, client, letter: 'v', only: None, is_person: false });
    let limited = user(server.database(), "limited", "admin").await;
    sqlx::query("update users set all_warehouses = false where name = 'limited'")
        .execute(server.pool())
        .await
        .expect("limited");
    let limited_key = server.with_key(&api_key_of(server.database(), limited, None).await);
    let limited_person = signed_in(&server, limited).await;

    for operation in &operations {
        let (name, row) = (operation.name(), expected[&operation.name()]);
        let (status, code) = operation.answer(&server).await;
        let code = code.as_deref();
        if row.scope == "everybody" {
            let is_open = ![401, 403].contains(&status)
                || ["invalid_token", "oidc_state_mismatch"].map(Some).contains(&code);
            assert!(is_open, "{name} by nobody: {status} {code:?}");
            continue;
        }
        assert_eq!((status, code), (401, Some("authentication_required")), "{name} by nobody");
        for Asker { who, client, letter, only, is_person } in &askers {
            let (status, code) = operation.answer(client).await;
            let is_refused = (status, code.as_deref()) == (403, Some("permission_denied"));
            let should_pass = match row.scope {
                "anyone" => true,
                "people" => *is_person && row.roles.contains(*letter),
                scope => row.roles.contains(*letter) && only.is_none_or(|only| only == scope),
            };
            assert_eq!(!is_refused, should_pass, "{name} by {who}: {status} {code:?}");
            assert_ne!(status, 401, "{name} by {who}");
        }
        for (who, client) in [("key", &limited_key), ("session", &limited_person)] {
            let (status, code) = operation.answer(client).await;
            let is_refused = status == 403;
            let should_pass = row.for_limited && (row.scope != "people" || who == "session");
            assert_eq!(!is_refused, should_pass, "{name} by the {who} of who is limited: {status} {code:?}");
            assert!(
                row.for_limited || code.as_deref() == Some("warehouse_denied"),
                "{name} by who is limited"
            );
            assert_ne!(status, 401, "{name} by the {who} of who is limited");
        }
    }
    server.finish().await;
}

/// What is refused says what is missing.
#[tokio::test]
async fn a_refusal_names_the_permission_that_is_missing() {
    let server = server().await;
    let viewer = super::with_role(&server, "Vera", "viewer").await;
    let body = serde_json::json!({"sku": "A", "delta": 1, "reason": "x"});
    let refused = viewer.post("/stock-adjustments", body).await.problem(403, "permission_denied");
    assert_eq!(refused.body["permission"], "stock.move");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.contains("stock.move")), "{refused}");
}
