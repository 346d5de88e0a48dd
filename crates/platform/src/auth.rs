//! Who is calling, and what they may do.
//!
//! The server finds out before any handler runs (`access::guard`), and refuses there what the table of routes does not
//! allow. A handler that needs to know who it is takes an [`Actor`]; what is called from it asks [`current`]. An answer that goes
//! on for longer than a moment takes a [`Standing`], and asks it again and again.

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::{Permission, Permissions};
use futures_util::future::BoxFuture;

use crate::error::{self, ApiError};

tokio::task_local! {
    static CURRENT: Actor;
}

/// Who has sent the request being answered. The transactions that it begins name them to the database, for what triggers
/// enter into the change feed and the audit log.
pub fn current() -> Option<Actor> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Work, done for this actor; for nobody in particular if there is none.
pub async fn acting_for<T>(actor: Option<Actor>, work: impl Future<Output = T>) -> T {
    match actor {
        Some(actor) => CURRENT.scope(actor, work).await,
        None => work.await,
    }
}

/// Who is calling; on every movement, price, order and transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(Arc<Caller>);

/// What is known of a caller.
#[derive(Debug, PartialEq, Eq)]
pub struct Caller {
    /// By what they have come in.
    pub kind: CallerKind,
    /// What stands in the ledger as who did it.
    pub name: String,
    /// What they may do.
    pub permissions: Permissions,
    /// The keys of the warehouses where they may do it; none: everywhere.
    pub warehouses: Option<Vec<i64>>,
}

/// By what a caller has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerKind {
    /// The server asks nobody who they are.
    Demo,
    /// The server itself, or its command line.
    Internal,
    /// A person who has signed in.
    Person {
        /// Key of the user.
        user_id: i64,
        /// Key of the session.
        session_id: i64,
    },
    /// A program with an API key.
    ApiKey {
        /// Key of the user who owns it.
        user_id: i64,
        /// Key of the API key.
        api_key_id: i64,
    },
}

impl CallerKind {
    /// Its name, as in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Internal => "internal",
            Self::Person { .. } => "person",
            Self::ApiKey { .. } => "api_key",
        }
    }
}

impl Actor {
    /// Whoever this is.
    pub fn new(caller: Caller) -> Self {
        Self(Arc::new(caller))
    }

    /// The server itself under this name, which may do everything.
    pub fn named(name: &str) -> Self {
        Self::unlimited(CallerKind::Internal, name)
    }

    /// Everybody, where nobody is asked who they are.
    pub fn demo() -> Self {
        Self::unlimited(CallerKind::Demo, "demo")
    }

    fn unlimited(kind: CallerKind, name: &str) -> Self {
        Self::new(Caller { kind, name: name.to_owned(), permissions: Permissions::all(), warehouses: None })
    }

    /// What stands in the ledger as who did it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// By what they have come in.
    pub fn kind(&self) -> CallerKind {
        self.0.kind
    }

    /// The user that they are, or whose key they have.
    pub fn user_id(&self) -> Option<i64> {
        match self.0.kind {
            CallerKind::Person { user_id, .. } | CallerKind::ApiKey { user_id, .. } => Some(user_id),
            CallerKind::Demo | CallerKind::Internal => None,
        }
    }

    /// Who they are whatever their name and key: that of their user. What they have done once, they have done once.
    pub fn identity(&self) -> String {
        self.user_id().map_or_else(|| self.name().to_owned(), |id| format!("user:{id}"))
    }

    /// What they may do.
    pub fn permissions(&self) -> Permissions {
        self.0.permissions
    }

    /// Whether they may do that.
    pub fn may(&self, permission: Permission) -> bool {
        self.0.permissions.contains(permission)
    }

    /// Refuse unless they may do that.
    pub fn demand(&self, permission: Permission) -> Result<(), ApiError> {
        if self.may(permission) {
            return Ok(());
        }
        let detail = format!("it needs the permission {permission}, to {}", permission.meaning());
        Err(ApiError::new(&error::PERMISSION_DENIED, detail).with("permission", permission))
    }

    /// The keys of the warehouses that they are limited to, if they are.
    pub fn warehouses(&self) -> Option<&[i64]> {
        self.0.warehouses.as_deref()
    }
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(authentication_required)
    }
}

/// Whom a request was let in for, and who would be let in by the same now: an answer that goes on outlives what it was let in by.
#[derive(Clone)]
pub struct Standing {
    actor: Actor,
    ask: Arc<Ask>,
}

type Ask = dyn Fn() -> BoxFuture<'static, Result<Option<Actor>, ApiError>> + Send + Sync;

impl Standing {
    /// Of this actor, as long as `ask` finds the same.
    pub fn new(
        actor: Actor,
        ask: impl Fn() -> BoxFuture<'static, Result<Option<Actor>, ApiError>> + Send + Sync + 'static,
    ) -> Self {
        Self { actor, ask: Arc::new(ask) }
    }

    /// Whom the request was let in for.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether they would still be let in, and may do what they could. It may cost a round trip.
    ///
    /// # Errors
    /// It cannot be found out: then they may do nothing.
    pub async fn holds(&self) -> Result<bool, ApiError> {
        Ok((self.ask)().await?.as_ref() == Some(&self.actor))
    }
}

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Standing").field(&self.actor).finish()
    }
}

impl<S: Sync> FromRequestParts<S> for Standing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(authentication_required)
    }
}

/// The keys of the warehouses that whoever is being answered is limited to, if they are.
pub fn warehouses_of_caller() -> Option<Vec<i64>> {
    current()?.warehouses().map(<[i64]>::to_vec)
}

/// Refuse unless whoever is being answered may work in one of these warehouses.
pub fn demand_warehouse(any_of: &[i64]) -> Result<(), ApiError> {
    match warehouses_of_caller() {
        Some(own) if !any_of.iter().any(|id| own.contains(id)) => Err(warehouse_denied()),
        _ => Ok(()),
    }
}

/// The warehouses to which a list is narrowed: those that were named, or all that whoever is being answered may see. Empty: every
/// warehouse. What they may not see is refused, not left out, so that nobody takes a part for the whole.
pub fn narrow_to_warehouses(named: Vec<i64>) -> Result<Vec<i64>, ApiError> {
    let Some(own) = warehouses_of_caller() else { return Ok(named) };
    if named.iter().any(|id| !own.contains(id)) {
        return Err(warehouse_denied());
    }
    let none = vec![-1]; // the key of nothing
    Ok(if !named.is_empty() {
        named
    } else if own.is_empty() {
        none
    } else {
        own
    })
}

/// It is about a warehouse that is not the caller's.
pub fn warehouse_denied() -> ApiError {
    ApiError::new(&error::WAREHOUSE_DENIED, "you are limited to other warehouses; GET /me names yours")
}

/// Whether whoever is being answered may know what things cost.
pub fn may_know_costs() -> bool {
    current().is_some_and(|actor| actor.may(Permission::ReadPurchasing))
}

/// A cost, where whoever is being answered may know what things cost.
pub fn cost_for_caller<T>(cost: Option<T>) -> Option<T> {
    cost.filter(|_| may_know_costs())
}

/// Nobody has said who they are.
pub fn authentication_required() -> ApiError {
    ApiError::new(
        &error::AUTHENTICATION_REQUIRED,
        "sign in, or send an API key as Authorization: Bearer sb_live_…",
    )
}
