//! The SQL of users.

use domain::{Code, OneLine, Role};
use platform::Connection;
use sqlx::PgExecutor;

use super::model::{NewUser, UserChange, UserView};
use crate::input::Email;

/// A macro, because a statement is a literal: the columns of a [`UserView`].
macro_rules! columns {
    () => {
        "id, email::text as email, name::text as name, role, active,
         case when all_warehouses then null else array(
             select w.code::text from user_warehouses uw join warehouses w on w.id = uw.warehouse_id
             where uw.user_id = users.id order by w.priority, w.id) end as warehouses,
         password_hash is not null as has_password,
         (select last_seen_at from user_activity where user_id = users.id) as last_seen_at, version, created_at, updated_at"
    };
}

pub(crate) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<UserView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from users where id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await
}

pub(crate) async fn find_by_email(
    db: impl PgExecutor<'_>,
    email: &str,
) -> Result<Option<UserView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from users where lower(email) = lower($1)"))
        .bind(email)
        .fetch_optional(db)
        .await
}

/// In the order in which they were added; one row more than the page has.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    active: Option<bool>,
    after: i64,
    rows: i64,
) -> Result<Vec<UserView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from users where id > $1 and ($2::boolean is null or active = $2) order by id limit $3"
    ))
    .bind(after)
    .bind(active)
    .bind(rows)
    .fetch_all(db)
    .await
}

/// Lock it against other changes, but not against rows that refer to it.
pub(crate) async fn lock(db: &mut Connection, id: i64) -> Result<Option<UserView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from users where id = $1 for no key update"))
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Lock all who can let people in.
pub(super) async fn lock_active_admins(db: &mut Connection) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("select id from users where role = 'admin' and active order by id for no key update")
        .fetch_all(db)
        .await
}

/// Whether there is anybody.
pub(crate) async fn is_anybody_there(db: impl PgExecutor<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from users)").fetch_one(db).await
}

/// Whether somebody has this name.
pub(crate) async fn is_name_taken(db: impl PgExecutor<'_>, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from users where lower(name) = lower($1))")
        .bind(name)
        .fetch_one(db)
        .await
}

/// Key and password hash of whoever may come in by this address.
pub(crate) async fn find_to_sign_in(
    db: impl PgExecutor<'_>,
    email: &str,
) -> Result<Option<(i64, Option<String>)>, sqlx::Error> {
    sqlx::query_as("select id, password_hash from users where lower(email) = lower($1) and active")
        .bind(email)
        .fetch_optional(db)
        .await
}

pub(crate) async fn password_hash(db: impl PgExecutor<'_>, id: i64) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select password_hash from users where id = $1").bind(id).fetch_one(db).await
}

pub(super) async fn insert(
    db: &mut Connection,
    new: &NewUser,
    password_hash: Option<&str>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into users (email, name, role, password_hash) values ($1::text, $2::text, $3, $4) returning id",
    )
    .bind(new.email.as_str())
    .bind(new.name.as_str())
    .bind(new.role.as_str())
    .bind(password_hash)
    .fetch_one(db)
    .await
}

pub(super) async fn update(db: &mut Connection, id: i64, change: &UserChange) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update users set email = coalesce($2::text, email), name = coalesce($3::text, name), role = coalesce($4, role),
                active = coalesce($5, active), version = version + 1, updated_at = clock_timestamp()
         where id = $1",
    )
    .bind(id)
    .bind(change.email.as_ref().map(Email::as_str))
    .bind(change.name.as_ref().map(OneLine::as_str))
    .bind(change.role.map(Role::as_str))
    .bind(change.active)
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn set_password(
    db: &mut Connection,
    id: i64,
    password_hash: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update users set password_hash = $2, version = version + 1, updated_at = clock_timestamp() where id = $1",
    )
    .bind(id)
    .bind(password_hash)
    .execute(db)
    .await?;
    Ok(())
}

/// Limit a user to these warehouses; none: to none of them, so they may work everywhere.
pub(super) async fn set_warehouses(
    db: &mut Connection,
    id: i64,
    warehouses: Option<&[i64]>,
) -> Result<(), sqlx::Error> {
    sqlx::query("update users set all_warehouses = $2 where id = $1")
        .bind(id)
        .bind(warehouses.is_none())
        .execute(&mut *db)
        .await?;
    sqlx::query("delete from user_warehouses where user_id = $1").bind(id).execute(&mut *db).await?;
    sqlx::query(
        "insert into user_warehouses (user_id, warehouse_id) select distinct $1, id from unnest($2::bigint[]) as t (id)",
    )
    .bind(id)
    .bind(warehouses.unwrap_or_default())
    .execute(db)
    .await?;
    Ok(())
}

/// The keys of warehouses by their codes, in the same order.
pub(super) async fn warehouse_ids(
    db: &mut Connection,
    codes: &[Code],
) -> Result<Vec<Option<i64>>, sqlx::Error> {
    let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
    sqlx::query_scalar(
        "select (select id from warehouses where lower(code) = lower(named.code))
         from unnest($1::text[]) with ordinality as named (code, position) order by position",
    )
    .bind(codes)
    .fetch_all(db)
    .await
}
