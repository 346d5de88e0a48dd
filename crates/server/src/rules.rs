//! THE table of routes: who may use which. It is the only place where that is decided, the documentation is made of it
//! (`docs/src/permissions.md`, `x-permission` in the OpenAPI document), and what is not in it, nobody may.
//!
//! What depends on more than the route, its handler decides: opening stock of a new product moves stock, and who is
//! limited to warehouses moves and sees stock there only.

use access::{Demand, Rule};
use domain::Permission;
use domain::Permission as P;

const fn anybody(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, demand: Demand::Nothing, heeds_warehouses: true }
}

const fn may(method: &'static str, path: &'static str, permission: Permission) -> Rule {
    Rule { method, path, demand: Demand::Permission(permission), heeds_warehouses: true }
}

/// For whoever may work in every warehouse: it does not heed to which ones somebody is limited.
const fn may_everywhere(method: &'static str, path: &'static str, permission: Permission) -> Rule {
    Rule { heeds_warehouses: false, ..may(method, path, permission) }
}

/// For whoever has come in, by whatever means.
const fn caller(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, demand: Demand::Caller, heeds_warehouses: true }
}

/// For people who have signed in: what no key that they have given away should do.
const fn person(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, demand: Demand::Person, heeds_warehouses: true }
}

/// Every route, by path.
pub(crate) const RULES: &[Rule] = &[
    // The server itself.
    anybody("GET", "/livez"),
    anybody("GET", "/readyz"),
    may_everywhere("GET", "/metrics", P::ReadMetrics),
    // Documentation: the same for everybody, wherever it is read.
    anybody("GET", "/"),
    anybody("GET", "/docs"),
    anybody("GET", "/docs/"),
    anybody("GET", "/docs/{*page}"),
    anybody("GET", "/openapi.json"),
    // The web app, which signs people in.
    anybody("GET", "/app"),
    anybody("GET", "/app/"),
    anybody("GET", "/app/{*path}"),
    // What is kept.
    may("GET", "/categories", P::ReadProducts),
    may_everywhere("POST", "/categories", P::WriteProducts),
    may("GET", "/categories/{id}", P::ReadProducts),
    may_everywhere("PATCH", "/categories/{id}", P::WriteProducts),
    may_everywhere("DELETE", "/categories/{id}", P::WriteProducts),
    may("GET", "/categories/{id}/products", P::ReadProducts),
    may("GET", "/products", P::ReadProducts),
    may_everywhere("POST", "/products", P::WriteProducts),
    may("GET", "/products/{id}", P::ReadProducts),
    may_everywhere("PATCH", "/products/{id}", P::WriteProducts),
    may_everywhere("DELETE", "/products/{id}", P::WriteProducts),
    may_everywhere("POST", "/products/{id}/unarchive", P::WriteProducts),
    may("GET", "/products/{id}/prices", P::ReadProducts),
    may_everywhere("POST", "/products/{id}/prices", P::WriteProducts),
    may("GET", "/products/{id}/prices/{effective_from}", P::ReadProducts),
    may_everywhere("DELETE", "/products/{id}/prices/{effective_from}", P::WriteProducts),
    may_everywhere("POST", "/price-changes", P::WriteProducts),
    // Where it is, and what happens to it.
    may("GET", "/products/{id}/levels", P::ReadStock),
    may("GET", "/products/{id}/entries", P::ReadStock),
    may("GET", "/products/{id}/stock-history", P::ReadStock),
    may("GET", "/stock-levels", P::ReadStock),
    may("POST", "/stock-adjustments", P::MoveStock),
    may("GET", "/stock-movements", P::ReadStock),
    may("POST", "/stock-movements", P::MoveStock),
    may("GET", "/stock-movements/{id}", P::ReadStock),
    may("POST", "/stock-movements/{id}/reverse", P::MoveStock),
    may("GET", "/stock-transfers", P::ReadStock),
    may("POST", "/stock-transfers", P::MoveStock),
    may("GET", "/stock-transfers/{id}", P::ReadStock),
    may("PATCH", "/stock-transfers/{id}", P::MoveStock),
    may("POST", "/stock-transfers/{id}/cancel", P::MoveStock),
    may("POST", "/stock-transfers/{id}/receive", P::MoveStock),
    may("POST", "/stock-transfers/{id}/ship", P::MoveStock),
    may("GET", "/reservations", P::ReadStock),
    may("POST", "/reservations", P::ReserveStock),
    may("GET", "/reservations/{id}", P::ReadStock),
    may("PATCH", "/reservations/{id}", P::ReserveStock),
    may("POST", "/reservations/{id}/fulfil", P::MoveStock),
    may("POST", "/reservations/{id}/release", P::ReserveStock),
    may("GET", "/low-stock", P::ReadStock),
    may("GET", "/reorder-policies", P::ReadStock),
    may_everywhere("POST", "/reorder-policies", P::WriteReorderPolicies),
    may("GET", "/reorder-policies/{id}", P::ReadStock),
    may_everywhere("PATCH", "/reorder-policies/{id}", P::WriteReorderPolicies),
    may_everywhere("DELETE", "/reorder-policies/{id}", P::WriteReorderPolicies),
    may("GET", "/warehouses", P::ReadStock),
    may_everywhere("POST", "/warehouses", P::WriteWarehouses),
    may("GET", "/warehouses/{id}", P::ReadStock),
    may_everywhere("PATCH", "/warehouses/{id}", P::WriteWarehouses),
    may_everywhere("DELETE", "/warehouses/{id}", P::WriteWarehouses),
    may("GET", "/locations", P::ReadStock),
    may_everywhere("POST", "/locations", P::WriteWarehouses),
    may("GET", "/locations/{id}", P::ReadStock),
    may_everywhere("PATCH", "/locations/{id}", P::WriteWarehouses),
    may_everywhere("DELETE", "/locations/{id}", P::WriteWarehouses),
    may_everywhere("GET", "/audit-log", P::ReadAuditLog),
    may_everywhere("GET", "/audit-log/export", P::ReadAuditLog),
    may_everywhere("GET", "/audit-log/verify", P::ReadAuditLog),
    may_everywhere("GET", "/ledger/verify", P::VerifyLedger),
    may_everywhere("GET", "/ledger/heads", P::VerifyLedger),
    // From whom it comes, and for how much.
    may("GET", "/suppliers", P::ReadPurchasing),
    may_everywhere("POST", "/suppliers", P::WritePurchasing),
    may("GET", "/suppliers/{id}", P::ReadPurchasing),
    may_everywhere("PATCH", "/suppliers/{id}", P::WritePurchasing),
    may_everywhere("DELETE", "/suppliers/{id}", P::WritePurchasing),
    may("GET", "/supplier-products", P::ReadPurchasing),
    may_everywhere("POST", "/supplier-products", P::WritePurchasing),
    may("GET", "/supplier-products/{id}", P::ReadPurchasing),
    may_everywhere("PATCH", "/supplier-products/{id}", P::WritePurchasing),
    may_everywhere("DELETE", "/supplier-products/{id}", P::WritePurchasing),
    may("GET", "/supplier-products/{id}/costs", P::ReadPurchasing),
    may_everywhere("POST", "/supplier-products/{id}/costs", P::WritePurchasing),
    may_everywhere("DELETE", "/supplier-products/{id}/costs", P::WritePurchasing),
    may("GET", "/purchase-orders", P::ReadPurchasing),
    may("POST", "/purchase-orders", P::WritePurchasing),
    may("GET", "/purchase-orders/{id}", P::ReadPurchasing),
    may("PATCH", "/purchase-orders/{id}", P::WritePurchasing),
    may("POST", "/purchase-orders/{id}/submit", P::WritePurchasing),
    may("POST", "/purchase-orders/{id}/approve", P::ApprovePurchasing),
    may("POST", "/purchase-orders/{id}/reject", P::ApprovePurchasing),
    may("POST", "/purchase-orders/{id}/order", P::WritePurchasing),
    may("POST", "/purchase-orders/{id}/cancel", P::WritePurchasing),
    may("POST", "/purchase-orders/{id}/close", P::WritePurchasing),
    may("POST", "/purchase-orders/{id}/duplicate", P::WritePurchasing),
    may("GET", "/purchase-orders/{id}/print", P::ReadPurchasing),
    may("POST", "/purchase-orders/{id}/receive", P::ReceivePurchasing),
    may("GET", "/goods-receipts", P::ReadPurchasing),
    may("GET", "/goods-receipts/{id}", P::ReadPurchasing),
    may("POST", "/goods-receipts/{id}/reverse", P::ReceivePurchasing),
    may("GET", "/supplier-returns", P::ReadPurchasing),
    may("POST", "/supplier-returns", P::ReceivePurchasing),
    may("GET", "/supplier-returns/{id}", P::ReadPurchasing),
    may("POST", "/supplier-returns/{id}/reverse", P::ReceivePurchasing),
    may("GET", "/replenishment", P::ReadPurchasing),
    may("POST", "/replenishment/purchase-orders", P::WritePurchasing),
    // The shop as a whole.
    may_everywhere("GET", "/reports/stock-value", P::ReadPurchasing),
    may_everywhere("GET", "/reports/stock-value/history", P::ReadPurchasing),
    may("GET", "/reports/movements-per-day", P::ReadStock),
    may_everywhere("GET", "/reports/top-movers", P::ReadStock),
    may_everywhere("GET", "/reports/stock-outs", P::ReadStock),
    may("GET", "/events", P::ReadEvents),
    may("GET", "/settings", P::ReadSettings),
    may_everywhere("PATCH", "/settings", P::WriteSettings),
    // Who may come in.
    anybody("GET", "/setup"),
    anybody("POST", "/setup"),
    anybody("POST", "/sessions"),
    anybody("GET", "/oidc"),
    anybody("GET", "/oidc/sign-in"),
    anybody("GET", "/oidc/callback"),
    anybody("POST", "/password-resets"),
    caller("GET", "/me"),
    caller("GET", "/roles"),
    person("GET", "/sessions"),
    person("DELETE", "/sessions/current"),
    person("DELETE", "/sessions/{id}"),
    person("POST", "/password-changes"),
    person("GET", "/api-keys"),
    person("POST", "/api-keys"),
    person("DELETE", "/api-keys/{id}"),
    may_everywhere("GET", "/users", P::ManageUsers),
    may_everywhere("POST", "/users", P::ManageUsers),
    may_everywhere("GET", "/users/{id}", P::ManageUsers),
    may_everywhere("PATCH", "/users/{id}", P::ManageUsers),
    may_everywhere("POST", "/users/{id}/password-reset-tokens", P::ManageUsers),
];

#[cfg(test)]
mod tests;
