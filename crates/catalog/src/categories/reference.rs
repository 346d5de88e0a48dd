//! How requests name a category: by its id, its path, or its name where only one has it.

use domain::Invalid;
use platform::input::Written;
use platform::{ApiError, Connection, Fields, Params, Parse};
use sqlx::PgExecutor;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::store;
use crate::problems;

/// A category as a request names it; whether it exists is not yet known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CategoryRef {
    /// By the field `category`: a path such as `Kitchen/Kettles`, or a name; in any case.
    Named(CategoryText),
    /// By the field `category_id`.
    Id(i64),
}

/// A name or path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryText(String);

impl PartialSchema for CategoryText {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        text.min_length(Some(1)).max_length(Some(1000)).into()
    }
}

impl ToSchema for CategoryText {}

/// A name that does not lead to one category.
#[derive(Debug, thiserror::Error)]
pub enum Unresolved {
    /// To none.
    #[error("no category has the id, name or path {}", .0.text())]
    Unknown(CategoryRef),
    /// To several.
    #[error("several categories have the name {}: give the path or category_id", .0.text())]
    Ambiguous(CategoryRef),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Parse for CategoryText {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(Invalid::new("empty", "must not be empty")),
            n if n > Self::MOST => Err(Invalid::new("too_long", "must have at most 1000 characters")),
            _ if text.chars().any(char::is_control) => {
                Err(Invalid::new("control_character", "must not contain control characters"))
            }
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl CategoryText {
    /// Most characters of a path.
    const MOST: usize = 1000;
}

impl CategoryRef {
    /// Read `category` or `category_id` of a body. `None`: neither is given, or a fault was noted.
    pub fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (named, id) = (fields.optional("category"), fields.optional("category_id"));
        Self::only_one(fields, named, id)
    }

    /// Read `category` or `category_id` of a PATCH: a product always has a category, so null is a fault.
    pub fn replacement(fields: &mut Fields<'_>) -> Option<Self> {
        let (named, id) = (fields.replacement("category"), fields.replacement("category_id"));
        Self::only_one(fields, named, id)
    }

    /// Read the parameters `category` and `category_id` of a query: any of the categories they name.
    pub fn from_params(params: &mut Params<'_>) -> Vec<Self> {
        let named = params.all("category").into_iter().map(Self::Named);
        let ids = params.all("category_id").into_iter().map(Self::Id);
        named.chain(ids).collect()
    }

    /// Read the lists `category` and `category_id` of a body: any of the categories they name.
    pub fn list_from_fields(fields: &mut Fields<'_>) -> Vec<Self> {
        let named = fields.values("category").into_iter().map(Self::Named);
        let ids = fields.values("category_id").into_iter().map(Self::Id);
        named.chain(ids).collect()
    }

    fn only_one(fields: &mut Fields<'_>, named: Option<CategoryText>, id: Option<i64>) -> Option<Self> {
        if fields.has("category") && fields.has("category_id") {
            return fields.fault(
                "category_id",
                "mutually_exclusive",
                "give category or category_id, not both",
            );
        }
        named.map(Self::Named).or(id.map(Self::Id))
    }

    /// The categories these name, in their order.
    pub async fn resolve(db: impl PgExecutor<'_>, refs: &[Self]) -> Result<Vec<i64>, Unresolved> {
        if refs.is_empty() {
            return Ok(Vec::new());
        }
        let (mut texts, mut ids) = (Vec::with_capacity(refs.len()), Vec::with_capacity(refs.len()));
        for named in refs {
            let (text, id) = match named {
                Self::Named(text) => (Some(text.0.as_str()), None),
                Self::Id(id) => (None, Some(*id)),
            };
            texts.push(text);
            ids.push(id);
        }
        // What a path says is certain; a name counts where no path is the same and no other category has it.
        let found: Vec<(i64, i64, bool)> = sqlx::query_as(
            "select position, c.id, c.certain
             from unnest($1::text[], $2::bigint[]) with ordinality as named (name, id, position)
             cross join lateral (
                 select id, coalesce(id = named.id or lower(path) = lower(named.name), false) as certain
                 from categories
                 where id = named.id or lower(path) = lower(named.name) or lower(name) = lower(named.name)
                 order by certain desc limit 2) c
             order by position, c.certain desc",
        )
        .bind(texts)
        .bind(ids)
        .fetch_all(db)
        .await?;
        let one = |(position, named): (i64, &Self)| {
            let mut candidates = found.iter().filter(|(of, ..)| *of == position);
            match (candidates.next(), candidates.next()) {
                (None, _) => Err(Unresolved::Unknown(named.clone())),
                (Some((_, id, true)), _) | (Some((_, id, false)), None) => Ok(*id),
                (Some(_), Some(_)) => Err(Unresolved::Ambiguous(named.clone())),
            }
        };
        (1..).zip(refs).map(one).collect()
    }

    /// These categories and all below them; none if none are named.
    pub async fn subtree(db: &mut Connection, refs: &[Self]) -> Result<Option<Vec<i64>>, Unresolved> {
        if refs.is_empty() {
            return Ok(None);
        }
        let keys = refs.iter().map(|named| if let Self::Id(id) = named { Some(*id) } else { None });
        let Some(ids) = keys.collect::<Option<Vec<i64>>>() else {
            let ids = Self::resolve(&mut *db, refs).await?;
            return Ok(Some(store::subtree(db, &ids).await?));
        };
        let tree = store::subtree(db, &ids).await?; // which holds every key that is one
        match ids.into_iter().find(|id| !tree.contains(id)) {
            None => Ok(Some(tree)),
            Some(id) => Err(Unresolved::Unknown(Self::Id(id))),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Named(CategoryText(text)) => text.clone(),
            Self::Id(id) => id.to_string(),
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Named(_) => "category",
            Self::Id(_) => "category_id",
        }
    }
}

impl Unresolved {
    /// The answer where a body names the category. `parent` is the pointer to what has the field: empty for a body itself.
    pub fn in_body(self, parent: &str) -> ApiError {
        let detail = self.to_string();
        match self {
            Self::Unknown(named) => {
                ApiError::invalid_field(format!("{parent}/{}", named.field()), "unknown_category", detail)
            }
            Self::Ambiguous(named) => {
                ApiError::invalid_field(format!("{parent}/{}", named.field()), "ambiguous_category", detail)
            }
            Self::Database(source) => source.into(),
        }
    }

    /// The answer where a filter names the category. A name stands for the list below it, as a path of the API would: 404.
    pub fn in_query(self) -> ApiError {
        let detail = self.to_string();
        match self {
            Self::Unknown(CategoryRef::Named(_)) => ApiError::new(&problems::UNKNOWN_CATEGORY, detail),
            Self::Unknown(named) => {
                ApiError::invalid_field(format!("?{}", named.field()), "unknown_category", detail)
            }
            Self::Ambiguous(named) => {
                ApiError::invalid_field(format!("?{}", named.field()), "ambiguous_category", detail)
            }
            Self::Database(source) => source.into(),
        }
    }
}
