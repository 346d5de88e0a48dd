//! JSON of strangers, to a `Value`.
//!
//! `Value`'s own reader takes objects with certain keys for numbers, or for more JSON in a string, whose nesting it counts
//! from the start: a body of some kilobytes overflows the stack, which ends the process. Here every object is an object,
//! nesting has its limit wherever it stands, and no field counts twice.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::ops::Range;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Number, Value};

use crate::error::FieldError;
use crate::input::pointer_part;

/// Deepest nesting. Ours have three levels.
const DEPTH_MAX: usize = 32;

/// The value, and the fields that are given more than once. An error: it is no JSON.
pub(crate) fn parse(text: &[u8]) -> serde_json::Result<(Value, Vec<FieldError>)> {
    let mut repeated = Vec::new();
    let mut deserializer = Deserializer::from_slice(text);
    let value =
        Reader { text: text.as_ptr_range(), depth: 0, pointer: &mut String::new(), repeated: &mut repeated };
    let value = value.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, repeated))
}

/// Reads the value at a pointer.
struct Reader<'a> {
    /// Where the text is in memory.
    text: Range<*const u8>,
    depth: usize,
    pointer: &'a mut String,
    repeated: &'a mut Vec<FieldError>,
}

impl Reader<'_> {
    /// Reads what is one level below.
    fn below<E: Error>(&mut self) -> Result<Reader<'_>, E> {
        if self.depth == DEPTH_MAX {
            return Err(E::custom(format_args!("it is nested deeper than {DEPTH_MAX} levels")));
        }
        let Self { text, depth, pointer, repeated } = self;
        Ok(Reader { text: text.clone(), depth: *depth + 1, pointer, repeated })
    }

    /// The same reader for the next value on its level.
    fn next(&mut self) -> Reader<'_> {
        Reader { text: self.text.clone(), depth: self.depth, pointer: self.pointer, repeated: self.repeated }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut reader = self.below()?;
        let (mut values, before) = (Vec::new(), reader.pointer.len());
        loop {
            write!(reader.pointer, "/{}", values.len()).map_err(A::Error::custom)?;
            let Some(value) = items.next_element_seed(reader.next())? else { break };
            values.push(value);
            reader.pointer.truncate(before);
        }
        reader.pointer.truncate(before);
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let Some(first) = members.next_key_seed(Key(&self.text))? else {
            self.below::<A::Error>()?;
            return Ok(Value::Object(Map::new()));
        };
        let Some(mut name) = first else {
            return Ok(Value::Number(Number::from_string_unchecked(members.next_value()?)));
        };
        let mut reader = self.below()?;
        let (mut object, before) = (Map::new(), reader.pointer.len());
        let mut told = HashSet::new();
        loop {
            reader.pointer.push('/');
            reader.pointer.push_str(&pointer_part(&name));
            let value = members.next_value_seed(reader.next())?;
            if object.contains_key(&name) && told.insert(name.clone()) {
                let message = "must be given once only";
                reader.repeated.push(FieldError::new(reader.pointer.clone(), "repeated", message));
            }
            object.insert(name, value);
            reader.pointer.truncate(before);
            match members.next_key_seed(Key(&reader.text))? {
                Some(next) => name = next.unwrap_or_default(),
                None => return Ok(Value::Object(object)),
            }
        }
    }
}

/// Reads the name of a field. None: it is a number too long for 64 bits or with a fraction, which the parser gives as an object with a key of its own making, so as
/// to keep all digits. That key does not stand in the text.
struct Key<'a>(&'a Range<*const u8>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<String>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        let is_in_text = text.is_empty() || self.0.contains(&text.as_ptr());
        Ok(is_in_text.then(|| text.to_owned()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Option<Value> {
        parse(text.as_bytes()).ok().map(|(value, _)| value)
    }

    #[test]
    fn every_object_is_an_object_whatever_its_fields_are_called() {
        for name in [
            "$serde_json::private::Number",
            "\\u0024serde_json::private::Number",
            "$serde_json::private::RawValue",
            "",
        ] {
            let read = value(&format!(r#"{{"{name}": "12"}}"#)).expect("JSON");
            assert_eq!(read.as_object().map(Map::len), Some(1), "{read}");
            let read = value(&format!(r#"[{{"a": 1, "{name}": [2]}}]"#)).expect("JSON");
            assert_eq!(read[0].as_object().map(Map::len), Some(2), "{read}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let digits = "123456789012345678901234567890.000000000000001";
        let numbers = value(&format!("[{digits}, -0.10]")).expect("JSON");
        assert_eq!(numbers.to_string(), format!("[{digits},-0.10]"));
    }

    #[test]
    fn nesting_has_a_limit_wherever_it_stands() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(value(&nested(DEPTH_MAX)).is_some());
        let objects =
            |levels: usize| format!("{}{{}}{}", r#"{"a":"#.repeat(levels - 1), "}".repeat(levels - 1));
        assert!(value(&objects(DEPTH_MAX)).is_some());
        for text in [nested(DEPTH_MAX + 1), objects(DEPTH_MAX + 1), nested(500_000), objects(100_000)] {
            assert!(value(&text).is_none());
        }
    }

    #[test]
    fn fields_that_are_given_twice_are_named() {
        let text = r#"{"a": 1, "a": 2, "a": 3, "b/c": [{"d": 1, "\u0064": 2}], "e": {"a": 1}}"#;
        let (value, repeated) = parse(text.as_bytes()).expect("JSON");
        let pointers: Vec<&str> = repeated.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a", "/b~1c/0/d"]);
        assert_eq!(value["e"], json!({"a": 1}));
    }

    proptest! {
        #[test]
        fn what_serde_json_reads_is_read_alike(text in r#"[\[\]{}",:a-c0-9.eE+\-\\ ntfu]{0,24}"#) {
            let theirs: Option<Value> = serde_json::from_str(&text).ok();
            prop_assert_eq!(value(&text), theirs);
        }
    }
}
