begin;
update stock_levels set on_hand = on_hand - 1, updated_at = now()
where product_id = 1 and location_id = 1 and on_hand - reserved >= 1
returning on_hand as on_hand, reserved as reserved \gset
insert into stock_movements (product_id, location_id, kind, on_hand_delta, on_hand_after, reserved_delta, reserved_after, actor)
values (1, 1, 'issue', -1, :on_hand::numeric, 0, :reserved::numeric, 'bench')
returning id as movement \gset
insert into idempotency_keys (key, answer)
values (gen_random_uuid()::text, json_build_object('id', :movement::bigint, 'on_hand_after', :on_hand::numeric));
end;
