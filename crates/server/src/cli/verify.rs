//! `verify` and `ledger-head`: whether the ledger is what it says, and what it can be held to later.

use std::path::Path;

use anyhow::Context;
use audit::{AuditReport, AuditVerification, Head};
use indicatif::{ProgressBar, ProgressStyle};
use platform::{ApiError, App};
use serde::Serialize;
use stock::verify::{Checked, Difference, Heads, HeadsFile, HeadsNote, Position, Report, Verification};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::database::Database;
use crate::failure::Failure;
use crate::settings::Settings;

/// Heads that are compared at once.
const HEADS_PER_STEP: usize = 1_000;

/// What was checked and found.
#[derive(Serialize)]
struct Outcome {
    checked: Checked,
    /// How many noted heads were compared; null: there was no file of them.
    heads_compared: Option<i64>,
    differences: Vec<Difference>,
    truncated: bool,
    audit_log: AuditReport,
}

/// Check the ledger, and that it has the heads in this file.
pub(super) async fn verify(
    settings: Settings,
    heads: Option<&Path>,
    audit_head: Option<&Head>,
    json: bool,
) -> Result<(), Failure> {
    let unchecked = |failure| Failure::Unchecked(Box::new(failure));
    let found =
        on_database(settings, async |app| check(app, heads, audit_head).await).await.map_err(unchecked)?;
    if json {
        let text = serde_json::to_string_pretty(&found).context("write the result");
        super::print(text.map_err(|error| unchecked(error.into()))?)?;
    } else {
        print(&found)?;
    }
    match found.differences.len() + found.audit_log.differences.len() {
        0 => Ok(()),
        _ => Err(Failure::Differences),
    }
}

/// Write the heads into a new file, or to standard output.
pub(super) async fn ledger_head(settings: Settings, out: Option<&Path>) -> Result<(), Failure> {
    on_database(settings, async |app| match out {
        None => {
            let write = async |part: &str| super::print(part.trim_end_matches('\n'));
            write_heads(app, write).await.map(|_| ())
        }
        Some(path) => {
            let opened = OpenOptions::new().write(true).create_new(true).open(path).await;
            let mut file = opened.with_context(|| format!("cannot make {}", path.display()))?;
            let written = async {
                let note = write_heads(app, async |part: &str| {
                    Ok(file.write_all(part.as_bytes()).await.context("write the heads")?)
                });
                let note = note.await?;
                file.sync_all().await.context("write the heads")?;
                Ok(note)
            };
            match written.await {
                Ok(HeadsNote { levels, sha256, .. }) => {
                    let path = path.display();
                    super::print(format_args!("{levels} heads are in {path}; their SHA-256 is {sha256}"))
                }
                Err(failure) => {
                    fs::remove_file(path).await.ok(); // half a file is of no use
                    Err(failure)
                }
            }
        }
    })
    .await
}

/// Work on the database as it is: its schema has to be up to date, and is not brought up to date.
async fn on_database<T>(
    settings: Settings,
    work: impl AsyncFnOnce(&App) -> Result<T, Failure>,
) -> Result<T, Failure> {
    // It may lose what it acknowledged: what is there can be checked all the same.
    let settings = Settings { migrate: false, allow_unsafe_database: true, ..settings };
    let database = Database::open(&settings).await?;
    let done = async {
        database.prepare(&settings).await?;
        let app = super::app(&database, &settings);
        let done = work(&app).await;
        app.db().close().await;
        done
    };
    let done = done.await;
    let stopped = database.stop().await;
    let done = done?;
    stopped?;
    Ok(done)
}

async fn check(app: &App, heads: Option<&Path>, audit_head: Option<&Head>) -> Result<Outcome, Failure> {
    let mut verification = Verification::new(app.clone(), Vec::new(), Position::START);
    let progress = progress(verification.estimate().await.context("ask the database")?);
    loop {
        let more = verification.step().await.context("read the ledger")?;
        let Checked { entries, movements, .. } = verification.report().checked;
        progress.set_position(u64::try_from(entries + movements).unwrap_or_default());
        if !more {
            break;
        }
    }
    progress.finish_and_clear();
    let heads_compared = match heads {
        Some(path) => {
            let compared = compare(&mut verification, path).await;
            Some(compared.with_context(|| format!("compare with {}", path.display()))?)
        }
        None => None,
    };
    let report = verification.into_report();
    let audit_log = check_audit_log(app, audit_head).await.context("read the audit log")?;
    note(stock::verify::enter_verification(app, &report).await);
    note(audit::enter_verification(app, &audit_log).await);
    let Report { checked, differences, truncated, .. } = report;
    Ok(Outcome { checked, heads_compared, differences, truncated, audit_log })
}

/// The audit log has that it was verified, where it can be written: a copy that is looked at may be read-only.
fn note(entered: Result<(), ApiError>) {
    if let Err(error) = entered {
        tracing::warn!(%error, "that it was verified is not in the audit log");
    }
}

async fn check_audit_log(app: &App, head: Option<&Head>) -> Result<AuditReport, sqlx::Error> {
    let mut verification = AuditVerification::new(app.clone(), 0).await?;
    if let Some(head) = head {
        verification.compare(head).await?;
    }
    while verification.step().await? {}
    Ok(verification.into_report())
}

/// Nothing is shown where nobody watches: indicatif draws on a terminal only.
fn progress(estimate: i64) -> ProgressBar {
    let bar = match u64::try_from(estimate) {
        Ok(0) | Err(_) => ProgressBar::no_length(),
        Ok(estimate) => ProgressBar::new(estimate),
    };
    let style = ProgressStyle::with_template(
        "{spinner} checked {human_pos} of about {human_len} rows {wide_bar} {eta}",
    );
    style.map(|style| bar.clone().with_style(style)).unwrap_or(bar)
}

/// Compare the heads in a file; how many there are.
async fn compare(verification: &mut Verification, path: &Path) -> anyhow::Result<i64> {
    let mut lines = BufReader::new(File::open(path).await.context("open it")?).lines();
    let (mut file, mut heads) = (HeadsFile::default(), Vec::new());
    while let Some(line) = lines.next_line().await.context("read it")? {
        heads.extend(file.read(&line)?);
        if heads.len() == HEADS_PER_STEP {
            verification.compare(&heads).await?;
            heads.clear();
        }
    }
    verification.compare(&heads).await?;
    Ok(file.finish()?.levels)
}

async fn write_heads(
    app: &App,
    mut write: impl AsyncFnMut(&str) -> Result<(), Failure>,
) -> Result<HeadsNote, Failure> {
    let mut heads = Heads::new(app.clone()).await.context("ask the database")?;
    while let Some(part) = heads.next_part().await.context("read the heads")? {
        if !part.is_empty() {
            write(&part).await?;
        }
    }
    let (end, note) = heads.finish();
    write(&end).await?;
    Ok(note)
}

fn print(found: &Outcome) -> Result<(), Failure> {
    let Checked { products, levels, movements, entries } = found.checked;
    super::print(format_args!(
        "checked: {products} products, {levels} levels, {movements} movements, {entries} entries"
    ))?;
    if let Some(heads) = found.heads_compared {
        super::print(format_args!("compared: {heads} heads"))?;
    }
    for Difference { code, place } in &found.differences {
        let number = |name: &str, value: Option<i64>| {
            value.map(|value| format!(" {name} {value}")).unwrap_or_default()
        };
        let lot = place.lot.as_ref().map(|lot| format!(" lot {lot}")).unwrap_or_default();
        super::print(format_args!(
            "{code}:{}{}{lot}{}{}: {}",
            number("product", place.product_id),
            number("location", place.location_id),
            number("entry", place.seq),
            number("movement", place.movement_id),
            place.detail,
        ))?;
    }
    if found.truncated {
        super::print(format_args!("and more: only the first {} are shown", Report::DIFFERENCES_MAX))?;
    }
    print_audit_log(&found.audit_log)?;
    let differences = found.differences.len() + found.audit_log.differences.len();
    if differences == 0 { super::print("no differences") } else { Ok(()) }
}

fn print_audit_log(found: &AuditReport) -> Result<(), Failure> {
    let head =
        found.head.as_ref().map(|Head { seq, chain }| format!(", head {seq}:{chain}")).unwrap_or_default();
    super::print(format_args!(
        "audit log: {} entries sealed, {} to be sealed{head}",
        found.entries, found.waiting
    ))?;
    for difference in &found.differences {
        let number = |name: &str, value: Option<i64>| {
            value.map(|value| format!(" {name} {value}")).unwrap_or_default()
        };
        super::print(format_args!(
            "{}: audit log{}{}: {}",
            difference.code,
            number("place", difference.seq),
            number("entry", difference.entry_id),
            difference.detail,
        ))?;
    }
    if found.truncated { super::print("and more in the audit log") } else { Ok(()) }
}
