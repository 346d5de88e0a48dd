//! Entering what was done into the audit log, where no trigger sees it.

use serde_json::Value;

use crate::{ApiError, App, Connection};

/// Enter that `action` (`noun.verbed`) was done to `target` (`noun:key`), in the transaction that does it, or before it is
/// done where nothing is written. Who acts, and from where, the transaction knows. No secret belongs into `detail`.
pub async fn enter(
    db: &mut Connection,
    action: &str,
    target: &str,
    detail: &Value,
) -> Result<(), sqlx::Error> {
    sqlx::query("select audit($1, $2, $3)").bind(action).bind(target).bind(detail).execute(db).await?;
    Ok(())
}

/// Like [`enter`], in a transaction of its own, where nothing else is written.
pub async fn enter_alone(
    app: &App,
    action: &'static str,
    target: impl Into<String>,
    detail: Value,
) -> Result<(), ApiError> {
    let entry = (action, target.into(), detail);
    app.write(entry, |db, (action, target, detail)| {
        Box::pin(async move { Ok(enter(db, action, target, detail).await?) })
    })
    .await
}
