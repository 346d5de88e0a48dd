//! A plan as it was run: its shape, and what is wrong with it.

use serde_json::Value;

/// Tables that no list or lookup may read from end to end.
const LARGE: [&str; 21] = [
    "products",
    "product_prices",
    "product_stock",
    "stock_levels",
    "stock_movements",
    "stock_entries",
    "reorder_policies",
    "supplier_products",
    "supplier_product_costs",
    "purchase_orders",
    "purchase_order_lines",
    "goods_receipts",
    "goods_receipt_lines",
    "supplier_returns",
    "reservations",
    "reservation_lines",
    "stock_transfers",
    "stock_transfer_lines",
    "events",
    "event_marks",
    "movement_days",
];

/// Most rows that may be sorted, by the planner's estimate: more would be a whole table.
const SORT_EXPECTED_MAX: u64 = 2000;

/// Most rows that may be sorted in fact: the first 51 of each of 51 places, of which the first 51 are a page.
const SORT_SEEN_MAX: u64 = 51 * 51;

/// Most rows that one node may read to find what it gives.
const READ_MAX: u64 = 10_500;

/// The kinds of nodes and the indexes, indented.
pub(super) fn shape(plan: &Value) -> String {
    let mut shape = String::new();
    visit(&plan["Plan"], 0, &mut |node, depth| {
        let text = |name: &str| node[name].as_str().unwrap_or_default();
        let mut line = format!("{}{}", "  ".repeat(depth), text("Node Type"));
        if !matches!(text("Join Type"), "" | "Inner") {
            line.push_str(&format!(" ({})", text("Join Type").to_lowercase()));
        }
        for (word, name) in
            [("along", "Index Name"), ("of", "Relation Name"), ("of", "CTE Name"), ("as", "Subplan Name")]
        {
            if !text(name).is_empty() {
                line.push_str(&format!(" {word} {}", text(name)));
            }
        }
        if text("Scan Direction") == "Backward" {
            line.push_str(" backwards");
        }
        shape.push_str(&line);
        shape.push('\n');
    });
    shape
}

/// What a list or lookup should not do.
pub(super) fn faults(plan: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    visit(&plan["Plan"], 0, &mut |node, _| {
        let (kind, table) = (node["Node Type"].as_str().unwrap_or_default(), &node["Relation Name"]);
        let loops = number(node, "Actual Loops");
        let is_large = table.as_str().is_some_and(|table| LARGE.contains(&table));
        if kind == "Seq Scan" && is_large {
            faults.push(format!("a sequential scan of {table}"));
        }
        if kind.ends_with("Sort") {
            let input = &node["Plans"][0];
            let seen = number(input, "Actual Rows") * number(input, "Actual Loops");
            // What comes in order already is sorted bit by bit, until there is enough.
            let expected = if kind == "Sort" { number(input, "Plan Rows") } else { 0 };
            if expected > SORT_EXPECTED_MAX || seen > SORT_SEEN_MAX {
                faults.push(format!("a sort of {expected} rows expected, {seen} seen"));
            }
        }
        let removed = number(node, "Rows Removed by Filter") + number(node, "Rows Removed by Index Recheck");
        let read = (number(node, "Actual Rows") + removed) * loops;
        if read > READ_MAX {
            faults.push(format!("{kind} {table} {} reads {read} rows", node["Index Name"]));
        }
    });
    faults
}

/// A number of rows; newer versions write averages with decimals.
fn number(node: &Value, name: &str) -> u64 {
    let text = node[name].to_string();
    text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(0)
}

fn visit(node: &Value, depth: usize, see: &mut impl FnMut(&Value, usize)) {
    see(node, depth);
    for child in node["Plans"].as_array().into_iter().flatten() {
        visit(child, depth + 1, see);
    }
}

#[test]
fn faulty_plans_are_found() {
    let scan = |kind: &str, table: &str, rows: u64| {
        serde_json::json!({"Node Type": kind, "Relation Name": table,
        "Plan Rows": rows, "Actual Rows": rows, "Actual Loops": 1, "Rows Removed by Filter": 0})
    };
    let plan = |node: Value| serde_json::json!({"Plan": {"Node Type": "Limit", "Plans": [node]}});
    let sort = |node: Value| serde_json::json!({"Node Type": "Incremental Sort", "Plans": [node], "Actual Loops": 1});
    for (node, expected) in [
        (scan("Index Scan", "products", 51), 0),
        (scan("Seq Scan", "warehouses", 4), 0),
        (scan("Seq Scan", "products", 51), 1),
        (scan("Index Scan", "products", 100_000), 1),
        (sort(scan("Index Scan", "products", 51)), 0),
        (sort(scan("Index Scan", "products", 2_602)), 1),
    ] {
        assert_eq!(faults(&plan(node.clone())).len(), expected, "{node}");
    }
}
