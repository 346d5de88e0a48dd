//! Movements that are dated back, by table from the field's own cases.

use super::*;

/// A level with a history: when, by how much, whether it was counted.
fn since(on_hand_now: &str, later: &[(i64, &str, bool)]) -> PastLevel {
    let later: Vec<Later> = later
        .iter()
        .map(|(second, delta, is_count)| Later {
            occurred_at: moment(*second),
            delta: quantity(delta),
            is_count: *is_count,
        })
        .collect();
    PastLevel::of(quantity(on_hand_now), &later)
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// Post a line at second 0, where the level has so much now and so happened since.
fn post_then(
    on_hand_now: &str,
    later: &[(i64, &str, bool)],
    change: Change,
) -> (Result<Vec<Posted>, Refusal>, String) {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, on_hand_now)]).expect("a gain");
    let key = LevelKey { product: PRODUCT, location: SHELF_A, lot: String::new() };
    book.past.insert(key, since(on_hand_now, later));
    let event = Event { occurred_at: Some(moment(0)), ..event(MovementKind::Issue) };
    let posted = book.post(&event, &[Line { change, ..at(SHELF_A, "0") }], false, moment(1000));
    let now = on_hand(&book, SHELF_A);
    (posted, now)
}

fn by(delta: &str) -> Change {
    Change::By(quantity(delta))
}

fn to(counted: &str) -> Change {
    Change::To(quantity(counted))
}

#[test]
fn no_moment_since_may_be_negative() {
    // 10 in, 8 out later: 2 now. Dated before the issue, no more than 2 can have left.
    let sold = [(10, "-8", false)];
    for (change, accepted) in
        [(by("-5"), false), (by("-2"), true), (by("-1"), true), (to("7"), false), (to("8"), true)]
    {
        let (posted, _) = post_then("2", &sold, change);
        assert_eq!(posted.is_ok(), accepted, "{change:?}: {posted:?}");
    }
    // Sold out and refilled since: there is enough now, but there was not.
    let refilled = [(10, "-10", false), (20, "10", false)];
    let (refused, now) = post_then("10", &refilled, by("-1"));
    assert!(matches!(refused, Err(Refusal::NegativeSince { .. })), "{refused:?}");
    assert_eq!(now, "10");
}

#[test]
fn what_happened_at_one_moment_happened_at_once() {
    let swapped = [(10, "-5", false), (10, "5", false)];
    assert_eq!(since("5", &swapped).lowest, quantity("5"));
}

#[test]
fn a_count_stands_against_what_arrives_late() {
    // 97 then, counted 90 at second 10: what is dated before does not change that.
    let counted = [(10, "-7", true)];
    for (change, expected) in [(by("-3"), "90"), (by("40"), "90"), (to("20"), "90")] {
        let (posted, now) = post_then("90", &counted, change);
        let posted = posted.expect("accepted");
        assert_eq!((now.as_str(), posted.len()), (expected, 2), "{change:?}");
        let keeps: Vec<_> = posted.iter().filter(|posted| posted.keeps_a_count).collect();
        assert_eq!(keeps.len(), 1);
        assert_eq!((keeps[0].occurred_at, keeps[0].event.kind), (moment(10), MovementKind::Count));
        let sum: Quantity =
            posted.iter().flat_map(|posted| &posted.entries).map(|entry| entry.on_hand_delta).sum();
        assert_eq!(sum, Quantity::ZERO);
    }
    // Between the two it must not be negative all the same.
    let (refused, _) = post_then("90", &counted, by("-98"));
    assert!(refused.is_err());
}

#[test]
fn what_was_sold_since_a_count_does_not_stop_what_was_before_it() {
    // 97, counted 90, sold 90: nothing is there now. A late sale of 3 before the count is entered all the same.
    let later = [(10, "-7", true), (20, "-90", false)];
    let (posted, now) = post_then("0", &later, by("-3"));
    assert_eq!((posted.expect("accepted").len(), now.as_str()), (2, "0"));
}

/// What is reserved now can be given up; what was not there then cannot have left.
#[test]
fn shortening_reservations_makes_no_moment_since_negative() {
    let sold_and_refilled = [(10, "-7", false), (20, "7", false)];
    let counted_since = [(10, "-7", false), (20, "7", true)];
    for (later, quantity_text, left) in [
        (sold_and_refilled, "-5", None),
        (sold_and_refilled, "-3", Some(("7", "7"))),
        (sold_and_refilled, "-2", Some(("8", "8"))),
        (counted_since, "-5", None),
        // It is entered together with what keeps the count: nobody has to give anything up.
        (counted_since, "-3", Some(("10", "8"))),
    ] {
        let mut book = book();
        post(&mut book, &[at(SHELF_A, "10")]).expect("a gain");
        let promised = Line { change: Change::Reserve(quantity("8")), ..at(SHELF_A, "0") };
        let reserve = event(MovementKind::Reserve);
        book.reserve(ReservationId(1), &reserve, &[promised], None, moment(30)).expect("free");
        let key = LevelKey { product: PRODUCT, location: SHELF_A, lot: String::new() };
        book.past.insert(key.clone(), since("10", &later));
        let issue = Event { occurred_at: Some(moment(0)), ..event(MovementKind::Issue) };
        let posted = book.post(&issue, &[at(SHELF_A, quantity_text)], true, moment(1000));
        match (left, posted) {
            (Some((on_hand, reserved)), Ok(_)) => {
                let level = book.level(&key);
                assert_eq!((level.on_hand, level.reserved), (quantity(on_hand), quantity(reserved)));
            }
            (None, Err(Refusal::NegativeSince { available, .. })) => assert_eq!(available, quantity("3")),
            both => panic!("{quantity_text}: {both:?}"),
        }
    }
}

#[test]
fn nothing_happens_after_it_is_recorded() {
    let mut book = book();
    let event = Event { occurred_at: Some(moment(2000)), ..event(MovementKind::Receipt) };
    let posted = book.post(&event, &[at(SHELF_A, "1")], false, moment(1000)).expect("a gain");
    assert_eq!(posted[0].occurred_at, moment(1000));
}
