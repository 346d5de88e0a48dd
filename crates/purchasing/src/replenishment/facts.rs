//! From what is known of low stock to a suggestion.

use domain::replenishment::{Demand, Policy, Position, Terms, suggest};
use domain::{Amount, Quantity};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::model::SuggestionView;
use crate::row;
use crate::supplier_products::SupplierSummary;

/// What is known of a product where it runs low.
#[derive(Debug)]
pub(super) struct Facts {
    product_id: i64,
    sku: String,
    name: String,
    unit: String,
    warehouse_id: Option<i64>,
    warehouse: Option<String>,
    destination: Option<(i64, String)>,
    policy: Policy,
    position: Position,
    demand: Demand,
    seller: Option<Seller>,
}

/// Who sells it, and how.
#[derive(Debug)]
struct Seller {
    supplier: SupplierSummary,
    currency: String,
    moq: Option<Quantity>,
    order_multiple: Option<Quantity>,
    lead_time_days: Option<i32>,
    expected_on: Option<Date>,
    costs: Vec<Cost>,
}

/// A price break.
#[derive(Debug, Deserialize)]
struct Cost {
    min_quantity: Quantity,
    unit_cost: String,
    currency: String,
}

/// A suggestion with what an order needs to know besides.
#[derive(Debug)]
pub(super) struct Suggested {
    pub(super) view: SuggestionView,
    pub(super) destination_id: Option<i64>,
    pub(super) expected_on: Option<Date>,
    pub(super) unit_cost: Option<Amount>,
}

impl sqlx::FromRow<'_, PgRow> for Facts {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let quantity = |column| -> Result<Quantity, sqlx::Error> {
            row.try_get::<Decimal, _>(column)?.try_into().map_err(row::decode)
        };
        let supplier_id: Option<i64> = row.try_get("supplier_id")?;
        let destination: Option<i64> = row.try_get("destination_id")?;
        Ok(Self {
            product_id: row.try_get("product_id")?,
            sku: row.try_get("sku")?,
            name: row.try_get("name")?,
            unit: row.try_get("unit")?,
            warehouse_id: row.try_get("warehouse_id")?,
            warehouse: row.try_get("warehouse")?,
            destination: destination
                .map(|id| Ok::<_, sqlx::Error>((id, row.try_get("destination")?)))
                .transpose()?,
            policy: Policy {
                reorder_point: quantity("reorder_point")?,
                safety_stock: quantity("safety_stock")?,
                max_quantity: row::quantity(row, "max_quantity")?,
                reorder_quantity: row::quantity(row, "reorder_quantity")?,
            },
            position: Position {
                available: quantity("available")?,
                incoming: quantity("incoming")?,
                in_transit: quantity("in_transit")?,
                on_order: quantity("on_order")?,
            },
            demand: Demand { quantity: quantity("demand")?, window_days: row.try_get("window_days")? },
            seller: supplier_id.map(|id| Seller::read(row, id)).transpose()?,
        })
    }
}

impl Seller {
    fn read(row: &PgRow, id: i64) -> Result<Self, sqlx::Error> {
        let (code, name) = (row.try_get("supplier_code")?, row.try_get("supplier_name")?);
        let expected_on: Option<jiff_sqlx::Date> = row.try_get("expected_on")?;
        Ok(Self {
            supplier: SupplierSummary { id, code, name },
            currency: row.try_get("currency")?,
            moq: row::quantity(row, "moq")?,
            order_multiple: row::quantity(row, "order_multiple")?,
            lead_time_days: row.try_get("lead_time_days")?,
            expected_on: expected_on.map(jiff_sqlx::Date::to_jiff),
            costs: row::json(row, "costs")?,
        })
    }

    /// What one costs at a quantity: the highest price break that it reaches, in the supplier's currency if there is one.
    fn cost_at(&self, quantity: Quantity) -> Option<&Cost> {
        let reached = self.costs.iter().filter(|cost| cost.min_quantity <= quantity);
        reached.max_by_key(|cost| (cost.currency == self.currency, cost.min_quantity))
    }
}

/// What to order of each, where anything is to be ordered. Of each product the warehouses come first; what is suggested
/// for them counts as on order over all.
pub(super) fn suggestions(facts: Vec<Facts>) -> Result<Vec<Suggested>, sqlx::Error> {
    let mut suggested = Vec::new();
    let mut of_product = (0, Quantity::ZERO);
    for facts in facts {
        if of_product.0 != facts.product_id {
            of_product = (facts.product_id, Quantity::ZERO);
        }
        let elsewhere = if facts.warehouse_id.is_none() { of_product.1 } else { Quantity::ZERO };
        let suggestion = facts.suggestion(elsewhere)?;
        if suggestion.view.quantity.is_positive() {
            of_product.1 = [of_product.1, suggestion.view.quantity].into_iter().sum();
            suggested.push(suggestion);
        }
    }
    Ok(suggested)
}

impl Facts {
    /// Product and warehouse, over all warehouses last.
    pub(super) fn position(&self) -> (i64, i64) {
        (self.product_id, self.warehouse_id.unwrap_or(i64::MAX))
    }

    fn suggestion(self, suggested_for_warehouses: Quantity) -> Result<Suggested, sqlx::Error> {
        let seller = self.seller.as_ref();
        let terms = Terms {
            moq: seller.and_then(|seller| seller.moq),
            order_multiple: seller.and_then(|seller| seller.order_multiple),
            lead_time_days: seller.and_then(|seller| seller.lead_time_days),
            whole_numbers_only: self.unit == "each",
        };
        let demand = self.demand;
        let on_order = [self.position.on_order, suggested_for_warehouses].into_iter().sum();
        let counted = Position { on_order, ..self.position };
        let suggestion = suggest(&self.policy, &counted, &demand, &terms);
        let cost = seller.and_then(|seller| seller.cost_at(suggestion.quantity));
        let unit_cost = cost.map(|cost| Amount::parse(&cost.unit_cost)).transpose().map_err(row::decode)?;
        let currency = cost.map(|cost| cost.currency.clone());
        let view = SuggestionView {
            product_id: self.product_id,
            sku: self.sku,
            name: self.name,
            unit: self.unit,
            warehouse: self.warehouse,
            warehouse_id: self.warehouse_id,
            destination: self.destination.as_ref().map(|(_, code)| code.clone()),
            available: self.position.available,
            incoming: self.position.incoming,
            in_transit: self.position.in_transit,
            on_order: self.position.on_order,
            suggested_for_warehouses,
            reorder_point: self.policy.reorder_point,
            safety_stock: self.policy.safety_stock,
            max_quantity: self.policy.max_quantity,
            reorder_quantity: self.policy.reorder_quantity,
            window_days: demand.window_days,
            demand: demand.quantity,
            demand_per_day: demand.over(1),
            days_of_cover: demand.days_of_cover(self.position.available),
            lead_time_days: terms.lead_time_days,
            lead_time_demand: suggestion.lead_time_demand,
            target: suggestion.target,
            needed: suggestion.needed,
            moq: terms.moq,
            order_multiple: terms.order_multiple,
            quantity: suggestion.quantity,
            unit_cost: unit_cost.zip(currency.as_deref()).map(|(cost, currency)| row::money(cost, currency)),
            currency,
            supplier: seller.map(|seller| seller.supplier.clone()),
        };
        let destination_id = self.destination.map(|(id, _)| id);
        let expected_on = self.seller.and_then(|seller| seller.expected_on);
        Ok(Suggested { view, destination_id, expected_on, unit_cost })
    }
}
