//! The SQL of reading stock movements.

use std::collections::HashMap;

use domain::{Currency, MovementKind, OneLine};
use platform::{auth, numeric};
use sqlx::{PgPool, Postgres, QueryBuilder};

use super::model::{StockMovementLine, StockMovementView};
use crate::filter::Scope;

/// Which movements to list.
pub(super) struct Wanted<'a> {
    pub(super) kind: Option<MovementKind>,
    pub(super) reference: Option<&'a OneLine>,
    pub(super) scope: &'a Scope,
    /// Only movements before this one.
    pub(super) before: i64,
    /// At most so many.
    pub(super) rows: i64,
}

/// A movement of a page, still without its lines.
#[derive(sqlx::FromRow)]
pub(super) struct Found {
    #[sqlx(flatten)]
    pub(super) movement: StockMovementView,
    pub(super) line_count: i64,
}

const MOVEMENTS: &str =
    "select m.id, m.kind, m.reason::text as reason, m.reference::text as reference, m.note,
           m.actor::text as actor, m.occurred_at, m.recorded_at, m.reverses_movement_id,
           (select id from stock_movements where reverses_movement_id = m.id) as reversed_by_movement_id,
           (select count(*) from stock_entries where movement_id = m.id) as line_count
    from stock_movements m";

/// Most lines of a page: it ends early where the movements on it have more.
const LINES_MAX: i64 = 5000;

/// A kind with fewer movements is gone through whole, whatever else is asked.
const FEW_MOVEMENTS: i64 = 5000;

/// Newest first, without their lines.
///
/// A page of all movements, of a reference or of a rare kind is found going back through these. Of products, each gives its
/// newest movements along its stock card, and the newest of these are the page. Of a warehouse, each of its locations does.
pub(super) async fn list(db: &PgPool, wanted: &Wanted<'_>) -> Result<Vec<Found>, sqlx::Error> {
    let Scope { products, warehouses, .. } = wanted.scope;
    let mut sql = QueryBuilder::new(MOVEMENTS);
    if (products.is_empty() && warehouses.is_empty()) || wanted.is_rare(db).await? {
        sql.push(" where m.id < ").push_bind(wanted.before);
        wanted.push_conditions(&mut sql);
        wanted.push_line_exists(&mut sql);
    } else {
        sql.push(" join (select distinct newest.id from ");
        if products.is_empty() {
            wanted.push_newest_of_warehouses(&mut sql);
        } else {
            sql.push("unnest(").push_bind(products).push(") as product (id) cross join lateral ");
            wanted.push_newest(&mut sql, "e.product_id = product.id", wanted.rows);
        }
        sql.push(" newest order by newest.id desc limit ").push(wanted.rows).push(") page on page.id = m.id");
    }
    sql.push(" order by m.id desc limit ").push(wanted.rows);
    // Where something is asked for, the best plan is another one for other values.
    sql.build_query_as().persistent(wanted.is_everything()).fetch_all(db).await
}

pub(super) async fn find(db: &PgPool, id: i64) -> Result<Option<StockMovementView>, sqlx::Error> {
    let mut sql = QueryBuilder::new(MOVEMENTS);
    sql.push(" where m.id = ").push_bind(id);
    sql.build_query_as().fetch_optional(db).await
}

/// These movements in this order, whole; only the first of them where all have more lines than a page may have.
pub async fn find_all(
    db: &PgPool,
    ids: &[i64],
    currency: Currency,
) -> Result<Vec<StockMovementView>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = QueryBuilder::new(MOVEMENTS);
    sql.push(" where m.id = any(").push_bind(ids).push(")");
    let rows: Vec<Found> = sql.build_query_as().fetch_all(db).await?;
    let mut by_id: HashMap<_, _> = rows.into_iter().map(|row| (row.movement.id, row)).collect();
    let mut rows: Vec<Found> = ids.iter().filter_map(|id| by_id.remove(&Some(*id))).collect();
    rows.truncate(fitting(&rows));
    let mut movements: Vec<_> = rows.into_iter().map(|row| row.movement).collect();
    add_lines(db, &mut movements, currency).await?;
    Ok(movements)
}

/// How many of the rows have no more than [`LINES_MAX`] lines together; one at least.
pub(super) fn fitting(rows: &[Found]) -> usize {
    let mut lines = 0;
    let fits = |row: &&Found| {
        lines += row.line_count;
        lines <= LINES_MAX
    };
    rows.iter().take_while(fits).count().max(1)
}

impl Wanted<'_> {
    /// Whether so few movements have the reference or are of the kind that it is best to go through these.
    async fn is_rare(&self, db: &PgPool) -> Result<bool, sqlx::Error> {
        let mut sql = QueryBuilder::new("select count(*) < ");
        match (self.reference, self.kind) {
            (Some(_), _) => return Ok(true),
            (None, None) => return Ok(false),
            (None, Some(kind)) => {
                sql.push(FEW_MOVEMENTS).push(" from (select from stock_movements where kind = ");
                sql.push_bind(kind.as_str()).push(" limit ").push(FEW_MOVEMENTS).push(") of_kind");
            }
        }
        sql.build_query_scalar().fetch_one(db).await
    }

    /// The newest of each location, of which the newest of all are the page. A warehouse may have thousands: first the one
    /// newest movement of each is looked at, because only where that is among the newest can anything be on the page.
    fn push_newest_of_warehouses(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push("(select l.id from locations l cross join lateral ");
        self.push_newest(sql, "e.location_id = l.id", 1);
        sql.push(" last where l.warehouse_id = any(").push_bind(&self.scope.warehouses);
        sql.push(") order by last.id desc limit ").push(self.rows).push(") place cross join lateral ");
        self.push_newest(sql, "e.location_id = place.id", self.rows);
    }

    /// The newest movements of such entries; a movement may have several of them.
    fn push_newest(&self, sql: &mut QueryBuilder<Postgres>, such: &str, rows: i64) {
        sql.push("(select distinct e.movement_id as id from stock_entries e");
        if self.kind.is_some() {
            sql.push(" join stock_movements m on m.id = e.movement_id");
        }
        sql.push(" where ").push(such).push(" and e.movement_id < ").push_bind(self.before);
        self.push_conditions(sql);
        self.push_line_conditions(sql);
        sql.push(" order by e.movement_id desc limit ").push(rows).push(")");
    }

    fn push_conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        if let Some(kind) = self.kind {
            sql.push(" and m.kind = ").push_bind(kind.as_str());
        }
        if let Some(reference) = self.reference {
            sql.push(" and m.reference = ").push_bind(reference.as_str().to_owned());
        }
    }

    fn push_line_exists(&self, sql: &mut QueryBuilder<Postgres>) {
        if self.scope.products.is_empty() && self.scope.warehouses.is_empty() {
            return;
        }
        // A value and not a semi-join, for which the planner might read all entries.
        sql.push(" and coalesce((select true from stock_entries e where e.movement_id = m.id");
        self.push_line_conditions(sql);
        sql.push(" limit 1), false)");
    }

    fn push_line_conditions(&self, sql: &mut QueryBuilder<Postgres>) {
        let Scope { products, warehouses, .. } = self.scope;
        if !products.is_empty() {
            sql.push(" and e.product_id = any(").push_bind(products).push(")");
        }
        if !warehouses.is_empty() {
            sql.push(" and e.location_id in (select id from locations where warehouse_id = any(");
            sql.push_bind(warehouses).push("))");
        }
    }

    fn is_everything(&self) -> bool {
        let Scope { products, warehouses, .. } = self.scope;
        self.kind.is_none() && self.reference.is_none() && products.is_empty() && warehouses.is_empty()
    }
}

/// Give each movement its lines; costs with the decimals of their currency. What a line is about is looked up line by line,
/// for which `limit 1` stands.
pub(super) async fn add_lines(
    db: &PgPool,
    movements: &mut [StockMovementView],
    currency: Currency,
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = movements.iter().filter_map(|movement| movement.id).collect();
    let lines: Vec<StockMovementLine> = sqlx::query_as(
        "select e.movement_id, e.product_id, p.sku, e.location_id, l.code as location, w.code as warehouse,
                nullif(e.lot, '') as lot, e.on_hand_delta::numeric as quantity,
                e.on_hand_after - e.on_hand_delta as on_hand_before, e.on_hand_after::numeric as on_hand_after,
                round(e.unit_cost, greatest(min_scale(e.unit_cost), $2))::text as unit_cost
         from stock_entries e
         cross join lateral (select sku from products where id = e.product_id limit 1) p
         cross join lateral (select warehouse_id, code::text as code from locations where id = e.location_id limit 1) l
         cross join lateral (select code::text as code from warehouses where id = l.warehouse_id limit 1) w
         where e.movement_id = any($1)
         order by e.product_id, e.location_id, e.lot, e.seq",
    )
    .bind(ids)
    .bind(numeric::decimals(currency))
    .fetch_all(db)
    .await?;
    let mut by_movement: HashMap<i64, Vec<StockMovementLine>> = HashMap::new();
    for line in lines {
        let line = StockMovementLine { unit_cost: auth::cost_for_caller(line.unit_cost), ..line };
        by_movement.entry(line.movement_id).or_default().push(line);
    }
    for movement in movements {
        movement.lines = movement.id.and_then(|id| by_movement.remove(&id)).unwrap_or_default();
    }
    Ok(())
}
