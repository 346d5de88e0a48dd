//! Values of this crate, as they are read from bodies and the command line.

use domain::{Invalid, OneLine, Permission, Role};
use platform::input::{Parse, Written};

/// An address for mail, which people sign in with: one line with an @ between something without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Parse for Email {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let text: String = OneLine::parse(text)?.into();
        let parts = text.split_once('@').filter(|(before, after)| !before.is_empty() && !after.is_empty());
        let is_one = parts.is_some_and(|(_, after)| !after.contains('@')) && !text.contains(' ');
        let wrong = || Invalid::new("not_an_email", "must be an address such as anna@example.com");
        if is_one { Ok(Self(text)) } else { Err(wrong()) }
    }
}

/// A name is written so.
pub(crate) struct Named<T>(pub(crate) T);

impl Parse for Named<Role> {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let names = || Role::ALL.map(Role::as_str).join(", ");
        let unknown = || Invalid::new("unknown_value", format!("must be one of {}", names()));
        Role::from_name(text).map(Self).ok_or_else(unknown)
    }
}

impl Parse for Named<Permission> {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let names = || Permission::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
        let unknown = || Invalid::new("unknown_value", format!("must be one of {}", names()));
        Permission::from_name(text).map(Self).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_something_on_both_sides_of_one_at() {
        for right in ["anna@example.com", "a@b", " ädam+x@example.com "] {
            assert_eq!(Email::parse(right).as_ref().map(Email::as_str), Ok(right.trim()));
        }
        for wrong in ["anna", "@b", "a@", "a@b@c", "a b@c", ""] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }
}
