//! Lists of stock transfers: newest first, without their lines.

use domain::StockTransferStatus;
use jiff::Timestamp;
use platform::{ApiError, FromParams, Page, Paging, Params};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, QueryBuilder, Row};
use utoipa::ToSchema;

use super::model::{self, PlaceView};
use crate::filter::{Scope, StockFilter};
use crate::warehouses::WarehouseRef;

/// The name of this list in cursors.
const LIST: &str = "stock transfers";

/// A stock transfer as a list shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": 12, "number": "TR-000012", "status": "in_transit",
    "from": {"warehouse_id": 1, "warehouse": "MAIN", "location_id": null, "location": null},
    "to": {"warehouse_id": 2, "warehouse": "SHOP", "location_id": null, "location": null}, "reference": "refill", "line_count": 1,
    "version": 2, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct StockTransferSummary {
    /// Key.
    pub id: i64,
    /// What people and its movements call it.
    pub number: String,
    /// Where it stands.
    #[schema(value_type = StockTransferStatus)]
    pub status: String,
    /// Where it leaves.
    pub from: PlaceView,
    /// Where it arrives.
    pub to: PlaceView,
    /// The document it is for.
    #[schema(required)]
    pub reference: Option<String>,
    /// How many lines it has.
    pub line_count: i64,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Which transfers to list; an empty filter does not narrow.
#[derive(Debug)]
pub struct StockTransferFilter {
    statuses: Vec<StockTransferStatus>,
    stock: StockFilter,
    paging: Paging,
}

impl FromParams for StockTransferFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (statuses, products) = (params.all("status"), StockFilter::products(params));
        let warehouses = WarehouseRef::from_params(params);
        let stock = StockFilter { products, warehouses, ..StockFilter::default() };
        Some(Self { statuses, stock, paging: Paging::from_params(params)? })
    }
}

/// A page of the transfers that the filter leaves.
pub(super) async fn page(
    db: &PgPool,
    filter: &StockTransferFilter,
) -> Result<Page<StockTransferSummary>, ApiError> {
    let before = filter.paging.after(LIST, 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let scope = filter.stock.resolve(db).await?;
    let rows = filter.read(db, &scope, before).await?;
    Ok(filter.paging.page(LIST, rows, |row| vec![row.id.to_string()]))
}

impl StockTransferFilter {
    /// Newest first; one row more than the page has. The narrowest filter leads: of each of its values the newest, of which
    /// the newest of all are the page.
    async fn read(
        &self,
        db: &PgPool,
        scope: &Scope,
        before: i64,
    ) -> Result<Vec<StockTransferSummary>, sqlx::Error> {
        let rows = self.paging.rows();
        let mut sql: QueryBuilder<Postgres> = QueryBuilder::new(
            "select t.id, t.number, t.status, t.from_warehouse_id, fw.code as from_warehouse, t.from_location_id,
                    fl.code as from_location, t.to_warehouse_id, tw.code as to_warehouse, t.to_location_id,
                    tl.code as to_location, t.reference::text as reference, lines.count, t.version, t.created_at, t.updated_at
             from (",
        );
        if !scope.products.is_empty() {
            sql.push("select distinct page.id from unnest(").push_bind(&scope.products);
            sql.push(
                "::bigint[]) as wanted (id) cross join lateral (
                     select distinct l.stock_transfer_id as id
                     from stock_transfer_lines l join stock_transfers t on t.id = l.stock_transfer_id
                     where l.product_id = wanted.id and l.stock_transfer_id < ",
            );
            sql.push_bind(before);
            self.narrow(&mut sql, &scope.warehouses);
            sql.push(" order by l.stock_transfer_id desc limit ").push(rows).push(") page");
        } else if !scope.warehouses.is_empty() {
            // By status too, so that a rare one is not looked for among all transfers of the warehouse.
            sql.push("select page.id from unnest(").push_bind(&scope.warehouses);
            sql.push("::bigint[]) as wanted (id) cross join unnest(").push_bind(self.names_or_all());
            sql.push("::text[]) as standing (status) cross join lateral (");
            for (side, union) in [("from", " union "), ("to", "")] {
                sql.push("(select t.id from stock_transfers t where t.").push(side);
                sql.push("_warehouse_id = wanted.id and ");
                push_newest(&mut sql, before, rows);
                sql.push(")").push(union);
            }
            sql.push(") page group by page.id");
        } else if !self.statuses.is_empty() {
            sql.push("select page.id from unnest(").push_bind(self.names());
            sql.push(
                "::text[]) as standing (status) cross join lateral (
                     select t.id from stock_transfers t where ",
            );
            push_newest(&mut sql, before, rows);
            sql.push(") page group by page.id");
        } else {
            sql.push("select id from stock_transfers where id < ").push_bind(before);
            sql.push(" order by id desc limit ").push(rows);
        }
        sql.push(
            ") page
             -- One by one: a join could read all transfers in the order of their key.
             cross join lateral (select * from stock_transfers where id = page.id limit 1) t
             cross join lateral (select code::text as code from warehouses where id = t.from_warehouse_id limit 1) fw
             left join lateral (select code::text as code from locations where id = t.from_location_id limit 1) fl on true
             cross join lateral (select code::text as code from warehouses where id = t.to_warehouse_id limit 1) tw
             left join lateral (select code::text as code from locations where id = t.to_location_id limit 1) tl on true
             cross join lateral (select count(*) as count from stock_transfer_lines l where l.stock_transfer_id = t.id) lines
             order by page.id desc limit ",
        );
        // The best plan for a filter is another one for other values.
        sql.push(rows).build_query_as().persistent(false).fetch_all(db).await
    }

    /// The conditions that do not lead.
    fn narrow(&self, sql: &mut QueryBuilder<Postgres>, warehouses: &[i64]) {
        if !self.statuses.is_empty() {
            sql.push(" and t.status = any(").push_bind(self.names()).push(")");
        }
        if !warehouses.is_empty() {
            sql.push(" and (t.from_warehouse_id = any(").push_bind(warehouses.to_vec());
            sql.push(") or t.to_warehouse_id = any(").push_bind(warehouses.to_vec()).push("))");
        }
    }

    fn names_or_all(&self) -> Vec<&'static str> {
        let all = || StockTransferStatus::ALL.map(StockTransferStatus::as_str).to_vec();
        if self.statuses.is_empty() { all() } else { self.names() }
    }

    fn names(&self) -> Vec<&'static str> {
        self.statuses.iter().map(|status| status.as_str()).collect()
    }
}

/// The newest in the state `standing.status`. Ordered as the indexes by status are, and written as a range: along the key of the
/// table, the planner could expect to meet a rare state soon, and read all of it.
fn push_newest(sql: &mut QueryBuilder<Postgres>, before: i64, rows: i64) {
    sql.push("t.status >= standing.status and (t.status, t.id) < (standing.status, ").push_bind(before);
    sql.push(") order by t.status desc, t.id desc limit ").push(rows);
}

impl sqlx::FromRow<'_, PgRow> for StockTransferSummary {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            status: row.try_get("status")?,
            from: model::place(row, "from")?,
            to: model::place(row, "to")?,
            reference: row.try_get("reference")?,
            line_count: row.try_get("count")?,
            version: row.try_get("version")?,
            created_at: model::time(row, "created_at")?,
            updated_at: model::time(row, "updated_at")?,
        })
    }
}
