//! All entries that a filter finds, as CSV or NDJSON, sent while they are read.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use platform::App;

use crate::model::{Criteria, EntryView, Format};
use crate::store;

/// Entries read by one statement.
const ROWS: i64 = 1_000;

const COLUMNS: [&str; 13] = [
    "id",
    "recorded_at",
    "actor",
    "actor_kind",
    "actor_id",
    "action",
    "target",
    "address",
    "user_agent",
    "request_id",
    "detail",
    "seq",
    "chain",
];

struct Export {
    app: App,
    criteria: Criteria,
    format: Format,
    before: Option<(Timestamp, i64)>,
    is_done: bool,
    ready: VecDeque<Bytes>,
}

/// The answer with all of them, newest first. One that breaks off was not read to its end: it has no last line break.
pub(crate) fn answer(app: App, criteria: Criteria, format: Format) -> Response {
    let ready = match format {
        Format::Csv => VecDeque::from([Bytes::from(line(&COLUMNS.map(str::to_owned)))]),
        Format::Ndjson => VecDeque::new(),
    };
    let export = Export { app, criteria, format, before: None, is_done: false, ready };
    let body = stream::unfold(export, |mut export| async move {
        let part = export.next().await?;
        Some((part, export))
    });
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit-log.csv\""),
        Format::Ndjson => ("application/x-ndjson", "attachment; filename=\"audit-log.ndjson\""),
    };
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ]);
    (headers, Body::from_stream(body)).into_response()
}

impl Export {
    /// What is sent next; an error breaks the answer off, so that nobody takes a part for the whole.
    async fn next(&mut self) -> Option<Result<Bytes, sqlx::Error>> {
        loop {
            if let Some(part) = self.ready.pop_front() {
                return Some(Ok(part));
            }
            if self.is_done {
                return None;
            }
            match store::list(self.app.db(), &self.criteria, self.before, ROWS).await {
                Ok(entries) => self.take(&entries),
                Err(error) => {
                    tracing::warn!(%error, "an export of the audit log broke off");
                    self.is_done = true;
                    return Some(Err(error));
                }
            }
        }
    }

    fn take(&mut self, entries: &[EntryView]) {
        self.is_done = entries.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
        self.before = entries.last().map(|entry| (entry.recorded_at, entry.id));
        let lines: String = entries
            .iter()
            .map(|entry| match self.format {
                Format::Csv => line(&cells(entry)),
                Format::Ndjson => serde_json::to_string(entry).unwrap_or_default() + "\n",
            })
            .collect();
        if !lines.is_empty() {
            self.ready.push_back(lines.into());
        }
    }
}

fn cells(entry: &EntryView) -> [String; 13] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        entry.id.to_string(),
        entry.recorded_at.to_string(),
        entry.actor.clone(),
        entry.actor_kind.clone(),
        number(entry.actor_id),
        entry.action.clone(),
        entry.target.clone(),
        text(&entry.address),
        text(&entry.user_agent),
        text(&entry.request_id),
        entry.detail.to_string(),
        number(entry.seq),
        text(&entry.chain),
    ]
}

/// A line of CSV (RFC 4180).
fn line<const N: usize>(cells: &[String; N]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| harmless(cell))).ok();
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A spreadsheet takes a cell that begins like this for a formula, which whoever chose the text could have it run.
fn harmless(cell: &str) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn no_cell_is_a_formula() {
        let cells =
            ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "a=b", "say \"hi\", now"];
        let cells = cells.map(str::to_owned);
        assert_eq!(
            line(&cells),
            "'=cmd|' /C calc'!A0,'+1,'-1,'@SUM(A1),'\tx,\"'\rx\",plain,a=b,\"say \"\"hi\"\", now\"\r\n"
        );
    }
}
