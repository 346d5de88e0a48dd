//! `user` and `api-key`: who may come in, by whoever has the database.

use std::io;

use access::users::{self, NewUser};
use access::{Access, Email, Password, api_keys, password_resets};
use anyhow::Context;
use clap::Subcommand;
use domain::{Code, Invalid, OneLine, Permission, Role};
use platform::input::Parse;
use platform::{Actor, ApiError, App};

use crate::database::Database;
use crate::failure::Failure;
use crate::settings::Settings;

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add a user, and print a token with which they choose a password
    Create {
        /// What they sign in with
        #[arg(long, value_parser = Email::parse)]
        email: Email,
        /// What stands in the ledger as who did it
        #[arg(long, value_parser = OneLine::parse)]
        name: OneLine,
        /// What they may do: viewer, operator, buyer, manager or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// Code of a warehouse where they may do it; may be repeated [default: everywhere]
        #[arg(long = "warehouse", value_name = "CODE", value_parser = Code::parse)]
        warehouses: Vec<Code>,
        /// Read their password from a line of standard input, instead of printing a token
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the users
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a token with which a user chooses another password
    ResetPassword {
        /// What they sign in with
        #[arg(long, value_parser = Email::parse)]
        email: Email,
    },
}

#[derive(Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Make an API key and print it, once
    Create {
        /// Whose key it is: what they sign in with
        #[arg(long, value_parser = Email::parse)]
        user: Email,
        /// What it is for
        #[arg(long, value_parser = OneLine::parse)]
        name: OneLine,
        /// A permission that it has of its owner's; may be repeated [default: all of them]
        #[arg(long = "scope", value_name = "PERMISSION", value_parser = permission)]
        scopes: Vec<Permission>,
        /// Days until it ends [default: 90]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(1..=730))]
        expires_in_days: Option<i32>,
    },
}

pub(super) async fn user(settings: &Settings, command: UserCommand) -> Result<(), Failure> {
    on_database(settings, async |access| match command {
        UserCommand::Create { email, name, role, warehouses, password_stdin } => {
            let warehouses = Some(warehouses).filter(|codes| !codes.is_empty());
            let new = NewUser { email, name, role, warehouses };
            if password_stdin { create_with_password(access, new).await } else { create(access, new).await }
        }
        UserCommand::List { json } => list(access.app(), json).await,
        UserCommand::ResetPassword { email } => {
            let user = find(access.app(), &email).await?;
            print_token(access, user.id).await
        }
    })
    .await
}

pub(super) async fn api_key(settings: &Settings, command: ApiKeyCommand) -> Result<(), Failure> {
    let ApiKeyCommand::Create { user, name, scopes, expires_in_days } = command;
    on_database(settings, async |access| {
        let owner = find(access.app(), &user).await?;
        let role = Role::from_name(&owner.role).context("a newer release has given them their role")?;
        let scopes = Some(scopes).filter(|scopes| !scopes.is_empty());
        let new = api_keys::NewApiKey::new(name, scopes, expires_in_days);
        new.check_scopes(role.permissions()).map_err(failed)?;
        let (key, _) = api_keys::make(access, owner.id, new).await.map_err(failed)?;
        super::print(key.expose())
    })
    .await
}

async fn create(access: &Access, new: NewUser) -> Result<(), Failure> {
    let id = users::add(access, new, None).await.map_err(failed)?.id;
    print_token(access, id).await
}

async fn create_with_password(access: &Access, new: NewUser) -> Result<(), Failure> {
    if io::IsTerminal::is_terminal(&io::stdin()) {
        eprintln!("Password, and Enter (it can be seen):");
    }
    let line =
        tokio::task::spawn_blocking(|| io::stdin().lines().next()).await.context("read the password")?;
    let line = line.unwrap_or_else(|| Ok(String::new())).context("read the password")?;
    let refused = |invalid: Invalid| Failure::Usage(format!("the password {invalid}"));
    let password = Password::parse(&line).map_err(refused)?;
    password.check_choice(new.email.as_str(), new.name.as_str()).map_err(refused)?;
    let hash = access.hasher().hash(password).await.map_err(failed)?;
    let user = users::add(access, new, Some(hash)).await.map_err(failed)?;
    super::print(format_args!("{} can sign in", user.email))
}

async fn print_token(access: &Access, user_id: i64) -> Result<(), Failure> {
    let token =
        password_resets::new_token(access, user_id, Actor::named("command line")).await.map_err(failed)?;
    super::print(format_args!(
        "They choose a password at /app/reset, or with POST /password-resets, with this token, once, until {}:\n{}",
        token.expires_at,
        token.secret.expose()
    ))
}

async fn list(app: &App, json: bool) -> Result<(), Failure> {
    let found = users::all(app).await.map_err(failed)?;
    if json {
        return super::print(serde_json::to_string_pretty(&found).context("write the users")?);
    }
    for user in found {
        let state = if user.active { "" } else { " (not active)" };
        let places = user.warehouses.map_or_else(|| "all warehouses".to_owned(), |codes| codes.join(" "));
        super::print(format_args!("{:<8} {} <{}>, {places}{state}", user.role, user.name, user.email))?;
    }
    Ok(())
}

async fn find(app: &App, email: &Email) -> Result<users::UserView, Failure> {
    let found = users::find_by_email(app, email.as_str()).await.map_err(failed)?;
    found.ok_or_else(|| Failure::Other(anyhow::anyhow!("no user has the address {}", email.as_str())))
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| format!("must be one of {}", Role::ALL.map(Role::as_str).join(", ")))
}

fn permission(name: &str) -> Result<Permission, String> {
    let names = || Permission::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
    Permission::from_name(name).ok_or_else(|| format!("must be one of {}", names()))
}

fn failed(error: ApiError) -> Failure {
    Failure::Other(anyhow::anyhow!("{error}"))
}

/// Work on a database that is brought up to date.
async fn on_database(
    settings: &Settings,
    work: impl AsyncFnOnce(&Access) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let database = Database::open(settings).await?;
    let done = async {
        database.prepare(settings).await?;
        let app = super::app(&database, settings);
        let done = work(&Access::by_login(app.clone())).await;
        app.db().close().await;
        done
    };
    let done = done.await;
    let stopped = database.stop().await;
    done?;
    stopped
}
