//! What a suggestion looks like, and what came of ordering.

use domain::Quantity;
use serde::Serialize;
use utoipa::ToSchema;

use crate::purchase_orders::PurchaseOrderView;
use crate::supplier_products::SupplierSummary;

/// What to order of a product that runs low, with every number it follows from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReplenishmentSuggestion, example = json!({"product_id": 17, "sku": "KET-17", "name": "Tea kettle", "unit": "each",
    "warehouse": "NORTH", "warehouse_id": 2, "destination": "NORTH", "available": 8, "incoming": 0, "in_transit": 0, "on_order": 0,
    "suggested_for_warehouses": 0, "reorder_point": 10, "safety_stock": 0, "max_quantity": 50, "reorder_quantity": null,
    "window_days": 30, "demand": 60, "demand_per_day": 2, "days_of_cover": 4, "lead_time_days": 14, "lead_time_demand": 28,
    "target": 50, "needed": 42, "moq": 20, "order_multiple": 12, "quantity": 48, "unit_cost": "12.50", "currency": "EUR",
    "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"}}))]
pub struct SuggestionView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What its quantities count.
    pub unit: String,
    /// Code of the warehouse where it runs low; null: over all warehouses.
    #[schema(required)]
    pub warehouse: Option<String>,
    /// Key of that warehouse.
    #[schema(required)]
    pub warehouse_id: Option<i64>,
    /// Code of the warehouse it would be ordered to: where it runs low, or the default warehouse.
    #[schema(required)]
    pub destination: Option<String>,
    /// Can be sold, there or over all warehouses.
    pub available: Quantity,
    /// Ordered from suppliers, not yet received.
    pub incoming: Quantity,
    /// On its way from another warehouse.
    pub in_transit: Quantity,
    /// In orders that are drafts, wait for approval or are approved.
    pub on_order: Quantity,
    /// What is suggested for single warehouses; counts as on order over all of them.
    pub suggested_for_warehouses: Quantity,
    /// Due when all of these together are at or below it.
    pub reorder_point: Quantity,
    /// Kept beyond the reorder point where neither of the two below is given.
    pub safety_stock: Quantity,
    /// Order up to this.
    #[schema(required)]
    pub max_quantity: Option<Quantity>,
    /// Order so much at a time.
    #[schema(required)]
    pub reorder_quantity: Option<Quantity>,
    /// How many days the demand below is of: fewer than asked for where the product has moved 5,000 times since.
    #[schema(minimum = 1, maximum = 365)]
    pub window_days: i32,
    /// What left for customers in these days: issues and fulfilments that were not reversed.
    pub demand: Quantity,
    /// The same per day, rounded up.
    pub demand_per_day: Quantity,
    /// How many days what is available lasts at that, to a tenth; null if nothing leaves.
    #[schema(required)]
    pub days_of_cover: Option<Quantity>,
    /// Days from order to arrival: of the supplier's product, else of the supplier; null: unknown, counts as 0.
    #[schema(required)]
    pub lead_time_days: Option<i32>,
    /// What is expected to leave until an order arrives.
    pub lead_time_demand: Quantity,
    /// What stock is brought up to: `max_quantity`, or `lead_time_demand` if that is more; without one, reorder point +
    /// safety stock + `lead_time_demand`. Null where `reorder_quantity` is ordered.
    #[schema(required)]
    pub target: Option<Quantity>,
    /// What is missing.
    pub needed: Quantity,
    /// Least quantity of an order; null: any.
    #[schema(required)]
    pub moq: Option<Quantity>,
    /// Orders are multiples of it; null: any quantity.
    #[schema(required)]
    pub order_multiple: Option<Quantity>,
    /// What to order: what is needed, rounded up to what the supplier sells.
    pub quantity: Quantity,
    /// What one costs at that quantity; null: the supplier has no cost for it.
    #[schema(required)]
    pub unit_cost: Option<String>,
    /// Of the cost, by ISO 4217.
    #[schema(required)]
    pub currency: Option<String>,
    /// From whom: the preferred supplier, else the one that was entered first; null: nobody sells it.
    #[schema(required)]
    pub supplier: Option<SupplierSummary>,
}

/// The orders that suggestions were made into.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReplenishmentOrders, example = json!({"purchase_orders": [{"id": 123, "number": "PO-000123", "status": "draft",
    "supplier": {"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd"}, "warehouse": "NORTH", "warehouse_id": 2, "currency": "EUR",
    "total": "600.00", "expected_on": "2026-02-14", "note": "replenishment",
    "lines": [{"id": 456, "product_id": 17, "sku": "KET-17", "name": "Tea kettle", "quantity": 48, "received": 0, "cancelled": 0,
        "open": 48, "unit_cost": "12.50", "expected_on": null}],
    "history": [{"action": "create", "from_status": null, "status": "draft", "note": "", "actor": "anna", "recorded_at": "2026-01-31T12:00:00Z"}],
    "version": 1, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}],
    "skipped": [{"product_id": 18, "sku": "CUP-18", "warehouse": null, "code": "no_supplier"}], "complete": true, "next_after": null}))]
pub struct OrdersView {
    /// Drafts, one for each supplier, warehouse and currency; none if nothing is to be ordered.
    pub purchase_orders: Vec<PurchaseOrderView>,
    /// What should be ordered and cannot be.
    pub skipped: Vec<SkippedView>,
    /// False: there may be more to order than one request does; send another one, with another key and `next_after` as `after`.
    pub complete: bool,
    /// After which product another request goes on; null: from the first one on.
    #[schema(required)]
    pub next_after: Option<i64>,
}

/// A suggestion that no order could be made of.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SkippedSuggestion)]
pub struct SkippedView {
    /// Which product.
    pub product_id: i64,
    /// Its SKU.
    pub sku: String,
    /// Code of the warehouse where it runs low; null: over all warehouses.
    #[schema(required)]
    pub warehouse: Option<String>,
    /// Why: `no_supplier`, or `no_unit_cost` at that quantity.
    pub code: &'static str,
}
