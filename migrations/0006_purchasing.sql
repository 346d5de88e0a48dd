-- Purchasing: who sells to us and at what cost, what was ordered, what came.
--
--   suppliers, supplier_products, supplier_product_costs   who sells what, in which packs, for how much from when on
--   purchase_orders, purchase_order_lines                  what was ordered and how much of it is still open
--   purchase_order_events                                  who took an order from which state to which, for ever
--   goods_receipts, goods_receipt_lines                    what came, with the stock movement that brought it
--
-- product_stock.incoming is the sum of what is open in orders that are ordered or partially_received. The server keeps
-- it so in the transaction that changes an order, under the lock of the product's row.
-- Expand step: new tables, and a trigger that the previous release never meets, because it has no goods receipts.
set local lock_timeout = '2s';

-- Suppliers -------------------------------------------------------------------------------------

create table suppliers (
    id             bigint generated always as identity,
    code           place_code not null,
    name           one_line not null,
    contact        one_line,
    email          one_line,
    phone          one_line,
    address        text not null default '',
    currency       currency_code not null,
    lead_time_days integer,
    payment_terms  text not null default '',
    archived_at    timestamptz,
    version        bigint not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint suppliers_pkey primary key (id),
    constraint suppliers_email_has_an_at check (email ~ '^[^@ ]+@[^@ ]+$'),
    constraint suppliers_address_is_limited check (char_length(address) <= 1000),
    constraint suppliers_lead_time_days_in_range check (lead_time_days between 0 and 3650),
    constraint suppliers_payment_terms_are_limited check (char_length(payment_terms) <= 1000),
    constraint suppliers_version_is_positive check (version > 0)
);
create unique index suppliers_code_key on suppliers (lower(code));
create index suppliers_by_name_idx on suppliers ((archived_at is not null), lower(name), id);
comment on table suppliers is 'who sells to us';
comment on column suppliers.id is 'key';
comment on column suppliers.code is 'its short name; unique whatever its case';
comment on column suppliers.name is 'what people call it';
comment on column suppliers.contact is 'whom to talk to there';
comment on column suppliers.email is 'where orders are sent';
comment on column suppliers.phone is 'its telephone number';
comment on column suppliers.address is 'where it is; may be empty';
comment on column suppliers.currency is 'of its costs and orders, unless they say otherwise';
comment on column suppliers.lead_time_days is 'days from order to arrival, unless its product says otherwise';
comment on column suppliers.payment_terms is 'as agreed: 30 days net …; may be empty';
comment on column suppliers.archived_at is 'since when nothing is ordered there; its history stays';
comment on column suppliers.version is 'counts the changes of this row; its ETag';
comment on column suppliers.created_at is 'when it was added';
comment on column suppliers.updated_at is 'when it was last changed';

create table supplier_products (
    id             bigint generated always as identity,
    supplier_id    bigint not null,
    product_id     bigint not null,
    supplier_sku   one_line,
    moq            quantity,
    order_multiple quantity,
    lead_time_days integer,
    preferred      boolean not null default false,
    version        bigint not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint supplier_products_pkey primary key (id),
    constraint supplier_products_supplier_id_fkey foreign key (supplier_id) references suppliers (id),
    constraint supplier_products_product_id_fkey foreign key (product_id) references products (id),
    constraint supplier_products_product_once_key unique (product_id, supplier_id),
    constraint supplier_products_moq_is_positive check (moq > 0),
    constraint supplier_products_order_multiple_is_positive check (order_multiple > 0),
    constraint supplier_products_lead_time_days_in_range check (lead_time_days between 0 and 3650),
    constraint supplier_products_version_is_positive check (version > 0)
);
create unique index supplier_products_one_preferred_key on supplier_products (product_id) where preferred;
create index supplier_products_by_supplier_idx on supplier_products (supplier_id, id);
comment on table supplier_products is 'which supplier sells which product, and in what packs; the costs are in supplier_product_costs';
comment on column supplier_products.id is 'key';
comment on column supplier_products.supplier_id is 'who sells it';
comment on column supplier_products.product_id is 'what is sold; once per supplier';
comment on column supplier_products.supplier_sku is 'what the supplier calls it';
comment on column supplier_products.moq is 'least quantity of an order; null: any';
comment on column supplier_products.order_multiple is 'the pack: orders are multiples of it; null: any quantity';
comment on column supplier_products.lead_time_days is 'days from order to arrival; null: as the supplier';
comment on column supplier_products.preferred is 'whether the product is bought here first; one supplier per product';
comment on column supplier_products.version is 'counts the changes of this row and its costs; its ETag';
comment on column supplier_products.created_at is 'when it was added';
comment on column supplier_products.updated_at is 'when it or its costs were last changed';

create table supplier_product_costs (
    supplier_product_id bigint not null,
    min_quantity        quantity not null,
    effective_from      timestamptz not null,
    unit_cost           money_amount,
    currency            currency_code not null,
    actor               one_line not null,
    created_at          timestamptz not null default now(),
    constraint supplier_product_costs_pkey primary key (supplier_product_id, min_quantity, effective_from),
    constraint supplier_product_costs_supplier_product_id_fkey foreign key (supplier_product_id) references supplier_products (id),
    constraint supplier_product_costs_min_quantity_not_negative check (min_quantity >= 0),
    constraint supplier_product_costs_effective_from_is_finite check (isfinite(effective_from))
);
comment on table supplier_product_costs is 'every cost a supplier has had for a product, by price break; of each break the latest whose moment has come is current';
comment on column supplier_product_costs.supplier_product_id is 'whose cost';
comment on column supplier_product_costs.min_quantity is 'the price break: from this quantity on; 0: any';
comment on column supplier_product_costs.effective_from is 'from when it is the cost; no two of a break for one moment';
comment on column supplier_product_costs.unit_cost is 'cost of one unit; null: from then on there is no such price break';
comment on column supplier_product_costs.currency is 'of the cost';
comment on column supplier_product_costs.actor is 'who entered it';
comment on column supplier_product_costs.created_at is 'when it was entered';

-- Orders ----------------------------------------------------------------------------------------

create table purchase_orders (
    id           bigint generated always as identity,
    number       text not null generated always as ('PO-' || lpad(id::text, greatest(6, length(id::text)), '0')) stored,
    supplier_id  bigint not null,
    warehouse_id bigint not null,
    currency     currency_code not null,
    status       text not null default 'draft',
    expected_on  date,
    note         text not null default '',
    version      bigint not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    constraint purchase_orders_pkey primary key (id),
    constraint purchase_orders_number_key unique (number),
    constraint purchase_orders_supplier_id_fkey foreign key (supplier_id) references suppliers (id),
    constraint purchase_orders_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id),
    constraint purchase_orders_status_is_known check (status in ('draft', 'pending_approval', 'approved', 'rejected', 'ordered',
        'partially_received', 'received', 'closed', 'cancelled')),
    constraint purchase_orders_expected_on_is_finite check (isfinite(expected_on)),
    constraint purchase_orders_note_is_limited check (char_length(note) <= 2000),
    constraint purchase_orders_version_is_positive check (version > 0)
);
create index purchase_orders_by_status_idx on purchase_orders (status, id);
create index purchase_orders_by_supplier_idx on purchase_orders (supplier_id, id);
create index purchase_orders_by_warehouse_idx on purchase_orders (warehouse_id, id);
comment on table purchase_orders is 'what was, or will be, ordered from a supplier';
comment on column purchase_orders.id is 'key';
comment on column purchase_orders.number is 'what people call it: PO-000123, made of the key';
comment on column purchase_orders.supplier_id is 'from whom';
comment on column purchase_orders.warehouse_id is 'where to';
comment on column purchase_orders.currency is 'of its unit costs';
comment on column purchase_orders.status is 'draft, pending_approval, approved, ordered, partially_received, received, closed; or rejected, cancelled';
comment on column purchase_orders.expected_on is 'the day it should arrive, unless a line says otherwise';
comment on column purchase_orders.note is 'for the supplier or for us; may be empty';
comment on column purchase_orders.version is 'counts the changes of this order and its lines; its ETag';
comment on column purchase_orders.created_at is 'when it was added';
comment on column purchase_orders.updated_at is 'when it was last changed';

create table purchase_order_lines (
    id                bigint generated always as identity,
    purchase_order_id bigint not null,
    product_id        bigint not null,
    quantity          quantity not null,
    received          quantity not null default 0,
    cancelled         quantity not null default 0,
    open              numeric not null generated always as (quantity - received - cancelled) stored,
    unit_cost         money_amount not null,
    expected_on       date,
    constraint purchase_order_lines_pkey primary key (id),
    -- What receipts refer to, so that none names a line of another order.
    constraint purchase_order_lines_identity_key unique (purchase_order_id, id),
    constraint purchase_order_lines_purchase_order_id_fkey foreign key (purchase_order_id) references purchase_orders (id),
    constraint purchase_order_lines_product_id_fkey foreign key (product_id) references products (id),
    constraint purchase_order_lines_quantity_is_positive check (quantity > 0),
    constraint purchase_order_lines_received_not_negative check (received >= 0),
    constraint purchase_order_lines_cancelled_not_negative check (cancelled >= 0),
    constraint purchase_order_lines_never_over_received check (received + cancelled <= quantity),
    constraint purchase_order_lines_expected_on_is_finite check (isfinite(expected_on))
);
create index purchase_order_lines_open_idx on purchase_order_lines (product_id, purchase_order_id) where open > 0;
create index purchase_order_lines_by_product_idx on purchase_order_lines (product_id, id);
comment on table purchase_order_lines is 'the products of an order, and what has become of them';
comment on column purchase_order_lines.id is 'key; lines stand in its order';
comment on column purchase_order_lines.purchase_order_id is 'the order it belongs to';
comment on column purchase_order_lines.product_id is 'what';
comment on column purchase_order_lines.quantity is 'how much was ordered';
comment on column purchase_order_lines.received is 'how much has come';
comment on column purchase_order_lines.cancelled is 'how much will not come any more';
comment on column purchase_order_lines.open is 'how much is still to come: the rest';
comment on column purchase_order_lines.unit_cost is 'cost of one unit, in the currency of the order';
comment on column purchase_order_lines.expected_on is 'the day it should arrive; null: as the order';

create table purchase_order_events (
    id                bigint generated always as identity,
    purchase_order_id bigint not null,
    action            text not null,
    from_status       text,
    status            text not null,
    note              text not null default '',
    actor             one_line not null,
    recorded_at       timestamptz not null default clock_timestamp(),
    constraint purchase_order_events_pkey primary key (id),
    constraint purchase_order_events_purchase_order_id_fkey foreign key (purchase_order_id) references purchase_orders (id),
    constraint purchase_order_events_action_is_known check (action in ('create', 'submit', 'approve', 'reject', 'order', 'cancel',
        'close', 'receive', 'reverse_receipt')),
    constraint purchase_order_events_begin_with_create check ((action = 'create') = (from_status is null)),
    constraint purchase_order_events_note_is_limited check (char_length(note) <= 4000)
);
create index purchase_order_events_by_order_idx on purchase_order_events (purchase_order_id, id);
comment on table purchase_order_events is 'who took an order from which state to which, when and why; append-only';
comment on column purchase_order_events.id is 'key; rises in the order of one order''s history';
comment on column purchase_order_events.purchase_order_id is 'which order';
comment on column purchase_order_events.action is 'what was done: create, submit, approve, reject, order, cancel, close, receive, reverse_receipt';
comment on column purchase_order_events.from_status is 'state before it; null for create';
comment on column purchase_order_events.status is 'state after it';
comment on column purchase_order_events.note is 'why; for a receipt its number; may be empty';
comment on column purchase_order_events.actor is 'who did it';
comment on column purchase_order_events.recorded_at is 'when it was done';

-- Receipts --------------------------------------------------------------------------------------

create table goods_receipts (
    id                      bigint generated always as identity,
    number                  text not null generated always as ('GR-' || lpad(id::text, greatest(6, length(id::text)), '0')) stored,
    purchase_order_id       bigint not null,
    movement_id             bigint not null,
    note                    text not null default '',
    actor                   one_line not null,
    created_at              timestamptz not null default clock_timestamp(),
    reversed_at             timestamptz,
    reversed_by_movement_id bigint,
    constraint goods_receipts_pkey primary key (id),
    constraint goods_receipts_number_key unique (number),
    constraint goods_receipts_identity_key unique (purchase_order_id, id),
    constraint goods_receipts_purchase_order_id_fkey foreign key (purchase_order_id) references purchase_orders (id),
    constraint goods_receipts_movement_id_fkey foreign key (movement_id) references stock_movements (id),
    constraint goods_receipts_movement_once_key unique (movement_id),
    constraint goods_receipts_reversed_by_movement_id_fkey foreign key (reversed_by_movement_id) references stock_movements (id),
    constraint goods_receipts_reversal_once_key unique (reversed_by_movement_id),
    constraint goods_receipts_reversal_has_a_time check (reversed_by_movement_id is null or reversed_at is not null),
    constraint goods_receipts_note_is_limited check (char_length(note) <= 2000)
);
comment on table goods_receipts is 'what came for an order at one time, with the stock movement that brought it in';
comment on column goods_receipts.id is 'key';
comment on column goods_receipts.number is 'what people call it: GR-000123, made of the key';
comment on column goods_receipts.purchase_order_id is 'the order it came for';
comment on column goods_receipts.movement_id is 'the movement that brought it in';
comment on column goods_receipts.note is 'what else is worth knowing; may be empty';
comment on column goods_receipts.actor is 'who received it';
comment on column goods_receipts.created_at is 'when it was received';
comment on column goods_receipts.reversed_at is 'when it was put right';
comment on column goods_receipts.reversed_by_movement_id is 'the movement that put it right';

create table goods_receipt_lines (
    id                     bigint generated always as identity,
    goods_receipt_id       bigint not null,
    purchase_order_id      bigint not null,
    purchase_order_line_id bigint not null,
    location_id            bigint not null,
    quantity               quantity not null,
    unit_cost              money_amount not null,
    constraint goods_receipt_lines_pkey primary key (id),
    constraint goods_receipt_lines_goods_receipt_fkey foreign key (goods_receipt_id, purchase_order_id)
        references goods_receipts (id, purchase_order_id),
    constraint goods_receipt_lines_purchase_order_line_fkey foreign key (purchase_order_line_id, purchase_order_id)
        references purchase_order_lines (id, purchase_order_id),
    constraint goods_receipt_lines_location_id_fkey foreign key (location_id) references locations (id),
    constraint goods_receipt_lines_quantity_is_positive check (quantity > 0)
);
create index goods_receipt_lines_by_receipt_idx on goods_receipt_lines (goods_receipt_id, id);
create index goods_receipt_lines_by_order_line_idx on goods_receipt_lines (purchase_order_line_id, id);
create index goods_receipt_lines_by_location_idx on goods_receipt_lines (location_id);
comment on table goods_receipt_lines is 'the lines of a goods receipt';
comment on column goods_receipt_lines.id is 'key; lines stand in its order';
comment on column goods_receipt_lines.goods_receipt_id is 'the receipt it belongs to';
comment on column goods_receipt_lines.purchase_order_id is 'the order of both; held equal by the foreign keys';
comment on column goods_receipt_lines.purchase_order_line_id is 'the line of the order that it fills';
comment on column goods_receipt_lines.location_id is 'where it was put';
comment on column goods_receipt_lines.quantity is 'how much came';
comment on column goods_receipt_lines.unit_cost is 'what one unit cost, in the currency of the order';

-- Guards ----------------------------------------------------------------------------------------

create function purchase_order_events_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: history is not changed', tg_table_name
        using errcode = 'insufficient_privilege',
              hint = 'Take the order on with POST /purchase-orders/{id}/submit, approve, reject, order, cancel or close.';
end $$;
comment on function purchase_order_events_refuse_change is 'what was done to an order is for ever';
create trigger purchase_order_events_append_only before update or delete or truncate on purchase_order_events
    for each statement execute function purchase_order_events_refuse_change();
-- The same by privilege, which also holds where triggers cannot be (Citus).
revoke update, delete, truncate on purchase_order_events from current_user;

-- A receipt's movement is reversed together with the receipt, or the order would still count as received.
create function stock_movements_keep_goods_receipts() returns trigger language plpgsql as $$
begin
    if exists (select from goods_receipts where movement_id = new.reverses_movement_id and reversed_at is null) then
        raise exception 'movement % belongs to a goods receipt', new.reverses_movement_id
            using errcode = 'check_violation', constraint = 'stock_movements_reversed_with_document',
                  hint = 'Reverse the receipt: POST /goods-receipts/{id}/reverse.';
    end if;
    return new;
end $$;
comment on function stock_movements_keep_goods_receipts is 'the movement of a goods receipt is reversed only together with it';
create trigger stock_movements_keep_goods_receipts before insert on stock_movements
    for each row when (new.reverses_movement_id is not null) execute function stock_movements_keep_goods_receipts();

-- Views for people. The server does not use them. -------------------------------------------------

create view purchase_order_overview as
select o.number, s.name as supplier, w.code as warehouse, o.status, o.currency,
       (select round(sum((l.quantity - l.cancelled) * l.unit_cost), 4) from purchase_order_lines l where l.purchase_order_id = o.id) as total,
       (select sum(l.quantity) from purchase_order_lines l where l.purchase_order_id = o.id) as ordered,
       (select sum(l.received) from purchase_order_lines l where l.purchase_order_id = o.id) as received,
       o.expected_on, o.created_at, o.updated_at
from purchase_orders o
join suppliers s on s.id = o.supplier_id
join warehouses w on w.id = o.warehouse_id;
comment on view purchase_order_overview is 'the purchase orders at a glance';
comment on column purchase_order_overview.number is 'what people call the order';
comment on column purchase_order_overview.supplier is 'name of the supplier';
comment on column purchase_order_overview.warehouse is 'code of the warehouse it goes to';
comment on column purchase_order_overview.status is 'where it stands';
comment on column purchase_order_overview.currency is 'of the total';
comment on column purchase_order_overview.total is 'what it costs, without what was cancelled';
comment on column purchase_order_overview.ordered is 'sum of the ordered quantities';
comment on column purchase_order_overview.received is 'sum of the quantities that have come';
comment on column purchase_order_overview.expected_on is 'the day it should arrive';
comment on column purchase_order_overview.created_at is 'when it was added';
comment on column purchase_order_overview.updated_at is 'when it was last changed';

create view incoming_goods as
select p.sku, p.name, w.code as warehouse, l.open as quantity, p.unit, coalesce(l.expected_on, o.expected_on) as expected_on,
       o.number, s.name as supplier, o.status
from purchase_order_lines l
join purchase_orders o on o.id = l.purchase_order_id
join products p on p.id = l.product_id
join suppliers s on s.id = o.supplier_id
join warehouses w on w.id = o.warehouse_id
where l.open > 0 and o.status in ('ordered', 'partially_received');
comment on view incoming_goods is 'what is ordered and still to come, where to and when; sums up to product_stock.incoming';
comment on column incoming_goods.sku is 'stock keeping unit';
comment on column incoming_goods.name is 'name of the product';
comment on column incoming_goods.warehouse is 'code of the warehouse it goes to';
comment on column incoming_goods.quantity is 'how much is still to come';
comment on column incoming_goods.unit is 'what the quantity counts';
comment on column incoming_goods.expected_on is 'the day it should arrive';
comment on column incoming_goods.number is 'number of the order';
comment on column incoming_goods.supplier is 'name of the supplier';
comment on column incoming_goods.status is 'where the order stands';
