//! `as_of` and `known_at`: stock as it was, and as it was known. And movements that are dated back, which make the two differ.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::Connection as _;
use testkit::{Response, TestServer};

use crate::support::server;

async fn now(server: &TestServer) -> Timestamp {
    let now: String = sqlx::query_scalar(
        "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    )
    .fetch_one(server.pool())
    .await
    .expect("a clock");
    now.parse().expect("a time")
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn time(value: &Value) -> Timestamp {
    value.as_str().expect("a time").parse().expect("a time")
}

/// Move so much of product 1 at location 1, up or down.
async fn shift(server: &TestServer, quantity: i64, at: Option<Timestamp>) -> Response {
    shift_at(server, 1, quantity, at).await
}

async fn shift_at(server: &TestServer, location: i64, quantity: i64, at: Option<Timestamp>) -> Response {
    let kind = if quantity > 0 { "receipt" } else { "issue" };
    let line = json!({"product_id": 1, "location_id": location, "quantity": quantity.abs()});
    let mut body = json!({"kind": kind, "lines": [line]});
    if let Some(at) = at {
        body["occurred_at"] = json!(at);
    }
    server.post("/stock-movements", body).await
}

async fn count(server: &TestServer, counted: i64, at: Timestamp) -> Response {
    let body =
        json!({"product_id": 1, "location_id": 1, "counted": counted, "reason": "count", "occurred_at": at});
    server.post("/stock-adjustments", body).await
}

/// The level of product 1 at location 1; none if it did not exist.
async fn level(server: &TestServer, query: &str) -> Option<(i64, i64)> {
    let page = server.get(&format!("/stock-levels?product_id=1&location_id=1{query}")).await.expect(200);
    let other =
        server.get(&format!("/products/1/levels?{}", query.trim_start_matches('&'))).await.expect(200);
    let here: Vec<_> = other.items().iter().filter(|level| level["location_id"] == 1).cloned().collect();
    assert_eq!(page.items(), here);
    let level = page.items().first()?;
    let number = |name: &str| level[name].as_i64().expect("a whole number");
    assert_eq!(number("available"), number("on_hand") - number("reserved"));
    Some((number("on_hand"), number("reserved")))
}

async fn on_hand(server: &TestServer, as_of: Timestamp, known_at: Option<Timestamp>) -> Option<i64> {
    let known = known_at.map(|at| format!("&known_at={at}")).unwrap_or_default();
    level(server, &format!("&as_of={as_of}{known}")).await.map(|(on_hand, _)| on_hand)
}

#[tokio::test]
async fn what_is_dated_back_may_not_make_any_moment_since_negative() {
    let server = server().await;
    server.product("A", 0).await;
    let now = now(&server).await;
    shift(&server, 10, Some(now - hours(20))).await.expect(201);
    shift(&server, -8, Some(now - hours(10))).await.expect(201);
    // 2 are there; it was 10 then, and a count to 7 would have made it -1 since.
    count(&server, 7, now - hours(20)).await.problem(409, "insufficient_stock");
    let refused = shift(&server, -5, Some(now - hours(15))).await.problem(409, "insufficient_stock");
    assert_eq!(refused.body["available"], 2);
    shift(&server, 5, None).await.expect(201); // now there would be enough
    let refused = shift(&server, -5, Some(now - hours(15))).await.problem(409, "negative_since");
    assert_eq!(refused.body["available"], 2);
    shift(&server, -1, Some(now - hours(15))).await.expect(201);
    for (at, expected) in [(21, None), (20, Some(10)), (15, Some(9)), (10, Some(1)), (0, Some(1))] {
        assert_eq!(on_hand(&server, now - hours(at), None).await, expected, "{at} hours ago");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_count_stands_whatever_arrives_late() {
    let server = server().await;
    server.product("A", 0).await;
    let start = now(&server).await;
    let at = |minutes: i64| start - hours(2) + SignedDuration::from_mins(minutes);
    shift(&server, 100, Some(at(0))).await.expect(201);
    shift(&server, -3, Some(at(10))).await.expect(201);
    count(&server, 90, at(30)).await.expect(201);
    let known = now(&server).await;
    let late = shift(&server, -4, Some(at(20))).await.expect(201).body;
    assert_eq!(level(&server, "").await, Some((90, 0)));
    for (minutes, before, after) in [(5, 100, 100), (15, 97, 97), (25, 97, 93), (35, 90, 90)] {
        assert_eq!(
            on_hand(&server, at(minutes), Some(known)).await,
            Some(before),
            "at {minutes}, as was known"
        );
        assert_eq!(on_hand(&server, at(minutes), None).await, Some(after), "at {minutes}, as is known");
    }
    let undo = format!("/stock-movements/{}/reverse", late["id"]);
    // What is undone has never been, and the count still stands.
    let undone = server.post(&undo, json!({"reason": "slip"})).await.expect(201).body;
    assert_eq!(
        (&undone["occurred_at"], &undone["reverses_movement_id"]),
        (&late["occurred_at"], &late["id"])
    );
    for (minutes, expected) in [(5, 100), (15, 97), (25, 97), (35, 90)] {
        assert_eq!(on_hand(&server, at(minutes), None).await, Some(expected), "at {minutes}, undone");
    }
    assert_eq!(level(&server, "").await, Some((90, 0)));
    server.post(&undo, json!({"reason": "slip"})).await.problem(409, "already_reversed");
    // Not where it was needed before the count: 97 and 4 were there, of which 99 went out.
    let found = shift(&server, 4, Some(at(20))).await.expect(201).body;
    shift(&server, -99, Some(at(25))).await.expect(201);
    let undo = format!("/stock-movements/{}/reverse", found["id"]);
    server.post(&undo, json!({"reason": "slip"})).await.problem(409, "negative_since");
    assert_eq!((level(&server, "").await, on_hand(&server, at(26), None).await), (Some((90, 0)), Some(2)));
    // A count that is older than another one changes only what was between the two; a later one stands.
    count(&server, 20, at(29)).await.expect(201);
    assert_eq!((level(&server, "").await, on_hand(&server, at(29), None).await), (Some((90, 0)), Some(20)));
    count(&server, 40, at(31)).await.expect(201);
    assert_eq!((level(&server, "").await, on_hand(&server, at(30), None).await), (Some((40, 0)), Some(90)));
    // Also a count that found what was expected stands.
    count(&server, 40, at(40)).await.expect(201);
    shift(&server, -5, Some(at(35))).await.expect(201);
    assert_eq!((level(&server, "").await, on_hand(&server, at(36), None).await), (Some((40, 0)), Some(35)));
    server.finish().await;
}

#[tokio::test]
async fn how_far_back_is_for_the_settings_to_say() {
    let server = server().await;
    server.product("A", 5).await;
    let now = now(&server).await;
    let settings = server.get("/settings").await.expect(200);
    let closed = json!({"backdate_limit_days": 2, "books_closed_until": now - hours(24)});
    server.patch("/settings", settings.etag(), closed).await.expect(200);
    shift(&server, 1, Some(now - hours(49))).await.problem(409, "period_closed");
    shift(&server, 1, Some(now - hours(25))).await.problem(409, "period_closed");
    shift(&server, 1, Some(now - hours(23))).await.expect(201);
    let settings = server.get("/settings").await.expect(200);
    server.patch("/settings", settings.etag(), json!({"books_closed_until": null})).await.expect(200);
    shift(&server, 1, Some(now - hours(49))).await.problem(422, "backdate_too_far");
    shift(&server, 1, Some(now - hours(47))).await.expect(201);
    shift(&server, 1, Some(now + hours(1))).await.invalid(&[("/occurred_at", "in_the_future")]);
    server.finish().await;
}

/// No more than 100,000 entries of all levels that a command may touch may have happened since, however they are spread.
#[tokio::test]
async fn too_much_has_happened_since_if_it_is_over_100_000_entries_in_all() {
    let server = server().await;
    let (one, other) = (server.product("A", 1).await, server.product("B", 1).await);
    let then = now(&server).await;
    // A line of a cost of its own is an entry of its own.
    let receive = async |product: i64, entries: usize| {
        let line =
            |cost: usize| json!({"product_id": product, "quantity": 1, "unit_cost": format!("{cost}.5")});
        let lines = Vec::from_iter((0..entries).map(line));
        server.post("/stock-movements", json!({"kind": "receipt", "lines": lines})).await.expect(201);
    };
    for _ in 0..50 {
        receive(one, 1000).await;
        receive(other, 1000).await;
    }
    let late = |products: &[i64]| {
        let lines = Vec::from_iter(products.iter().map(|id| json!({"product_id": id, "quantity": 1})));
        let body = json!({"kind": "issue", "occurred_at": then, "lines": lines});
        server.post("/stock-movements?dry_run=true", body)
    };
    late(&[one, other]).await.expect(200);
    receive(other, 1).await;
    late(&[one, other]).await.problem(422, "backdate_too_far");
    late(&[other]).await.expect(200);
    server.finish().await;
}

/// Times have microseconds. What was answered is what is read, and the chain covers what is stored.
#[tokio::test]
async fn times_finer_than_microseconds_are_one_time_everywhere() {
    let server = server().await;
    server.product("A", 5).await;
    let second = (now(&server).await - hours(1)).as_second();
    for nanoseconds in [123_456_789, 999_999_999, 1, 500] {
        let at = Timestamp::new(second, nanoseconds).expect("a time");
        let answer = shift(&server, 1, Some(at)).await.expect(201);
        let read = server.get(&format!("/stock-movements/{}", answer.id())).await.expect(200);
        assert_eq!(read.body, answer.body, "{at}");
    }
    assert_eq!(server.get("/ledger/verify").await.expect(200).body["differences"], json!([]));
    server.finish().await;
}

#[tokio::test]
async fn levels_that_did_not_exist_are_left_out_and_pages_lead_on() {
    let server = server().await;
    let before = now(&server).await;
    for number in 0..7 {
        server.product(&format!("A-{number}"), 1 + number).await;
    }
    let between = now(&server).await;
    for number in 7..9 {
        server.product(&format!("A-{number}"), 1).await;
    }
    let line = json!({"product_id": 5, "location_id": 1, "quantity": 1});
    server.post("/stock-movements", json!({"kind": "issue", "lines": [line]})).await.expect(201);
    for (at, expected) in [(before, vec![]), (between, (1..=7).map(|id| (id, id)).collect())] {
        let mut found = Vec::new();
        let mut path = format!("/stock-levels?limit=2&as_of={at}");
        loop {
            let page = server.get(&path).await.expect(200);
            found.extend(
                page.items().iter().map(|level| (level["product_id"].as_i64(), level["on_hand"].as_i64())),
            );
            assert!(time(&page.body["horizon"]) >= at);
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            assert!(page.header("link").is_some_and(|link| link.contains("as_of=")), "{page}");
            path = format!("/stock-levels?limit=2&as_of={at}&cursor={next}");
        }
        let expected: Vec<_> = expected.into_iter().map(|(id, on_hand)| (Some(id), Some(on_hand))).collect();
        assert_eq!(found, expected);
    }
    server.get(&format!("/products/99/levels?as_of={before}")).await.problem(404, "product_not_found");
    let page = server.get("/stock-levels").await.expect(200);
    assert_eq!(page.body["horizon"], Value::Null);
    server.finish().await;
}

#[tokio::test]
async fn nobody_knows_the_future() {
    let server = server().await;
    let tomorrow = now(&server).await + hours(24);
    let both = [("?as_of", "in_the_future"), ("?known_at", "in_the_future")];
    server.get(&format!("/stock-levels?as_of={tomorrow}&known_at={tomorrow}")).await.invalid(&both);
    server.get(&format!("/products/1/levels?known_at={tomorrow}")).await.invalid(&both[1..]);
}

/// Until then, nothing can be recorded any more: it does not pass a transaction that writes and has not ended.
#[tokio::test]
async fn the_horizon_waits_for_those_who_write() {
    let server = server().await;
    server.product("A", 5).await;
    let horizon = async || {
        let at = now(&server).await;
        let page = server.get(&format!("/stock-levels?as_of={at}")).await.expect(200);
        (at, time(&page.body["horizon"]))
    };
    let (asked, reached) = horizon().await;
    assert!(asked < reached, "{asked} {reached}");
    let mut writer = server.pool().acquire().await.expect("a connection");
    #[expect(clippy::disallowed_methods, reason = "somebody who writes and does not end")]
    let mut writing = writer.begin().await.expect("a transaction");
    let begun = now(&server).await;
    sqlx::query("select from product_stock for no key update").execute(&mut *writing).await.expect("locked");
    let (asked, reached) = horizon().await;
    assert!(reached < begun && begun < asked, "{reached} {begun} {asked}");
    writing.rollback().await.expect("ended");
    let (asked, reached) = horizon().await;
    assert!(asked < reached, "{asked} {reached}");
    server.finish().await;
}

/// What was put in, as an accountant would note it.
#[derive(Clone, Copy, Debug)]
struct Noted {
    location: i64,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    on_hand: i64,
    reserved: i64,
    is_count: bool,
}

/// The notes, and what follows from them.
#[derive(Default)]
struct Model(Vec<Noted>);

impl Model {
    fn at(&self, location: i64) -> impl Iterator<Item = &Noted> {
        self.0.iter().filter(move |noted| noted.location == location)
    }

    fn on_hand(&self, location: i64, as_of: Timestamp, known_at: Timestamp) -> i64 {
        let known =
            self.at(location).filter(|noted| noted.occurred_at <= as_of && noted.recorded_at <= known_at);
        known.map(|noted| noted.on_hand).sum()
    }

    fn reserved(&self, location: i64, as_of: Timestamp, known_at: Timestamp) -> i64 {
        let known = self.at(location).filter(|noted| noted.recorded_at <= as_of.min(known_at));
        known.map(|noted| noted.reserved).sum()
    }

    fn existed(&self, location: i64, as_of: Timestamp, known_at: Timestamp) -> bool {
        self.at(location).any(|noted| noted.occurred_at <= as_of && noted.recorded_at <= known_at)
    }

    /// The first count after a time.
    fn counted(&self, location: i64, at: Timestamp) -> Option<Timestamp> {
        let counts = self.at(location).filter(|noted| noted.is_count && noted.occurred_at > at);
        counts.map(|noted| noted.occurred_at).min()
    }

    /// What could leave at a time: the least there was since then, until it was counted; or until now, less what is reserved.
    fn free(&self, location: i64, at: Timestamp) -> i64 {
        let (end, counted) = (Timestamp::MAX, self.counted(location, at));
        let mut moments: Vec<_> =
            self.at(location).map(|noted| noted.occurred_at).filter(|time| *time > at).collect();
        moments.retain(|time| counted.is_none_or(|counted| *time < counted));
        moments.push(at);
        let lowest = moments.into_iter().map(|time| self.on_hand(location, time, end)).min().unwrap_or(0);
        match counted {
            Some(_) => lowest,
            None => lowest.min(self.on_hand(location, end, end) - self.reserved(location, end, end)),
        }
    }

    /// Note a change, and what keeps a later count.
    fn note(&mut self, noted: Noted) {
        let counted = self.counted(noted.location, noted.occurred_at);
        self.0.push(noted);
        if let Some(at) = counted {
            self.0.push(Noted { occurred_at: at, on_hand: -noted.on_hand, is_count: true, ..noted });
        }
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// One random command; whether it was accepted, which it is exactly if the notes allow it.
async fn random_command(server: &TestServer, model: &mut Model, dice: &mut Dice, start: Timestamp) -> bool {
    let location = [1, 2][usize::from(dice.below(4) == 0)];
    let at = (dice.below(2) == 0).then(|| start - SignedDuration::from_mins(dice.below(600)));
    let quantity = 1 + dice.below(9);
    let then = at.unwrap_or(Timestamp::MAX);
    let (answer, on_hand, reserved, is_count, allowed) = match dice.below(8) {
        0..3 => (shift_at(server, location, quantity, at).await, quantity, 0, false, true),
        3..6 => {
            let allowed = model.free(location, then) >= quantity;
            (shift_at(server, location, -quantity, at).await, -quantity, 0, false, allowed)
        }
        6 => {
            let line = json!({"product_id": 1, "location_id": location, "quantity": quantity});
            let answer = server.post("/reservations", json!({"lines": [line]})).await;
            (answer, 0, quantity, false, model.free(location, Timestamp::MAX) >= quantity)
        }
        _ => {
            let delta = quantity - model.on_hand(location, then, Timestamp::MAX);
            let mut body =
                json!({"product_id": 1, "location_id": location, "counted": quantity, "reason": "count"});
            if let Some(at) = at {
                body["occurred_at"] = json!(at);
            }
            let allowed = delta >= 0 || model.free(location, then) >= -delta;
            (server.post("/stock-adjustments", body).await, delta, 0, true, allowed)
        }
    };
    assert_eq!(answer.status, if allowed { 201 } else { 409 }, "{answer}");
    if allowed {
        let is_reservation = reserved > 0;
        let recorded_at = time(&answer.body[if is_reservation { "created_at" } else { "recorded_at" }]);
        let occurred_at = at.filter(|_| !is_reservation).unwrap_or(recorded_at);
        model.note(Noted { location, occurred_at, recorded_at, on_hand, reserved, is_count });
    }
    allowed
}

/// Random movements, reservations and counts, half of them dated back: whatever is asked, the answer is the sum of what was noted.
#[tokio::test]
async fn at_any_time_as_known_at_any_time_levels_are_what_was_put_in() {
    let server = server().await;
    server.product("A", 0).await;
    server.location("MAIN", "B", "storage").await;
    for seed in 0..3 {
        let (mut model, mut dice) = (Model::default(), Dice(seed));
        if seed > 0 {
            break_off(&server).await;
        }
        let start = now(&server).await;
        let mut accepted = 0;
        for _ in 0..80 {
            accepted += u32::from(random_command(&server, &mut model, &mut dice, start).await);
        }
        assert!((30..80).contains(&accepted), "{accepted}");
        let end = now(&server).await;
        let mut times = vec![end, start, start - hours(11)];
        for noted in &model.0 {
            // Between what keeps a count and what it is kept from lies one microsecond.
            times.extend([noted.recorded_at + SignedDuration::from_micros(2), noted.occurred_at]);
        }
        for _ in 0..150 {
            let mut pick =
                || times[usize::try_from(dice.below(i64::try_from(times.len()).expect("few"))).expect("few")];
            let (as_of, known_at) = (pick().min(end), pick().min(end));
            let page = server
                .get(&format!("/products/1/levels?as_of={as_of}&known_at={known_at}"))
                .await
                .expect(200);
            let found: Vec<_> = page
                .items()
                .iter()
                .map(|level| {
                    (level["location_id"].as_i64(), level["on_hand"].as_i64(), level["reserved"].as_i64())
                })
                .collect();
            let expected: Vec<_> = [1, 2]
                .into_iter()
                .filter(|location| model.existed(*location, as_of, known_at))
                .map(|location| {
                    let on_hand = model.on_hand(location, as_of, known_at);
                    (Some(location), Some(on_hand), Some(model.reserved(location, as_of, known_at)))
                })
                .collect();
            assert_eq!(found, expected, "as of {as_of} as known at {known_at}, seed {seed}: {:#?}", model.0);
        }
    }
    server.finish().await;
}

/// Nothing is left of product 1 and its history.
async fn break_off(server: &TestServer) {
    let mut superuser = server.database().superuser().await;
    let sql = "begin; set local session_replication_role = replica; delete from stock_entries; delete from stock_levels;
        delete from stock_movements; delete from reservation_lines; delete from reservations;
        update product_stock set on_hand = 0, reserved = 0, available = 0; commit";
    sqlx::raw_sql(sql).execute(&mut superuser).await.expect("broken off");
    superuser.close().await.expect("closed");
}
