//! What the sample shop buys: from whom, and in the six weeks an order in every state.

use domain::Currency;
use domain::PurchaseOrderAction::{self, Approve, Cancel, Close, Order, Reject, Submit};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use jiff_sqlx::ToSqlx;
use platform::{Actor, ApiError, Connection};
use purchasing::history::{self, Occasion};
use rust_decimal::Decimal;
use serde_json::{Number, Value, json};

use super::catalogue::{DAYS, Shop, moment};

const SUPPLIERS: &str = include_str!("suppliers.json");
const SUPPLIER_PRODUCTS: &str = include_str!("supplier_products.txt");

/// What happens to an order of the story.
enum Step {
    /// It is written: supplier, days until it should arrive, products with quantities.
    Write(&'static str, i32, &'static [(&'static str, &'static str)]),
    /// It is taken to its next state.
    Act(PurchaseOrderAction, &'static str),
    /// Some of it comes.
    Receive(&'static [(&'static str, &'static str)], &'static str),
    /// What came last is put right.
    Reverse(&'static str),
}

use Step::{Act, Receive, Reverse, Write};

/// Days ago, hour, number of the order, who does what. In the order of time; the shop is closed every seventh day.
const STORY: &[(i32, i8, usize, &str, Step)] = &[
    (39, 9, 0, "marek", Write("NORDKESSEL", 10, &[("KET-17", "24"), ("KET-30", "20"), ("PAN-28", "20")])),
    (39, 10, 0, "marek", Act(Submit, "")),
    (39, 15, 0, "anna", Act(Approve, "")),
    (38, 9, 0, "marek", Act(Order, "by e-mail")),
    (34, 9, 1, "marek", Write("SPEICHER", 4, &[("COF-ESP", "60"), ("COF-COL", "40")])),
    (34, 9, 1, "marek", Act(Submit, "")),
    (34, 11, 1, "anna", Act(Approve, "the café at the harbour wants more of it")),
    (34, 13, 1, "marek", Act(Order, "")),
    (30, 11, 1, "marek", Receive(&[("COF-ESP", "60"), ("COF-COL", "20")], "delivery note 88121")),
    (29, 11, 1, "marek", Receive(&[("COF-COL", "20")], "delivery note 88140")),
    (29, 14, 1, "anna", Reverse("the sacks were for the café next door")),
    (27, 10, 0, "marek", Receive(&[("KET-17", "24"), ("KET-30", "20"), ("PAN-28", "20")], "complete")),
    (26, 12, 0, "anna", Act(Close, "invoice paid")),
    (25, 11, 1, "marek", Receive(&[("COF-COL", "20")], "the missing sacks")),
    (20, 9, 2, "marek", Write("STEINGUT", 14, &[("MUG-BLU", "60"), ("MUG-SAN", "60"), ("BOW-16", "48")])),
    (20, 10, 2, "marek", Act(Submit, "")),
    (20, 16, 2, "anna", Act(Approve, "")),
    (19, 9, 2, "marek", Act(Order, "")),
    (18, 9, 3, "tim", Write("SOLINGEN", 28, &[("BLK-01", "120")])),
    (18, 9, 3, "tim", Act(Submit, "there is a discount from 100 on")),
    (17, 12, 3, "anna", Act(Reject, "that is more than we sell in two years")),
    (16, 9, 4, "marek", Write("NORDKESSEL", 21, &[("PAN-30", "12")])),
    (16, 9, 4, "marek", Act(Submit, "")),
    (16, 14, 4, "anna", Act(Approve, "")),
    (16, 15, 4, "marek", Act(Order, "")),
    (13, 10, 4, "marek", Act(Cancel, "Nordkessel does not make it any more")),
    (12, 9, 5, "marek", Write("SOLINGEN", 15, &[("KNI-18", "24"), ("WHE-01", "12"), ("LAD-01", "24")])),
    (12, 9, 5, "marek", Act(Submit, "")),
    (12, 15, 5, "anna", Act(Approve, "")),
    (11, 9, 5, "marek", Act(Order, "by e-mail")),
    (6, 11, 2, "marek", Receive(&[("MUG-BLU", "60"), ("MUG-SAN", "24")], "the rest follows")),
    (5, 9, 6, "marek", Write("KYOTO", 35, &[("POT-TEA", "12"), ("TEA-SEN", "10")])),
    (5, 10, 6, "marek", Act(Submit, "")),
    (4, 9, 7, "marek", Write("NORDKESSEL", 10, &[("POT-20", "16"), ("POT-24", "8")])),
    (4, 9, 7, "marek", Act(Submit, "")),
    (4, 11, 7, "anna", Act(Approve, "")),
    (4, 12, 7, "marek", Act(Order, "")),
    (3, 10, 6, "anna", Act(Approve, "wait for the rate of the yen")),
    (2, 9, 8, "tim", Write("STEINGUT", 14, &[("GLA-WIN", "24"), ("JAR-05", "96")])),
    (2, 9, 8, "tim", Act(Submit, "")),
    (1, 9, 9, "tim", Write("SPEICHER", 4, &[("COF-ETH", "25"), ("TEA-DAR", "2")])),
];

/// The orders of the story as far as they have come.
#[derive(Default)]
pub(super) struct Orders {
    ids: Vec<i64>,
    last_receipt: Option<i64>,
}

/// Put suppliers and what they sell into the database; answers how many suppliers.
pub(super) async fn plant(db: &mut Connection, today: Date, shop: &Shop) -> Result<usize, ApiError> {
    let opened = moment(today, DAYS + 1, 9, 0)?;
    let suppliers: Vec<Value> = serde_json::from_str(SUPPLIERS).map_err(ApiError::internal)?;
    for supplier in &suppliers {
        history::create_supplier(db, supplier, euro()?).await?;
    }
    for line in SUPPLIER_PRODUCTS.lines().filter(|line| !line.starts_with('#')) {
        let product = supplier_product(db, shop, &line.split('|').collect::<Vec<_>>()).await?;
        history::create_supplier_product(db, &product, &Actor::named("marek")).await?;
    }
    backdate(db, opened).await?;
    Ok(suppliers.len())
}

/// Everything was there when the shop opened.
async fn backdate(db: &mut Connection, opened: Timestamp) -> Result<(), ApiError> {
    for table in [
        "update suppliers set created_at = $1, updated_at = $1",
        "update supplier_products set created_at = $1, updated_at = $1",
        "update supplier_product_costs set created_at = $1, effective_from = $1",
    ] {
        sqlx::query(table).bind(opened.to_sqlx()).execute(&mut *db).await?;
    }
    Ok(())
}

/// The body of a supplier product: it costs 55 % of its price, and 51 % from the price break on.
async fn supplier_product(db: &mut Connection, shop: &Shop, row: &[&str]) -> Result<Value, ApiError> {
    let [supplier, sku, supplier_sku, moq, pack, lead_time_days, price_break, preferred] = row else {
        return Err(ApiError::internal("a supplier product has 8 columns"));
    };
    let (id, currency): (i64, String) =
        sqlx::query_as("select id, currency::text from suppliers where code = $1")
            .bind(supplier)
            .fetch_one(&mut *db)
            .await?;
    let product = shop.products.iter().find(|product| product.sku == *sku);
    let price: Decimal = product.and_then(|product| product.price.parse().ok()).unwrap_or_default();
    let cost = |percent: i64| {
        let euros = price * Decimal::new(percent, 2);
        let amount = if currency == "JPY" { (euros * Decimal::from(160)).round() } else { euros.round_dp(2) };
        amount.to_string()
    };
    let mut costs = vec![json!({"unit_cost": cost(55)})];
    if !price_break.is_empty() {
        costs.push(json!({"min_quantity": number(price_break), "unit_cost": cost(51)}));
    }
    let lead_time_days: Option<i32> = lead_time_days.parse().ok();
    Ok(
        json!({"supplier_id": id, "sku": sku, "supplier_sku": supplier_sku, "moq": number(moq), "order_multiple": number(pack),
        "lead_time_days": lead_time_days, "preferred": *preferred == "yes", "costs": costs}),
    )
}

impl Orders {
    /// What happens on this day; answers how many movements of stock that made.
    pub(super) async fn day(
        &mut self,
        db: &mut Connection,
        today: Date,
        days_ago: i32,
    ) -> Result<usize, ApiError> {
        let mut movements = 0;
        for (position, (_, hour, number, actor, step)) in
            STORY.iter().filter(|(day, ..)| *day == days_ago).enumerate()
        {
            let minute = i8::try_from(position * 7).unwrap_or(0);
            let by = Occasion::at(Actor::named(actor), moment(today, days_ago, *hour, minute)?);
            let id = self.ids.get(*number).copied().unwrap_or_default();
            match step {
                Write(supplier, days, lines) => {
                    let arrives = Span::new().days(*days - days_ago);
                    let expected_on = today.checked_add(arrives).map_err(ApiError::internal)?;
                    let order = order(db, supplier, expected_on, lines).await?;
                    self.ids.push(history::create_purchase_order(db, &order, &by).await?);
                }
                Act(action, note) => history::act(db, id, *action, note, euro()?, &by).await?,
                Receive(lines, note) => {
                    let receipt = receipt(db, id, lines, note).await?;
                    self.last_receipt = Some(history::receive(db, id, &receipt, euro()?, &by).await?);
                    movements += 1;
                }
                Reverse(reason) => {
                    let receipt = self.last_receipt.unwrap_or_default();
                    history::reverse_receipt(db, receipt, &json!({"reason": reason}), &by).await?;
                    movements += 1;
                }
            }
        }
        Ok(movements)
    }
}

async fn order(
    db: &mut Connection,
    supplier: &str,
    expected_on: Date,
    lines: &[(&str, &str)],
) -> Result<Value, ApiError> {
    let id: i64 =
        sqlx::query_scalar("select id from suppliers where code = $1").bind(supplier).fetch_one(db).await?;
    let line = |(sku, quantity): &(&str, &str)| json!({"sku": sku, "quantity": number(quantity)});
    let lines: Vec<Value> = lines.iter().map(line).collect();
    Ok(
        json!({"supplier_id": id, "warehouse": "MAIN", "expected_on": expected_on.to_string(), "lines": lines}),
    )
}

/// Put away at once, so that it can be sold.
async fn receipt(
    db: &mut Connection,
    order: i64,
    lines: &[(&str, &str)],
    note: &str,
) -> Result<Value, ApiError> {
    let mut received = Vec::with_capacity(lines.len());
    for (sku, quantity) in lines {
        let (line_id, location_id): (i64, i64) = sqlx::query_as(
            "select line.id, place.id
             from purchase_order_lines line
             join products p on p.id = line.product_id and p.sku = $2
             join purchase_orders o on o.id = line.purchase_order_id
             join locations place on place.warehouse_id = o.warehouse_id and place.is_default
             where o.id = $1",
        )
        .bind(order)
        .bind(sku)
        .fetch_one(&mut *db)
        .await?;
        received.push(json!({"line_id": line_id, "location_id": location_id, "quantity": number(quantity)}));
    }
    Ok(json!({"lines": received, "note": note}))
}

/// Exactly as it is written.
fn number(text: &str) -> Option<Number> {
    text.parse().ok()
}

fn euro() -> Result<Currency, ApiError> {
    Currency::parse("EUR").map_err(ApiError::internal)
}
