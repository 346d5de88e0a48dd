-- Stockbook's schema: all migrations in one transaction, for an empty database.
--
--   psql -v ON_ERROR_STOP=1 -f sql/schema.sql
--
-- Generated from migrations/: do not edit; a test holds it equal. It also says which migrations it has, so that the
-- server runs on this database without migrating.

begin;

create table _sqlx_migrations (
    version        bigint primary key,
    description    text not null,
    installed_on   timestamptz not null default now(),
    success        boolean not null,
    checksum       bytea not null,
    execution_time bigint not null
);

-- ------------------------------------------------------------ 0001 catalogue

-- The catalogue: what is kept, sorted into categories, with the history of its prices.
-- First release; nothing serves yet, so no lock here can hurt anybody.
set local lock_timeout = '2s';

-- Search by part of a name or SKU. Trusted since PostgreSQL 13: the owner of a database may create it.
create extension if not exists pg_trgm;

comment on table _sqlx_migrations is 'which numbered migrations this database has; written by the server only';
comment on column _sqlx_migrations.version is 'number of the migration file';
comment on column _sqlx_migrations.description is 'name of the migration file';
comment on column _sqlx_migrations.installed_on is 'when it was applied';
comment on column _sqlx_migrations.success is 'true once it was applied completely';
comment on column _sqlx_migrations.checksum is 'SHA-384 of the file as it was applied';
comment on column _sqlx_migrations.execution_time is 'how long it took, in nanoseconds';

-- numeric(18,6) would round what does not fit, and NaN passes most comparisons.
-- These domains refuse both: NaN and the infinities fail the range.
create domain quantity as numeric
    constraint quantity_in_range check (value > -1e9 and value < 1e9)
    constraint quantity_has_six_decimals check (value = round(value, 6));
comment on domain quantity is 'an amount of a product in its unit: at most 6 decimals, within ±1e9; refuses what numeric(p,s) would round';

create domain money_amount as numeric
    constraint money_amount_in_range check (value >= 0 and value < 1e12)
    constraint money_amount_has_four_decimals check (value = round(value, 4));
comment on domain money_amount is 'an amount of money, never negative, at most 4 decimals; its currency stands beside it';

create domain currency_code as text
    constraint currency_code_is_iso_4217 check (value ~ '^[A-Z]{3}$');
comment on domain currency_code is 'a currency by its ISO 4217 letters';

create domain one_line as text
    constraint one_line_is_short check (char_length(value) between 1 and 200)
    constraint one_line_is_printable check (value !~ '[[:cntrl:]]' and value = btrim(value));
comment on domain one_line is 'a line of text: 1 to 200 characters, none of them a control character, no space at either end';

create domain place_code as text
    constraint place_code_is_plain check (value ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$');
comment on domain place_code is 'a code that fits on a label: 1 to 32 letters, digits, dots, dashes, underscores';

create domain sha256_digest as bytea
    constraint sha256_digest_has_32_bytes check (octet_length(value) = 32);
comment on domain sha256_digest is 'a SHA-256 digest';

-- Categories ------------------------------------------------------------------------------------

create table categories (
    id         bigint generated always as identity,
    parent_id  bigint,
    name       one_line not null,
    path       text not null,
    version    bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint categories_pkey primary key (id),
    constraint categories_parent_id_fkey foreign key (parent_id) references categories (id),
    constraint categories_name_has_no_slash check (position('/' in name) = 0),
    constraint categories_not_its_own_parent check (parent_id <> id),
    constraint categories_path_is_short check (char_length(path) <= 1000),
    constraint categories_version_is_positive check (version > 0)
);
create unique index categories_path_key on categories (lower(path));
create index categories_by_parent_idx on categories (parent_id, lower(path));
create index categories_by_name_idx on categories (lower(name));
comment on table categories is 'what products are sorted by; a tree';
comment on column categories.id is 'key';
comment on column categories.parent_id is 'the category above; null at the top';
comment on column categories.name is 'unique among its siblings, whatever its case';
comment on column categories.path is 'names from the top down, joined by slashes: Kitchen/Kettles; kept by a trigger';
comment on column categories.version is 'counts the changes of this row; its ETag';
comment on column categories.created_at is 'when it was added';
comment on column categories.updated_at is 'when it was last changed';

create function categories_keep_path() returns trigger language plpgsql as $$
declare
    parent_path text;
begin
    if new.parent_id is not null then
        select path into parent_path from categories where id = new.parent_id;
        if tg_op = 'UPDATE' and (new.parent_id = new.id or lower(parent_path || '/') like
            replace(replace(replace(lower(old.path), '\', '\\'), '%', '\%'), '_', '\_') || '/%')
        then
            raise exception 'category % cannot be moved below itself', new.id
                using errcode = 'check_violation', constraint = 'categories_no_cycle';
        end if;
    end if;
    new.path := coalesce(parent_path || '/', '') || new.name;
    return new;
end $$;
comment on function categories_keep_path is 'sets categories.path and refuses a cycle';
create trigger categories_keep_path before insert or update of name, parent_id, path on categories
    for each row execute function categories_keep_path();

create function categories_pass_path_on() returns trigger language plpgsql as $$
begin
    update categories set path = '' where parent_id = new.id; -- the trigger above puts the right one
    return null;
end $$;
comment on function categories_pass_path_on is 'a renamed or moved category takes its sub-categories along';
create trigger categories_pass_path_on after update on categories
    for each row when (old.path is distinct from new.path) execute function categories_pass_path_on();

-- Products --------------------------------------------------------------------------------------

create table products (
    id            bigint generated always as identity,
    sku           text not null,
    name          one_line not null,
    description   text not null default '',
    category_id   bigint not null,
    barcode       text,
    unit          text not null default 'each',
    reorder_point quantity,
    archived_at   timestamptz,
    archived      boolean not null generated always as (archived_at is not null) stored,
    search_text   text not null generated always as
                  (lower(' ' || sku || ' ' || translate(sku, '-_./', '    ') || ' ' || name || coalesce(' ' || barcode, ''))) stored,
    version       bigint not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    constraint products_pkey primary key (id),
    constraint products_category_id_fkey foreign key (category_id) references categories (id),
    constraint products_barcode_key unique (barcode),
    constraint products_sku_is_printable check (char_length(sku) between 1 and 64 and sku !~ '[[:cntrl:]]' and sku = btrim(sku)),
    constraint products_barcode_is_printable check (barcode ~ '^[!-~]{1,64}$'),
    constraint products_description_is_limited check (char_length(description) <= 10000),
    constraint products_unit_is_plain check (unit ~ '^[a-z][a-z0-9_]{0,15}$'),
    constraint products_reorder_point_not_negative check (reorder_point >= 0),
    constraint products_version_is_positive check (version > 0)
);
create unique index products_sku_key on products (lower(sku));
create index products_by_sku_idx on products (archived, lower(sku), id);
create index products_by_name_idx on products (archived, lower(name), id);
create index products_by_created_at_idx on products (archived, created_at, id);
create index products_by_updated_at_idx on products (archived, updated_at, id);
create index products_by_category_idx on products (category_id, archived, lower(sku), id);
create index products_by_category_name_idx on products (category_id, archived, lower(name), id);
create index products_by_category_created_at_idx on products (category_id, archived, created_at, id);
create index products_by_category_updated_at_idx on products (category_id, archived, updated_at, id);
create index products_search_idx on products using gin (search_text gin_trgm_ops);
comment on table products is 'what is kept in stock; its totals are in product_stock, its prices in product_prices';
comment on column products.id is 'key';
comment on column products.sku is 'stock keeping unit, the code people use; unique whatever its case, for ever';
comment on column products.name is 'what people call it';
comment on column products.description is 'more about it; may be empty';
comment on column products.category_id is 'its category; every product has one';
comment on column products.barcode is 'what a scanner reads: EAN, UPC, Code 128 …; unique';
comment on column products.unit is 'what quantities count: each (whole numbers only), kg, m, l …; fixed once it has had stock';
comment on column products.reorder_point is 'low stock is available <= this; null: not watched';
comment on column products.archived_at is 'since when it is no longer sold; its history stays';
comment on column products.archived is 'whether archived_at is set; leads the indexes of the lists';
comment on column products.search_text is 'SKU, its parts, name and barcode in lower case, for the search';
comment on column products.version is 'counts the changes of this row; its ETag';
comment on column products.created_at is 'when it was added';
comment on column products.updated_at is 'when it was last changed; stock changes without it';

-- Prices ----------------------------------------------------------------------------------------

create table product_prices (
    product_id     bigint not null,
    effective_from timestamptz not null,
    price          money_amount not null,
    currency       currency_code not null,
    reason         one_line,
    actor          one_line not null,
    created_at     timestamptz not null default now(),
    constraint product_prices_pkey primary key (product_id, effective_from),
    constraint product_prices_effective_from_is_finite check (isfinite(effective_from)),
    constraint product_prices_product_id_fkey foreign key (product_id) references products (id)
);
create index product_prices_by_price_idx on product_prices (price, product_id);
comment on table product_prices is 'every selling price a product has had; the current one is the latest whose moment has come';
comment on column product_prices.product_id is 'whose price';
comment on column product_prices.effective_from is 'from when it is the price; no two for one moment';
comment on column product_prices.price is 'price of one unit';
comment on column product_prices.currency is 'of the price';
comment on column product_prices.reason is 'why it changed';
comment on column product_prices.actor is 'who changed it';
comment on column product_prices.created_at is 'when it was entered';

-- ------------------------------------------------------------ 0002 warehouses

-- Where stock is kept: warehouses and the locations in them.
set local lock_timeout = '2s';

create table warehouses (
    id          bigint generated always as identity,
    code        place_code not null,
    name        one_line not null,
    address     text not null default '',
    priority    integer not null default 100,
    archived_at timestamptz,
    version     bigint not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    constraint warehouses_pkey primary key (id),
    constraint warehouses_address_is_limited check (char_length(address) <= 1000),
    constraint warehouses_priority_in_range check (priority between 0 and 1000000),
    constraint warehouses_version_is_positive check (version > 0)
);
create unique index warehouses_code_key on warehouses (lower(code));
create index warehouses_by_priority_idx on warehouses (priority, id);
comment on table warehouses is 'buildings and shops that keep stock; each has locations';
comment on column warehouses.id is 'key';
comment on column warehouses.code is 'its short name; unique whatever its case';
comment on column warehouses.name is 'what people call it';
comment on column warehouses.address is 'where it stands; may be empty';
comment on column warehouses.priority is 'lower comes first; the first one is the default warehouse';
comment on column warehouses.archived_at is 'since when it is closed; its history stays';
comment on column warehouses.version is 'counts the changes of this row; its ETag';
comment on column warehouses.created_at is 'when it was added';
comment on column warehouses.updated_at is 'when it was last changed';

create table locations (
    id           bigint generated always as identity,
    warehouse_id bigint not null,
    code         place_code not null,
    kind         text not null default 'storage',
    is_default   boolean not null default false,
    archived_at  timestamptz,
    version      bigint not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    constraint locations_pkey primary key (id),
    constraint locations_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id),
    -- What stock_levels refers to: so a location that has held stock keeps its warehouse and kind.
    constraint locations_identity_key unique (id, warehouse_id, kind),
    constraint locations_kind_is_known check (kind in ('storage', 'receiving', 'hold', 'transit')),
    constraint locations_default_is_open_storage check (not is_default or (kind = 'storage' and archived_at is null)),
    constraint locations_version_is_positive check (version > 0)
);
create unique index locations_code_key on locations (warehouse_id, lower(code));
create unique index locations_one_default_key on locations (warehouse_id) where is_default;
create index locations_by_kind_idx on locations (kind, warehouse_id, lower(code));
comment on table locations is 'places inside a warehouse: shelves, the receiving dock, quarantine';
comment on column locations.id is 'key';
comment on column locations.warehouse_id is 'the warehouse it is in';
comment on column locations.code is 'what its label says; unique in its warehouse, whatever its case';
comment on column locations.kind is 'storage (sellable), receiving, hold (quarantine, damaged) or transit; fixed once it has held stock';
comment on column locations.is_default is 'where stock goes that names only the warehouse; one per warehouse';
comment on column locations.archived_at is 'since when it is no longer used; its history stays';
comment on column locations.version is 'counts the changes of this row; its ETag';
comment on column locations.created_at is 'when it was added';
comment on column locations.updated_at is 'when it was last changed';

-- A first warehouse, so that the first product can have stock at once. Rename it as you like.
insert into warehouses (code, name) values ('MAIN', 'Main warehouse');
insert into locations (warehouse_id, code, is_default) select id, 'STOCK', true from warehouses;

-- ------------------------------------------------------------ 0003 ledger

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

-- ------------------------------------------------------------ 0004 idempotency

-- One key, one effect: what a POST with this key did is written in the transaction of its effect.
set local lock_timeout = '2s';

create table idempotency_keys (
    key_hash     sha256_digest not null,
    caller       one_line not null,
    operation    text not null,
    request_hash sha256_digest not null,
    answer       json not null,
    created_at   timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (key_hash),
    constraint idempotency_keys_operation_is_plain check (operation ~ '^[a-z][a-z0-9_]{0,63}$')
);
comment on table idempotency_keys is 'what each Idempotency-Key did, for ever: a retry gets the first answer and changes nothing; only successes are here';
comment on column idempotency_keys.key_hash is 'SHA-256 of caller and key';
comment on column idempotency_keys.caller is 'whose key';
comment on column idempotency_keys.operation is 'operation of the API it was used for';
comment on column idempotency_keys.request_hash is 'SHA-256 of path and body: the same key with another request is refused';
comment on column idempotency_keys.answer is 'the first outcome, from which its answer is made again';
comment on column idempotency_keys.created_at is 'when it was first used';

-- ------------------------------------------------------------ 0005 views

-- Views for people with psql, DBeaver or pgAdmin. The server does not use them.
set local lock_timeout = '2s';

create view product_overview as
select p.id, p.sku, p.name, p.description, price.price, price.currency,
       coalesce(s.on_hand, 0) as stock, c.path as category, p.created_at
from products p
join categories c on c.id = p.category_id
left join product_stock s on s.product_id = p.id
left join lateral (
    select pp.price, pp.currency from product_prices pp
    where pp.product_id = p.id and pp.effective_from <= now()
    order by pp.effective_from desc limit 1
) price on true
where not p.archived;
comment on view product_overview is 'the products with price, stock and category, at a glance';
comment on column product_overview.id is 'key of the product';
comment on column product_overview.sku is 'stock keeping unit';
comment on column product_overview.name is 'what people call it';
comment on column product_overview.description is 'more about it';
comment on column product_overview.price is 'current price of one unit';
comment on column product_overview.currency is 'of the price';
comment on column product_overview.stock is 'on hand in all warehouses';
comment on column product_overview.category is 'path of its category';
comment on column product_overview.created_at is 'when it was added';

create view stock_on_hand as
select p.sku, p.name, w.code as warehouse, l.code as location, s.kind, s.lot,
       s.on_hand, s.reserved, case when s.kind = 'storage' then s.on_hand - s.reserved else 0 end as available,
       p.unit, s.recorded_at as changed_at
from stock_levels s
join products p on p.id = s.product_id
join warehouses w on w.id = s.warehouse_id
join locations l on l.id = s.location_id;
comment on view stock_on_hand is 'how much of what is where';
comment on column stock_on_hand.sku is 'stock keeping unit';
comment on column stock_on_hand.name is 'name of the product';
comment on column stock_on_hand.warehouse is 'code of the warehouse';
comment on column stock_on_hand.location is 'code of the location';
comment on column stock_on_hand.kind is 'kind of the location';
comment on column stock_on_hand.lot is 'lot or batch';
comment on column stock_on_hand.on_hand is 'physically there';
comment on column stock_on_hand.reserved is 'promised, not yet shipped';
comment on column stock_on_hand.available is 'can be sold';
comment on column stock_on_hand.unit is 'what the quantities count';
comment on column stock_on_hand.changed_at is 'stamp of the last entry';

create view stock_card as
select e.recorded_at, e.occurred_at, p.sku, p.name, w.code as warehouse, l.code as location, e.lot,
       m.kind, m.reason, m.reference, m.note, m.actor,
       e.on_hand_after - e.on_hand_delta as on_hand_before, e.on_hand_delta, e.on_hand_after,
       e.reserved_delta, e.reserved_after, e.unit_cost, e.movement_id, e.seq
from stock_entries e
join stock_movements m on m.id = e.movement_id
join products p on p.id = e.product_id
join locations l on l.id = e.location_id
join warehouses w on w.id = l.warehouse_id;
comment on view stock_card is 'every change of stock with before, after, why, who and when; filter by sku, order by movement_id, seq';
comment on column stock_card.recorded_at is 'when it was entered';
comment on column stock_card.occurred_at is 'when it happened';
comment on column stock_card.sku is 'stock keeping unit';
comment on column stock_card.name is 'name of the product';
comment on column stock_card.warehouse is 'code of the warehouse';
comment on column stock_card.location is 'code of the location';
comment on column stock_card.lot is 'lot or batch';
comment on column stock_card.kind is 'what happened';
comment on column stock_card.reason is 'why';
comment on column stock_card.reference is 'the document it belongs to';
comment on column stock_card.note is 'what else is worth knowing';
comment on column stock_card.actor is 'who did it';
comment on column stock_card.on_hand_before is 'on hand before it';
comment on column stock_card.on_hand_delta is 'change of on hand';
comment on column stock_card.on_hand_after is 'on hand after it';
comment on column stock_card.reserved_delta is 'change of reserved';
comment on column stock_card.reserved_after is 'reserved after it';
comment on column stock_card.unit_cost is 'what one unit cost';
comment on column stock_card.movement_id is 'key of the movement';
comment on column stock_card.seq is 'number of the entry in its level';

-- ------------------------------------------------------------ 0006 purchasing

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

-- ------------------------------------------------------------ 0007 low stock

-- Low stock: which products are at or below their reorder point, since when.
--
-- A table of its own, because an index on product_stock.available would cost every stock write its HOT update. It is
-- written in the transaction that crosses the threshold, under the lock on the product's row of product_stock:
--
--   stock changes                        the ledger
--   products are added, edited, archived a trigger on products, so that it also holds for those who use psql
--
-- Expand step: safe while the previous release is serving. That one moves stock without writing here; what it leaves
-- behind is put right by the next movement of the product.
set local lock_timeout = '2s';

create table low_stock (
    product_id bigint not null,
    since      timestamptz not null,
    constraint low_stock_pkey primary key (product_id)
);
create index low_stock_by_since_idx on low_stock (since, product_id);
comment on table low_stock is 'the products that run low: available <= reorder_point and not archived; how much there is stands in product_stock';
comment on column low_stock.product_id is 'which product';
comment on column low_stock.since is 'when it crossed its reorder point, or the reorder point crossed it';

-- What runs low already. Before the locks below are taken, because it reads all products.
set local stockbook.ledger = 'on';
insert into product_stock (product_id)
select id from products where reorder_point is not null order by id
on conflict (product_id) do nothing;
insert into low_stock (product_id, since)
select p.id, now()
from products p
join product_stock s on s.product_id = p.id
where s.available <= p.reorder_point and not p.archived;
set local stockbook.ledger = 'off';

-- To the row that whoever writes here has locked, not to products: no lock is taken against the order of locks.
alter table low_stock add constraint low_stock_product_id_fkey
    foreign key (product_id) references product_stock (product_id) on delete cascade;
create trigger low_stock_by_ledger_only before insert or update or delete or truncate on low_stock
    for each statement execute function refuse_change_by_hand();

create function products_keep_low_stock() returns trigger language plpgsql as $$
declare
    changed bigint[];
    ledger text := coalesce(current_setting('stockbook.ledger', true), '');
begin
    if tg_op = 'INSERT' then
        select array_agg(id) into changed from new_rows where reorder_point is not null;
    else
        select array_agg(n.id) into changed
        from new_rows n
        join old_rows o on o.id = n.id
        where n.reorder_point is distinct from o.reorder_point or (n.archived_at is null) <> (o.archived_at is null);
    end if;
    if changed is null then
        return null;
    end if;
    -- Until the end of this function, also in a session of psql. A plain owner cannot say so in the function's head.
    perform set_config('stockbook.ledger', 'on', true);
    -- The lock of every stock write, in its order; a product that has none yet gets its row.
    insert into product_stock (product_id) select unnest(changed) order by 1 on conflict (product_id) do nothing;
    perform from product_stock where product_id = any(changed) order by product_id for no key update;
    -- New statements: they see what those who held the locks have written.
    delete from low_stock l using products p, product_stock s
    where l.product_id = any(changed) and p.id = l.product_id and s.product_id = l.product_id
      and (p.archived or (s.available <= p.reorder_point) is not true);
    insert into low_stock (product_id, since)
    select p.id, clock_timestamp()
    from products p
    join product_stock s on s.product_id = p.id
    where p.id = any(changed) and s.available <= p.reorder_point and not p.archived
    on conflict (product_id) do nothing;
    perform set_config('stockbook.ledger', ledger, true);
    return null;
end $$;
comment on function products_keep_low_stock is 'keeps low_stock true when products are added, archived, or get another reorder point';
create trigger products_keep_low_stock_of_new after insert on products
    referencing new table as new_rows
    for each statement execute function products_keep_low_stock();
create trigger products_keep_low_stock_of_changed after update on products
    referencing old table as old_rows new table as new_rows
    for each statement execute function products_keep_low_stock();

create view low_stock_overview as
select p.sku, p.name, c.path as category, s.available, s.incoming, p.reorder_point, p.unit, l.since
from low_stock l
join products p on p.id = l.product_id
join product_stock s on s.product_id = l.product_id
join categories c on c.id = p.category_id;
comment on view low_stock_overview is 'what runs low, with how much there is and how much is on its way';
comment on column low_stock_overview.sku is 'stock keeping unit';
comment on column low_stock_overview.name is 'name of the product';
comment on column low_stock_overview.category is 'path of its category';
comment on column low_stock_overview.available is 'can be sold';
comment on column low_stock_overview.incoming is 'ordered from suppliers, not yet received';
comment on column low_stock_overview.reorder_point is 'stock is low when available is at or below it';
comment on column low_stock_overview.unit is 'what the quantities count';
comment on column low_stock_overview.since is 'since when it is low';

-- ------------------------------------------------------------ 0008 settings

-- Settings: what the people of a shop decide, as against what whoever runs the server does (docs/src/configuration.md).
-- One row, there from the beginning, read by the transactions that go by it.
-- Expand step: a new table that the previous release does not know.
set local lock_timeout = '2s';

create table settings (
    only_row                boolean not null default true,
    purchase_approval_above money_amount,
    over_receipt_percent    numeric not null default 0,
    backdate_limit_days     integer not null default 31,
    books_closed_until      timestamptz,
    event_retention_days    integer not null default 365,
    version                 bigint not null default 1,
    updated_at              timestamptz not null default now(),
    constraint settings_pkey primary key (only_row),
    constraint settings_have_one_row check (only_row),
    constraint settings_over_receipt_percent_in_range check (over_receipt_percent between 0 and 100),
    constraint settings_over_receipt_percent_has_two_decimals check (over_receipt_percent = round(over_receipt_percent, 2)),
    constraint settings_backdate_limit_days_in_range check (backdate_limit_days between 0 and 3650),
    constraint settings_books_closed_until_is_finite check (isfinite(books_closed_until)),
    constraint settings_event_retention_days_in_range check (event_retention_days between 1 and 36500),
    constraint settings_version_is_positive check (version > 0)
);
comment on table settings is 'what the people of the shop decide: one row';
comment on column settings.only_row is 'true; there is no second row';
comment on column settings.purchase_approval_above is 'purchase orders above this total, in the base currency, need approval; null: every order';
comment on column settings.over_receipt_percent is 'how much more than ordered may come, in percent of the quantity of a line';
comment on column settings.backdate_limit_days is 'how many days back a movement may be dated';
comment on column settings.books_closed_until is 'no movement may be dated before this; null: the books are open';
comment on column settings.event_retention_days is 'how many days change events are kept';
comment on column settings.version is 'counts the changes of this row; its ETag';
comment on column settings.updated_at is 'when it was last changed';

insert into settings default values;

create function settings_refuse_removal() returns trigger language plpgsql as $$
begin
    raise exception 'the row of settings stays'
        using errcode = 'insufficient_privilege', hint = 'Change it: PATCH /settings, or update settings set …';
end $$;
comment on function settings_refuse_removal is 'there is always one row of settings';
create trigger settings_keep_row before delete or truncate on settings
    for each statement execute function settings_refuse_removal();

-- ------------------------------------------------------------ 0009 supplier returns

-- More may come than was ordered, within the tolerance that is set; and goods go back to the supplier.
--
-- Expand step: what the previous release writes is within the new limit too; it goes on refusing more than is open.
set local lock_timeout = '2s';

-- Costs in time, latest first.
create index supplier_product_costs_by_time_idx on supplier_product_costs (supplier_product_id, effective_from, min_quantity);

-- Over-receipt ----------------------------------------------------------------------------------
-- The rule is the server's, by settings.over_receipt_percent at the moment of the receipt; this is the limit of the limit.

alter table purchase_order_lines
    add constraint purchase_order_lines_received_within_double check (received + cancelled <= 2 * quantity),
    drop constraint purchase_order_lines_never_over_received;

-- What is open is never negative. A trigger keeps it, because another expression for a generated column would rewrite
-- the table.
alter table purchase_order_lines alter column open drop expression;
create function purchase_order_lines_keep_open() returns trigger language plpgsql as $$
begin
    new.open := greatest(new.quantity - new.received - new.cancelled, 0);
    return new;
end $$;
comment on function purchase_order_lines_keep_open is 'open is what is neither received nor cancelled, and never negative';
create trigger purchase_order_lines_keep_open before insert or update of quantity, received, cancelled, open on purchase_order_lines
    for each row execute function purchase_order_lines_keep_open();
comment on column purchase_order_lines.received is 'how much has come; may be more than was ordered, as settings.over_receipt_percent allowed';
comment on column purchase_order_lines.open is 'how much is still to come: the rest, never negative';

-- Returns ---------------------------------------------------------------------------------------

create table supplier_returns (
    id                      bigint generated always as identity,
    number                  text not null generated always as ('SR-' || lpad(id::text, greatest(6, length(id::text)), '0')) stored,
    supplier_id             bigint not null,
    purchase_order_id       bigint,
    goods_receipt_id        bigint,
    movement_id             bigint not null,
    reason                  one_line not null,
    currency                currency_code not null,
    actor                   one_line not null,
    created_at              timestamptz not null default clock_timestamp(),
    reversed_at             timestamptz,
    reversed_by_movement_id bigint,
    constraint supplier_returns_pkey primary key (id),
    constraint supplier_returns_number_key unique (number),
    constraint supplier_returns_supplier_id_fkey foreign key (supplier_id) references suppliers (id),
    constraint supplier_returns_purchase_order_id_fkey foreign key (purchase_order_id) references purchase_orders (id),
    constraint supplier_returns_goods_receipt_fkey foreign key (goods_receipt_id, purchase_order_id)
        references goods_receipts (id, purchase_order_id),
    constraint supplier_returns_receipt_has_order check (goods_receipt_id is null or purchase_order_id is not null),
    constraint supplier_returns_movement_id_fkey foreign key (movement_id) references stock_movements (id),
    constraint supplier_returns_movement_once_key unique (movement_id),
    constraint supplier_returns_reversed_by_movement_id_fkey foreign key (reversed_by_movement_id) references stock_movements (id),
    constraint supplier_returns_reversal_once_key unique (reversed_by_movement_id),
    constraint supplier_returns_reversal_has_a_time check (reversed_by_movement_id is null or reversed_at is not null)
);
create index supplier_returns_by_supplier_idx on supplier_returns (supplier_id, id);
create index supplier_returns_by_order_idx on supplier_returns (purchase_order_id, id);
create index supplier_returns_by_receipt_idx on supplier_returns (goods_receipt_id, purchase_order_id);
comment on table supplier_returns is 'what went back to a supplier at one time, with the stock movement that took it out';
comment on column supplier_returns.id is 'key';
comment on column supplier_returns.number is 'what people call it: SR-000123, made of the key';
comment on column supplier_returns.supplier_id is 'to whom';
comment on column supplier_returns.purchase_order_id is 'the order it came by; null: none is named';
comment on column supplier_returns.goods_receipt_id is 'the receipt it came by, of that order; null: none is named';
comment on column supplier_returns.movement_id is 'the movement that took it out';
comment on column supplier_returns.reason is 'why it went back';
comment on column supplier_returns.currency is 'of its unit costs: that of the order, else of the supplier';
comment on column supplier_returns.actor is 'who returned it';
comment on column supplier_returns.created_at is 'when it was returned';
comment on column supplier_returns.reversed_at is 'when it was put right';
comment on column supplier_returns.reversed_by_movement_id is 'the movement that put it right';

create table supplier_return_lines (
    id                 bigint generated always as identity,
    supplier_return_id bigint not null,
    product_id         bigint not null,
    location_id        bigint,
    quantity           quantity not null,
    unit_cost          money_amount,
    constraint supplier_return_lines_pkey primary key (id),
    constraint supplier_return_lines_supplier_return_id_fkey foreign key (supplier_return_id) references supplier_returns (id),
    constraint supplier_return_lines_product_id_fkey foreign key (product_id) references products (id),
    constraint supplier_return_lines_location_id_fkey foreign key (location_id) references locations (id),
    constraint supplier_return_lines_quantity_is_positive check (quantity > 0)
);
create index supplier_return_lines_by_return_idx on supplier_return_lines (supplier_return_id, id);
create index supplier_return_lines_by_product_idx on supplier_return_lines (product_id, id);
create index supplier_return_lines_by_location_idx on supplier_return_lines (location_id);
comment on table supplier_return_lines is 'the lines of a return to a supplier';
comment on column supplier_return_lines.id is 'key; lines stand in its order';
comment on column supplier_return_lines.supplier_return_id is 'the return it belongs to';
comment on column supplier_return_lines.product_id is 'what went back';
comment on column supplier_return_lines.location_id is 'where it was taken from; null: the movement''s entries say, because only a warehouse was named';
comment on column supplier_return_lines.quantity is 'how much went back';
comment on column supplier_return_lines.unit_cost is 'what one unit had cost; null: not known';

-- A document's movement is reversed together with it, or the document would still count.
create or replace function stock_movements_keep_goods_receipts() returns trigger language plpgsql as $$
begin
    if exists (select from goods_receipts where movement_id = new.reverses_movement_id and reversed_at is null) then
        raise exception 'movement % belongs to a goods receipt', new.reverses_movement_id
            using errcode = 'check_violation', constraint = 'stock_movements_reversed_with_document',
                  hint = 'Reverse the receipt: POST /goods-receipts/{id}/reverse.';
    end if;
    if exists (select from supplier_returns where movement_id = new.reverses_movement_id and reversed_at is null) then
        raise exception 'movement % belongs to a return to a supplier', new.reverses_movement_id
            using errcode = 'check_violation', constraint = 'stock_movements_reversed_with_document',
                  hint = 'Reverse the return: POST /supplier-returns/{id}/reverse.';
    end if;
    return new;
end $$;
comment on function stock_movements_keep_goods_receipts is 'the movement of a goods receipt, or of a return to a supplier, is reversed only together with it';

-- ------------------------------------------------------------ 0010 reorder policies

-- Reorder policies: when stock is low and how much is ordered then, for a product and for a product in one warehouse.
--
--   products.reorder_point   the point over all warehouses; stays where it is
--   reorder_policies         for one warehouse everything; for a product (the row without a warehouse) what else is settled
--   warehouse_low_stock      which products run low in which warehouse: what low_stock is, by warehouse
--
-- warehouse_low_stock is written as low_stock is, by whoever changes one side of the comparison, under the lock on the
-- product's row of product_stock:
--
--   stock changes                                          the ledger
--   policies are added, changed, deleted; products archived  triggers, so that it also holds for those who use psql
--
-- Expand step: new tables, and triggers that the previous release passes. It moves stock without writing here; what it
-- leaves behind is put right by the next movement of the product.
set local lock_timeout = '2s';

create table reorder_policies (
    id               bigint generated always as identity,
    product_id       bigint not null,
    warehouse_id     bigint,
    reorder_point    quantity,
    safety_stock     quantity not null default 0,
    max_quantity     quantity,
    reorder_quantity quantity,
    version          bigint not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint reorder_policies_pkey primary key (id),
    constraint reorder_policies_product_id_fkey foreign key (product_id) references products (id) on delete cascade,
    constraint reorder_policies_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id) on delete cascade,
    constraint reorder_policies_once_key unique nulls not distinct (product_id, warehouse_id),
    constraint reorder_policies_point_is_of_a_warehouse check ((warehouse_id is null) = (reorder_point is null)),
    constraint reorder_policies_reorder_point_not_negative check (reorder_point >= 0),
    constraint reorder_policies_safety_stock_not_negative check (safety_stock >= 0),
    constraint reorder_policies_max_quantity_not_negative check (max_quantity >= 0),
    -- Also raised by the triggers below, for the point of a product.
    constraint reorder_policies_max_not_below_reorder_point check (max_quantity >= reorder_point),
    constraint reorder_policies_reorder_quantity_is_positive check (reorder_quantity > 0),
    constraint reorder_policies_max_or_reorder_quantity check (max_quantity is null or reorder_quantity is null),
    constraint reorder_policies_version_is_positive check (version > 0)
);
create index reorder_policies_by_warehouse_idx on reorder_policies (warehouse_id, id);
comment on table reorder_policies is 'when a product is low in a warehouse, and how much is ordered then; without a warehouse: over all of them';
comment on column reorder_policies.id is 'key';
comment on column reorder_policies.product_id is 'which product';
comment on column reorder_policies.warehouse_id is 'in which warehouse; null: over all, and then the reorder point is products.reorder_point';
comment on column reorder_policies.reorder_point is 'stock is low when available there is at or below it';
comment on column reorder_policies.safety_stock is 'kept beyond the reorder point where neither max_quantity nor reorder_quantity says how much is ordered';
comment on column reorder_policies.max_quantity is 'order up to this; at most one of this and reorder_quantity';
comment on column reorder_policies.reorder_quantity is 'order so much at a time; at most one of this and max_quantity';
comment on column reorder_policies.version is 'counts the changes of this row; its ETag';
comment on column reorder_policies.created_at is 'when it was added';
comment on column reorder_policies.updated_at is 'when it was last changed';

create table warehouse_low_stock (
    product_id   bigint not null,
    warehouse_id bigint not null,
    since        timestamptz not null,
    constraint warehouse_low_stock_pkey primary key (product_id, warehouse_id),
    -- To the row that whoever writes here has locked. Not to reorder_policies: who deletes a policy would hold it and
    -- wait for that lock, while the ledger holds that lock and waits for the policy.
    constraint warehouse_low_stock_product_id_fkey foreign key (product_id) references product_stock (product_id) on delete cascade
);
create index warehouse_low_stock_by_since_idx on warehouse_low_stock (since, product_id, warehouse_id);
create index warehouse_low_stock_by_warehouse_idx on warehouse_low_stock (warehouse_id, since, product_id);
comment on table warehouse_low_stock is 'the products that run low in a warehouse: a reorder policy there, available there at or below its reorder_point, not archived';
comment on column warehouse_low_stock.product_id is 'which product';
comment on column warehouse_low_stock.warehouse_id is 'where; that of a row of reorder_policies';
comment on column warehouse_low_stock.since is 'when it crossed its reorder point, or the reorder point crossed it';
create trigger warehouse_low_stock_by_ledger_only before insert or update or delete or truncate on warehouse_low_stock
    for each statement execute function refuse_change_by_hand();

-- Low stock ---------------------------------------------------------------------------------------

create function available_in_warehouse(product bigint, warehouse bigint) returns numeric language sql stable as $$
    select coalesce(sum(on_hand - reserved), 0)::numeric from stock_levels
    where product_id = product and warehouse_id = warehouse and kind = 'storage'
$$;
comment on function available_in_warehouse is 'how much of a product can be sold in a warehouse';

create function keep_warehouse_low_stock(changed bigint[]) returns void language plpgsql as $$
declare
    ledger text := coalesce(current_setting('stockbook.ledger', true), '');
begin
    if changed is null then
        return;
    end if;
    -- Until the end of this function, also in a session of psql. A plain owner cannot say so in the function's head.
    perform set_config('stockbook.ledger', 'on', true);
    -- The lock of every stock write, in its order; a product that has none yet gets its row, one that is gone does not.
    insert into product_stock (product_id)
    select id from products where id = any(changed) order by id on conflict (product_id) do nothing;
    perform from product_stock where product_id = any(changed) order by product_id for no key update;
    -- New statements: they see what those who held the locks have written.
    delete from warehouse_low_stock l
    where l.product_id = any(changed) and not exists (
        select from reorder_policies r
        join products p on p.id = r.product_id
        where r.product_id = l.product_id and r.warehouse_id = l.warehouse_id and not p.archived
          and available_in_warehouse(r.product_id, r.warehouse_id) <= r.reorder_point);
    insert into warehouse_low_stock (product_id, warehouse_id, since)
    select r.product_id, r.warehouse_id, clock_timestamp()
    from reorder_policies r
    join products p on p.id = r.product_id
    where r.product_id = any(changed) and r.warehouse_id is not null and not p.archived
      and available_in_warehouse(r.product_id, r.warehouse_id) <= r.reorder_point
    on conflict (product_id, warehouse_id) do nothing;
    perform set_config('stockbook.ledger', ledger, true);
end $$;
comment on function keep_warehouse_low_stock is 'brings warehouse_low_stock of products up to date, under their locks';

create function reorder_policies_keep_low_stock() returns trigger language plpgsql as $$
declare
    changed bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct product_id) into changed from new_rows where warehouse_id is not null;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct product_id) into changed from old_rows where warehouse_id is not null;
    else
        select array_agg(distinct product_id) into changed
        from (select product_id, warehouse_id from old_rows union all select product_id, warehouse_id from new_rows) t
        where warehouse_id is not null;
    end if;
    perform keep_warehouse_low_stock(changed);
    return null;
end $$;
comment on function reorder_policies_keep_low_stock is 'keeps warehouse_low_stock true when policies are added, changed or deleted';
create trigger reorder_policies_keep_low_stock_of_new after insert on reorder_policies
    referencing new table as new_rows
    for each statement execute function reorder_policies_keep_low_stock();
create trigger reorder_policies_keep_low_stock_of_changed after update on reorder_policies
    referencing old table as old_rows new table as new_rows
    for each statement execute function reorder_policies_keep_low_stock();
create trigger reorder_policies_keep_low_stock_of_deleted after delete on reorder_policies
    referencing old table as old_rows
    for each statement execute function reorder_policies_keep_low_stock();

create function products_keep_warehouse_low_stock() returns trigger language plpgsql as $$
declare
    changed bigint[];
begin
    select array_agg(n.id) into changed
    from new_rows n
    join old_rows o on o.id = n.id
    where (n.archived_at is null) <> (o.archived_at is null)
      and exists (select from reorder_policies r where r.product_id = n.id and r.warehouse_id is not null);
    perform keep_warehouse_low_stock(changed);
    return null;
end $$;
comment on function products_keep_warehouse_low_stock is 'keeps warehouse_low_stock true when products are archived, or sold again';
create trigger products_keep_warehouse_low_stock after update on products
    referencing old table as old_rows new table as new_rows
    for each statement execute function products_keep_warehouse_low_stock();

-- A closed warehouse is not replenished.
create function warehouses_end_reorder_policies() returns trigger language plpgsql as $$
begin
    delete from reorder_policies where warehouse_id = new.id;
    return null;
end $$;
comment on function warehouses_end_reorder_policies is 'deletes the reorder policies of a warehouse that is closed';
create trigger warehouses_end_reorder_policies after update on warehouses
    for each row when (old.archived_at is null and new.archived_at is not null)
    execute function warehouses_end_reorder_policies();

-- The maximum is not below the point, also where the point is that of the product ------------------

create function reorder_policies_check_max() returns trigger language plpgsql as $$
declare
    point numeric;
begin
    -- Whoever changes the product's point holds the same row.
    select reorder_point into point from products where id = new.product_id for no key update;
    if new.max_quantity < point then
        raise exception 'max_quantity % is below the reorder point of the product, %', new.max_quantity, point
            using errcode = 'check_violation', constraint = 'reorder_policies_max_not_below_reorder_point';
    end if;
    return new;
end $$;
comment on function reorder_policies_check_max is 'refuses a maximum below the reorder point of the product';
create trigger reorder_policies_check_max before insert or update on reorder_policies
    for each row when (new.warehouse_id is null and new.max_quantity is not null)
    execute function reorder_policies_check_max();

create function products_check_reorder_point() returns trigger language plpgsql as $$
declare
    most numeric;
begin
    select max_quantity into most from reorder_policies
    where product_id = new.id and warehouse_id is null and max_quantity < new.reorder_point;
    if found then
        raise exception 'reorder_point % is above the maximum of the product''s reorder policy, %', new.reorder_point, most
            using errcode = 'check_violation', constraint = 'reorder_policies_max_not_below_reorder_point';
    end if;
    return new;
end $$;
comment on function products_check_reorder_point is 'refuses a reorder point above the maximum of the product''s reorder policy';
create trigger products_check_reorder_point before update of reorder_point on products
    for each row when (new.reorder_point is distinct from old.reorder_point)
    execute function products_check_reorder_point();

-- For people. The server does not use it. -----------------------------------------------------------

create view warehouse_low_stock_overview as
select p.sku, p.name, w.code as warehouse, available_in_warehouse(l.product_id, l.warehouse_id) as available, r.reorder_point,
       p.unit, l.since
from warehouse_low_stock l
join products p on p.id = l.product_id
join warehouses w on w.id = l.warehouse_id
join reorder_policies r on r.product_id = l.product_id and r.warehouse_id = l.warehouse_id;
comment on view warehouse_low_stock_overview is 'what runs low in which warehouse, with how much there is';
comment on column warehouse_low_stock_overview.sku is 'stock keeping unit';
comment on column warehouse_low_stock_overview.name is 'name of the product';
comment on column warehouse_low_stock_overview.warehouse is 'code of the warehouse';
comment on column warehouse_low_stock_overview.available is 'can be sold there';
comment on column warehouse_low_stock_overview.reorder_point is 'stock is low when available is at or below it';
comment on column warehouse_low_stock_overview.unit is 'what the quantities count';
comment on column warehouse_low_stock_overview.since is 'since when it is low';

-- ------------------------------------------------------------ 0011 shown amounts

-- Amounts that read well: the views show each with at least the decimals of its currency, as the API does. So far they
-- showed those that happened to be entered, 24.9 above 24.95.
--
-- Expand step: the views keep their columns and their types.
set local lock_timeout = '2s';

create function shown_amount(amount numeric, currency text) returns numeric
language sql immutable parallel safe as $$
    select round(amount, greatest(scale(trim_scale(amount)), case
        when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV',
            'XAF', 'XOF', 'XPF',
            -- metals, units of account and the like: no minor unit
            'XAG', 'XAU', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XPD', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX') then 0
        when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
        when currency in ('CLF', 'UYW') then 4
        else 2 end))
$$;
comment on function shown_amount is 'the same amount, written with at least the decimals that its currency has by ISO 4217';

create or replace view product_overview as
select p.id, p.sku, p.name, p.description, shown_amount(price.price, price.currency)::money_amount as price, price.currency,
       coalesce(s.on_hand, 0) as stock, c.path as category, p.created_at
from products p
join categories c on c.id = p.category_id
left join product_stock s on s.product_id = p.id
left join lateral (
    select pp.price, pp.currency from product_prices pp
    where pp.product_id = p.id and pp.effective_from <= now()
    order by pp.effective_from desc limit 1
) price on true
where not p.archived;

create or replace view purchase_order_overview as
select o.number, s.name as supplier, w.code as warehouse, o.status, o.currency,
       (select shown_amount(round(sum((l.quantity - l.cancelled) * l.unit_cost), 4), o.currency)
        from purchase_order_lines l where l.purchase_order_id = o.id) as total,
       (select sum(l.quantity) from purchase_order_lines l where l.purchase_order_id = o.id) as ordered,
       (select sum(l.received) from purchase_order_lines l where l.purchase_order_id = o.id) as received,
       o.expected_on, o.created_at, o.updated_at
from purchase_orders o
join suppliers s on s.id = o.supplier_id
join warehouses w on w.id = o.warehouse_id;

-- ------------------------------------------------------------ 0012 reservations

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

-- ------------------------------------------------------------ 0013 stock transfers

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

-- ------------------------------------------------------------ 0014 events

-- The change feed: everything that happens, in an order in which a reader never skips anything.
--
-- Ids are taken before the commit and become visible with it, so that a reader who goes by them alone misses what commits
-- late. The feed goes by the transaction, and ends where the oldest transaction that is still under way begins:
-- pg_snapshot_xmin(pg_current_snapshot()). What is below that is decided for ever.
--
--   stock_movements  have their transaction in a column: they are many, and immutable, and not written twice
--   events           everything else, written by triggers, so that it also holds for those who use psql
--   event_marks      where the feed stood at which time, every hour: by these it is cut off
--
-- Expand step: safe while the previous release is serving. What that writes is in the feed, too: by the default and the
-- triggers. Movements from before have no transaction and are not in it. Writes wait while the index is made, which reads
-- the movements once.
set local lock_timeout = '2s';

alter table stock_movements add column transaction_id xid8; -- no default yet: no row is written anew
alter table stock_movements alter column transaction_id set default pg_current_xact_id();
create index stock_movements_by_transaction_idx on stock_movements (transaction_id, id) where transaction_id is not null;
comment on column stock_movements.transaction_id is 'which transaction entered it: its place in the change feed; null: before there was one';

create table events (
    transaction_id xid8 not null default pg_current_xact_id(),
    step           smallint not null default 1,
    id             bigint generated always as identity,
    type           text not null,
    actor          one_line not null,
    data           jsonb not null,
    recorded_at    timestamptz not null default clock_timestamp(),
    constraint events_pkey primary key (transaction_id, step, id),
    constraint events_step_is_known check (step in (1, 3)),
    constraint events_type_is_plain check (type ~ '^[a-z_]+[.][a-z_]+$'),
    constraint events_data_is_an_object check (jsonb_typeof(data) = 'object')
);
comment on table events is 'what has changed besides stock, for the change feed; kept as long as settings.event_retention_days says';
comment on column events.transaction_id is 'which transaction did it';
comment on column events.step is 'within a transaction: 1 documents, then (2) movements, then 3 what movements bring about';
comment on column events.id is 'order within a step';
comment on column events.type is 'what happened to what: product.updated; docs/src/events.md lists them';
comment on column events.actor is 'who did it; the database role, where nobody is named';
comment on column events.data is 'what it is about, and what changed';
comment on column events.recorded_at is 'when';

create table event_marks (
    taken_at       timestamptz not null,
    transaction_id xid8 not null,
    expired        boolean not null default false,
    constraint event_marks_pkey primary key (taken_at)
);
create index event_marks_expired_idx on event_marks (transaction_id) where expired;
comment on table event_marks is 'how far the change feed was at which time; by these, old events expire';
comment on column event_marks.taken_at is 'when it was looked';
comment on column event_marks.transaction_id is 'every transaction below had ended then';
comment on column event_marks.expired is 'nothing below is given any more, whatever the settings become';

create function events_refuse_change() returns trigger language plpgsql as $$
begin
    -- Deeper than this function: a trigger of what has changed writes.
    if pg_trigger_depth() = 1 and current_setting('stockbook.ledger', true) is distinct from 'on' then
        raise exception '% is kept by the server and cannot be changed by hand', tg_table_name
            using errcode = 'insufficient_privilege',
                  hint = 'How long events are kept is a setting: PATCH /settings, event_retention_days.';
    end if;
    return null;
end $$;
comment on function events_refuse_change is 'lets triggers and the server write, and nobody else';
create trigger events_by_triggers_only before insert or update or delete or truncate on events
    for each statement execute function events_refuse_change();
create trigger event_marks_by_server_only before insert or update or delete or truncate on event_marks
    for each statement execute function events_refuse_change();

create function event_actor() returns text language sql stable as $$
    select coalesce(nullif(current_setting('stockbook.actor', true), ''), session_user::text)
$$;
comment on function event_actor is 'who acts in this transaction: as the server says, else the database role';

-- Documents: rows with an id. The first argument names them, the others are columns that every event shows.
create function events_of_documents() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    if tg_op = 'UPDATE' then
        insert into events (type, actor, data)
        select tg_argv[0] || '.' || case
                   when changes ? 'status' then d.present ->> 'status'
                   when changes ? 'reversed_by_movement_id' then 'reversed'
                   when archived and changes ? 'archived_at' then 'archived'
                   when changes ? 'archived_at' then 'unarchived'
                   else 'updated' end,
               coalesce(case when tg_argv[0] = 'reservation' then ( -- its movement, which the ledger has just written
                   select m.actor from stock_movements m
                   where m.reference = 'RS-' || lpad(d.id::text, greatest(6, length(d.id::text)), '0')
                     and m.transaction_id = pg_current_xact_id()
                   order by m.id desc limit 1) end, event_actor()),
               (select jsonb_object_agg(key, value) from jsonb_each(d.present) where key in ('id', 'version') or key = any(tg_argv[1:]))
               || jsonb_build_object('changes', changes - 'archived_at')
        from (select n.id, to_jsonb(o) as past, to_jsonb(n) as present, n.* is distinct from o.* as differs
              from new_rows n join old_rows o on o.id = n.id) d
        cross join lateral (
            select coalesce(jsonb_object_agg(n.key, case
                       when length(n.value::text) > 400 or length(o.value::text) > 400 then '{}'::jsonb
                       else jsonb_build_object('from', o.value, 'to', n.value) end), '{}') as changes,
                   d.present -> 'archived_at' <> 'null'::jsonb as archived
            from jsonb_each(d.present) n
            join jsonb_each(d.past) o on o.key = n.key and o.value <> n.value
            where n.key not in ('version', 'updated_at', 'search_text', 'archived')
        ) c
        -- A receipt that is being reversed is so when its movement is there.
        where d.differs and not (changes ? 'reversed_at' and not changes ? 'reversed_by_movement_id')
        order by d.id;
    elsif tg_op = 'INSERT' then
        insert into events (type, actor, data)
        select tg_argv[0] || '.created', coalesce(d.present ->> 'actor', event_actor()),
               (select jsonb_object_agg(key, value) from jsonb_each(d.present) where key in ('id', 'version') or key = any(tg_argv[1:]))
        from (select n.id, to_jsonb(n) as present from new_rows n) d
        order by d.id;
    else
        insert into events (type, actor, data)
        select tg_argv[0] || '.deleted', event_actor(),
               (select jsonb_object_agg(key, value) from jsonb_each(d.past) where key in ('id', 'version') or key = any(tg_argv[1:]))
        from (select o.id, to_jsonb(o) as past from old_rows o) d
        order by d.id;
    end if;
    return null;
end $$;
comment on function events_of_documents is 'enters what was created, changed or deleted into the change feed';

create trigger products_events_of_new after insert on products
    referencing new table as new_rows for each statement execute function events_of_documents('product', 'sku', 'name');
create trigger products_events_of_changed after update on products
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('product', 'sku', 'name');
create trigger products_events_of_deleted after delete on products
    referencing old table as old_rows for each statement execute function events_of_documents('product', 'sku', 'name');
create trigger categories_events_of_new after insert on categories
    referencing new table as new_rows for each statement execute function events_of_documents('category', 'path');
create trigger categories_events_of_changed after update on categories
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('category', 'path');
create trigger categories_events_of_deleted after delete on categories
    referencing old table as old_rows for each statement execute function events_of_documents('category', 'path');
create trigger warehouses_events_of_new after insert on warehouses
    referencing new table as new_rows for each statement execute function events_of_documents('warehouse', 'code', 'name');
create trigger warehouses_events_of_changed after update on warehouses
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('warehouse', 'code', 'name');
create trigger warehouses_events_of_deleted after delete on warehouses
    referencing old table as old_rows for each statement execute function events_of_documents('warehouse', 'code', 'name');
create trigger locations_events_of_new after insert on locations
    referencing new table as new_rows for each statement execute function events_of_documents('location', 'code', 'kind', 'warehouse_id');
create trigger locations_events_of_changed after update on locations
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('location', 'code', 'kind', 'warehouse_id');
create trigger locations_events_of_deleted after delete on locations
    referencing old table as old_rows for each statement execute function events_of_documents('location', 'code', 'kind', 'warehouse_id');
create trigger reservations_events_of_new after insert on reservations
    referencing new table as new_rows for each statement execute function events_of_documents('reservation', 'status', 'reference');
create trigger reservations_events_of_changed after update on reservations
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('reservation', 'status', 'reference');
create trigger goods_receipts_events_of_new after insert on goods_receipts
    referencing new table as new_rows for each statement
    execute function events_of_documents('goods_receipt', 'number', 'purchase_order_id', 'movement_id');
create trigger goods_receipts_events_of_changed after update on goods_receipts
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('goods_receipt', 'number', 'purchase_order_id', 'movement_id');

-- Prices have no id and are not changed: a price is added, or taken back. What is done to one by hand is both.
create function events_of_prices() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    insert into events (type, actor, data)
    select 'price.' || tg_argv[0], case tg_argv[0] when 'added' then r.actor else event_actor() end,
           jsonb_build_object('product_id', r.product_id, 'sku', p.sku, 'price', shown_amount(r.price, r.currency)::text,
                              'currency', r.currency, 'effective_from', r.effective_from, 'reason', r.reason,
                              'previous', before.price)
    from changed_rows r
    left join products p on p.id = r.product_id
    left join lateral (
        select jsonb_build_object('price', shown_amount(b.price, b.currency)::text, 'currency', b.currency) as price
        from product_prices b
        where b.product_id = r.product_id and b.effective_from < r.effective_from
        order by b.effective_from desc limit 1
    ) before on true
    order by r.product_id, r.effective_from;
    return null;
end $$;
comment on function events_of_prices is 'enters prices that were added or taken back into the change feed, each with the price before it';
create trigger product_prices_events_of_new after insert on product_prices
    referencing new table as changed_rows for each statement execute function events_of_prices('added');
create trigger product_prices_events_of_changed_1 after update on product_prices
    referencing old table as changed_rows for each statement execute function events_of_prices('removed');
create trigger product_prices_events_of_changed_2 after update on product_prices
    referencing new table as changed_rows for each statement execute function events_of_prices('added');
create trigger product_prices_events_of_removed after delete on product_prices
    referencing old table as changed_rows for each statement execute function events_of_prices('removed');

create function events_of_purchase_orders() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'purchase_order.' || case r.action
               when 'create' then 'created' when 'submit' then 'submitted' when 'approve' then 'approved'
               when 'reject' then 'rejected' when 'order' then 'ordered' when 'cancel' then 'cancelled' when 'close' then 'closed'
               when 'receive' then 'received' when 'reverse_receipt' then 'receipt_reversed' else r.action end,
           r.actor,
           jsonb_build_object('id', o.id, 'number', o.number, 'supplier_id', o.supplier_id, 'version', o.version,
                              'from_status', r.from_status, 'status', r.status)
    from new_rows r join purchase_orders o on o.id = r.purchase_order_id
    order by r.id;
    return null;
end $$;
comment on function events_of_purchase_orders is 'enters the steps of purchase orders into the change feed';
create trigger purchase_order_events_of_new after insert on purchase_order_events
    referencing new table as new_rows for each statement execute function events_of_purchase_orders();

-- After the movements of their transaction, of which the last one of the product says who did it.
create function events_of_low_stock() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    with undone as ( -- what is low and enough again within one transaction, as with opening stock, has never been low
        delete from events e using changed_rows r
        where e.transaction_id = pg_current_xact_id() and e.step = 3 and e.type = 'low_stock.' || tg_argv[1]
          and e.data -> 'product_id' = to_jsonb(r.product_id)
        returning r.product_id
    )
    insert into events (step, type, actor, data)
    select 3, 'low_stock.' || tg_argv[0], coalesce(movement.actor, event_actor()),
           jsonb_build_object('product_id', r.product_id, 'sku', p.sku, 'available', trim_scale(s.available),
                              'reorder_point', trim_scale(p.reorder_point), 'since', r.since)
    from changed_rows r
    left join products p on p.id = r.product_id
    left join product_stock s on s.product_id = r.product_id
    left join lateral (
        select case when m.transaction_id = pg_current_xact_id() then m.actor end as actor
        from stock_entries e join stock_movements m on m.id = e.movement_id
        where e.product_id = r.product_id
        order by e.movement_id desc limit 1
    ) movement on true
    where r.product_id not in (select product_id from undone)
    order by r.product_id;
    return null;
end $$;
comment on function events_of_low_stock is 'enters what has become low, or is low no longer, into the change feed';
create trigger low_stock_events_of_new after insert on low_stock
    referencing new table as changed_rows for each statement execute function events_of_low_stock('entered', 'left');
create trigger low_stock_events_of_removed after delete on low_stock
    referencing old table as changed_rows for each statement execute function events_of_low_stock('left', 'entered');

-- ------------------------------------------------------------ 0015 leaner ledger

-- What each line of the ledger costs, less what it does not need.
--
-- Expand step: safe while the release before is serving. Each of the two tables is locked while its constraint is
-- replaced; the index reads stock_movements once.
set local lock_timeout = '2s';

-- One movement in thousands is a reversal: the others need no place in the index that lets a movement be reversed once.
alter table stock_movements drop constraint stock_movements_reversed_once_key;
create unique index stock_movements_reversed_once_key on stock_movements (reverses_movement_id) where reverses_movement_id is not null;

-- A pattern costs more than all else that is checked of a key; its words come from the server's own list.
alter table idempotency_keys drop constraint idempotency_keys_operation_is_plain;
alter table idempotency_keys add constraint idempotency_keys_operation_is_short check (length(operation) between 1 and 64) not valid;

-- ------------------------------------------------------------ 0016 reports

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

-- ------------------------------------------------------------ 0017 events of purchasing

-- What was missing in the change feed: transfers, suppliers and what they sell and ask for, returns to them, reorder policies.
--
-- Expand step: triggers that the previous release passes; what it writes is in the feed from here on. A reader passes over
-- types that it does not know.
set local lock_timeout = '2s';

create function events_of_stock_transfers() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'stock_transfer.' || case r.action
               when 'create' then 'created' when 'ship' then 'shipped' when 'receive' then 'received'
               when 'close' then 'closed' when 'cancel' then 'cancelled' else r.action end,
           r.actor,
           jsonb_build_object('id', t.id, 'number', t.number, 'from_warehouse_id', t.from_warehouse_id,
                              'to_warehouse_id', t.to_warehouse_id, 'movement_id', r.movement_id, 'version', t.version,
                              'from_status', r.from_status, 'status', r.status)
    from new_rows r join stock_transfers t on t.id = r.stock_transfer_id
    order by r.id;
    return null;
end $$;
comment on function events_of_stock_transfers is 'enters the steps of stock transfers into the change feed';
create trigger stock_transfer_events_of_new after insert on stock_transfer_events
    referencing new table as new_rows for each statement execute function events_of_stock_transfers();

create trigger suppliers_events_of_new after insert on suppliers
    referencing new table as new_rows for each statement execute function events_of_documents('supplier', 'code', 'name');
create trigger suppliers_events_of_changed after update on suppliers
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_documents('supplier', 'code', 'name');
create trigger suppliers_events_of_deleted after delete on suppliers
    referencing old table as old_rows for each statement execute function events_of_documents('supplier', 'code', 'name');
create trigger supplier_products_events_of_new after insert on supplier_products
    referencing new table as new_rows for each statement
    execute function events_of_documents('supplier_product', 'supplier_id', 'product_id', 'supplier_sku');
create trigger supplier_products_events_of_changed after update on supplier_products
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('supplier_product', 'supplier_id', 'product_id', 'supplier_sku');
create trigger supplier_products_events_of_deleted after delete on supplier_products
    referencing old table as old_rows for each statement
    execute function events_of_documents('supplier_product', 'supplier_id', 'product_id', 'supplier_sku');
create trigger supplier_returns_events_of_new after insert on supplier_returns
    referencing new table as new_rows for each statement
    execute function events_of_documents('supplier_return', 'number', 'supplier_id', 'purchase_order_id', 'movement_id');
create trigger supplier_returns_events_of_changed after update on supplier_returns
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('supplier_return', 'number', 'supplier_id', 'purchase_order_id', 'movement_id');
create trigger reorder_policies_events_of_new after insert on reorder_policies
    referencing new table as new_rows for each statement execute function events_of_documents('reorder_policy', 'product_id', 'warehouse_id');
create trigger reorder_policies_events_of_changed after update on reorder_policies
    referencing old table as old_rows new table as new_rows for each statement
    execute function events_of_documents('reorder_policy', 'product_id', 'warehouse_id');
create trigger reorder_policies_events_of_deleted after delete on reorder_policies
    referencing old table as old_rows for each statement execute function events_of_documents('reorder_policy', 'product_id', 'warehouse_id');

-- Costs have no id and are not changed: a cost is added, or taken back. What is done to one by hand is both.
create function events_of_supplier_costs() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    insert into events (type, actor, data)
    select 'supplier_cost.' || tg_argv[0], case tg_argv[0] when 'added' then r.actor else event_actor() end,
           jsonb_build_object('supplier_product_id', r.supplier_product_id, 'supplier_id', sp.supplier_id, 'product_id', sp.product_id,
                              'min_quantity', trim_scale(r.min_quantity), 'unit_cost', shown_amount(r.unit_cost, r.currency)::text,
                              'currency', r.currency, 'effective_from', r.effective_from)
    from changed_rows r left join supplier_products sp on sp.id = r.supplier_product_id
    order by r.supplier_product_id, r.effective_from, r.min_quantity;
    return null;
end $$;
comment on function events_of_supplier_costs is 'enters costs of suppliers that were added or taken back into the change feed';
create trigger supplier_product_costs_events_of_new after insert on supplier_product_costs
    referencing new table as changed_rows for each statement execute function events_of_supplier_costs('added');
create trigger supplier_product_costs_events_of_changed_1 after update on supplier_product_costs
    referencing old table as changed_rows for each statement execute function events_of_supplier_costs('removed');
create trigger supplier_product_costs_events_of_changed_2 after update on supplier_product_costs
    referencing new table as changed_rows for each statement execute function events_of_supplier_costs('added');
create trigger supplier_product_costs_events_of_removed after delete on supplier_product_costs
    referencing old table as changed_rows for each statement execute function events_of_supplier_costs('removed');

-- ------------------------------------------------------------ 0020 access

-- Access: who may come in, as what, and what lets them in.
--
--   users, user_warehouses   people, what they may do, and where
--   sessions                 who has signed in with a browser
--   api_keys                 what programs come in with; each belongs to a user and can do no more than its owner
--   one_time_tokens          what lets someone set up the first account, or choose another password, once
--
-- Nothing here that could let anyone in: of passwords there is an Argon2id hash, of sessions, keys and tokens the SHA-256 of
-- 256 random bits.
-- Expand step: new tables, which the previous release does not know.
set local lock_timeout = '2s';

create table users (
    id             bigint generated always as identity,
    email          one_line not null,
    name           one_line not null,
    role           text not null,
    active         boolean not null default true,
    all_warehouses boolean not null default true,
    password_hash  text,
    version        bigint not null default 1,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_email_has_an_at check (email ~ '^[^@ ]+@[^@ ]+$'),
    constraint users_role_is_known check (role in ('viewer', 'operator', 'buyer', 'manager', 'admin')),
    constraint users_password_hash_is_argon2id check (password_hash like '$argon2id$%'),
    constraint users_version_is_positive check (version > 0)
);
create unique index users_email_key on users (lower(email));
create unique index users_name_key on users (lower(name));
create index users_active_admins_idx on users (id) where role = 'admin' and active;
comment on table users is 'people who may come in; they stay, because what they did has their names';
comment on column users.id is 'key';
comment on column users.email is 'what they sign in with; unique whatever its case';
comment on column users.name is 'what stands in the ledger as who did it; unique whatever its case';
comment on column users.role is 'what they may do';
comment on column users.active is 'whether they may come in';
comment on column users.all_warehouses is 'whether they may work in every warehouse; otherwise in those of user_warehouses';
comment on column users.password_hash is 'Argon2id of the password; null: none was chosen yet';
comment on column users.version is 'counts the changes of this row; its ETag';
comment on column users.created_at is 'when they were added';
comment on column users.updated_at is 'when they were last changed';

create table user_warehouses (
    user_id      bigint not null,
    warehouse_id bigint not null,
    constraint user_warehouses_pkey primary key (user_id, warehouse_id),
    constraint user_warehouses_user_id_fkey foreign key (user_id) references users (id),
    constraint user_warehouses_warehouse_id_fkey foreign key (warehouse_id) references warehouses (id)
);
create index user_warehouses_by_warehouse_idx on user_warehouses (warehouse_id);
comment on table user_warehouses is 'where people work who may not work in every warehouse';
comment on column user_warehouses.user_id is 'who';
comment on column user_warehouses.warehouse_id is 'where';

create table sessions (
    id           bigint generated always as identity,
    token_hash   sha256_digest not null,
    user_id      bigint not null,
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null,
    user_agent   text not null default '',
    address      inet,
    constraint sessions_pkey primary key (id),
    constraint sessions_token_hash_key unique (token_hash),
    constraint sessions_user_id_fkey foreign key (user_id) references users (id),
    constraint sessions_user_agent_is_limited check (char_length(user_agent) <= 400)
);
create index sessions_by_user_idx on sessions (user_id, id);
comment on table sessions is 'who has signed in with a browser; the row goes when the session ends';
comment on column sessions.id is 'key';
comment on column sessions.token_hash is 'SHA-256 of what is in the cookie';
comment on column sessions.user_id is 'who';
comment on column sessions.created_at is 'when they signed in';
comment on column sessions.last_seen_at is 'when it was last used, to the minute: unused for 30 minutes it ends';
comment on column sessions.expires_at is 'when it ends at the latest';
comment on column sessions.user_agent is 'the browser, as it names itself; may be empty';
comment on column sessions.address is 'from where they signed in; null: unknown';

create table api_keys (
    id           bigint generated always as identity,
    token_hash   sha256_digest not null,
    user_id      bigint not null,
    name         one_line not null,
    prefix       text not null,
    scopes       text[],
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    constraint api_keys_pkey primary key (id),
    constraint api_keys_token_hash_key unique (token_hash),
    constraint api_keys_user_id_fkey foreign key (user_id) references users (id),
    constraint api_keys_prefix_is_one check (prefix ~ '^sb_live_[0-9A-Za-z]{6}$'),
    constraint api_keys_scopes_not_empty check (cardinality(scopes) > 0)
);
create index api_keys_by_user_idx on api_keys (user_id, id);
comment on table api_keys is 'what programs come in with; each acts as its owner, and can do no more';
comment on column api_keys.id is 'key';
comment on column api_keys.token_hash is 'SHA-256 of the key itself, which was shown once';
comment on column api_keys.user_id is 'its owner';
comment on column api_keys.name is 'what it is for';
comment on column api_keys.prefix is 'how it begins, to be told from others';
comment on column api_keys.scopes is 'the permissions of its owner that it has; null: all of them';
comment on column api_keys.created_at is 'when it was made';
comment on column api_keys.expires_at is 'when it ends';
comment on column api_keys.last_used_at is 'when it was last used, to the minute; null: never';
comment on column api_keys.revoked_at is 'when it was taken back; null: it was not';

create table one_time_tokens (
    token_hash sha256_digest not null,
    purpose    text not null,
    user_id    bigint,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint one_time_tokens_pkey primary key (token_hash),
    constraint one_time_tokens_user_id_fkey foreign key (user_id) references users (id),
    constraint one_time_tokens_purpose_is_known check (purpose in ('setup', 'password_reset')),
    constraint one_time_tokens_reset_has_user check ((purpose = 'password_reset') = (user_id is not null))
);
create index one_time_tokens_by_user_idx on one_time_tokens (user_id);
comment on table one_time_tokens is 'what lets someone in once; the row goes when it is used';
comment on column one_time_tokens.token_hash is 'SHA-256 of the token, which was shown once';
comment on column one_time_tokens.purpose is 'setup: of the first account; password_reset: to choose another password';
comment on column one_time_tokens.user_id is 'whose password; null: there is nobody yet';
comment on column one_time_tokens.created_at is 'when it was made';
comment on column one_time_tokens.expires_at is 'when it ends unused';

-- ------------------------------------------------------------ 0025 audit log

-- The audit log: who did what besides moving stock, from where, and when. Stock has its own record, the ledger.
--
--   audit_log        what was done, written in the transaction that did it, by triggers: so it also holds for psql
--   audit_log_seals  the chain over it, by SHA-256: written a moment later, so that nobody waits for a common chain
--   audit_log_queue  what has yet to be sealed
--
-- Entries and seals cannot be changed by anybody. The server says who acts, and from where, by the settings stockbook.actor
-- and stockbook.request of its transactions.
-- Expand step: new tables, and triggers that also enter what the previous release does.
set local lock_timeout = '2s';

create table audit_log (
    id          bigint generated always as identity,
    recorded_at timestamptz not null default clock_timestamp(),
    actor       one_line not null,
    actor_kind  text not null,
    actor_id    bigint,
    action      text not null,
    target      one_line not null,
    address     inet,
    user_agent  text,
    request_id  text,
    detail      jsonb not null,
    constraint audit_log_pkey primary key (id),
    constraint audit_log_actor_kind_is_plain check (actor_kind ~ '^[a-z_]{1,40}$'),
    constraint audit_log_action_is_plain check (action ~ '^[a-z_]{1,60}[.][a-z_]{1,60}$'),
    constraint audit_log_user_agent_is_limited check (char_length(user_agent) between 1 and 400),
    constraint audit_log_request_id_is_limited check (char_length(request_id) between 1 and 64),
    constraint audit_log_detail_is_an_object check (jsonb_typeof(detail) = 'object')
);
create index audit_log_by_time_idx on audit_log (recorded_at, id);
create index audit_log_by_actor_idx on audit_log (actor, recorded_at, id);
create index audit_log_by_action_idx on audit_log (action, recorded_at, id);
create index audit_log_by_target_idx on audit_log (target, recorded_at, id);
comment on table audit_log is 'who did what, from where, and when; append-only';
comment on column audit_log.id is 'key; not the order of commits';
comment on column audit_log.recorded_at is 'when it was done';
comment on column audit_log.actor is 'who did it';
comment on column audit_log.actor_kind is 'by what they came in: person, api_key, demo, internal; anonymous: nobody said who they are; database: by SQL';
comment on column audit_log.actor_id is 'key of the user that they are, or whose key they have; null: none';
comment on column audit_log.action is 'what was done to what: user.updated; docs/src/audit-log.md lists them';
comment on column audit_log.target is 'to which one: warehouse:3, its kind and key';
comment on column audit_log.address is 'from which address; null: from inside the server';
comment on column audit_log.user_agent is 'by which program, as it names itself';
comment on column audit_log.request_id is 'of which request; the server''s log has it too';
comment on column audit_log.detail is 'what changed; never a password, a key or a token';

create table audit_log_seals (
    seq      bigint not null,
    entry_id bigint not null,
    chain    sha256_digest not null,
    constraint audit_log_seals_pkey primary key (seq),
    constraint audit_log_seals_once_key unique (entry_id),
    constraint audit_log_seals_seq_is_positive check (seq > 0)
);
comment on table audit_log_seals is 'the chain over the audit log: each seal covers its entry and the seal before it; append-only';
comment on column audit_log_seals.seq is 'place in the chain; gapless from 1';
comment on column audit_log_seals.entry_id is 'which entry';
comment on column audit_log_seals.chain is 'SHA-256 over the chain before it and the entry; docs/src/audit-log.md has the form';

create table audit_log_queue (
    entry_id bigint not null,
    constraint audit_log_queue_pkey primary key (entry_id)
);
comment on table audit_log_queue is 'entries of the audit log that have yet to be sealed, which the server does within seconds';
comment on column audit_log_queue.entry_id is 'which entry';

-- Guards ----------------------------------------------------------------------------------------

create function audit_log_refuse_change_by_hand() returns trigger language plpgsql as $$
begin
    -- Deeper than this function: a trigger of what was done writes.
    if pg_trigger_depth() = 1 and current_setting('stockbook.ledger', true) is distinct from 'on' then
        raise exception '% is kept by the server and cannot be changed by hand', tg_table_name
            using errcode = 'insufficient_privilege',
                  hint = 'Do what you want to do; it is entered by itself. GET /audit-log shows it.';
    end if;
    return null;
end $$;
comment on function audit_log_refuse_change_by_hand is 'lets triggers and the server write, and nobody else';
create trigger audit_log_by_triggers_only before insert on audit_log
    for each statement execute function audit_log_refuse_change_by_hand();
create trigger audit_log_seals_by_server_only before insert on audit_log_seals
    for each statement execute function audit_log_refuse_change_by_hand();
create trigger audit_log_queue_by_server_only before insert or update or delete or truncate on audit_log_queue
    for each statement execute function audit_log_refuse_change_by_hand();

create function audit_log_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: what was done stays done', tg_table_name
        using errcode = 'insufficient_privilege', hint = 'GET /audit-log/verify finds what was changed all the same.';
end $$;
comment on function audit_log_refuse_change is 'entries and seals are for ever';
create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function audit_log_refuse_change();
create trigger audit_log_seals_append_only before update or delete or truncate on audit_log_seals
    for each statement execute function audit_log_refuse_change();

-- The same by privilege, which also holds where triggers cannot be.
revoke update, delete, truncate on audit_log, audit_log_seals from current_user;

-- Entries ---------------------------------------------------------------------------------------

create function audit(action text, target text, detail jsonb, actor text default null) returns void language sql as $$
    with origin as (
        select nullif(current_setting('stockbook.request', true), '')::jsonb as request,
               current_setting('stockbook.ledger', true) = 'on' as is_server
    ), entry as (
        insert into audit_log (actor, actor_kind, actor_id, action, target, address, user_agent, request_id, detail)
        select coalesce(actor, nullif(current_setting('stockbook.actor', true), ''),
                        case when request is not null then 'anonymous' else session_user::text end),
               coalesce(request ->> 'actor_kind', case when is_server then 'internal' else 'database' end),
               (request ->> 'actor_id')::bigint, action, left(target, 200),
               case when is_server then (request ->> 'address')::inet else inet_client_addr() end,
               nullif(left(case when is_server then request ->> 'user_agent' else current_setting('application_name') end, 400), ''),
               request ->> 'request_id', detail
        from origin
        returning id
    )
    insert into audit_log_queue (entry_id) select id from entry
$$;
comment on function audit is 'enters what was done into the audit log; by whom and from where, the settings of the transaction say';

create function audit_changes(past jsonb, present jsonb, hidden text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(n.key, case
               when n.key = any(hidden) then '{}'::jsonb
               when length(n.value::text) > 400 or length(o.value::text) > 400 then '{}'::jsonb
               else jsonb_build_object('from', o.value, 'to', n.value) end), '{}')
    from jsonb_each(present) n
    join jsonb_each(past) o on o.key = n.key and o.value <> n.value
    where n.key not in ('version', 'updated_at')
$$;
comment on function audit_changes is 'what differs between two states of a row, each with from and to; of what is long or secret, only that it differs';

-- Rows of documents. The arguments: what they are called; the columns that every entry shows, separated by commas; the
-- columns that are shown by no entry. A column named id is the key; without one there is one row.
create function audit_rows() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    past jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    present jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    shown text[] := string_to_array(coalesce(tg_argv[1], ''), ',');
    hidden text[] := string_to_array(coalesce(tg_argv[2], ''), ',');
    changes jsonb := '{}';
    action text := case tg_op when 'INSERT' then 'created' when 'DELETE' then 'deleted' else 'updated' end;
begin
    if tg_op = 'UPDATE' then
        changes := audit_changes(past, present, hidden);
        if changes = '{}' then
            return null;
        end if;
        if changes ? 'archived_at' then
            action := case when present -> 'archived_at' = 'null' then 'unarchived' else 'archived' end;
        elsif changes ? 'reversed_at' then
            action := 'reversed';
        end if;
    end if;
    perform audit(tg_argv[0] || '.' || action,
                  tg_argv[0] || coalesce(':' || (coalesce(present, past) ->> 'id'), ''),
                  (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(coalesce(present, past)) where key = any(shown))
                  || case when tg_op = 'UPDATE' then jsonb_build_object('changes', changes) else '{}' end);
    return null;
end $$;
comment on function audit_rows is 'enters what was created, changed or deleted into the audit log';

create trigger warehouses_audited after insert or update or delete on warehouses
    for each row execute function audit_rows('warehouse', 'code,name');
create trigger locations_audited after insert or update or delete on locations
    for each row execute function audit_rows('location', 'code,kind,warehouse_id');
create trigger settings_audited after update on settings
    for each row execute function audit_rows('settings');
create trigger goods_receipts_audited after update on goods_receipts
    for each row when (old.reversed_at is null and new.reversed_at is not null)
    execute function audit_rows('goods_receipt', 'number,purchase_order_id');
create trigger supplier_returns_audited_when_new after insert on supplier_returns
    for each row execute function audit_rows('supplier_return', 'number,supplier_id');
create trigger supplier_returns_audited after update on supplier_returns
    for each row when (old.reversed_at is null and new.reversed_at is not null)
    execute function audit_rows('supplier_return', 'number,supplier_id');

create function audit_purchase_orders() returns trigger language plpgsql as $$
begin
    perform audit('purchase_order.' || case r.action
                      when 'create' then 'created' when 'submit' then 'submitted' when 'approve' then 'approved'
                      when 'reject' then 'rejected' when 'order' then 'ordered' when 'cancel' then 'cancelled' when 'close' then 'closed'
                      when 'receive' then 'received' when 'reverse_receipt' then 'receipt_reversed' else r.action end,
                  'purchase_order:' || r.purchase_order_id,
                  jsonb_build_object('number', o.number, 'from_status', r.from_status, 'status', r.status), r.actor)
    from new_rows r join purchase_orders o on o.id = r.purchase_order_id
    order by r.id;
    return null;
end $$;
comment on function audit_purchase_orders is 'enters the steps of purchase orders into the audit log';
create trigger purchase_order_events_audited after insert on purchase_order_events
    referencing new table as new_rows for each statement execute function audit_purchase_orders();

-- A statement about many prices is one entry: the prices themselves are kept, with who and when, in product_prices. The
-- first price of a product comes with it, and is no change.
create function audit_prices() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit('price.' || tg_argv[0],
                  case when count(*) = 1 then 'product:' || min(r.product_id) else 'products' end,
                  case when count(*) = 1
                      then jsonb_build_object('price', min(shown_amount(r.price, r.currency))::text, 'currency', min(r.currency),
                                              'effective_from', min(r.effective_from), 'reason', min(r.reason))
                      else jsonb_build_object('products', count(distinct r.product_id), 'first_product_id', min(r.product_id),
                                              'last_product_id', max(r.product_id), 'reason', min(r.reason)) end,
                  case tg_argv[0] when 'added' then min(r.actor) end)
    from changed_rows r
    where tg_argv[0] <> 'added'
       or exists (select from product_prices b where b.product_id = r.product_id and b.effective_from <> r.effective_from)
    having count(*) > 0;
    return null;
end $$;
comment on function audit_prices is 'enters prices that were added or taken back into the audit log';
create trigger product_prices_audited_when_new after insert on product_prices
    referencing new table as changed_rows for each statement execute function audit_prices('added');
create trigger product_prices_audited_when_changed_1 after update on product_prices
    referencing old table as changed_rows for each statement execute function audit_prices('removed');
create trigger product_prices_audited_when_changed_2 after update on product_prices
    referencing new table as changed_rows for each statement execute function audit_prices('added');
create trigger product_prices_audited_when_removed after delete on product_prices
    referencing old table as changed_rows for each statement execute function audit_prices('removed');

-- A row trigger with a condition: the movements of every day do not call it.
create function audit_reversal() returns trigger language plpgsql as $$
begin
    perform audit('stock_movement.reversed', 'stock_movement:' || new.reverses_movement_id,
                  jsonb_build_object('by_movement_id', new.id, 'reason', new.reason), new.actor);
    return null;
end $$;
comment on function audit_reversal is 'enters reversals of movements into the audit log';
create trigger stock_movements_reversals_audited after insert on stock_movements
    for each row when (new.kind = 'reversal') execute function audit_reversal();

-- ------------------------------------------------------------ 0026 audit of access

-- People, keys, sessions and tokens in the audit log: who let whom in, as what, and who came.
--
-- Of passwords, keys and tokens nothing is entered but that they were made, changed or ended.
-- Expand step: triggers on tables that are there.
set local lock_timeout = '2s';

create function audit_users() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    changes jsonb;
begin
    if tg_op = 'INSERT' then
        perform audit('user.created', 'user:' || new.id, jsonb_build_object('email', new.email, 'name', new.name, 'role', new.role));
        return null;
    end if;
    changes := audit_changes(to_jsonb(old), to_jsonb(new), array['password_hash']);
    if changes ? 'password_hash' then
        perform audit('user.password_changed', 'user:' || new.id, jsonb_build_object('email', new.email));
    end if;
    changes := changes - 'password_hash';
    if changes <> '{}' then
        perform audit('user.' || case when not changes ? 'active' then 'updated' when new.active then 'activated' else 'deactivated' end,
                      'user:' || new.id, jsonb_build_object('email', new.email, 'changes', changes));
    end if;
    return null;
end $$;
comment on function audit_users is 'enters what is done to users into the audit log, without their passwords';
create trigger users_audited after insert or update on users for each row execute function audit_users();

create function audit_user_warehouses() returns trigger language plpgsql as $$
begin
    perform audit('user.warehouse_' || case tg_op when 'INSERT' then 'added' else 'removed' end,
                  'user:' || coalesce(new.user_id, old.user_id),
                  jsonb_build_object('warehouse_id', coalesce(new.warehouse_id, old.warehouse_id)));
    return null;
end $$;
comment on function audit_user_warehouses is 'enters where people may work into the audit log';
create trigger user_warehouses_audited after insert or delete on user_warehouses
    for each row execute function audit_user_warehouses();

create function audit_sessions() returns trigger language plpgsql as $$
begin
    perform audit('session.' || case tg_op when 'INSERT' then 'created' else 'ended' end,
                  'user:' || coalesce(new.user_id, old.user_id),
                  jsonb_build_object('session_id', coalesce(new.id, old.id)),
                  case tg_op when 'INSERT' then (select name::text from users where id = new.user_id) end);
    return null;
end $$;
comment on function audit_sessions is 'enters who signs in and out into the audit log';
create trigger sessions_audited after insert or delete on sessions for each row execute function audit_sessions();

create function audit_api_keys() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit('api_key.' || case tg_op when 'INSERT' then 'created' else 'revoked' end, 'api_key:' || new.id,
                  jsonb_build_object('name', new.name, 'prefix', new.prefix, 'user_id', new.user_id, 'scopes', new.scopes,
                                     'expires_at', new.expires_at));
    return null;
end $$;
comment on function audit_api_keys is 'enters what is done to API keys into the audit log, without the keys';
create trigger api_keys_audited_when_new after insert on api_keys for each row execute function audit_api_keys();
create trigger api_keys_audited_when_revoked after update on api_keys
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function audit_api_keys();

create function audit_one_time_tokens() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit(new.purpose || '_token.created', coalesce('user:' || new.user_id, new.purpose),
                  jsonb_build_object('expires_at', new.expires_at));
    return null;
end $$;
comment on function audit_one_time_tokens is 'enters that somebody can be let in once into the audit log, without the token';
create trigger one_time_tokens_audited after insert on one_time_tokens
    for each row execute function audit_one_time_tokens();

-- ------------------------------------------------------------ 0037 user activity

-- When people were last there. Sessions go when they end, so that it cannot be read from them.
--
-- A table of its own: `users` keeps its versions, its audit entries and its locks for what people decide.
-- Expand step: a new table, which the previous release does not know; what comes in by that one is not noted.
set local lock_timeout = '2s';

create table user_activity (
    user_id      bigint not null,
    last_seen_at timestamptz not null,
    constraint user_activity_pkey primary key (user_id),
    constraint user_activity_user_id_fkey foreign key (user_id) references users (id)
);
comment on table user_activity is 'when people were last there; who never came has no row';
comment on column user_activity.user_id is 'who';
comment on column user_activity.last_seen_at is 'when a session or an API key of theirs was last used, to the minute';

insert into user_activity (user_id, last_seen_at)
select seen.user_id, max(seen.at)
from (
    select user_id, last_seen_at as at from sessions
    union all
    select user_id, last_used_at from api_keys where last_used_at is not null
    union all
    select substr(target, 6)::bigint, recorded_at from audit_log where action = 'session.created'
) seen
join users on users.id = seen.user_id
group by seen.user_id;

-- ------------------------------------------------------------ 0038 goods receipts by time

-- Goods receipts by time: the list asks for those of a day or a month, however many came since.
--
-- Expand step: safe while the previous release is serving. Goods are not received while the index is made, which reads the
-- receipts once.
set local lock_timeout = '2s';

create index goods_receipts_created_at_idx on goods_receipts (created_at);

-- ------------------------------------------------------------ 0039 events of drafts

-- Changes of drafts of purchase orders in the change feed, which had their steps only: whoever edits one sees that another
-- has changed it.
--
-- Expand step: a trigger that the previous release passes. A reader passes over types that it does not know.
set local lock_timeout = '2s';

create function events_of_drafts() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'purchase_order.updated', event_actor(),
           jsonb_build_object('id', r.id, 'number', r.number, 'supplier_id', r.supplier_id, 'version', r.version,
                              'from_status', r.status, 'status', r.status)
    from new_rows r join old_rows o on o.id = r.id
    where o.status = 'draft' and r.status = 'draft' and r.version <> o.version
    order by r.id;
    return null;
end $$;
comment on function events_of_drafts is 'enters changes of drafts of purchase orders, and of their lines, into the change feed';
create trigger purchase_orders_events_of_drafts after update on purchase_orders
    referencing old table as old_rows new table as new_rows for each statement execute function events_of_drafts();

-- ------------------------------------------------------------ 0040 leaner reservation events

-- What a new reservation enters into the change feed, with less work: a hot product takes thousands of them a second.
-- Same events, so either release may run.
set local lock_timeout = '2s';

create function events_of_new_reservations() returns trigger language plpgsql as $$
begin
    insert into events (type, actor, data)
    select 'reservation.created', r.actor,
           jsonb_build_object('id', r.id, 'status', r.status, 'version', r.version, 'reference', r.reference)
    from new_rows r
    order by r.id;
    return null;
end $$;
comment on function events_of_new_reservations is 'enters reservations that were made into the change feed';

drop trigger reservations_events_of_new on reservations;
create trigger reservations_events_of_new after insert on reservations
    referencing new table as new_rows for each statement execute function events_of_new_reservations();

-- ------------------------------------------------------------ 0041 audit of documents

-- The rest of what people decide in the audit log: products, categories, suppliers, what they sell and ask for, reorder
-- policies, stock transfers, drafts, and how long reservations last.
--
-- Movements, and with them what reservations hold, have their own record with who did it, the ledger, and no entry here.
-- Expand step: triggers on tables that are there, which also enter what the previous release does.
set local lock_timeout = '2s';

create or replace function audit_changes(past jsonb, present jsonb, hidden text[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_object_agg(n.key, case
               when n.key = any(hidden) then '{}'::jsonb
               when length(n.value::text) > 400 or length(o.value::text) > 400 then '{}'::jsonb
               else jsonb_build_object('from', o.value, 'to', n.value) end), '{}')
    from jsonb_each(present) n
    join jsonb_each(past) o on o.key = n.key and o.value <> n.value
    where n.key not in ('version', 'updated_at', 'search_text', 'archived')
$$;

-- Changes are looked at where one of these columns is set: what only counts a version, as a change of 10,000 prices does
-- for each product, calls nothing. A category that is renamed or moved takes those below it along by a trigger of its own.
create trigger products_audited after insert or delete or
    update of sku, name, description, category_id, barcode, unit, reorder_point, archived_at on products
    for each row execute function audit_rows('product', 'sku,name');
create trigger categories_audited after insert or delete or update of name, parent_id on categories
    for each row execute function audit_rows('category', 'path');
create trigger suppliers_audited after insert or delete or
    update of code, name, contact, email, phone, address, currency, lead_time_days, payment_terms, archived_at on suppliers
    for each row execute function audit_rows('supplier', 'code,name');
create trigger supplier_products_audited after insert or delete or
    update of supplier_id, product_id, supplier_sku, moq, order_multiple, lead_time_days, preferred on supplier_products
    for each row execute function audit_rows('supplier_product', 'supplier_id,product_id,supplier_sku');
create trigger reorder_policies_audited after insert or delete or
    update of product_id, warehouse_id, reorder_point, safety_stock, max_quantity, reorder_quantity on reorder_policies
    for each row execute function audit_rows('reorder_policy', 'product_id,warehouse_id');

-- As with prices, a statement about many costs is one entry.
create function audit_supplier_costs() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit('supplier_cost.' || tg_argv[0],
                  case when count(distinct r.supplier_product_id) = 1 then 'supplier_product:' || min(r.supplier_product_id)
                      else 'supplier_products' end,
                  case when count(*) = 1
                      then jsonb_build_object('min_quantity', trim_scale(min(r.min_quantity)),
                                              'unit_cost', min(shown_amount(r.unit_cost, r.currency))::text,
                                              'currency', min(r.currency), 'effective_from', min(r.effective_from))
                      else jsonb_build_object('costs', count(*), 'supplier_products', count(distinct r.supplier_product_id)) end,
                  case tg_argv[0] when 'added' then min(r.actor) end)
    from changed_rows r
    having count(*) > 0;
    return null;
end $$;
comment on function audit_supplier_costs is 'enters costs of suppliers that were added or taken back into the audit log';
create trigger supplier_product_costs_audited_when_new after insert on supplier_product_costs
    referencing new table as changed_rows for each statement execute function audit_supplier_costs('added');
create trigger supplier_product_costs_audited_when_changed_1 after update on supplier_product_costs
    referencing old table as changed_rows for each statement execute function audit_supplier_costs('removed');
create trigger supplier_product_costs_audited_when_changed_2 after update on supplier_product_costs
    referencing new table as changed_rows for each statement execute function audit_supplier_costs('added');
create trigger supplier_product_costs_audited_when_removed after delete on supplier_product_costs
    referencing old table as changed_rows for each statement execute function audit_supplier_costs('removed');

create function audit_stock_transfers() returns trigger language plpgsql as $$
begin
    perform audit('stock_transfer.' || case r.action
                      when 'create' then 'created' when 'ship' then 'shipped' when 'receive' then 'received'
                      when 'close' then 'closed' when 'cancel' then 'cancelled' else r.action end,
                  'stock_transfer:' || r.stock_transfer_id,
                  jsonb_build_object('number', t.number, 'from_status', r.from_status, 'status', r.status,
                                     'movement_id', r.movement_id), r.actor)
    from new_rows r join stock_transfers t on t.id = r.stock_transfer_id
    order by r.id;
    return null;
end $$;
comment on function audit_stock_transfers is 'enters the steps of stock transfers into the audit log';
create trigger stock_transfer_events_audited after insert on stock_transfer_events
    referencing new table as new_rows for each statement execute function audit_stock_transfers();

-- Also where only the lines have changed, which are tables of their own.
create function audit_drafts() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
    perform audit(tg_argv[0] || '.updated', tg_argv[0] || ':' || new.id,
                  jsonb_build_object('number', new.number, 'changes', audit_changes(to_jsonb(old), to_jsonb(new), '{}')));
    return null;
end $$;
comment on function audit_drafts is 'enters changes of drafts, and of their lines, into the audit log';
create trigger purchase_orders_drafts_audited after update on purchase_orders
    for each row when (old.status = 'draft' and new.status = 'draft' and old.version <> new.version)
    execute function audit_drafts('purchase_order');
create trigger stock_transfers_drafts_audited after update on stock_transfers
    for each row when (old.status = 'draft' and new.status = 'draft' and old.version <> new.version)
    execute function audit_drafts('stock_transfer');

-- The one thing about a reservation that no movement says. Those made or ended every moment do not call it.
create trigger reservations_audited after update on reservations
    for each row when (old.expires_at is distinct from new.expires_at)
    execute function audit_rows('reservation', 'reference');

-- ------------------------------------------------------------ 0042 audit of many rows

-- What is created by one statement in the audit log with one statement, too: as many entries as before, of the same form, for a third
-- of the time. Products, and what else comes in files, come by the ten thousand.
--
-- Changes and deletions keep their row triggers: those of columns that nobody is asked about call nothing.
-- Expand step: either release may run, and enters the same.
set local lock_timeout = '2s';

create function audit_origin(
    out actor text, out actor_kind text, out actor_id bigint, out address inet, out user_agent text, out request_id text
) language sql stable as $$
    select coalesce(nullif(current_setting('stockbook.actor', true), ''),
                    case when request is not null then 'anonymous' else session_user::text end),
           coalesce(request ->> 'actor_kind', case when is_server then 'internal' else 'database' end),
           (request ->> 'actor_id')::bigint,
           case when is_server then (request ->> 'address')::inet else inet_client_addr() end,
           nullif(left(case when is_server then request ->> 'user_agent' else current_setting('application_name') end, 400), ''),
           request ->> 'request_id'
    from (select nullif(current_setting('stockbook.request', true), '')::jsonb as request,
                 current_setting('stockbook.ledger', true) = 'on' as is_server) settings
$$;
comment on function audit_origin is 'who acts, and from where, as the settings of the transaction say';

create or replace function audit(action text, target text, detail jsonb, actor text default null) returns void language sql as $$
    with entry as (
        insert into audit_log (actor, actor_kind, actor_id, action, target, address, user_agent, request_id, detail)
        select coalesce(audit.actor, origin.actor), origin.actor_kind, origin.actor_id, action, left(target, 200), origin.address,
               origin.user_agent, origin.request_id, detail
        from audit_origin() origin
        returning id
    )
    insert into audit_log_queue (entry_id) select id from entry
$$;

-- The arguments: what the rows are called; the columns that every entry shows, separated by commas. The column id is the key.
create function audit_new_rows() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    shown text[] := string_to_array(tg_argv[1], ',');
begin
    with entry as (
        insert into audit_log (actor, actor_kind, actor_id, action, target, address, user_agent, request_id, detail)
        select origin.actor, origin.actor_kind, origin.actor_id, tg_argv[0] || '.created', tg_argv[0] || ':' || r.id, origin.address,
               origin.user_agent, origin.request_id,
               (select jsonb_object_agg(name, r.present -> name) from unnest(shown) name)
        from (select id, to_jsonb(n) as present from new_rows n) r
        cross join audit_origin() origin
        order by r.id
        returning id
    )
    insert into audit_log_queue (entry_id) select id from entry;
    return null;
end $$;
comment on function audit_new_rows is 'enters the rows that a statement has created into the audit log';

drop trigger products_audited on products;
create trigger products_audited_when_new after insert on products
    referencing new table as new_rows for each statement execute function audit_new_rows('product', 'sku,name');
create trigger products_audited after delete or
    update of sku, name, description, category_id, barcode, unit, reorder_point, archived_at on products
    for each row execute function audit_rows('product', 'sku,name');
drop trigger suppliers_audited on suppliers;
create trigger suppliers_audited_when_new after insert on suppliers
    referencing new table as new_rows for each statement execute function audit_new_rows('supplier', 'code,name');
create trigger suppliers_audited after delete or
    update of code, name, contact, email, phone, address, currency, lead_time_days, payment_terms, archived_at on suppliers
    for each row execute function audit_rows('supplier', 'code,name');
drop trigger supplier_products_audited on supplier_products;
create trigger supplier_products_audited_when_new after insert on supplier_products
    referencing new table as new_rows for each statement
    execute function audit_new_rows('supplier_product', 'supplier_id,product_id,supplier_sku');
create trigger supplier_products_audited after delete or
    update of supplier_id, product_id, supplier_sku, moq, order_multiple, lead_time_days, preferred on supplier_products
    for each row execute function audit_rows('supplier_product', 'supplier_id,product_id,supplier_sku');
drop trigger reorder_policies_audited on reorder_policies;
create trigger reorder_policies_audited_when_new after insert on reorder_policies
    referencing new table as new_rows for each statement execute function audit_new_rows('reorder_policy', 'product_id,warehouse_id');
create trigger reorder_policies_audited after delete or
    update of product_id, warehouse_id, reorder_point, safety_stock, max_quantity, reorder_quantity on reorder_policies
    for each row execute function audit_rows('reorder_policy', 'product_id,warehouse_id');

insert into _sqlx_migrations (version, description, success, checksum, execution_time) values
    (1, 'catalogue', true, '\xbd13f570788100de124bebfe137940191f1de8d28a06717005109dd0ccdcd83425fa5dd0ad055b608948b5b63dfeb1d5', 0),
    (2, 'warehouses', true, '\x7d8dc105c73b4361180b3046940bc2994e0e778f7d9fb6374136ab7f8d50abf6aa17dcc596bc68305a3c93c998820ea8', 0),
    (3, 'ledger', true, '\x214053f69241cfb2f02151970bb1a032591c396ae8307eb0e04d83c1ef2bd1c874511aafa970f02b1fa90d4e2842d272', 0),
    (4, 'idempotency', true, '\x5c6db18fe693e3f1785bdd31ebd7ad7f87126bb7cc5b4240582e1701cf00a79b1c0b67822968fe4d4db11f2309dfb3aa', 0),
    (5, 'views', true, '\xdf5b229a97c06dc2cd3d48882da7b622169b9d51b9b97639c7b39480c5a52bf9dd6cba7a5c9271b995d74534cfa574a2', 0),
    (6, 'purchasing', true, '\xa4407da641cabbed042454f2b1dde13615061358af675a444b9a8541fc14f7bb67b6580304065f60924ffe0ca7b4677e', 0),
    (7, 'low stock', true, '\xeaeba6d8f4f87ce225fd1c6dccb7e60499141f5db8df606d01af90f0d5dcd8131ee05f31cc7e0bf29788a3087cc091c9', 0),
    (8, 'settings', true, '\x54dccbd28d04bcc5466898995b2558e949f51e730baa4c06a1693a0042f23f6df8f7c3ca3433c71abfc54d8a3f125834', 0),
    (9, 'supplier returns', true, '\xbad53ef63f46e27b9134b86ac5d5cd487d03f3631a049050cbf483970636e64cd295db9731a6ad28bf11147fc6d1e90b', 0),
    (10, 'reorder policies', true, '\xa20172d41935225ad1b433bb00e1c3091a4f116e7b027b58d4dfecba8b7eb794e6e57395cf3b04bb67ce99f75fdf4db1', 0),
    (11, 'shown amounts', true, '\x354be57bca97a75d05b04b8c1d5621a0e70e01e1c9431ec7b6e09d8092aac34069dba3aab1a81e4f64c79b1c4420fa2f', 0),
    (12, 'reservations', true, '\xdf73aab33a72ddb340199771f5f67642d5a07b8e07c2cb76936c2d5373adf612b907c93f11bc30a1ebdbcd4da6d522a3', 0),
    (13, 'stock transfers', true, '\xfb11ba88ce85c8f21eb4153c8488ebdbe055a8ac3036214866781dd885ea5ff7da72a803e231139b9dbc7f66a76a89c8', 0),
    (14, 'events', true, '\x613ce729af66f95b14a200d2eadf65a51daa5de6dfbd3f60a026637034529b4c2c2bdd3a6cbb1f9b8bc6ad4eda386242', 0),
    (15, 'leaner ledger', true, '\x3fdaae13ede7cbf33fa681ad596f5a68229cd10ac52fb463375364cb27b7aaad3ae48751d158679408e6d0e9b2eedfce', 0),
    (16, 'reports', true, '\x984e28080cc4759de79a4e64d4d92455c1255b87240a8646cca8effe355cb9339ce880ae812b175778e7be38978bc1b8', 0),
    (17, 'events of purchasing', true, '\xb419cf2bbf01cae838090e42e8f4b7d6a4d1712186b37ea4976930ba7c3c0041b77561b29c59dc19875257ce7d60bb62', 0),
    (20, 'access', true, '\xc6ba46a5c432718db1669a54872f0c4805a942169748194d71de79d51d8ac34a1e63b8b40600e6b663fe2e717ace368b', 0),
    (25, 'audit log', true, '\xbd7f7b6aa1a43daf90d7b8dad844dff8f5239a93382974bceaa1a0f3734eab3a79d750f8fadb5fcd433b6e5d67b7fc83', 0),
    (26, 'audit of access', true, '\xd9efc880a62c55bedc8ef22512e0c5b7426795a2e5de65d4778abac3cf43b49a971a236d9804eda3fe1801635915e7fe', 0),
    (37, 'user activity', true, '\xb5c989ee271aadb44d88408e67c2fb78618d8e2c06c15a1a828a99aa4fa30f1547f3e182045d33c701ea1a17a2a95385', 0),
    (38, 'goods receipts by time', true, '\xd31a7f0d668cab727445b1f7f5fb9c89c839f71de92554c0fd490932c98b86e6caf9db13e76045a6802bb7cb864b8462', 0),
    (39, 'events of drafts', true, '\xc50c3885fba8485b4c6bf82ba1496b8882297c71a37b7c30e4d3f71c12e77d325c146dddfdf0324c0ee68bbe85a0fd9d', 0),
    (40, 'leaner reservation events', true, '\x6bf48919c0cc5aabd19eab819005969e086c45340f0dbe33b7d9b52c7dcde1f36e217f98868278e6ecef282b7e16f2a6', 0),
    (41, 'audit of documents', true, '\x7cc202c9986a5b112b972147a59f93ac4cc7aa236091f015a245a8ba2bba65cc93476ed7183e9f456b89e594afb523e2', 0),
    (42, 'audit of many rows', true, '\x6814f52fbfddbb198bd1f92d0b48cebd3eff8e0715c9fca04142f80a2c44b1e0965f137a2fee1b4c0da34a9503818929', 0);

commit;
