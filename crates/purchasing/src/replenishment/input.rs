//! What is read from requests about replenishment.

use domain::{Code, Sku};
use platform::{Fields, FromFields, FromParams, Paging, Params};
use stock::WarehouseRef;
use stock::ledger::ProductRef;
use utoipa::ToSchema;

/// Most suggestions that a request may name.
const ITEMS_MAX: usize = 500;

/// Days whose demand counts, unless asked otherwise.
const WINDOW_DAYS_DEFAULT: i32 = 30;

/// Most of them.
const WINDOW_DAYS_MAX: i32 = 365;

/// Which suggestions to list.
#[derive(Debug)]
pub struct SuggestionFilter {
    /// For orders to these warehouses; none: to all.
    pub warehouses: Vec<WarehouseRef>,
    /// From these suppliers; none: from all, and what nobody sells.
    pub suppliers: Vec<i64>,
    /// Days whose demand counts.
    pub window_days: i32,
    /// Which page.
    pub paging: Paging,
}

impl FromParams for SuggestionFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let (warehouses, suppliers) = (WarehouseRef::from_params(params), params.all("supplier_id"));
        let window_days = params.optional("window_days").unwrap_or(WINDOW_DAYS_DEFAULT);
        if !(1..=WINDOW_DAYS_MAX).contains(&window_days) {
            params.fault::<()>("window_days", "out_of_range", format!("must be 1 to {WINDOW_DAYS_MAX}"));
        }
        Some(Self { warehouses, suppliers, window_days, paging: Paging::from_params(params)? })
    }
}

/// Which suggestions to make orders of: those named by `items`, or all that the filters leave.
#[derive(ToSchema)]
#[schema(as = NewReplenishmentOrders, example = json!({"warehouse": "NORTH", "window_days": 30}))]
#[expect(dead_code, reason = "only its schema is used: NewOrders is what it is read into")]
pub struct NewOrdersSchema {
    /// These suggestions.
    #[schema(min_items = 1, max_items = 500, nullable = false)]
    items: Option<Vec<ItemSchema>>,
    /// Those to this warehouse, by code.
    warehouse: Option<Code>,
    /// Those to this warehouse, by key.
    warehouse_id: Option<i64>,
    /// Those from this supplier.
    supplier_id: Option<i64>,
    /// Those of products after this one, by key: `next_after` of the request before.
    #[schema(minimum = 0, nullable = false)]
    after: Option<i64>,
    /// Days whose demand counts; 30 if absent.
    #[schema(minimum = 1, maximum = 365)]
    window_days: Option<i32>,
}

/// A suggestion as the list shows it: a product, named by `product_id` or `sku`, in a warehouse or over all.
#[derive(ToSchema)]
#[schema(as = NewReplenishmentItem)]
#[expect(dead_code, reason = "only its schema is used: Item is what it is read into")]
pub struct ItemSchema {
    /// Key of the product.
    product_id: Option<i64>,
    /// SKU of the product, in any case.
    sku: Option<Sku>,
    /// Code of the warehouse where it runs low; absent: over all warehouses.
    warehouse: Option<Code>,
    /// Key of that warehouse.
    warehouse_id: Option<i64>,
}

/// Which suggestions to make orders of, as read.
#[derive(Clone, Debug)]
pub struct NewOrders {
    pub items: Option<Vec<Item>>,
    pub warehouse: Option<WarehouseRef>,
    pub supplier_id: Option<i64>,
    pub after: Option<i64>,
    pub window_days: i32,
}

/// A suggestion, as read.
#[derive(Clone, Debug)]
pub struct Item {
    pub product: ProductRef,
    pub warehouse: Option<WarehouseRef>,
}

impl FromFields for Item {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (product, warehouse) = (ProductRef::from_fields(fields), WarehouseRef::from_fields(fields));
        Some(Self { product: product?, warehouse })
    }
}

impl FromFields for NewOrders {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let items = fields.list_if_given("items", ITEMS_MAX);
        let (warehouse, supplier_id) = (WarehouseRef::from_fields(fields), fields.optional("supplier_id"));
        let after = fields.optional("after");
        let window_days = fields.optional("window_days").unwrap_or(WINDOW_DAYS_DEFAULT);
        if !(1..=WINDOW_DAYS_MAX).contains(&window_days) {
            fields.fault::<()>("window_days", "out_of_range", format!("must be 1 to {WINDOW_DAYS_MAX}"));
        }
        for filter in ["warehouse", "warehouse_id", "supplier_id", "after"] {
            if fields.has("items") && fields.has(filter) {
                fields.fault::<()>(filter, "mutually_exclusive", "give items or filters, not both");
            }
        }
        Some(Self { items, warehouse, supplier_id, after, window_days })
    }
}
