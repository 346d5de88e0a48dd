-- What the stock of the first $2 products after $1 is worth in the currency $3; `last` is null where there are no more. Now, or at
-- the end of the day $4, in UTC: then without what has come and gone since. Every look-up is of one product's, for which `limit` stands.
--
-- The cost of one is that of the newest receipts that make up what is there: of each as much as is left, and for what came
-- without a cost their average. Of a product with more than 100 such receipts the newest 100 count. Without any it is what the
-- preferred supplier, or the one that was entered first, asks for now.
with not_entered as materialized (
    -- Since the day, too: what is in product_stock, and not in product_days yet (Progress::next).
    select e.product_id, sum(e.on_hand_delta::numeric) as net
    from report_progress p
    join stock_movements m on (m.transaction_id, m.id) > (p.transaction_id, p.movement_id) and m.transaction_id >= p.begun_at
                              and not (m.id <= p.known_until_id and m.transaction_id >= p.not_before)
    join stock_entries e on e.movement_id = m.id
    where $4::date is not null and (m.occurred_at at time zone 'UTC')::date > $4::date
    group by e.product_id
)
select $3::text as currency, max(s.product_id) as last, count(*) filter (where s.units > 0) as products,
       coalesce(sum(s.units), 0) as units,
       coalesce(sum(round(s.units * coalesce(received.cost, asked.cost), 4)), 0) as at_cost,
       coalesce(sum(round(s.units * price.price, 4)), 0) as at_price,
       count(*) filter (where s.units > 0 and coalesce(received.cost, asked.cost) is null) as products_without_cost,
       coalesce(sum(s.units) filter (where coalesce(received.cost, asked.cost) is null), 0) as units_without_cost,
       count(*) filter (where s.units > 0 and price.price is null) as products_without_price,
       statement_timestamp() as computed_at
from (
    select now_there.product_id, now_there.units - coalesce(since.net, 0) - coalesce(not_entered.net, 0) as units, coalesce(($4::date + 1)::timestamp at time zone 'UTC', statement_timestamp()) as at
    from (
        select product_id, (on_hand + in_transit)::numeric as units from product_stock where product_id > $1 order by product_id limit $2
    ) now_there
    left join lateral (
        select sum(quantity_in - quantity_out) as net from product_days where product_id = now_there.product_id and day > $4
    ) since on $4 is not null
    left join not_entered on not_entered.product_id = now_there.product_id
) s
left join lateral (
    select sum(taken * unit_cost) / sum(taken) as cost
    from (
        select unit_cost, least(delta, s.units - (sum(delta) over (order by movement_id desc, location_id desc, lot desc, seq desc) - delta)) as taken
        from (
            select e.unit_cost::numeric as unit_cost, e.on_hand_delta::numeric as delta, e.movement_id, e.location_id, e.lot, e.seq
            from stock_entries e
            where e.product_id = s.product_id and e.unit_cost is not null and e.on_hand_delta > 0 and e.occurred_at <= s.at
              and (select id from stock_movements where reverses_movement_id = e.movement_id limit 1) is null
              and (select kind from stock_movements where id = e.movement_id limit 1)
                  not in ('transfer', 'transfer_out', 'transfer_in', 'reversal')
            order by e.movement_id desc limit 100
        ) newest
    ) layers
    where taken > 0
) received on s.units > 0
left join lateral (
    select cost.unit_cost::numeric as cost
    from (
        select sp.id from supplier_products sp
        cross join lateral (select archived_at from suppliers where id = sp.supplier_id limit 1) seller
        where sp.product_id = s.product_id and seller.archived_at is null
        order by sp.preferred desc, sp.id limit 1
    ) sold
    cross join lateral (
        select c.unit_cost, c.currency from (
            select distinct on (min_quantity) min_quantity, unit_cost, currency from supplier_product_costs
            where supplier_product_id = sold.id and effective_from <= s.at
            order by min_quantity, effective_from desc
        ) c
        where c.unit_cost is not null and c.currency = $3 order by c.min_quantity limit 1
    ) cost
) asked on s.units > 0 and received.cost is null
left join lateral (
    select case when currency = $3 then price::numeric end as price from product_prices
    where product_id = s.product_id and effective_from <= s.at
    order by effective_from desc limit 1
) price on s.units > 0
