//! Tables and properties of the rules of purchase orders.

use proptest::prelude::*;

use super::PurchaseOrderAction as A;
use super::PurchaseOrderStatus as S;
use super::*;

/// Every state × action; what is not here is refused.
const ALLOWED: [(S, A, S); 11] = [
    (S::Draft, A::Submit, S::PendingApproval),
    (S::Draft, A::Cancel, S::Cancelled),
    (S::PendingApproval, A::Approve, S::Approved),
    (S::PendingApproval, A::Reject, S::Rejected),
    (S::PendingApproval, A::Cancel, S::Cancelled),
    (S::Approved, A::Order, S::Ordered),
    (S::Approved, A::Cancel, S::Cancelled),
    (S::Ordered, A::Cancel, S::Cancelled),
    (S::PartiallyReceived, A::Cancel, S::Received),
    (S::PartiallyReceived, A::Close, S::Closed),
    (S::Received, A::Close, S::Closed),
];

fn line(id: i64, received: i32, quantity: i32) -> LineProgress {
    let (quantity, received) = (Quantity::whole(quantity), Quantity::whole(received));
    LineProgress { id, quantity, received, cancelled: Quantity::ZERO, whole_numbers_only: true }
}

fn percent(text: &str) -> Percent {
    Percent::parse(text).expect("a share")
}

#[test]
fn every_state_and_action_lead_where_the_table_says() {
    for from in S::ALL {
        for action in A::ALL {
            let expected = ALLOWED.iter().find(|(s, a, _)| (*s, *a) == (from, action)).map(|row| row.2);
            assert_eq!(from.after(action), expected, "{from} {action:?}");
        }
    }
}

#[test]
fn final_states_have_no_way_out() {
    for status in [S::Rejected, S::Closed, S::Cancelled] {
        assert_eq!(status.actions().count(), 0, "{status}");
        assert!(!status.is_incoming() && !status.can_reopen(), "{status}");
    }
}

#[test]
fn names_read_back() {
    for status in S::ALL {
        assert_eq!(S::from_name(status.as_str()), Some(status));
    }
}

#[test]
fn quantities_of_one_line_are_added_before_the_check() {
    let lines = [line(1, 2, 5), line(2, 0, 5)];
    let (three, none) = (Quantity::whole(3), Percent::default());
    assert_eq!(receive(&lines, &[(1, three)], none), Ok(vec![line(1, 5, 5), line(2, 0, 5)]));
    let refusal = ReceiptRefusal::OverReceipt {
        index: 1,
        line_id: 1,
        open: three,
        tolerated: Quantity::ZERO,
        requested: Quantity::whole(4),
    };
    let one = Quantity::whole(1);
    assert_eq!(receive(&lines, &[(2, one), (1, three), (1, one)], none), Err(refusal));
    let unknown = ReceiptRefusal::UnknownLine { index: 1, line_id: 9 };
    assert_eq!(receive(&lines, &[(1, one), (9, one)], none), Err(unknown));
}

#[test]
fn more_comes_only_within_the_tolerance_and_what_is_open_is_never_negative() {
    let (ten, one) = (percent("10"), Quantity::whole(1));
    // 10 % of 19 are 1.9, of which whole numbers are tolerated.
    let after = receive(&[line(1, 0, 19)], &[(1, Quantity::whole(20))], ten).expect("within the tolerance");
    assert_eq!((after[0].received, after[0].open()), (Quantity::whole(20), Quantity::ZERO));
    let used_up = ReceiptRefusal::OverReceipt {
        index: 0,
        line_id: 1,
        open: Quantity::ZERO,
        tolerated: Quantity::ZERO,
        requested: one,
    };
    assert_eq!(receive(&after, &[(1, one)], ten), Err(used_up.clone()));
    // Set lower since: no more, and nothing is taken back.
    assert_eq!(receive(&after, &[(1, one)], Percent::default()), Err(used_up));
    // What was cancelled counts as much as what has come.
    let cancelled = LineProgress { cancelled: Quantity::whole(6), ..line(1, 4, 10) };
    assert_eq!((cancelled.open(), cancelled.tolerated(ten)), (Quantity::ZERO, one));
    let by_weight = LineProgress { whole_numbers_only: false, ..line(1, 0, 9) };
    assert_eq!(by_weight.tolerated(ten).to_string(), "0.9");
}

#[test]
fn an_order_needs_approval_above_the_threshold_or_in_another_currency() {
    let amount = |text| Amount::parse(text).expect("an amount");
    let currency = |code| Currency::parse(code).expect("a currency");
    for (total, code, above, expected) in [
        ("35", "EUR", None, true),
        ("0", "EUR", None, true),
        ("35", "EUR", Some("35"), false),
        ("35.0001", "EUR", Some("35"), true),
        ("0", "EUR", Some("0"), false),
        ("1", "USD", Some("35"), true),
    ] {
        let needed = needs_approval(amount(total), currency(code), above.map(amount), currency("EUR"));
        assert_eq!(needed, expected, "{total} {code} {above:?}");
    }
}

proptest! {
    #[test]
    fn no_receipts_bring_more_than_is_tolerated(
        ordered in 1..1000_i32, share in 0..=100_u32, receipts in proptest::collection::vec(1..400_i32, 1..8)
    ) {
        let tolerance = percent(&share.to_string());
        let mut lines = vec![line(1, 0, ordered)];
        let most = ordered + ordered * i32::try_from(share).expect("small") / 100;
        let mut received = 0;
        for quantity in receipts {
            let after = receive(&lines, &[(1, Quantity::whole(quantity))], tolerance);
            prop_assert_eq!(after.is_ok(), received + quantity <= most);
            if let Ok(after) = after {
                (lines, received) = (after, received + quantity);
            }
            prop_assert_eq!(lines[0].received, Quantity::whole(received));
            prop_assert_eq!(lines[0].open(), Quantity::whole((ordered - received).max(0)));
        }
    }
}

#[test]
fn the_state_follows_from_the_quantities() {
    assert_eq!(status_of(&[line(1, 0, 5), line(2, 0, 1)]), S::Ordered);
    assert_eq!(status_of(&[line(1, 5, 5), line(2, 0, 1)]), S::PartiallyReceived);
    assert_eq!(status_of(&[line(1, 6, 5), line(2, 1, 1)]), S::Received);
}
