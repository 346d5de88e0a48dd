//! The page itself.

use domain::{Amount, PurchaseOrderStatus};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{PrintedLine, PrintedOrder};
use crate::row;

/// The page of an order.
pub(super) fn page(order: &PrintedOrder) -> Markup {
    let total = Amount::try_from(order.total).map(|total| row::money(total, &order.currency));
    let total = total.unwrap_or_else(|_| order.total.to_string());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (order.number) " · " (order.supplier) }
                style { (PreEscaped(include_str!("print.css"))) }
            }
            body {
                main {
                    header {
                        div { p.kind { "Purchase order" } h1 { (order.number) } }
                        @if let Some(remark) = remark(&order.status) { p.remark { (remark) } }
                    }
                    (parties(order))
                    (facts(order))
                    (lines(order, &total))
                    @if !order.note.is_empty() { section.note { h2 { "Notes" } p { (order.note) } } }
                }
            }
        }
    }
}

/// What a reader has to know of an order that the supplier is not to fill.
fn remark(status: &str) -> Option<&'static str> {
    use PurchaseOrderStatus as S;
    match PurchaseOrderStatus::from_name(status)? {
        S::Draft => Some("Draft"),
        S::PendingApproval => Some("Not approved yet"),
        S::Rejected => Some("Rejected"),
        S::Cancelled => Some("Cancelled"),
        S::Approved | S::Ordered | S::PartiallyReceived | S::Received | S::Closed => None,
    }
}

fn parties(order: &PrintedOrder) -> Markup {
    let reach = [("Attn.", &order.contact), ("E-mail", &order.email), ("Phone", &order.phone)];
    html! {
        div.parties {
            section {
                h2 { "Supplier" }
                p.name { (order.supplier) }
                p.address { (order.supplier_address) }
                @for (label, value) in reach {
                    @if let Some(value) = value { p.reach { span { (label) } " " (value) } }
                }
            }
            section {
                h2 { "Deliver to" }
                p.name { (order.warehouse) }
                p.address { (order.warehouse_address) }
            }
        }
    }
}

fn facts(order: &PrintedOrder) -> Markup {
    let expected = order.expected_on.map(|day| jiff_sqlx::Date::to_jiff(day).to_string());
    html! {
        dl {
            div { dt { "Date" } dd { (order.written_on) } }
            @if let Some(expected) = expected { div { dt { "Expected" } dd { (expected) } } }
            div { dt { "Supplier no." } dd { (order.supplier_code) } }
            div { dt { "Warehouse" } dd { (order.warehouse_code) } }
            @if !order.payment_terms.is_empty() { div.wide { dt { "Payment" } dd { (order.payment_terms) } } }
        }
    }
}

fn lines(order: &PrintedOrder, total: &str) -> Markup {
    let own_days = order.lines.0.iter().any(|line| line.expected_on.is_some());
    html! {
        table {
            thead {
                tr {
                    th.number { "#" }
                    th.item { "Your item" }
                    th.article { "Article" }
                    @if own_days { th.day { "Expected" } }
                    th.number { "Quantity" }
                    th.unit { "Unit" }
                    th.number { "Unit cost" }
                    th.number { "Amount " (order.currency) }
                }
            }
            tbody {
                @for (i, line) in order.lines.0.iter().enumerate() { (row_of(i + 1, line, &order.currency, own_days)) }
            }
            tfoot {
                tr {
                    th colspan=(if own_days { 7 } else { 6 }) { "Total " (order.currency) }
                    td.number { (total) }
                }
            }
        }
    }
}

fn row_of(position: usize, line: &PrintedLine, currency: &str, own_days: bool) -> Markup {
    html! {
        tr {
            td.number { (position) }
            td.item { (line.supplier_sku.as_deref().unwrap_or("–")) }
            td.article { (line.name) br; span.code { (line.sku) } }
            @if own_days { td.day { @if let Some(day) = line.expected_on { (day) } } }
            td.number { (line.quantity) }
            td.unit { (line.unit) }
            td.number { (row::money(line.unit_cost, currency)) }
            td.number { (row::money(line.cost, currency)) }
        }
    }
}
