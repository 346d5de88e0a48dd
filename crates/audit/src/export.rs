//! All entries that a filter finds, as CSV or NDJSON, sent while they are read.

use std::borrow::Cow;
use std::{io, mem};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::Permission;
use futures_util::stream;
use jiff::Timestamp;
use platform::App;

use crate::model::{Criteria, EntryView, Format};
use crate::reader::Reader;
use crate::store;

/// Entries read by one statement.
const ROWS: i64 = 1_000;

const COLUMNS: [&str; 14] = [
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
    "detail_needs",
];

struct Export {
    app: App,
    reader: Reader,
    criteria: Criteria,
    format: Format,
    before: Option<(Timestamp, i64)>,
    is_begun: bool,
    is_done: bool,
}

/// The answer with all of them, newest first. Where reading them fails, the connection breaks off before the end of the body: whoever
/// reads it is told so by HTTP, and only by that.
pub(crate) fn answer(app: App, reader: Reader, criteria: Criteria, format: Format) -> Response {
    let export = Export { app, reader, criteria, format, before: None, is_begun: false, is_done: false };
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
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if self.is_done {
            return None;
        }
        let part = self.read().await;
        if let Err(error) = &part {
            tracing::warn!(%error, "an export of the audit log broke off");
            self.is_done = true;
        }
        Some(part)
    }

    /// The next part; empty: there was nothing.
    async fn read(&mut self) -> io::Result<Bytes> {
        let entries = store::list(self.app.db(), &self.criteria, self.before, ROWS).await;
        let entries = self.reader.told(entries.map_err(io::Error::other)?);
        let is_first = !mem::replace(&mut self.is_begun, true);
        self.is_done = entries.len() < usize::try_from(ROWS).unwrap_or(usize::MAX);
        self.before = entries.last().map(|entry| (entry.recorded_at, entry.id));
        let lines = match self.format {
            Format::Csv => csv(is_first.then_some(COLUMNS), entries.iter().map(cells)),
            Format::Ndjson => ndjson(&entries),
        };
        Ok(lines?.into())
    }
}

fn ndjson(entries: &[EntryView]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn cells(entry: &EntryView) -> [Cow<'_, str>; 14] {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default().into();
    [
        entry.id.to_string().into(),
        entry.recorded_at.to_string().into(),
        entry.actor.as_str().into(),
        entry.actor_kind.as_str().into(),
        number(entry.actor_id),
        entry.action.as_str().into(),
        entry.target.as_str().into(),
        entry.address.as_deref().unwrap_or_default().into(),
        entry.user_agent.as_deref().unwrap_or_default().into(),
        entry.request_id.as_deref().unwrap_or_default().into(),
        entry.detail.to_string().into(),
        number(entry.seq),
        entry.chain.as_deref().unwrap_or_default().into(),
        entry.detail_needs.map(Permission::as_str).unwrap_or_default().into(),
    ]
}

/// Lines of CSV (RFC 4180), under their head where it is given.
fn csv<'a, const N: usize>(
    head: Option<[&str; N]>,
    rows: impl Iterator<Item = [Cow<'a, str>; N]>,
) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if let Some(head) = head {
        writer.write_record(head)?;
    }
    for cells in rows {
        for cell in &cells {
            writer.write_field(&*harmless(cell))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A spreadsheet takes a cell that begins like this for a formula, which whoever chose the text could have it run.
fn harmless(cell: &str) -> Cow<'_, str> {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{cell}").into(),
        _ => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn no_cell_is_a_formula() {
        let cells =
            ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "a=b", "say \"hi\", now"];
        let lines = csv(Some(["a"; 9]), [cells.map(Into::into), ["x"; 9].map(Into::into)].into_iter());
        assert_eq!(
            String::from_utf8(lines.expect("lines")).expect("text"),
            "a,a,a,a,a,a,a,a,a\r\n\
             '=cmd|' /C calc'!A0,'+1,'-1,'@SUM(A1),'\tx,\"'\rx\",plain,a=b,\"say \"\"hi\"\", now\"\r\n\
             x,x,x,x,x,x,x,x,x\r\n"
        );
    }
}
