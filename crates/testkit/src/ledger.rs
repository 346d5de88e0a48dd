//! Whether the ledger is what it says: recomputed from the raw rows by SQL and by code of its own, not by the domain's.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, FromRow, PgPool};

/// Check the ledger of a database.
///
/// # Panics
/// With every difference found.
pub async fn check_ledger(pool: &PgPool) {
    let differences = ledger_differences(pool).await;
    assert!(differences.is_empty(), "the ledger does not agree with itself:\n  {}", differences.join("\n  "));
}

/// Statements that find nothing in a ledger that agrees with itself: what they find, and how.
const RULES: [(&str, &str); 20] = [
    (
        "a level is not its last entry",
        "select l.product_id, l.location_id, l.lot from stock_levels l
         full join (select distinct on (product_id, location_id, lot) * from stock_entries
                    order by product_id, location_id, lot, seq desc) e using (product_id, location_id, lot)
         where (l.on_hand, l.reserved, l.seq, l.chain, l.recorded_at)
               is distinct from (e.on_hand_after, e.reserved_after, e.seq, e.chain, e.recorded_at)",
    ),
    (
        "a level is not the sum of its entries",
        "select l.product_id, l.location_id, l.lot from stock_levels l
         join (select product_id, location_id, lot, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved
               from stock_entries group by product_id, location_id, lot) e using (product_id, location_id, lot)
         where l.on_hand <> e.on_hand or l.reserved <> e.reserved",
    ),
    (
        "the numbers of a level's entries have a gap",
        "select product_id, location_id, lot, count(*), max(seq) from stock_entries
         group by product_id, location_id, lot having count(*) <> max(seq) or min(seq) <> 1",
    ),
    (
        "an entry does not follow from the one before it",
        "select product_id, location_id, lot, seq from (
            select *, lag(on_hand_after, 1, 0::numeric) over level as on_hand_before,
                      lag(reserved_after, 1, 0::numeric) over level as reserved_before
            from (select product_id, location_id, lot, seq, on_hand_delta, on_hand_after::numeric as on_hand_after,
                         reserved_delta, reserved_after::numeric as reserved_after from stock_entries) e
            window level as (partition by product_id, location_id, lot order by seq)) e
         where on_hand_before + on_hand_delta <> on_hand_after or reserved_before + reserved_delta <> reserved_after",
    ),
    (
        "stamps do not rise in a level from movement to movement",
        "select product_id, location_id, lot, seq from (
            select *, lag(recorded_at) over level as stamp_before, lag(movement_id) over level as movement_before
            from stock_entries window level as (partition by product_id, location_id, lot order by seq)) e
         where case when movement_id = movement_before then recorded_at <> stamp_before
                    else recorded_at <= stamp_before or movement_id < movement_before end",
    ),
    (
        "an entry has not the stamp of its movement",
        "select e.product_id, e.location_id, e.lot, e.seq, m.id from stock_entries e
         join stock_movements m on m.id = e.movement_id
         where (e.recorded_at, e.occurred_at) is distinct from (m.recorded_at, m.occurred_at)",
    ),
    (
        "a movement has no entries",
        "select m.id from stock_movements m where not exists (select from stock_entries e where e.movement_id = m.id)",
    ),
    (
        "a reversal is not the opposite of its movement",
        "select m.id, e.product_id, e.location_id, e.lot from stock_movements m
         join stock_entries e on e.movement_id in (m.id, m.reverses_movement_id)
         where m.reverses_movement_id is not null
         group by m.id, e.product_id, e.location_id, e.lot having sum(e.on_hand_delta) <> 0",
    ),
    (
        "the totals of a product are not the sums of its levels",
        "select product_id from product_stock s
         full join (select product_id, sum(on_hand) filter (where l.kind in ('storage', 'receiving', 'hold')) as on_hand,
                           sum(reserved) as reserved, sum(on_hand - reserved) filter (where l.kind = 'storage') as available,
                           sum(on_hand) filter (where l.kind = 'transit') as in_transit
                    from stock_levels l group by product_id) l using (product_id)
         where (s.on_hand, s.reserved, s.available, s.in_transit) is distinct from
               (coalesce(l.on_hand, 0), coalesce(l.reserved, 0), coalesce(l.available, 0), coalesce(l.in_transit, 0))",
    ),
    (
        "reserved of a level is not what reservations hold there, or one that is over holds something",
        "select product_id, location_id, lot from stock_levels l
         full join (select product_id, location_id, lot, sum(quantity - fulfilled - released) as open, bool_or(status <> 'active' and
                           quantity > fulfilled + released) as over
                    from reservation_lines rl join reservations r on r.id = rl.reservation_id group by 1, 2, 3) held
                   using (product_id, location_id, lot)
         where coalesce(l.reserved, 0) <> coalesce(held.open, 0) or held.over",
    ),
    (
        "low stock is not what is at or below its reorder point",
        "select product_id, since from low_stock
         full join (select p.id as product_id from products p
                    left join stock_levels l on l.product_id = p.id and l.kind = 'storage'
                    where p.reorder_point is not null and p.archived_at is null
                    group by p.id having coalesce(sum(l.on_hand - l.reserved), 0) <= p.reorder_point) low using (product_id)
         where since is null or low.product_id is null",
    ),
    (
        "low stock of a warehouse is not what is at or below the reorder point of its policy",
        "select product_id, warehouse_id, since from warehouse_low_stock
         full join (select r.product_id, r.warehouse_id from reorder_policies r
                    join products p on p.id = r.product_id and p.archived_at is null
                    left join stock_levels l on l.product_id = r.product_id and l.warehouse_id = r.warehouse_id
                                                and l.kind = 'storage'
                    where r.warehouse_id is not null
                    group by r.id having coalesce(sum(l.on_hand - l.reserved), 0) <= r.reorder_point) low
                   using (product_id, warehouse_id)
         where since is null or low.product_id is null",
    ),
    (
        "incoming of a product is not what is open in orders that suppliers have",
        "select product_id from product_stock s
         full join (select l.product_id, sum(greatest(l.quantity - l.received - l.cancelled, 0)) as incoming
                    from purchase_order_lines l join purchase_orders o on o.id = l.purchase_order_id
                    where o.status in ('ordered', 'partially_received') group by l.product_id) l using (product_id)
         where coalesce(s.incoming, 0) <> coalesce(l.incoming, 0)",
    ),
    (
        "what is open of a line is not the rest of it",
        "select id from purchase_order_lines where open <> greatest(quantity - received - cancelled, 0)",
    ),
    (
        "what has come of a line is not the sum of its receipts, or not what their movements brought in",
        "select l.id from purchase_order_lines l
         left join (select rl.purchase_order_line_id as id, sum(rl.quantity) as received
                    from goods_receipt_lines rl join goods_receipts r on r.id = rl.goods_receipt_id
                    where r.reversed_by_movement_id is null group by 1) t using (id)
         where l.received <> coalesce(t.received, 0)
         union all
         select r.id from goods_receipts r
         where (select sum(on_hand_delta) from stock_entries e where e.movement_id = r.movement_id)
               is distinct from (select sum(quantity) from goods_receipt_lines rl where rl.goods_receipt_id = r.id)
            or (r.reversed_at is null) <> (r.reversed_by_movement_id is null)",
    ),
    (
        "a return to a supplier is not what its movement took out, or more went back than came",
        "select r.id from supplier_returns r
         where (select -sum(on_hand_delta) from stock_entries e where e.movement_id = r.movement_id)
               is distinct from (select sum(quantity) from supplier_return_lines l where l.supplier_return_id = r.id)
            or (r.reversed_at is null) <> (r.reversed_by_movement_id is null)
         union all
         select r.purchase_order_id from supplier_returns r
         join supplier_return_lines l on l.supplier_return_id = r.id
         where r.purchase_order_id is not null and r.reversed_at is null
         group by r.purchase_order_id, l.product_id
         having sum(l.quantity) > (select coalesce(sum(ol.received), 0) from purchase_order_lines ol
                                   where ol.purchase_order_id = r.purchase_order_id and ol.product_id = l.product_id)",
    ),
    (
        "a movement of a transfer makes or loses goods of a lot",
        "select e.movement_id, e.product_id, e.lot from stock_entries e join stock_movements m on m.id = e.movement_id
         where m.kind in ('transfer', 'transfer_out', 'transfer_in')
         group by e.movement_id, e.product_id, e.lot having sum(e.on_hand_delta) <> 0",
    ),
    (
        "what left for a transfer is not what has arrived, was lost, came back and is in transit, by its movements",
        "select id, product_id, lot from (
            select stock_transfer_id as id, product_id, lot, sum(quantity) as quantity, sum(received) as received, sum(lost) as lost,
                   sum(returned) as returned
            from stock_transfer_parts group by 1, 2, 3) p
         full join (
            select ev.stock_transfer_id as id, e.product_id, e.lot,
                   coalesce(-sum(e.on_hand_delta) filter (where ev.action in ('create', 'ship') and e.on_hand_delta < 0), 0) as quantity,
                   coalesce(sum(e.on_hand_delta) filter (where ev.action in ('create', 'receive') and e.on_hand_delta > 0), 0) as received,
                   coalesce(-sum(e.on_hand_delta) filter (where ev.action = 'close'), 0) as lost,
                   coalesce(sum(e.on_hand_delta) filter (where ev.action = 'cancel' and e.on_hand_delta > 0), 0) as returned
            from stock_transfer_events ev join stock_entries e on e.movement_id = ev.movement_id group by 1, 2, 3) m
         using (id, product_id, lot)
         where (p.quantity, p.received, p.lost, p.returned) is distinct from (m.quantity, m.received, m.lost, m.returned)
            or p.quantity < p.received + p.lost + p.returned",
    ),
    (
        "what is in transit is not what transfers have open",
        "select product_id, location_id, lot from (
            select product_id, location_id, lot, on_hand from stock_levels where kind = 'transit' and on_hand <> 0) l
         full join (
            select s.product_id, t.transit_location_id as location_id, s.lot, sum(s.quantity - s.received - s.lost - s.returned) as open
            from stock_transfer_parts s join stock_transfers t on t.id = s.stock_transfer_id
            where s.quantity <> s.received + s.lost + s.returned group by 1, 2, 3) o using (product_id, location_id, lot)
         where l.on_hand is distinct from o.open
         union all
         select product_id, null, null from product_stock s
         full join (select product_id, sum(quantity - received - lost - returned) as open from stock_transfer_parts group by 1) o
             using (product_id)
         where coalesce(s.in_transit, 0) <> coalesce(o.open, 0)
         union all
         select t.id, null, t.status from stock_transfers t
         where (t.status in ('in_transit', 'partially_received')) <>
               exists (select from stock_transfer_parts s where s.stock_transfer_id = t.id and s.open > 0)",
    ),
    (
        "a level is not of its location's warehouse or kind",
        "select s.product_id, s.location_id, s.lot from stock_levels s join locations l on l.id = s.location_id
         where (s.warehouse_id, s.kind) is distinct from (l.warehouse_id, l.kind)",
    ),
];

/// Where the ledger does not agree with itself, in one snapshot; empty if it does.
///
/// # Panics
/// If the database cannot be read.
pub async fn ledger_differences(pool: &PgPool) -> Vec<String> {
    read_differences(pool).await.unwrap_or_else(|error| panic!("read the ledger: {error}"))
}

async fn read_differences(pool: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    let mut db = pool.acquire().await?;
    sqlx::query("begin isolation level repeatable read read only").execute(&mut *db).await?;
    let mut differences = Vec::new();
    for (rule, sql) in RULES {
        let sql = format!("select t::text from ({sql}) t limit 20");
        let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *db).await?;
        differences.extend(found.into_iter().map(|row| format!("{rule}: {row}")));
    }
    let entries: Vec<Entry> = sqlx::query_as(ENTRIES).fetch_all(&mut *db).await?;
    differences.extend(broken_chains(&entries));
    sqlx::query("rollback").execute(&mut *db).await?;
    Ok(differences)
}

/// Entries with their movements, every field as the text that the chain covers.
const ENTRIES: &str = "
    select array[m.kind, coalesce(m.reason, ''), coalesce(m.reference, ''), m.note, m.actor,
                 (extract(epoch from m.occurred_at) * 1000000)::bigint::text,
                 (extract(epoch from m.recorded_at) * 1000000)::bigint::text,
                 coalesce(m.reverses_movement_id::text, '')] as movement,
           array[e.product_id::text, e.location_id::text, e.lot, e.seq::text,
                 trim_scale(e.on_hand_delta)::text, trim_scale(e.on_hand_after)::text,
                 trim_scale(e.reserved_delta)::text, trim_scale(e.reserved_after)::text,
                 coalesce(trim_scale(e.unit_cost)::text, ''),
                 (extract(epoch from e.occurred_at) * 1000000)::bigint::text,
                 (extract(epoch from e.recorded_at) * 1000000)::bigint::text] as entry,
           e.chain::bytea as chain
    from stock_entries e join stock_movements m on m.id = e.movement_id
    order by e.product_id, e.location_id, e.lot, e.seq";

#[derive(FromRow)]
struct Entry {
    movement: Vec<String>,
    entry: Vec<String>,
    chain: Vec<u8>,
}

/// The published form (docs/src/ledger-chain.md), written down here a second time.
fn broken_chains(entries: &[Entry]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut previous: Option<&Entry> = None;
    for entry in entries {
        let start = vec![0; 32];
        let before = previous.filter(|previous| previous.entry[..3] == entry.entry[..3]);
        let before = before.map_or(&start, |previous| &previous.chain);
        let movement = Sha256::digest(record("stockbook/movement/1", &entry.movement));
        let own = record("stockbook/entry/1", &entry.entry);
        let chain = Sha256::digest([before.as_slice(), movement.as_slice(), own.as_bytes()].concat());
        if chain.as_slice() != entry.chain {
            broken.push(format!("the chain is broken at: {}", entry.entry[..4].join(" ")));
        }
        previous = Some(entry);
    }
    broken
}

fn record(form: &str, fields: &[String]) -> String {
    let mut record = String::new();
    for field in std::iter::once(form).chain(fields.iter().map(String::as_str)) {
        write!(record, "{}:{field},", field.len()).ok();
    }
    record
}
