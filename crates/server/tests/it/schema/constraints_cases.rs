//! What violates each constraint. A constraint without a case, and a case without a constraint, fail a test.

/// Rows for the cases to collide with and refer to. The schema itself brings warehouse 1 with location 1.
pub(super) const ROWS: &str = "
    insert into categories (name) values ('Kitchen');
    insert into products (sku, name, category_id, barcode) values ('KET-1', 'Kettle', 1, '4006381333931'), ('CUP-1', 'Cup', 1, null);
    insert into product_prices (product_id, effective_from, price, currency, actor) values (1, '2026-01-01', 19.99, 'EUR', 'test');
    insert into locations (warehouse_id, code, kind) values (1, 'HOLD', 'hold');
    insert into product_stock (product_id, on_hand, available) values (1, 5, 5);
    insert into stock_levels (product_id, location_id, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at)
    values (1, 1, 1, 'storage', 5, 0, 1, sha256('a'::bytea), '2026-01-01');
    insert into stock_movements (kind, reason, actor, occurred_at, recorded_at)
    values ('adjustment', 'opening stock', 'test', '2026-01-01', '2026-01-01'), ('receipt', null, 'test', '2026-01-01', '2026-01-01');
    insert into stock_movements (kind, reason, actor, occurred_at, recorded_at, reverses_movement_id)
    values ('reversal', 'slip', 'test', '2026-01-01', '2026-01-01', 2);
    insert into stock_entries (product_id, location_id, seq, movement_id, on_hand_delta, on_hand_after, reserved_delta,
                               reserved_after, occurred_at, recorded_at, chain)
    values (1, 1, 1, 1, 5, 5, 0, 0, '2026-01-01', '2026-01-01', sha256('a'::bytea));
    insert into reservations (actor, created_at, updated_at) values ('test', now(), now());
    insert into reservation_lines (reservation_id, line, product_id, location_id, quantity) values (1, 1, 1, 1, 2);
    insert into reorder_policies (product_id, warehouse_id, reorder_point) values (1, 1, 5), (1, null, null);
    insert into idempotency_keys (key_hash, caller, operation, request_hash, answer)
    values (sha256('key'::bytea), 'test', 'create_product', sha256('request'::bytea), '{}');
    insert into suppliers (code, name, currency) values ('ACME', 'Acme', 'EUR'), ('BETA', 'Beta', 'EUR');
    insert into supplier_products (supplier_id, product_id, preferred) values (1, 1, true), (2, 1, false);
    insert into supplier_product_costs (supplier_product_id, min_quantity, effective_from, unit_cost, currency, actor)
    values (1, 0, '2026-01-01', 5, 'EUR', 'test');
    insert into purchase_orders (supplier_id, warehouse_id, currency) values (1, 1, 'EUR'), (1, 1, 'EUR');
    insert into purchase_order_lines (purchase_order_id, product_id, quantity, unit_cost) values (1, 1, 5, 5), (2, 1, 5, 5);
    insert into purchase_order_events (purchase_order_id, action, status, actor) values (1, 'create', 'draft', 'test');
    insert into goods_receipts (purchase_order_id, movement_id, actor, reversed_at, reversed_by_movement_id)
    values (1, 1, 'test', now(), 3);
    insert into goods_receipt_lines (goods_receipt_id, purchase_order_id, purchase_order_line_id, location_id, quantity, unit_cost)
    values (1, 1, 1, 1, 5, 5);
    insert into supplier_returns (supplier_id, purchase_order_id, goods_receipt_id, movement_id, reason, currency, actor, reversed_at,
                                  reversed_by_movement_id)
    values (1, 1, 1, 1, 'damaged', 'EUR', 'test', now(), 3);
    insert into supplier_return_lines (supplier_return_id, product_id, location_id, quantity, unit_cost) values (1, 1, 1, 2, 5);
    insert into audit_log_seals (seq, entry_id, chain) values (1, 1, sha256('a'::bytea));";

/// A level of this product at this place, with these quantities.
macro_rules! level {
    ($product:literal, $location:literal, $lot:literal, $kind:literal, $on_hand:literal, $reserved:literal, $seq:literal) => {
        concat!(
            "insert into stock_levels (product_id, location_id, lot, warehouse_id, kind, on_hand, reserved, seq, chain, recorded_at) values (",
            $product, ", ", $location, ", ", $lot, ", 1, ", $kind, ", ", $on_hand, ", ", $reserved, ", ", $seq,
            ", sha256('x'::bytea), now())"
        )
    };
}

/// An entry of the audit log with these columns.
macro_rules! audit_entry {
    ($kind:literal, $action:literal, $user_agent:literal, $request:literal, $detail:literal) => {
        concat!(
            "insert into audit_log (actor, actor_kind, action, target, user_agent, request_id, detail) values ('test', ",
            $kind, ", ", $action, ", 'thing:1', ", $user_agent, ", ", $request, ", ", $detail, ")"
        )
    };
}

/// A movement with these columns in place of harmless ones.
macro_rules! movement {
    ($kind:literal, $reason:literal, $note:literal, $occurred_at:literal, $reverses:literal) => {
        concat!(
            "insert into stock_movements (kind, reason, note, actor, occurred_at, recorded_at, reverses_movement_id) values (",
            $kind, ", ", $reason, ", ", $note, ", 'test', ", $occurred_at, ", '2026-01-01', ", $reverses, ")"
        )
    };
}

/// An entry of product 1 at location 1 with these columns in place of harmless ones.
macro_rules! entry {
    ($lot:literal, $seq:literal, $movement:literal, $on_hand:literal, $reserved:literal, $occurred_at:literal) => {
        concat!(
            "insert into stock_entries (product_id, location_id, lot, seq, movement_id, on_hand_delta, on_hand_after,
             reserved_delta, reserved_after, occurred_at, recorded_at, chain) values (1, 1, ",
            $lot, ", ", $seq, ", ", $movement, ", ", $on_hand, ", ", $reserved, ", ", $occurred_at, ", '2026-01-01', sha256('x'::bytea))"
        )
    };
}

/// An event of a purchase order with these columns in place of harmless ones.
macro_rules! order_event {
    ($order:literal, $action:literal, $from:literal, $note:literal) => {
        concat!(
            "insert into purchase_order_events (purchase_order_id, action, from_status, status, note, actor) values (",
            $order, ", ", $action, ", ", $from, ", 'draft', ", $note, ", 'test')"
        )
    };
}

/// The value of a day with these values at cost and at price.
macro_rules! value_of_day {
    ($values:literal) => {
        concat!(
            "insert into stock_value_days (day, currency, at_cost, at_price, products, units, products_without_cost, units_without_cost,
                                           products_without_price, computed_at) values ('2026-01-01', 'EUR', ", $values, ", 1, 1, 0, 0, 0, now())"
        )
    };
}

/// Constraints with SQL that violates each; some have several.
pub(super) const CASES: &[(&str, &str)] = &[
    // Domains
    ("quantity_in_range", "select 1e9::quantity"),
    ("quantity_in_range", "select (-1e9)::quantity"),
    ("quantity_in_range", "select 'NaN'::quantity"),
    ("quantity_in_range", "select '-Infinity'::quantity"),
    ("quantity_has_six_decimals", "select 0.0000001::quantity"),
    ("money_amount_in_range", "select (-0.01)::money_amount"),
    ("money_amount_in_range", "select 1e12::money_amount"),
    ("money_amount_in_range", "select 'NaN'::money_amount"),
    ("money_amount_has_four_decimals", "select 0.00001::money_amount"),
    ("currency_code_is_iso_4217", "select 'eur'::currency_code"),
    ("one_line_is_short", "select ''::one_line"),
    ("one_line_is_short", "select repeat('x', 201)::one_line"),
    ("one_line_is_printable", "select E'two\\nlines'::one_line"),
    ("one_line_is_printable", "select ' space before'::one_line"),
    ("place_code_is_plain", "select 'A 1'::place_code"),
    ("place_code_is_plain", "select repeat('A', 33)::place_code"),
    ("sha256_digest_has_32_bytes", "select '\\x00'::sha256_digest"),
    // Migrations
    ("_sqlx_migrations_pkey", "insert into _sqlx_migrations values (1, 'again', now(), true, '', 0)"),
    // Categories
    ("categories_pkey", "insert into categories (id, name) overriding system value values (1, 'Garden')"),
    ("categories_parent_id_fkey", "insert into categories (name, parent_id) values ('Kettles', 99)"),
    ("categories_parent_id_fkey", "insert into categories (name, parent_id) values ('Kettles', 1); delete from categories where id = 1"),
    ("categories_name_has_no_slash", "insert into categories (name) values ('Kitchen/Kettles')"),
    ("categories_not_its_own_parent", "insert into categories (id, parent_id, name) overriding system value values (9, 9, 'Loop')"),
    (
        "categories_path_is_short",
        "do $$ declare above bigint; begin
            for depth in 1..5 loop
                insert into categories (name, parent_id) values (repeat('x', 200), above) returning id into above;
            end loop;
         end $$",
    ),
    ("categories_version_is_positive", "update categories set version = 0"),
    ("categories_path_key", "insert into categories (name) values ('KITCHEN')"),
    // Products
    ("products_pkey", "insert into products (id, sku, name, category_id) overriding system value values (1, 'X', 'X', 1)"),
    ("products_category_id_fkey", "insert into products (sku, name, category_id) values ('X', 'X', 99)"),
    ("products_category_id_fkey", "delete from categories where id = 1"),
    ("products_barcode_key", "insert into products (sku, name, category_id, barcode) values ('X', 'X', 1, '4006381333931')"),
    ("products_sku_key", "insert into products (sku, name, category_id) values ('ket-1', 'X', 1)"),
    ("products_sku_is_printable", "insert into products (sku, name, category_id) values ('', 'X', 1)"),
    ("products_sku_is_printable", "insert into products (sku, name, category_id) values ('X ', 'X', 1)"),
    ("products_sku_is_printable", "insert into products (sku, name, category_id) values (E'X\\t1', 'X', 1)"),
    ("products_sku_is_printable", "insert into products (sku, name, category_id) values (repeat('X', 65), 'X', 1)"),
    ("products_barcode_is_printable", "update products set barcode = 'two words' where id = 1"),
    ("products_description_is_limited", "update products set description = repeat('x', 10001) where id = 1"),
    ("products_unit_is_plain", "update products set unit = 'Each' where id = 1"),
    ("products_reorder_point_not_negative", "update products set reorder_point = -1 where id = 1"),
    ("products_version_is_positive", "update products set version = 0 where id = 1"),
    // Prices
    (
        "product_prices_effective_from_is_finite",
        "insert into product_prices (product_id, effective_from, price, currency, actor) values (1, 'infinity', 1, 'EUR', 'test')",
    ),
    ("product_prices_pkey", "insert into product_prices select * from product_prices"),
    (
        "product_prices_product_id_fkey",
        "insert into product_prices (product_id, effective_from, price, currency, actor) values (99, now(), 1, 'EUR', 'test')",
    ),
    // Warehouses
    ("warehouses_pkey", "insert into warehouses (id, code, name) overriding system value values (1, 'X', 'X')"),
    ("warehouses_address_is_limited", "update warehouses set address = repeat('x', 1001)"),
    ("warehouses_priority_in_range", "update warehouses set priority = -1"),
    ("warehouses_priority_in_range", "update warehouses set priority = 1000001"),
    ("warehouses_version_is_positive", "update warehouses set version = 0"),
    ("warehouses_code_key", "insert into warehouses (code, name) values ('main', 'X')"),
    // Locations
    ("locations_pkey", "insert into locations (id, warehouse_id, code) overriding system value values (1, 1, 'X')"),
    ("locations_warehouse_id_fkey", "insert into locations (warehouse_id, code) values (99, 'X')"),
    ("locations_warehouse_id_fkey", "delete from warehouses"),
    (
        "locations_identity_key", // the primary key, which is in it, would be violated first
        "alter table locations drop constraint locations_pkey cascade;
         insert into locations (id, warehouse_id, code, kind) overriding system value values (1, 1, 'X', 'storage')",
    ),
    ("locations_kind_is_known", "insert into locations (warehouse_id, code, kind) values (1, 'X', 'shelf')"),
    ("locations_default_is_open_storage", "update locations set archived_at = now() where id = 1"),
    ("locations_default_is_open_storage", "update locations set is_default = (kind = 'hold')"),
    ("locations_version_is_positive", "update locations set version = 0"),
    ("locations_code_key", "insert into locations (warehouse_id, code) values (1, 'stock')"),
    ("locations_one_default_key", "insert into locations (warehouse_id, code, is_default) values (1, 'X', true)"),
    // Totals
    ("product_stock_pkey", "insert into product_stock (product_id) values (1)"),
    ("product_stock_product_id_fkey", "insert into product_stock (product_id) values (99)"),
    ("product_stock_reserved_within_on_hand", "update product_stock set reserved = -1, available = 0"),
    ("product_stock_available_is_unreserved", "update product_stock set available = 6"),
    ("product_stock_available_is_unreserved", "update product_stock set reserved = 1"),
    ("product_stock_in_transit_not_negative", "update product_stock set in_transit = -1"),
    ("product_stock_incoming_not_negative", "update product_stock set incoming = -1"),
    // Low stock
    ("low_stock_pkey", "insert into low_stock (product_id, since) values (1, now()), (1, now())"),
    ("low_stock_product_id_fkey", "insert into low_stock (product_id, since) values (2, now())"),
    // Reorder policies
    (
        "reorder_policies_pkey",
        "insert into reorder_policies (id, product_id, warehouse_id, reorder_point) overriding system value values (1, 2, 1, 5)",
    ),
    ("reorder_policies_product_id_fkey", "insert into reorder_policies (product_id, warehouse_id, reorder_point) values (99, 1, 5)"),
    ("reorder_policies_warehouse_id_fkey", "insert into reorder_policies (product_id, warehouse_id, reorder_point) values (1, 99, 5)"),
    ("reorder_policies_once_key", "insert into reorder_policies (product_id, warehouse_id, reorder_point) values (1, 1, 5)"),
    ("reorder_policies_once_key", "insert into reorder_policies (product_id) values (1)"),
    ("reorder_policies_point_is_of_a_warehouse", "insert into reorder_policies (product_id, reorder_point) values (2, 5)"),
    ("reorder_policies_point_is_of_a_warehouse", "insert into reorder_policies (product_id, warehouse_id) values (2, 1)"),
    ("reorder_policies_reorder_point_not_negative", "update reorder_policies set reorder_point = -1 where warehouse_id = 1"),
    ("reorder_policies_safety_stock_not_negative", "update reorder_policies set safety_stock = -1"),
    ("reorder_policies_max_quantity_not_negative", "update reorder_policies set max_quantity = -1 where warehouse_id is null"),
    ("reorder_policies_max_not_below_reorder_point", "update reorder_policies set max_quantity = 4 where warehouse_id = 1"),
    (
        "reorder_policies_max_not_below_reorder_point",
        "update products set reorder_point = 5 where id = 1; update reorder_policies set max_quantity = 4 where warehouse_id is null",
    ),
    (
        "reorder_policies_max_not_below_reorder_point",
        "update reorder_policies set max_quantity = 4 where warehouse_id is null; update products set reorder_point = 5 where id = 1",
    ),
    ("reorder_policies_reorder_quantity_is_positive", "update reorder_policies set reorder_quantity = 0"),
    ("reorder_policies_max_or_reorder_quantity", "update reorder_policies set max_quantity = 9, reorder_quantity = 9"),
    ("reorder_policies_version_is_positive", "update reorder_policies set version = 0"),
    // Low stock of warehouses
    (
        "warehouse_low_stock_pkey",
        "insert into warehouse_low_stock (product_id, warehouse_id, since) values (1, 9, now()), (1, 9, now())",
    ),
    ("warehouse_low_stock_product_id_fkey", "insert into warehouse_low_stock (product_id, warehouse_id, since) values (2, 1, now())"),
    // Levels
    ("stock_levels_pkey", level!(1, 1, "''", "'storage'", 1, 0, 1)),
    ("stock_levels_product_id_fkey", level!(2, 1, "''", "'storage'", 1, 0, 1)),
    ("stock_levels_location_fkey", level!(1, 99, "''", "'storage'", 1, 0, 1)),
    ("stock_levels_location_fkey", level!(1, 2, "''", "'storage'", 1, 0, 1)),
    ("stock_levels_location_fkey", "update locations set kind = 'receiving', is_default = false where id = 1"),
    ("stock_levels_lot_is_printable", level!(1, 1, "' '", "'storage'", 1, 0, 1)),
    ("stock_levels_on_hand_not_negative", "update stock_levels set on_hand = -1"),
    ("stock_levels_reserved_within_on_hand", "update stock_levels set reserved = 6"),
    ("stock_levels_reserved_within_on_hand", "update stock_levels set reserved = -1"),
    ("stock_levels_reserved_in_storage_only", level!(1, 2, "''", "'hold'", 1, 1, 1)),
    ("stock_levels_seq_is_positive", "update stock_levels set seq = 0"),
    // Movements
    (
        "stock_movements_pkey",
        "insert into stock_movements (id, kind, actor, occurred_at, recorded_at) overriding system value
         values (1, 'receipt', 'test', now(), now())",
    ),
    ("stock_movements_reverses_movement_id_fkey", movement!("'reversal'", "'slip'", "''", "'2026-01-01'", "99")),
    ("stock_movements_reversed_once_key", movement!("'reversal'", "'slip'", "''", "'2026-01-01'", "2")),
    ("stock_movements_kind_is_known", movement!("'gift'", "null", "''", "'2026-01-01'", "null")),
    ("stock_movements_correction_has_reason", movement!("'adjustment'", "null", "''", "'2026-01-01'", "null")),
    ("stock_movements_reversal_names_movement", movement!("'reversal'", "'slip'", "''", "'2026-01-01'", "null")),
    ("stock_movements_reversal_names_movement", movement!("'receipt'", "null", "''", "'2026-01-01'", "1")),
    ("stock_movements_note_is_limited", movement!("'receipt'", "null", "repeat('x', 2001)", "'2026-01-01'", "null")),
    ("stock_movements_not_in_the_future", movement!("'receipt'", "null", "''", "'2026-01-02'", "null")),
    // Entries
    ("stock_entries_pkey", entry!("''", "1", "1", "5, 5", "0, 0", "'2026-01-01'")),
    ("stock_entries_level_fkey", entry!("'L1'", "1", "1", "5, 5", "0, 0", "'2026-01-01'")),
    ("stock_entries_movement_id_fkey", entry!("''", "2", "99", "1, 6", "0, 0", "'2026-01-01'")),
    ("stock_entries_seq_is_positive", entry!("''", "0", "1", "5, 5", "0, 0", "'2026-01-01'")),
    ("stock_entries_on_hand_not_negative", entry!("''", "2", "1", "-6, -1", "0, 0", "'2026-01-01'")),
    ("stock_entries_reserved_within_on_hand", entry!("''", "2", "1", "0, 5", "6, 6", "'2026-01-01'")),
    ("stock_entries_not_in_the_future", entry!("''", "2", "1", "1, 6", "0, 0", "'2026-01-02'")),
    ("stock_entries_first_starts_at_zero", entry!("'L1'", "1", "1", "4, 5", "0, 0", "'2026-01-01'")),
    // Idempotency keys
    ("idempotency_keys_pkey", "insert into idempotency_keys select * from idempotency_keys"),
    ("idempotency_keys_operation_is_short", "update idempotency_keys set operation = ''"),
    // Suppliers
    ("suppliers_pkey", "insert into suppliers (id, code, name, currency) overriding system value values (1, 'X', 'X', 'EUR')"),
    ("suppliers_code_key", "insert into suppliers (code, name, currency) values ('acme', 'X', 'EUR')"),
    ("suppliers_email_has_an_at", "update suppliers set email = 'acme.example'"),
    ("suppliers_address_is_limited", "update suppliers set address = repeat('x', 1001)"),
    ("suppliers_lead_time_days_in_range", "update suppliers set lead_time_days = -1"),
    ("suppliers_payment_terms_are_limited", "update suppliers set payment_terms = repeat('x', 1001)"),
    ("suppliers_version_is_positive", "update suppliers set version = 0"),
    // Settings
    (
        "audit_log_pkey",
        "insert into audit_log (id, actor, actor_kind, action, target, detail) overriding system value
         select id, actor, actor_kind, action, target, detail from audit_log limit 1",
    ),
    ("audit_log_actor_kind_is_plain", audit_entry!("'A person'", "'thing.done'", "null", "null", "'{}'")),
    ("audit_log_action_is_plain", audit_entry!("'person'", "'done'", "null", "null", "'{}'")),
    ("audit_log_user_agent_is_limited", audit_entry!("'person'", "'thing.done'", "repeat('x', 401)", "null", "'{}'")),
    ("audit_log_user_agent_is_limited", audit_entry!("'person'", "'thing.done'", "''", "null", "'{}'")),
    ("audit_log_request_id_is_limited", audit_entry!("'person'", "'thing.done'", "null", "repeat('x', 65)", "'{}'")),
    ("audit_log_detail_is_an_object", audit_entry!("'person'", "'thing.done'", "null", "null", "'[]'")),
    ("audit_log_seals_pkey", "insert into audit_log_seals (seq, entry_id, chain) values (1, 2, sha256('a'::bytea))"),
    ("audit_log_seals_once_key", "insert into audit_log_seals (seq, entry_id, chain) values (2, 1, sha256('a'::bytea))"),
    ("audit_log_seals_seq_is_positive", "insert into audit_log_seals (seq, entry_id, chain) values (0, 2, sha256('a'::bytea))"),
    ("audit_log_queue_pkey", "insert into audit_log_queue (entry_id) select entry_id from audit_log_queue"),
    ("settings_pkey", "insert into settings default values"),
    ("settings_have_one_row", "insert into settings (only_row) values (false)"),
    ("settings_over_receipt_percent_in_range", "update settings set over_receipt_percent = 100.01"),
    ("settings_over_receipt_percent_in_range", "update settings set over_receipt_percent = 'NaN'"),
    ("settings_over_receipt_percent_has_two_decimals", "update settings set over_receipt_percent = 0.001"),
    ("settings_backdate_limit_days_in_range", "update settings set backdate_limit_days = -1"),
    ("settings_books_closed_until_is_finite", "update settings set books_closed_until = 'infinity'"),
    ("settings_event_retention_days_in_range", "update settings set event_retention_days = 0"),
    ("settings_version_is_positive", "update settings set version = 0"),
    // Supplier products
    (
        "supplier_products_pkey",
        "insert into supplier_products (id, supplier_id, product_id) overriding system value values (1, 1, 2)",
    ),
    ("supplier_products_supplier_id_fkey", "insert into supplier_products (supplier_id, product_id) values (99, 2)"),
    ("supplier_products_supplier_id_fkey", "delete from suppliers where id = 2"),
    ("supplier_products_product_id_fkey", "insert into supplier_products (supplier_id, product_id) values (1, 99)"),
    ("supplier_products_product_once_key", "insert into supplier_products (supplier_id, product_id) values (1, 1)"),
    ("supplier_products_one_preferred_key", "update supplier_products set preferred = true"),
    ("supplier_products_moq_is_positive", "update supplier_products set moq = 0"),
    ("supplier_products_order_multiple_is_positive", "update supplier_products set order_multiple = 0"),
    ("supplier_products_lead_time_days_in_range", "update supplier_products set lead_time_days = 3651"),
    ("supplier_products_version_is_positive", "update supplier_products set version = 0"),
    // Supplier costs
    ("supplier_product_costs_pkey", "insert into supplier_product_costs select * from supplier_product_costs"),
    (
        "supplier_product_costs_supplier_product_id_fkey",
        "insert into supplier_product_costs select 99, 0, now(), 5, 'EUR', 'test'",
    ),
    ("supplier_product_costs_min_quantity_not_negative", "update supplier_product_costs set min_quantity = -1"),
    ("supplier_product_costs_effective_from_is_finite", "update supplier_product_costs set effective_from = 'infinity'"),
    // Purchase orders
    (
        "purchase_orders_pkey",
        "insert into purchase_orders (id, supplier_id, warehouse_id, currency) overriding system value values (1, 1, 1, 'EUR')",
    ),
    (
        "purchase_orders_number_key", // the primary key, of which it is made, would be violated first
        "alter table purchase_orders drop constraint purchase_orders_pkey cascade;
         insert into purchase_orders (id, supplier_id, warehouse_id, currency) overriding system value values (1, 1, 1, 'EUR')",
    ),
    ("purchase_orders_supplier_id_fkey", "insert into purchase_orders (supplier_id, warehouse_id, currency) values (99, 1, 'EUR')"),
    ("purchase_orders_warehouse_id_fkey", "insert into purchase_orders (supplier_id, warehouse_id, currency) values (1, 99, 'EUR')"),
    ("purchase_orders_status_is_known", "update purchase_orders set status = 'lost'"),
    ("purchase_orders_expected_on_is_finite", "update purchase_orders set expected_on = 'infinity'"),
    ("purchase_orders_note_is_limited", "update purchase_orders set note = repeat('x', 2001)"),
    ("purchase_orders_version_is_positive", "update purchase_orders set version = 0"),
    // Purchase order lines
    (
        "purchase_order_lines_pkey",
        "insert into purchase_order_lines (id, purchase_order_id, product_id, quantity, unit_cost) overriding system value
         values (1, 2, 1, 1, 1)",
    ),
    (
        "purchase_order_lines_identity_key", // the primary key, which is in it, would be violated first
        "alter table purchase_order_lines drop constraint purchase_order_lines_pkey;
         insert into purchase_order_lines (id, purchase_order_id, product_id, quantity, unit_cost) overriding system value
         values (1, 1, 1, 1, 1)",
    ),
    (
        "purchase_order_lines_purchase_order_id_fkey",
        "insert into purchase_order_lines (purchase_order_id, product_id, quantity, unit_cost) values (99, 1, 1, 1)",
    ),
    (
        "purchase_order_lines_product_id_fkey",
        "insert into purchase_order_lines (purchase_order_id, product_id, quantity, unit_cost) values (1, 99, 1, 1)",
    ),
    ("purchase_order_lines_quantity_is_positive", "update purchase_order_lines set quantity = 0"),
    ("purchase_order_lines_received_not_negative", "update purchase_order_lines set received = -1"),
    ("purchase_order_lines_cancelled_not_negative", "update purchase_order_lines set cancelled = -1"),
    ("purchase_order_lines_received_within_double", "update purchase_order_lines set received = 6, cancelled = 5"),
    ("purchase_order_lines_expected_on_is_finite", "update purchase_order_lines set expected_on = '-infinity'"),
    // Purchase order events
    (
        "purchase_order_events_pkey",
        "insert into purchase_order_events (id, purchase_order_id, action, status, actor) overriding system value
         values (1, 1, 'create', 'draft', 'test')",
    ),
    ("purchase_order_events_purchase_order_id_fkey", order_event!(99, "'submit'", "'draft'", "''")),
    ("purchase_order_events_action_is_known", order_event!(1, "'lose'", "'draft'", "''")),
    ("purchase_order_events_begin_with_create", order_event!(1, "'submit'", "null", "''")),
    ("purchase_order_events_begin_with_create", order_event!(1, "'create'", "'draft'", "''")),
    ("purchase_order_events_note_is_limited", order_event!(1, "'submit'", "'draft'", "repeat('x', 4001)")),
    // Goods receipts
    ("goods_receipts_pkey", "insert into goods_receipts (id, purchase_order_id, movement_id, actor) overriding system value values (1, 2, 3, 'test')"),
    (
        "goods_receipts_number_key", // the primary key, of which it is made, would be violated first
        "alter table goods_receipts drop constraint goods_receipts_pkey;
         insert into goods_receipts (id, purchase_order_id, movement_id, actor) overriding system value values (1, 2, 3, 'test')",
    ),
    (
        "goods_receipts_identity_key", // the others, which the same row violates, would be violated first
        "alter table goods_receipts drop constraint goods_receipts_pkey, drop constraint goods_receipts_number_key;
         insert into goods_receipts (id, purchase_order_id, movement_id, actor) overriding system value values (1, 1, 3, 'test')",
    ),
    ("goods_receipts_purchase_order_id_fkey", "insert into goods_receipts (purchase_order_id, movement_id, actor) values (99, 3, 'test')"),
    ("goods_receipts_movement_id_fkey", "insert into goods_receipts (purchase_order_id, movement_id, actor) values (1, 99, 'test')"),
    ("goods_receipts_movement_once_key", "insert into goods_receipts (purchase_order_id, movement_id, actor) values (1, 1, 'test')"),
    ("goods_receipts_reversed_by_movement_id_fkey", "update goods_receipts set reversed_by_movement_id = 99 where id = 1"),
    ("goods_receipts_reversal_once_key", "insert into goods_receipts (purchase_order_id, movement_id, actor, reversed_at, reversed_by_movement_id) values (2, 2, 'test', now(), 3)"),
    ("goods_receipts_reversal_has_a_time", "update goods_receipts set reversed_by_movement_id = 1, reversed_at = null"),
    ("goods_receipts_note_is_limited", "update goods_receipts set note = repeat('x', 2001)"),
    // Goods receipt lines
    (
        "goods_receipt_lines_pkey",
        "insert into goods_receipt_lines overriding system value select * from goods_receipt_lines",
    ),
    ("goods_receipt_lines_goods_receipt_fkey", "update goods_receipt_lines set goods_receipt_id = 2"),
    ("goods_receipt_lines_purchase_order_line_fkey", "update goods_receipt_lines set purchase_order_line_id = 2"),
    ("goods_receipt_lines_location_id_fkey", "update goods_receipt_lines set location_id = 99"),
    ("goods_receipt_lines_quantity_is_positive", "update goods_receipt_lines set quantity = 0"),
    // Reservations
    (
        "reservations_pkey",
        "insert into reservations (id, actor, created_at, updated_at) overriding system value values (1, 'test', now(), now())",
    ),
    ("reservations_status_is_known", "update reservations set status = 'lost'"),
    ("reservations_expires_at_is_finite", "update reservations set expires_at = 'infinity'"),
    ("reservations_version_is_positive", "update reservations set version = 0"),
    ("reservation_lines_pkey", "insert into reservation_lines (reservation_id, line, product_id, location_id, quantity) values (1, 1, 1, 1, 2)"),
    ("reservation_lines_reservation_id_fkey", "update reservation_lines set reservation_id = 9"),
    ("reservation_lines_level_fkey", "update reservation_lines set location_id = 2"),
    ("reservation_lines_line_is_positive", "update reservation_lines set line = 0"),
    ("reservation_lines_quantity_is_positive", "update reservation_lines set quantity = 0"),
    ("reservation_lines_fulfilled_not_negative", "update reservation_lines set fulfilled = -1"),
    ("reservation_lines_released_not_negative", "update reservation_lines set released = -1"),
    ("reservation_lines_open_not_negative", "update reservation_lines set fulfilled = 1, released = 2"),
    // Returns to suppliers
    (
        "supplier_returns_pkey",
        "insert into supplier_returns (id, supplier_id, movement_id, reason, currency, actor) overriding system value
         values (1, 1, 2, 'x', 'EUR', 'test')",
    ),
    (
        "supplier_returns_number_key", // the primary key, of which it is made, would be violated first
        "alter table supplier_returns drop constraint supplier_returns_pkey cascade;
         insert into supplier_returns (id, supplier_id, movement_id, reason, currency, actor) overriding system value
         values (1, 1, 2, 'x', 'EUR', 'test')",
    ),
    ("supplier_returns_supplier_id_fkey", "update supplier_returns set supplier_id = 99"),
    ("supplier_returns_purchase_order_id_fkey", "update supplier_returns set purchase_order_id = 99, goods_receipt_id = null"),
    ("supplier_returns_goods_receipt_fkey", "update supplier_returns set purchase_order_id = 2"),
    ("supplier_returns_receipt_has_order", "update supplier_returns set purchase_order_id = null"),
    ("supplier_returns_movement_id_fkey", "update supplier_returns set movement_id = 99"),
    (
        "supplier_returns_movement_once_key",
        "insert into supplier_returns (supplier_id, movement_id, reason, currency, actor) values (1, 1, 'x', 'EUR', 'test')",
    ),
    ("supplier_returns_reversed_by_movement_id_fkey", "update supplier_returns set reversed_by_movement_id = 99"),
    (
        "supplier_returns_reversal_once_key",
        "insert into supplier_returns (supplier_id, movement_id, reason, currency, actor, reversed_at, reversed_by_movement_id)
         values (1, 2, 'x', 'EUR', 'test', now(), 3)",
    ),
    ("supplier_returns_reversal_has_a_time", "update supplier_returns set reversed_at = null"),
    // Lines of returns to suppliers
    ("supplier_return_lines_pkey", "insert into supplier_return_lines overriding system value select * from supplier_return_lines"),
    ("supplier_return_lines_supplier_return_id_fkey", "update supplier_return_lines set supplier_return_id = 99"),
    ("supplier_return_lines_product_id_fkey", "update supplier_return_lines set product_id = 99"),
    ("supplier_return_lines_location_id_fkey", "update supplier_return_lines set location_id = 99"),
    ("supplier_return_lines_quantity_is_positive", "update supplier_return_lines set quantity = 0"),
    // Events
    (
        "events_pkey",
        "insert into events (transaction_id, step, id, type, actor, data) overriding system value
         select transaction_id, step, id, type, actor, data from events",
    ),
    ("events_step_is_known", "insert into events (step, type, actor, data) values (2, 'product.updated', 'test', '{}')"),
    ("events_type_is_plain", "insert into events (type, actor, data) values ('Product updated', 'test', '{}')"),
    ("events_data_is_an_object", "insert into events (type, actor, data) values ('product.updated', 'test', '[]')"),
    ("event_marks_pkey", "insert into event_marks (taken_at, transaction_id) values ('2026-01-01', '1'), ('2026-01-01', '2')"),
    // Reports
    (
        "movement_days_once_key",
        "insert into movement_days (day, quantity_in, quantity_out, movements) values ('2026-01-01', 1, 1, 1), ('2026-01-01', 2, 2, 2)",
    ),
    ("movement_days_quantity_in_not_negative", "insert into movement_days (day, quantity_in, quantity_out, movements) values ('2026-01-01', -1, 1, 1)"),
    ("movement_days_quantity_out_not_negative", "insert into movement_days (day, quantity_in, quantity_out, movements) values ('2026-01-01', 1, -1, 1)"),
    ("movement_days_movements_is_positive", "insert into movement_days (day, quantity_in, quantity_out, movements) values ('2026-01-01', 1, 1, 0)"),
    (
        "product_days_pkey",
        "insert into product_days (day, product_id, quantity_in, quantity_out) values ('2026-01-01', 1, 1, 1), ('2026-01-01', 1, 2, 2)",
    ),
    ("product_days_quantity_in_not_negative", "insert into product_days (day, product_id, quantity_in, quantity_out) values ('2026-01-01', 1, -1, 1)"),
    ("product_days_quantity_out_not_negative", "insert into product_days (day, product_id, quantity_in, quantity_out) values ('2026-01-01', 1, 1, -1)"),
    ("stock_value_days_pkey", value_of_day!("1, 1, 1, 1, 0, 0, 0, now()), ('2026-01-01', 'EUR', 1, 1")),
    ("stock_value_days_at_cost_not_negative", value_of_day!("-1, 1")),
    ("stock_value_days_at_price_not_negative", value_of_day!("1, -1")),
    ("report_progress_pkey", "insert into report_progress (known_until_id, begun_at, not_before) values (0, '3', '3')"),
    ("report_progress_has_one_row", "update report_progress set one = false"),
];
