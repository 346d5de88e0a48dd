//! One who works on a product of its own and on one that all share, and knows what every answer has to be.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::Response;

use super::chance::Chance;
use super::shelf::{Moment, Refusal, Shelf};
use super::shop::Shop;

pub(super) const WAREHOUSES: [&str; 2] = ["MAIN", "NORTH"];

/// Everything that is dated back lies within so many minutes before the beginning.
const MINUTES: i64 = 600;

/// Movements by id, with what they changed.
pub(super) type Acknowledged = Mutex<BTreeMap<i64, i64>>;

/// A movement that may be reversed.
#[derive(Debug)]
struct Posted {
    id: i64,
    warehouse: usize,
    delta: i64,
    /// When, if a count has stood against it.
    counted_since: Option<Moment>,
    reversed: bool,
}

#[derive(Debug)]
struct Promise {
    id: i64,
    warehouse: usize,
    open: i64,
    over: bool,
}

#[derive(Debug)]
struct OnItsWay {
    id: i64,
    to: usize,
    open: i64,
}

pub(super) struct Writer<'a> {
    shop: &'a Shop,
    name: usize,
    chance: Chance,
    begun: Timestamp,
    /// How many commands it has sent; the moment of what happens now.
    sent: Moment,
    product: i64,
    pub(super) shelves: [Shelf; 2],
    posted: Vec<Posted>,
    promises: Vec<Promise>,
    on_their_way: Vec<OnItsWay>,
    /// The product of all, and the movements of it that were acknowledged.
    shared: (i64, &'a Acknowledged),
}

impl<'a> Writer<'a> {
    pub(super) async fn begin(
        shop: &'a Shop,
        (name, seed): (usize, u64),
        begun: Timestamp,
        shared: (i64, &'a Acknowledged),
    ) -> Self {
        let product = shop.client(name % 2).product(&format!("OWN-{name}"), 0).await;
        let chance =
            Chance::new(seed.wrapping_mul(1_000_003).wrapping_add(u64::try_from(name).expect("small")));
        Self {
            shop,
            name,
            chance,
            begun,
            sent: 0,
            product,
            shelves: [Shelf::default(), Shelf::default()],
            posted: Vec::new(),
            promises: Vec::new(),
            on_their_way: Vec::new(),
            shared,
        }
    }

    pub(super) fn product(&self) -> i64 {
        self.product
    }

    pub(super) fn in_transit(&self) -> i64 {
        self.on_their_way.iter().map(|transfer| transfer.open).sum()
    }

    pub(super) fn promised(&self) -> Vec<(i64, i64)> {
        self.promises.iter().map(|promise| (promise.id, promise.open)).collect()
    }

    /// One command, whatever it is.
    pub(super) async fn act(&mut self) {
        self.sent += 1;
        match self.chance.of(0, 15) {
            0..=2 => self.receive().await,
            3 | 4 => self.issue().await,
            5 => self.count().await,
            6 => self.receive_late().await,
            7 => self.issue_late().await,
            8 => self.promise().await,
            9 => self.fulfil().await,
            10 => self.release().await,
            11 => self.move_at_once().await,
            12 => self.ship().await,
            13 => self.arrive().await,
            14 => self.reverse().await,
            _ => {}
        }
        self.share().await;
    }

    /// Send it, now and then to both servers at once, and hold the answer against what is expected.
    async fn send(&mut self, path: &str, body: Value, expected: Result<u16, Refusal>) -> Response {
        let key = format!("{}-{}-{path}", self.name, self.sent);
        let server = usize::try_from(self.chance.of(0, 1)).expect("small");
        let answer = if self.chance.one_in(4) {
            let (first, second) = tokio::join!(
                self.shop.ask(server, &key, path, &body),
                self.shop.ask(1 - server, &key, path, &body)
            );
            if first.status < 300 {
                assert_eq!(first.text, second.text, "one key has one answer: {path} {body}");
            }
            first
        } else {
            self.shop.ask(server, &key, path, &body).await
        };
        let is_as_expected = match expected {
            Ok(status) => answer.status == status,
            Err(code) => answer.status >= 400 && answer.code() == Some(code),
        };
        if !is_as_expected {
            self.show().await;
        }
        match expected {
            Ok(status) => assert_eq!(
                answer.status, status,
                "writer {} command {}: {path} {body}: {answer}",
                self.name, self.sent
            ),
            Err(code) => {
                let found = (answer.status >= 400).then(|| answer.code()).flatten();
                assert_eq!(
                    found,
                    Some(code),
                    "writer {} command {}: {path} {body}: {answer}",
                    self.name,
                    self.sent
                );
            }
        }
        answer
    }

    /// What the server has and what is expected, for who looks for the difference.
    async fn show(&self) {
        eprintln!("expected: {:#?}", self.shelves);
        let entries = self.shop.client(0).get(&format!("/products/{}/entries?limit=200", self.product)).await;
        // None while the database is away: the difference itself is told in any case.
        for entry in entries.body["items"].as_array().into_iter().flatten().rev() {
            eprintln!(
                "movement {} {} {} {} {} -> {} reserved {} at {} recorded {}",
                entry["movement_id"],
                entry["kind"],
                entry["warehouse"],
                entry["location"],
                entry["on_hand_delta"],
                entry["on_hand_after"],
                entry["reserved_after"],
                entry["occurred_at"],
                entry["recorded_at"]
            );
        }
    }

    fn warehouse(&mut self) -> usize {
        usize::try_from(self.chance.of(0, 1)).expect("small")
    }

    fn movement(&self, kind: &str, warehouse: usize, quantities: &[i64]) -> Value {
        let line = |quantity: &i64| json!({"product_id": self.product, "warehouse": WAREHOUSES[warehouse], "quantity": quantity});
        json!({"kind": kind, "lines": quantities.iter().map(line).collect::<Vec<_>>()})
    }

    /// A moment that nothing else is dated to.
    fn past(&mut self) -> (Moment, Timestamp) {
        let at = -(self.chance.of(1, MINUTES) * 1_000_000 - self.sent);
        (at, self.begun + SignedDuration::from_micros(at * 60))
    }

    async fn post(
        &mut self,
        body: Value,
        warehouse: usize,
        delta: i64,
        expected: Result<Option<Moment>, Refusal>,
    ) {
        let answer = self.send("/stock-movements", body, expected.map(|_| 201)).await;
        if let Ok(counted_since) = expected {
            self.posted.push(Posted { id: answer.id(), warehouse, delta, counted_since, reversed: false });
        }
    }

    async fn receive(&mut self) {
        let (warehouse, quantity) = (self.warehouse(), self.chance.of(1, 40));
        let expected = self.shelves[warehouse].change(self.sent, quantity).map(|()| None);
        self.post(self.movement("receipt", warehouse, &[quantity]), warehouse, quantity, expected).await;
    }

    /// Two lines of one product, which only together may be too much.
    async fn issue(&mut self) {
        let warehouse = self.warehouse();
        let most = self.shelves[warehouse].free().max(1) + 2;
        let (one, two) = (self.chance.of(1, most), self.chance.of(1, most));
        let expected = self.shelves[warehouse].change(self.sent, -one - two).map(|()| None);
        self.post(self.movement("issue", warehouse, &[one, two]), warehouse, -one - two, expected).await;
    }

    async fn count(&mut self) {
        let warehouse = self.warehouse();
        let counted = (self.shelves[warehouse].on_hand() + self.chance.of(-6, 6)).max(1);
        let found = self.shelves[warehouse].count(self.sent, counted);
        let body = json!({"product_id": self.product, "warehouse": WAREHOUSES[warehouse], "counted": counted, "reason": "count"});
        let answer = self.send("/stock-adjustments", body, found.map(|_| 201)).await;
        if let Ok(delta) = found {
            let id = answer.body["movement_id"].as_i64().expect("a movement");
            self.posted.push(Posted { id, warehouse, delta, counted_since: None, reversed: false });
        }
    }

    async fn receive_late(&mut self) {
        let (warehouse, quantity) = (self.warehouse(), self.chance.of(1, 20));
        self.post_late("receipt", warehouse, quantity).await;
    }

    async fn issue_late(&mut self) {
        let warehouse = self.warehouse();
        let quantity = self.chance.of(1, self.shelves[warehouse].free().clamp(1, 30));
        self.post_late("issue", warehouse, -quantity).await;
    }

    async fn post_late(&mut self, kind: &str, warehouse: usize, delta: i64) {
        let (at, occurred_at) = self.past();
        let expected = self.shelves[warehouse].change_back(at, delta).map(|counted| counted.then_some(at));
        let mut body = self.movement(kind, warehouse, &[delta.abs()]);
        body["occurred_at"] = json!(occurred_at);
        self.post(body, warehouse, delta, expected).await;
    }

    async fn promise(&mut self) {
        let warehouse = self.warehouse();
        let free = self.shelves[warehouse].free();
        let (one, two) = (self.chance.of(1, free.max(1)), self.chance.of(1, 3));
        let expected = if one + two <= free { Ok(201) } else { Err("insufficient_stock") };
        let line = |quantity: i64| json!({"product_id": self.product, "warehouse": WAREHOUSES[warehouse], "quantity": quantity});
        let answer = self.send("/reservations", json!({"lines": [line(one), line(two)]}), expected).await;
        if expected.is_ok() {
            self.shelves[warehouse].reserved += one + two;
            self.promises.push(Promise { id: answer.id(), warehouse, open: one + two, over: false });
        }
    }

    /// All of it.
    async fn fulfil(&mut self) {
        let Some(at) = self.any(self.promises.len()) else { return };
        let (id, over) = (self.promises[at].id, self.promises[at].over);
        let expected = if over { Err("reservation_not_active") } else { Ok(200) };
        self.send(&format!("/reservations/{id}/fulfil"), json!({}), expected).await;
        if !over {
            let (warehouse, open) = self.end(at);
            self.shelves[warehouse].reserved -= open;
            self.shelves[warehouse].change(self.sent, -open).expect("it was promised");
        }
    }

    async fn release(&mut self) {
        let Some(at) = self.any(self.promises.len()) else { return };
        let (id, over) = (self.promises[at].id, self.promises[at].over);
        let expected = if over { Err("reservation_not_active") } else { Ok(200) };
        self.send(&format!("/reservations/{id}/release"), json!({}), expected).await;
        if !over {
            let (warehouse, open) = self.end(at);
            self.shelves[warehouse].reserved -= open;
        }
    }

    fn end(&mut self, at: usize) -> (usize, i64) {
        let promise = &mut self.promises[at];
        promise.over = true;
        (promise.warehouse, std::mem::take(&mut promise.open))
    }

    fn transfer(&mut self) -> (usize, i64, Value) {
        let from = self.warehouse();
        let quantity = self.chance.of(1, self.shelves[from].free().max(1) + 1);
        let body = json!({"from": {"warehouse": WAREHOUSES[from]}, "to": {"warehouse": WAREHOUSES[1 - from]},
            "lines": [{"product_id": self.product, "quantity": quantity}]});
        (from, quantity, body)
    }

    async fn move_at_once(&mut self) {
        let (from, quantity, mut body) = self.transfer();
        body["immediate"] = json!(true);
        let expected = self.shelves[from].change(self.sent, -quantity);
        self.send("/stock-transfers", body, expected.map(|()| 201)).await;
        if expected.is_ok() {
            self.shelves[1 - from].change(self.sent, quantity).expect("it has arrived");
        }
    }

    async fn ship(&mut self) {
        let (from, quantity, body) = self.transfer();
        let id = self.send("/stock-transfers", body, Ok(201)).await.id();
        let expected = self.shelves[from].change(self.sent, -quantity);
        self.send(&format!("/stock-transfers/{id}/ship"), json!({}), expected.map(|()| 200)).await;
        if expected.is_ok() {
            self.on_their_way.push(OnItsWay { id, to: 1 - from, open: quantity });
        }
    }

    /// A part of what is on its way, or more than that.
    async fn arrive(&mut self) {
        self.on_their_way.retain(|transfer| transfer.open > 0);
        let Some(at) = self.any(self.on_their_way.len()) else { return };
        let (id, to, open) = (self.on_their_way[at].id, self.on_their_way[at].to, self.on_their_way[at].open);
        let quantity = self.chance.of(1, open + 1);
        let expected = if quantity <= open { Ok(200) } else { Err("more_than_in_transit") };
        let body = json!({"lines": [{"line": 1, "quantity": quantity}]});
        self.send(&format!("/stock-transfers/{id}/receive"), body, expected).await;
        if expected.is_ok() {
            self.on_their_way[at].open -= quantity;
            self.shelves[to].change(self.sent, quantity).expect("it has arrived");
        }
    }

    async fn reverse(&mut self) {
        let Some(at) = self.any(self.posted.len()) else { return };
        let Posted { id, warehouse, delta, counted_since, reversed } = self.posted[at];
        let shelf = &mut self.shelves[warehouse];
        let expected = match counted_since {
            _ if reversed => Err("already_reversed"),
            Some(moment) => shelf.change_back(moment, -delta).map(drop),
            None => shelf.change(self.sent, -delta),
        };
        self.send(
            &format!("/stock-movements/{id}/reverse"),
            json!({"reason": "slip"}),
            expected.map(|()| 201),
        )
        .await;
        self.posted[at].reversed |= expected.is_ok();
    }

    /// In or out of what all share: whoever comes too late is refused, and nothing is sold twice.
    async fn share(&mut self) {
        let (product, acknowledged) = self.shared;
        let (kind, quantity) =
            if self.chance.one_in(3) { ("receipt", 5) } else { ("issue", self.chance.of(1, 4)) };
        let body = json!({"kind": kind, "lines": [{"product_id": product, "warehouse": "MAIN", "quantity": quantity}]});
        let key = format!("{}-{}-shared", self.name, self.sent);
        let server = usize::try_from(self.chance.of(0, 1)).expect("small");
        let answer = self.shop.ask(server, &key, "/stock-movements", &body).await;
        if answer.status == 201 {
            let delta = if kind == "receipt" { quantity } else { -quantity };
            let before = acknowledged.lock().expect("a lock").insert(answer.id(), delta);
            assert_eq!(before, None, "each key has a movement of its own: {answer}");
        } else {
            assert_eq!((kind, answer.code()), ("issue", Some("insufficient_stock")), "{answer}");
        }
    }

    fn any(&mut self, count: usize) -> Option<usize> {
        let most = i64::try_from(count).expect("few") - 1;
        (most >= 0).then(|| usize::try_from(self.chance.of(0, most)).expect("small"))
    }
}
