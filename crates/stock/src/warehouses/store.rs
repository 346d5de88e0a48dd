//! The SQL of warehouses.

use domain::{Code, OneLine, Text};
use platform::database::delete_unless_referenced;
use platform::{Connection, Cursor};
use sqlx::PgPool;

use super::model::{NewWarehouse, WarehouseChange, WarehouseView};

/// A macro, because a statement is a literal: the columns of a [`WarehouseView`].
macro_rules! columns {
    () => {
        "id, code::text as code, name::text as name, address, priority,
         (select l.id from locations l where l.warehouse_id = warehouses.id and l.is_default) as default_location_id,
         archived_at is not null as archived, version, created_at, updated_at"
    };
}

pub(super) async fn find(db: &PgPool, id: i64) -> Result<Option<WarehouseView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from warehouses where id = $1"))
        .bind(id)
        .fetch_optional(db)
        .await
}

/// By priority; one row more than the page has.
pub(super) async fn list(
    db: &PgPool,
    archived: bool,
    after: Option<&Cursor>,
    rows: i64,
) -> Result<Vec<WarehouseView>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from warehouses
         where (archived_at is not null) = $1 and (priority, id) > ($2, $3) order by priority, id limit $4"
    ))
    .bind(archived)
    .bind(after.map_or(-1, |cursor| cursor.number(0)))
    .bind(after.map_or(0, |cursor| cursor.number(1)))
    .bind(rows)
    .fetch_all(db)
    .await
}

/// Lock it against other changes, but not against rows that refer to it.
pub(super) async fn lock(db: &mut Connection, id: i64) -> Result<Option<WarehouseView>, sqlx::Error> {
    sqlx::query_as(concat!("select ", columns!(), " from warehouses where id = $1 for no key update"))
        .bind(id)
        .fetch_optional(db)
        .await
}

pub(super) async fn insert(db: &mut Connection, new: &NewWarehouse) -> Result<WarehouseView, sqlx::Error> {
    sqlx::query_as(concat!(
        "insert into warehouses (code, name, address, priority)
         values ($1::text, $2::text, coalesce($3, ''), coalesce($4, 100)) returning ",
        columns!()
    ))
    .bind(new.code.as_str())
    .bind(new.name.as_str())
    .bind(new.address.as_ref().map(Text::as_str))
    .bind(new.priority)
    .fetch_one(db)
    .await
}

/// Add its first location, the default; the key of that location.
pub(super) async fn insert_default_location(
    db: &mut Connection,
    id: i64,
    code: &str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "insert into locations (warehouse_id, code, is_default) values ($1, $2::text, true) returning id",
    )
    .bind(id)
    .bind(code)
    .fetch_one(db)
    .await
}

/// Lock a location of this warehouse: whether it is an open storage location. `None`: there is no such location.
pub(super) async fn lock_location(
    db: &mut Connection,
    id: i64,
    location_id: i64,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar(
        "select kind = 'storage' and archived_at is null from locations
         where id = $2 and warehouse_id = $1 for no key update",
    )
    .bind(id)
    .bind(location_id)
    .fetch_optional(db)
    .await
}

/// Make another location the default. In two statements: the index that allows one default checks row by row.
pub(super) async fn set_default_location(
    db: &mut Connection,
    id: i64,
    location_id: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update locations set is_default = false, version = version + 1, updated_at = clock_timestamp()
         where warehouse_id = $1 and is_default",
    )
    .bind(id)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update locations set is_default = true, version = version + 1, updated_at = clock_timestamp() where id = $1",
    )
    .bind(location_id)
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn update(
    db: &mut Connection,
    id: i64,
    change: &WarehouseChange,
) -> Result<WarehouseView, sqlx::Error> {
    sqlx::query_as(concat!(
        "update warehouses set code = coalesce($2::text, code), name = coalesce($3::text, name),
                address = coalesce($4, address), priority = coalesce($5, priority),
                version = version + 1, updated_at = clock_timestamp()
         where id = $1 returning ",
        columns!()
    ))
    .bind(id)
    .bind(change.code.as_ref().map(Code::as_str))
    .bind(change.name.as_ref().map(OneLine::as_str))
    .bind(change.address.as_ref().map(Text::as_str))
    .bind(change.priority)
    .fetch_one(db)
    .await
}

pub(super) async fn other_is_open(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from warehouses where id <> $1 and archived_at is null)")
        .bind(id)
        .fetch_one(db)
        .await
}

pub(super) async fn holds_stock(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from stock_levels where warehouse_id = $1 and on_hand > 0)")
        .bind(id)
        .fetch_one(db)
        .await
}

/// Close it with its locations.
pub(super) async fn archive(db: &mut Connection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with closed as (
            update locations set archived_at = coalesce(archived_at, now()), is_default = false,
                   version = version + 1, updated_at = clock_timestamp()
            where warehouse_id = $1)
         update warehouses set archived_at = now(), version = version + 1, updated_at = clock_timestamp() where id = $1",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Delete it with its locations, unless something refers to any of them: then false.
pub(super) async fn delete(db: &mut Connection, id: i64) -> Result<bool, sqlx::Error> {
    delete_unless_referenced(
        db,
        "with emptied as (delete from locations where warehouse_id = $1) delete from warehouses where id = $1",
        id,
    )
    .await
}
