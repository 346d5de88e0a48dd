-- Reports: figures by day, so that nobody sums up the whole ledger to draw a chart.
--
--   movement_days      what came in and went out, by day, over all warehouses and in each
--   product_days       the same by day and product
--   stock_value_days   what the stock was worth, by day
--   report_progress    how far the first two are
--
-- A worker of the server writes them; several servers take turns. Movements are entered into the first two once each, in the
-- order of the change feed, which skips nothing (0014). Those from before there was this table come first, by their ids.
--
-- Expand step: safe while the previous release is serving. Writes of stock wait while the index is made, which reads the
-- entries once.
set local lock_timeout = '2s';

create table movement_days (
    day          date not null,
    warehouse_id bigint,
    quantity_in  numeric not null,
    quantity_out numeric not null,
    movements    bigint not null,
    constraint movement_days_once_key unique nulls not distinct (day, warehouse_id),
    constraint movement_days_quantity_in_not_negative check (quantity_in >= 0),
    constraint movement_days_quantity_out_not_negative check (quantity_out >= 0),
    constraint movement_days_movements_is_positive check (movements > 0)
);
comment on table movement_days is 'what came in and went out by day, in UTC, and in how many movements; kept by the server for reports';
comment on column movement_days.day is 'the day on which it happened, in UTC';
comment on column movement_days.warehouse_id is 'where; null: over all warehouses, where what is moved between them does not count';
comment on column movement_days.quantity_in is 'what came in; of a movement the difference for each product';
comment on column movement_days.quantity_out is 'what went out, as a positive number';
comment on column movement_days.movements is 'in how many movements, also those that only moved stock within';

create table product_days (
    day          date not null,
    product_id   bigint not null,
    quantity_in  numeric not null,
    quantity_out numeric not null,
    constraint product_days_pkey primary key (product_id, day),
    constraint product_days_quantity_in_not_negative check (quantity_in >= 0),
    constraint product_days_quantity_out_not_negative check (quantity_out >= 0)
);
create index product_days_by_day_idx on product_days (day);
comment on table product_days is 'what came in and went out of each product by day, over all warehouses; kept by the server for reports';
comment on column product_days.day is 'the day on which it happened, in UTC';
comment on column product_days.product_id is 'which product';
comment on column product_days.quantity_in is 'what came in; what was moved between warehouses does not count';
comment on column product_days.quantity_out is 'what went out, as a positive number';

create table stock_value_days (
    day                    date not null,
    currency               currency_code not null,
    at_cost                numeric not null,
    at_price               numeric not null,
    products               bigint not null,
    units                  numeric not null,
    products_without_cost  bigint not null,
    units_without_cost     numeric not null,
    products_without_price bigint not null,
    computed_at            timestamptz not null,
    constraint stock_value_days_pkey primary key (day),
    constraint stock_value_days_at_cost_not_negative check (at_cost >= 0),
    constraint stock_value_days_at_price_not_negative check (at_price >= 0)
);
comment on table stock_value_days is 'what the stock was worth at the end of each day, and today; kept by the server for reports';
comment on column stock_value_days.day is 'the day in UTC';
comment on column stock_value_days.currency is 'of both values: the base currency';
comment on column stock_value_days.at_cost is 'what the stock had cost, where that is known';
comment on column stock_value_days.at_price is 'what it would sell for, where the price is in this currency';
comment on column stock_value_days.products is 'how many products there was stock of';
comment on column stock_value_days.units is 'how much there was of them, on hand and in transit';
comment on column stock_value_days.products_without_cost is 'of how many of these products no cost is known';
comment on column stock_value_days.units_without_cost is 'how much there was of those';
comment on column stock_value_days.products_without_price is 'how many of these products have no price in this currency';
comment on column stock_value_days.computed_at is 'when it was computed';

create table report_progress (
    one                  boolean not null default true,
    known_until_id       bigint not null,
    begun_at             xid8 not null,
    not_before           xid8 not null,
    transaction_id       xid8,
    movement_id          bigint not null default 0,
    constraint report_progress_pkey primary key (one),
    constraint report_progress_has_one_row check (one)
);
comment on table report_progress is 'how far movement_days and product_days are; one row, which the server that is at it holds locked';
comment on column report_progress.one is 'always true';
comment on column report_progress.known_until_id is 'the last movement that was there when this began';
comment on column report_progress.begun_at is 'every transaction below had ended then: its movements come first, by their ids';
comment on column report_progress.not_before is 'no transaction from here on had begun then: what claims so came with a dump from another server, and comes first, too';
comment on column report_progress.transaction_id is 'the transaction of the last movement that is in the figures; null: those of before are not all in yet';
comment on column report_progress.movement_id is 'the last movement that is in the figures';

create function report_progress_begin() returns void language plpgsql as $$
begin
    truncate movement_days, product_days, report_progress;
    insert into report_progress (known_until_id, begun_at, not_before)
    select coalesce((select max(id) from stock_movements), 0), pg_snapshot_xmin(now_there), pg_snapshot_xmax(now_there)
    from pg_current_snapshot() now_there;
end $$;
comment on function report_progress_begin is 'forgets the figures by day, so that the server makes them anew from the ledger';
select report_progress_begin();

-- Of each product the newest receipts at a cost, without reading what went out since. Nothing else has a cost, so that no
-- other entry is in it.
create index stock_entries_costed_idx on stock_entries (product_id, movement_id) where unit_cost is not null and on_hand_delta > 0;

-- Kept by the server -----------------------------------------------------------------------------

create function reports_refuse_change() returns trigger language plpgsql as $$
begin
    if current_setting('stockbook.ledger', true) is distinct from 'on' then
        raise exception '% is kept by the server and cannot be changed by hand', tg_table_name
            using errcode = 'insufficient_privilege',
                  hint = 'It follows from the ledger. To have it made anew: set stockbook.ledger = ''on''; select report_progress_begin();';
    end if;
    return null;
end $$;
comment on function reports_refuse_change is 'lets the server write figures by day, and nobody else';
create trigger movement_days_by_server_only before insert or update or delete or truncate on movement_days
    for each statement execute function reports_refuse_change();
create trigger product_days_by_server_only before insert or update or delete or truncate on product_days
    for each statement execute function reports_refuse_change();
create trigger stock_value_days_by_server_only before insert or update or delete or truncate on stock_value_days
    for each statement execute function reports_refuse_change();
create trigger report_progress_by_server_only before insert or update or delete or truncate on report_progress
    for each statement execute function reports_refuse_change();

-- For people. The server does not use it. --------------------------------------------------------

create view movements_per_day as
select d.day, w.code as warehouse, d.quantity_in, d.quantity_out, d.movements
from movement_days d left join warehouses w on w.id = d.warehouse_id;
comment on view movements_per_day is 'what came in and went out by day, in each warehouse and, without one, over all';
comment on column movements_per_day.day is 'the day in UTC';
comment on column movements_per_day.warehouse is 'code of the warehouse; null: over all of them';
comment on column movements_per_day.quantity_in is 'what came in';
comment on column movements_per_day.quantity_out is 'what went out';
comment on column movements_per_day.movements is 'in how many movements';
