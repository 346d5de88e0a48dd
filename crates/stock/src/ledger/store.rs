//! Writing what a batch decided, set-based.

use domain::{Book, Crossing, Entry, LevelKey, MovementId, Posted};
use jiff_sqlx::ToSqlx;
use platform::{Connection, numeric};

use super::batch::Done;
use super::low_stock;

/// A decided movement.
pub(super) struct Written {
    pub(super) id: MovementId,
    pub(super) posted: Posted,
}

/// Write levels, totals, movements, entries and keys; and low stock, where a reorder point was crossed.
pub(super) async fn write(
    db: &mut Connection,
    book: &Book,
    written: &[Written],
    mut done: Vec<Done>,
) -> Result<(), sqlx::Error> {
    done.sort_unstable_by_key(|done| done.key.hash); // one order for everybody: no deadlock
    let levels: Vec<_> = book.changed_levels().collect();
    let mut products: Vec<_> = levels.iter().map(|(key, _)| key.product).collect();
    products.dedup(); // levels come by product
    let totals: Vec<_> =
        products.iter().filter_map(|product| book.products.get(product)).map(|facts| facts.totals).collect();
    let place = |key: &LevelKey| book.locations.get(&key.location);
    let events = || written.iter().map(|movement| &movement.posted.event);
    let entries: Vec<(&Written, &Entry)> = written
        .iter()
        .flat_map(|movement| movement.posted.entries.iter().map(move |entry| (movement, entry)))
        .collect();
    sqlx::query(include_str!("write.sql"))
        .bind(levels.iter().map(|(key, _)| key.product.0).collect::<Vec<_>>())
        .bind(levels.iter().map(|(key, _)| key.location.0).collect::<Vec<_>>())
        .bind(levels.iter().map(|(key, _)| key.lot.as_str()).collect::<Vec<_>>())
        .bind(levels.iter().map(|(key, _)| place(key).map(|facts| facts.warehouse.0)).collect::<Vec<_>>())
        .bind(levels.iter().map(|(key, _)| place(key).map(|facts| facts.kind.as_str())).collect::<Vec<_>>())
        .bind(numeric::quantities(levels.iter().map(|(_, level)| level.on_hand)))
        .bind(numeric::quantities(levels.iter().map(|(_, level)| level.reserved)))
        .bind(levels.iter().map(|(_, level)| level.seq).collect::<Vec<_>>())
        .bind(levels.iter().map(|(_, level)| level.chain).collect::<Vec<_>>())
        .bind(levels.iter().map(|(_, level)| level.recorded_at.to_sqlx()).collect::<Vec<_>>())
        .bind(products.iter().map(|product| product.0).collect::<Vec<_>>())
        .bind(numeric::quantities(totals.iter().map(|totals| totals.on_hand)))
        .bind(numeric::quantities(totals.iter().map(|totals| totals.reserved)))
        .bind(numeric::quantities(totals.iter().map(|totals| totals.available)))
        .bind(numeric::quantities(totals.iter().map(|totals| totals.in_transit)))
        .bind(written.iter().map(|movement| movement.id.0).collect::<Vec<_>>())
        .bind(events().map(|event| event.kind.as_str()).collect::<Vec<_>>())
        .bind(events().map(|event| event.reason.as_deref()).collect::<Vec<_>>())
        .bind(events().map(|event| event.reference.as_deref()).collect::<Vec<_>>())
        .bind(events().map(|event| event.note.as_str()).collect::<Vec<_>>())
        .bind(events().map(|event| event.actor.as_str()).collect::<Vec<_>>())
        .bind(written.iter().map(|movement| movement.posted.occurred_at.to_sqlx()).collect::<Vec<_>>())
        .bind(written.iter().map(|movement| movement.posted.recorded_at.to_sqlx()).collect::<Vec<_>>())
        .bind(events().map(|event| event.reverses.map(|id| id.0)).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.key.product.0).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.key.location.0).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.key.lot.as_str()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.seq).collect::<Vec<_>>())
        .bind(entries.iter().map(|(movement, _)| movement.id.0).collect::<Vec<_>>())
        .bind(numeric::quantities(entries.iter().map(|(_, entry)| entry.on_hand_delta)))
        .bind(numeric::quantities(entries.iter().map(|(_, entry)| entry.on_hand_after)))
        .bind(numeric::quantities(entries.iter().map(|(_, entry)| entry.reserved_delta)))
        .bind(numeric::quantities(entries.iter().map(|(_, entry)| entry.reserved_after)))
        .bind(numeric::amounts(entries.iter().map(|(_, entry)| entry.unit_cost)))
        .bind(entries.iter().map(|(movement, _)| movement.posted.occurred_at.to_sqlx()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(movement, _)| movement.posted.recorded_at.to_sqlx()).collect::<Vec<_>>())
        .bind(entries.iter().map(|(_, entry)| entry.chain).collect::<Vec<_>>())
        .bind(done.iter().map(|done| done.key.hash).collect::<Vec<_>>())
        .bind(done.iter().map(|done| done.key.caller.as_str()).collect::<Vec<_>>())
        .bind(done.iter().map(|done| done.operation).collect::<Vec<_>>())
        .bind(done.iter().map(|done| done.key.request_hash).collect::<Vec<_>>())
        .bind(done.iter().map(|done| done.answer.as_str()).collect::<Vec<_>>())
        .execute(&mut *db)
        .await?;
    write_crossings(db, &book.crossings()).await?;
    low_stock::write_warehouse_crossings(db, &book.warehouse_crossings()).await
}

/// What became low, and what is low no longer. Most batches cross nothing, and ask nothing.
async fn write_crossings(db: &mut Connection, crossings: &[Crossing]) -> Result<(), sqlx::Error> {
    if crossings.is_empty() {
        return Ok(());
    }
    let (low, enough): (Vec<Crossing>, Vec<Crossing>) =
        crossings.iter().copied().partition(|crossing| crossing.is_low);
    sqlx::query(
        "with enough as (delete from low_stock where product_id = any($1))
         insert into low_stock (product_id, since) select * from unnest($2::bigint[], $3::timestamptz[])
         on conflict (product_id) do nothing",
    )
    .bind(enough.iter().map(|crossing| crossing.product.0).collect::<Vec<_>>())
    .bind(low.iter().map(|crossing| crossing.product.0).collect::<Vec<_>>())
    .bind(low.iter().map(|crossing| crossing.at.to_sqlx()).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}
