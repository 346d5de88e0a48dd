//! Lists: keyset pages with an opaque cursor. Nothing is counted and nothing is skipped over.

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::error::{self, ApiError};
use crate::query::{FromParams, Params};
use crate::response;
use domain::Text;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; null on the last.
    #[schema(required)]
    pub next_cursor: Option<String>,
    #[serde(skip)]
    next_uri: Option<String>,
}

/// Which page is asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Most items.
    pub limit: i64,
    cursor: Option<String>,
    uri: Uri,
}

/// Where a page ended: the sort key of its last item, bound to its list and order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<String>);

/// Reads `limit` and `cursor`.
impl FromParams for Paging {
    fn from_params(params: &mut Params<'_>) -> Option<Self> {
        let limit = params.optional::<i64>("limit").unwrap_or(Self::LIMIT_DEFAULT);
        let cursor = params.optional::<Text<4000>>("cursor").map(|text| text.as_str().to_owned());
        if !(1..=Self::LIMIT_MAX).contains(&limit) {
            return params.fault("limit", "out_of_range", format!("must be 1 to {}", Self::LIMIT_MAX));
        }
        Some(Self { limit, cursor, uri: params.uri().clone() })
    }
}

impl Paging {
    /// Items of a page unless asked otherwise.
    pub const LIMIT_DEFAULT: i64 = 50;
    /// Most items of a page.
    pub const LIMIT_MAX: i64 = 200;

    /// Whether it is the first page.
    pub fn is_first(&self) -> bool {
        self.cursor.is_none()
    }

    /// The cursor, if one was given; `list` names the list and its order, `parts` how many parts its key has.
    pub fn after(&self, list: &str, parts: usize) -> Result<Option<Cursor>, ApiError> {
        let Some(text) = &self.cursor else { return Ok(None) };
        let cursor = Cursor::decode(text, list).filter(|cursor| cursor.0.len() == parts);
        let invalid =
            || ApiError::new(&error::INVALID_CURSOR, "use the next_cursor of this list and order, unchanged");
        cursor.map(Some).ok_or_else(invalid)
    }

    /// A page of `rows`, of which one more than `limit` was asked for.
    pub fn page<T>(&self, list: &str, rows: Vec<T>, key: impl Fn(&T) -> Vec<String>) -> Page<T> {
        self.page_of_at_most(usize::MAX, list, rows, key)
    }

    /// Like [`Paging::page`], for rows that may be large: the page ends after `most` of them, where it is less than `limit`.
    pub fn page_of_at_most<T>(
        &self,
        most: usize,
        list: &str,
        mut rows: Vec<T>,
        key: impl Fn(&T) -> Vec<String>,
    ) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX).min(most);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| Cursor(key(row)).encode(list));
        let next_uri = next_cursor.as_ref().map(|cursor| self.uri_with(cursor));
        Page { items: rows, next_cursor, next_uri }
    }

    /// A page that ends after the key, although it is not full: what comes then has not been looked at.
    pub fn page_until<T>(&self, list: &str, rows: Vec<T>, key: &[String]) -> Page<T> {
        let cursor = Cursor(key.to_vec()).encode(list);
        Page { items: rows, next_uri: Some(self.uri_with(&cursor)), next_cursor: Some(cursor) }
    }

    /// How many rows to ask the database for.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    fn uri_with(&self, cursor: &str) -> String {
        let old = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(old.filter(|(name, _)| name != "cursor")).append_pair("cursor", cursor);
        format!("{}?{}", self.uri.path(), query.finish())
    }
}

impl<T> Page<T> {
    /// A page that is the whole list.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, next_uri: None }
    }

    /// The same page of other items; what has no other is left out.
    pub fn filter_map<U>(self, change: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page {
            items: self.items.into_iter().filter_map(change).collect(),
            next_cursor: self.next_cursor,
            next_uri: self.next_uri,
        }
    }

    /// The same page with its items changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next_cursor: self.next_cursor,
            next_uri: self.next_uri,
        }
    }
}

impl Cursor {
    /// A part of the key as text.
    pub fn text(&self, part: usize) -> &str {
        &self.0[part]
    }

    /// A part of the key as a number; 0 if it is none, which only a forged cursor can have.
    pub fn number(&self, part: usize) -> i64 {
        self.0[part].parse().unwrap_or(0)
    }

    fn encode(&self, list: &str) -> String {
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut bytes = checksum(list, &body).to_vec();
        bytes.extend(body);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn decode(text: &str, list: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sum, body) = bytes.split_at_checked(CHECKSUM_BYTES)?;
        (sum == checksum(list, body)).then(|| serde_json::from_slice(body).ok().map(Self))?
    }
}

const CHECKSUM_BYTES: usize = 6;

/// Finds a cursor that was changed or belongs to another list. No secret: a cursor opens nothing that a filter does not.
fn checksum(list: &str, body: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest: [u8; 32] =
        Sha256::new().chain_update(list).chain_update("\0").chain_update(body).finalize().into();
    std::array::from_fn(|i| digest[i])
}

impl<T> Page<T> {
    /// The answer with this body, which has more to say than the page.
    pub fn answer(&self, body: &impl Serialize) -> Response {
        let link = self
            .next_uri
            .as_ref()
            .and_then(|uri| HeaderValue::from_str(&format!("<{uri}>; rel=\"next\"")).ok());
        let mut response = match serde_json::to_string(body) {
            Ok(body) => response::json(StatusCode::OK, body),
            Err(error) => return ApiError::internal(error).into_response(),
        };
        let headers = response.headers_mut();
        if let Some(link) = link {
            headers.insert(header::LINK, link);
        }
        response
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        self.answer(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_in_its_own_list_only() {
        let cursor = Cursor(vec!["O'Brien \"x\"\u{1F375}".into(), "12".into()]);
        let text = cursor.encode("products by name");
        assert_eq!(Cursor::decode(&text, "products by name"), Some(cursor));
        assert_eq!(Cursor::decode(&text, "products by sku"), None);
        for (i, _) in text.char_indices() {
            let mut tampered = text.clone();
            tampered.replace_range(i..=i, if &text[i..=i] == "A" { "B" } else { "A" });
            assert_eq!(Cursor::decode(&tampered, "products by name"), None, "{tampered}");
        }
        assert_eq!(Cursor::decode("", "products by name"), None);
    }
}
