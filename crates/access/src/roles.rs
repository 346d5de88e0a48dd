//! The roles and their permissions, for people who decide who gets which.

use axum::Json;
use domain::{Permission, Role};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Access;

/// The table of roles and permissions.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"permissions": [{"name": "stock.read", "meaning": "read stock"}], "roles": [{"role": "viewer", "permissions": ["stock.read"]}]}))]
pub struct Roles {
    /// Every permission, in the order in which they are shown.
    permissions: Vec<PermissionView>,
    /// Every role, with what it may do.
    roles: Vec<RoleView>,
}

/// A permission.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PermissionMeaning)]
struct PermissionView {
    /// Its name; also that of the scope of an API key.
    name: Permission,
    /// What it allows, for people.
    meaning: &'static str,
}

/// A role.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RolePermissions)]
struct RoleView {
    /// Its name.
    role: Role,
    /// What it may do.
    permissions: Vec<Permission>,
}

/// The route.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_roles)).with_state(access)
}

/// List the roles
///
/// Each with what it may do.
#[utoipa::path(get, path = "/roles", tag = "access", operation_id = "list_roles", responses((status = 200, body = Roles)))]
async fn list_roles() -> Json<Roles> {
    let permissions =
        Permission::ALL.iter().map(|name| PermissionView { name: *name, meaning: name.meaning() });
    let roles = Role::ALL.map(|role| RoleView { role, permissions: role.permissions().iter().collect() });
    Json(Roles { permissions: permissions.collect(), roles: roles.into() })
}
