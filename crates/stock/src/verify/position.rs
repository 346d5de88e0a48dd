//! How far a verification has come, as text: who cannot do it all at once goes on from there.

use std::fmt;

/// What is checked next. `17` as text is: what comes after the product 17.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The products after this one.
    Products {
        /// Key of the last product that was checked.
        after: i64,
    },
    /// The entries of products up to `last` after this one.
    Entries {
        /// Key of the last product of the range.
        last: i64,
        /// The last entry that was checked.
        after: EntryKey,
    },
    /// The movements after this one.
    Movements {
        /// Key of the last movement that was checked.
        after: i64,
    },
    /// Nothing is left.
    Done,
}

/// An entry by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryKey {
    pub(super) product_id: i64,
    pub(super) location_id: i64,
    pub(super) lot: String,
    pub(super) seq: i64,
}

impl Position {
    /// Where everything begins.
    pub const START: Self = Self::Products { after: i64::MIN };

    /// The position with this text.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(after) = text.parse() {
            return Some(Self::Products { after });
        }
        if let Some(after) = text.strip_prefix("movement/") {
            return Some(Self::Movements { after: after.parse().ok()? });
        }
        let mut parts = text.strip_prefix("entry/")?.splitn(5, '/');
        let mut number = || parts.next()?.parse().ok();
        let (last, product_id, location_id, seq) = (number()?, number()?, number()?, number()?);
        let lot = parts.next()?.to_owned();
        Some(Self::Entries { last, after: EntryKey { product_id, location_id, lot, seq } })
    }
}

impl EntryKey {
    /// Before every entry of the products after this one.
    pub(super) fn after_product(product_id: i64) -> Self {
        Self { product_id, location_id: i64::MAX, lot: String::new(), seq: i64::MAX }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Products { after } => write!(f, "{after}"),
            Self::Entries { last, after: EntryKey { product_id, location_id, lot, seq } } => {
                write!(f, "entry/{last}/{product_id}/{location_id}/{seq}/{lot}")
            }
            Self::Movements { after } => write!(f, "movement/{after}"),
            Self::Done => write!(f, "movement/{}", i64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back() {
        let after = EntryKey { product_id: 17, location_id: 3, lot: "A/7 é".into(), seq: 20_000 };
        for position in [
            Position::START,
            Position::Products { after: 17 },
            Position::Entries { last: 20, after },
            Position::Movements { after: i64::MIN },
        ] {
            assert_eq!(Position::parse(&position.to_string()), Some(position));
        }
        for nonsense in ["", "x", "entry/1/2/3", "movement/x", "entry/1/2/x/4/"] {
            assert_eq!(Position::parse(nonsense), None, "{nonsense}");
        }
    }
}
