//! Who let whom in, and who came: in the audit log, without a secret.

use serde_json::json;
use testkit::TestServer;

use super::{done, entries, pairs};
use crate::support::router_by_login;

const PASSWORD: &str = "canary-in-the-coal-mine";

#[tokio::test]
async fn who_comes_in_and_who_lets_them_is_entered_without_secrets() {
    let server = TestServer::start(router_by_login).await;
    let key = testkit::admin_key(server.database()).await;
    let admin = server.with_key(&key);
    let mut after = 0;
    done(&admin, &mut after).await;

    let body = json!({"email": "anna@stock.example", "name": "anna", "role": "operator"});
    let anna = admin.post("/users", body).await.expect(201);
    let user = format!("user:{}", anna.id());
    let token =
        admin.post(&format!("/users/{}/password-reset-tokens", anna.id()), json!({})).await.expect(201);
    let token = token.body["token"].as_str().expect("a token").to_owned();
    let chosen = json!({"token": token, "new_password": PASSWORD});
    let reset = server.anonymous().post("/password-resets", chosen).await;
    assert!((200..300).contains(&reset.status), "{reset}");
    let wrong = json!({"email": "anna@stock.example", "password": "a-wrong-password"});
    server.anonymous().post("/sessions", wrong).await.problem(401, "wrong_credentials");
    let nobody = json!({"email": "nobody@stock.example", "password": "a-wrong-password"});
    server.anonymous().post("/sessions", nobody).await.problem(401, "wrong_credentials");
    let right = json!({"email": "anna@stock.example", "password": PASSWORD});
    server.anonymous().post("/sessions", right).await.expect(201);
    let secret = testkit::api_key_of(server.database(), anna.id(), None).await;
    let revoke = "update api_keys set revoked_at = now() where user_id = $1 returning id";
    let api_key: i64 =
        sqlx::query_scalar(revoke).bind(anna.id()).fetch_one(server.pool()).await.expect("revoked");
    let api_key = format!("api_key:{api_key}");
    let etag = admin.get(&format!("/users/{}", anna.id())).await.expect(200).etag().to_owned();
    admin.patch(&format!("/users/{}", anna.id()), &etag, json!({"active": false})).await.expect(200);
    assert_eq!(
        done(&admin, &mut after).await,
        pairs(&[
            ("user.created", &user),
            ("password_reset_token.created", &user),
            ("user.password_changed", &user),
            ("session.refused", &user),
            ("session.refused", "user:unknown"),
            ("session.created", &user),
            ("api_key.created", &api_key),
            ("api_key.revoked", &api_key),
            ("user.deactivated", &user),
            ("session.ended", &user),
        ])
    );
    let by = entries(&admin, &format!("&action=user.created&target={user}")).await.pop().expect("an entry");
    assert_eq!((&by["actor"], &by["actor_kind"]), (&json!("admin"), &json!("api_key")), "{by}");
    assert!(by["actor_id"].is_i64(), "{by}");
    let refused = entries(&admin, "&action=session.refused").await.pop().expect("an entry");
    assert_eq!(
        (&refused["actor"], &refused["actor_kind"]),
        (&json!("anonymous"), &json!("anonymous")),
        "{refused}"
    );
    let signed_in = entries(&admin, "&action=session.created").await.pop().expect("an entry");
    assert_eq!(signed_in["actor"], "anna", "{signed_in}");

    let export = admin.get("/audit-log/export?format=ndjson").await.expect(200).text;
    for canary in [PASSWORD, &token, &secret, &key, "a-wrong-password", "argon2id"] {
        assert!(!export.contains(canary), "{canary}");
    }
    server.finish().await;
}

#[tokio::test]
async fn only_who_may_reads_the_audit_log() {
    let server = TestServer::start(router_by_login).await;
    for path in ["/audit-log", "/audit-log/export", "/audit-log/verify"] {
        server.anonymous().get(path).await.problem(401, "authentication_required");
        for (name, role) in [("v", "viewer"), ("m", "manager")] {
            let name = format!("{name}{}", path.replace('/', "-"));
            let user = testkit::user(server.database(), &name, role).await;
            let key = testkit::api_key_of(server.database(), user, None).await;
            server.with_key(&key).get(path).await.problem(403, "permission_denied");
        }
    }
}
