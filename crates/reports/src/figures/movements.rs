//! What came in and went out, by day.

use platform::{ApiError, App, Connection};

/// Movements of one transaction at most.
pub(super) const AT_ONCE_MAX: u32 = 2000;

/// Enter so many of the movements that are decided and not in the figures yet; whether there may be more. Of several servers
/// one does it, the others go on.
pub(super) async fn enter_some(app: &App, at_once: u32) -> Result<bool, ApiError> {
    app.write(i64::from(at_once), |db, at_once| Box::pin(async move { Ok(enter(db, *at_once).await?) })).await
}

/// Where the figures are.
#[derive(sqlx::FromRow)]
struct Progress {
    known_until_id: i64,
    begun_at: String,
    not_before: String,
    /// None while the movements of before are not all in.
    transaction_id: Option<String>,
    movement_id: i64,
}

/// Enter the next ones; whether there may be more.
async fn enter(db: &mut Connection, at_once: i64) -> Result<bool, sqlx::Error> {
    let Some(progress) = lock(db).await? else { return Ok(false) };
    if progress.is_from_elsewhere(db).await? {
        sqlx::query("select report_progress_begin()").execute(db).await?;
        return Ok(true);
    }
    let next = progress.next(db, at_once).await?;
    let is_last = i64::try_from(next.len()).is_ok_and(|count| count < at_once);
    let ids: Vec<i64> = next.iter().map(|(id, _)| *id).collect();
    let (transaction_id, movement_id) = match (next.last(), &progress.transaction_id) {
        (Some((id, Some(transaction))), Some(_)) => (Some(transaction), *id),
        // Those of before are all in: what comes now begins with the transactions that had not ended then.
        (_, None) if is_last => (Some(&progress.begun_at), 0),
        (Some((id, _)), transaction) => (transaction.as_ref(), *id),
        (None, _) => return Ok(false),
    };
    if !ids.is_empty() {
        sqlx::query(include_str!("enter.sql")).bind(&ids).execute(&mut *db).await?;
    }
    sqlx::query("update report_progress set transaction_id = $1::text::xid8, movement_id = $2")
        .bind(transaction_id)
        .bind(movement_id)
        .execute(&mut *db)
        .await?;
    Ok(!is_last || progress.transaction_id.is_none())
}

/// Hold the row of the progress; none if another server does.
async fn lock(db: &mut Connection) -> Result<Option<Progress>, sqlx::Error> {
    sqlx::query_as(
        "select known_until_id, begun_at::text as begun_at, not_before::text as not_before,
                transaction_id::text as transaction_id, movement_id
         from report_progress for update skip locked",
    )
    .fetch_optional(db)
    .await
}

impl Progress {
    /// Whether they came with a dump of another server, whose transactions were further: then all is made anew. Asked after
    /// the row is held, in a statement that sees all that those did who held it before.
    async fn is_from_elsewhere(&self, db: &mut Connection) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar("select $1::text::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) is true")
            .bind(&self.transaction_id)
            .fetch_one(db)
            .await
    }

    /// The next movements, with their transactions: first those of before by id, then the others as the change feed has
    /// them, below the oldest transaction that is under way.
    async fn next(
        &self,
        db: &mut Connection,
        at_once: i64,
    ) -> Result<Vec<(i64, Option<String>)>, sqlx::Error> {
        let sql = match &self.transaction_id {
            None => {
                "select id, transaction_id::text as place from stock_movements
                 where id > $1 and id <= $2
                   and (transaction_id is null or transaction_id < $3::text::xid8 or transaction_id >= $4::text::xid8)
                   and $5::text is null
                 order by id limit $6"
            }
            Some(_) => {
                "select id, transaction_id::text as place from stock_movements
                 where (transaction_id, id) > ($5::text::xid8, $1) and transaction_id >= $3::text::xid8
                   and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
                   and not (id <= $2 and transaction_id >= $4::text::xid8)
                 order by transaction_id, id limit $6"
            }
        };
        sqlx::query_as(sql)
            .bind(self.movement_id)
            .bind(self.known_until_id)
            .bind(&self.begun_at)
            .bind(&self.not_before)
            .bind(&self.transaction_id)
            .bind(at_once)
            .fetch_all(db)
            .await
    }
}
