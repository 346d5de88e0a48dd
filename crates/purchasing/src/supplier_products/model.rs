//! What a supplier product is, and what may be asked of it.

use domain::{Amount, OneLine, Quantity, Sku};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use stock::ledger::ProductRef;
use utoipa::ToSchema;

use crate::suppliers::lead_time_days;
use crate::{problems, row};

/// Most price breaks of one product.
const COSTS_MAX: usize = 50;

/// A product of a supplier to be. The product is named by `product_id` or `sku`.
#[derive(ToSchema)]
#[schema(as = NewSupplierProduct, example = json!({"supplier_id": 1, "sku": "KET-17", "supplier_sku": "AC-1017", "moq": 20, "order_multiple": 10,
    "preferred": true, "costs": [{"unit_cost": "12.50"}, {"min_quantity": 100, "unit_cost": "11.90"}]}))]
#[expect(dead_code, reason = "only its schema is used: NewSupplierProduct is what it is read into")]
pub struct NewSupplierProductSchema {
    /// Key of the supplier.
    supplier_id: i64,
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// What the supplier calls it.
    supplier_sku: Option<OneLine>,
    /// Least quantity of an order; absent: any.
    #[schema(exclusive_minimum = 0)]
    moq: Option<Quantity>,
    /// The pack: orders are multiples of it; absent: any quantity.
    #[schema(exclusive_minimum = 0)]
    order_multiple: Option<Quantity>,
    /// Days from order to arrival; absent: as the supplier.
    #[schema(minimum = 0, maximum = 3650)]
    lead_time_days: Option<i32>,
    /// Whether the product is bought here first; takes that from the supplier that had it.
    preferred: Option<bool>,
    /// Costs by quantity, in the currency of the supplier.
    #[schema(min_items = 1, max_items = 50, nullable = false)]
    costs: Option<Vec<NewCost>>,
}

/// A product of a supplier to be, as read.
#[derive(Debug)]
pub struct NewSupplierProduct {
    pub supplier_id: i64,
    pub product: ProductRef,
    pub supplier_sku: Option<OneLine>,
    pub moq: Option<Quantity>,
    pub order_multiple: Option<Quantity>,
    pub lead_time_days: Option<i32>,
    pub preferred: bool,
    pub costs: Vec<NewCost>,
}

/// A price break to be.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(as = NewSupplierProductCost)]
pub struct NewCost {
    /// From this quantity on; any if absent.
    #[schema(value_type = Option<Quantity>, minimum = 0)]
    pub min_quantity: Quantity,
    /// Cost of one unit: a decimal string or a number, at most 4 decimals.
    pub unit_cost: Amount,
}

/// What changes of a supplier product; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"order_multiple": 12, "costs": [{"unit_cost": "12.90"}]}))]
pub struct SupplierProductChange {
    /// What the supplier calls it; null takes it away.
    #[schema(value_type = Option<OneLine>)]
    pub supplier_sku: Option<Option<OneLine>>,
    /// Least quantity of an order; null: any.
    #[schema(value_type = Option<Quantity>, exclusive_minimum = 0)]
    pub moq: Option<Option<Quantity>>,
    /// The pack: orders are multiples of it; null: any quantity.
    #[schema(value_type = Option<Quantity>, exclusive_minimum = 0)]
    pub order_multiple: Option<Option<Quantity>>,
    /// Days from order to arrival; null: as the supplier.
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 3650)]
    pub lead_time_days: Option<Option<i32>>,
    /// Whether the product is bought here first; true takes that from the supplier that had it.
    #[schema(nullable = false)]
    pub preferred: Option<bool>,
    /// All costs from now on, in the currency of the supplier; price breaks that are not among them end.
    #[schema(min_items = 1, max_items = 50, nullable = false)]
    pub costs: Option<Vec<NewCost>>,
}

/// A product of a supplier.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SupplierProduct, example = json!({"id": 12, "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"},
    "product_id": 17, "sku": "KET-17", "supplier_sku": "AC-1017", "moq": 20, "order_multiple": 10, "lead_time_days": null,
    "preferred": true, "costs": [{"min_quantity": 0, "unit_cost": "12.50", "currency": "EUR", "effective_from": "2026-01-31T12:00:00Z"}],
    "version": 1, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct SupplierProductView {
    /// Key.
    pub id: i64,
    /// Who sells it.
    pub supplier: SupplierSummary,
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// What the supplier calls it.
    #[schema(required)]
    pub supplier_sku: Option<String>,
    /// Least quantity of an order; null: any.
    #[schema(required)]
    pub moq: Option<Quantity>,
    /// The pack: orders are multiples of it; null: any quantity.
    #[schema(required)]
    pub order_multiple: Option<Quantity>,
    /// Days from order to arrival; null: as the supplier.
    #[schema(required)]
    pub lead_time_days: Option<i32>,
    /// Whether the product is bought here first.
    pub preferred: bool,
    /// What it costs now, by quantity.
    pub costs: Vec<CostView>,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it or its costs were last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The supplier of something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupplierSummary {
    /// Key.
    pub id: i64,
    /// Its short name.
    pub code: String,
    /// What people call it.
    pub name: String,
}

/// A price break.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SupplierProductCost)]
pub struct CostView {
    /// From this quantity on; 0: any.
    pub min_quantity: Quantity,
    /// Cost of one unit, with at least the decimals of its currency; null: the caller may not know.
    #[schema(required, value_type = Option<String>)]
    pub unit_cost: String,
    /// Of the cost, by ISO 4217.
    pub currency: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub effective_from: Timestamp,
}

/// Which supplier products to list.
#[derive(Debug)]
pub struct SupplierProductFilter {
    /// Of which suppliers; none: of all.
    pub suppliers: Vec<i64>,
    /// Of which products; none: of all.
    pub products: Vec<i64>,
    /// Which page.
    pub paging: Paging,
}

/// Why a supplier product cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum SupplierProductError {
    /// No such supplier product.
    #[error("no supplier product has the id {0}")]
    NotFound(i64),
    /// The body names no supplier that exists.
    #[error("no supplier has the id {0}")]
    UnknownSupplier(i64),
    /// The body names no product that exists; the field that names it.
    #[error("no product has this id or SKU")]
    UnknownProduct(&'static str),
    /// The supplier has it already.
    #[error("the supplier has this product already")]
    Duplicate,
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<SupplierProductError> for ApiError {
    fn from(error: SupplierProductError) -> Self {
        use SupplierProductError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::SUPPLIER_PRODUCT_NOT_FOUND, detail),
            E::UnknownSupplier(_) => Self::invalid_field("/supplier_id", "unknown_supplier", detail),
            E::UnknownProduct(field) => Self::invalid_field(format!("/{field}"), "unknown_product", detail),
            E::Duplicate => Self::new(&problems::DUPLICATE_SUPPLIER_PRODUCT, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

impl sqlx::FromRow<'_, PgRow> for SupplierProductView {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let mut costs: Vec<CostView> = row::json(row, "costs")?;
        for cost in &mut costs {
            let amount = Amount::parse(&cost.unit_cost).map_err(row::decode)?;
            cost.unit_cost = row::money(amount, &cost.currency);
        }
        Ok(Self {
            id: row.try_get("id")?,
            supplier: SupplierSummary {
                id: row.try_get("supplier_id")?,
                code: row.try_get("supplier_code")?,
                name: row.try_get("supplier_name")?,
            },
            product_id: row.try_get("product_id")?,
            sku: row.try_get("sku")?,
            supplier_sku: row.try_get("supplier_sku")?,
            moq: row::quantity(row, "moq")?,
            order_multiple: row::quantity(row, "order_multiple")?,
            lead_time_days: row.try_get("lead_time_days")?,
            preferred: row.try_get("preferred")?,
            costs,
            version: row.try_get("version")?,
            created_at: row::time(row, "created_at")?,
            updated_at: row::time(row, "updated_at")?,
        })
    }
}

impl FromFields for NewCost {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (given, unit_cost) = (fields.optional("min_quantity"), fields.required("unit_cost"));
        let min_quantity = given.unwrap_or(Quantity::ZERO);
        if min_quantity.is_negative() {
            return fields.fault("min_quantity", "negative", "must not be negative");
        }
        Some(Self { min_quantity, unit_cost: unit_cost? })
    }
}

/// Costs, no two from the same quantity on.
fn costs(fields: &mut Fields<'_>) -> Option<Vec<NewCost>> {
    let costs: Vec<NewCost> = fields.list_if_given("costs", COSTS_MAX)?;
    for (i, cost) in costs.iter().enumerate() {
        if costs[..i].iter().any(|before| before.min_quantity == cost.min_quantity) {
            let pointer = format!("{}/costs/{i}/min_quantity", fields.pointer());
            fields.fault_at(pointer, "repeated", "must differ from that of the other costs");
        }
    }
    Some(costs)
}

fn positive(name: &'static str, given: Option<Quantity>, fields: &mut Fields<'_>) -> Option<Quantity> {
    match given {
        Some(quantity) if !quantity.is_positive() => fields.fault(name, "out_of_range", "must be above 0"),
        given => given,
    }
}

impl FromFields for NewSupplierProduct {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (supplier_id, product) = (fields.required("supplier_id"), ProductRef::from_fields(fields));
        let (supplier_sku, moq) = (fields.optional("supplier_sku"), fields.optional("moq"));
        let moq = positive("moq", moq, fields);
        let multiple = fields.optional("order_multiple");
        let order_multiple = positive("order_multiple", multiple, fields);
        let days = fields.optional("lead_time_days");
        let lead_time_days = lead_time_days(days, fields);
        let preferred = fields.optional("preferred").unwrap_or(false);
        let costs = costs(fields).unwrap_or_default();
        Some(Self {
            supplier_id: supplier_id?,
            product: product?,
            supplier_sku,
            moq,
            order_multiple,
            lead_time_days,
            preferred,
            costs,
        })
    }
}

impl FromFields for SupplierProductChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (supplier_sku, moq) = (fields.change("supplier_sku"), fields.change("moq"));
        let moq = moq.map(|moq| positive("moq", moq, fields));
        let multiple = fields.change("order_multiple");
        let order_multiple = multiple.map(|multiple| positive("order_multiple", multiple, fields));
        let days = fields.change("lead_time_days");
        let lead_time_days = days.map(|days| lead_time_days(days, fields));
        let (preferred, costs) = (fields.replacement("preferred"), costs(fields));
        Some(Self { supplier_sku, moq, order_multiple, lead_time_days, preferred, costs })
    }
}

impl FromParams for SupplierProductFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (suppliers, products) = (params.all("supplier_id"), params.all("product_id"));
        Some(Self { suppliers, products, paging: Paging::from_params(params)? })
    }
}
