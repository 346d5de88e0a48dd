//! What a verification answers.

use platform::{FromParams, Params};
use serde::Serialize;
use utoipa::ToSchema;

use super::position::Position;
use crate::filter::StockFilter;
use domain::Text;

/// What a verification has found.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = LedgerVerification, example = json!({
    "checked": {"products": 40, "levels": 66, "movements": 410, "entries": 538},
    "differences": [{"code": "chain_broken", "product_id": 17, "location_id": 1, "lot": null, "seq": 12, "movement_id": 4711,
        "detail": "the entry or its movement is not what was written"}],
    "truncated": false, "next_after": null}))]
pub struct Report {
    /// How much was checked.
    pub checked: Checked,
    /// What does not agree; the first 1,000.
    pub differences: Vec<Difference>,
    /// Whether there are more differences than are shown.
    pub truncated: bool,
    /// Not everything could be checked in time: give it as `after` to go on; null: everything was checked.
    #[schema(required)]
    pub next_after: Option<String>,
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LedgerChecked)]
pub struct Checked {
    /// Products with their totals.
    pub products: i64,
    /// Stock levels.
    pub levels: i64,
    /// Movements.
    pub movements: i64,
    /// Ledger entries.
    pub entries: i64,
}

/// Something that does not agree.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = LedgerDifference)]
pub struct Difference {
    /// What kind of difference; stable. docs/src/proof.md lists them.
    #[schema(value_type = String)]
    pub code: &'static str,
    #[serde(flatten)]
    #[schema(inline)]
    /// Where it is.
    pub place: Finding,
}

/// Where something does not agree, and what is wrong there.
#[derive(Clone, Debug, Default, Serialize, ToSchema, sqlx::FromRow)]
#[sqlx(default)]
pub struct Finding {
    /// Of which product; null: a movement without entries has none.
    #[schema(required)]
    pub product_id: Option<i64>,
    /// Of the level at which location; null: not of a single level.
    #[schema(required)]
    pub location_id: Option<i64>,
    /// Of the level of which lot; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// Number of the entry in its level; null: not of a single entry.
    #[schema(required)]
    pub seq: Option<i64>,
    /// Which movement; null: not of a single movement.
    #[schema(required)]
    pub movement_id: Option<i64>,
    /// For people.
    pub detail: String,
}

impl Report {
    /// Most differences that are shown.
    pub const DIFFERENCES_MAX: usize = 1_000;

    /// Note a difference.
    pub(super) fn add(&mut self, code: &'static str, place: Finding) {
        if self.differences.len() < Self::DIFFERENCES_MAX {
            self.differences.push(Difference { code, place });
        } else {
            self.truncated = true;
        }
    }
}

/// Which part of the ledger to verify.
pub(super) struct VerifyFilter {
    pub(super) products: StockFilter,
    pub(super) after: Option<Position>,
}

impl FromParams for VerifyFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let products = StockFilter { products: StockFilter::products(params), ..StockFilter::default() };
        let after = match params.optional::<Text<200>>("after") {
            None => None,
            Some(text) => match Position::parse(text.as_str()) {
                Some(position) => Some(position),
                None => {
                    let message = "must be next_after of an answer, or the id of a product";
                    return params.fault("after", "not_a_position", message);
                }
            },
        };
        Some(Self { products, after })
    }
}

/// The end of the chain of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = LedgerHead, example = json!({"product_id": 17, "location_id": 1, "lot": null, "seq": 12,
    "chain": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}))]
pub struct Head {
    /// Which product.
    pub product_id: i64,
    /// Where.
    pub location_id: i64,
    /// Which lot or batch; null: not kept by lot.
    #[schema(required)]
    pub lot: Option<String>,
    /// Number of its last entry.
    pub seq: i64,
    /// Chain of its last entry, in hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub chain: String,
}
