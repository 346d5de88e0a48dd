//! The rules by table and by property. Oracles are computed from the commands, never with the book.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

mod past;
mod reservations;

const PRODUCT: ProductId = ProductId(1);
const MAIN: Place = Place::Warehouse(WarehouseId(1));
const SHELF_A: LocationId = LocationId(10);
const SHELF_B: LocationId = LocationId(11);
const HOLD: LocationId = LocationId(12);

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).expect("a quantity")
}

fn book() -> Book {
    let mut book = Book::default();
    book.products.insert(PRODUCT, ProductFacts::default());
    for (id, kind, is_default) in [
        (SHELF_A, LocationKind::Storage, false),
        (SHELF_B, LocationKind::Storage, true),
        (HOLD, LocationKind::Hold, false),
    ] {
        book.locations.insert(
            id,
            LocationFacts { warehouse: WarehouseId(1), kind, is_default, archived: false, priority: 0 },
        );
    }
    book
}

fn event(kind: MovementKind) -> Event {
    let reason = Some("test".into());
    Event {
        kind,
        reason,
        reference: None,
        note: String::new(),
        actor: "tester".into(),
        reverses: None,
        occurred_at: None,
    }
}

fn line(place: Place, delta: &str) -> Line {
    let change = Change::By(quantity(delta));
    Line { product: PRODUCT, place, lot: None, change, expected_on_hand: None, unit_cost: None }
}

fn at(location: LocationId, delta: &str) -> Line {
    line(Place::Location(location), delta)
}

fn post(book: &mut Book, lines: &[Line]) -> Result<Posted, Refusal> {
    post_at(book, lines, Timestamp::UNIX_EPOCH)
}

fn post_at(book: &mut Book, lines: &[Line], clock: Timestamp) -> Result<Posted, Refusal> {
    let mut posted = book.post(&event(MovementKind::Adjustment), lines, false, clock)?;
    Ok(posted.remove(0))
}

fn on_hand(book: &Book, location: LocationId) -> String {
    book.level(&LevelKey { product: PRODUCT, location, lot: String::new() }).on_hand.to_string()
}

#[test]
fn two_lines_for_one_level_are_added_before_the_check() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "5")]).expect("a gain");
    let refused = post(&mut book, &[at(SHELF_A, "-3"), at(SHELF_A, "-3")]);
    let (available, requested) = (quantity("5"), quantity("6"));
    assert_eq!(refused, Err(Refusal::InsufficientStock { line: 0, product: PRODUCT, available, requested }));
    assert_eq!(on_hand(&book, SHELF_A), "5");
}

#[test]
fn a_loss_by_warehouse_is_taken_from_storage_default_first() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "15"), at(SHELF_B, "10"), at(HOLD, "99")]).expect("gains");
    let posted = post(&mut book, &[line(MAIN, "-13")]).expect("enough");
    let deltas: Vec<_> =
        posted.entries.iter().map(|e| (e.key.location, e.on_hand_delta.to_string())).collect();
    assert_eq!(deltas, [(SHELF_A, "-3".into()), (SHELF_B, "-10".into())]);
    assert!(
        matches!(post(&mut book, &[line(MAIN, "-13")]), Err(Refusal::InsufficientStock { available, .. }) if available == quantity("12"))
    );
}

#[test]
fn a_gain_by_warehouse_goes_to_the_default_location() {
    let mut book = book();
    post(&mut book, &[line(MAIN, "4")]).expect("a gain");
    assert_eq!(on_hand(&book, SHELF_B), "4");
}

#[test]
fn an_exact_line_is_served_before_a_vague_one() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "5"), at(SHELF_B, "5")]).expect("gains");
    post(&mut book, &[line(MAIN, "-5"), at(SHELF_B, "-5")]).expect("enough for both");
    assert_eq!((on_hand(&book, SHELF_A), on_hand(&book, SHELF_B)), ("0".into(), "0".into()));
}

#[test]
fn a_count_sets_the_only_level_that_holds_stock_and_asks_where_if_there_are_several() {
    let mut book = book();
    let count = |counted| Line { change: Change::To(quantity(counted)), ..line(MAIN, "0") };
    post(&mut book, &[at(SHELF_A, "5")]).expect("a gain");
    post(&mut book, &[count("3")]).expect("one level holds stock");
    assert_eq!(on_hand(&book, SHELF_A), "3");
    post(&mut book, &[at(SHELF_B, "1")]).expect("a gain");
    assert_eq!(post(&mut book, &[count("3")]), Err(Refusal::LocationRequired { line: 0 }));
}

#[test]
fn compare_and_set_refuses_another_value() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "5")]).expect("a gain");
    let expecting = |expected| Line { expected_on_hand: Some(quantity(expected)), ..at(SHELF_A, "-1") };
    let refused = post(&mut book, &[expecting("4")]);
    assert_eq!(
        refused,
        Err(Refusal::StaleQuantity { line: 0, expected: quantity("4"), actual: quantity("5") })
    );
    post(&mut book, &[expecting("5.000")]).expect("the same value");
}

#[test]
fn what_may_not_be_is_refused() {
    let mut book = book();
    book.products.insert(ProductId(2), ProductFacts { archived: true, ..ProductFacts::default() });
    book.products.insert(ProductId(3), ProductFacts { whole_numbers_only: true, ..ProductFacts::default() });
    let transit = LocationFacts { kind: LocationKind::Transit, ..book.locations[&HOLD].clone() };
    book.locations.insert(LocationId(13), transit);
    let of = |product, line: Line| Line { product: ProductId(product), ..line };
    for (line, refusal) in [
        (of(2, at(SHELF_A, "1")), Refusal::ProductArchived { line: 0, product: ProductId(2) }),
        (of(3, at(SHELF_A, "0.5")), Refusal::WholeNumbersOnly { line: 0 }),
        (at(LocationId(13), "1"), Refusal::LocationNotOpen { line: 0 }),
        (line(Place::Warehouse(WarehouseId(9)), "1"), Refusal::NoDefaultLocation { line: 0 }),
    ] {
        assert_eq!(post(&mut book, &[line]), Err(refusal));
    }
    let most = at(SHELF_A, "999999999.999999");
    assert_eq!(
        post(&mut book, &[most.clone(), at(SHELF_B, "1")]),
        Err(Refusal::QuantityTooLarge { line: 1 })
    );
    assert_eq!(post(&mut book, &[most.clone(), most]), Err(Refusal::QuantityTooLarge { line: 1 }));
    assert_eq!(book.changed_levels().count(), 0);
}

#[test]
fn a_clock_that_goes_back_does_not_take_the_stamps_along() {
    let mut book = book();
    let noon = Timestamp::from_second(1_800_000_000).expect("a time");
    post_at(&mut book, &[at(SHELF_A, "1")], noon).expect("a gain");
    let posted = post_at(&mut book, &[at(SHELF_A, "1")], Timestamp::UNIX_EPOCH).expect("a gain");
    assert_eq!(posted.recorded_at, noon + SignedDuration::from_micros(1));
}

#[test]
fn two_costs_of_one_level_stay_two_entries() {
    let mut book = book();
    let costing =
        |cost| Line { unit_cost: Some(Amount::parse(cost).expect("an amount")), ..at(SHELF_A, "2") };
    let posted = post(&mut book, &[costing("10"), costing("20"), costing("10")]).expect("gains");
    let seen: Vec<_> = posted.entries.iter().map(|e| (e.seq, e.on_hand_after.to_string())).collect();
    assert_eq!(seen, [(1, "4".into()), (2, "6".into())]);
}

/// The chain of one receipt, computed by hand with another program from the published form.
#[test]
fn the_chain_has_its_published_form() {
    let mut book = book();
    let time = Timestamp::from_microsecond(1_700_000_000_123_456).expect("a time");
    let receipt = event(MovementKind::Receipt);
    let posted = book.post(&receipt, &[at(SHELF_A, "2.50")], false, time).expect("a gain");
    let hex: String = posted[0].entries[0].chain.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "da55275df924d9023b988f75686e75376e22dc41221473bc4e814c4bc027a4ef");
}

proptest! {
    /// Whatever is asked, what was accepted sums up, nothing is negative, and a refusal changes nothing.
    #[test]
    fn a_book_balances_after_any_commands(
        commands in prop::collection::vec(prop::collection::vec((0_usize..4, -20_i32..20), 1..4), 1..30)
    ) {
        let places = [Place::Location(SHELF_A), Place::Location(SHELF_B), Place::Location(HOLD), MAIN];
        let mut book = book();
        let mut total = 0_i32;
        let mut seqs: BTreeMap<LevelKey, (i64, Quantity)> = BTreeMap::new();
        for command in commands {
            let lines: Vec<_> = command.iter().map(|(place, delta)| line(places[*place], &delta.to_string())).collect();
            let before = book.levels.clone();
            match post(&mut book, &lines) {
                Err(_) => prop_assert_eq!(&before, &book.levels),
                Ok(posted) => {
                    total += command.iter().map(|(_, delta)| delta).sum::<i32>();
                    for entry in posted.entries {
                        let (seq, on_hand) = seqs.entry(entry.key).or_insert((0, Quantity::ZERO));
                        *seq += 1;
                        *on_hand = on_hand.checked_add(entry.on_hand_delta).expect("in range");
                        prop_assert_eq!((*seq, *on_hand), (entry.seq, entry.on_hand_after));
                        prop_assert!(!entry.on_hand_after.is_negative());
                    }
                }
            }
        }
        let totals = book.products[&PRODUCT].totals;
        prop_assert_eq!(totals.on_hand.to_string(), total.to_string());
        let storage: Quantity = book.levels.iter().filter(|(key, _)| key.location != HOLD).map(|(_, level)| level.on_hand).sum();
        prop_assert_eq!(totals.available, storage);
        for (key, level) in &book.levels {
            prop_assert_eq!((level.seq, level.on_hand), seqs[key]);
        }
    }
}
