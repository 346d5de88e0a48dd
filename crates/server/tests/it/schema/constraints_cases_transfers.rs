//! What violates each constraint of stock transfers.

/// Rows for the cases to collide with, after those of `constraints_cases`. Transfer 1 is in transit, 2 is a draft.
pub(super) const TRANSFER_ROWS: &str = "
    insert into warehouses (code, name) values ('SHOP', 'Shop');
    insert into locations (warehouse_id, code, kind) values (2, 'TRANSIT', 'transit');
    insert into stock_transfers (status, from_warehouse_id, to_warehouse_id, transit_location_id) values ('in_transit', 1, 2, 3), ('draft', 1, 2, null);
    insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity) values (1, 1, 1, 5), (2, 1, 1, 5);
    insert into stock_transfer_parts (stock_transfer_id, line, product_id, location_id, lot, quantity) values (1, 1, 1, 1, '', 5);
    insert into stock_transfer_events (stock_transfer_id, action, status, movement_id, actor) values (1, 'create', 'draft', 1, 'test');";

/// A transfer of this key between these warehouses and locations.
macro_rules! transfer {
    ($from:literal, $from_location:literal, $to:literal, $to_location:literal, $transit:literal) => {
        concat!(
            "insert into stock_transfers (from_warehouse_id, from_location_id, to_warehouse_id, to_location_id, transit_location_id) values (",
            $from, ", ", $from_location, ", ", $to, ", ", $to_location, ", ", $transit, ")"
        )
    };
}

/// An event of a transfer with these columns in place of harmless ones.
macro_rules! transfer_event {
    ($transfer:literal, $action:literal, $from:literal, $note:literal, $movement:literal) => {
        concat!(
            "insert into stock_transfer_events (stock_transfer_id, action, from_status, status, note, movement_id, actor) values (",
            $transfer, ", ", $action, ", ", $from, ", 'draft', ", $note, ", ", $movement, ", 'test')"
        )
    };
}

/// Constraints with SQL that violates each; some have several.
pub(super) const TRANSFER_CASES: &[(&str, &str)] = &[
    // Transfers
    (
        "stock_transfers_pkey",
        "insert into stock_transfers (id, from_warehouse_id, to_warehouse_id) overriding system value values (1, 1, 2)",
    ),
    (
        "stock_transfers_number_key", // the primary key, of which it is made, would be violated first
        "alter table stock_transfers drop constraint stock_transfers_pkey cascade;
         insert into stock_transfers (id, from_warehouse_id, to_warehouse_id) overriding system value values (1, 1, 2)",
    ),
    ("stock_transfers_from_warehouse_id_fkey", transfer!(99, "null", 2, "null", "null")),
    ("stock_transfers_from_location_id_fkey", transfer!(1, 99, 2, "null", "null")),
    ("stock_transfers_to_warehouse_id_fkey", transfer!(1, "null", 99, "null", "null")),
    ("stock_transfers_to_location_id_fkey", transfer!(1, "null", 2, 99, "null")),
    ("stock_transfers_transit_location_id_fkey", transfer!(1, "null", 2, "null", 99)),
    ("stock_transfers_places_differ", transfer!(1, "null", 1, "null", "null")),
    ("stock_transfers_places_differ", transfer!(1, "null", 1, 1, "null")),
    ("stock_transfers_places_differ", transfer!(1, 1, 1, 1, "null")),
    ("stock_transfers_status_is_known", "update stock_transfers set status = 'gone' where id = 2"),
    ("stock_transfers_in_transit_somewhere", "update stock_transfers set transit_location_id = null where id = 1"),
    ("stock_transfers_in_transit_somewhere", "update stock_transfers set status = 'partially_received' where id = 2"),
    ("stock_transfers_note_is_limited", "update stock_transfers set note = repeat('x', 2001)"),
    ("stock_transfers_version_is_positive", "update stock_transfers set version = 0"),
    // Lines
    ("stock_transfer_lines_pkey", "insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity) values (1, 1, 2, 1)"),
    (
        "stock_transfer_lines_identity_key", // the primary key, which is in it, would be violated first
        "alter table stock_transfer_lines drop constraint stock_transfer_lines_pkey;
         insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity) values (1, 1, 1, 1)",
    ),
    (
        "stock_transfer_lines_stock_transfer_id_fkey",
        "insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity) values (99, 1, 1, 1)",
    ),
    (
        "stock_transfer_lines_product_id_fkey",
        "insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity) values (2, 2, 99, 1)",
    ),
    (
        "stock_transfer_lines_line_is_positive",
        "insert into stock_transfer_lines (stock_transfer_id, line, product_id, quantity) values (2, 0, 1, 1)",
    ),
    ("stock_transfer_lines_lot_is_printable", "update stock_transfer_lines set lot = ''"),
    ("stock_transfer_lines_lot_is_printable", "update stock_transfer_lines set lot = ' L1'"),
    ("stock_transfer_lines_quantity_is_positive", "update stock_transfer_lines set quantity = 0"),
    // Parts
    (
        "stock_transfer_parts_pkey",
        "insert into stock_transfer_parts (stock_transfer_id, line, product_id, location_id, quantity) values (1, 1, 1, 1, 1)",
    ),
    (
        "stock_transfer_parts_line_fkey",
        "insert into stock_transfer_parts (stock_transfer_id, line, product_id, location_id, quantity) values (1, 9, 1, 1, 1)",
    ),
    (
        "stock_transfer_parts_level_fkey",
        "insert into stock_transfer_parts (stock_transfer_id, line, product_id, location_id, lot, quantity) values (1, 1, 1, 1, 'L1', 1)",
    ),
    (
        "stock_transfer_parts_quantity_is_positive",
        "insert into stock_transfer_parts (stock_transfer_id, line, product_id, location_id, quantity) values (2, 1, 1, 1, 0)",
    ),
    ("stock_transfer_parts_received_not_negative", "update stock_transfer_parts set received = -1"),
    ("stock_transfer_parts_lost_not_negative", "update stock_transfer_parts set lost = -1"),
    ("stock_transfer_parts_returned_not_negative", "update stock_transfer_parts set returned = -1"),
    ("stock_transfer_parts_open_not_negative", "update stock_transfer_parts set received = 2, lost = 2, returned = 2"),
    // Events
    (
        "stock_transfer_events_pkey",
        "insert into stock_transfer_events (id, stock_transfer_id, action, status, actor) overriding system value
         values (1, 1, 'create', 'draft', 'test')",
    ),
    ("stock_transfer_events_stock_transfer_id_fkey", transfer_event!(99, "'ship'", "'draft'", "''", "null")),
    ("stock_transfer_events_movement_id_fkey", transfer_event!(1, "'ship'", "'draft'", "''", 99)),
    ("stock_transfer_events_movement_once_key", transfer_event!(1, "'ship'", "'draft'", "''", 1)),
    ("stock_transfer_events_action_is_known", transfer_event!(1, "'lose'", "'draft'", "''", "null")),
    ("stock_transfer_events_begin_with_create", transfer_event!(1, "'ship'", "null", "''", "null")),
    ("stock_transfer_events_begin_with_create", transfer_event!(1, "'create'", "'draft'", "''", "null")),
    ("stock_transfer_events_note_is_limited", transfer_event!(1, "'ship'", "'draft'", "repeat('x', 2001)", "null")),
];
