//! Settings over HTTP.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{SettingsChange, SettingsView};
use super::store;
use crate::{ApiError, App, Body, Document, IfMatch};

/// The routes of settings.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_settings, update_settings)).with_state(app)
}

/// Get the settings
///
/// What the people of the shop decide, with its version as ETag.
#[utoipa::path(get, path = "/settings", tag = "settings", operation_id = "get_settings",
    responses((status = 200, body = SettingsView)))]
async fn get_settings(State(app): State<App>) -> Result<Document<SettingsView>, ApiError> {
    Ok(Document(store::read(app.db()).await?.view(app.base_currency())))
}

/// Change the settings
///
/// Absent fields stay as they are. What is set holds for what is done from then on.
#[utoipa::path(patch, path = "/settings", tag = "settings", operation_id = "update_settings",
    request_body = SettingsChange, responses((status = 200, body = SettingsView)))]
async fn update_settings(
    State(app): State<App>,
    seen: IfMatch,
    Body(change): Body<SettingsChange>,
) -> Result<Document<SettingsView>, ApiError> {
    let changed = app.write((seen, change), |db, (seen, change)| {
        Box::pin(async move {
            seen.check(store::lock(db).await?.version)?;
            Ok(store::update(db, change).await?)
        })
    });
    Ok(Document(changed.await?.view(app.base_currency())))
}
