//! What the features of this crate can answer with besides the general problems.

use platform::Problem;

macro_rules! problems {
    ($($name:ident = $status:literal $code:literal $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $name: Problem = Problem::new($status, $code, $meaning);)*
        /// The problems of this crate.
        pub const PROBLEMS: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    WRONG_CREDENTIALS = 401 "wrong_credentials" "Nobody who may come in has this address and password";
    TOO_MANY_ATTEMPTS = 429 "too_many_attempts" "Too many tries were wrong; wait as long as Retry-After says";
    INVALID_TOKEN = 403 "invalid_token" "The token is not known, was used, or has expired";
    SETUP_DONE = 409 "setup_done" "There are users already: sign in, or ask an admin";
    OIDC_NOT_CONFIGURED = 404 "oidc_not_configured" "This server knows no provider of OpenID Connect to sign in with";
    OIDC_STATE_MISMATCH = 403 "oidc_state_mismatch" "This browser has not begun this sign-in, or more than 10 minutes ago: begin again";
    OIDC_REFUSED = 403 "oidc_refused" "The provider of OpenID Connect did not let them in; detail has its word for it";
    OIDC_INVALID_TOKEN = 403 "oidc_invalid_token" "What the provider of OpenID Connect says of them is not to be believed; the log has the reason";
    OIDC_EMAIL_UNVERIFIED = 403 "oidc_email_unverified" "The provider of OpenID Connect gives no address that it has verified";
    OIDC_USER_UNKNOWN = 403 "oidc_user_unknown" "No user who may come in has the address that the provider of OpenID Connect gives";
    OIDC_UNAVAILABLE = 503 "oidc_unavailable" "The provider of OpenID Connect does not answer as it should; retry";
    USER_NOT_FOUND = 404 "user_not_found" "No user has this id";
    DUPLICATE_EMAIL = 409 "duplicate_email" "Another user has this address";
    DUPLICATE_USER_NAME = 409 "duplicate_user_name" "Another user has this name, which says in the ledger who did it";
    OWN_ACCESS = 403 "own_access" "Nobody changes what they may do themselves, and no API key how its owner signs in: ask another admin";
    LAST_ADMIN = 409 "last_admin" "It is the last active admin: make another one first";
    SESSION_NOT_FOUND = 404 "session_not_found" "No session of the caller has this id";
    API_KEY_NOT_FOUND = 404 "api_key_not_found" "No API key of the caller has this id";
}
