//! What an entry of the audit log looks like, and what may be asked of it.

use domain::{OneLine, Permission, Text};
use jiff::Timestamp;
use platform::{FromParams, Paging, Params, Parse};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::verify::Head;

/// Something that was done.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = AuditLogEntry, example = json!({"id": 81, "recorded_at": "2026-01-31T12:00:00.123456Z", "actor": "anna",
    "actor_kind": "person", "actor_id": 3, "action": "warehouse.updated", "target": "warehouse:2", "address": "192.0.2.7",
    "user_agent": "Mozilla/5.0", "request_id": "0199f3a2c5d07b1e8a4c6f2d9b3e1a57",
    "detail": {"code": "NORTH", "name": "North", "changes": {"name": {"from": "Nord", "to": "North"}}},
    "seq": 80, "chain": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "detail_needs": null}))]
pub struct EntryView {
    /// Key.
    pub id: i64,
    /// When it was done.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// By what they came in: `person`, `api_key`, `demo`, `internal` (the server itself), `anonymous` (nobody said who
    /// they are) or `database` (somebody with SQL).
    pub actor_kind: String,
    /// Key of the user that they are, or whose key they have; null: none.
    #[schema(required)]
    pub actor_id: Option<i64>,
    /// What was done to what.
    pub action: String,
    /// To which one: its kind and key.
    pub target: String,
    /// From which address; null: from inside the server.
    #[schema(required)]
    pub address: Option<String>,
    /// By which program, as it names itself.
    #[schema(required)]
    pub user_agent: Option<String>,
    /// Of which request; the server's log has it too.
    #[schema(required)]
    pub request_id: Option<String>,
    /// What changed; never a password, a key or a token. Empty where `detail_needs` says so.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// Place in the chain; null: it is sealed within seconds.
    #[schema(required)]
    pub seq: Option<i64>,
    /// The chain up to it, in hexadecimal; null: it is sealed within seconds, or the caller may not read every detail.
    #[schema(required, min_length = 64, max_length = 64)]
    pub chain: Option<String>,
    /// The permission that the caller would need to be told what changed; null: it is told.
    #[sqlx(skip)]
    #[schema(required)]
    pub detail_needs: Option<Permission>,
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    /// By any of these.
    pub actors: Vec<String>,
    /// Any of these actions.
    pub actions: Vec<String>,
    /// To any of these.
    pub targets: Vec<String>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
}

impl FromParams for Criteria {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let texts = |values: Vec<OneLine>| values.iter().map(|value| value.as_str().to_owned()).collect();
        Some(Self {
            actors: texts(params.all("actor")),
            actions: texts(params.all("action")),
            targets: texts(params.all("target")),
            since: params.optional("since"),
            until: params.optional("until"),
        })
    }
}

/// Which page of which entries.
pub struct AuditLogFilter {
    pub(crate) criteria: Criteria,
    pub(crate) paging: Paging,
}

impl FromParams for AuditLogFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        Some(Self { criteria: Criteria::from_params(params)?, paging: Paging::from_params(params)? })
    }
}

/// In which form all of them are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(as = AuditLogFormat, rename_all = "snake_case")]
pub enum Format {
    /// For spreadsheets.
    Csv,
    /// For programs: a JSON object on each line.
    Ndjson,
}

impl Format {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

impl Parse for Format {
    const WRITTEN: platform::input::Written = platform::input::Written::String;

    fn parse(text: &str) -> Result<Self, domain::Invalid> {
        let unknown = || domain::Invalid::new("unknown_value", "must be csv or ndjson");
        [Self::Csv, Self::Ndjson].into_iter().find(|format| format.as_str() == text).ok_or_else(unknown)
    }
}

/// Which entries, in which form.
pub struct ExportFilter {
    pub(crate) criteria: Criteria,
    pub(crate) format: Format,
}

impl FromParams for ExportFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let format = params.optional("format").unwrap_or(Format::Csv);
        Some(Self { criteria: Criteria::from_params(params)?, format })
    }
}

/// From where to verify, and what to find there.
pub struct VerifyFilter {
    pub(crate) after: i64,
    pub(crate) head: Option<Head>,
}

impl FromParams for VerifyFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let after: Option<i64> = params.optional("after");
        let (seq, chain): (Option<i64>, Option<Text<64>>) =
            (params.optional("seq"), params.optional("chain"));
        let head = match (seq, chain) {
            (None, None) => None,
            (Some(seq), Some(chain)) if seq > 0 => match Head::new(seq, chain.as_str()) {
                None => return params.fault("chain", "not_a_digest", "must be 64 hexadecimal digits"),
                head => head,
            },
            _ => return params.fault("seq", "incomplete_head", "seq, above 0, and chain go together"),
        };
        Some(Self { after: after.unwrap_or(0).max(0), head })
    }
}
