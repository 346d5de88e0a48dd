-- The ledger: every change of stock is an entry of a movement, for ever.
--
--   stock_movements  one business event: who, why, when
--   stock_entries    what it did to each level, with the level after it; chained by SHA-256
--   stock_levels     the last entry of each level, kept at hand
--   product_stock    the totals of each product; THE LOCK of every stock write
--
-- Only the server's write path changes these tables. It says so by the setting stockbook.ledger; whoever
-- does not is told how to change stock instead. Movements and entries cannot be changed by anybody.
set local lock_timeout = '2s';

create table product_stock (
    product_id bigint not null,
    on_hand    quantity not null default 0,
    reserved   quantity not null default 0,
    available  quantity not null default 0,
    in_transit quantity not null default 0,
    incoming   quantity not null default 0,
    constraint product_stock_pkey primary key (product_id),
    constraint product_stock_product_id_fkey foreign key (product_id) references products (id),
    constraint product_stock_reserved_within_on_hand check (reserved between 0 and on_hand),
    constraint product_stock_available_is_unreserved check (available between 0 and on_hand - reserved),
    constraint product_stock_in_transit_not_negative check (in_transit >= 0),
    constraint product_stock_incoming_not_negative check (incoming >= 0)
) with (fillfactor = 60); -- room for HOT updates: no index here but the key
comment on table product_stock is 'the totals of each product, one narrow row; whoever changes a level of a product holds its row';
comment on column product_stock.product_id is 'whose totals';
comment on column product_stock.on_hand is 'physically there: sum over storage, receiving and hold locations';
comment on column product_stock.reserved is 'promised, not yet shipped';
comment on column product_stock.available is 'can be sold: on_hand of storage locations less reserved';
comment on column product_stock.in_transit is 'left one warehouse, not yet at the next';
comment on column product_stock.incoming is 'ordered from suppliers, not yet received';

create table stock_levels (
    product_id   bigint not null,
    location_id  bigint not null,
    lot          text not null default '',
    warehouse_id bigint not null,
    kind         text not null,
    on_hand      quantity not null,
    reserved     quantity not null,
    seq          bigint not null,
    chain        sha256_digest not null,
    recorded_at  timestamptz not null,
    constraint stock_levels_pkey primary key (product_id, location_id, lot),
    constraint stock_levels_product_id_fkey foreign key (product_id) references product_stock (product_id),
    constraint stock_levels_location_fkey foreign key (location_id, warehouse_id, kind)
        references locations (id, warehouse_id, kind),
    constraint stock_levels_lot_is_printable check (char_length(lot) <= 64 and lot !~ '[[:cntrl:]]' and lot = btrim(lot)),
    constraint stock_levels_on_hand_not_negative check (on_hand >= 0),
    constraint stock_levels_reserved_within_on_hand check (reserved between 0 and on_hand),
    constraint stock_levels_reserved_in_storage_only check (reserved = 0 or kind = 'storage'),
    constraint stock_levels_seq_is_positive check (seq > 0)
) with (fillfactor = 60);
create index stock_levels_by_warehouse_idx on stock_levels (warehouse_id, product_id, location_id, lot);
create index stock_levels_by_location_idx on stock_levels (location_id, product_id, lot);
comment on table stock_levels is 'how much of a product is at a location, by lot: nothing but the last entry of that level';
comment on column stock_levels.product_id is 'which product';
comment on column stock_levels.location_id is 'where';
comment on column stock_levels.lot is 'which lot or batch; empty: not kept by lot';
comment on column stock_levels.warehouse_id is 'warehouse of the location; held equal by its foreign key';
comment on column stock_levels.kind is 'kind of the location; held equal by its foreign key';
comment on column stock_levels.on_hand is 'physically there; never negative';
comment on column stock_levels.reserved is 'promised, not yet shipped; never above on_hand';
comment on column stock_levels.seq is 'number of its last entry; gapless from 1';
comment on column stock_levels.chain is 'chain of its last entry';
comment on column stock_levels.recorded_at is 'stamp of its last entry';

create table stock_movements (
    id                   bigint generated always as identity,
    kind                 text not null,
    reason               one_line,
    reference            one_line,
    note                 text not null default '',
    actor                one_line not null,
    occurred_at          timestamptz not null,
    recorded_at          timestamptz not null,
    reverses_movement_id bigint,
    constraint stock_movements_pkey primary key (id),
    constraint stock_movements_reverses_movement_id_fkey foreign key (reverses_movement_id) references stock_movements (id),
    constraint stock_movements_reversed_once_key unique (reverses_movement_id),
    constraint stock_movements_kind_is_known check (kind in ('receipt', 'issue', 'adjustment', 'transfer_out', 'transfer_in',
        'count', 'return_in', 'return_out', 'reserve', 'release', 'fulfil', 'expire', 'reversal')),
    constraint stock_movements_correction_has_reason check (kind not in ('adjustment', 'count', 'reversal') or reason is not null),
    constraint stock_movements_reversal_names_movement check ((kind = 'reversal') = (reverses_movement_id is not null)),
    constraint stock_movements_note_is_limited check (char_length(note) <= 2000),
    constraint stock_movements_not_in_the_future check (occurred_at <= recorded_at)
);
create index stock_movements_by_kind_idx on stock_movements (kind, id);
create index stock_movements_by_reference_idx on stock_movements (reference, id) where reference is not null;
comment on table stock_movements is 'one business event that changed stock: all its entries or none; append-only';
comment on column stock_movements.id is 'key; rises in the order of one product''s history, not in the order of commits';
comment on column stock_movements.kind is 'what happened: receipt, issue, adjustment, count, return_in, return_out, reversal …';
comment on column stock_movements.reason is 'why';
comment on column stock_movements.reference is 'the document it belongs to: an order, a delivery note';
comment on column stock_movements.note is 'what else is worth knowing; may be empty';
comment on column stock_movements.actor is 'who did it';
comment on column stock_movements.occurred_at is 'business time: when it happened';
comment on column stock_movements.recorded_at is 'when it was entered here; later than every earlier entry of its levels';
comment on column stock_movements.reverses_movement_id is 'for a reversal: the movement it puts right';

create table stock_entries (
    product_id     bigint not null,
    location_id    bigint not null,
    lot            text not null default '',
    seq            bigint not null,
    movement_id    bigint not null,
    on_hand_delta  quantity not null,
    on_hand_after  quantity not null,
    reserved_delta quantity not null,
    reserved_after quantity not null,
    unit_cost      money_amount,
    occurred_at    timestamptz not null,
    recorded_at    timestamptz not null,
    chain          sha256_digest not null,
    constraint stock_entries_pkey primary key (product_id, location_id, lot, seq),
    -- Both refer to rows that the writing transaction has locked or made itself: no lock is shared, no MultiXact made.
    constraint stock_entries_level_fkey foreign key (product_id, location_id, lot)
        references stock_levels (product_id, location_id, lot),
    constraint stock_entries_movement_id_fkey foreign key (movement_id) references stock_movements (id),
    constraint stock_entries_seq_is_positive check (seq > 0),
    constraint stock_entries_on_hand_not_negative check (on_hand_after >= 0),
    constraint stock_entries_reserved_within_on_hand check (reserved_after between 0 and on_hand_after),
    constraint stock_entries_not_in_the_future check (occurred_at <= recorded_at),
    constraint stock_entries_first_starts_at_zero check (seq > 1 or (on_hand_delta = on_hand_after and reserved_delta = reserved_after))
);
create index stock_entries_by_movement_idx on stock_entries (movement_id);
create index stock_entries_by_product_idx on stock_entries (product_id, movement_id, location_id, lot, seq);
create index stock_entries_by_location_idx on stock_entries (location_id, movement_id);
create index stock_entries_backdated_idx on stock_entries (product_id, occurred_at) where occurred_at <> recorded_at;
comment on table stock_entries is 'the ledger: what a movement did to one level, and the level after it; append-only';
comment on column stock_entries.product_id is 'which product';
comment on column stock_entries.location_id is 'where';
comment on column stock_entries.lot is 'which lot or batch; empty: not kept by lot';
comment on column stock_entries.seq is 'number of the entry in its level; gapless from 1';
comment on column stock_entries.movement_id is 'the movement it belongs to';
comment on column stock_entries.on_hand_delta is 'change of on_hand';
comment on column stock_entries.on_hand_after is 'on_hand after it';
comment on column stock_entries.reserved_delta is 'change of reserved';
comment on column stock_entries.reserved_after is 'reserved after it';
comment on column stock_entries.unit_cost is 'what one unit cost, in the base currency, where known';
comment on column stock_entries.occurred_at is 'business time: when it happened';
comment on column stock_entries.recorded_at is 'when it was entered here; never earlier than the entry before it';
comment on column stock_entries.chain is 'SHA-256 over the chain before it, this entry and its movement; docs/src/ledger-chain.md has the form';

-- Guards ----------------------------------------------------------------------------------------

create function refuse_change_by_hand() returns trigger language plpgsql as $$
begin
    if current_setting('stockbook.ledger', true) is distinct from 'on' then
        raise exception '% is kept by the ledger and cannot be changed by hand', tg_table_name
            using errcode = 'insufficient_privilege',
                  hint = 'Change stock through the server: POST /stock-adjustments or POST /stock-movements; undo with POST /stock-movements/{id}/reverse.';
    end if;
    return null;
end $$;
comment on function refuse_change_by_hand is 'lets the ledger write, and tells everybody else how to change stock';
create trigger product_stock_by_ledger_only before insert or update or delete or truncate on product_stock
    for each statement execute function refuse_change_by_hand();
create trigger stock_levels_by_ledger_only before insert or update or delete or truncate on stock_levels
    for each statement execute function refuse_change_by_hand();
create trigger stock_movements_by_ledger_only before insert on stock_movements
    for each statement execute function refuse_change_by_hand();
create trigger stock_entries_by_ledger_only before insert on stock_entries
    for each statement execute function refuse_change_by_hand();

create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: history is not changed', tg_table_name
        using errcode = 'insufficient_privilege',
              hint = 'Put a mistake right with POST /stock-movements/{id}/reverse.';
end $$;
comment on function refuse_change_of_history is 'movements and entries are for ever';
create trigger stock_movements_append_only before update or delete or truncate on stock_movements
    for each statement execute function refuse_change_of_history();
create trigger stock_entries_append_only before update or delete or truncate on stock_entries
    for each statement execute function refuse_change_of_history();

-- The same by privilege, which also holds where triggers cannot be (Citus). Foreign-key checks lock the
-- movement as the table's owner, who needs UPDATE on some column for that: its key, which nobody can set.
revoke update, delete, truncate on stock_movements, stock_entries from current_user;
grant update (id) on stock_movements to current_user;
