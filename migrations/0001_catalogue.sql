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
