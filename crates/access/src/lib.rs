//! Access: people, what they may do, and what lets them in.
//!
//! Every request passes [`Guard`] before any handler runs. It finds out who sends it ([`callers`]) from an API key or a session
//! cookie, and goes by the one table of routes, whose rows are [`Rule`]s: what is not in it, nobody may.
//!
//! - Features, by their URLs: `setup`, `sessions`, `oidc`, `me`, `password_changes`, `password_resets`, `users`, `api_keys`, `roles`.
//! - `passwords`: hashes, and which are refused. `delays`: who was wrong has to wait. `token`: secrets of 256 bits.

mod access;
pub mod api_keys;
mod callers;
mod credentials;
mod delays;
mod guard;
mod input;
mod me;
pub mod oidc;
mod one_time_tokens;
mod password_changes;
pub mod password_resets;
mod passwords;
mod problems;
mod roles;
mod rules;
mod sessions;
pub mod setup;
mod token;
pub mod users;

pub use access::Access;
pub use guard::Guard;
pub use input::Email;
pub use one_time_tokens::OneTimeToken;
pub use passwords::Password;
pub use problems::PROBLEMS;
pub use rules::{Demand, Rule};
pub use token::Secret;

/// The routes of this crate.
pub fn routes(access: Access) -> utoipa_axum::router::OpenApiRouter {
    setup::routes(access.clone())
        .merge(sessions::routes(access.clone()))
        .merge(oidc::routes(access.clone()))
        .merge(me::routes(access.clone()))
        .merge(password_changes::routes(access.clone()))
        .merge(password_resets::routes(access.clone()))
        .merge(users::routes(access.clone()))
        .merge(api_keys::routes(access.clone()))
        .merge(roles::routes(access))
}
