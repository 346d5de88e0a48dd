//! No secret is left where somebody could read it: canaries are planted by every way in, and looked for everywhere.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use testkit::{Client, Response, ServerProcess, TestDatabase, admin_key};
use tokio::io::AsyncReadExt;

use super::oidc::OnTheWay;
use super::oidc::provider::{self, Lies, Provider};

/// Passwords and what looks like one, in every place that takes them.
const PASSWORDS: [&str; 3] = ["canary in the coal mine", "canary of another mine", "canary that is wrong"];

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_told_or_kept() {
    let database = TestDatabase::new().await;
    let provider = Provider::start().await;
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_stockbook"));
    let url = url_with_canary(&database).await;
    command.args(["serve", "--allow-unsafe-database", "--listen", "127.0.0.1:0", "--database-url", &url]);
    command.args(["--oidc-issuer", &provider.issuer, "--oidc-client-id", provider::CLIENT_ID]);
    command.args(["--oidc-public-url", provider::PUBLIC_URL]);
    command.env("STOCKBOOK_OIDC_CLIENT_SECRET", provider::CLIENT_SECRET);
    command.env("RUST_LOG", "trace,h2=off,hyper=off");
    let log = tempfile::NamedTempFile::new().expect("a file");
    command.stderr(log.reopen().expect("a file"));
    let key = admin_key(&database).await;
    let server = ServerProcess::run(command).await;
    let (anybody, admin) = (server.client().clone(), server.client().with_key(&key));

    let basic = BASE64_STANDARD.encode("stockbook:canary%3A+of+the+provider%2F%2B");
    let mut secrets =
        vec![key.clone(), DATABASE_PASSWORD.to_owned(), provider::CLIENT_SECRET.to_owned(), basic];
    secrets.push(provider::ACCESS_TOKEN.to_owned());
    let mut told = String::new();
    let mut tell = |answer: testkit::Response| {
        told.push_str(&answer.text);
        answer
    };
    let body = json!({"email": "anna@stock.example", "name": "Anna", "role": "manager"});
    let anna = tell(admin.post("/users", body).await.expect(201)).id();
    let token = admin.request("POST", &format!("/users/{anna}/password-reset-tokens")).await.expect(201);
    secrets.push(token.body["token"].as_str().expect("a token").to_owned());
    let chosen = json!({"token": token.body["token"], "new_password": PASSWORDS[0]});
    tell(anybody.post("/password-resets", chosen.clone()).await.expect(204));
    tell(anybody.post("/password-resets", chosen).await.problem(403, "invalid_token"));
    let sign_in = |password: &str| json!({"email": "anna@stock.example", "password": password});
    tell(anybody.post("/sessions", sign_in(PASSWORDS[2])).await.problem(401, "wrong_credentials"));
    let cookie_of = |answer: &Response| {
        let cookie =
            answer.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
        (cookie.split_once('=').expect("a value").1.to_owned(), cookie)
    };
    let (secret, cookie) =
        cookie_of(&tell(anybody.post("/sessions", sign_in(PASSWORDS[0])).await.expect(201)));
    secrets.push(secret);
    // By the provider: signed in, by a secret of its own; by userinfo, which takes a token; and by a token that is not right.
    for (lies, status) in [
        (Lies::default(), 303),
        (Lies { is_thin: true, ..Lies::default() }, 303),
        (Lies { forged: true, ..Lies::default() }, 403),
    ] {
        provider.lie(lies);
        let way = OnTheWay::begin(&anybody, None).await;
        let (_, secret) = way.cookie.split_once('=').expect("a value");
        secrets.push(secret.split('.').next().expect("a secret").to_owned());
        tell(way.come_back(&anybody).await.expect(status));
    }
    let browser: Client = anybody.with_header("cookie", &cookie).with_header("sec-fetch-site", "same-origin");
    let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    tell(browser.post("/password-changes", change(PASSWORDS[2], PASSWORDS[1])).await.expect(422));
    let changed =
        tell(browser.post("/password-changes", change(PASSWORDS[0], PASSWORDS[1])).await.expect(204));
    let (secret, cookie) = cookie_of(&changed);
    secrets.push(secret);
    let browser = browser.with_header("cookie", &cookie);
    let made = browser.post("/api-keys", json!({"name": "shop"})).await.expect(201);
    secrets.push(made.body["key"].as_str().expect("a key").to_owned());
    tell(browser.get("/api-keys").await.expect(200));
    tell(browser.get("/sessions").await.expect(200));
    tell(browser.get("/me").await.expect(200));
    tell(admin.get("/users").await.expect(200));
    // By mistake in the wrong place: a key in an address, a password as another field, a body that is no JSON.
    tell(
        anybody
            .get("/products")
            .header("authorization", &format!("Bearer {}x", secrets[0]))
            .await
            .expect(401),
    );
    let wrong = json!({"email": "x", "name": PASSWORDS[1], "password": PASSWORDS[0]});
    let mistaken = admin.post("/users", wrong).await.expect(422);
    assert!(!mistaken.text.contains(PASSWORDS[0]), "{mistaken}");
    tell(
        anybody
            .post("/sessions", json!({}))
            .raw(format!("{{\"password\": \"{}\"", PASSWORDS[2]))
            .await
            .expect(400),
    );
    tell(admin.get("/openapi.json").await.expect(200));
    server.kill().await;
    let dump = dump(&database).await;
    drop_canary(&database).await;

    let mut text = String::new();
    tokio::fs::File::open(log.path()).await.expect("the log").read_to_string(&mut text).await.expect("text");
    assert!(text.contains("/password-changes"), "the log has what was asked for");
    assert!(dump.contains("anna@stock.example") && dump.contains("$argon2id$"), "the dump has the rows");
    for secret in secrets.iter().map(String::as_str).chain(PASSWORDS) {
        for (place, content) in [("the log", &text), ("an answer", &told), ("the database", &dump)] {
            // By its bytes, and as JSON and SQL write them in hex.
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for written in [secret, &hex] {
                let found = content.find(written).map(|at| &content[at.saturating_sub(200)..at]);
                assert_eq!(found, None, "{place} has a secret");
            }
        }
    }
}

/// What the database knows the server by.
const DATABASE_PASSWORD: &str = "canary-of-the-database";

/// The URL for a role like the owner, whose password is a canary.
async fn url_with_canary(database: &TestDatabase) -> String {
    let mut superuser = database.superuser().await;
    let role = format!("canary_{}", database.name());
    for sql in [
        format!("create role {role} login password '{DATABASE_PASSWORD}' in role {}", testkit::OWNER),
        format!("alter role {role} in database {} set role {}", database.name(), testkit::OWNER),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut superuser).await.expect("a role");
    }
    let (scheme, rest) =
        database.url_of(&role).split_once("://").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a URL");
    let (_, place) = rest.split_once('@').expect("a user and a place");
    format!("{scheme}://{role}:{DATABASE_PASSWORD}@{place}")
}

async fn drop_canary(database: &TestDatabase) {
    let sql = format!("drop role canary_{}", database.name());
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut database.superuser().await).await.expect("dropped");
}

/// Every row of every table, as text.
async fn dump(database: &TestDatabase) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I', relname) from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace",
    )
    .fetch_all(database.pool())
    .await
    .expect("the tables");
    let mut dump = String::new();
    for table in tables {
        let rows = sqlx::AssertSqlSafe(format!("select t::text from {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(database.pool()).await.expect("rows");
        dump.push_str(&rows.join("\n"));
    }
    dump
}
