-- After the run: a level is the sum of its entries, without a gap, and the totals are the sum of the levels.
do $$ begin
    if exists (select from (select product_id, location_id, lot, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved,
                                   count(*) as entries
                            from stock_entries group by product_id, location_id, lot) e
               join stock_levels l using (product_id, location_id, lot)
               where l.on_hand <> e.on_hand or l.reserved <> e.reserved or l.seq <> e.entries)
       or exists (select from (select product_id, sum(on_hand) as on_hand, sum(reserved) as reserved
                               from stock_levels group by product_id) l
                  join product_stock s using (product_id)
                  where s.on_hand <> l.on_hand or s.reserved <> l.reserved)
    then raise exception 'Stockbook: a level differs from its entries, or a total from its levels'; end if;
end $$;
