//! How values look in JSON and in the OpenAPI document: quantities are exact numbers, the rest are strings.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::{Amount, Barcode, Code, Currency, Lot, OneLine, Percent, PercentChange, Quantity, Sku, Unit};

/// One line: something that can be seen, and no control character or line break.
const PRINTABLE: &str = r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029][^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$";

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_whole() {
            Some(units) => units.serialize(serializer),
            None => Number::from_string_unchecked(self.to_string()).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Number::deserialize(deserializer)?.as_str()).map_err(D::Error::custom)
    }
}

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .description(Some("at most 6 decimals, within ±1e9; whole for products counted by `each`"))
            .minimum(Some(-999_999_999.999_999_f64))
            .maximum(Some(999_999_999.999_999_f64))
            .into()
    }
}

impl ToSchema for Quantity {}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Number::from_string_unchecked(self.to_string()).serialize(serializer)
    }
}

impl PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .description(Some("in percent, at most 2 decimals"))
            .minimum(Some(0))
            .maximum(Some(100))
            .into()
    }
}

impl ToSchema for Percent {}

/// As decimal text; which decimals a currency shows is a matter of [`Amount::display`].
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// As it may be sent; what is answered is decimal text.
impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        decimal(r"^[0-9]{1,12}(\.[0-9]{1,4})?$")
            .description(Some("decimal text with at most 4 decimals, below 1e12; a number is taken too"))
            .minimum(Some(0))
            .maximum(Some(999_999_999_999_i64))
            .into()
    }
}

impl ToSchema for Amount {}

impl PartialSchema for PercentChange {
    fn schema() -> RefOr<Schema> {
        decimal(r"^-?[0-9]+(\.[0-9]{1,4})?$")
            .description(Some("in percent, as decimal text; a number is taken too"))
            .into()
    }
}

impl ToSchema for PercentChange {}

fn decimal(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Number]))
        .pattern(Some(pattern))
}

macro_rules! text_json {
    ($name:ty, $least:literal, $pattern:expr) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.as_str().serialize(serializer)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .min_length(Some($least))
                    .max_length(Some(Self::MOST))
                    .pattern($pattern)
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

text_json!(OneLine, 1, Some(PRINTABLE));
text_json!(Sku, 1, Some(PRINTABLE));
text_json!(Lot, 1, Some(PRINTABLE));
text_json!(Barcode, 1, Some("^[!-~]+$"));
text_json!(Code, 1, Some("^[A-Za-z0-9][A-Za-z0-9._-]*$"));
text_json!(Unit, 1, Some("^[a-z][a-z0-9_]*$"));

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.code().serialize(serializer)
    }
}

impl PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^[A-Z]{3}$"))
            .description(Some("ISO 4217"))
            .into()
    }
}

impl ToSchema for Currency {}
