//! Whether what a request names by other keys than that of a warehouse is in the caller's warehouses. Nothing is asked for those who may
//! work in every warehouse.

use platform::{ApiError, auth};
use sqlx::{AssertSqlSafe, PgExecutor};

/// Refuse unless all of these locations are in warehouses of the caller.
pub(crate) async fn demand_locations(db: impl PgExecutor<'_>, ids: &[i64]) -> Result<(), ApiError> {
    demand(db, "select warehouse_id from locations where id = any($1)", ids, Every::One).await
}

/// Refuse unless this movement has changed a level in a warehouse of the caller.
pub(crate) async fn demand_movement(db: impl PgExecutor<'_>, id: i64) -> Result<(), ApiError> {
    demand(db, OF_MOVEMENT, &[id], Every::AnyOne).await
}

/// Refuse unless all levels that this movement has changed are in warehouses of the caller.
pub(crate) async fn demand_whole_movement(db: impl PgExecutor<'_>, id: i64) -> Result<(), ApiError> {
    demand(db, OF_MOVEMENT, &[id], Every::One).await
}

/// Refuse unless all that this reservation holds is in warehouses of the caller.
pub(crate) async fn demand_reservation(db: impl PgExecutor<'_>, id: i64) -> Result<(), ApiError> {
    let statement = "select o.warehouse_id from reservation_lines l join locations o on o.id = l.location_id
                     where l.reservation_id = any($1)";
    demand(db, statement, &[id], Every::One).await
}

const OF_MOVEMENT: &str =
    "select o.warehouse_id from stock_entries e join locations o on o.id = e.location_id
                           where e.movement_id = any($1)";

/// How much of what is found has to be the caller's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Every {
    One,
    AnyOne,
}

/// What is not found is refused elsewhere: it is not there.
async fn demand(
    db: impl PgExecutor<'_>,
    warehouses: &'static str,
    ids: &[i64],
    every: Every,
) -> Result<(), ApiError> {
    let Some(own) = auth::warehouses_of_caller().filter(|_| !ids.is_empty()) else { return Ok(()) };
    let found: Vec<i64> =
        sqlx::query_scalar(AssertSqlSafe(format!("select distinct * from ({warehouses}) t")))
            .bind(ids)
            .fetch_all(db)
            .await?;
    let is_own = |id: &i64| own.contains(id);
    let reaches = match every {
        Every::One => found.iter().all(is_own),
        Every::AnyOne => found.is_empty() || found.iter().any(is_own),
    };
    if reaches { Ok(()) } else { Err(auth::warehouse_denied()) }
}
