//! What is read from the bodies of requests about returns to suppliers.

use domain::{Amount, Code, Lot, OneLine, Quantity, Sku};
use platform::{Fields, FromFields};
use stock::ledger::{self, PlaceRef, ProductRef};
use utoipa::ToSchema;

/// Most lines of a return.
const LINES_MAX: usize = 1000;

/// A return to be.
#[derive(ToSchema)]
#[schema(as = NewSupplierReturn, example = json!({"supplier_id": 1, "goods_receipt_id": 1, "reason": "damaged in transit",
    "lines": [{"sku": "KET-17", "quantity": 2}]}))]
#[expect(dead_code, reason = "only its schema is used: NewSupplierReturn is what it is read into")]
pub struct NewSupplierReturnSchema {
    /// Key of the supplier.
    supplier_id: i64,
    /// Key of the order it came by; that of the receipt if absent and a receipt is given.
    purchase_order_id: Option<i64>,
    /// Key of the receipt it came by.
    goods_receipt_id: Option<i64>,
    /// Why it goes back.
    reason: OneLine,
    /// What goes back.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<NewSupplierReturnLine>,
}

/// A line of a return to be. The product is named by `product_id` or `sku`; the place by `location_id`, `warehouse` or
/// `warehouse_id`, or not at all for the warehouse of the order, else the default warehouse.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: NewLine is what it is read into")]
pub struct NewSupplierReturnLine {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// How much goes back.
    #[schema(exclusive_minimum = 0)]
    quantity: Quantity,
    /// Key of the location.
    location_id: Option<i64>,
    /// Code of the warehouse: it is taken from its storage locations, default first.
    warehouse: Option<Code>,
    /// Key of the warehouse.
    warehouse_id: Option<i64>,
    /// Lot or batch; without it any lot is taken.
    lot: Option<Lot>,
    /// What one unit had cost, in the currency of the order, else of the supplier; as received if absent.
    unit_cost: Option<Amount>,
}

/// Why a return is put right.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reason": "the supplier did not take it"}))]
pub struct NewSupplierReturnReversal {
    /// Why.
    pub reason: OneLine,
}

/// A return to be, as read.
#[derive(Debug)]
pub struct NewSupplierReturn {
    pub supplier_id: i64,
    pub purchase_order_id: Option<i64>,
    pub goods_receipt_id: Option<i64>,
    pub reason: OneLine,
    pub lines: Vec<NewLine>,
}

/// A line to be, as read.
#[derive(Debug)]
pub struct NewLine {
    pub product: ProductRef,
    pub quantity: Quantity,
    pub place: PlaceRef,
    pub lot: Option<String>,
    pub unit_cost: Option<Amount>,
}

impl FromFields for NewLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, place) = (ProductRef::from_fields(fields), PlaceRef::from_fields(fields));
        let (lot, unit_cost) = (ledger::lot(fields), fields.optional("unit_cost"));
        match fields.required::<Quantity>("quantity") {
            Some(quantity) if !quantity.is_positive() => {
                fields.fault("quantity", "out_of_range", "must be above 0")
            }
            quantity => Some(Self { product: product?, quantity: quantity?, place, lot, unit_cost }),
        }
    }
}

impl FromFields for NewSupplierReturn {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let supplier_id = fields.required("supplier_id");
        let purchase_order_id = fields.optional("purchase_order_id");
        let goods_receipt_id = fields.optional("goods_receipt_id");
        let (reason, lines) = (fields.required("reason"), fields.list("lines", LINES_MAX));
        Some(Self {
            supplier_id: supplier_id?,
            purchase_order_id,
            goods_receipt_id,
            reason: reason?,
            lines: lines?,
        })
    }
}

impl FromFields for NewSupplierReturnReversal {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: fields.required("reason")? })
    }
}
