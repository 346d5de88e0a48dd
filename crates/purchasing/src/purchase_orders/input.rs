//! What is read from the bodies of requests about purchase orders.

use domain::{Amount, Code, Currency, Quantity, Sku, Text};
use jiff::civil::Date;
use platform::{Fields, FromFields};
use stock::WarehouseRef;
use stock::ledger::ProductRef;
use utoipa::ToSchema;

/// Most lines of an order.
const LINES_MAX: usize = 1000;

/// A purchase order to be. The warehouse is named by `warehouse` or `warehouse_id`.
#[derive(ToSchema)]
#[schema(as = NewPurchaseOrder, example = json!({"supplier_id": 1, "warehouse": "MAIN", "expected_on": "2026-02-14",
    "lines": [{"sku": "KET-17", "quantity": 40, "unit_cost": "12.50"}, {"product_id": 1, "quantity": 12, "unit_cost": "12.50"}]}))]
#[expect(dead_code, reason = "only its schema is used: NewPurchaseOrder is what it is read into")]
pub struct NewPurchaseOrderSchema {
    /// Key of the supplier.
    supplier_id: i64,
    /// Code of the warehouse it goes to.
    warehouse: Option<Code>,
    /// Key of the warehouse it goes to.
    warehouse_id: Option<i64>,
    /// Of its costs; that of the supplier if absent.
    currency: Option<Currency>,
    /// The day it should arrive, unless a line says otherwise.
    #[schema(value_type = Option<String>, format = Date)]
    expected_on: Option<Date>,
    /// For the supplier or for us.
    #[schema(value_type = Option<String>, max_length = 2000)]
    note: Option<Text<2000>>,
    /// What is ordered.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<NewPurchaseOrderLine>,
}

/// A line of an order to be. The product is named by `product_id` or `sku`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: NewLine is what it is read into")]
pub struct NewPurchaseOrderLine {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// How much is ordered.
    #[schema(exclusive_minimum = 0)]
    quantity: Quantity,
    /// Cost of one unit; what the supplier takes for that quantity if absent.
    unit_cost: Option<Amount>,
    /// The day it should arrive; as the order if absent.
    #[schema(value_type = Option<String>, format = Date)]
    expected_on: Option<Date>,
}

/// What changes of a draft; absent fields stay.
#[derive(ToSchema)]
#[schema(as = PurchaseOrderChange, example = json!({"expected_on": "2026-02-21", "lines": [{"sku": "KET-17", "quantity": 60}]}))]
#[expect(dead_code, reason = "only its schema is used: PurchaseOrderChange is what it is read into")]
pub struct PurchaseOrderChangeSchema {
    /// Code of the warehouse it goes to.
    #[schema(nullable = false)]
    warehouse: Option<Code>,
    /// Key of the warehouse it goes to.
    #[schema(nullable = false)]
    warehouse_id: Option<i64>,
    /// Of its costs, whose amounts stay unless lines are given.
    #[schema(nullable = false)]
    currency: Option<Currency>,
    /// The day it should arrive; null takes it away.
    #[schema(value_type = Option<String>, format = Date)]
    expected_on: Option<Date>,
    /// For the supplier or for us.
    #[schema(value_type = Option<String>, max_length = 2000, nullable = false)]
    note: Option<Text<2000>>,
    /// All lines, in place of those it has.
    #[schema(min_items = 1, max_items = 1000, nullable = false)]
    lines: Option<Vec<NewPurchaseOrderLine>>,
}

/// Why something is done to an order; no body at all is as good as no note.
#[derive(Debug, ToSchema)]
#[schema(as = PurchaseOrderNote, example = json!({"note": "as agreed on the phone"}))]
pub struct Note {
    /// Why; kept in the history.
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub note: Option<Text<2000>>,
}

/// A purchase order to be, as read.
#[derive(Debug)]
pub struct NewPurchaseOrder {
    pub supplier_id: i64,
    pub warehouse: WarehouseRef,
    pub currency: Option<Currency>,
    pub expected_on: Option<Date>,
    pub note: Option<Text<2000>>,
    pub lines: Vec<NewLine>,
}

/// A line to be, as read.
#[derive(Debug)]
pub struct NewLine {
    pub product: ProductRef,
    pub quantity: Quantity,
    pub unit_cost: Option<Amount>,
    pub expected_on: Option<Date>,
}

/// What changes of a draft, as read.
#[derive(Debug)]
pub struct PurchaseOrderChange {
    pub warehouse: Option<WarehouseRef>,
    pub currency: Option<Currency>,
    pub expected_on: Option<Option<Date>>,
    pub note: Option<Text<2000>>,
    pub lines: Option<Vec<NewLine>>,
}

impl FromFields for NewLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, quantity) = (ProductRef::from_fields(fields), fields.required::<Quantity>("quantity"));
        let (unit_cost, expected_on) = (fields.optional("unit_cost"), fields.optional("expected_on"));
        match quantity {
            Some(quantity) if !quantity.is_positive() => {
                fields.fault("quantity", "out_of_range", "must be above 0")
            }
            quantity => Some(Self { product: product?, quantity: quantity?, unit_cost, expected_on }),
        }
    }
}

impl FromFields for NewPurchaseOrder {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (supplier_id, warehouse) = (fields.required("supplier_id"), WarehouseRef::required(fields));
        let (currency, expected_on) = (fields.optional("currency"), fields.optional("expected_on"));
        let (note, lines) = (fields.optional("note"), fields.list("lines", LINES_MAX));
        Some(Self {
            supplier_id: supplier_id?,
            warehouse: warehouse?,
            currency,
            expected_on,
            note,
            lines: lines?,
        })
    }
}

impl FromFields for PurchaseOrderChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (warehouse, currency) = (WarehouseRef::from_fields(fields), fields.replacement("currency"));
        let (expected_on, note) = (fields.change("expected_on"), fields.replacement("note"));
        let lines = fields.list_if_given("lines", LINES_MAX);
        Some(Self { warehouse, currency, expected_on, note, lines })
    }
}

impl Note {
    /// The note; empty if there is none.
    pub fn text(&self) -> &str {
        self.note.as_ref().map_or("", Text::as_str)
    }
}

impl FromFields for Note {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { note: fields.optional("note") })
    }
}
