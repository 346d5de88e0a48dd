//! What violates each constraint of access.

/// Rows for the cases to collide with, after those of `constraints_cases`.
pub(super) const ACCESS_ROWS: &str = "
    insert into users (email, name, role) values ('anna@stock.example', 'Anna', 'admin'), ('ben@stock.example', 'Ben', 'viewer');
    insert into user_warehouses (user_id, warehouse_id) values (2, 1);
    insert into user_activity (user_id, last_seen_at) values (2, now());
    insert into sessions (token_hash, user_id, expires_at) values (sha256('session'::bytea), 1, now());
    insert into api_keys (token_hash, user_id, name, prefix, expires_at) values (sha256('key'::bytea), 1, 'shop', 'sb_live_abc123', now());
    insert into one_time_tokens (token_hash, purpose, expires_at) values (sha256('token'::bytea), 'setup', now());";

/// A user with these columns.
macro_rules! user {
    ($email:literal, $name:literal, $role:literal) => {
        concat!("insert into users (email, name, role) values (", $email, ", ", $name, ", ", $role, ")")
    };
}

/// A session of this user, with this secret and browser.
macro_rules! session {
    ($secret:literal, $user:literal, $agent:literal) => {
        concat!(
            "insert into sessions (token_hash, user_id, user_agent, expires_at) values (sha256(",
            $secret,
            "::bytea), ",
            $user,
            ", ",
            $agent,
            ", now())"
        )
    };
}

/// A key of this user, with this secret, prefix and scopes.
macro_rules! api_key {
    ($secret:literal, $user:literal, $prefix:literal, $scopes:literal) => {
        concat!(
            "insert into api_keys (token_hash, user_id, name, prefix, scopes, expires_at) values (sha256(",
            $secret,
            "::bytea), ",
            $user,
            ", 'shop', ",
            $prefix,
            ", ",
            $scopes,
            ", now())"
        )
    };
}

/// A token with this secret, of this purpose and user.
macro_rules! token {
    ($secret:literal, $purpose:literal, $user:literal) => {
        concat!(
            "insert into one_time_tokens (token_hash, purpose, user_id, expires_at) values (sha256(",
            $secret,
            "::bytea), ",
            $purpose,
            ", ",
            $user,
            ", now())"
        )
    };
}

pub(super) const ACCESS_CASES: &[(&str, &str)] = &[
    (
        "users_pkey",
        "insert into users (id, email, name, role) overriding system value values (1, 'c@d', 'Cy', 'viewer')",
    ),
    ("users_email_key", user!("'ANNA@stock.example'", "'Cy'", "'viewer'")),
    ("users_name_key", user!("'cy@stock.example'", "'ANNA'", "'viewer'")),
    ("users_email_has_an_at", user!("'cy'", "'Cy'", "'viewer'")),
    ("users_role_is_known", user!("'cy@stock.example'", "'Cy'", "'root'")),
    ("users_password_hash_is_argon2id", "update users set password_hash = 'secret'"),
    ("users_version_is_positive", "update users set version = 0"),
    ("user_warehouses_pkey", "insert into user_warehouses values (2, 1)"),
    ("user_warehouses_user_id_fkey", "insert into user_warehouses values (9, 1)"),
    ("user_warehouses_warehouse_id_fkey", "insert into user_warehouses values (1, 99)"),
    ("user_activity_pkey", "insert into user_activity values (2, now())"),
    ("user_activity_user_id_fkey", "insert into user_activity values (9, now())"),
    (
        "sessions_pkey",
        "insert into sessions (id, token_hash, user_id, expires_at) overriding system value values (1, sha256('x'::bytea), 1, now())",
    ),
    ("sessions_token_hash_key", session!("'session'", "1", "''")),
    ("sessions_user_id_fkey", session!("'x'", "9", "''")),
    ("sessions_user_agent_is_limited", session!("'x'", "1", "repeat('x', 401)")),
    (
        "api_keys_pkey",
        "insert into api_keys (id, token_hash, user_id, name, prefix, expires_at) overriding system value values (1, sha256('x'::bytea), 1, 'shop', 'sb_live_abc123', now())",
    ),
    ("api_keys_token_hash_key", api_key!("'key'", "1", "'sb_live_abc123'", "null")),
    ("api_keys_user_id_fkey", api_key!("'x'", "9", "'sb_live_abc123'", "null")),
    ("api_keys_prefix_is_one", api_key!("'x'", "1", "'sb_live_abc123d'", "null")),
    ("api_keys_scopes_not_empty", api_key!("'x'", "1", "'sb_live_abc123'", "'{}'")),
    ("one_time_tokens_pkey", token!("'token'", "'setup'", "null")),
    ("one_time_tokens_user_id_fkey", token!("'x'", "'password_reset'", "9")),
    ("one_time_tokens_purpose_is_known", token!("'x'", "'entry'", "null")),
    ("one_time_tokens_reset_has_user", token!("'x'", "'password_reset'", "null")),
    ("one_time_tokens_reset_has_user", token!("'x'", "'setup'", "1")),
];
