with level as (
    update stock_levels set reserved = reserved + 1, updated_at = now()
    where product_id = 2 and location_id = 1 and on_hand - reserved >= 1
    returning on_hand, reserved),
reservation as (
    insert into reservations (status) select 'active' from level returning id, created_at),
line as (
    insert into reservation_lines (reservation_id, product_id, location_id, quantity)
    select id, 2, 1, 1 from reservation),
movement as (
    insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after, reserved_delta, reserved_after, actor)
    select 2, 1, 'reserve', 0, on_hand, 1, reserved, 'bench' from level)
insert into idempotency_keys (key, answer)
select gen_random_uuid()::text, json_build_object('id', id, 'created_at', created_at) from reservation
returning answer;
