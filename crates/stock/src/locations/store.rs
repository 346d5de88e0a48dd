//! The SQL of locations.

use domain::{Code, LocationKind};
use platform::database::delete_unless_referenced;
use platform::{Connection, Cursor};
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::model::{LocationChange, LocationView};

/// A macro, because a statement is a literal: the columns of a [`LocationView`] of location `l` in warehouse `w`.
macro_rules! columns {
    () => {
        "l.id, l.warehouse_id, w.code::text as warehouse, l.code::text as code, l.kind, l.is_default,
         l.archived_at is not null as archived, l.version, l.created_at, l.updated_at"
    };
}

/// By warehouse and code; one row more than the page has. No `warehouses`: of all.
pub(super) async fn list(
    db: &PgPool,
    warehouses: &[i64],
    kind: Option<LocationKind>,
    archived: bool,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<LocationView>, sqlx::Error> {
    let page = |sql: &mut QueryBuilder<Postgres>| {
        sql.push(" and (archived_at is not null) = ").push_bind(archived);
        if let Some(kind) = kind {
            sql.push(" and kind = ").push_bind(kind.as_str());
        }
        if let Some(after) = after {
            sql.push(" and (warehouse_id, lower(code)) > (").push_bind(after.number(0));
            sql.push(", lower(").push_bind(after.text(1).to_owned()).push("))");
        }
        // As a number: a plan that is made for any number would expect a tenth of the table, and sort it.
        sql.push(" order by warehouse_id, lower(code) limit ").push(rows);
    };
    let mut sql = QueryBuilder::new(concat!("select ", columns!(), " from ("));
    if warehouses.is_empty() {
        sql.push("select * from locations where true");
        page(&mut sql);
    } else {
        // The first of each warehouse, of which the first of all are the page.
        sql.push("select page.* from unnest(").push_bind(warehouses);
        sql.push(
            ") as inside (id) cross join lateral (select * from locations where warehouse_id = inside.id",
        );
        page(&mut sql);
        sql.push(") page order by warehouse_id, lower(code) limit ").push(rows);
    }
    sql.push(") l join warehouses w on w.id = l.warehouse_id order by l.warehouse_id, lower(l.code)");
    sql.build_query_as().fetch_all(db).await
}

pub(super) async fn find(db: &PgPool, id: i64) -> Result<Option<LocationView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from locations l join warehouses w on w.id = l.warehouse_id where l.id = $1"
    ))
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Lock it against other changes, but not against rows that refer to it.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<Option<LocationView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from locations l join warehouses w on w.id = l.warehouse_id where l.id = $1 for no key update of l"
    ))
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Keep a warehouse as it is until the transaction ends: whether it is archived. `None`: it is gone.
pub(super) async fn hold_warehouse(db: &mut Connection, id: i64) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar("select archived_at is not null from warehouses where id = $1 for share")
        .bind(id)
        .fetch_optional(db)
        .await
}

pub(super) async fn insert(
    db: &mut Connection,
    warehouse_id: i64,
    code: &Code,
    kind: LocationKind,
) -> Result<LocationView, sqlx::Error> {
    sqlx::query_as(concat!(
        "with l as (insert into locations (warehouse_id, code, kind) values ($1, $2::text, $3) returning *)
         select ",
        columns!(),
        " from l join warehouses w on w.id = l.warehouse_id"
    ))
    .bind(warehouse_id)
    .bind(code.as_str())
    .bind(kind.as_str())
    .fetch_one(db)
    .await
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &LocationChange,
) -> Result<LocationView, sqlx::Error> {
    sqlx::query_as(concat!(
        "with l as (
            update locations set code = coalesce($2::text, code), kind = coalesce($3, kind),
                   version = version + 1, updated_at = clock_timestamp()
            where id = $1 returning *)
         select ",
        columns!(),
        " from l join warehouses w on w.id = l.warehouse_id"
    ))
    .bind(id)
    .bind(change.code.as_ref().map(Code::as_str))
    .bind(change.kind.map(LocationKind::as_str))
    .fetch_one(db)
    .await
}

pub(super) async fn holds_stock(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from stock_levels where location_id = $1 and on_hand > 0)")
        .bind(id)
        .fetch_one(db)
        .await
}

pub(super) async fn archive(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update locations set archived_at = now(), version = version + 1, updated_at = clock_timestamp() where id = $1",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Delete it, unless something refers to it: then false.
pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    delete_unless_referenced(db, "delete from locations where id = $1", id).await
}
