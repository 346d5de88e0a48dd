-- Stock transfers: documents that move stock from place to place.
--
--   stock_transfers        the document: from where to where
--   stock_transfer_lines   what it shall move
--   stock_transfer_parts   what left, by line, location and lot, and what has become of it
--   stock_transfer_events  who did what to it, with the stock movement of each step; append-only
--
-- Between two places goods are in a location of kind transit of the warehouse they go to. What is there is the sum of what
-- transfers have open, at every commit: whoever changes a transfer holds its row, then the rows of product_stock.
--
-- Expand step: new tables, which the previous release does not know.
set local lock_timeout = '2s';

create table stock_transfers (
    id                  bigint generated always as identity,
    number              text not null generated always as ('TR-' || lpad(id::text, greatest(6, length(id::text)), '0')) stored,
    status              text not null default 'draft',
    from_warehouse_id   bigint not null,
    from_location_id    bigint,
    to_warehouse_id     bigint not null,
    to_location_id      bigint,
    transit_location_id bigint,
    reference           one_line,
    note                text not null default '',
    version             bigint not null default 1,
    created_at          timestamptz not null default clock_timestamp(),
    updated_at          timestamptz not null default clock_timestamp(),
    constraint stock_transfers_pkey primary key (id),
    constraint stock_transfers_number_key unique (number),
    constraint stock_transfers_from_warehouse_id_fkey foreign key (from_warehouse_id) references warehouses (id),
    constraint stock_transfers_from_location_id_fkey foreign key (from_location_id) references locations (id),
    constraint stock_transfers_to_warehouse_id_fkey foreign key (to_warehouse_id) references warehouses (id),
    constraint stock_transfers_to_location_id_fkey foreign key (to_location_id) references locations (id),
    constraint stock_transfers_transit_location_id_fkey foreign key (transit_location_id) references locations (id),
    constraint stock_transfers_status_is_known check (status in ('draft', 'in_transit', 'partially_received', 'received', 'cancelled')),
    constraint stock_transfers_places_differ check (from_warehouse_id <> to_warehouse_id
        or (from_location_id is not null and from_location_id is distinct from to_location_id)),
    constraint stock_transfers_in_transit_somewhere check (status not in ('in_transit', 'partially_received')
        or transit_location_id is not null),
    constraint stock_transfers_note_is_limited check (char_length(note) <= 2000),
    constraint stock_transfers_version_is_positive check (version > 0)
);
create index stock_transfers_by_status_idx on stock_transfers (status, id);
create index stock_transfers_by_source_idx on stock_transfers (from_warehouse_id, status, id);
create index stock_transfers_by_destination_idx on stock_transfers (to_warehouse_id, status, id);
create index stock_transfers_by_from_location_idx on stock_transfers (from_location_id) where from_location_id is not null;
create index stock_transfers_by_to_location_idx on stock_transfers (to_location_id) where to_location_id is not null;
create index stock_transfers_by_transit_location_idx on stock_transfers (transit_location_id) where transit_location_id is not null;
comment on table stock_transfers is 'documents that move stock from place to place';
comment on column stock_transfers.id is 'key';
comment on column stock_transfers.number is 'what people call it: TR-000123, made of the key; its movements refer to it';
comment on column stock_transfers.status is 'draft, in_transit, partially_received, received; or cancelled';
comment on column stock_transfers.from_warehouse_id is 'the warehouse that goods leave';
comment on column stock_transfers.from_location_id is 'the location that they leave; null: storage locations of the warehouse, default first';
comment on column stock_transfers.to_warehouse_id is 'the warehouse where goods arrive';
comment on column stock_transfers.to_location_id is 'where they arrive unless a receipt says otherwise; null: receiving location of the warehouse, else its default';
comment on column stock_transfers.transit_location_id is 'where goods are in between; null: not shipped, or moved at once';
comment on column stock_transfers.reference is 'the document it is for';
comment on column stock_transfers.note is 'what else is worth knowing; may be empty';
comment on column stock_transfers.version is 'counts the changes of this transfer; its ETag';
comment on column stock_transfers.created_at is 'when it was added';
comment on column stock_transfers.updated_at is 'when it was last changed';

create table stock_transfer_lines (
    stock_transfer_id bigint not null,
    line              integer not null,
    product_id        bigint not null,
    lot               text,
    quantity          quantity not null,
    constraint stock_transfer_lines_pkey primary key (stock_transfer_id, line),
    -- What parts refer to, so that none has another product than its line.
    constraint stock_transfer_lines_identity_key unique (stock_transfer_id, line, product_id),
    constraint stock_transfer_lines_stock_transfer_id_fkey foreign key (stock_transfer_id) references stock_transfers (id),
    constraint stock_transfer_lines_product_id_fkey foreign key (product_id) references products (id),
    constraint stock_transfer_lines_line_is_positive check (line > 0),
    constraint stock_transfer_lines_lot_is_printable check (char_length(lot) between 1 and 64 and lot !~ '[[:cntrl:]]' and lot = btrim(lot)),
    constraint stock_transfer_lines_quantity_is_positive check (quantity > 0)
);
create index stock_transfer_lines_by_product_idx on stock_transfer_lines (product_id, stock_transfer_id);
comment on table stock_transfer_lines is 'what a transfer shall move';
comment on column stock_transfer_lines.stock_transfer_id is 'the transfer it belongs to';
comment on column stock_transfer_lines.line is 'number of the line, from 1';
comment on column stock_transfer_lines.product_id is 'which product';
comment on column stock_transfer_lines.lot is 'of which lot; null: of any';
comment on column stock_transfer_lines.quantity is 'how much';

create table stock_transfer_parts (
    stock_transfer_id bigint not null,
    line              integer not null,
    product_id        bigint not null,
    location_id       bigint not null,
    lot               text not null default '',
    quantity          quantity not null,
    received          quantity not null default 0,
    lost              quantity not null default 0,
    returned          quantity not null default 0,
    open              numeric not null generated always as (quantity - received - lost - returned) stored,
    constraint stock_transfer_parts_pkey primary key (stock_transfer_id, line, location_id, lot),
    constraint stock_transfer_parts_line_fkey foreign key (stock_transfer_id, line, product_id)
        references stock_transfer_lines (stock_transfer_id, line, product_id),
    -- To the row that the writing transaction has changed itself: no lock is shared.
    constraint stock_transfer_parts_level_fkey foreign key (product_id, location_id, lot)
        references stock_levels (product_id, location_id, lot),
    constraint stock_transfer_parts_quantity_is_positive check (quantity > 0),
    constraint stock_transfer_parts_received_not_negative check (received >= 0),
    constraint stock_transfer_parts_lost_not_negative check (lost >= 0),
    constraint stock_transfer_parts_returned_not_negative check (returned >= 0),
    constraint stock_transfer_parts_open_not_negative check (received + lost + returned <= quantity)
);
create index stock_transfer_parts_by_level_idx on stock_transfer_parts (product_id, location_id);
comment on table stock_transfer_parts is 'what left for a line of a transfer, by location and lot, and what has become of it';
comment on column stock_transfer_parts.stock_transfer_id is 'the transfer it belongs to';
comment on column stock_transfer_parts.line is 'the line it belongs to';
comment on column stock_transfer_parts.product_id is 'product of the line; held equal by the foreign key';
comment on column stock_transfer_parts.location_id is 'the location it left';
comment on column stock_transfer_parts.lot is 'of which lot; empty: not kept by lot';
comment on column stock_transfer_parts.quantity is 'how much left';
comment on column stock_transfer_parts.received is 'how much of it has arrived';
comment on column stock_transfer_parts.lost is 'how much of it did not arrive, and was written off';
comment on column stock_transfer_parts.returned is 'how much of it was brought back';
comment on column stock_transfer_parts.open is 'how much of it is in transit: the rest';

create table stock_transfer_events (
    id                bigint generated always as identity,
    stock_transfer_id bigint not null,
    action            text not null,
    from_status       text,
    status            text not null,
    note              text not null default '',
    movement_id       bigint,
    actor             one_line not null,
    recorded_at       timestamptz not null default clock_timestamp(),
    constraint stock_transfer_events_pkey primary key (id),
    constraint stock_transfer_events_stock_transfer_id_fkey foreign key (stock_transfer_id) references stock_transfers (id),
    constraint stock_transfer_events_movement_id_fkey foreign key (movement_id) references stock_movements (id),
    constraint stock_transfer_events_movement_once_key unique (movement_id),
    constraint stock_transfer_events_action_is_known check (action in ('create', 'ship', 'receive', 'close', 'cancel')),
    constraint stock_transfer_events_begin_with_create check ((action = 'create') = (from_status is null)),
    constraint stock_transfer_events_note_is_limited check (char_length(note) <= 2000)
);
create index stock_transfer_events_by_transfer_idx on stock_transfer_events (stock_transfer_id, id);
comment on table stock_transfer_events is 'who took a transfer from which state to which, when, and by which stock movement; append-only';
comment on column stock_transfer_events.id is 'key; rises in the order of one transfer''s history';
comment on column stock_transfer_events.stock_transfer_id is 'which transfer';
comment on column stock_transfer_events.action is 'what was done: create, ship, receive, close (what was open is lost), cancel';
comment on column stock_transfer_events.from_status is 'state before it; null for create';
comment on column stock_transfer_events.status is 'state after it';
comment on column stock_transfer_events.note is 'why, or what else is worth knowing; may be empty';
comment on column stock_transfer_events.movement_id is 'the movement that did it; null: no stock was moved';
comment on column stock_transfer_events.actor is 'who did it';
comment on column stock_transfer_events.recorded_at is 'when it was done';

-- Guards ----------------------------------------------------------------------------------------

create trigger stock_transfers_by_ledger_only before insert or update or delete or truncate on stock_transfers
    for each statement execute function refuse_change_by_hand();
create trigger stock_transfer_lines_by_ledger_only before insert or update or delete or truncate on stock_transfer_lines
    for each statement execute function refuse_change_by_hand();
create trigger stock_transfer_parts_by_ledger_only before insert or update or delete or truncate on stock_transfer_parts
    for each statement execute function refuse_change_by_hand();

create function stock_transfer_events_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: history is not changed', tg_table_name
        using errcode = 'insufficient_privilege',
              hint = 'Take the transfer on with POST /stock-transfers/{id}/ship, receive or cancel.';
end $$;
comment on function stock_transfer_events_refuse_change is 'what was done to a transfer is for ever';
create trigger stock_transfer_events_append_only before update or delete or truncate on stock_transfer_events
    for each statement execute function stock_transfer_events_refuse_change();
-- The same by privilege, which also holds where triggers cannot be (Citus).
revoke update, delete, truncate on stock_transfer_events from current_user;

-- For people. The server does not use it. ---------------------------------------------------------

create view transfer_overview as
select t.number, t.status, fw.code as from_warehouse, fl.code as from_location, tw.code as to_warehouse, tl.code as to_location,
       t.reference, l.line, p.sku, p.name, l.lot, l.quantity, parts.received, parts.lost, parts.returned, parts.open as in_transit, p.unit,
       t.created_at, t.updated_at
from stock_transfers t
join stock_transfer_lines l on l.stock_transfer_id = t.id
cross join lateral (
    select coalesce(sum(s.received), 0) as received, coalesce(sum(s.lost), 0) as lost, coalesce(sum(s.returned), 0) as returned,
           coalesce(sum(s.open), 0) as open
    from stock_transfer_parts s where s.stock_transfer_id = l.stock_transfer_id and s.line = l.line
) parts
join products p on p.id = l.product_id
join warehouses fw on fw.id = t.from_warehouse_id
left join locations fl on fl.id = t.from_location_id
join warehouses tw on tw.id = t.to_warehouse_id
left join locations tl on tl.id = t.to_location_id;
comment on view transfer_overview is 'the stock transfers line by line: what left, arrived, was lost, came back, and is on its way';
comment on column transfer_overview.number is 'what people call the transfer';
comment on column transfer_overview.status is 'where it stands';
comment on column transfer_overview.from_warehouse is 'code of the warehouse that goods leave';
comment on column transfer_overview.from_location is 'code of the location that they leave; null: any storage location';
comment on column transfer_overview.to_warehouse is 'code of the warehouse where they arrive';
comment on column transfer_overview.to_location is 'code of the location where they arrive; null: as the warehouse has it';
comment on column transfer_overview.reference is 'the document it is for';
comment on column transfer_overview.line is 'number of the line';
comment on column transfer_overview.sku is 'stock keeping unit';
comment on column transfer_overview.name is 'name of the product';
comment on column transfer_overview.lot is 'of which lot; null: of any';
comment on column transfer_overview.quantity is 'how much shall move';
comment on column transfer_overview.received is 'how much has arrived';
comment on column transfer_overview.lost is 'how much did not arrive, and was written off';
comment on column transfer_overview.returned is 'how much was brought back';
comment on column transfer_overview.in_transit is 'how much is on its way';
comment on column transfer_overview.unit is 'what the quantities count';
comment on column transfer_overview.created_at is 'when the transfer was added';
comment on column transfer_overview.updated_at is 'when it was last changed';
