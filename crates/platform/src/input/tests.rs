//! All faults at once, each with its pointer.

use serde_json::json;

use super::*;

#[derive(Debug)]
struct Sample {
    lines: Vec<SampleLine>,
}

#[derive(Debug)]
struct Nested {
    codes: Vec<Code>,
    part: Option<SampleLine>,
}

impl FromFields for Nested {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { codes: fields.values("codes"), part: fields.object("part") })
    }
}

#[test]
fn lists_of_values_and_objects_are_read_with_their_pointers() {
    let read = |value: Value| {
        let mut errors = Vec::new();
        let nested = Fields::read::<Nested>(&value, String::new(), &mut errors);
        let errors: Vec<_> = errors.into_iter().map(|e| format!("{} {}", e.pointer, e.code)).collect();
        (nested.map(|nested| (nested.codes.len(), nested.part.is_some())), errors)
    };
    assert_eq!(read(json!({"codes": ["A", "B"], "part": {"amount": 1}})), (Some((2, true)), vec![]));
    assert_eq!(read(json!({"codes": null, "part": null})), (Some((0, false)), vec![]));
    let faults = |value: Value| read(value).1;
    assert_eq!(faults(json!({"codes": ["A", 1, "-"]})), ["/codes/1 wrong_type", "/codes/2 not_a_code"]);
    assert_eq!(faults(json!({"codes": "A", "part": 3})), ["/codes wrong_type", "/part not_an_object"]);
    assert_eq!(faults(json!({"codes": [], "part": {}})), ["/codes wrong_length", "/part/amount missing"]);
}

#[derive(Debug)]
struct SampleLine {
    amount: Quantity,
    gift: Option<bool>,
}

impl FromFields for SampleLine {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let (amount, gift) = (fields.required("amount"), fields.optional("gift"));
        Some(Self { amount: amount?, gift })
    }
}

impl FromFields for Sample {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        fields.renamed("rows", "lines");
        Some(Self { lines: fields.list("lines", 3)? })
    }
}

fn read(value: &Value) -> Result<Sample, Vec<(String, String)>> {
    let mut errors = Vec::new();
    let sample = Fields::read::<Sample>(value, String::new(), &mut errors);
    let errors: Vec<_> = errors.into_iter().map(|e| (e.pointer, e.code.into_owned())).collect();
    if errors.is_empty() { Ok(sample.expect("a value where there is no fault")) } else { Err(errors) }
}

#[test]
fn all_faults_are_found_in_one_go() {
    let value: Value = serde_json::from_str(
        r#"{"lines": [{"amount": 0.0000001}, {"amount": "5", "gift": 1}, {"color": "red"}], "a/b": 1, "rows": []}"#,
    )
    .expect("JSON");
    let fault = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(
        read(&value).map(|sample| sample.lines.len()),
        Err(vec![
            fault("/rows", "unknown_field"),
            fault("/lines/0/amount", "too_many_decimals"),
            fault("/lines/1/amount", "wrong_type"),
            fault("/lines/1/gift", "wrong_type"),
            fault("/lines/2/amount", "missing"),
            fault("/lines/2/color", "unknown_field"),
            fault("/a~1b", "unknown_field"),
        ])
    );
}

#[test]
fn what_is_right_is_read() {
    let sample = read(&json!({"lines": [{"amount": 1.5, "gift": true}, {"amount": 2, "gift": null}]}));
    let lines = sample.expect("no fault").lines;
    assert_eq!((lines[0].amount.to_string(), lines[0].gift), ("1.5".into(), Some(true)));
    assert_eq!((lines[1].amount.to_string(), lines[1].gift), ("2".into(), None));
    assert_eq!(read(&json!([])).map(|_| ()), Err(vec![(String::new(), "not_an_object".into())]));
    assert_eq!(read(&json!({"lines": []})).map(|_| ()), Err(vec![("/lines".into(), "wrong_length".into())]));
}
