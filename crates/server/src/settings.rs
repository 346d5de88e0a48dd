//! What can be set: by flags, over the environment, over `stockbook.toml`.
//!
//! A settings value may hold a password, so nothing here can be printed as a whole.

mod oidc;

use std::env;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use domain::Currency;
use edge::{Proxies, Server};
use nix::unistd::Uid;
use serde::Deserialize;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tracing::subscriber::{NoSubscriber, with_default};

use crate::Origins;
use crate::failure::Failure;
use crate::telemetry::LogFormat;

/// The settings file that is read if it exists.
const FILE: &str = "stockbook.toml";

/// The variables that say which server to use; each of them alone is enough.
const SERVER_VARIABLES: [&str; 4] = ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"];

/// The parameters of a URL that the driver knows.
const URL_PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// What was given, by whichever of the three ways.
#[derive(Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Settings (flags over variables over stockbook.toml)")]
pub struct Given {
    /// Where to listen [default: 127.0.0.1:8000]
    #[arg(long, global = true, env = "STOCKBOOK_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<String>,

    /// Certificate to serve HTTPS by, with those that lead to its authority, in PEM; read again when it changes
    #[arg(long, global = true, env = "STOCKBOOK_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// Private key of the certificate, in PEM
    #[arg(long, global = true, env = "STOCKBOOK_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// Connections of clients at once, 1 to 100000 [default: 1024]
    #[arg(long, global = true, env = "STOCKBOOK_MAX_CONNECTIONS", value_name = "NUMBER")]
    max_connections: Option<usize>,

    /// Requests of a caller in a second, up to 1000000, sustained, and ten times as many at once; 0: without a limit [default: 1000]
    #[arg(long, global = true, env = "STOCKBOOK_RATE_LIMIT", value_name = "NUMBER")]
    rate_limit: Option<u32>,

    /// Proxies that are believed about whom they ask for (X-Forwarded-For): 10.0.0.0/8,fd00::/8 [default: none]
    #[arg(long, global = true, env = "STOCKBOOK_TRUSTED_PROXIES", value_name = "NETWORKS")]
    trusted_proxies: Option<String>,

    /// Origin whose pages may use the API by a key (CORS): https://shop.example; may be repeated [default: none]
    #[arg(long, global = true, env = "STOCKBOOK_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    cors_origin: Option<Vec<String>>,

    /// Where the embedded PostgreSQL keeps its data [default: the platform's data directory]
    #[arg(long, global = true, env = "STOCKBOOK_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// PostgreSQL to use instead of the embedded one: postgres://user:password@host:port/database
    ///
    /// PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD and PGSSLMODE work too, as they do for psql.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,

    /// Connections to the database, 2 to 200 [default: 10]
    #[arg(long, global = true, env = "STOCKBOOK_POOL_SIZE", value_name = "NUMBER")]
    pool_size: Option<u32>,

    /// How the log on stderr is written [default: pretty]; RUST_LOG chooses what
    #[arg(long, global = true, env = "STOCKBOOK_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    /// Currency of prices and costs that name none [default: EUR]
    #[arg(long, global = true, env = "STOCKBOOK_BASE_CURRENCY", value_name = "CODE")]
    base_currency: Option<String>,

    /// Do not bring the schema of the database up to date
    #[arg(long, global = true, env = "STOCKBOOK_NO_MIGRATE", value_name = "BOOL")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    no_migrate: Option<bool>,

    /// Use a database that can lose acknowledged writes in a crash
    #[arg(long, global = true, env = "STOCKBOOK_ALLOW_UNSAFE_DATABASE", value_name = "BOOL")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    allow_unsafe_database: Option<bool>,

    #[command(flatten)]
    #[serde(default)]
    oidc: oidc::GivenOidc,
}

/// The settings of a run, complete and checked.
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Certificate and key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Connections of clients at once.
    pub max_connections: usize,
    /// Most requests of a caller in a second.
    pub rate_limit: Option<NonZeroU32>,
    /// Proxies that are believed.
    pub trusted_proxies: Proxies,
    /// The origins whose pages may use the API.
    pub origins: Origins,
    /// Which PostgreSQL.
    pub source: Source,
    /// Connections of the pool.
    pub pool_size: u32,
    /// Currency of prices and costs that name none.
    pub base_currency: Currency,
    /// Whether to bring the schema up to date.
    pub migrate: bool,
    /// Whether to use a database that can lose acknowledged writes.
    pub allow_unsafe_database: bool,
    /// The provider that people can sign in with.
    pub oidc: Option<oidc::Provider>,
}

/// Which PostgreSQL.
pub enum Source {
    /// The embedded one, with its data here.
    Embedded(PathBuf),
    /// A server of the user's own.
    Server(Box<PgConnectOptions>),
}

impl Given {
    /// With what the file has and flags and environment have not.
    pub fn over_file(self, file: Option<&Path>) -> Result<Self, Failure> {
        let mut below = read(file)?;
        if server_in_environment() {
            below.database_url = None;
        }
        Ok(Self {
            listen: self.listen.or(below.listen),
            tls_cert: self.tls_cert.or(below.tls_cert),
            tls_key: self.tls_key.or(below.tls_key),
            max_connections: self.max_connections.or(below.max_connections),
            rate_limit: self.rate_limit.or(below.rate_limit),
            trusted_proxies: self.trusted_proxies.or(below.trusted_proxies),
            cors_origin: self.cors_origin.or(below.cors_origin),
            data_dir: self.data_dir.or(below.data_dir),
            // A variable that is set but empty, as compose files have it, is as good as none.
            database_url: self.database_url.filter(|url| !url.is_empty()).or(below.database_url),
            pool_size: self.pool_size.or(below.pool_size),
            log_format: self.log_format.or(below.log_format),
            base_currency: self.base_currency.or(below.base_currency),
            no_migrate: self.no_migrate.or(below.no_migrate),
            allow_unsafe_database: self.allow_unsafe_database.or(below.allow_unsafe_database),
            oidc: self.oidc.over(below.oidc),
        })
    }
}

impl Settings {
    /// The settings, with defaults for what was not given.
    pub fn new(given: Given) -> Result<Self, Failure> {
        let listen = given.listen.as_deref().unwrap_or("127.0.0.1:8000");
        let listen = listen.parse().map_err(|_| {
            Failure::Usage(format!(
                "listen address {listen}: must be an IP address and a port, such as 127.0.0.1:8000"
            ))
        })?;
        let tls = match (given.tls_cert, given.tls_key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate, key)),
            _ => return Err(Failure::Usage("--tls-cert and --tls-key go together: give both".to_owned())),
        };
        let max_connections = given.max_connections.unwrap_or(Server::CONNECTIONS_MAX);
        if !(1..=100_000).contains(&max_connections) {
            return Err(Failure::Usage(format!("max connections {max_connections}: must be 1 to 100000")));
        }
        let rate_limit = given.rate_limit.unwrap_or(1000);
        if rate_limit > 1_000_000 {
            return Err(Failure::Usage(format!("rate limit {rate_limit}: must be 0 to 1000000")));
        }
        let trusted_proxies = given.trusted_proxies.unwrap_or_default().parse();
        let trusted_proxies =
            trusted_proxies.map_err(|fault| Failure::Usage(format!("trusted proxies: {fault}")))?;
        let origins = Origins::parse(&given.cors_origin.unwrap_or_default());
        let origins = origins.map_err(|fault| Failure::Usage(format!("CORS origin {fault}")))?;
        let pool_size = given.pool_size.unwrap_or(10);
        if !(2..=200).contains(&pool_size) {
            return Err(Failure::Usage(format!("pool size {pool_size}: must be 2 to 200")));
        }
        let currency = given.base_currency.as_deref().unwrap_or("EUR");
        let base_currency = Currency::parse(currency)
            .map_err(|invalid| Failure::Usage(format!("base currency {currency}: {invalid}")))?;
        Ok(Self {
            listen,
            tls,
            max_connections,
            rate_limit: NonZeroU32::new(rate_limit),
            trusted_proxies,
            origins,
            source: source(given.database_url.as_deref(), given.data_dir)?,
            pool_size,
            base_currency,
            migrate: !given.no_migrate.unwrap_or(false),
            allow_unsafe_database: given.allow_unsafe_database.unwrap_or(false),
            oidc: given.oidc.checked()?,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "runs before there is a runtime that it could block")]
fn read(file: Option<&Path>) -> Result<Given, Failure> {
    let path = file.unwrap_or(Path::new(FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => {
            return Ok(Given::default());
        }
        Err(error) => return Err(Failure::Usage(format!("cannot read {}: {error}", path.display()))),
    };
    toml::from_str(&text).map_err(|error| {
        // Without the line itself, which the error would show: it may hold a password.
        let line = 1 + error.span().map_or(0, |span| text[..span.start].matches('\n').count());
        Failure::Usage(format!("{}, line {line}: {}", path.display(), error.message()))
    })
}

fn source(database_url: Option<&str>, data_dir: Option<PathBuf>) -> Result<Source, Failure> {
    if database_url.is_none() && !server_in_environment() {
        return data_dir.map_or_else(default_data_dir, Ok).map(Source::Embedded);
    }
    refuse_unreadable_variables()?;
    let options = match database_url {
        Some(url) => parse_url(url)?,
        None => {
            refuse_empty_variables()?;
            PgConnectOptions::new()
        }
    };
    Ok(Source::Server(Box::new(options)))
}

/// The messages leave the URL out: it may hold a password.
fn parse_url(url: &str) -> Result<PgConnectOptions, Failure> {
    let usage = |what: &str| {
        Failure::Usage(format!(
            "the database URL {what}: it should be like postgres://user@host:5432/database"
        ))
    };
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(usage("does not begin with postgres:// or postgresql://"));
    }
    // Of a parameter that it does not know the driver logs the value too, and that of `sslpassword` is a password.
    let options = with_default(NoSubscriber::new(), || url.parse());
    let options = options.map_err(|error| usage(&format!("cannot be read ({error})")))?;
    for name in unknown_parameters(url) {
        tracing::warn!(name, "a parameter of the database URL is not known, and ignored");
    }
    Ok(options)
}

fn unknown_parameters(url: &str) -> impl Iterator<Item = &str> {
    // With an @ in it, it is no query but the end of a password that is not percent-encoded.
    let query = url.split_once('?').map(|(_, query)| query).filter(|query| !query.contains('@'));
    let names = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter_map(|parameter| parameter.split(['=', '[']).next());
    names.filter(|name| !name.is_empty() && !URL_PARAMETERS.contains(name))
}

/// The driver takes its default for a variable that it cannot read; a typing error must not lead elsewhere, or
/// switch encryption off.
fn refuse_unreadable_variables() -> Result<(), Failure> {
    if let Some(port) = variable("PGPORT").filter(|port| port.parse::<u16>().is_err()) {
        return Err(Failure::Usage(format!("PGPORT is no port number: {port}")));
    }
    match variable("PGSSLMODE").filter(|mode| mode.parse::<PgSslMode>().is_err()) {
        Some(mode) => Err(Failure::Usage(format!(
            "PGSSLMODE is not known: {mode}; known are disable, allow, prefer, require, verify-ca, verify-full"
        ))),
        None => Ok(()),
    }
}

/// To the driver they are names: of no host, no database, no role.
fn refuse_empty_variables() -> Result<(), Failure> {
    let empty = |name: &&str| env::var_os(name).is_some_and(|value| value.is_empty());
    match SERVER_VARIABLES.iter().copied().find(empty) {
        Some(name) => Err(Failure::Usage(format!("{name} is set but empty: give it a value, or unset it"))),
        None => Ok(()),
    }
}

fn server_in_environment() -> bool {
    SERVER_VARIABLES.into_iter().any(|name| variable(name).is_some())
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where this platform keeps the data of programs.
fn default_data_dir() -> Result<PathBuf, Failure> {
    if Uid::effective().is_root() {
        return Ok(PathBuf::from("/var/lib/stockbook"));
    }
    // The XDG specification has relative paths ignored.
    let xdg = variable("XDG_DATA_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let in_home = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    let base = xdg.or_else(|| env::home_dir().map(|home| home.join(in_home)));
    let unknown = || Failure::Usage("there is no home directory: choose one with --data-dir".to_owned());
    base.map(|base| base.join("stockbook")).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file
    }

    fn refusal<T>(result: Result<T, Failure>) -> String {
        match result {
            Ok(_) => panic!("it was taken"),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn what_is_given_nearer_wins() {
        let file = file("pool_size = 20\nbase_currency = \"USD\"\nno_migrate = true\n");
        let flags = Given { pool_size: Some(30), no_migrate: Some(false), ..Given::default() };
        let settings = flags.over_file(Some(file.path())).and_then(Settings::new);
        let Ok(settings) = settings else { panic!("refused") };
        assert_eq!((settings.pool_size, settings.base_currency.code(), settings.migrate), (30, "USD", true));
    }

    #[test]
    fn an_unknown_key_is_refused_by_line_and_name_without_its_value() {
        let file = file("pool_size = 20\ndatabse_url = \"postgres://user:secret@host/database\"\n");
        let message = refusal(Given::default().over_file(Some(file.path())));
        assert!(message.contains("line 2") && message.contains("databse_url"), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn a_url_that_cannot_be_read_is_refused_without_showing_it() {
        for url in ["mysql://user:secret@host/database", "postgres://user:secret@host:port/database"] {
            let message = refusal(parse_url(url));
            assert!(message.contains("postgres://user@host") && !message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for (given, what) in [
            (Given { listen: Some("localhost:80".into()), ..Given::default() }, "listen address"),
            (Given { tls_key: Some("key.pem".into()), ..Given::default() }, "--tls-cert and --tls-key"),
            (Given { max_connections: Some(0), ..Given::default() }, "max connections"),
            (Given { rate_limit: Some(1_000_001), ..Given::default() }, "rate limit"),
            (Given { trusted_proxies: Some("10.0.0.0/33".into()), ..Given::default() }, "trusted proxies"),
            (Given { cors_origin: Some(vec!["*".into()]), ..Given::default() }, "CORS origin *"),
            (Given { pool_size: Some(1), ..Given::default() }, "pool size"),
            (Given { base_currency: Some("XYZ".into()), ..Given::default() }, "base currency"),
        ] {
            let message = refusal(Settings::new(given));
            assert!(message.starts_with(what), "{message}");
        }
    }
}
