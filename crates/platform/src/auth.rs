//! Who is calling.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

tokio::task_local! {
    static CURRENT: Actor;
}

/// Who has sent the request being answered. The transactions that it begins name them to the database, for what triggers
/// enter into the change feed.
pub fn current() -> Option<Actor> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Keeps who has sent a request while it is answered.
pub async fn remember(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(actor) = Actor::from_request_parts(&mut parts, &()).await;
    CURRENT.scope(actor, next.run(Request::from_parts(parts, body))).await
}

/// Who is calling; on every movement and price. Without access control everybody is the same, and says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// Somebody with this name.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::named("anonymous"))
    }
}
