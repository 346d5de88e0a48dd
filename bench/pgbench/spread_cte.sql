\set p random(1, :products)
with level as (
    update stock_levels set on_hand = on_hand - 1, updated_at = now()
    where product_id = :p and location_id = 1 and on_hand - reserved >= 1
    returning on_hand, reserved),
movement as (
    insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after, reserved_delta, reserved_after, actor)
    select :p, 1, 'issue', -1, on_hand, 0, reserved, 'bench' from level
    returning id, on_hand_after, recorded_at)
insert into idempotency_keys (key, answer)
select gen_random_uuid()::text, json_build_object('id', id, 'on_hand_after', on_hand_after, 'recorded_at', recorded_at) from movement
returning answer;
