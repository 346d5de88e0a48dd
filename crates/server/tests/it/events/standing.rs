//! How long somebody hears what happens: as long as they would be let in as they were.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Client, TestDatabase, TestServer, api_key_of, session_of, user};
use tokio::time::{sleep, timeout};

use super::{settle, stream::Listening};
use crate::support::{process, router_by_login};

/// A second, and what a machine needs that is busy building.
const TAKEN_BACK_WITHIN: Duration = Duration::from_secs(5);

/// What ends it that somebody listens.
enum End {
    Sql(&'static str),
    Change(Value),
    SignOut,
}

async fn set(pool: &PgPool, sql: &'static str, user_id: i64) {
    sqlx::query(sql).bind(user_id).execute(pool).await.expect("it runs");
}

/// A server by login, on whose feed something has happened, so that who listens is told where it is.
async fn server() -> TestServer {
    let server = TestServer::start(router_by_login).await;
    sqlx::query("insert into categories (name) values ('First')")
        .execute(server.pool())
        .await
        .expect("a category");
    settle(server.pool()).await;
    server
}

/// With the cookie of a session, from a page of ours.
async fn browser(client: &Client, database: &TestDatabase, user_id: i64) -> Client {
    let cookie = format!("stockbook={}", session_of(database, user_id).await);
    client.anonymous().with_header("cookie", &cookie).with_header("sec-fetch-site", "same-origin")
}

/// What is done on one server ends what goes on on another, though nothing happens there.
#[tokio::test(flavor = "multi_thread")]
async fn who_would_not_be_let_in_as_they_were_hears_nothing_more_after_a_second() {
    let database = TestDatabase::new().await;
    let (one, two) = (process(&database).await, process(&database).await);
    let ben = user(&database, "Ben", "viewer").await;
    let ben = two.client().with_key(&api_key_of(&database, ben, None).await);
    let mut unconcerned = Listening::to(&ben, "?after=latest", None).await;
    unconcerned.settle().await;
    for (number, (by_session, end, then)) in [
        (false, End::Sql("update api_keys set revoked_at = now() where user_id = $1"), 401),
        (false, End::Sql("update api_keys set expires_at = now() where user_id = $1"), 401),
        (false, End::Change(json!({"active": false})), 401),
        (false, End::Change(json!({"role": "viewer"})), 200),
        (false, End::Change(json!({"warehouses": ["MAIN"]})), 200),
        (true, End::Change(json!({"active": false})), 401),
        (true, End::SignOut, 401),
        (true, End::Sql("update sessions set expires_at = now() where user_id = $1"), 401),
        (
            true,
            End::Sql("update sessions set last_seen_at = now() - interval '30 minutes' where user_id = $1"),
            401,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let anna = user(&database, &format!("anna-{number}"), "manager").await;
        let (here, there) = if by_session {
            let here = browser(one.client(), &database, anna).await;
            let cookie = here.headers()["cookie"].to_str().expect("text").to_owned();
            (here, two.client().anonymous().with_header("cookie", &cookie))
        } else {
            let key = api_key_of(&database, anna, None).await;
            (one.client().with_key(&key), two.client().with_key(&key))
        };
        settle(database.pool()).await;
        let mut listening = Listening::to(&there, "?after=latest", None).await;
        listening.settle().await;
        match end {
            End::Sql(sql) => set(database.pool(), sql, anna).await,
            End::Change(change) => {
                one.client().patch(&format!("/users/{anna}"), "*", change).await.expect(200);
            }
            End::SignOut => drop(here.request("DELETE", "/sessions/current").await.expect(204)),
        }
        let heard = timeout(TAKEN_BACK_WITHIN, listening.next()).await;
        assert_eq!(heard.expect("it ends"), None, "{number}");
        assert_eq!(there.get("/events").await.status, then, "{number}: who comes back is judged anew");
    }
    one.client().warehouse("NORTH").await;
    assert_eq!(unconcerned.soon().await["type"], "warehouse.created", "whoever else listens goes on");
}

/// It is looked at all the time whether they still may, and that is no use of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_left_open_does_not_keep_its_session() {
    let server = server().await;
    let anna = user(server.database(), "Anna", "viewer").await;
    let page = browser(&server, server.database(), anna).await;
    let mut listening = Listening::to(&page, "?after=latest", None).await;
    listening.settle().await;
    let idle =
        "update sessions set last_seen_at = now() - interval '29 minutes 58 seconds' where user_id = $1";
    let begun = Instant::now();
    set(server.pool(), idle, anna).await;
    assert_eq!(timeout(Duration::from_secs(20), listening.next()).await.expect("it ends"), None);
    assert!(begun.elapsed() > Duration::from_millis(1500), "{:?}", begun.elapsed());
    page.get("/me").await.problem(401, "authentication_required");
}

/// And what is a use of it is noted beside that.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_something_now_and_then_keeps_the_session_of_an_open_page() {
    let server = server().await;
    let anna = user(server.database(), "Anna", "viewer").await;
    let page = browser(&server, server.database(), anna).await;
    let mut listening = Listening::to(&page, "?after=latest", None).await;
    listening.settle().await;
    for round in 0..6 {
        let idle = "update sessions set last_seen_at = now() - interval '20 minutes' where user_id = $1";
        set(server.pool(), idle, anna).await;
        sleep(Duration::from_millis(1000)).await;
        page.get("/me").await.expect(200);
        let begun = Instant::now();
        let seen = "select last_seen_at > now() - interval '1 minute' from sessions";
        while !sqlx::query_scalar::<_, bool>(seen).fetch_one(server.pool()).await.expect("an answer") {
            assert!(begun.elapsed() < Duration::from_secs(15), "what they did was not noted: {round}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Nothing is sent to whom it is not known whether they may hear it; and nobody is turned out by that.
#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_can_be_asked_who_listens_they_hear_nothing_and_stay() {
    let server = server().await;
    let anna = user(server.database(), "Anna", "viewer").await;
    let anna = server.with_key(&api_key_of(server.database(), anna, None).await);
    let mut listening = Listening::to(&anna, "?after=latest", None).await;
    listening.settle().await;
    let run = async |sql: &'static str| {
        sqlx::query(sql).execute(server.pool()).await.expect("it runs");
    };
    run("alter table api_keys rename to api_keys_away").await;
    sleep(Duration::from_millis(1100)).await; // what was known before counts for a second
    run("insert into categories (name) values ('Kitchen')").await;
    settle(server.pool()).await;
    let heard = timeout(Duration::from_secs(2), listening.next()).await;
    assert!(heard.is_err(), "{heard:?}");
    run("alter table api_keys_away rename to api_keys").await;
    assert_eq!(listening.soon().await["type"], "category.created");
}

/// All are asked for in the same statements, however many they are.
#[tokio::test(flavor = "multi_thread")]
async fn many_who_listen_are_asked_for_together() {
    let server = server().await;
    let mut listening = Vec::new();
    for number in 0..50 {
        let id = user(server.database(), &format!("anna-{number}"), "viewer").await;
        let client = server.with_key(&api_key_of(server.database(), id, None).await);
        listening.push(Listening::to(&client, "?after=latest", None).await);
    }
    for one in &mut listening {
        one.settle().await;
    }
    let transactions = async || {
        sleep(Duration::from_millis(1200)).await; // statistics are sent once a second
        let commits = "select xact_commit from pg_stat_database where datname = current_database()";
        sqlx::query_scalar::<_, i64>(commits).fetch_one(server.pool()).await.expect("statistics")
    };
    let before = transactions().await;
    sleep(Duration::from_secs(3)).await;
    let asked = transactions().await - before;
    // In 4.2 s the feed is looked at 17 times, and they are asked for 6 times.
    assert!((6..70).contains(&asked), "{asked} transactions for 50 who listen");
    drop(listening);
}
