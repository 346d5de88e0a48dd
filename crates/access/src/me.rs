//! Who the caller is, and what they may do: what a web app asks first.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use domain::{Permission, Role};
use platform::auth::CallerKind;
use platform::{Actor, ApiError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Access, users};

/// Who the caller is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "user", "name": "Anna Nagy", "user": {"id": 7, "email": "anna@example.com", "name": "Anna Nagy",
    "role": "viewer", "warehouses": null}, "permissions": ["products.read", "stock.read", "settings.read"]}))]
pub struct Me {
    /// By what they have come in.
    kind: Kind,
    /// What stands in the ledger as who did it.
    name: String,
    /// The user that they are, or whose API key it is; null in the demo.
    #[schema(required)]
    user: Option<MeUser>,
    /// What they may do, by the scopes of the key if it is one.
    permissions: Vec<Permission>,
}

/// By what somebody has come in.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MeKind)]
enum Kind {
    /// A person who has signed in.
    User,
    /// A program with an API key.
    ApiKey,
    /// The demo, in which everybody may do everything.
    Demo,
}

/// The user behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct MeUser {
    /// Key.
    id: i64,
    /// What they sign in with.
    email: String,
    /// What stands in the ledger as who did it.
    name: String,
    /// What they may do.
    #[schema(value_type = Role)]
    role: String,
    /// Codes of the warehouses where they may do it; null: everywhere.
    #[schema(required)]
    warehouses: Option<Vec<String>>,
}

/// The route.
pub fn routes(access: Access) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_me)).with_state(access)
}

/// Who am I?
///
/// And what may I do: `permissions` are those that the operations name.
#[utoipa::path(get, path = "/me", tag = "access", operation_id = "get_me", responses((status = 200, body = Me)))]
async fn get_me(State(access): State<Access>, actor: Actor) -> Result<impl IntoResponse, ApiError> {
    let kind = match actor.kind() {
        CallerKind::Person { .. } => Kind::User,
        CallerKind::ApiKey { .. } => Kind::ApiKey,
        CallerKind::Demo | CallerKind::Internal => Kind::Demo,
    };
    let user = match actor.user_id() {
        Some(id) => users::store::find(access.app().db(), id).await?,
        None => None,
    };
    let user = user.map(|user| MeUser {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        warehouses: user.warehouses,
    });
    let me =
        Me { kind, name: actor.name().to_owned(), user, permissions: actor.permissions().iter().collect() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(me)))
}
