//! The table of routes is complete, and the manual has it.

use std::collections::BTreeSet;

use access::{Access, Demand, Rule};
use domain::{Permission, Role};
use platform::App;
use sqlx::postgres::PgConnectOptions;
use stock::Ledger;
use testkit::golden;

use super::RULES;

fn app() -> App {
    let pool = platform::database::pool(PgConnectOptions::new_without_pgpass(), 1);
    App::new(pool, domain::Currency::parse("EUR").expect("a currency"))
}

/// The operations of the document, read from the routes.
#[tokio::test]
async fn every_operation_is_in_the_table_of_routes() {
    let mut paths = crate::document().paths;
    let operations = crate::openapi::operations(&mut paths);
    let documented: BTreeSet<String> =
        operations.map(|(path, method, _)| format!("{method} {path}")).collect();
    let listed: BTreeSet<String> =
        RULES.iter().map(|rule| format!("{} {}", rule.method, rule.path)).collect();
    let unlisted: Vec<_> = documented.difference(&listed).collect();
    assert!(unlisted.is_empty(), "say in rules.rs who may use {unlisted:?}");
    let beside: Vec<_> = listed.difference(&documented).map(String::as_str).collect();
    let pages = [
        "GET /",
        "GET /app",
        "GET /app/",
        "GET /app/{*path}",
        "GET /docs",
        "GET /docs/",
        "GET /docs/{*page}",
        "GET /openapi.json",
    ];
    assert_eq!(beside, pages, "and those that are no operations");
}

/// The paths of the router itself, also those that are not in the document.
#[tokio::test]
async fn every_path_of_the_router_is_in_the_table_of_routes() {
    let router = crate::router(Ledger::new(app()), Access::for_everybody(app()), &crate::Policy::default());
    let shown = format!("{router:?}");
    let listed: BTreeSet<&str> = RULES.iter().map(|rule| rule.path).collect();
    let is_path = |part: &&str| part.starts_with('/') && !part.contains("__private__axum_fallback");
    let routed: BTreeSet<&str> = shown.split('"').filter(is_path).collect();
    assert_eq!(routed, listed);
}

/// The page of the manual.
fn page() -> String {
    let header = format!("| permission | allows to | {} |", Role::ALL.map(Role::as_str).join(" | "));
    let rule = format!("|---|---|{}", "---|".repeat(Role::ALL.len()));
    let by_role = Permission::ALL.iter().map(|permission| {
        let cells = Role::ALL.map(|role| if role.permissions().contains(*permission) { "yes" } else { "" });
        format!("| `{permission}` | {} | {} |", permission.meaning(), cells.join(" | "))
    });
    let by_route = RULES.iter().map(|Rule { method, path, demand, heeds_warehouses }| {
        let (needs, who) = match demand {
            Demand::Nothing => ("nothing".to_owned(), "everybody".to_owned()),
            Demand::Caller => ("login or key".to_owned(), "every role".to_owned()),
            Demand::Person => ("login".to_owned(), "every role, no key".to_owned()),
            Demand::Permission(permission) => {
                let roles = Role::ALL.into_iter().filter(|role| role.permissions().contains(*permission));
                (format!("`{permission}`"), roles.map(Role::as_str).collect::<Vec<_>>().join(", "))
            }
        };
        let limited = if *heeds_warehouses { "yes" } else { "" };
        format!("| {method} | `{path}` | {needs} | {who} | {limited} |")
    });
    let lines = |lines: Vec<String>| lines.join("\n");
    format!(
        include_str!("page.md"),
        roles = lines([header, rule].into_iter().chain(by_role).collect()),
        routes = lines(by_route.collect()),
    )
}

#[test]
fn the_manual_has_the_table_of_routes() {
    golden::check("docs/src/permissions.md", &page());
}
