//! Texts that come from outside, checked once, where they come in. The SQL schema has the same limits.

use std::fmt;

use crate::Invalid;

/// What PostgreSQL's `[[:cntrl:]]` matches: the control characters and the two line separators of Unicode.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `text` without white space at its ends, if it is one printable line of at most `most` characters.
fn one_line(text: &str, most: usize) -> Result<&str, Invalid> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Invalid::new("empty", "must not be empty")),
        n if n > most => Err(Invalid::new("too_long", format!("must have at most {most} characters"))),
        _ if text.chars().any(is_control) => {
            Err(Invalid::new("control_character", "must not contain control characters or line breaks"))
        }
        _ => Ok(text),
    }
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $most:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Most characters it can have.
            pub const MOST: usize = $most;

            /// The text, if it obeys the rules of this type.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> Result<&str, Invalid> = $check;
                check(text).map(|text| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text_type! {
    /// A line of text such as a name or a reason: 1 to 200 characters.
    OneLine, 200, |text| one_line(text, 200)
}

text_type! {
    /// A stock keeping unit: 1 to 64 characters, unique whatever its case.
    Sku, 64, |text| one_line(text, 64)
}

text_type! {
    /// A lot or batch: 1 to 64 characters.
    Lot, 64, |text| one_line(text, 64)
}

text_type! {
    /// What a scanner reads: 1 to 64 visible ASCII characters.
    Barcode, 64, |text| {
        let text = one_line(text, 64)?;
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(text)
        } else {
            Err(Invalid::new("not_visible_ascii", "must be letters, digits and signs of ASCII without spaces"))
        }
    }
}

text_type! {
    /// A code for a label: 1 to 32 letters, digits, dots, dashes, underscores; starts with a letter or digit.
    Code, 32, |text| {
        let text = one_line(text, 32)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if text.bytes().all(plain) && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            Ok(text)
        } else {
            Err(Invalid::new("not_a_code", "must be letters, digits, dots, dashes and underscores, a letter or digit first"))
        }
    }
}

text_type! {
    /// What quantities of a product count: `each`, `kg`, `m` …; 1 to 16 small letters, digits and underscores.
    Unit, 16, |text| {
        let text = one_line(text, 16)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.bytes().all(plain) && text.starts_with(|c: char| c.is_ascii_lowercase()) {
            Ok(text)
        } else {
            Err(Invalid::new("not_a_unit", "must be small letters, digits and underscores, a letter first, such as each or kg"))
        }
    }
}

impl Unit {
    /// The unit of what is counted in whole numbers only.
    pub const EACH: &str = "each";
}

/// Free text of at most `MOST` characters; may be empty and may have line breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<const MOST: usize>(String);

impl<const MOST: usize> Text<MOST> {
    /// The text, if it is short enough and has no control character but line breaks and tabs.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > MOST {
            Err(Invalid::new("too_long", format!("must have at most {MOST} characters")))
        } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            Err(Invalid::new("control_character", "must not contain control characters"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_or_refused_with_a_code() {
        let line = |text: &str| OneLine::parse(text).map(String::from).map_err(|invalid| invalid.code);
        assert_eq!(line("  Tea kettle\t"), Ok("Tea kettle".into()));
        assert_eq!(line(" \n "), Err("empty"));
        assert_eq!(line("a\0b"), Err("control_character"));
        assert_eq!(line("a\u{2028}b"), Err("control_character"));
        assert_eq!(line(&"ü".repeat(200)).map(|text| text.len()), Ok(400));
        assert_eq!(line(&"ü".repeat(201)), Err("too_long"));
        assert_eq!(Code::parse("A-1.b_2").map(String::from), Ok("A-1.b_2".into()));
        for text in ["-A", "A B", "Ä"] {
            assert_eq!(Code::parse(text).map_err(|invalid| invalid.code), Err("not_a_code"), "{text}");
        }
        assert_eq!(Barcode::parse("40 06").map_err(|invalid| invalid.code), Err("not_visible_ascii"));
        for text in ["Kg", "1m"] {
            assert_eq!(Unit::parse(text).map_err(|invalid| invalid.code), Err("not_a_unit"), "{text}");
        }
        assert_eq!(Text::<3>::parse("a\nb").map(|text| text.as_str().to_owned()), Ok("a\nb".into()));
        assert_eq!(Text::<3>::parse("abcd").map_err(|invalid| invalid.code), Err("too_long"));
        assert_eq!(Text::<3>::parse("\0").map_err(|invalid| invalid.code), Err("control_character"));
    }
}
