//! What a category is, and what may be asked of it.

use std::fmt;

use domain::{Invalid, OneLine};
use jiff::Timestamp;
use platform::input::Written;
use platform::{ApiError, Fields, FromFields, FromParams, Paging, Params, Parse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problems;

/// The name of a category: a line without slashes, which separate the names of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryName(OneLine);

/// A category to be.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"name": "Kettles", "parent_id": 1}))]
pub struct NewCategory {
    /// What people call it; unique beside its siblings, whatever its case.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = r"^[^/\u0000-\u001F\u007F-\u009F\u2028\u2029]+$")]
    pub name: CategoryName,
    /// The category above; absent or null: at the top.
    pub parent_id: Option<i64>,
}

/// What changes of a category; absent fields stay.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"name": "Tea kettles"}))]
pub struct CategoryChange {
    /// What people call it.
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 200, pattern = r"^[^/\u0000-\u001F\u007F-\u009F\u2028\u2029]+$")]
    pub name: Option<CategoryName>,
    /// The category above; null moves it to the top.
    #[schema(value_type = Option<i64>)]
    pub parent_id: Option<Option<i64>>,
}

/// A category.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = Category, example = json!({"id": 2, "parent_id": 1, "name": "Kettles", "path": "Kitchen/Kettles", "version": 1,
    "created_at": "2026-01-31T12:00:00Z", "updated_at": "2026-01-31T12:00:00Z"}))]
pub struct CategoryView {
    /// Key.
    pub id: i64,
    /// The category above; null at the top.
    #[schema(required)]
    pub parent_id: Option<i64>,
    /// What people call it.
    pub name: String,
    /// The names from the top down, joined by slashes.
    pub path: String,
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

/// Which categories to list.
#[derive(Debug)]
pub struct CategoryFilter {
    /// Only those directly below this one.
    pub parent_id: Option<i64>,
    /// Which page.
    pub paging: Paging,
}

/// Why a category cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum CategoryError {
    /// No such category.
    #[error("no category has the id {0}")]
    NotFound(i64),
    /// The category it shall be below does not exist.
    #[error("no category has the id {0}")]
    UnknownParent(i64),
    /// A sibling has the name.
    #[error("another category beside it has this name")]
    Duplicate,
    /// It would be below itself.
    #[error("it cannot be moved below itself")]
    Cycle,
    /// Its path, or that of a category below it, would be too long.
    #[error("its path, or one below it, would have more than 1000 characters")]
    PathTooLong,
    /// It has products or sub-categories.
    #[error("it has products or sub-categories: move them away first")]
    InUse,
    /// If-Match names another version, and the like.
    #[error("{0:?}")]
    Precondition(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(sqlx::Error),
}

/// The constraints of the tree have names of their own.
impl From<sqlx::Error> for CategoryError {
    fn from(error: sqlx::Error) -> Self {
        match platform::error::constraint(&error) {
            Some("categories_path_key") => Self::Duplicate,
            Some("categories_no_cycle") => Self::Cycle,
            Some("categories_path_is_short") => Self::PathTooLong,
            _ => Self::Database(error),
        }
    }
}

impl From<CategoryError> for ApiError {
    fn from(error: CategoryError) -> Self {
        use CategoryError as E;
        let detail = error.to_string();
        match error {
            E::NotFound(_) => Self::new(&problems::CATEGORY_NOT_FOUND, detail),
            E::UnknownParent(_) => Self::invalid_field("/parent_id", "unknown_category", detail),
            E::Duplicate => Self::new(&problems::DUPLICATE_CATEGORY, detail),
            E::Cycle => Self::new(&problems::CATEGORY_CYCLE, detail),
            E::PathTooLong => Self::invalid_field("/name", "path_too_long", detail),
            E::InUse => Self::new(&problems::CATEGORY_IN_USE, detail),
            E::Precondition(error) => error,
            E::Database(source) => source.into(),
        }
    }
}

impl CategoryName {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for CategoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Parse for CategoryName {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.contains('/') {
            return Err(Invalid::new(
                "slash",
                "must not contain a slash: give the category above as parent_id",
            ));
        }
        OneLine::parse(text).map(Self)
    }
}

impl FromFields for NewCategory {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (name, parent_id) = (fields.required("name"), fields.optional("parent_id"));
        Some(Self { name: name?, parent_id })
    }
}

impl FromFields for CategoryChange {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { name: fields.replacement("name"), parent_id: fields.change("parent_id") })
    }
}

impl FromParams for CategoryFilter {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let parent_id = params.optional("parent_id");
        Some(Self { parent_id, paging: Paging::from_params(params)? })
    }
}
