//! What a reorder policy is, and what may be asked of it.

use domain::replenishment::{Policy, PolicyFault};
use domain::{Code, Quantity, Sku};
use jiff::Timestamp;
use platform::{ApiError, FieldError, Fields, FromFields, FromParams, Paging, Params};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use crate::filter::StockFilter;
use crate::ledger::ProductRef;
use crate::problems;
use crate::warehouses::WarehouseRef;

/// A reorder policy to be. The product is named by `product_id` or `sku`; the warehouse by `warehouse` or `warehouse_id`.
#[derive(ToSchema)]
#[schema(as = NewReorderPolicy, example = json!({"sku": "KET-17", "warehouse": "NORTH", "reorder_point": 10, "max_quantity": 50}))]
#[expect(dead_code, reason = "only its schema is used: NewReorderPolicy is what it is read into")]
pub struct NewReorderPolicySchema {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// Code of the warehouse; without one, the policy is for all warehouses together.
    warehouse: Option<Code>,
    /// Key of the warehouse.
    warehouse_id: Option<i64>,
    /// Stock is low when available is at or below it. Required with a warehouse; without one it is a field of the product.
    #[schema(value_type = Option<Quantity>, minimum = 0)]
    reorder_point: Option<Quantity>,
    /// Kept beyond the reorder point where neither of the two below is given; 0 if absent.
    #[schema(value_type = Option<Quantity>, minimum = 0)]
    safety_stock: Option<Quantity>,
    /// Order up to this; not below the reorder point. At most one of this and `reorder_quantity`.
    #[schema(value_type = Option<Quantity>, minimum = 0)]
    max_quantity: Option<Quantity>,
    /// Order so much at a time.
    #[schema(value_type = Option<Quantity>, exclusive_minimum = 0)]
    reorder_quantity: Option<Quantity>,
}

/// A reorder policy to be, as read.
#[derive(Clone, Debug)]
pub struct NewReorderPolicy {
    pub product: ProductRef,
    pub warehouse: Option<WarehouseRef>,
    pub reorder_point: Option<Quantity>,
    pub safety_stock: Option<Quantity>,
    pub max_quantity: Option<Quantity>,
    pub reorder_quantity: Option<Quantity>,
}

/// What changes of a reorder policy; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"reorder_point": 12, "max_quantity": 60}))]
pub struct ReorderPolicyChange {
    /// Of a policy with a warehouse; without one it is a field of the product.
    #[schema(nullable = false, minimum = 0)]
    pub reorder_point: Option<Quantity>,
    /// Kept beyond the reorder point where neither of the two below is given.
    #[schema(nullable = false, minimum = 0)]
    pub safety_stock: Option<Quantity>,
    /// Order up to this; null takes it away.
    #[schema(value_type = Option<Quantity>, minimum = 0)]
    pub max_quantity: Option<Option<Quantity>>,
    /// Order so much at a time; null takes it away.
    #[schema(value_type = Option<Quantity>, exclusive_minimum = 0)]
    pub reorder_quantity: Option<Option<Quantity>>,
}

/// A reorder policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReorderPolicy, example = json!({"id": 4, "product_id": 17, "sku": "KET-17", "warehouse": "NORTH", "warehouse_id": 2,
    "reorder_point": 10, "safety_stock": 0, "max_quantity": 50, "reorder_quantity": null, "version": 1,
    "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct ReorderPolicyView {
    /// Key.
    pub id: i64,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Code of the warehouse; null: over all warehouses.
    #[schema(required)]
    pub warehouse: Option<String>,
    /// Key of the warehouse.
    #[schema(required)]
    pub warehouse_id: Option<i64>,
    /// Stock is low when available is at or below it. Without a warehouse it is that of the product, which may have none.
    #[schema(required)]
    pub reorder_point: Option<Quantity>,
    /// Kept beyond the reorder point where neither of the two below is given.
    pub safety_stock: Quantity,
    /// Order up to this.
    #[schema(required)]
    pub max_quantity: Option<Quantity>,
    /// Order so much at a time.
    #[schema(required)]
    pub reorder_quantity: Option<Quantity>,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Which reorder policies to list.
#[derive(Debug)]
pub struct ReorderPolicyFilter {
    /// Of these products, in these warehouses.
    pub scope: StockFilter,
    /// Which page.
    pub paging: Paging,
}

/// Why a reorder policy cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum ReorderPolicyError {
    /// No such policy.
    #[error("no reorder policy has the id {0}")]
    NotFound(i64),
    /// The body names what is not known, or numbers that contradict each other.
    #[error("not acceptable: {0:?}")]
    Input(Vec<FieldError>),
    /// There is one already.
    #[error("the product has a reorder policy there: change that one")]
    Duplicate,
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<ReorderPolicyError> for ApiError {
    fn from(error: ReorderPolicyError) -> Self {
        use ReorderPolicyError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::REORDER_POLICY_NOT_FOUND, detail),
            E::Input(errors) => Self::invalid_input(errors),
            E::Duplicate => Self::new(&problems::DUPLICATE_REORDER_POLICY, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

/// A field at fault, with code and message.
pub type Fault = (&'static str, &'static str, String);

/// The fault of numbers that contradict each other. A product without a reorder point has no minimum.
pub fn contradictions(
    reorder_point: Option<Quantity>,
    max_quantity: Option<Quantity>,
    reorder_quantity: Option<Quantity>,
) -> Option<Fault> {
    let reorder_point = reorder_point.unwrap_or(Quantity::ZERO);
    let policy = Policy { reorder_point, safety_stock: Quantity::ZERO, max_quantity, reorder_quantity };
    let fault = policy.check().err()?;
    let (field, code) = match fault {
        PolicyFault::MaxBelowReorderPoint => ("max_quantity", "below_reorder_point"),
        PolicyFault::MaxAndReorderQuantity => ("reorder_quantity", "mutually_exclusive"),
    };
    Some((field, code, fault.to_string()))
}

/// The fault of a reorder point in a policy over all warehouses.
pub fn point_of_the_product() -> Fault {
    let message = "without a warehouse it is a field of the product: PATCH /products/{id}";
    ("reorder_point", "field_of_product", message.to_owned())
}

fn not_negative(name: &'static str, given: Option<Quantity>, fields: &mut Fields<'_>) -> Option<Quantity> {
    match given {
        Some(quantity) if quantity.is_negative() => fields.fault(name, "negative", "must not be negative"),
        given => given,
    }
}

fn positive(name: &'static str, given: Option<Quantity>, fields: &mut Fields<'_>) -> Option<Quantity> {
    match given {
        Some(quantity) if !quantity.is_positive() => fields.fault(name, "out_of_range", "must be above 0"),
        given => given,
    }
}

fn note(fault: Option<Fault>, fields: &mut Fields<'_>) {
    if let Some((field, code, message)) = fault {
        fields.fault::<()>(field, code, message);
    }
}

impl FromFields for NewReorderPolicy {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, warehouse) = (ProductRef::from_fields(fields), WarehouseRef::from_fields(fields));
        let given = fields.optional("reorder_point");
        let reorder_point = not_negative("reorder_point", given, fields);
        let of_a_warehouse = fields.has("warehouse") || fields.has("warehouse_id");
        match (of_a_warehouse, fields.has("reorder_point")) {
            (true, false) => {
                fields.fault::<()>("reorder_point", "missing", "is required with a warehouse");
            }
            (false, true) => note(Some(point_of_the_product()), fields),
            (true, true) | (false, false) => {}
        }
        let given = fields.optional("safety_stock");
        let safety_stock = not_negative("safety_stock", given, fields);
        let given = fields.optional("max_quantity");
        let max_quantity = not_negative("max_quantity", given, fields);
        let given = fields.optional("reorder_quantity");
        let reorder_quantity = positive("reorder_quantity", given, fields);
        note(contradictions(reorder_point, max_quantity, reorder_quantity), fields);
        Some(Self {
            product: product?,
            warehouse,
            reorder_point,
            safety_stock,
            max_quantity,
            reorder_quantity,
        })
    }
}

impl FromFields for ReorderPolicyChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (point, safety) = (fields.replacement("reorder_point"), fields.replacement("safety_stock"));
        let reorder_point = not_negative("reorder_point", point, fields);
        let safety_stock = not_negative("safety_stock", safety, fields);
        let max_quantity: Option<Option<Quantity>> = fields.change("max_quantity");
        let max_quantity = max_quantity.map(|given| not_negative("max_quantity", given, fields));
        let reorder_quantity: Option<Option<Quantity>> = fields.change("reorder_quantity");
        let reorder_quantity = reorder_quantity.map(|given| positive("reorder_quantity", given, fields));
        Some(Self { reorder_point, safety_stock, max_quantity, reorder_quantity })
    }
}

impl FromParams for ReorderPolicyFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let products = StockFilter::products(params);
        let warehouses = WarehouseRef::from_params(params);
        let scope = StockFilter { products, warehouses, locations: Vec::new() };
        Some(Self { scope, paging: Paging::from_params(params)? })
    }
}

impl sqlx::FromRow<'_, PgRow> for ReorderPolicyView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let decode = |error: domain::Invalid| sqlx::Error::Decode(error.into());
        let optional = |column| {
            let decimal: Option<Decimal> = row.try_get(column)?;
            decimal.map(Quantity::try_from).transpose().map_err(decode)
        };
        let time = |column| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
        Ok(Self {
            id: row.try_get("id")?,
            product_id: row.try_get("product_id")?,
            sku: row.try_get("sku")?,
            warehouse: row.try_get("warehouse")?,
            warehouse_id: row.try_get("warehouse_id")?,
            reorder_point: optional("reorder_point")?,
            safety_stock: row.try_get::<Decimal, _>("safety_stock")?.try_into().map_err(decode)?,
            max_quantity: optional("max_quantity")?,
            reorder_quantity: optional("reorder_quantity")?,
            version: row.try_get("version")?,
            created_at: time("created_at")?,
            updated_at: time("updated_at")?,
        })
    }
}
