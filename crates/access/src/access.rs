//! What the features of access share.

use std::future::ready;
use std::sync::Arc;

use futures_util::FutureExt;
use platform::auth::{self, Actor, Standing};
use platform::{ApiError, App};

use crate::callers::Callers;
use crate::credentials::Credentials;
use crate::delays::Delays;
use crate::oidc::Oidc;
use crate::passwords::Hasher;

/// Who is let in, and how.
#[derive(Clone, Debug)]
pub struct Access {
    app: App,
    entrance: Entrance,
    callers: Arc<Callers>,
    delays: Arc<Delays>,
    hasher: Hasher,
    oidc: Option<Arc<Oidc>>,
}

/// Whether anybody is asked who they are.
#[derive(Clone, Debug)]
enum Entrance {
    /// Everybody is this one.
    Open(Actor),
    /// By session or key only.
    Login,
}

impl Access {
    /// By session or key only.
    pub fn by_login(app: App) -> Self {
        Self::new(app, Entrance::Login)
    }

    /// Everybody is the demo's admin: for one's own machine only.
    pub fn for_everybody(app: App) -> Self {
        Self::new(app, Entrance::Open(Actor::demo()))
    }

    /// Also by a provider of OpenID Connect.
    #[must_use]
    pub fn with_oidc(self, oidc: Option<Oidc>) -> Self {
        Self { oidc: oidc.map(Arc::new), ..self }
    }

    /// The provider of OpenID Connect, if one was named.
    pub(crate) fn oidc(&self) -> Option<&Arc<Oidc>> {
        self.oidc.as_ref()
    }

    fn new(app: App, entrance: Entrance) -> Self {
        let callers = Arc::new(Callers::new(app.clone()));
        Self { app, entrance, callers, delays: Arc::default(), hasher: Hasher::new(), oidc: None }
    }

    /// The service it belongs to.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Whether anybody is asked who they are.
    pub(crate) fn asks_for_login(&self) -> bool {
        matches!(self.entrance, Entrance::Login)
    }

    pub(crate) fn delays(&self) -> &Delays {
        &self.delays
    }

    /// Who hashes passwords, two at a time.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Who brings this, and whether they still may later.
    pub(crate) async fn find_caller(&self, credentials: Credentials) -> Result<Standing, ApiError> {
        let hash = match (&self.entrance, credentials) {
            (Entrance::Open(actor), _) => {
                let always = actor.clone();
                return Ok(Standing::new(actor.clone(), move || ready(Ok(Some(always.clone()))).boxed()));
            }
            (Entrance::Login, Credentials::ApiKey(hash) | Credentials::Session(hash)) => hash,
            (Entrance::Login, Credentials::None | Credentials::Unusable) => {
                return Err(auth::authentication_required());
            }
        };
        let actor = self.callers.find(hash).await?.ok_or_else(auth::authentication_required)?;
        let callers = Arc::clone(&self.callers);
        Ok(Standing::new(actor, move || {
            let callers = Arc::clone(&callers);
            async move { callers.find_again(hash).await }.boxed()
        }))
    }

    /// What was taken back counts at once; on other servers within a second.
    pub(crate) fn forget_callers(&self) {
        self.callers.forget();
    }
}
