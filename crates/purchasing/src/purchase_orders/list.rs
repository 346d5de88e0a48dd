//! Lists of purchase orders: newest first, without their lines.

use domain::PurchaseOrderStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::{ApiError, FromParams, Page, Paging, Params, auth};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, QueryBuilder, Row};
use stock::WarehouseRef;
use utoipa::ToSchema;

use super::model;
use crate::row;
use crate::supplier_products::SupplierSummary;

/// The name of this list in cursors.
const LIST: &str = "purchase orders";

/// A purchase order as a list shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": 123, "number": "PO-000123", "status": "ordered",
    "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"}, "warehouse": "MAIN", "warehouse_id": 1, "currency": "EUR",
    "total": "500.00", "line_count": 1, "expected_on": "2026-02-14", "version": 4, "created_at": "2026-01-31T12:00:00Z",
    "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct PurchaseOrderSummary {
    /// Key.
    pub id: i64,
    /// What people call it.
    pub number: String,
    /// Where it stands.
    #[schema(value_type = PurchaseOrderStatus)]
    pub status: String,
    /// From whom.
    pub supplier: SupplierSummary,
    /// Code of the warehouse it goes to.
    pub warehouse: String,
    /// Key of the warehouse it goes to.
    pub warehouse_id: i64,
    /// Of its costs, by ISO 4217.
    pub currency: String,
    /// What it costs, without what was cancelled.
    pub total: String,
    /// How many lines it has.
    pub line_count: i64,
    /// The day it should arrive, unless a line says otherwise.
    #[schema(required, value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Which orders to list; an empty filter does not narrow.
#[derive(Debug)]
pub struct PurchaseOrderFilter {
    statuses: Vec<PurchaseOrderStatus>,
    suppliers: Vec<i64>,
    warehouses: Vec<WarehouseRef>,
    products: Vec<i64>,
    paging: Paging,
}

impl FromParams for PurchaseOrderFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (statuses, suppliers) = (params.all("status"), params.all("supplier_id"));
        let warehouses = WarehouseRef::from_params(params);
        let products = params.all("product_id");
        Some(Self { statuses, suppliers, warehouses, products, paging: Paging::from_params(params)? })
    }
}

/// A page of the orders that the filter leaves.
pub async fn page(db: &PgPool, filter: &PurchaseOrderFilter) -> Result<Page<PurchaseOrderSummary>, ApiError> {
    let before = filter.paging.after(LIST, 1)?.map_or(i64::MAX, |cursor| cursor.number(0));
    let ids = WarehouseRef::resolve(db, &filter.warehouses).await?;
    let unknown = filter.warehouses.iter().filter(|named| !ids.contains_key(named));
    let errors: Vec<_> = unknown.map(WarehouseRef::unknown_in_query).collect();
    if !errors.is_empty() {
        return Err(ApiError::invalid_input(errors));
    }
    let warehouses = auth::narrow_to_warehouses(ids.into_values().collect())?;
    let rows = filter.read(db, &warehouses, before).await?;
    Ok(filter.paging.page(LIST, rows, |row| vec![row.id.to_string()]))
}

impl PurchaseOrderFilter {
    /// Newest first; one row more than the page has.
    async fn read(
        &self,
        db: &PgPool,
        warehouses: &[i64],
        before: i64,
    ) -> Result<Vec<PurchaseOrderSummary>, sqlx::Error> {
        let mut sql = QueryBuilder::new(
            "select o.id, o.number, o.status, s.id as supplier_id, s.code::text as supplier_code,
                    s.name::text as supplier_name, w.code::text as warehouse, o.warehouse_id, o.currency::text as currency,
                    lines.total::text as total, lines.count, o.expected_on, o.version, o.created_at, o.updated_at
             from purchase_orders o
             join suppliers s on s.id = o.supplier_id
             join warehouses w on w.id = o.warehouse_id
             cross join lateral (
                 select coalesce(round(sum((quantity - cancelled) * unit_cost), 4), 0) as total, count(*) as count
                 from purchase_order_lines where purchase_order_id = o.id) lines
             where o.id < ",
        );
        sql.push_bind(before);
        if !self.statuses.is_empty() {
            let statuses: Vec<&str> = self.statuses.iter().map(|status| status.as_str()).collect();
            sql.push(" and o.status = any(").push_bind(statuses).push(")");
        }
        if !self.suppliers.is_empty() {
            sql.push(" and o.supplier_id = any(").push_bind(&self.suppliers).push(")");
        }
        if !warehouses.is_empty() {
            sql.push(" and o.warehouse_id = any(").push_bind(warehouses).push(")");
        }
        if !self.products.is_empty() {
            sql.push(
                " and o.id in (select purchase_order_id from purchase_order_lines where product_id = any(",
            )
            .push_bind(&self.products)
            .push("))");
        }
        sql.push(" order by o.id desc limit ").push(self.paging.rows());
        // The best plan for a filter is another one for other values.
        sql.build_query_as().persistent(false).fetch_all(db).await
    }
}

impl sqlx::FromRow<'_, PgRow> for PurchaseOrderSummary {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        Ok(Self {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            status: row.try_get("status")?,
            supplier: model::supplier(row)?,
            warehouse: row.try_get("warehouse")?,
            warehouse_id: row.try_get("warehouse_id")?,
            total: model::total(row, &currency)?,
            currency,
            line_count: row.try_get("count")?,
            expected_on: model::day(row, "expected_on")?,
            version: row.try_get("version")?,
            created_at: row::time(row, "created_at")?,
            updated_at: row::time(row, "updated_at")?,
        })
    }
}
