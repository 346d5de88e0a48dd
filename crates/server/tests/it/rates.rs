//! How often a caller may come.

use std::num::NonZeroU32;
use std::time::Instant;

use access::Access;
use domain::Currency;
use platform::App;
use server::Policy;
use stock::Ledger;
use testkit::{Client, Request, Response, TestServer, api_key_of, new_api_key, session_of, user};

/// Two requests a second, twenty at once.
async fn limited() -> TestServer {
    TestServer::start(|options| {
        let pool = platform::database::pool(options, 4);
        let app = App::new(pool, Currency::parse("EUR").expect("a currency"));
        let policy = Policy { requests_per_second: NonZeroU32::new(2), ..Policy::default() };
        server::router(Ledger::new(app.clone()), Access::for_everybody(app), &policy)
    })
    .await
}

/// The same, by login.
async fn limited_by_login() -> TestServer {
    TestServer::start(|options| {
        let app = App::new(platform::database::pool(options, 4), Currency::parse("EUR").expect("a currency"));
        let policy = Policy { requests_per_second: NonZeroU32::new(2), ..Policy::default() };
        server::router(Ledger::new(app.clone()), Access::by_login(app), &policy)
    })
    .await
}

/// What may have come in since then, at two a second.
fn come_in(since: Instant) -> u64 {
    since.elapsed().as_secs() * 2 + 2
}

/// What is left, as a number of requests.
fn left(answer: &Response) -> u64 {
    let text = answer.header("ratelimit").unwrap_or_else(|| panic!("no RateLimit: {answer}"));
    let left = text.strip_prefix("\"caller\";r=").and_then(|rest| rest.split(';').next());
    left.and_then(|left| left.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_back() {
    let server = limited().await; // whose client has asked for the document
    let (mut before, mut at) = (20, Instant::now());
    let mut refused = None;
    for _ in 0..60 {
        let answer = server.get("/products").await;
        assert_eq!(answer.header("ratelimit-policy"), Some("\"caller\";q=20;w=10"), "{answer}");
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert!(left(&answer) < before + come_in(at), "{answer}");
        (before, at) = (left(&answer), Instant::now());
    }
    let refused = refused.expect("a refusal").problem(429, "too_many_requests");
    assert_eq!((left(&refused), refused.header("retry-after")), (0, Some("1")));
    for path in ["/livez", "/readyz", "/metrics"] {
        let answer = server.get(path).await.expect(200);
        assert_eq!(answer.header("ratelimit"), None, "{answer}");
    }
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    server.get("/products").await.expect(200);
}

/// What is tried with keys that nobody has is counted for its address, and those who have one do not pay for it.
#[tokio::test]
async fn who_tries_keys_that_nobody_has_is_told_when_to_come_back() {
    let server = limited_by_login().await;
    let id = user(server.database(), "Anna", "viewer").await;
    let anna = server.with_key(&api_key_of(server.database(), id, None).await);
    let (mut before, mut at) = (20, Instant::now());
    let mut refused = None;
    for _ in 0..60 {
        let answer = server.with_key(&new_api_key()).get("/products").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        let answer = answer.problem(401, "authentication_required");
        assert!(left(&answer) < before + come_in(at), "{answer}");
        (before, at) = (left(&answer), Instant::now());
    }
    let refused = refused.expect("a refusal").problem(429, "too_many_requests");
    assert_eq!((left(&refused), refused.header("retry-after")), (0, Some("1")));
    server.get("/products").await.problem(429, "too_many_requests"); // nor without any
    assert!(left(&anna.get("/products").await.expect(200)) >= 18, "it is the address that is counted");
}

/// Whatever the answer is, and whoever else comes from the same address: each key and each session has its own.
#[tokio::test]
async fn every_request_counts_for_who_sends_it_also_one_that_is_refused() {
    type Send = fn(&Client) -> Request;
    let server = limited_by_login().await;
    let database = server.database();
    let limited = user(database, "Lena", "viewer").await;
    let limit = "with changed as (update users set all_warehouses = false where id = $1 returning id)
                 insert into user_warehouses (user_id, warehouse_id) select id, 1 from changed";
    sqlx::query(limit).bind(limited).execute(server.pool()).await.expect("limited to MAIN");
    let anna = user(database, "Anna", "viewer").await;
    let (before, after) = (api_key_of(database, anna, None).await, api_key_of(database, anna, None).await);
    let cookie = format!("stockbook={}", session_of(database, anna).await);
    let cases: [(Client, u16, Send); 5] = [
        (server.with_key(&before), 200, |client| client.get("/products")),
        (server.with_key(&api_key_of(database, anna, None).await), 403, |client| {
            client.request("POST", "/categories")
        }),
        (server.with_key(&api_key_of(database, limited, None).await), 403, |client| {
            client.get("/reports/top-movers")
        }),
        (server.with_key(&api_key_of(database, anna, None).await), 405, |client| {
            client.request("PUT", "/products")
        }),
        (server.with_header("cookie", &cookie), 403, |client| client.request("DELETE", "/sessions/current")),
    ];
    for (client, status, send) in cases {
        let mut refused = None;
        for number in 0..60 {
            let answer = send(&client).await;
            assert_eq!(answer.header("ratelimit-policy"), Some("\"caller\";q=20;w=10"), "{answer}");
            if answer.status == 429 {
                refused = Some((number, answer));
                break;
            }
            left(&answer.expect(status));
        }
        let (number, refused) = refused.expect("a refusal");
        let refused = refused.problem(429, "too_many_requests");
        assert!(number >= 20 && refused.header("retry-after") == Some("1"), "after {number}: {refused}");
    }
    assert!(
        left(&server.with_key(&after).get("/products").await.expect(200)) >= 18,
        "another key is not concerned"
    );
    assert!(
        left(&server.get("/products").await.problem(401, "authentication_required")) >= 17,
        "nor is the address"
    );
}

#[tokio::test]
async fn without_a_limit_nothing_is_said_of_one() {
    let answer = crate::support::server().await.get("/products").await.expect(200);
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
}
