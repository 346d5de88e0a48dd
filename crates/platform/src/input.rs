//! Reading bodies field by field: every fault is found and named in one go, and nothing unknown is let through.

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::{
    Amount, Barcode, Code, Currency, Invalid, LocationKind, Lot, MovementKind, OneLine, Percent,
    PercentChange, PurchaseOrderStatus, Quantity, ReservationStatus, Sku, StockTransferStatus, Text, Unit,
};
use serde_json::{Map, Value};

use crate::error::FieldError;

/// Most values of a list of them, as of a parameter that is repeated.
const VALUES_MAX: usize = 200;

/// How a value may be written in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// As a string.
    String,
    /// As a number.
    Number,
    /// As a string or a number.
    StringOrNumber,
    /// As true or false.
    Boolean,
}

impl Written {
    /// The text of a value that is written so.
    fn text_of(self, value: &Value) -> Option<&str> {
        match (self, value) {
            (Self::String | Self::StringOrNumber, Value::String(text)) => Some(text),
            (Self::Number | Self::StringOrNumber, Value::Number(number)) => Some(number.as_str()),
            (Self::Boolean, Value::Bool(true)) => Some("true"),
            (Self::Boolean, Value::Bool(false)) => Some("false"),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::StringOrNumber => "a string or a number",
            Self::Boolean => "true or false",
        }
    }
}

/// A value that is read from text, in a body or a query, and is right once it exists.
pub trait Parse: Sized {
    /// How it is written in JSON.
    const WRITTEN: Written;

    /// The value, or why it is refused.
    fn parse(text: &str) -> Result<Self, Invalid>;
}

macro_rules! parse_by_domain {
    ($($type:ty: $written:ident),* $(,)?) => {
        $(impl Parse for $type {
            const WRITTEN: Written = Written::$written;
            fn parse(text: &str) -> Result<Self, Invalid> {
                <$type>::parse(text)
            }
        })*
    };
}

parse_by_domain! {
    OneLine: String, Sku: String, Lot: String, Barcode: String, Code: String, Unit: String, Currency: String,
    Quantity: Number, Percent: Number, Amount: StringOrNumber, PercentChange: StringOrNumber,
}

impl<const MOST: usize> Parse for Text<MOST> {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl Parse for bool {
    const WRITTEN: Written = Written::Boolean;
    fn parse(text: &str) -> Result<Self, Invalid> {
        text.parse().map_err(|_| Invalid::new("not_a_boolean", "must be true or false"))
    }
}

/// A key, or a count. `5.0` is one too, as JSON Schema has it: there are programs that write all numbers so.
impl Parse for i64 {
    const WRITTEN: Written = Written::Number;
    fn parse(text: &str) -> Result<Self, Invalid> {
        domain::whole_number(text).ok_or(Invalid::new("not_an_integer", "must be a whole number"))
    }
}

impl Parse for i32 {
    const WRITTEN: Written = Written::Number;
    fn parse(text: &str) -> Result<Self, Invalid> {
        let number = domain::whole_number(text).and_then(|number| number.try_into().ok());
        number.ok_or(Invalid::new("not_an_integer", "must be a whole number in range"))
    }
}

/// A time of our era, because PostgreSQL takes none before 4713 BC; to the microsecond, because it keeps none finer.
impl Parse for jiff::Timestamp {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        let our_era = Self::constant(-62_135_596_800, 0)..; // from 0001-01-01T00:00:00Z on
        let time = text.parse().ok().filter(|time| our_era.contains(time));
        let time = time.and_then(|time| Self::from_microsecond(time.as_microsecond()).ok());
        time.ok_or_else(|| {
            Invalid::new("not_a_time", "must be a time such as 2026-01-31T12:00:00Z (RFC 3339)")
        })
    }
}

/// A day of our era.
impl Parse for jiff::civil::Date {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        let day = text.parse().ok().filter(|day: &Self| text.len() == 10 && day.year() > 0);
        day.ok_or_else(|| Invalid::new("not_a_date", "must be a day such as 2026-01-31"))
    }
}

/// The value with this name, or a message that lists the names.
fn by_name<T>(found: Option<T>, names: impl Iterator<Item = &'static str>) -> Result<T, Invalid> {
    let names = || names.collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| Invalid::new("unknown_value", format!("must be one of {}", names())))
}

impl Parse for LocationKind {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        by_name(Self::from_name(text), Self::ALL.into_iter().map(Self::as_str))
    }
}

impl Parse for MovementKind {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        by_name(Self::from_name(text), Self::ALL.into_iter().map(Self::as_str))
    }
}

impl Parse for PurchaseOrderStatus {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        by_name(Self::from_name(text), Self::ALL.into_iter().map(Self::as_str))
    }
}

impl Parse for StockTransferStatus {
    const WRITTEN: Written = Written::String;

    fn parse(text: &str) -> Result<Self, Invalid> {
        by_name(Self::from_name(text), Self::ALL.into_iter().map(Self::as_str))
    }
}

impl Parse for ReservationStatus {
    const WRITTEN: Written = Written::String;
    fn parse(text: &str) -> Result<Self, Invalid> {
        by_name(Self::from_name(text), Self::ALL.into_iter().map(Self::as_str))
    }
}

/// A body, or a part of one, that is read field by field. `None` only after a fault was noted.
pub trait FromFields: Sized {
    /// Whether a POST may come without a body, which is then one without fields.
    const BODY_IS_OPTIONAL: bool = false;

    /// Read it.
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self>;
}

/// No fields: the body of a POST that says it all by its path. Nothing else is taken.
impl FromFields for () {
    const BODY_IS_OPTIONAL: bool = true;

    fn from_fields(_: &mut Fields<'_>) -> Option<Self> {
        Some(())
    }
}

/// The fields of a JSON object, with the faults found so far.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
    known: BTreeSet<&'static str>,
    errors: &'a mut Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// Read `T` from `value`, which stands at `pointer`, noting every fault.
    pub fn read<T: FromFields>(
        value: &'a Value,
        pointer: String,
        errors: &'a mut Vec<FieldError>,
    ) -> Option<T> {
        let Value::Object(object) = value else {
            errors.push(FieldError::new(pointer, "not_an_object", "must be a JSON object"));
            return None;
        };
        let mut fields = Fields { object, pointer, known: BTreeSet::new(), errors };
        let result = T::from_fields(&mut fields);
        fields.refuse_unknown();
        result
    }

    /// A field that must be there.
    pub fn required<T: Parse>(&mut self, name: &'static str) -> Option<T> {
        match self.value(name) {
            Some(value) if !value.is_null() => self.parse(name, value),
            _ => self.fault(name, "missing", "is required"),
        }
    }

    /// A field that may be absent or null.
    pub fn optional<T: Parse>(&mut self, name: &'static str) -> Option<T> {
        self.value(name).filter(|value| !value.is_null()).and_then(|value| self.parse(name, value))
    }

    /// A field of a PATCH: absent leaves the old value, null takes it away.
    pub fn change<T: Parse>(&mut self, name: &'static str) -> Option<Option<T>> {
        match self.value(name)? {
            Value::Null => Some(None),
            value => self.parse(name, value).map(Some),
        }
    }

    /// A field of a PATCH that cannot be null.
    pub fn replacement<T: Parse>(&mut self, name: &'static str) -> Option<T> {
        match self.change(name)? {
            None => self.fault(name, "null", "must not be null"),
            value => value,
        }
    }

    /// A list of values, each once or more, meaning any of them; at most 200. Absent or null: none.
    pub fn values<T: Parse>(&mut self, name: &'static str) -> Vec<T> {
        let items = match self.value(name) {
            Some(Value::Array(items)) => items,
            None | Some(Value::Null) => return Vec::new(),
            Some(_) => {
                self.fault::<()>(name, "wrong_type", "must be a list");
                return Vec::new();
            }
        };
        if items.is_empty() || items.len() > VALUES_MAX {
            self.fault::<()>(name, "wrong_length", format!("must have 1 to {VALUES_MAX} items"));
            return Vec::new();
        }
        self.parse_all(name, items)
    }

    /// A list of values of a PATCH: absent leaves the old one, null takes it away; otherwise it has 1 to `most` items.
    pub fn change_list<T: Parse>(&mut self, name: &'static str, most: usize) -> Option<Option<Vec<T>>> {
        let items = match self.value(name)? {
            Value::Null => return Some(None),
            Value::Array(items) => items,
            _ => return self.fault(name, "wrong_type", "must be a list or null"),
        };
        if items.is_empty() || items.len() > most {
            return self.fault(name, "wrong_length", format!("must have 1 to {most} items"));
        }
        Some(Some(self.parse_all(name, items)))
    }

    /// An object that may be absent or null.
    pub fn object<T: FromFields>(&mut self, name: &'static str) -> Option<T> {
        let value = self.value(name).filter(|value| !value.is_null())?;
        Fields::read(value, format!("{}/{name}", self.pointer), self.errors)
    }

    /// An object of a PATCH that cannot be null; absent leaves the old one.
    pub fn replacement_object<T: FromFields>(&mut self, name: &'static str) -> Option<T> {
        match self.value(name)? {
            Value::Null => self.fault(name, "null", "must not be null"),
            value => Fields::read(value, format!("{}/{name}", self.pointer), self.errors),
        }
    }

    /// A list of objects that may be absent; if it is there it has 1 to `most` items.
    pub fn list_if_given<T: FromFields>(&mut self, name: &'static str, most: usize) -> Option<Vec<T>> {
        if self.object.contains_key(name) {
            return self.list(name, most);
        }
        self.known.insert(name);
        None
    }

    /// A list of objects that must be there, with 1 to `most` items.
    pub fn list<T: FromFields>(&mut self, name: &'static str, most: usize) -> Option<Vec<T>> {
        let items = match self.value(name) {
            Some(Value::Array(items)) => items,
            Some(_) => return self.fault(name, "wrong_type", "must be a list"),
            None => return self.fault(name, "missing", "is required"),
        };
        if items.is_empty() || items.len() > most {
            return self.fault(name, "wrong_length", format!("must have 1 to {most} items"));
        }
        let pointer = format!("{}/{name}", self.pointer);
        let read = |(i, item)| Fields::read(item, format!("{pointer}/{i}"), self.errors);
        items.iter().enumerate().map(read).collect::<Vec<_>>().into_iter().collect()
    }

    /// Note that a field has another name here, if it is given.
    pub fn renamed(&mut self, wrong: &'static str, right: &'static str) {
        if self.object.contains_key(wrong) {
            self.known.insert(wrong); // so that it is not reported twice
            self.fault::<()>(
                wrong,
                "unknown_field",
                format!("is not known here; the field is called {right}"),
            );
            self.known.remove(wrong);
        }
    }

    /// Note a fault of a field.
    pub fn fault<T>(
        &mut self,
        name: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Option<T> {
        self.fault_at(format!("{}/{name}", self.pointer), code, message);
        None
    }

    /// Note a fault at a pointer.
    pub fn fault_at(&mut self, pointer: String, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(pointer, code, message));
    }

    /// Whether a field is given and not null.
    pub fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(|value| !value.is_null())
    }

    /// Where these fields stand in the body.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.insert(name);
        self.object.get(name)
    }

    fn parse<T: Parse>(&mut self, name: &'static str, value: &Value) -> Option<T> {
        let Some(text) = T::WRITTEN.text_of(value) else {
            return self.fault(name, "wrong_type", format!("must be {}", T::WRITTEN.name()));
        };
        T::parse(text).map_err(|invalid| self.fault::<()>(name, invalid.code, invalid.message)).ok()
    }

    fn parse_all<T: Parse>(&mut self, name: &'static str, items: &[Value]) -> Vec<T> {
        let parse = |(i, item): (usize, &Value)| {
            let pointer = format!("{}/{name}/{i}", self.pointer);
            let Some(text) = T::WRITTEN.text_of(item) else {
                self.fault_at(pointer, "wrong_type", format!("must be {}", T::WRITTEN.name()));
                return None;
            };
            T::parse(text).map_err(|invalid| self.fault_at(pointer, invalid.code, invalid.message)).ok()
        };
        items.iter().enumerate().filter_map(parse).collect()
    }

    fn refuse_unknown(self) {
        for name in self.object.keys().filter(|name| !self.known.contains(name.as_str())) {
            let pointer = format!("{}/{}", self.pointer, pointer_part(name));
            if self.errors.iter().any(|error| error.pointer == pointer) {
                continue; // renamed
            }
            let known = self.known.iter().copied().collect::<Vec<_>>().join(", ");
            self.errors.push(FieldError::new(
                pointer,
                "unknown_field",
                format!("is not known; known are: {known}"),
            ));
        }
    }
}

/// A name as a part of a JSON pointer (RFC 6901).
pub(crate) fn pointer_part(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1").into() } else { name.into() }
}

#[cfg(test)]
mod tests;
