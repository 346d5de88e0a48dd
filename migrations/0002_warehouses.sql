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
