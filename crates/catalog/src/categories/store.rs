//! The SQL of categories.

use platform::database::delete_unless_referenced;
use platform::{Connection, Cursor};
use sqlx::{PgExecutor, PgPool};

use super::model::{CategoryChange, CategoryName, CategoryView, NewCategory};

/// A macro, because a statement is a literal: the columns of a [`CategoryView`].
macro_rules! columns {
    () => {
        "id, parent_id, name::text as name, path, version, created_at, updated_at"
    };
}

pub(super) async fn find(db: impl PgExecutor<'_>, id: i64) -> Result<Option<CategoryView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from categories where id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await
}

pub(super) async fn exists(db: impl PgExecutor<'_>, id: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from categories where id = $1)").bind(id).fetch_one(db).await
}

/// By path, all of them or those directly below one; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    parent_id: Option<i64>,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<CategoryView>, sqlx::Error> {
    let statement = match parent_id {
        None => concat!(
            "select ",
            columns!(),
            " from categories where lower(path) > lower($1) order by lower(path) limit $2"
        ),
        Some(_) => concat!(
            "select ",
            columns!(),
            " from categories where lower(path) > lower($1) and parent_id = $3 order by lower(path) limit $2"
        ),
    };
    let list = sqlx::query_as(statement).bind(after.map_or("", |cursor| cursor.text(0))).bind(rows);
    match parent_id {
        None => list,
        Some(parent_id) => list.bind(parent_id),
    }
    .fetch_all(db)
    .await
}

/// Until the transaction ends nobody else changes the tree; reading goes on, and so does adding products.
pub(super) async fn lock_tree(db: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::query("lock table categories in share row exclusive mode").execute(db).await?;
    Ok(())
}

pub(super) async fn insert(db: &mut Connection, new: &NewCategory) -> Result<CategoryView, sqlx::Error> {
    sqlx::query_as(concat!(
        "insert into categories (name, parent_id) values ($1::text, $2) returning ",
        columns!()
    ))
    .bind(new.name.as_str())
    .bind(new.parent_id)
    .fetch_one(db)
    .await
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &CategoryChange,
) -> Result<CategoryView, sqlx::Error> {
    sqlx::query_as(concat!(
        "update categories set name = coalesce($2::text, name), parent_id = case when $3 then $4 else parent_id end,
                version = version + 1, updated_at = now()
         where id = $1 returning ",
        columns!()
    ))
    .bind(id)
    .bind(change.name.as_ref().map(CategoryName::as_str))
    .bind(change.parent_id.is_some())
    .bind(change.parent_id.flatten())
    .fetch_one(db)
    .await
}

/// Delete it, unless products or sub-categories refer to it: then false.
pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    delete_unless_referenced(db, "delete from categories where id = $1", id).await
}

/// These categories and all below them. `(select $1)`: as with [`products`](crate::products) by key.
pub(crate) async fn subtree(db: impl PgExecutor<'_>, ids: &[i64]) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "with recursive tree (id) as (
             select id from categories where id = any((select $1)::bigint[])
             union
             select c.id from tree join categories c on c.parent_id = tree.id)
         select id from tree",
    )
    .bind(ids)
    .fetch_all(db)
    .await
}

/// The category of products that name none; made when it is missing.
pub(crate) async fn uncategorised(db: &mut Connection) -> Result<i64, sqlx::Error> {
    if let Some(id) = find_uncategorised(db).await? {
        return Ok(id);
    }
    // Another transaction may be making it: this waits for that one, and a new statement sees what it made.
    sqlx::query("insert into categories (name) values ('Uncategorised') on conflict do nothing")
        .execute(&mut *db)
        .await?;
    find_uncategorised(db).await?.ok_or(sqlx::Error::RowNotFound)
}

async fn find_uncategorised(db: &mut Connection) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select id from categories where lower(path) = 'uncategorised'")
        .fetch_optional(db)
        .await
}
