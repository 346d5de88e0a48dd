//! Signing in and out, and being the first.

use serde_json::{Value, json};
use testkit::{Client, Response, ServerProcess, TestDatabase, TestServer, user};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{server, signed_in, with_role};

pub(super) const PASSWORD: &str = "correct horse";

/// A new user who has chosen [`PASSWORD`] with a token from an admin.
pub(super) async fn person(server: &TestServer, name: &str, role: &str) -> i64 {
    let admin = user(server.database(), &format!("admin-of-{name}"), "admin").await;
    let admin = signed_in(server, admin).await; // who may also make an admin, as no key does
    let body = json!({"email": format!("{name}@stock.example"), "name": name, "role": role});
    let id = admin.post("/users", body).await.expect(201).id();
    let made = admin.request("POST", &format!("/users/{id}/password-reset-tokens")).await.expect(201);
    let chosen = json!({"token": made.body["token"], "new_password": PASSWORD});
    server.post("/password-resets", chosen).await.expect(204);
    id
}

async fn try_to_sign_in(client: &Client, email: &str, password: &str) -> Response {
    client.post("/sessions", json!({"email": email, "password": password})).await
}

/// A browser that has signed in: it sends its cookie, and says that its page is ours.
pub(super) async fn sign_in(server: &Client, name: &str, password: &str) -> Client {
    browser(server, &try_to_sign_in(server, &format!("{name}@stock.example"), password).await.expect(201))
}

fn browser(server: &Client, answer: &Response) -> Client {
    let cookie = answer.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    server.with_header("cookie", &cookie).with_header("sec-fetch-site", "same-origin")
}

#[tokio::test]
async fn who_signs_in_is_known_until_they_sign_out() {
    let server = server().await;
    let id = person(&server, "anna", "operator").await;
    let anna = sign_in(&server, "anna", PASSWORD).await;
    let me = anna.get("/me").await.expect(200).body;
    assert_eq!((&me["kind"], &me["name"], &me["user"]["id"]), (&json!("user"), &json!("anna"), &json!(id)));
    assert_eq!((&me["user"]["role"], &me["user"]["warehouses"]), (&json!("operator"), &Value::Null));
    assert!(me["permissions"].as_array().is_some_and(|may| may.contains(&json!("stock.move"))), "{me}");

    // What they do has their name.
    let admin = with_role(&server, "Ada", "admin").await;
    let product = admin.product("A", 5).await;
    let body = json!({"product_id": product, "delta": -1, "reason": "broken"});
    let movement = anna.post("/stock-adjustments", body).await.expect(201).body["movement_id"].clone();
    assert_eq!(anna.get(&format!("/stock-movements/{movement}")).await.expect(200).body["actor"], "anna");

    let sessions = anna.get("/sessions").await.expect(200);
    let [session] = sessions.items() else { panic!("{sessions}") };
    assert_eq!((&session["current"], &session["address"]), (&json!(true), &json!("127.0.0.1")));
    let out = anna.request("DELETE", "/sessions/current").await.expect(204);
    assert!(out.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")), "{out}");
    anna.get("/me").await.problem(401, "authentication_required");
    server.finish().await;
}

/// What was in a browser before, whoever put it there, is nobody's afterwards.
#[tokio::test]
async fn who_signs_in_again_takes_the_place_of_the_session_that_the_browser_had() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    person(&server, "ben", "viewer").await;
    let elsewhere = sign_in(&server, "anna", PASSWORD).await;
    let first = sign_in(&server, "anna", PASSWORD).await;
    first.get("/me").await.expect(200);
    try_to_sign_in(&first, "anna@stock.example", "wrong horse").await.problem(401, "wrong_credentials");
    first.get("/me").await.expect(200); // only who has come in takes a place
    let second = sign_in(&first, "anna", PASSWORD).await;
    first.get("/me").await.problem(401, "authentication_required");
    assert_eq!(second.get("/sessions").await.expect(200).items().len(), 2, "this one and the one elsewhere");
    let ben = sign_in(&second, "ben", PASSWORD).await;
    second.get("/me").await.problem(401, "authentication_required");
    assert_eq!(ben.get("/me").await.expect(200).body["name"], "ben");
    assert_eq!(elsewhere.get("/sessions").await.expect(200).items().len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn a_cookie_cannot_be_read_by_scripts_and_leaves_for_this_site_only() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    let cookie = |answer: &Response| answer.header("set-cookie").expect("a cookie").to_owned();
    let answer = try_to_sign_in(&server, "anna@stock.example", PASSWORD).await.expect(201);
    let on_loopback = cookie(&answer);
    assert!(on_loopback.starts_with("stockbook=") && !on_loopback.contains("Secure"), "{on_loopback}");
    assert!(on_loopback.ends_with("; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict"), "{on_loopback}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let by_name = server.with_header("host", "stock.example");
    let elsewhere = cookie(&try_to_sign_in(&by_name, "anna@stock.example", PASSWORD).await.expect(201));
    assert!(elsewhere.starts_with("__Host-stockbook="), "{elsewhere}");
    assert!(elsewhere.ends_with("; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure"), "{elsewhere}");
    server.finish().await;
}

/// What a browser adds by itself lets it change something from pages of ours only.
#[tokio::test]
async fn pages_of_other_sites_change_nothing_by_a_cookie() {
    let server = server().await;
    person(&server, "anna", "admin").await;
    let anna = sign_in(&server, "anna", PASSWORD).await;
    let host = server.base().trim_start_matches("http://").to_owned();
    let post = || anna.post("/categories", json!({"name": "Kitchen"})).without("sec-fetch-site");
    post().await.problem(403, "cross_site_request");
    for site in ["cross-site", "same-site", "none"] {
        post().header("sec-fetch-site", site).await.problem(403, "cross_site_request");
        anna.request("DELETE", "/sessions/current")
            .header("sec-fetch-site", site)
            .await
            .problem(403, "cross_site_request");
    }
    for origin in ["https://evil.example", "null", &format!("http://{host}.evil.example")] {
        post().header("origin", origin).await.problem(403, "cross_site_request");
    }
    anna.get("/me").header("sec-fetch-site", "cross-site").await.expect(200);
    post()
        .header("content-type", "text/plain")
        .header("origin", &format!("http://{host}"))
        .await
        .problem(415, "unsupported_media_type");
    post().header("origin", &format!("http://{host}")).await.expect(201);
    let sign_in = json!({"email": "anna@stock.example", "password": PASSWORD});
    server
        .post("/sessions", sign_in)
        .header("sec-fetch-site", "cross-site")
        .await
        .problem(403, "cross_site_request");
    let preflight = server.request("OPTIONS", "/categories").header("origin", "https://evil.example").await;
    assert!(
        preflight.status == 405 && preflight.header("access-control-allow-origin").is_none(),
        "{preflight}"
    );
    server.finish().await;
}

/// And the demo, which lets everybody in, does not let pages of other sites in.
#[tokio::test]
async fn pages_of_other_sites_change_nothing_in_the_demo() {
    let server = crate::support::server().await;
    let post = || server.post("/categories", json!({"name": "Kitchen"}));
    post().header("sec-fetch-site", "cross-site").await.problem(403, "cross_site_request");
    post().header("origin", "https://evil.example").await.problem(403, "cross_site_request");
    post().await.expect(201);
    let me = server.get("/me").await.expect(200).body;
    assert_eq!((&me["kind"], &me["name"], &me["user"]), (&json!("demo"), &json!("demo"), &Value::Null));
    assert_eq!(server.get("/setup").await.expect(200).body, json!({"needed": false}));
    server.finish().await;
}

/// Alike in words and in time: the difference of means is far below what a hash takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    let admin = with_role(&server, "Ada", "admin").await;
    let gone = person(&server, "gone", "viewer").await;
    admin.patch(&format!("/users/{gone}"), "*", json!({"active": false})).await.expect(200);
    let mut told = Vec::new();
    for (email, password) in [
        ("anna@stock.example", "wrong horse"),
        ("nobody@stock.example", PASSWORD),
        ("gone@stock.example", PASSWORD),
        ("Ada@stock.example", PASSWORD), // has no password
    ] {
        let begun = std::time::Instant::now();
        let refused = try_to_sign_in(&server, email, password).await.problem(401, "wrong_credentials");
        let mut body = refused.body.clone();
        body["request_id"] = Value::Null;
        assert!(refused.header("set-cookie").is_none(), "{refused}");
        told.push((body, begun.elapsed()));
    }
    let hash = told[0].1;
    for (body, took) in &told {
        assert_eq!(body, &told[0].0);
        assert!(*took > hash / 4, "{took:?} where a wrong password took {hash:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn who_is_wrong_several_times_has_to_wait_and_is_never_locked_out() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    for _ in 0..3 {
        try_to_sign_in(&server, "anna@stock.example", "wrong horse").await.problem(401, "wrong_credentials");
    }
    let wait =
        try_to_sign_in(&server, "ANNA@stock.example", PASSWORD).await.problem(429, "too_many_attempts");
    assert_eq!(wait.header("retry-after"), Some("1"));
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    sign_in(&server, "anna", PASSWORD).await;
    sign_in(&server, "anna", PASSWORD).await; // all is forgiven
    server.finish().await;
}

/// Accounts that do not exist, one after another: the address has to wait, but for who has come in there before.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_from_which_many_accounts_are_tried_has_to_wait() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    sign_in(&server, "anna", PASSWORD).await;
    let guess = async |number: usize| {
        try_to_sign_in(&server, &format!("nobody-{number}@stock.example"), "wrong horse").await
    };
    for number in 0..20 {
        guess(number).await.problem(401, "wrong_credentials");
    }
    let wait = guess(20).await.problem(429, "too_many_attempts");
    assert_eq!(wait.header("retry-after"), Some("1"));
    sign_in(&server, "anna", PASSWORD).await;
    guess(20).await.problem(429, "too_many_attempts");
    server.finish().await;
}

/// Somebody tries Anna's account all the time. Where she has come in before, and where she uses a token from an admin, she comes in.
#[tokio::test(flavor = "multi_thread")]
async fn who_tries_an_account_from_elsewhere_does_not_lock_its_owner_out() {
    let database = TestDatabase::new().await;
    let server =
        ServerProcess::start(env!("CARGO_BIN_EXE_stockbook"), &database, &["--trusted-proxies", "127.0.0.1"])
            .await;
    let admin = server.client();
    let from = |address: &str| admin.anonymous().with_header("x-forwarded-for", address);
    let (office, elsewhere, hotel) = (from("192.0.2.1"), from("198.51.100.7"), from("203.0.113.9"));
    let body = json!({"email": "anna@stock.example", "name": "anna", "role": "viewer"});
    let id = admin.post("/users", body).await.expect(201).id();
    let choose = async |client: &Client| {
        let made = admin.request("POST", &format!("/users/{id}/password-reset-tokens")).await.expect(201);
        let chosen = json!({"token": made.body["token"], "new_password": PASSWORD});
        client.post("/password-resets", chosen).await.expect(204);
    };
    choose(&office).await;
    loop {
        let tried = try_to_sign_in(&elsewhere, "anna@stock.example", "wrong horse").await;
        let wait = tried.header("retry-after").map(|seconds| seconds.parse::<u64>().expect("a number"));
        if wait.is_some_and(|seconds| seconds > 2) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    try_to_sign_in(&hotel, "anna@stock.example", PASSWORD).await.problem(429, "too_many_attempts");
    sign_in(&office, "anna", PASSWORD).await;
    choose(&hotel).await;
    sign_in(&hotel, "anna", PASSWORD).await;
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_the_tokens() {
    let server = server().await;
    let id = person(&server, "anna", "viewer").await;
    let (here, there) = (sign_in(&server, "anna", PASSWORD).await, sign_in(&server, "anna", PASSWORD).await);
    let admin = with_role(&server, "Ada", "admin").await;
    let token =
        admin.request("POST", &format!("/users/{id}/password-reset-tokens")).await.expect(201).body["token"]
            .clone();
    let change = |current: &str, new: &str| {
        here.post("/password-changes", json!({"current_password": current, "new_password": new}))
    };
    change("wrong horse", "battery staple").await.invalid(&[("/current_password", "wrong_password")]);
    change(PASSWORD, "password1").await.invalid(&[("/new_password", "common_password")]);
    change(PASSWORD, "short").await.invalid(&[("/new_password", "wrong_length")]);
    let changed = change(PASSWORD, "battery staple").await.expect(204);
    for old in [&here, &there] {
        old.get("/me").await.problem(401, "authentication_required");
    }
    let goes_on = browser(&server, &changed); // under another secret
    assert_eq!(goes_on.get("/sessions").await.expect(200).items().len(), 1);
    let late = json!({"token": token, "new_password": "another staple"});
    server.post("/password-resets", late).await.problem(403, "invalid_token");
    try_to_sign_in(&server, "anna@stock.example", PASSWORD).await.problem(401, "wrong_credentials");
    sign_in(&server, "anna", "battery staple").await;
    server.finish().await;
}

#[tokio::test]
async fn a_reset_token_is_good_once_and_not_for_ever() {
    let server = server().await;
    let id = person(&server, "anna", "viewer").await;
    let admin = with_role(&server, "Ada", "admin").await;
    let there = sign_in(&server, "anna", PASSWORD).await;
    let token = async || {
        let made = admin.request("POST", &format!("/users/{id}/password-reset-tokens")).await.expect(201);
        made.body["token"].as_str().expect("a token").to_owned()
    };
    let reset = |token: &str| {
        server.post("/password-resets", json!({"token": token, "new_password": "battery staple"}))
    };
    let (first, second) = (token().await, token().await);
    reset(&first).await.problem(403, "invalid_token"); // the second has ended it
    sqlx::query("update one_time_tokens set expires_at = now()")
        .execute(server.pool())
        .await
        .expect("expired");
    reset(&second).await.problem(403, "invalid_token");
    let third = token().await;
    for other in ["x", &third[1..], &format!("{third}x"), &"A".repeat(43)] {
        reset(other).await.problem(403, "invalid_token");
    }
    reset(&third).await.expect(204);
    reset(&third).await.problem(403, "invalid_token");
    there.get("/me").await.problem(401, "authentication_required");
    server.finish().await;
}

/// By the database's clock, whatever the browser still sends.
#[tokio::test]
async fn a_session_ends_unused_after_half_an_hour_and_in_any_case_after_eight() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    for (column, minutes, lives) in [
        ("last_seen_at", -29, true),
        ("last_seen_at", -31, false),
        ("expires_at", 1, true),
        ("expires_at", 0, false),
    ] {
        let anna = sign_in(&server, "anna", PASSWORD).await;
        let of_anna = format!(
            "update sessions set {column} = now() + interval '{minutes} minutes' where id = (select max(id) from sessions)"
        );
        sqlx::query(sqlx::AssertSqlSafe(of_anna)).execute(server.pool()).await.expect("changed");
        assert_eq!(anna.get("/me").await.status, if lives { 200 } else { 401 }, "{column} {minutes}");
    }
    let is_usual: bool =
        sqlx::query_scalar("select bool_or(expires_at - created_at = interval '8 hours') from sessions")
            .fetch_one(server.pool())
            .await
            .expect("an answer");
    assert!(is_usual, "it ends after 8 hours");
    server.finish().await;
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_only() {
    let server = server().await;
    person(&server, "anna", "viewer").await;
    person(&server, "ben", "admin").await;
    let (anna, lost) = (sign_in(&server, "anna", PASSWORD).await, sign_in(&server, "anna", PASSWORD).await);
    let ben = sign_in(&server, "ben", PASSWORD).await;
    let ids = |page: &Response| {
        page.items().iter().map(|session| session["id"].as_i64().expect("an id")).collect::<Vec<_>>()
    };
    let annas = ids(&anna.get("/sessions").await.expect(200));
    assert_eq!(annas.len(), 2);
    let bens = ids(&ben.get("/sessions").await.expect(200));
    anna.request("DELETE", &format!("/sessions/{}", bens[0])).await.problem(404, "session_not_found");
    ben.request("DELETE", &format!("/sessions/{}", annas[0])).await.problem(404, "session_not_found");
    ben.get("/me").await.expect(200);
    anna.request("DELETE", &format!("/sessions/{}", annas[0])).await.expect(204); // the newest: the lost one
    lost.get("/me").await.problem(401, "authentication_required");
    anna.get("/me").await.expect(200);
    server.finish().await;
}

/// The real binary prints a token as long as nobody is there, and whoever has it is the first, once.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_user_is_made_once_with_the_token_that_serve_prints() {
    let database = TestDatabase::new().await;
    let start = async || {
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_stockbook"));
        let url = database.url();
        command.args(["serve", "--allow-unsafe-database", "--listen", "127.0.0.1:0", "--database-url", &url]);
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().expect("it runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut base = String::new();
        let mut token = None;
        while let Some(line) = lines.next_line().await.expect("text") {
            if let Some((_, address)) = line.split_once("listens on ") {
                address.clone_into(&mut base);
            }
            if line.contains("first user") {
                token = lines.next_line().await.expect("text").map(|line| line.trim().to_owned());
                break;
            }
            if line.contains("database  ") && base.is_empty() {
                break;
            }
        }
        (child, Client::new(&base).await, token.expect("a token"))
    };
    let (_one, client, first) = start().await;
    let (_two, other, second) = start().await;
    assert_ne!(first, second);
    assert_eq!(client.get("/setup").await.expect(200).body, json!({"needed": true}));
    let setup = |token: &str, email: &str| json!({"token": token, "email": email, "name": email, "password": PASSWORD});
    client.post("/setup", setup(&"A".repeat(43), "eve@stock.example")).await.problem(403, "invalid_token");
    let weak = json!({"token": first, "email": "anna@stock.example", "name": "Anna", "password": "12345678"});
    client.post("/setup", weak).await.invalid(&[("/password", "common_password")]);
    let (one, two) = tokio::join!(
        client.post("/setup", setup(&first, "anna@stock.example")).into_future(),
        other.post("/setup", setup(&second, "eve@stock.example")).into_future(),
    );
    let (won, lost) = if one.status == 201 { (one, two) } else { (two, one) };
    let anna = browser(&client, &won.expect(201));
    assert!(lost.status == 409 || lost.status == 403, "{lost}");
    assert_eq!(anna.get("/me").await.expect(200).body["user"]["role"], "admin");
    assert_eq!(client.get("/setup").await.expect(200).body, json!({"needed": false}));
    for token in [first, second] {
        client.post("/setup", setup(&token, "eve2@stock.example")).await.problem(409, "setup_done");
    }
    let users: i64 =
        sqlx::query_scalar("select count(*) from users").fetch_one(database.pool()).await.expect("users");
    assert_eq!(users, 1);
}
