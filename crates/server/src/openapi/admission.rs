//! Who may use an operation, as the table of routes says: its security, its permission, and how it refuses.

use access::Demand;
use axum::http::Method;
use platform::{Problem, error as e};
use serde_json::Value;
use utoipa::openapi::Components;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};

use crate::rules::RULES;

/// The security schemes, by their names.
const API_KEY: &str = "api_key";
const SESSION: &str = "session";

/// Describe who may use an operation; the problems that others get.
pub(super) fn describe(path: &str, method: &Method, operation: &mut Operation) -> Vec<&'static Problem> {
    let rule = RULES.iter().find(|rule| rule.path == path && rule.method == method.as_str());
    let Some(rule) = rule else { return Vec::new() };
    let mut problems = Vec::new();
    if !method.is_safe() {
        problems.push(&e::CROSS_SITE_REQUEST);
    }
    let (who, schemes): (String, &[&str]) = match rule.demand {
        Demand::Nothing => {
            operation.security = Some(vec![]);
            return problems;
        }
        Demand::Caller => {
            ("Whoever is signed in or has an API key may do that.".to_owned(), &[API_KEY, SESSION])
        }
        Demand::Person => {
            problems.push(&e::PERMISSION_DENIED);
            ("Whoever is signed in may do that; no API key.".to_owned(), &[SESSION])
        }
        Demand::Permission(permission) => {
            problems.extend([&e::PERMISSION_DENIED, &e::WAREHOUSE_DENIED]);
            let name = Value::from(permission.as_str());
            let extension = ExtensionsBuilder::new().add("x-permission", name).build();
            operation.extensions.get_or_insert_default().merge(extension);
            (format!("Needs the permission `{permission}`."), &[API_KEY, SESSION])
        }
    };
    let who = if rule.heeds_warehouses {
        who
    } else {
        format!("{who} Not for those who are limited to warehouses.")
    };
    problems.push(&e::AUTHENTICATION_REQUIRED);
    let none: [&str; 0] = [];
    operation.security = Some(schemes.iter().map(|name| SecurityRequirement::new(*name, none)).collect());
    let description = operation.description.get_or_insert_default();
    *description = format!("{description}\n\n{who}");
    problems
}

/// Define the security schemes.
pub(super) fn define(components: &mut Components) {
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some("An API key: `Authorization: Bearer sb_live_…`".to_owned());
    components.add_security_scheme(API_KEY, SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(
        "__Host-stockbook",
        "What `POST /sessions` sets; on loopback without TLS it is called `stockbook`",
    );
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}
