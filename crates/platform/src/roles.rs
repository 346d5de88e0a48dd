//! Two roles of the database: one that owns the schema and migrates, and one that serves and can neither change the schema
//! nor history.

use std::fmt;
use std::str::FromStr;

/// A role by its name, which needs no quoting anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(String);

/// What is no such name.
#[derive(Debug, thiserror::Error)]
#[error(
    "must be 1 to 63 lower-case letters, digits and underscores, begin with a letter, and be no word of SQL's own"
)]
pub struct NotARoleName;

/// Names that SQL takes for somebody else: `public` is everybody.
const WORDS: [&str; 6] = ["current_role", "current_user", "none", "public", "session_user", "user"];

impl FromStr for RoleName {
    type Err = NotARoleName;

    fn from_str(text: &str) -> Result<Self, NotARoleName> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if begins
            && text.len() <= 63
            && text.bytes().all(is_plain)
            && !text.starts_with("pg_")
            && !WORDS.contains(&text)
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARoleName)
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SQL that makes both roles, for a superuser on the database. It can be run again.
pub fn roles_sql(owner: &RoleName, app: &RoleName) -> String {
    include_str!("roles/roles.sql").replace("OWNER_ROLE", &owner.0).replace("APP_ROLE", &app.0)
}

/// The SQL that gives the role that serves what it needs of the schema as it is now, for its owner. To be run again after
/// each migration.
pub fn grants_sql(app: &RoleName) -> String {
    include_str!("roles/grants.sql").replace("APP_ROLE", &app.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_needs_no_quoting() {
        for name in ["stockbook_app", "a", "a1"] {
            assert_eq!(name.parse::<RoleName>().map(|role| role.to_string()).ok().as_deref(), Some(name));
        }
        for name in [
            "",
            "App",
            "1a",
            "_a",
            "a-b",
            "a b",
            "a;drop",
            "a'b",
            "a\"b",
            "pg_monitor",
            "public",
            "current_user",
            &*"a".repeat(64),
        ] {
            assert!(name.parse::<RoleName>().is_err(), "{name}");
        }
    }

    #[test]
    fn nothing_of_the_templates_is_left() {
        let role = |name: &str| name.parse::<RoleName>().expect("a name");
        let sql = roles_sql(&role("boss"), &role("server")) + &grants_sql(&role("server"));
        assert!(!sql.contains("_ROLE") && sql.contains("boss") && sql.contains("server"), "{sql}");
    }
}
