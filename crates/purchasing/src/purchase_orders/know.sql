-- The products with ids $1 or SKUs $2, in this order, each with what supplier $4 takes for one in currency $5 at quantity
-- $3: the highest price break that the quantity reaches, of each break the latest cost, unless that has ended.
select p.id as product_id, p.unit = 'each' as whole_numbers_only, p.archived, cost.unit_cost::numeric as unit_cost
from unnest($1::bigint[], $2::text[], $3::numeric[]) with ordinality as named (id, sku, quantity, position)
left join products p on p.id = coalesce(named.id, (select id from products where lower(sku) = lower(named.sku)))
left join lateral (
    select breaks.unit_cost
    from (
        select distinct on (c.min_quantity) c.min_quantity, c.unit_cost, c.currency
        from supplier_products sp
        join supplier_product_costs c on c.supplier_product_id = sp.id
        where sp.supplier_id = $4 and sp.product_id = p.id and c.min_quantity <= named.quantity
            and c.effective_from <= statement_timestamp()
        order by c.min_quantity, c.effective_from desc
    ) breaks
    where breaks.unit_cost is not null and breaks.currency = $5
    order by breaks.min_quantity desc
    limit 1
) cost on true
order by named.position
