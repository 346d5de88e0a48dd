-- Reservations: stock that is promised and still there; and movements that are dated back.
--
-- `reserved` of a level is the sum of what reservations have open there. Every change of a reservation is a movement (reserve,
-- release, fulfil, expire) in the same transaction; whoever makes one holds the rows of product_stock of its products,
-- so these tables have no locks of their own.
--
-- Expand step: safe while the previous release is serving. It reserves nothing, and never sets back what is reserved.
set local lock_timeout = '2s';

create table reservations (
    id         bigint generated always as identity,
    status     text not null default 'active',
    reference  one_line,
    actor      one_line not null,
    expires_at timestamptz,
    version    bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint reservations_pkey primary key (id),
    constraint reservations_status_is_known check (status in ('active', 'fulfilled', 'released', 'expired')),
    constraint reservations_expires_at_is_finite check (isfinite(expires_at)),
    constraint reservations_version_is_positive check (version > 0)
) with (fillfactor = 80);
create index reservations_by_status_idx on reservations (status, id);
create index reservations_by_reference_idx on reservations (reference, id) where reference is not null;
create index reservations_to_expire_idx on reservations (expires_at) where status = 'active' and expires_at is not null;
comment on table reservations is 'promises of stock: for orders, carts, jobs; what they hold is in reservation_lines';
comment on column reservations.id is 'key; its movements refer to it as RS-000123';
comment on column reservations.status is 'active (holds stock), fulfilled (went out), released (taken back) or expired';
comment on column reservations.reference is 'the document it is for';
comment on column reservations.actor is 'who made it';
comment on column reservations.expires_at is 'when it runs out, if it does: then a worker releases it; until that is entered it can be fulfilled';
comment on column reservations.version is 'counts the changes of this row; its ETag';
comment on column reservations.created_at is 'when it was made';
comment on column reservations.updated_at is 'when it was last changed';

create table reservation_lines (
    reservation_id bigint not null,
    line           integer not null,
    product_id     bigint not null,
    location_id    bigint not null,
    lot            text not null default '',
    quantity       quantity not null,
    fulfilled      quantity not null default 0,
    released       quantity not null default 0,
    open           numeric not null generated always as (quantity - fulfilled - released) stored,
    constraint reservation_lines_pkey primary key (reservation_id, line, product_id, location_id, lot),
    constraint reservation_lines_reservation_id_fkey foreign key (reservation_id) references reservations (id),
    -- To the row that the writing transaction has changed itself: no lock is shared.
    constraint reservation_lines_level_fkey foreign key (product_id, location_id, lot)
        references stock_levels (product_id, location_id, lot),
    constraint reservation_lines_line_is_positive check (line > 0),
    constraint reservation_lines_quantity_is_positive check (quantity > 0),
    constraint reservation_lines_fulfilled_not_negative check (fulfilled >= 0),
    constraint reservation_lines_released_not_negative check (released >= 0),
    constraint reservation_lines_open_not_negative check (fulfilled + released <= quantity)
);
create index reservation_lines_by_product_idx on reservation_lines (product_id, reservation_id) where open > 0;
comment on table reservation_lines is 'what each line of a reservation holds at each stock level; a line may hold at several';
comment on column reservation_lines.reservation_id is 'whose line';
comment on column reservation_lines.line is 'number of the line, from 1';
comment on column reservation_lines.product_id is 'which product';
comment on column reservation_lines.location_id is 'where it is held';
comment on column reservation_lines.lot is 'of which lot; empty: not kept by lot';
comment on column reservation_lines.quantity is 'what was promised there, in all';
comment on column reservation_lines.fulfilled is 'what of it went out';
comment on column reservation_lines.released is 'what of it was taken back, or ran out';
comment on column reservation_lines.open is 'what it still holds; the sum over all lines is stock_levels.reserved';

create trigger reservations_by_ledger_only before insert or update or delete or truncate on reservations
    for each statement execute function refuse_change_by_hand();
create trigger reservation_lines_by_ledger_only before insert or update or delete or truncate on reservation_lines
    for each statement execute function refuse_change_by_hand();

create view reservation_overview as
select 'RS-' || lpad(r.id::text, greatest(6, length(r.id::text)), '0') as number, r.status, r.reference, p.sku, p.name, w.code as warehouse,
       o.code as location, l.lot, l.quantity, l.fulfilled, l.released, l.open, p.unit, r.expires_at, r.actor, r.created_at
from reservations r
join reservation_lines l on l.reservation_id = r.id
join products p on p.id = l.product_id
join locations o on o.id = l.location_id
join warehouses w on w.id = o.warehouse_id;
comment on view reservation_overview is 'what is promised: each line of each reservation, with where it is held';
comment on column reservation_overview.number is 'number of the reservation';
comment on column reservation_overview.status is 'what has become of it';
comment on column reservation_overview.reference is 'the document it is for';
comment on column reservation_overview.sku is 'stock keeping unit';
comment on column reservation_overview.name is 'name of the product';
comment on column reservation_overview.warehouse is 'code of the warehouse';
comment on column reservation_overview.location is 'code of the location';
comment on column reservation_overview.lot is 'which lot; empty: not kept by lot';
comment on column reservation_overview.quantity is 'what was promised there';
comment on column reservation_overview.fulfilled is 'what of it went out';
comment on column reservation_overview.released is 'what of it was taken back, or ran out';
comment on column reservation_overview.open is 'what it still holds';
comment on column reservation_overview.unit is 'what the quantities count';
comment on column reservation_overview.expires_at is 'when it runs out';
comment on column reservation_overview.actor is 'who made it';
comment on column reservation_overview.created_at is 'when it was made';

-- A movement that goes from place to place at once, such as a put-away. Not valid at first, so that no table is read under
-- the lock; what is there already has passed the narrower rule.
alter table stock_movements drop constraint stock_movements_kind_is_known;
alter table stock_movements add constraint stock_movements_kind_is_known check (kind in ('receipt', 'issue', 'adjustment',
    'transfer_out', 'transfer_in', 'transfer', 'count', 'return_in', 'return_out', 'reserve', 'release', 'fulfil', 'expire',
    'reversal')) not valid;

-- Which entry of a level was the last at a moment, by time of recording. Stamps rise with seq and seq has no gaps, so that
-- it is found by halving, without an index of its own, which every write would pay for.
create function stock_entry_seq_at(of_product bigint, of_location bigint, of_lot text, at timestamptz) returns bigint
    language plpgsql stable as $$
declare
    low bigint := 0; -- recorded at or before the moment; 0: none is
    high bigint;     -- recorded after it
    middle bigint;
    stamp timestamptz;
begin
    select seq + 1 into high from stock_levels
    where product_id = of_product and location_id = of_location and lot = of_lot;
    if high is null then
        return null;
    end if;
    while high - low > 1 loop
        middle := (low + high) / 2;
        select recorded_at into stamp from stock_entries
        where product_id = of_product and location_id = of_location and lot = of_lot and seq = middle;
        if stamp <= at then
            low := middle;
        else
            high := middle;
        end if;
    end loop;
    return nullif(low, 0);
end $$;
comment on function stock_entry_seq_at is 'number of the last entry of a level that was recorded at or before a moment; null: none was';
