use std::io::Read;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{CliError, Global, print};
use crate::contracts::{Role, Scope, ScopeSet};
use crate::identity::{EmailAddress, Error, Identity, Name, NewKey, NewUser, TenantChoice};
use crate::platform::ids::TenantId;

const LONGEST_INPUT: u64 = 4096;
const DEFAULT_DAYS: u16 = 365;

/// Manage people, workspaces and keys.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Make a person, with tenant and workspace where there are none
    CreateUser(CreateUser),
    /// Make an API key for a person and print it once
    CreateApiKey(CreateApiKey),
    /// Set a person's password and end all their sessions
    ResetPassword(ResetPassword),
}

#[derive(Args, Debug)]
pub(super) struct CreateUser {
    /// E-mail address to sign in with
    #[arg(long)]
    email: String,
    /// Read the password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
    /// owner, admin, editor or viewer; by default owner of a new tenant, else editor
    #[arg(long)]
    role: Option<Role>,
    /// Display name; by default the part of the e-mail address before the @
    #[arg(long)]
    name: Option<String>,
    /// The tenant to join; by default the oldest
    #[arg(long, value_name = "ID", conflicts_with = "new_tenant")]
    tenant: Option<TenantId>,
    /// Make a new tenant of this name
    #[arg(long, value_name = "NAME")]
    new_tenant: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct CreateApiKey {
    /// E-mail address of the person whose key it is
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What the key is for
    #[arg(long)]
    name: String,
    /// Scopes such as data.records:read, separated by commas; by default all
    #[arg(long, value_delimiter = ',')]
    scopes: Vec<Scope>,
    /// Days until the key ends, 1 to 365
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DAYS,
          value_parser = clap::value_parser!(u16).range(1..=365))]
    expires_days: u16,
    /// Do not keep what the key writes through /v0 as change sets; it can then not be undone
    #[arg(long)]
    no_change_sets: bool,
}

#[derive(Args, Debug)]
pub(super) struct ResetPassword {
    /// E-mail address of the person
    #[arg(long)]
    email: String,
    /// Read the new password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    let app = global.app().await?;
    let identity = Identity::new(&app.platform);
    let done = match command {
        Command::CreateUser(command) => create_user(command, &identity, global).await,
        Command::CreateApiKey(command) => create_api_key(command, &identity, global).await,
        Command::ResetPassword(command) => reset_password(command, &identity, global).await,
    };
    app.platform.db.close().await;
    done
}

async fn create_user(
    command: CreateUser,
    identity: &Identity,
    global: &Global,
) -> Result<(), CliError> {
    let email = EmailAddress::parse(&command.email)?;
    let name = command.name.as_deref().unwrap_or(email.local_part());
    let tenant = match (command.tenant, &command.new_tenant) {
        (Some(tenant), _) => TenantChoice::Existing(tenant),
        (None, Some(name)) => TenantChoice::New(Name::parse("new-tenant", name)?),
        (None, None) => TenantChoice::First,
    };
    let new = NewUser {
        name: Name::parse("name", name)?,
        email,
        password: read_password()?,
        role: command.role,
        tenant,
    };
    let made = identity.create_user(new).await?;
    let (user, tenant, workspace) = (made.user, made.tenant, made.workspace);
    let text = format!("user_id: {user}\ntenant_id: {tenant}\nworkspace_id: {workspace}");
    print(
        global,
        text,
        &json!({"user_id": user, "tenant_id": tenant, "workspace_id": workspace}),
    );
    Ok(())
}

async fn create_api_key(
    command: CreateApiKey,
    identity: &Identity,
    global: &Global,
) -> Result<(), CliError> {
    let email = EmailAddress::parse(&command.user)?;
    let new = NewKey {
        name: Name::parse("name", &command.name)?,
        scopes: match command.scopes.is_empty() {
            true => ScopeSet::ALL,
            false => command.scopes.into_iter().collect(),
        },
        days: command.expires_days,
        records_changes: !command.no_change_sets,
    };
    let made = identity.create_key_for(&email, new).await?;
    let text = format!("id: {}\nkey: {}", made.id, made.text);
    print(global, text, &json!({"id": made.id, "key": made.text}));
    Ok(())
}

async fn reset_password(
    command: ResetPassword,
    identity: &Identity,
    global: &Global,
) -> Result<(), CliError> {
    let email = EmailAddress::parse(&command.email)?;
    let user = identity.reset_password(&email, read_password()?).await?;
    print(
        global,
        format!("user_id: {user}"),
        &json!({"user_id": user}),
    );
    Ok(())
}

/// Passwords come from standard input alone: a flag would show in the process list.
fn read_password() -> Result<String, CliError> {
    let mut text = String::new();
    std::io::stdin()
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|error| CliError::usage("password_stdin", error.to_string()))?;
    // The line end belongs to echo or to the terminal, not to the password.
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let message = super::error::chain(&error);
        match error {
            Error::NotFound => Self::not_found("not_found", "there is no such person or tenant"),
            Error::WeakPassword(_) => {
                Self::usage("weak_password", message).next("choose another password")
            }
            Error::Invalid { .. } => Self::usage("invalid_request", message),
            Error::Conflict(detail) => Self::refused("conflict", detail),
            Error::Database(_) => Self::database("database", message),
            _ => Self::other("internal", message),
        }
    }
}
