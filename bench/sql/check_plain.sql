-- After the run: a level is the sum of its entries, and none has run out, or pgbench would have measured doing nothing.
do $$ begin
    if exists (select from (select product_id, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved
                            from stock_movements group by product_id) m
               join stock_levels l using (product_id)
               where l.on_hand <> m.on_hand or l.reserved <> m.reserved or l.on_hand - l.reserved < 5)
    then raise exception 'the plain schema: a level differs from its entries, or has run out'; end if;
end $$;
