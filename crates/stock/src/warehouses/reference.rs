//! How requests name a warehouse: by its code or its id.

use std::collections::HashMap;
use std::fmt;

use domain::Code;
use platform::{FieldError, Fields, Params};
use sqlx::PgExecutor;

/// A warehouse as a request names it; whether it exists is not yet known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WarehouseRef {
    /// By the field `warehouse`; in any case.
    Code(Code),
    /// By the field `warehouse_id`.
    Id(i64),
}

impl fmt::Display for WarehouseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "the code {code}"),
            Self::Id(id) => write!(f, "the id {id}"),
        }
    }
}

impl WarehouseRef {
    /// Read the field `warehouse` or `warehouse_id` of a body. `None`: neither is given, or a fault was noted.
    pub fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (code, id) = (fields.optional("warehouse"), fields.optional("warehouse_id"));
        if fields.has("warehouse") && fields.has("warehouse_id") {
            return fields.fault(
                "warehouse_id",
                "mutually_exclusive",
                "give warehouse or warehouse_id, not both",
            );
        }
        code.map(Self::Code).or(id.map(Self::Id))
    }

    /// Like [`WarehouseRef::from_fields`], where one of them must be given. `None` only after a fault was noted.
    pub fn required(fields: &mut Fields<'_>) -> Option<Self> {
        if !fields.has("warehouse") && !fields.has("warehouse_id") {
            fields.fault::<()>("warehouse", "missing", "is required, or warehouse_id");
        }
        Self::from_fields(fields)
    }

    /// Read the parameters `warehouse` and `warehouse_id` of a query: any of the warehouses they name.
    pub fn from_params(params: &mut Params<'_>) -> Vec<Self> {
        let codes = params.all("warehouse").into_iter().map(Self::Code);
        let ids = params.all("warehouse_id").into_iter().map(Self::Id);
        codes.chain(ids).collect()
    }

    /// Read the lists `warehouse` and `warehouse_id` of a body: any of the warehouses they name.
    pub fn list_from_fields(fields: &mut Fields<'_>) -> Vec<Self> {
        let codes = fields.values("warehouse").into_iter().map(Self::Code);
        let ids = fields.values("warehouse_id").into_iter().map(Self::Id);
        codes.chain(ids).collect()
    }

    /// The field or parameter it was given in.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Code(_) => "warehouse",
            Self::Id(_) => "warehouse_id",
        }
    }

    /// The fault of a body or filter that names a warehouse nobody knows. `parent` is the pointer to what has the
    /// field: empty for a body itself, `/lines/0` for a line.
    pub fn unknown_in_body(&self, parent: &str) -> FieldError {
        self.unknown(format!("{parent}/{}", self.field()))
    }

    /// The fault of a filter that names a warehouse nobody knows.
    pub fn unknown_in_query(&self) -> FieldError {
        self.unknown(format!("?{}", self.field()))
    }

    fn unknown(&self, pointer: String) -> FieldError {
        FieldError::new(pointer, "unknown_warehouse", format!("no warehouse has {self}"))
    }

    /// The ids of those that exist, archived ones too; what is missing in the map is unknown.
    pub async fn resolve(db: impl PgExecutor<'_>, refs: &[Self]) -> Result<HashMap<Self, i64>, sqlx::Error> {
        if refs.is_empty() {
            return Ok(HashMap::new());
        }
        let (mut codes, mut keys) = (Vec::with_capacity(refs.len()), Vec::with_capacity(refs.len()));
        for named in refs {
            let (code, id) = match named {
                Self::Code(code) => (Some(code.as_str()), None),
                Self::Id(id) => (None, Some(*id)),
            };
            codes.push(code);
            keys.push(id);
        }
        let ids: Vec<Option<i64>> = sqlx::query_scalar(
            "select coalesce((select id from warehouses where id = named.id),
                             (select id from warehouses where lower(code) = lower(named.code)))
             from unnest($1::text[], $2::bigint[]) with ordinality as named (code, id, position)
             order by position",
        )
        .bind(codes)
        .bind(keys)
        .fetch_all(db)
        .await?;
        Ok(refs.iter().cloned().zip(ids).filter_map(|(named, id)| Some((named, id?))).collect())
    }
}
