//! How often a caller may come.

use std::num::NonZeroU32;

use access::Access;
use domain::Currency;
use platform::App;
use server::Policy;
use stock::Ledger;
use testkit::{Response, TestServer, api_key_of, new_api_key, user};

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

/// What is left, as a number of requests.
fn left(answer: &Response) -> u64 {
    let text = answer.header("ratelimit").unwrap_or_else(|| panic!("no RateLimit: {answer}"));
    let left = text.strip_prefix("\"caller\";r=").and_then(|rest| rest.split(';').next());
    left.and_then(|left| left.parse().ok()).unwrap_or_else(|| panic!("{text}"))
}

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_back() {
    let server = limited().await; // whose client has asked for the document
    let mut before = 20;
    let mut refused = None;
    for _ in 0..60 {
        let answer = server.get("/products").await;
        assert_eq!(answer.header("ratelimit-policy"), Some("\"caller\";q=20;w=10"), "{answer}");
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert!(left(&answer) <= before, "{answer}");
        before = left(&answer).max(1); // one may have come in meanwhile
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
    let server = TestServer::start(|options| {
        let app = App::new(platform::database::pool(options, 4), Currency::parse("EUR").expect("a currency"));
        let policy = Policy { requests_per_second: NonZeroU32::new(2), ..Policy::default() };
        server::router(Ledger::new(app.clone()), Access::by_login(app), &policy)
    })
    .await;
    let id = user(server.database(), "Anna", "viewer").await;
    let anna = server.with_key(&api_key_of(server.database(), id, None).await);
    let mut before = 20;
    let mut refused = None;
    for _ in 0..60 {
        let answer = server.with_key(&new_api_key()).get("/products").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        let answer = answer.problem(401, "authentication_required");
        assert!(left(&answer) <= before, "{answer}");
        before = left(&answer).max(1);
    }
    let refused = refused.expect("a refusal").problem(429, "too_many_requests");
    assert_eq!((left(&refused), refused.header("retry-after")), (0, Some("1")));
    server.get("/products").await.problem(429, "too_many_requests"); // nor without any
    assert!(left(&anna.get("/products").await.expect(200)) >= 18, "it is the address that is counted");
}

#[tokio::test]
async fn without_a_limit_nothing_is_said_of_one() {
    let answer = crate::support::server().await.get("/products").await.expect(200);
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
}
