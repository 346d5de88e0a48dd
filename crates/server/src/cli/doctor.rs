//! `doctor`: whether Stockbook can run here, check by check. It makes nothing: what is not there yet stays so.

use std::path::Path;

use anyhow::Context;
use embedded_postgres::Error;
use platform::preflight::{self, Findings, Unfit};
use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::database::Database;
use crate::failure::Failure;
use crate::settings::{Settings, Source};

/// What was looked at and found.
#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// What was found and, if that is not well, what to do.
    found: String,
}

impl Check {
    fn new(name: &'static str, ok: bool, found: impl Into<String>) -> Self {
        Self { name, ok, found: found.into() }
    }
}

/// All checks, in order. One that cannot be made because of an earlier one is missing.
#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

pub(super) async fn doctor(settings: &Settings, json: bool) -> Result<(), Failure> {
    let mut checks = Vec::new();
    match &settings.source {
        Source::Server(_) => check_database(&Database::open(settings).await?, settings, &mut checks).await,
        Source::Embedded(data_dir) => check_embedded(data_dir, settings, &mut checks).await?,
    }
    let report = Report { ok: checks.iter().all(|check| check.ok), checks };
    if json {
        super::print(serde_json::to_string_pretty(&report).context("write the report")?)?;
    } else {
        for Check { name, ok, found } in &report.checks {
            let verdict = if *ok { "ok" } else { "FAILED" };
            super::print(format_args!("{verdict:6} {name:20} {found}"))?;
        }
    }
    if report.ok { Ok(()) } else { Err(Failure::Unwell) }
}

async fn check_embedded(
    data_dir: &Path,
    settings: &Settings,
    checks: &mut Vec<Check>,
) -> Result<(), Failure> {
    let dir = data_dir.to_owned();
    let programs = spawn_blocking(move || embedded_postgres::find_programs(Some(&dir))).await;
    match programs.context("look for PostgreSQL")? {
        Ok(programs) => {
            let found = format!("PostgreSQL {} in {}", programs.major, programs.bin_dir.display());
            checks.push(Check::new("programs", true, found));
        }
        Err(error) => {
            checks.push(Check::new("programs", false, error.to_string()));
            return Ok(());
        }
    }
    let shown = data_dir.display();
    if !tokio::fs::try_exists(data_dir.join("pg")).await.unwrap_or(false) {
        checks.push(Check::new(
            "data directory",
            true,
            format!("{shown}: the first start makes the database"),
        ));
        return Ok(());
    }
    match Database::open(settings).await {
        Ok(database) => {
            checks.push(Check::new("data directory", true, format!("{shown}: its database starts")));
            check_database(&database, settings, checks).await;
            database.stop().await
        }
        Err(Failure::Embedded(error @ Error::DataDirectoryInUse { .. })) => {
            let found = format!("{error}. If that is Stockbook: ask its /readyz");
            checks.push(Check::new("data directory", false, found));
            Ok(())
        }
        Err(failure) => {
            checks.push(Check::new("data directory", false, format!("{:#}", anyhow::Error::from(failure))));
            Ok(())
        }
    }
}

async fn check_database(database: &Database, settings: &Settings, checks: &mut Vec<Check>) {
    let Findings { version, schema, pending, unsafe_settings, .. } =
        match preflight::check(database.options(), true).await {
            Ok(findings) => findings,
            Err(unfit) => {
                if !matches!(unfit, Unfit::Unreachable(_)) {
                    checks.push(Check::new("connection", true, database.describe()));
                }
                checks.push(Check::new(name_of(&unfit), false, format!("{}: {unfit}", database.describe())));
                return;
            }
        };
    checks.push(Check::new("connection", true, database.describe()));
    checks.push(Check::new("version", true, format!("PostgreSQL {version}")));
    checks.push(match unsafe_settings {
        None => Check::new("durability", true, "acknowledged stock survives a crash"),
        Some(names) if settings.allow_unsafe_database => {
            Check::new("durability", true, format!("{names} is off, and --allow-unsafe-database takes it"))
        }
        Some(names) => Check::new("durability", false, Unfit::Unsafe(names).to_string()),
    });
    checks.push(match pending {
        0 => Check::new("schema", true, format!("{schema} is up to date")),
        pending if settings.migrate => Check::new(
            "schema",
            true,
            format!("{schema} lacks {pending} migrations: the next start runs them"),
        ),
        pending => Check::new("schema", false, Unfit::NotMigrated(pending).to_string()),
    });
}

fn name_of(unfit: &Unfit) -> &'static str {
    match unfit {
        Unfit::Unreachable(_) => "connection",
        Unfit::TooOld(_) => "version",
        Unfit::Unsafe(_) => "durability",
        Unfit::CreateDenied(_) => "privileges",
        Unfit::Newer { .. } | Unfit::NotMigrated(_) | Unfit::ForeignTable(_) | Unfit::Migration(_) => {
            "schema"
        }
        Unfit::Database(_) => "database",
    }
}
