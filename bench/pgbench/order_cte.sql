\set p random(1, :products - 4)
with locked as (
    select product_id, on_hand, reserved from stock_levels
    where product_id between :p and :p + 4 and location_id = 1
    order by product_id for update),
level as (
    update stock_levels l set on_hand = l.on_hand - 1, updated_at = now()
    from locked k
    where l.product_id = k.product_id and l.location_id = 1 and l.on_hand - l.reserved >= 1
    returning l.product_id, l.on_hand, l.reserved),
movement as (
    insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after, reserved_delta, reserved_after, actor)
    select product_id, 1, 'issue', -1, on_hand, 0, reserved, 'bench' from level
    returning id, on_hand_after)
insert into idempotency_keys (key, answer)
select gen_random_uuid()::text, json_agg(json_build_object('id', id, 'on_hand_after', on_hand_after)) from movement
returning answer;
