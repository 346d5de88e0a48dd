//! The change feed over HTTP: as pages, and as server-sent events.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use domain::Permission;
use platform::auth::Standing;
use platform::{ApiError, App, Query, auth};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::FeedError;
use crate::feed::Feed;
use crate::listener::Listener;
use crate::model::{EventFilter, EventPage, EventType, Start, is_over_all, is_purchasing};
use crate::page;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The routes of the change feed.
pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_events)).with_state(Feed::new(app))
}

/// Read the change feed
///
/// What has happened, oldest first, in an order in which nothing appears behind a reader: keep `next_cursor`, give it as
/// `after`, and so on; at the end, ask again later. Without `after` it begins with the oldest event that is kept.
///
/// With `Accept: text/event-stream` it is a stream of server-sent events that goes on with what happens: each has the event
/// as `data` and its place as `id`. Without the permission `purchasing.read`, events of purchase orders, receipts and suppliers are left
/// out, and movements have no costs. For whoever is limited to warehouses, what is of others is left out, and what has become low over all. It ends about a second after what lets its reader in is taken back or changes. Who comes back with `Last-Event-ID` misses nothing; `limit` means nothing there.
#[utoipa::path(get, path = "/events", tag = "events", operation_id = "list_events",
    params(("after" = Option<String>, Query, pattern = "^(latest|[0-9]+-[0-9]+-[0-9]+)$", description = "`next_cursor` of a page or `id` of an event; `latest`: only what is yet to happen"),
           ("types" = Option<Vec<EventType>>, Query, description = "only events of this type; may be repeated"),
           ("limit" = Option<i64>, Query, description = "Most items of the page", minimum = 1, maximum = 200),
           ("Last-Event-ID" = Option<String>, Header, description = "`id` of the last event of a stream that broke off; goes before `after`")),
    responses((status = 200, content((EventPage = "application/json"), (String = "text/event-stream", example = "id: 81234-1-907\nevent: product.updated\ndata: {}\n\n")))),
    extensions(("x-problems" = json!(["events_expired", "too_many_listeners", "invalid_cursor"]))))]
async fn list_events(
    State(feed): State<Feed>,
    standing: Standing,
    Query(filter): Query<EventFilter>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let EventFilter { after, types, limit } = filter;
    if types.iter().any(|wanted| is_purchasing(wanted.0)) {
        standing.actor().demand(Permission::ReadPurchasing)?; // left out, it would look as if nothing had happened
    }
    if standing.actor().warehouses().is_some() && types.iter().any(|wanted| is_over_all(wanted.0)) {
        return Err(auth::warehouse_denied());
    }
    let start = Start::parse(after.as_deref());
    if !wants_stream(&headers) {
        return Ok(page::read(feed.app(), start?, &types, false, limit).await?.into_response());
    }
    let start = match headers.get(LAST_EVENT_ID).map(HeaderValue::to_str) {
        None => start?,
        Some(Ok(id)) => Start::parse(Some(id))?,
        Some(Err(_)) => return Err(FeedError::NotAPosition.into()),
    };
    let listener = Listener::begin(feed, start, types, standing).await?;
    let mut response = Sse::new(listener.stream()).into_response();
    // Or nginx would keep events until it has enough of them.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types = accepted.flat_map(|value| value.split(',')).filter_map(|range| range.split(';').next());
    types.any(|name| name.trim().eq_ignore_ascii_case("text/event-stream"))
}

impl IntoResponse for EventPage {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(self)).into_response()
    }
}
