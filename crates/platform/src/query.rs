//! Query parameters: typed, and nothing unknown is let through.

use std::borrow::Cow;
use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::error::{ApiError, FieldError};
use crate::input::Parse;

/// The query of a request.
pub struct Query<T>(pub T);

/// A query that is read parameter by parameter. `None` only after a fault was noted.
pub trait FromParams: Sized {
    /// Read it.
    fn from_params(params: &mut Params<'_>) -> Option<Self>;
}

/// The parameters of a query, with the faults found so far.
pub struct Params<'a> {
    uri: &'a axum::http::Uri,
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    known: BTreeSet<&'static str>,
    errors: Vec<FieldError>,
}

impl<'a> Params<'a> {
    fn of(uri: &'a axum::http::Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
        Self { uri, pairs, known: BTreeSet::new(), errors: Vec::new() }
    }
}

impl Params<'_> {
    /// A parameter that may be absent.
    pub fn optional<T: Parse>(&mut self, name: &'static str) -> Option<T> {
        let mut values = self.all(name);
        if values.len() > 1 {
            self.fault::<()>(name, "repeated", "must be given once only");
        }
        values.pop()
    }

    /// A parameter that may be repeated, meaning any of its values; at most 200.
    pub fn all<T: Parse>(&mut self, name: &'static str) -> Vec<T> {
        self.known.insert(name);
        let texts: Vec<_> =
            self.pairs.iter().filter(|(key, _)| key == name).map(|(_, text)| text.clone()).collect();
        if texts.len() > 200 {
            self.fault::<()>(name, "repeated", "must be given at most 200 times");
            return Vec::new();
        }
        let parse = |text: Cow<'_, str>| {
            T::parse(&text).map_err(|invalid| self.fault::<()>(name, invalid.code, invalid.message))
        };
        texts.into_iter().map(parse).filter_map(Result::ok).collect()
    }

    /// Note a fault of a parameter.
    pub fn fault<T>(
        &mut self,
        name: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Option<T> {
        self.errors.push(FieldError::new(format!("?{name}"), code, message));
        None
    }

    /// The address that was asked for.
    pub fn uri(&self) -> &axum::http::Uri {
        self.uri
    }

    fn refuse_unknown(&mut self) {
        for (name, _) in self.pairs.iter().filter(|(name, _)| !self.known.contains(name.as_ref())) {
            let known = self.known.iter().copied().collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none is taken here" } else { &format!("known are: {known}") };
            let message = format!("is not known; {known}");
            self.errors.push(FieldError::new(format!("?{name}"), "unknown_parameter", message));
        }
    }
}

impl<T: FromParams, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut params = Params::of(&parts.uri);
        let result = T::from_params(&mut params);
        params.refuse_unknown();
        match result {
            Some(value) if params.errors.is_empty() => Ok(Self(value)),
            _ => Err(ApiError::invalid_input(params.errors)),
        }
    }
}

/// Refuse every parameter, for what takes none.
pub fn refuse_all(uri: &axum::http::Uri) -> Result<(), ApiError> {
    let mut params = Params::of(uri);
    params.refuse_unknown();
    if params.errors.is_empty() { Ok(()) } else { Err(ApiError::invalid_input(params.errors)) }
}
