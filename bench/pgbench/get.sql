\set p random(1, :products)
select p.id, p.sku, p.name::text as name, p.description, price.price::numeric as price,
       price.currency::text as currency, c.id as category_id, c.name::text as category_name, c.path as category_path,
       p.barcode, p.unit, coalesce(s.on_hand, 0)::numeric as on_hand, coalesce(s.reserved, 0)::numeric as reserved,
       coalesce(s.available, 0)::numeric as available, coalesce(s.incoming, 0)::numeric as incoming,
       coalesce(s.in_transit, 0)::numeric as in_transit, p.reorder_point::numeric as reorder_point, p.archived,
       p.version, p.created_at, p.updated_at
from products p
join categories c on c.id = p.category_id
left join product_stock s on s.product_id = p.id
left join lateral (
    select price, currency from product_prices
    where product_id = p.id and effective_from <= statement_timestamp()
    order by effective_from desc limit 1) price on true
where p.id = :p;
