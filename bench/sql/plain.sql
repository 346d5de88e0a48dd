-- What an ordinary good system keeps for the same work: stock levels with a check, one entry per movement, the keys of
-- requests. No chain, no totals per product, no guards, no prices in time; fewer indexes than Stockbook has.
create extension if not exists pg_trgm;

create table categories (
    id   bigint primary key,
    name text not null
);

create table products (
    id            bigint generated always as identity primary key,
    sku           text not null unique,
    name          text not null,
    description   text not null default '',
    category_id   bigint not null references categories (id),
    barcode       text unique,
    unit          text not null default 'each',
    price         numeric(12, 4) not null check (price >= 0),
    currency      text not null default 'EUR',
    reorder_point numeric(18, 6),
    archived      boolean not null default false,
    version       bigint not null default 1,
    search_text   text not null generated always as (lower(sku || ' ' || name)) stored,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now()
);

create table stock_levels (
    product_id  bigint not null references products (id),
    location_id bigint not null,
    on_hand     numeric(18, 6) not null check (on_hand >= 0),
    reserved    numeric(18, 6) not null default 0 check (reserved between 0 and on_hand),
    updated_at  timestamptz not null default now(),
    primary key (product_id, location_id)
) with (fillfactor = 60); -- room for HOT updates, as Stockbook has

create table stock_movements (
    id             bigint generated always as identity primary key,
    product_id     bigint not null,
    location_id    bigint not null,
    kind           text not null,
    on_hand_delta  numeric(18, 6) not null,
    on_hand_after  numeric(18, 6) not null,
    reserved_delta numeric(18, 6) not null,
    reserved_after numeric(18, 6) not null,
    reference      text,
    actor          text not null,
    recorded_at    timestamptz not null default now(),
    foreign key (product_id, location_id) references stock_levels (product_id, location_id)
);

create table reservations (
    id         bigint generated always as identity primary key,
    status     text not null default 'active',
    created_at timestamptz not null default now()
);

create table reservation_lines (
    reservation_id bigint not null references reservations (id),
    product_id     bigint not null,
    location_id    bigint not null,
    quantity       numeric(18, 6) not null check (quantity > 0),
    primary key (reservation_id, product_id, location_id)
);

create table idempotency_keys (
    key        text primary key,
    answer     json not null, -- what a repetition of the request is given
    created_at timestamptz not null default now()
);

insert into categories select i, 'Category ' || i from generate_series(1, 100) i;
insert into products (id, sku, name, description, category_id, price) overriding system value
select i, 'SKU-' || lpad(i::text, 7, '0'),
       (array['Steel', 'Glass', 'Wooden', 'Copper', 'Paper', 'Linen', 'Rubber', 'Silver', 'Marble', 'Bamboo',
              'Cotton', 'Leather', 'Plastic', 'Ceramic', 'Iron', 'Velvet', 'Cork', 'Stone', 'Woollen', 'Brass'])[1 + i % 20]
       || ' ' ||
       (array['kettle', 'cup', 'plate', 'lamp', 'chair', 'table', 'box', 'basket', 'mirror', 'clock', 'vase', 'candle',
              'bowl', 'jug', 'spoon', 'knife', 'board', 'tray', 'hook', 'shelf', 'rug', 'bell', 'frame'])[1 + i % 23]
       || ' ' || i,
       'Product number ' || i, 1 + i % 100, (1 + i::bigint * 104729 % 99999) / 100.0
from generate_series(1, :products) i;
insert into stock_levels (product_id, location_id, on_hand)
select i, 1, case when i <= 2 then 900000000 else 1000000 end from generate_series(1, :products) i;
insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after, reserved_delta, reserved_after, actor)
select product_id, location_id, 'receipt', on_hand, on_hand, 0, 0, 'bench' from stock_levels;

create index products_search_idx on products using gin (search_text gin_trgm_ops);
create index products_by_category_idx on products (category_id, sku);
create index stock_movements_by_level_idx on stock_movements (product_id, location_id, id);
vacuum analyze;
