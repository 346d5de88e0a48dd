//! How a command fails: what it prints, and the exit code that scripts can rely on.

use std::process::ExitCode;

use platform::preflight::Unfit;

/// The exit codes, for the help text.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; verify: the ledger does not agree with itself, or with the heads
  2  verify: could not check; otherwise asked for wrongly: a flag, a variable, stockbook.toml, or a listen address that is not allowed
  3  the database cannot be reached or is not fit to be used";

/// Why a command failed. Every message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It was asked for wrongly.
    #[error("{0}")]
    Usage(String),
    /// The database cannot be reached or is not fit.
    #[error("{database}: {unfit}")]
    Unfit {
        /// Which one.
        database: String,
        /// What is wrong with it.
        unfit: Unfit,
    },
    /// The embedded PostgreSQL cannot be run.
    #[error(transparent)]
    Embedded(#[from] embedded_postgres::Error),
    /// The embedded PostgreSQL ended while it was needed.
    #[error("the embedded PostgreSQL has ended by itself: its log is in {0}/log; start Stockbook again")]
    DatabaseEnded(String),
    /// `doctor` found something; it has printed what.
    #[error("not everything is as it should be: see above")]
    Unwell,
    /// `verify` found something; it has printed what.
    #[error("the ledger is not what it says: see above; docs/src/proof.md says what the codes mean")]
    Differences,
    /// `verify` could not find out.
    #[error("the ledger could not be checked")]
    Unchecked(#[source] Box<Failure>),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl Failure {
    /// The exit code; [`EXIT_CODES`] says what they mean.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Other(_) | Self::Differences => ExitCode::FAILURE,
            Self::Usage(_) | Self::Unchecked(_) => ExitCode::from(2),
            Self::Unfit { .. } | Self::Embedded(_) | Self::DatabaseEnded(_) | Self::Unwell => {
                ExitCode::from(3)
            }
        }
    }
}
