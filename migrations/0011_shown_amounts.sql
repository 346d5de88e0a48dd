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
