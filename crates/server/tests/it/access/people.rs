//! Users and keys: what they may do follows from the database within a second, and nobody makes themselves more.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{TestDatabase, TestServer, api_key_of, new_api_key, user};

use super::{server, signed_in, with_role};
use crate::support::process;

async fn set(server: &TestServer, sql: &str) {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(server.pool()).await.expect("it runs");
}

#[tokio::test]
async fn what_is_no_good_key_lets_nobody_in() {
    let server = server().await;
    let id = user(server.database(), "Anna", "admin").await;
    let key = api_key_of(server.database(), id, None).await;
    server.with_key(&key).get("/me").await.expect(200);
    let refused = async |client: testkit::Client| {
        let refused = client.get("/products").await.problem(401, "authentication_required");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"stockbook\""));
    };
    let truncated = &key[..key.len() - 1];
    for other in [truncated, &format!("{key}A"), &key.to_lowercase(), &new_api_key(), "sb_live_", "'or''='"] {
        refused(server.with_key(other)).await;
    }
    for scheme in ["Basic", "Token", "Digest", "bearer:", ""] {
        refused(server.with_header("authorization", &format!("{scheme} {key}"))).await;
    }
    // Neither in the address, nor in headers that proxies know, nor in a cookie.
    refused((*server).clone()).await;
    server.get(&format!("/products?api_key={key}")).await.problem(401, "authentication_required");
    for header in
        ["x-api-key", "x-forwarded-user", "x-remote-user", "x-user-id", "x-original-url", "forwarded"]
    {
        refused(server.with_header(header, &key)).await;
    }
    refused(server.with_header("cookie", &format!("stockbook={key}"))).await;
    refused(server.with_header("cookie", &format!("__Host-stockbook={key}"))).await;
    // The method and the path that a proxy would have rewritten are not believed either.
    let viewer = with_role(&server, "Vera", "viewer").await;
    for (name, value) in
        [("x-http-method-override", "GET"), ("x-original-url", "/livez"), ("x-rewrite-url", "/livez")]
    {
        let body = json!({"name": "Kitchen"});
        viewer.post("/categories", body).header(name, value).await.problem(403, "permission_denied");
    }
}

#[tokio::test]
async fn keys_end_by_themselves_and_by_being_taken_back() {
    let server = server().await;
    let id = user(server.database(), "Anna", "admin").await;
    for end in [
        "update api_keys set expires_at = now()",
        "update api_keys set revoked_at = now()",
        "update users set active = false",
    ] {
        set(&server, "update users set active = true").await;
        let client = server.with_key(&api_key_of(server.database(), id, None).await);
        client.get("/me").await.expect(200);
        set(&server, end).await;
        tokio::time::sleep(Duration::from_millis(1050)).await;
        client.get("/me").await.problem(401, "authentication_required");
    }
}

/// When somebody was last there outlives their session, and a key of theirs counts.
#[tokio::test]
async fn when_people_were_last_there_is_known_after_they_have_left() {
    let server = server().await;
    let admin = with_role(&server, "Ada", "admin").await;
    let body = json!({"email": "anna@stock.example", "name": "Anna", "role": "viewer"});
    let made = admin.post("/users", body).await.expect(201);
    let id = made.id();
    assert_eq!(made.body["last_seen_at"], Value::Null);
    let seen = async || admin.get(&format!("/users/{id}")).await.expect(200).body["last_seen_at"].clone();

    let token = admin.request("POST", &format!("/users/{id}/password-reset-tokens")).await.expect(201);
    let chosen = json!({"token": token.body["token"], "new_password": "correct horse"});
    server.post("/password-resets", chosen).await.expect(204);
    assert_eq!(seen().await, Value::Null, "who has a password has not been there yet");
    let credentials = json!({"email": "anna@stock.example", "password": "correct horse"});
    server.post("/sessions", credentials).await.expect(201);
    let at_sign_in = seen().await;
    assert!(at_sign_in.is_string(), "{at_sign_in}");

    // An hour ago, and the session has ended; then a key of theirs is used, which is noted beside the request.
    set(&server, "update user_activity set last_seen_at = last_seen_at - interval '1 hour'").await;
    set(&server, "delete from sessions").await;
    let an_hour_ago = seen().await;
    assert!(an_hour_ago.is_string() && an_hour_ago != at_sign_in, "{an_hour_ago}");
    let key = api_key_of(server.database(), id, None).await;
    server.with_key(&key).get("/me").await.expect(200);
    let began = Instant::now();
    while seen().await == an_hour_ago {
        assert!(began.elapsed() < Duration::from_secs(30), "the use of the key was not noted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.finish().await;
}

/// On two servers, one of which is asked all the time: what it remembers does not outlive its second.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_on_one_server_is_taken_back_on_another_within_a_second() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let body = json!({"email": "anna@stock.example", "name": "Anna", "role": "viewer"});
    let anna = one.client().post("/users", body).await.expect(201).id();
    let key = api_key_of(&database, anna, None).await;
    let (here, there) = (one.client().with_key(&key), two.client().with_key(&key));
    let busy = async |client: &testkit::Client, ends: Instant| {
        let mut last = None;
        while Instant::now() < ends {
            let answer = client.get("/products").await;
            if answer.status == 401 {
                return last;
            }
            last = Some(Instant::now());
        }
        panic!("it was still let in")
    };
    for _ in 0..20 {
        there.get("/products").await.expect(200);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    here.get("/products").await.expect(200);
    one.client().patch(&format!("/users/{anna}"), "*", json!({"active": false})).await.expect(200);
    let ended = Instant::now();
    here.get("/products").await.problem(401, "authentication_required"); // where it was done: at once
    let last = busy(&there, ended + Duration::from_secs(20)).await;
    let lived = last.map(|last| last.duration_since(ended)).unwrap_or_default();
    assert!(
        lived < Duration::from_secs(5),
        "{lived:?}: a second, and what a machine needs that is busy building"
    );
}

/// While nobody can ask the database about keys, whoever has just been let in goes on.
#[tokio::test]
async fn a_caller_who_asks_all_the_time_costs_no_round_trip() {
    let server = server().await;
    let client = with_role(&server, "Anna", "viewer").await;
    let mut db = server.pool().acquire().await.expect("a connection");
    loop {
        client.get("/roles").await.expect(200);
        let known = Instant::now();
        let lock = "begin; lock table api_keys in access exclusive mode";
        sqlx::raw_sql(lock).execute(&mut *db).await.expect("locked");
        if known.elapsed() < Duration::from_millis(300) {
            break;
        }
        sqlx::query("rollback").execute(&mut *db).await.expect("a slow machine: once more");
    }
    // And no longer than a second: then it waits for the lock, and is told that the database is busy.
    let (begun, mut requests) = (Instant::now(), 0);
    loop {
        let answer = client.get("/roles").await;
        if answer.status != 200 {
            answer.problem(503, "busy");
            break;
        }
        requests += 1;
        assert!(begun.elapsed() < Duration::from_secs(10), "it is let in without being asked for");
    }
    assert!(requests > 0, "it was asked for at once");
    sqlx::query("rollback").execute(&mut *db).await.expect("unlocked");
    client.get("/roles").await.expect(200);
}

#[tokio::test]
async fn nobody_promotes_themselves() {
    let server = server().await;
    // Not by a role that may not, whichever way.
    for role in ["viewer", "operator", "buyer", "manager"] {
        let id = user(server.database(), role, role).await;
        let client = server.with_key(&api_key_of(server.database(), id, None).await);
        let own = format!("/users/{id}");
        client.patch(&own, "*", json!({"role": "admin"})).await.problem(403, "permission_denied");
        client
            .request("POST", &format!("{own}/password-reset-tokens"))
            .await
            .problem(403, "permission_denied");
        let body = json!({"email": "eve@stock.example", "name": "Eve", "role": "admin"});
        client.post("/users", body).await.problem(403, "permission_denied");
    }
    // Not by an admin, who could be somebody at an unlocked screen.
    let id = user(server.database(), "Anna", "admin").await;
    user(server.database(), "Ben", "admin").await;
    let anna = signed_in(&server, id).await;
    let own = format!("/users/{id}");
    for change in [json!({"role": "manager"}), json!({"active": false}), json!({"warehouses": ["MAIN"]})] {
        anna.patch(&own, "*", change).await.problem(403, "own_access");
    }
    let same = json!({"name": "Anna N.", "role": "admin", "active": true, "warehouses": null});
    anna.patch(&own, "*", same).await.expect(200); // says what is so already
    // What a field of another request would do, it does not.
    let body =
        json!({"email": "c@stock.example", "name": "Cy", "role": "viewer", "id": id, "password_hash": "x"});
    anna.post("/users", body).await.invalid(&[("/id", "unknown_field"), ("/password_hash", "unknown_field")]);
    server.finish().await;
}

/// A key that may manage users, and little else, makes nothing of itself or of others that it is not itself.
#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let server = server().await;
    let (anna, ben) =
        (user(server.database(), "Anna", "admin").await, user(server.database(), "Ben", "admin").await);
    let vera = user(server.database(), "Vera", "viewer").await;
    let mut scopes = vec!["users.manage"];
    let bare = server.with_key(&api_key_of(server.database(), anna, Some(&scopes)).await);
    scopes.extend(["products.read", "stock.read", "events.read", "settings.read"]);
    let looking = server.with_key(&api_key_of(server.database(), anna, Some(&scopes)).await);
    let token = |id: i64| format!("/users/{id}/password-reset-tokens");
    let new = |name: &str, role: &str| json!({"email": format!("{name}@stock.example"), "name": name, "role": role});

    for client in [&bare, &looking] {
        // Neither the password, nor the address that a provider of OpenID Connect knows, nor anything else of somebody who may more.
        for admin in [anna, ben] {
            for change in [
                json!({"email": "eve@stock.example"}),
                json!({"name": "Eve"}),
                json!({"role": "viewer"}),
                json!({"active": false}),
            ] {
                client.patch(&format!("/users/{admin}"), "*", change).await.problem(403, "permission_denied");
            }
        }
        client.request("POST", &token(ben)).await.problem(403, "permission_denied");
        client.request("POST", &token(anna)).await.problem(403, "own_access");
        // Nobody is made more than it is.
        for role in ["operator", "buyer", "manager", "admin"] {
            client.post("/users", new("Eve", role)).await.problem(403, "permission_denied");
            let change = json!({"role": role});
            client.patch(&format!("/users/{vera}"), "*", change).await.problem(403, "permission_denied");
        }
    }
    let refused = bare.post("/users", new("Eve", "viewer")).await.problem(403, "permission_denied");
    assert_eq!(refused.body["permission"], "products.read");
    bare.request("POST", &token(vera)).await.problem(403, "permission_denied");
    // What it may, it gives.
    let made = looking.post("/users", new("Cy", "viewer")).await.expect(201).id();
    for viewer in [made, vera] {
        looking.request("POST", &token(viewer)).await.expect(201);
        looking.patch(&format!("/users/{viewer}"), "*", json!({"warehouses": ["MAIN"]})).await.expect(200);
    }

    // Who has signed in does all of it.
    let browser = signed_in(&server, anna).await;
    let own = format!("/users/{anna}");
    browser.request("POST", &token(anna)).await.expect(201);
    browser.patch(&own, "*", json!({"email": "anna.n@stock.example"})).await.expect(200);
    browser.post("/users", new("Dan", "admin")).await.expect(201);
    browser.patch(&format!("/users/{ben}"), "*", json!({"role": "manager"})).await.expect(200);
    server.finish().await;
}

/// Whoever has a key of an admin with all that an admin may is no admin for that, and becomes none: what they would have made of
/// themselves would stay when the key is revoked.
#[tokio::test]
async fn no_key_makes_or_gets_at_an_admin() {
    let server = server().await;
    let (anna, ben) =
        (user(server.database(), "Anna", "admin").await, user(server.database(), "Ben", "admin").await);
    let vera = user(server.database(), "Vera", "viewer").await;
    let all: Vec<&str> = domain::Permission::ALL.iter().map(|permission| permission.as_str()).collect();
    let new = |name: &str, role: &str| json!({"email": format!("{name}@stock.example"), "name": name, "role": role});
    let token = |id: i64| format!("/users/{id}/password-reset-tokens");
    for scopes in [None, Some(&*all)] {
        let key = server.with_key(&api_key_of(server.database(), anna, scopes).await);
        // Not the password, by which it would come in as an admin, nor the address to which a provider would vouch for it.
        key.request("POST", &token(ben)).await.problem(403, "permission_denied");
        key.request("POST", &token(anna)).await.problem(403, "own_access");
        for admin in [anna, ben] {
            for change in [
                json!({"email": "eve@stock.example"}),
                json!({"name": "Eve"}),
                json!({"role": "viewer"}),
                json!({"active": false}),
                json!({"warehouses": ["MAIN"]}),
            ] {
                key.patch(&format!("/users/{admin}"), "*", change).await.problem(403, "permission_denied");
            }
        }
        // Nor another admin, made or promoted.
        key.post("/users", new("Eve", "admin")).await.problem(403, "permission_denied");
        let promoted = key.patch(&format!("/users/{vera}"), "*", json!({"role": "admin"})).await;
        let refused = promoted.problem(403, "permission_denied");
        assert!(
            refused.body["detail"].as_str().is_some_and(|detail| detail.contains("signed in")),
            "{refused}"
        );
        // All others are decided about by it, up to a manager.
        let name = scopes.map_or("Max", |_| "Mia");
        let manager = key.post("/users", new(name, "manager")).await.expect(201).id();
        key.request("POST", &token(manager)).await.expect(201);
        key.patch(&format!("/users/{manager}"), "*", json!({"active": false})).await.expect(200);
    }
    let admins = "select string_agg(name || ' ' || email || ' ' || active, ', ' order by id) from users where role = 'admin'";
    let admins: String = sqlx::query_scalar(admins).fetch_one(server.pool()).await.expect("names");
    let unchanged = format!("Anna {0} true, Ben {1} true", "Anna@stock.example", "Ben@stock.example");
    assert_eq!(admins.to_lowercase(), unchanged.to_lowercase());
    let tokens: i64 = sqlx::query_scalar("select count(*) from one_time_tokens where user_id = any($1)")
        .bind([anna, ben])
        .fetch_one(server.pool())
        .await
        .expect("a number");
    assert_eq!(tokens, 0);
    // An admin who has signed in does it.
    signed_in(&server, anna).await.request("POST", &token(ben)).await.expect(201);
    server.finish().await;
}

#[tokio::test]
async fn one_active_admin_stays() {
    let server = server().await;
    let ids = [user(server.database(), "Anna", "admin").await, user(server.database(), "Ben", "admin").await];
    let mut clients = Vec::new();
    // Each takes the other's role at once: one of them is refused, whatever the interleaving.
    for _ in 0..10 {
        set(&server, "update users set role = 'admin', active = true").await;
        clients.clear();
        for id in ids {
            clients.push(signed_in(&server, id).await); // anew: who is deactivated is signed out
        }
        clients[0].get("/me").await.expect(200);
        let of = |id: i64| format!("/users/{id}");
        let (one, two) = tokio::join!(
            clients[0].patch(&of(ids[1]), "*", json!({"role": "viewer"})).into_future(),
            clients[1].patch(&of(ids[0]), "*", json!({"active": false})).into_future(),
        );
        let admins: i64 = sqlx::query_scalar("select count(*) from users where role = 'admin' and active")
            .fetch_one(server.pool())
            .await
            .expect("a number");
        assert!(admins >= 1, "{one}\n{two}");
        tokio::time::sleep(Duration::from_millis(1010)).await;
    }
    server.finish().await;
}

#[tokio::test]
async fn an_address_and_a_name_belong_to_one() {
    let server = server().await;
    let admin = with_role(&server, "Ada", "admin").await;
    let body = |email: &str, name: &str| json!({"email": email, "name": name, "role": "viewer"});
    let anna = admin.post("/users", body("anna@stock.example", "Anna")).await.expect(201);
    admin.post("/users", body("ANNA@stock.example", "Other")).await.problem(409, "duplicate_email");
    admin.post("/users", body("other@stock.example", "anna")).await.problem(409, "duplicate_user_name");
    let ben = admin.post("/users", body("ben@stock.example", "Ben")).await.expect(201).id();
    let path = format!("/users/{ben}");
    admin.patch(&path, "*", json!({"email": "Anna@stock.example"})).await.problem(409, "duplicate_email");
    admin.patch(&path, "*", json!({"name": "ANNA"})).await.problem(409, "duplicate_user_name");
    admin.patch(&path, "\"9\"", json!({"name": "Benno"})).await.problem(412, "stale_version");
    admin.patch(&path, "*", json!({"warehouses": []})).await.invalid(&[("/warehouses", "wrong_length")]);
    admin
        .patch(&path, "*", json!({"warehouses": ["NONE"]}))
        .await
        .invalid(&[("/warehouses/0", "unknown_warehouse")]);
    let limited = admin.patch(&path, "*", json!({"warehouses": ["main"]})).await.expect(200);
    assert_eq!(limited.body["warehouses"], json!(["MAIN"]));
    let free = admin.patch(&path, limited.etag(), json!({"warehouses": null})).await.expect(200);
    assert_eq!(free.body["warehouses"], Value::Null);
    assert_eq!(anna.body["has_password"], false);
    for (email, code) in [("anna", "not_an_email"), ("", "empty")] {
        admin.post("/users", body(email, "X")).await.invalid(&[("/email", code)]);
    }
    server.finish().await;
}

#[tokio::test]
async fn a_key_is_shown_once_and_never_has_more_than_its_owner() {
    let server = server().await;
    let id = user(server.database(), "Olga", "operator").await;
    let olga = signed_in(&server, id).await;
    let beyond = json!({"name": "shop", "scopes": ["stock.read", "users.manage", "nonsense"]});
    olga.post("/api-keys", beyond).await.invalid(&[("/scopes/2", "unknown_value")]);
    let beyond = json!({"name": "shop", "scopes": ["stock.read", "users.manage"]});
    olga.post("/api-keys", beyond).await.invalid(&[("/scopes/1", "beyond_owner")]);
    let made = olga
        .post("/api-keys", json!({"name": "shop", "scopes": ["stock.read", "stock.move"]}))
        .await
        .expect(201);
    let key = made.body["key"].as_str().expect("a key").to_owned();
    assert!(key.starts_with("sb_live_") && key.len() == 57, "{key}");
    let kept = olga.get("/api-keys").await.expect(200);
    assert!(!kept.text.contains(&key[14..]), "{kept}");
    assert_eq!(kept.items()[0]["prefix"], key[..14]);
    let is_usual: bool =
        sqlx::query_scalar("select expires_at - created_at = interval '90 days' from api_keys")
            .fetch_one(server.pool())
            .await
            .expect("an answer");
    assert!(is_usual, "it ends after 90 days");

    let program = server.with_key(&key);
    let last_used = async || olga.get("/api-keys").await.expect(200).items()[0]["last_used_at"].clone();
    assert_eq!(last_used().await, Value::Null);
    let me = program.get("/me").await.expect(200).body;
    assert_eq!((&me["kind"], &me["name"]), (&json!("api_key"), &json!("Olga")));
    assert_eq!(me["permissions"], json!(["stock.read", "stock.move"]));
    program.get("/products").await.problem(403, "permission_denied");
    let began = Instant::now();
    while last_used().await == Value::Null {
        assert!(began.elapsed() < Duration::from_secs(30), "its use was not noted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // A key makes no keys and ends none.
    program.post("/api-keys", json!({"name": "more"})).await.problem(403, "permission_denied");
    program
        .request("DELETE", &format!("/api-keys/{}", kept.items()[0]["id"]))
        .await
        .problem(403, "permission_denied");
    // What the owner loses, the key loses.
    set(&server, "update users set role = 'viewer'").await;
    tokio::time::sleep(Duration::from_millis(1050)).await;
    assert_eq!(program.get("/me").await.expect(200).body["permissions"], json!(["stock.read"]));
    server.finish().await;
}

#[tokio::test]
async fn other_peoples_keys_are_not_there() {
    let server = server().await;
    let (anna, ben) =
        (user(server.database(), "Anna", "viewer").await, user(server.database(), "Ben", "viewer").await);
    let admin = user(server.database(), "Ada", "admin").await;
    let key = api_key_of(server.database(), ben, None).await;
    let mut browsers = Vec::new();
    for id in [anna, ben, admin] {
        browsers.push(signed_in(&server, id).await);
    }
    assert!(browsers[0].get("/api-keys").await.expect(200).items().is_empty());
    browsers[0].get(&format!("/api-keys?user_id={ben}")).await.problem(403, "permission_denied");
    browsers[0].request("DELETE", "/api-keys/1").await.problem(404, "api_key_not_found");
    server.with_key(&key).get("/me").await.expect(200);
    assert_eq!(browsers[1].get("/api-keys").await.expect(200).items().len(), 1);
    assert_eq!(
        browsers[2].get(&format!("/api-keys?user_id={ben}")).await.expect(200).items()[0]["owner"]["name"],
        "Ben"
    );
    browsers[2].request("DELETE", "/api-keys/1").await.expect(204);
    server.with_key(&key).get("/me").await.problem(401, "authentication_required"); // here at once
    server.finish().await;
}

/// One person, two keys: a retry with the other key after a rotation has no second effect; another person's key is another's.
#[tokio::test]
async fn idempotency_keys_belong_to_the_person() {
    let server = server().await;
    let (anna, ben) =
        (user(server.database(), "Anna", "admin").await, user(server.database(), "Ben", "admin").await);
    let body = |name: &str| json!({"name": name});
    let old = server.with_key(&api_key_of(server.database(), anna, None).await);
    let new = server.with_key(&api_key_of(server.database(), anna, None).await);
    let bens = server.with_key(&api_key_of(server.database(), ben, None).await);
    let first = old.post("/categories", body("Kitchen")).key("k").await.expect(201);
    set(&server, "update users set name = 'Anna N.' where name = 'Anna'").await;
    let again = new.post("/categories", body("Kitchen")).key("k").await.expect(201);
    assert_eq!((again.id(), again.header("idempotency-replayed")), (first.id(), Some("true")));
    bens.post("/categories", body("Bath")).key("k").await.expect(201);
    server.finish().await;
}

/// Opening stock is stock: who may add products may not therefore bring stock.
#[tokio::test]
async fn opening_stock_needs_the_permission_to_move_stock() {
    let server = server().await;
    let id = user(server.database(), "Anna", "admin").await;
    let client = server.with_key(&api_key_of(server.database(), id, Some(&["products.write"])).await);
    let product =
        |on_hand: Option<i64>| json!({"sku": "A", "name": "A", "price": "1.00", "on_hand": on_hand});
    let refused = client.post("/products", product(Some(5))).await.problem(403, "permission_denied");
    assert_eq!(refused.body["permission"], "stock.move");
    client.post("/products", product(None)).await.expect(201);
    server.finish().await;
}
