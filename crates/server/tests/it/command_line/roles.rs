//! Two roles of the database: one migrates, the other serves. As people make them, by what the commands print.

use serde_json::json;
use sqlx::{Connection as _, PgConnection, raw_sql};
use testkit::{Client, ServerProcess, TestDatabase, check_ledger, psql};

use super::{Folder, run};

/// A database with two roles of its own, which end with it.
struct Roles {
    database: TestDatabase,
    owner: String,
    app: String,
}

impl Roles {
    async fn make() -> (Self, Folder) {
        let (database, folder) = (TestDatabase::empty().await, Folder::new());
        let (owner, app) = (format!("{}_owner", database.name()), format!("{}_app", database.name()));
        let printed = folder.run(&["db", "roles", "--owner", &owner, "--app", &app]).await.expect(0).stdout;
        folder.write("roles.sql", &printed).await;
        let roles = Self { database, owner, app };
        for _ in 0..2 {
            // It can be run again.
            psql(&roles.superuser_url(), &["-f", &folder.path().join("roles.sql").display().to_string()])
                .await
                .expect("made");
        }
        let mut superuser = roles.database.superuser().await;
        for role in [&roles.owner, &roles.app] {
            let password = sqlx::AssertSqlSafe(format!("alter role {role} password '{role}'"));
            raw_sql(password).execute(&mut superuser).await.expect("a password");
        }
        (roles, folder)
    }

    fn superuser_url(&self) -> String {
        self.database.superuser_url()
    }

    fn url(&self, role: &str) -> String {
        self.database.url_of(role)
    }

    async fn connect(&self, role: &str) -> PgConnection {
        PgConnection::connect(&self.url(role)).await.expect("a connection")
    }

    /// Roles belong to the whole server: they do not go with the database.
    async fn drop(self) {
        let mut superuser = self.database.superuser().await;
        let sql = format!(
            "reassign owned by {0} to current_user; drop owned by {0}, {1}; drop role {0}, {1}",
            self.owner, self.app
        );
        raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut superuser).await.expect("dropped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_that_serves_can_change_neither_schema_nor_history() {
    let (roles, folder) = Roles::make().await;
    let command = |role: &str, arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("DATABASE_URL", roles.url(role)).env("STOCKBOOK_ALLOW_UNSAFE_DATABASE", "true");
        command
    };
    run(&mut command(&roles.app, &["serve", "--listen", "127.0.0.1:0"]))
        .await
        .expect(3)
        .saying(&["GRANT CREATE"]);
    run(&mut command(&roles.app, &["migrate"])).await.expect(3);
    let migrated = run(&mut command(&roles.owner, &["migrate", "--app-role", &roles.app])).await.expect(0);
    assert!(migrated.stdout.contains(&format!("{} has what it needs to serve", roles.app)), "{migrated:?}");

    let server = ServerProcess::run(command(&roles.app, &["serve", "--listen", "127.0.0.1:0"])).await;
    let admin = ["user", "create", "--email", "a@b.example", "--name", "admin", "--role", "admin"];
    run(&mut command(&roles.app, &admin)).await.expect(0);
    let key = ["api-key", "create", "--user", "a@b.example", "--name", "test"];
    let key = run(&mut command(&roles.app, &key)).await.expect(0).stdout;
    let key = key.split_whitespace().find(|word| word.starts_with("sb_live_")).expect("a key");
    main_flow(&server.client().with_key(key)).await;
    check_ledger(&sqlx::PgPool::connect(&roles.url(&roles.owner)).await.expect("a pool")).await;
    server.kill().await;

    let mut app = roles.connect(&roles.app).await;
    raw_sql("set stockbook.ledger = 'on'").execute(&mut app).await.expect("as the server says");
    raw_sql("grant all on stock_movements, stock_entries, audit_log to current_user")
        .execute(&mut app)
        .await
        .ok();
    for sql in [
        "update stock_movements set note = 'changed'",
        "delete from stock_movements",
        "update stock_entries set on_hand_delta = 1",
        "delete from stock_entries",
        "truncate stock_entries",
        "update purchase_order_events set note = 'changed'",
        "delete from stock_transfer_events",
        "update audit_log set actor = 'somebody else'",
        "delete from audit_log",
        "delete from audit_log_seals",
        "update _sqlx_migrations set success = false",
        "create table mine (id int)",
        "create temporary table products (id int)",
        "create function mine() returns int language sql as 'select 1'",
        "alter table stock_entries disable trigger all",
        "drop trigger audit_log_append_only on audit_log",
        "alter table products add column mine int",
        "drop table products cascade",
        "set session_replication_role = replica",
    ] {
        let error = raw_sql(sql).execute(&mut app).await.expect_err(sql);
        let error = error.into_database_error().expect("an error of the database");
        // 42501: it may not; 01007 would be a grant of nothing, which is a warning and no error.
        assert_eq!(error.code().as_deref(), Some("42501"), "{sql}: {error}");
    }
    drop(app);
    roles.drop().await;
}

/// From the first product to a reversal, with everything that is entered besides.
async fn main_flow(client: &Client) {
    let product = client.product("A", 5).await;
    client.warehouse("NORTH").await;
    client.receive(product, 1, 10).await;
    client.post("/stock-adjustments", json!({"sku": "A", "delta": -2, "reason": "broken"})).await.expect(201);
    let reserved =
        client.post("/reservations", json!({"lines": [{"sku": "A", "quantity": 2}]})).await.expect(201).id();
    client.post(&format!("/reservations/{reserved}/fulfil"), json!({})).await.expect(200);
    let moved = json!({"from": {"warehouse": "MAIN"}, "to": {"warehouse": "NORTH"}, "lines": [{"sku": "A", "quantity": 1}]});
    let transfer = client.post("/stock-transfers", moved).await.expect(201).id();
    client.post(&format!("/stock-transfers/{transfer}/ship"), json!({})).await.expect(200);
    client.post(&format!("/stock-transfers/{transfer}/receive"), json!({})).await.expect(200);
    client
        .post(&format!("/products/{product}/prices"), json!({"price": "2.50", "reason": "dearer"}))
        .await
        .expect(201);
    let supplier = client.post("/suppliers", json!({"code": "ACME", "name": "Acme"})).await.expect(201).id();
    let lines = json!([{"sku": "A", "quantity": 5, "unit_cost": "1.00"}]);
    let order = json!({"supplier_id": supplier, "warehouse": "MAIN", "lines": lines});
    let order = client.post("/purchase-orders", order).await.expect(201);
    let (id, line) = (order.id(), order.body["lines"][0]["id"].clone());
    for action in ["submit", "approve", "order"] {
        client.post(&format!("/purchase-orders/{id}/{action}"), json!({})).await.expect(200);
    }
    let received = json!({"lines": [{"line_id": line, "quantity": 5}]});
    let receipt = client.post(&format!("/purchase-orders/{id}/receive"), received).await.expect(201).id();
    client.post(&format!("/goods-receipts/{receipt}/reverse"), json!({"reason": "slip"})).await.expect(200);
    let settings = client.get("/settings").await.expect(200);
    client.patch("/settings", settings.etag(), json!({"over_receipt_percent": 5})).await.expect(200);
    let etag = client.get(&format!("/products/{product}")).await.expect(200);
    client
        .patch(&format!("/products/{product}"), etag.etag(), json!({"reorder_point": 100}))
        .await
        .expect(200);
    assert_eq!(client.get("/low-stock").await.expect(200).items().len(), 1);
    client.get("/events").await.expect(200);
    assert_eq!(client.get("/ledger/verify").await.expect(200).body["differences"], json!([]));
    // Sealing works as this role too.
    for _ in 0..600 {
        let report = client.get("/audit-log/verify").await.expect(200).body;
        assert_eq!(report["differences"], json!([]));
        if report["waiting"] == 0 && report["entries"].as_i64() > Some(5) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the audit log is not sealed");
}

#[tokio::test]
async fn names_of_roles_that_could_be_sql_are_refused() {
    let folder = Folder::new();
    for name in ["a;drop", "a'b", "Über", "pg_monitor", ""] {
        folder.run(&["db", "roles", "--app", name]).await.expect(2);
    }
    folder
        .run(&["db", "roles", "--app", "one", "--owner", "one"])
        .await
        .expect(2)
        .saying(&["have to be two"]);
}
