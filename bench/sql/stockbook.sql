-- Stockbook's catalogue for the bench: :products products in 100 categories, a price each. Everything follows from row
-- numbers. Stock comes through the API, so that every total, stamp and chain is true.
set session_replication_role = replica; -- no foreign keys to check: all is made here
begin;
insert into categories (id, name, path) overriding system value
select i, 'Category ' || i, 'Category ' || i from generate_series(1, 100) i
on conflict (id) do update set name = excluded.name, path = excluded.path;
insert into products (id, sku, name, description, category_id, created_at, updated_at) overriding system value
select i, 'SKU-' || lpad(i::text, 7, '0'),
       (array['Steel', 'Glass', 'Wooden', 'Copper', 'Paper', 'Linen', 'Rubber', 'Silver', 'Marble', 'Bamboo',
              'Cotton', 'Leather', 'Plastic', 'Ceramic', 'Iron', 'Velvet', 'Cork', 'Stone', 'Woollen', 'Brass'])[1 + i % 20]
       || ' ' ||
       (array['kettle', 'cup', 'plate', 'lamp', 'chair', 'table', 'box', 'basket', 'mirror', 'clock', 'vase', 'candle',
              'bowl', 'jug', 'spoon', 'knife', 'board', 'tray', 'hook', 'shelf', 'rug', 'bell', 'frame'])[1 + i % 23]
       || ' ' || i,
       'Product number ' || i, 1 + i % 100,
       '2025-01-01'::timestamptz + i * interval '10 s', '2025-01-01'::timestamptz + i * interval '10 s'
from generate_series(1, :products) i;
insert into product_prices (product_id, effective_from, price, currency, actor, created_at)
select id, created_at, (1 + id * 104729 % 99999) / 100.0, 'EUR', 'bench', created_at from products;
select setval(pg_get_serial_sequence('categories', 'id'), max(id)) from categories;
select setval(pg_get_serial_sequence('products', 'id'), max(id)) from products;
commit;
vacuum analyze;
