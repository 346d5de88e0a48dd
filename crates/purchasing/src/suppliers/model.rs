//! What a supplier is, and what may be asked of it.

use domain::{Code, Currency, OneLine, Text};
use jiff::Timestamp;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problems;

/// Longest lead time: ten years.
const LEAD_TIME_DAYS_MAX: i32 = 3650;

/// A supplier to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"code": "ACME", "name": "Acme Kitchenware Ltd", "contact": "Ann Lee", "email": "orders@acme.example",
    "currency": "EUR", "lead_time_days": 14, "payment_terms": "30 days net"}))]
pub struct NewSupplier {
    /// Its short name; unique whatever its case.
    pub code: Code,
    /// What people call it.
    pub name: OneLine,
    /// Whom to talk to there.
    pub contact: Option<OneLine>,
    /// Where orders are sent.
    #[schema(value_type = Option<String>, format = Email, max_length = 200)]
    pub email: Option<OneLine>,
    /// Its telephone number.
    pub phone: Option<OneLine>,
    /// Where it is.
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub address: Option<Text<1000>>,
    /// Of its costs and orders, unless they say otherwise; the base currency if absent.
    pub currency: Option<Currency>,
    /// Days from order to arrival, unless its product says otherwise.
    #[schema(minimum = 0, maximum = 3650)]
    pub lead_time_days: Option<i32>,
    /// As agreed.
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub payment_terms: Option<Text<1000>>,
}

/// What changes of a supplier; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"contact": "Bo Chan", "lead_time_days": 10}))]
pub struct SupplierChange {
    /// Its short name.
    #[schema(nullable = false)]
    pub code: Option<Code>,
    /// What people call it.
    #[schema(nullable = false)]
    pub name: Option<OneLine>,
    /// Whom to talk to there; null takes it away.
    #[schema(value_type = Option<OneLine>)]
    pub contact: Option<Option<OneLine>>,
    /// Where orders are sent; null takes it away.
    #[schema(value_type = Option<String>, format = Email, max_length = 200)]
    pub email: Option<Option<OneLine>>,
    /// Its telephone number; null takes it away.
    #[schema(value_type = Option<OneLine>)]
    pub phone: Option<Option<OneLine>>,
    /// Where it is.
    #[schema(value_type = Option<String>, max_length = 1000, nullable = false)]
    pub address: Option<Text<1000>>,
    /// Of costs and orders that are entered from now on.
    #[schema(nullable = false)]
    pub currency: Option<Currency>,
    /// Days from order to arrival; null takes it away.
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 3650)]
    pub lead_time_days: Option<Option<i32>>,
    /// As agreed.
    #[schema(value_type = Option<String>, max_length = 1000, nullable = false)]
    pub payment_terms: Option<Text<1000>>,
}

/// A supplier.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = Supplier, example = json!({"id": 3, "code": "ACME", "name": "Acme Kitchenware Ltd", "contact": "Ann Lee",
    "email": "orders@acme.example", "phone": null, "address": "", "currency": "EUR", "lead_time_days": 14,
    "payment_terms": "30 days net", "archived": false, "version": 1, "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct SupplierView {
    /// Key.
    pub id: i64,
    /// Its short name.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Whom to talk to there.
    #[schema(required)]
    pub contact: Option<String>,
    /// Where orders are sent.
    #[schema(required)]
    pub email: Option<String>,
    /// Its telephone number.
    #[schema(required)]
    pub phone: Option<String>,
    /// Where it is; may be empty.
    pub address: String,
    /// Of its costs and orders, by ISO 4217, unless they say otherwise.
    pub currency: String,
    /// Days from order to arrival, unless its product says otherwise.
    #[schema(required)]
    pub lead_time_days: Option<i32>,
    /// As agreed; may be empty.
    pub payment_terms: String,
    /// Whether nothing is ordered there any more.
    pub archived: bool,
    /// Its ETag.
    pub version: i64,
    /// When it was added.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Which suppliers to list.
#[derive(Debug)]
pub struct SupplierFilter {
    /// Archived ones instead of the others.
    pub archived: bool,
    /// Which page.
    pub paging: Paging,
}

/// Why a supplier cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum SupplierError {
    /// No such supplier.
    #[error("no supplier has the id {0}")]
    NotFound(i64),
    /// The code is taken.
    #[error("another supplier has the code {0}")]
    DuplicateCode(Code),
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<SupplierError> for ApiError {
    fn from(error: SupplierError) -> Self {
        use SupplierError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::SUPPLIER_NOT_FOUND, detail),
            E::DuplicateCode(_) => Self::new(&problems::DUPLICATE_SUPPLIER_CODE, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

/// Days that the schema takes.
pub fn lead_time_days(given: Option<i32>, fields: &mut Fields<'_>) -> Option<i32> {
    match given {
        Some(days) if !(0..=LEAD_TIME_DAYS_MAX).contains(&days) => {
            fields.fault("lead_time_days", "out_of_range", format!("must be 0 to {LEAD_TIME_DAYS_MAX}"))
        }
        given => given,
    }
}

/// An address that could be one of e-mail; only sending to it would show whether it is.
fn email(given: Option<OneLine>, fields: &mut Fields<'_>) -> Option<OneLine> {
    let looks_right = |text: &str| {
        let (name, host) = text.split_once('@').unwrap_or_default();
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(' ')
    };
    match given {
        Some(text) if !looks_right(text.as_str()) => {
            fields.fault("email", "not_an_email", "must be an address such as orders@example.com")
        }
        given => given,
    }
}

impl FromFields for NewSupplier {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, name) = (fields.required("code"), fields.required("name"));
        let (contact, given) = (fields.optional("contact"), fields.optional("email"));
        let email = email(given, fields);
        let (phone, address) = (fields.optional("phone"), fields.optional("address"));
        let (currency, days) = (fields.optional("currency"), fields.optional("lead_time_days"));
        let lead_time_days = lead_time_days(days, fields);
        let payment_terms = fields.optional("payment_terms");
        Some(Self {
            code: code?,
            name: name?,
            contact,
            email,
            phone,
            address,
            currency,
            lead_time_days,
            payment_terms,
        })
    }
}

impl FromFields for SupplierChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, name) = (fields.replacement("code"), fields.replacement("name"));
        let (contact, given) = (fields.change("contact"), fields.change("email"));
        let email = given.map(|given| email(given, fields));
        let (phone, address) = (fields.change("phone"), fields.replacement("address"));
        let (currency, days) = (fields.replacement("currency"), fields.change("lead_time_days"));
        let lead_time_days = days.map(|days| lead_time_days(days, fields));
        let payment_terms = fields.replacement("payment_terms");
        Some(Self { code, name, contact, email, phone, address, currency, lead_time_days, payment_terms })
    }
}

impl FromParams for SupplierFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let archived = params.optional("archived").unwrap_or(false);
        Some(Self { archived, paging: Paging::from_params(params)? })
    }
}
