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
