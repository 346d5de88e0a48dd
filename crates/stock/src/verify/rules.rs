//! What has to agree besides the entries of a level: statements that find nothing in a ledger that is whole.

/// A rule: the code of what breaks it, and the statement that finds it.
pub(super) type Rule = (&'static str, &'static str);

/// Of the products after `$1` up to `$2`.
pub(super) const OF_PRODUCTS: &[Rule] = &[
    (
        "level_mismatch",
        "select l.product_id, l.location_id, nullif(l.lot, '') as lot, l.seq,
                format('the level says %s on hand, %s reserved, number %s; its last entry: %s, %s, %s', trim_scale(l.on_hand),
                       trim_scale(l.reserved), l.seq, trim_scale(e.on_hand_after), trim_scale(e.reserved_after), e.seq) as detail
         from stock_levels l
         left join lateral (
             select * from stock_entries
             where product_id = l.product_id and location_id = l.location_id and lot = l.lot order by seq desc limit 1) e on true
         where l.product_id > $1 and l.product_id <= $2
           and (l.on_hand, l.reserved, l.seq, l.chain, l.recorded_at)
               is distinct from (e.on_hand_after, e.reserved_after, e.seq, e.chain, e.recorded_at)",
    ),
    (
        "place_mismatch",
        "select l.product_id, l.location_id, nullif(l.lot, '') as lot,
                'the level is not of its location''s warehouse or kind' as detail
         from stock_levels l left join locations o on o.id = l.location_id
         where l.product_id > $1 and l.product_id <= $2
           and (l.warehouse_id, l.kind) is distinct from (o.warehouse_id, o.kind)",
    ),
    (
        "totals_mismatch",
        "select product_id,
                format('the totals say %s on hand, %s reserved, %s available, %s in transit; the levels: %s, %s, %s, %s',
                       trim_scale(s.on_hand), trim_scale(s.reserved), trim_scale(s.available), trim_scale(s.in_transit),
                       trim_scale(l.on_hand), trim_scale(l.reserved), trim_scale(l.available), trim_scale(l.in_transit)) as detail
         from (select * from product_stock where product_id > $1 and product_id <= $2) s
         full join (
             select product_id, sum(on_hand) filter (where kind <> 'transit') as on_hand, sum(reserved) as reserved,
                    sum(on_hand - reserved) filter (where kind = 'storage') as available,
                    sum(on_hand) filter (where kind = 'transit') as in_transit
             from stock_levels where product_id > $1 and product_id <= $2 group by product_id) l using (product_id)
         where (s.on_hand, s.reserved, s.available, s.in_transit) is distinct from
               (coalesce(l.on_hand, 0), coalesce(l.reserved, 0), coalesce(l.available, 0), coalesce(l.in_transit, 0))",
    ),
    (
        "reserved_mismatch",
        "select product_id, location_id, nullif(lot, '') as lot,
                format('%s reserved, %s open in reservations', trim_scale(coalesce(l.reserved, 0)),
                       trim_scale(coalesce(r.open, 0))) as detail
         from (select product_id, location_id, lot, reserved from stock_levels
               where product_id > $1 and product_id <= $2 and reserved <> 0) l
         full join (
             select product_id, location_id, lot, sum(open) as open from reservation_lines
             where product_id > $1 and product_id <= $2 and open > 0
             group by product_id, location_id, lot) r using (product_id, location_id, lot)
         where coalesce(l.reserved, 0) <> coalesce(r.open, 0)",
    ),
    (
        "low_stock_mismatch",
        "select product_id,
                case when since is null then 'it is low and not in low_stock' else 'it is in low_stock and not low' end as detail
         from (select product_id, since from low_stock where product_id > $1 and product_id <= $2) known
         full join (
             select p.id as product_id from products p left join product_stock s on s.product_id = p.id
             where p.id > $1 and p.id <= $2 and p.reorder_point is not null and p.archived_at is null
               and coalesce(s.available, 0) <= p.reorder_point) low using (product_id)
         where known.product_id is null or low.product_id is null",
    ),
    (
        "incoming_mismatch",
        "select product_id,
                format('%s incoming, %s open in orders', trim_scale(coalesce(s.incoming, 0)),
                       trim_scale(coalesce(o.open, 0))) as detail
         from (select product_id, incoming from product_stock
               where product_id > $1 and product_id <= $2 and incoming <> 0) s
         full join (
             select l.product_id, sum(l.open) as open
             from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
             where l.product_id > $1 and l.product_id <= $2 and l.open > 0
               and o.status in ('ordered', 'partially_received')
             group by l.product_id) o using (product_id)
         where coalesce(s.incoming, 0) <> coalesce(o.open, 0)",
    ),
];

/// Of the movements `$1`.
pub(super) const OF_MOVEMENTS: &[Rule] = &[
    (
        "movement_empty",
        "select m.id as movement_id, 'no entry belongs to it' as detail
         from unnest($1::bigint[]) m (id)
         where not exists (select from stock_entries where movement_id = m.id)",
    ),
    (
        "reversal_mismatch",
        "select m.id as movement_id, e.product_id, e.location_id, nullif(e.lot, '') as lot,
                format('together with movement %s, which it reverses, it changes the level by %s', m.reverses_movement_id,
                       trim_scale(sum(e.on_hand_delta))) as detail
         from stock_movements m
         cross join lateral (
             select * from stock_entries where movement_id = any(array[m.id, m.reverses_movement_id])) e
         where m.id = any($1) and m.reverses_movement_id is not null
         group by m.id, e.product_id, e.location_id, e.lot
         having sum(e.on_hand_delta) <> 0",
    ),
    (
        "transfer_unbalanced",
        "select m.id as movement_id, e.product_id,
                format('it takes and brings stock, and changes what there is by %s', trim_scale(sum(e.on_hand_delta))) as detail
         from stock_movements m
         join stock_entries e on e.movement_id = m.id
         where m.id = any($1) and m.kind in ('transfer', 'transfer_out', 'transfer_in')
         group by m.id, e.product_id
         having sum(e.on_hand_delta) <> 0",
    ),
];

/// Of the levels `$1`, `$2`, `$3` that entries name.
pub(super) const OF_LEVELS: Rule = (
    "level_missing",
    "select k.product_id, k.location_id, nullif(k.lot, '') as lot, 'there are entries, and no level' as detail
     from unnest($1::bigint[], $2::bigint[], $3::text[]) k (product_id, location_id, lot)
     left join stock_levels l using (product_id, location_id, lot)
     where l.seq is null",
);

/// Of noted heads: `$1` to `$5` are their columns. An entry that has gone, or another one in its place.
pub(super) const OF_HEADS: &str =
    "select (l.seq is null or l.seq < h.seq or e.chain is null) as is_cut_off, h.product_id, h.location_id,
            nullif(h.lot, '') as lot, h.seq,
            case when l.seq is null then 'the level has gone'
                 when l.seq < h.seq then format('the level ends at number %s', l.seq)
                 when e.chain is null then 'the entry has gone'
                 else 'another entry is in its place' end as detail
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[]) h (product_id, location_id, lot, seq, chain)
     left join stock_levels l on (l.product_id, l.location_id, l.lot) = (h.product_id, h.location_id, h.lot)
     left join stock_entries e on (e.product_id, e.location_id, e.lot, e.seq) = (h.product_id, h.location_id, h.lot, h.seq)
     where l.seq is null or l.seq < h.seq or encode(e.chain, 'hex') is distinct from h.chain";
