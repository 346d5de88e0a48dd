//! `db roles`, and what `migrate --app-role` adds: serving as a role that can change neither the schema nor history.

use anyhow::Context;
use platform::roles::{self, RoleName};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::database::Database;
use crate::failure::Failure;

/// Print the SQL that makes both roles.
pub(super) fn print(owner: &RoleName, app: &RoleName) -> Result<(), Failure> {
    if owner == app {
        return Err(Failure::Usage(
            "the role that migrates and the role that serves have to be two".to_owned(),
        ));
    }
    super::print(roles::roles_sql(owner, app).trim_end())
}

/// Give the role that serves what it needs of the schema as it is now.
pub(super) async fn grant(database: &Database, app: &RoleName) -> Result<(), Failure> {
    let mut db = database.options().clone().connect().await.context("connect to the database")?;
    let granted = sqlx::raw_sql(AssertSqlSafe(roles::grants_sql(app))).execute(&mut db).await;
    granted.with_context(|| {
        format!(
            "{app} cannot be given what it needs: `stockbook db roles` prints the SQL that makes the roles"
        )
    })?;
    db.close().await.ok();
    super::print(format_args!("{app} has what it needs to serve"))
}
