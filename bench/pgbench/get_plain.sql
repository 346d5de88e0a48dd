\set p random(1, :products)
select p.id, p.sku, p.name, p.description, p.price, p.currency, c.id as category_id, c.name as category_name,
       p.barcode, p.unit, s.on_hand, s.reserved, p.reorder_point, p.archived, p.version, p.created_at, p.updated_at
from products p
join categories c on c.id = p.category_id
cross join lateral (
    select coalesce(sum(on_hand), 0) as on_hand, coalesce(sum(reserved), 0) as reserved
    from stock_levels where product_id = p.id) s
where p.id = :p;
