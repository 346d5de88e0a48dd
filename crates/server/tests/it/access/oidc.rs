//! Signing in with a provider of OpenID Connect: it lets in whom it should, and nobody by a token that is not right in all it says.

pub(super) mod provider;

use access::oidc::{Oidc, OidcSettings};
use reqwest::redirect;
use serde_json::{Value, json};
use testkit::{Client, Response, TestServer, user};

use super::server;
use crate::support::router_with_oidc;
use provider::{CLIENT_ID, CLIENT_SECRET, Lies, PUBLIC_URL, Provider};

fn settings(provider: &Provider, new_viewers: &[&str]) -> OidcSettings {
    OidcSettings {
        issuer: provider.issuer.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(CLIENT_SECRET.to_owned()),
        public_url: PUBLIC_URL.to_owned(),
        name: "Example ID".to_owned(),
        new_viewers: new_viewers.iter().map(|domain| (*domain).to_owned()).collect(),
    }
}

async fn server_with(provider: &Provider, new_viewers: &[&str]) -> TestServer {
    let oidc = Oidc::new(settings(provider, new_viewers)).expect("a provider");
    TestServer::start(|options| router_with_oidc(options, oidc)).await
}

/// Somebody on the way: they have been at the provider, and have not come back yet.
pub(super) struct OnTheWay {
    pub(super) cookie: String,
    /// Path and query with which the provider sends them back.
    pub(super) back: String,
}

impl OnTheWay {
    pub(super) async fn begin(server: &Client, next: Option<&str>) -> Self {
        let query = next.map(|next| format!("?next={next}")).unwrap_or_default();
        let sent = server.get(&format!("/oidc/sign-in{query}")).await.expect(303);
        let cookie = sent.header("set-cookie").expect("a cookie");
        assert!(cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookie}");
        let browser = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .build()
            .expect("a client");
        let answer =
            browser.get(sent.header("location").expect("an address")).send().await.expect("an answer");
        assert_eq!(answer.status(), 302);
        let back = answer.headers()["location"]
            .to_str()
            .expect("text")
            .strip_prefix(PUBLIC_URL)
            .expect("ours")
            .to_owned();
        Self { cookie: cookie.split(';').next().expect("a pair").to_owned(), back }
    }

    pub(super) async fn come_back(&self, server: &Client) -> Response {
        server.get(&self.back).header("cookie", &self.cookie).await
    }
}

/// All the way there and back.
async fn sign_in(server: &Client) -> Response {
    OnTheWay::begin(server, None).await.come_back(server).await
}

/// The cookie of the session with which somebody has come back.
fn session(answer: &Response) -> Option<String> {
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let session = cookies.find(|cookie| cookie.starts_with("stockbook="))?;
    assert!(session.ends_with("; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict"), "{session}");
    session.split(';').next().map(str::to_owned)
}

async fn sessions(server: &TestServer) -> i64 {
    sqlx::query_scalar("select count(*) from sessions").fetch_one(server.pool()).await.expect("a number")
}

async fn last_entry(server: &TestServer, action: &str) -> Value {
    let last = sqlx::query_scalar(
        "select detail || jsonb_build_object('target', target) from audit_log where action = $1 order by id desc limit 1",
    );
    last.bind(action).fetch_one(server.pool()).await.expect("an entry")
}

#[tokio::test]
async fn who_comes_back_from_the_provider_is_signed_in() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &[]).await;
    let anna = user(server.database(), "anna", "operator").await; // anna@stock.example; the provider writes it otherwise
    assert_eq!(server.get("/oidc").await.expect(200).body, json!({"name": "Example ID"}));
    let way = OnTheWay::begin(&server, Some("/products?q=tea%26low%3D1")).await;
    let back = way.come_back(&server).await.expect(303);
    assert_eq!(back.header("location"), Some("/app/products?q=tea&low=1"));
    assert_eq!(back.header("cache-control"), Some("no-store"));
    let browser = server.with_header("cookie", &session(&back).expect("a session"));
    let me = browser.get("/me").await.expect(200).body;
    assert_eq!((&me["kind"], &me["name"], &me["user"]["id"]), (&json!("user"), &json!("anna"), &json!(anna)));
    // It is a session like any other: it ends by signing out.
    let entry = last_entry(&server, "session.by_oidc").await;
    assert_eq!(entry, json!({"issuer": provider.issuer, "subject": "u-1", "target": format!("user:{anna}")}));
    browser.request("DELETE", "/sessions/current").header("sec-fetch-site", "same-origin").await.expect(204);
    browser.get("/me").await.problem(401, "authentication_required");
    // Every sign-in has a state, nonce and verifier of its own, and a session of its own.
    let (one, two) = (OnTheWay::begin(&server, None).await, OnTheWay::begin(&server, None).await);
    assert_ne!((&one.back, &one.cookie), (&two.back, &two.cookie));
    let (one, two) = (one.come_back(&server).await, two.come_back(&server).await);
    assert_eq!(one.header("location"), Some("/app/"));
    assert_ne!(session(&one).expect("a session"), session(&two).expect("a session"));
    server.finish().await;
}

#[tokio::test]
async fn nothing_but_what_this_browser_began_is_taken_back() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &[]).await;
    user(server.database(), "anna", "operator").await;
    let (own, theirs) = (OnTheWay::begin(&server, None).await, OnTheWay::begin(&server, None).await);
    let mismatch = async |back: &str, cookie: Option<&str>| {
        let request = server.get(back);
        let request = if let Some(cookie) = cookie { request.header("cookie", cookie) } else { request };
        let refused = request.await.problem(403, "oidc_state_mismatch");
        assert_eq!(session(&refused), None);
    };
    mismatch(&own.back, None).await; // another browser, as when somebody is lured into another's account
    mismatch(&own.back, Some(&theirs.cookie)).await;
    mismatch("/oidc/callback?code=code-1", Some(&own.cookie)).await;
    mismatch("/oidc/callback?code=code-1&state=x", Some(&own.cookie)).await;
    mismatch("/oidc/callback", Some(&own.cookie)).await;
    mismatch(&own.back.replace("state=", "state=x"), Some(&own.cookie)).await;
    mismatch(&own.back, Some("stockbook-oidc=x.Lw")).await;
    // The right code with another's attempt: state and nonce are theirs, the code is not.
    let code =
        |back: &str| back.split("code=").nth(1).expect("a code").split('&').next().expect("one").to_owned();
    let swapped = theirs.back.replace(&code(&theirs.back), &code(&own.back));
    server.get(&swapped).header("cookie", &theirs.cookie).await.problem(403, "oidc_refused");
    // A code is good once: what was seen in a history is of no use.
    let again = OnTheWay::begin(&server, None).await;
    let first = again.come_back(&server).await.expect(303);
    assert!(session(&first).is_some());
    let over = first.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    assert!(
        over.into_iter()
            .any(|cookie| cookie.starts_with("stockbook-oidc=; ") && cookie.contains("Max-Age=0"))
    );
    assert_eq!(session(&again.come_back(&server).await.problem(403, "oidc_refused")), None);
    // What the provider says instead of a code, and another provider (RFC 9207).
    let state = own.back.split("state=").nth(1).expect("a state").split('&').next().expect("one");
    let denied = format!("/oidc/callback?error=access_denied%3Cscript%3E&state={state}");
    let denied = server.get(&denied).header("cookie", &own.cookie).await.problem(403, "oidc_refused");
    assert_eq!(denied.body["detail"], "the provider did not let you in: access_deniedscript");
    let mixed = format!("/oidc/callback?code=c&state={state}&iss=https://evil.example");
    server.get(&mixed).header("cookie", &own.cookie).await.problem(403, "oidc_refused");
    assert_eq!(sessions(&server).await, 1);
    server.finish().await;
}

/// Each part of the token that is not right is enough.
#[tokio::test]
async fn a_token_that_is_not_right_lets_nobody_in() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &["stock.example"]).await;
    user(server.database(), "anna", "operator").await;
    let lies = |claims: Value| Lies { claims, ..Lies::default() };
    for (what, lies, code) in [
        ("nonce", lies(json!({"nonce": "another"})), "oidc_invalid_token"),
        ("no nonce", lies(json!({"nonce": null})), "oidc_invalid_token"),
        ("audience", lies(json!({"aud": "another"})), "oidc_invalid_token"),
        ("issuer", lies(json!({"iss": "https://evil.example"})), "oidc_invalid_token"),
        ("expired", lies(json!({"exp": -61})), "oidc_invalid_token"),
        ("no subject", lies(json!({"sub": null})), "oidc_invalid_token"),
        ("signature", Lies { forged: true, ..Lies::default() }, "oidc_invalid_token"),
        ("unverified", lies(json!({"email_verified": false})), "oidc_email_unverified"),
        ("not said to be verified", lies(json!({"email_verified": null})), "oidc_email_unverified"),
        ("no address", lies(json!({"email": "anna"})), "oidc_email_unverified"),
        ("unknown", lies(json!({"email": "eve@evil.example"})), "oidc_user_unknown"),
        ("beside the domain", lies(json!({"email": "eve@x.stock.example"})), "oidc_user_unknown"),
    ] {
        provider.lie(lies);
        let refused = sign_in(&server).await;
        assert_eq!((refused.code(), session(&refused)), (Some(code), None), "{what}: {refused}");
        assert_eq!(last_entry(&server, "session.refused").await["problem"], code, "{what}");
    }
    assert_eq!(sessions(&server).await, 0);
    provider.lie(Lies { claims: json!({"exp": -30}), ..Lies::default() }); // clocks differ
    assert!(session(&sign_in(&server).await.expect(303)).is_some());
    server.finish().await;
}

#[tokio::test]
async fn who_was_turned_out_does_not_come_in_by_the_provider() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &["stock.example"]).await;
    let anna = user(server.database(), "anna", "operator").await;
    sqlx::query("update users set active = false").execute(server.pool()).await.expect("changed");
    let refused = sign_in(&server).await.problem(403, "oidc_user_unknown");
    assert_eq!(session(&refused), None);
    let users: i64 =
        sqlx::query_scalar("select count(*) from users").fetch_one(server.pool()).await.expect("a number");
    assert_eq!(users, 1, "nobody was added in their place");
    sqlx::query("update users set active = true").execute(server.pool()).await.expect("changed");
    let back = sign_in(&server).await.expect(303);
    let me = server.get("/me").header("cookie", &session(&back).expect("a session")).await.expect(200);
    assert_eq!(me.body["user"]["id"], anna);
    server.finish().await;
}

#[tokio::test]
async fn who_is_new_becomes_a_viewer_if_their_domain_was_named() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &["Stock.example"]).await;
    // Not the first of all: that is an admin, by the setup token.
    sign_in(&server).await.problem(403, "oidc_user_unknown");
    assert_eq!(server.get("/setup").await.expect(200).body, json!({"needed": true}));
    user(server.database(), "Ada", "admin").await;
    let back = sign_in(&server).await.expect(303);
    let me = async |back: &Response| {
        server.get("/me").header("cookie", &session(back).expect("a session")).await.expect(200)
    };
    let first = me(&back).await.body;
    assert_eq!((&first["name"], &first["user"]["role"]), (&json!("Anna Nagy"), &json!("viewer")));
    assert_eq!(me(&sign_in(&server).await).await.body["user"]["id"], first["user"]["id"], "once");
    assert_eq!(last_entry(&server, "user.created").await["role"], "viewer");
    // A name is one person's: who did it has to be clear.
    provider.lie(Lies {
        claims: json!({"email": "other@stock.example", "sub": "u-2", "name": "ada"}),
        ..Lies::default()
    });
    assert_eq!(me(&sign_in(&server).await.expect(303)).await.body["name"], "other@stock.example");
    // Elsewhere nobody is added.
    let strict = server_with(&provider, &[]).await;
    user(strict.database(), "Ada", "admin").await;
    sign_in(&strict).await.problem(403, "oidc_user_unknown");
    strict.finish().await;
    server.finish().await;
}

/// As providers differ: claims by userinfo only, the secret in the form, keys that are changed.
#[tokio::test]
async fn what_providers_may_do_differently_is_understood() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &[]).await;
    user(server.database(), "anna", "operator").await;
    provider.lie(Lies { is_thin: true, ..Lies::default() });
    assert!(session(&sign_in(&server).await.expect(303)).is_some());
    provider.lie(Lies { is_thin: true, userinfo_sub: Some("u-2"), ..Lies::default() });
    sign_in(&server).await.problem(503, "oidc_unavailable");
    provider.lie(Lies::default());
    assert!(session(&sign_in(&server).await.expect(303)).is_some());
    assert_eq!(provider.keys_given(), 1, "keys are remembered");
    provider.rotate();
    sign_in(&server).await.problem(403, "oidc_invalid_token"); // they were asked for a moment ago
    tokio::time::sleep(std::time::Duration::from_millis(5100)).await;
    assert!(session(&sign_in(&server).await.expect(303)).is_some());
    assert_eq!(provider.keys_given(), 2);
    let other = Provider::start().await;
    other.lie(Lies { by_form: true, ..Lies::default() });
    let second = server_with(&other, &[]).await;
    user(second.database(), "anna", "operator").await;
    assert!(session(&sign_in(&second).await.expect(303)).is_some());
    second.finish().await;
    server.finish().await;
}

/// Whose provider was away does not wait as those do who were refused: there are 20 tries from an address.
#[tokio::test]
async fn who_is_refused_waits_and_not_who_finds_the_provider_away() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &[]).await;
    user(server.database(), "anna", "operator").await;
    assert!(session(&sign_in(&server).await.expect(303)).is_some());
    provider.lie(Lies { by_form: true, ..Lies::default() }); // it refuses the server, and no person
    for _ in 0..25 {
        sign_in(&server).await.problem(503, "oidc_unavailable");
    }
    provider.lie(Lies { forged: true, ..Lies::default() });
    for _ in 0..20 {
        sign_in(&server).await.problem(403, "oidc_invalid_token");
    }
    sign_in(&server).await.problem(429, "too_many_attempts");
    server.finish().await;
}

/// People are told in the app, wherever it goes wrong; nobody is led elsewhere.
#[tokio::test]
async fn what_goes_wrong_is_told_where_people_sign_in() {
    let provider = Provider::start().await;
    let server = server_with(&provider, &[]).await;
    for other in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        "x",
        "/a%0D%0Ab",
        "/../audit-log/export",
        "/a/%252e%252E/..%2Faudit-log%2Fexport",
    ] {
        server.get(&format!("/oidc/sign-in?next={other}")).await.invalid(&[("?next", "not_a_path")]);
    }
    let browser = server.with_header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let way = OnTheWay::begin(&browser, None).await;
    let told = way.come_back(&browser).await.expect(303);
    assert_eq!(told.header("location"), Some("/app/sign-in?failed=oidc_user_unknown"));
    let gone = Provider::start().await;
    gone.lie(Lies { issuer: Some("https://evil.example"), ..Lies::default() });
    let server = server_with(&gone, &[]).await;
    server.get("/oidc/sign-in").await.problem(503, "oidc_unavailable");
    gone.lie(Lies::default());
    let soon = server.get("/oidc/sign-in").await.problem(503, "oidc_unavailable"); // it is let alone for a moment
    assert_eq!(soon.header("retry-after"), Some("5"));
}

#[tokio::test]
async fn without_a_provider_there_is_none() {
    let server = server().await;
    assert_eq!(server.get("/oidc").await.expect(200).body, json!({"name": null}));
    server.get("/oidc/sign-in").await.problem(404, "oidc_not_configured");
    server.get("/oidc/callback?code=x&state=y").await.problem(404, "oidc_not_configured");
    let nobody = Provider::start().await;
    for wrong in ["http://id.example", "id.example"] {
        assert!(
            Oidc::new(OidcSettings { issuer: wrong.to_owned(), ..settings(&nobody, &[]) }).is_err(),
            "{wrong}"
        );
        assert!(
            Oidc::new(OidcSettings { public_url: wrong.to_owned(), ..settings(&nobody, &[]) }).is_err(),
            "{wrong}"
        );
    }
}
