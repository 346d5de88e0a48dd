//! Reservations by table, from the field's own cases, and by property.

use super::*;

const OTHER: LocationId = LocationId(20);

/// Two warehouses, the second one later by priority.
fn two_warehouses() -> Book {
    let mut book = book();
    let facts = LocationFacts {
        warehouse: WarehouseId(2),
        priority: 5,
        is_default: true,
        ..book.locations[&SHELF_A].clone()
    };
    book.locations.insert(OTHER, facts);
    book
}

fn wanting(place: Place, quantity_text: &str) -> Line {
    Line { change: Change::Reserve(quantity(quantity_text)), ..line(place, "0") }
}

fn reserve(book: &mut Book, id: i64, lines: &[Line]) -> Result<Posted, Refusal> {
    book.reserve(ReservationId(id), &event(MovementKind::Reserve), lines, None, Timestamp::UNIX_EPOCH)
}

fn held(book: &Book, id: i64) -> Vec<(LocationId, String)> {
    let parts = &book.reservations[&ReservationId(id)].parts;
    parts.iter().map(|part| (part.key.location, part.open().to_string())).collect()
}

fn available(book: &Book) -> String {
    book.products[&PRODUCT].totals.available.to_string()
}

#[test]
fn two_lines_that_reserve_the_same_are_added_before_the_check() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "5")]).expect("a gain");
    let refused = reserve(&mut book, 1, &[wanting(MAIN, "3"), wanting(MAIN, "3")]);
    let (available_now, requested) = (quantity("5"), quantity("6"));
    let expected =
        Refusal::InsufficientStock { line: 0, product: PRODUCT, available: available_now, requested };
    assert_eq!(refused, Err(expected));
    assert!(book.reservations.is_empty());
    reserve(&mut book, 2, &[wanting(MAIN, "3"), wanting(MAIN, "2")]).expect("both fit");
    assert_eq!(available(&book), "0");
}

#[test]
fn without_a_place_it_is_split_by_the_priority_of_warehouses() {
    for (held_before, wanted, expected) in [
        ("0", "5", Some(vec![(SHELF_B, "4"), (OTHER, "1")])),
        ("2", "3", Some(vec![(SHELF_B, "2"), (OTHER, "1")])),
        ("0", "10", None),
    ] {
        let mut book = two_warehouses();
        post(&mut book, &[at(SHELF_B, "4"), at(OTHER, "3")]).expect("gains");
        if held_before != "0" {
            reserve(&mut book, 1, &[wanting(MAIN, held_before)]).expect("free");
        }
        let reserved = reserve(&mut book, 2, &[wanting(Place::Anywhere, wanted)]);
        assert_eq!(reserved.is_ok(), expected.is_some(), "{wanted}");
        if let Some(expected) = expected {
            let expected: Vec<_> = expected.into_iter().map(|(at, held)| (at, held.to_owned())).collect();
            assert_eq!(held(&book, 2), expected);
        }
    }
}

#[test]
fn only_sellable_stock_is_promised() {
    let mut book = book();
    post(&mut book, &[at(HOLD, "5")]).expect("a gain");
    for place in [Place::Location(HOLD), MAIN, Place::Anywhere] {
        assert!(matches!(
            reserve(&mut book, 1, &[wanting(place, "1")]),
            Err(Refusal::InsufficientStock { .. })
        ));
    }
}

#[test]
fn what_is_reserved_does_not_leave_otherwise() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "10")]).expect("a gain");
    reserve(&mut book, 1, &[wanting(MAIN, "8")]).expect("free");
    assert!(post(&mut book, &[at(SHELF_A, "-3")]).is_err());
    post(&mut book, &[at(SHELF_A, "-2")]).expect("free");
}

#[test]
fn it_is_fulfilled_in_parts_and_released() {
    let mut book = two_warehouses();
    post(&mut book, &[at(SHELF_B, "4"), at(OTHER, "3")]).expect("gains");
    reserve(&mut book, 1, &[wanting(Place::Anywhere, "6")]).expect("free");
    let fulfil = |book: &mut Book, line, quantity_text: &str| {
        let lines = [Fulfilment { line, quantity: quantity(quantity_text) }];
        book.fulfil(ReservationId(1), Some(&lines), &event(MovementKind::Fulfil), Timestamp::UNIX_EPOCH)
    };
    fulfil(&mut book, 1, "5").expect("open");
    assert_eq!(
        (held(&book, 1)[1].1.as_str(), on_hand(&book, SHELF_B).as_str(), on_hand(&book, OTHER).as_str()),
        ("1", "0", "2")
    );
    assert_eq!(
        fulfil(&mut book, 1, "2"),
        Err(Refusal::MoreThanReserved { line: 0, open: quantity("1"), requested: quantity("2") })
    );
    assert_eq!(fulfil(&mut book, 2, "1"), Err(Refusal::NoSuchLine { line: 0, number: 2 }));
    book.release(ReservationId(1), &event(MovementKind::Release), Timestamp::UNIX_EPOCH).expect("active");
    assert_eq!(available(&book), "2");
    let over = Err(Refusal::ReservationNotActive(ReservationStatus::Released));
    assert_eq!(fulfil(&mut book, 1, "1"), over);
}

#[test]
fn an_edit_needs_only_the_difference() {
    let edit = |book: &mut Book, quantity_text: &str, place| {
        let edits = [Edit { line: 1, quantity: Some(quantity(quantity_text)), place }];
        book.edit_reservation(
            ReservationId(1),
            &edits,
            None,
            &event(MovementKind::Reserve),
            Timestamp::UNIX_EPOCH,
        )
    };
    let mut book = two_warehouses();
    post(&mut book, &[at(SHELF_B, "10"), at(OTHER, "3")]).expect("gains");
    reserve(&mut book, 1, &[wanting(MAIN, "3")]).expect("free");
    edit(&mut book, "10", Some(MAIN)).expect("7 more are free");
    assert!(matches!(edit(&mut book, "11", Some(MAIN)), Err(Refusal::InsufficientStock { .. })));
    assert!(matches!(
        edit(&mut book, "4", Some(Place::Location(OTHER))),
        Err(Refusal::InsufficientStock { .. })
    ));
    edit(&mut book, "2", None).expect("less");
    assert_eq!(available(&book), "11");
    edit(&mut book, "3", Some(Place::Location(OTHER))).expect("moved");
    assert_eq!(
        book.level(&LevelKey { product: PRODUCT, location: OTHER, lot: String::new() }).reserved,
        quantity("3")
    );
    assert_eq!(available(&book), "10");
}

#[test]
fn it_expires_only_when_its_time_has_come() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "1")]).expect("a gain");
    let at_noon = Timestamp::from_second(1000).expect("a time");
    let lines = [wanting(MAIN, "1")];
    book.reserve(
        ReservationId(1),
        &event(MovementKind::Reserve),
        &lines,
        Some(at_noon),
        Timestamp::UNIX_EPOCH,
    )
    .expect("free");
    let expire = |book: &mut Book, clock| book.expire(ReservationId(1), &event(MovementKind::Expire), clock);
    assert_eq!(expire(&mut book, Timestamp::UNIX_EPOCH), Err(Refusal::ReservationNotDue));
    expire(&mut book, at_noon).expect("due");
    assert_eq!(available(&book), "1");
    assert_eq!(expire(&mut book, at_noon), Err(Refusal::ReservationNotActive(ReservationStatus::Expired)));
}

#[test]
fn a_loss_shortens_the_newest_reservations_first_if_told_to() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "10")]).expect("a gain");
    reserve(&mut book, 1, &[wanting(MAIN, "4")]).expect("free");
    reserve(&mut book, 2, &[wanting(MAIN, "5")]).expect("free");
    let count = Line { change: Change::To(quantity("2")), ..at(SHELF_A, "0") };
    let counted = |book: &mut Book, shorten| {
        book.post(&event(MovementKind::Count), std::slice::from_ref(&count), shorten, Timestamp::UNIX_EPOCH)
    };
    assert!(counted(&mut book, false).is_err());
    let posted = counted(&mut book, true).expect("shortened");
    assert_eq!(posted[0].shortened.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((held(&book, 1)[0].1.as_str(), held(&book, 2)[0].1.as_str()), ("2", "0"));
    assert_eq!(book.reservations[&ReservationId(2)].status, ReservationStatus::Released);
    assert_eq!((on_hand(&book, SHELF_A).as_str(), available(&book).as_str()), ("2", "0"));
}

#[test]
fn lines_that_shorten_the_same_reservation_do_not_take_it_twice() {
    let mut book = book();
    post(&mut book, &[at(SHELF_A, "10")]).expect("a gain");
    reserve(&mut book, 1, &[wanting(MAIN, "8")]).expect("free");
    let issue = |book: &mut Book, by_location: &str, by_warehouse: &str| {
        let lines = [at(SHELF_A, by_location), line(MAIN, by_warehouse)];
        book.post(&event(MovementKind::Issue), &lines, true, Timestamp::UNIX_EPOCH)
    };
    let refused = issue(&mut book, "-6", "-6");
    let (available, requested) = (quantity("4"), quantity("6"));
    assert_eq!(refused, Err(Refusal::InsufficientStock { line: 1, product: PRODUCT, available, requested }));
    issue(&mut book, "-6", "-3").expect("1 of 10 is left");
    assert_eq!((on_hand(&book, SHELF_A).as_str(), held(&book, 1)[0].1.as_str()), ("1", "1"));
}

proptest! {
    /// Whatever is asked, reserved is what reservations have open, level by level, and never more than is there.
    #[test]
    fn reserved_is_the_sum_of_open_reservations(commands in prop::collection::vec((0_usize..6, 0_usize..4, 1_i32..9, 1_i64..6), 1..40)) {
        let mut book = two_warehouses();
        let places = [Place::Location(SHELF_A), MAIN, Place::Anywhere, Place::Location(OTHER)];
        for (what, place, amount, id) in commands {
            let (place, amount, clock) = (places[place], amount.to_string(), Timestamp::UNIX_EPOCH);
            let known = book.reservations.contains_key(&ReservationId(id));
            match what {
                0 => drop(post(&mut book, &[at(SHELF_A, &amount), at(OTHER, "2")])),
                1 => {
                    let place = if place == Place::Anywhere { MAIN } else { place };
                    let lines = [line(place, &format!("-{amount}")), at(SHELF_A, "-2")];
                    drop(book.post(&event(MovementKind::Issue), &lines[..1 + usize::from(id > 3)], id % 2 == 0, clock));
                }
                2 if !known => drop(reserve(&mut book, id, &[wanting(place, &amount), wanting(MAIN, "1")])),
                3 if known => drop(book.release(ReservationId(id), &event(MovementKind::Release), clock)),
                4 if known => {
                    let lines = [Fulfilment { line: 1, quantity: quantity(&amount) }];
                    drop(book.fulfil(ReservationId(id), Some(&lines), &event(MovementKind::Fulfil), clock));
                }
                _ if known => {
                    let edits = [Edit { line: 1, quantity: Some(quantity(&amount)), place: Some(place) }];
                    drop(book.edit_reservation(ReservationId(id), &edits, None, &event(MovementKind::Reserve), clock));
                }
                _ => {}
            }
            let mut open: BTreeMap<LevelKey, Quantity> = BTreeMap::new();
            for part in book.reservations.values().flat_map(|reservation| &reservation.parts) {
                let sum = open.entry(part.key.clone()).or_insert(Quantity::ZERO);
                *sum = sum.checked_add(part.open()).expect("in range");
                prop_assert!(!part.open().is_negative());
            }
            for (key, level) in &book.levels {
                prop_assert_eq!(level.reserved, open.get(key).copied().unwrap_or(Quantity::ZERO));
                prop_assert!(level.reserved <= level.on_hand && !level.reserved.is_negative());
            }
            let totals = book.products[&PRODUCT].totals;
            prop_assert_eq!(totals.reserved, open.values().copied().sum());
            let free: Quantity = book.levels.values().map(Level::free).sum();
            prop_assert_eq!(totals.available, free);
        }
    }
}
