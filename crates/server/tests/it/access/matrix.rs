//! Every cell of the matrix: each operation of the document, by each role, by a key of each scope, and by nobody. What is
//! expected is written down by hand in `docs/src/permissions.md`, which another test holds equal to the router's table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use testkit::{Client, Request, api_key_of, user};

use super::server;

const ROLES: [&str; 5] = ["viewer", "operator", "buyer", "manager", "admin"];

/// An operation and what it demands, as the document says.
struct Operation {
    method: String,
    path: String,
    has_body: bool,
    /// The permission; none: see `demand`.
    permission: Option<String>,
    is_public: bool,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                has_body: !operation["requestBody"].is_null(),
                permission: operation["x-permission"].as_str().map(str::to_owned),
                is_public: operation["security"].as_array().is_some_and(Vec::is_empty),
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

/// What each role may do, as the manual has it.
fn roles_in_the_manual() -> BTreeMap<String, BTreeSet<String>> {
    let manual = include_str!("../../../../../docs/src/permissions.md");
    let rows = manual.lines().filter(|line| line.starts_with("| `") && line.contains('.'));
    let mut roles: BTreeMap<String, BTreeSet<String>> =
        ROLES.iter().map(|role| ((*role).to_owned(), BTreeSet::new())).collect();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let permission = cells[1].trim_matches('`');
        for (role, cell) in ROLES.iter().zip(&cells[3..]) {
            if *cell == "yes" {
                roles.get_mut(*role).expect("a role").insert(permission.to_owned());
            }
        }
    }
    roles
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_should_and_nobody_else() {
    let server = server().await;
    let document = server.get("/openapi.json").await.expect(200).body;
    let operations = operations(&document);
    let manual = roles_in_the_manual();
    let permissions: BTreeSet<&str> =
        operations.iter().filter_map(|operation| operation.permission.as_deref()).collect();
    assert_eq!(manual["admin"].iter().map(String::as_str).collect::<BTreeSet<_>>(), permissions);

    // Clients of each role, of each scope, and of each role with a key that has the scope of something harmless only.
    let mut clients: Vec<(String, Client, BTreeSet<String>)> = Vec::new();
    for role in ROLES {
        let id = user(server.database(), role, role).await;
        let key = api_key_of(server.database(), id, None).await;
        clients.push((role.to_owned(), server.with_key(&key), manual[role].clone()));
        if role == "admin" {
            for permission in &permissions {
                let key = api_key_of(server.database(), id, Some(&[permission])).await;
                let may = BTreeSet::from([(*permission).to_owned()]);
                clients.push((format!("scope {permission}"), server.with_key(&key), may));
            }
        }
    }
    // A key has no more than its owner, whatever its scopes say.
    let id = user(server.database(), "promoted", "viewer").await;
    let all: Vec<&str> = permissions.iter().copied().collect();
    let key = api_key_of(server.database(), id, Some(&all)).await;
    clients.push(("viewer with all scopes".to_owned(), server.with_key(&key), manual["viewer"].clone()));

    let mut cells = 0;
    for operation in &operations {
        let nobody = operation.answer(&server).await;
        if operation.is_public {
            assert!(
                nobody.0 != 401 && nobody.0 != 403 || nobody.1.as_deref() == Some("invalid_token"),
                "{}",
                operation.name()
            );
            continue;
        }
        assert_eq!(
            nobody,
            (401, Some("authentication_required".to_owned())),
            "{} by nobody",
            operation.name()
        );
        for (who, client, may) in &clients {
            let (status, code) = operation.answer(client).await;
            let is_refused = (status, code.as_deref()) == (403, Some("permission_denied"));
            let expected = match &operation.permission {
                Some(permission) => !may.contains(permission),
                None => !["/me", "/roles"].contains(&operation.path.as_str()), // else for people only, not for keys
            };
            assert_eq!(is_refused, expected, "{} by {who}: {status} {code:?}", operation.name());
            assert_ne!(status, 401, "{} by {who}", operation.name());
            cells += 1;
        }
    }
    assert!(cells > 1500, "only {cells} cells were tried");
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
