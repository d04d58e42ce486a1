use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::base::{failed, no_owner, unreadable};
use super::serve::{reachable, stop_signal};
use super::{CliError, Global, print};
use crate::airtable::{self, Airtable, ImportDocument};
use crate::app::{App, StartError};
use crate::contracts::{Actor, AuthError, Bases, Directory};
use crate::gateway::{FaultPlan, StandIn};
use crate::identity::{EmailAddress, Identity, Name, NewUser, TenantChoice};
use crate::platform::clock::Clock;
use crate::platform::ids::random_text;
use crate::platform::settings::{self, Inputs, Settings};
use crate::platform::telemetry;

const DATABASE: &str = "stand-in.db";
const LEDGER: &str = "stand-in-ledger.jsonl";
const EMAIL: &str = "stand-in@example.org";
/// Lengths of the two parts of a personal access token.
const TOKEN: (usize, usize) = (14, 64);
const PASSWORD: usize = 32;
/// What a log looks like is the one thing that the surroundings decide.
const LOG_VARIABLES: [&str; 3] = ["LOG_FORMAT", "LOG_LEVEL", "RUST_LOG"];

#[derive(Args, Debug)]
pub(super) struct Command {
    /// Answer as Airtable would: only /v0, with its limits and its errors
    #[arg(long, required = true)]
    emulate_airtable: bool,
    /// A JSON document or a folder of CSV files to begin with; without, the sample base
    #[arg(long, value_name = "FILE|DIR")]
    import: Option<PathBuf>,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The token that is let in; without, one is made and printed
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Let everybody in; only on a loopback address
    #[arg(long, conflicts_with = "token")]
    no_token: bool,
    /// What goes wrong: a fault plan in TOML
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Let in as many requests as come
    #[arg(long)]
    no_rate_limit: bool,
    /// One more name that requests may call this server by
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// A network of private addresses that webhooks may call, such as 127.0.0.0/8; may be given several times
    #[arg(long, value_name = "NETWORK")]
    allow_private: Vec<String>,
}

/// What a stand-in begins with.
pub struct StandInSetup {
    /// Put in, if there is one.
    pub document: Option<ImportDocument>,
    /// Who has it is let in; without, everybody is.
    pub token: Option<SecretString>,
    /// What goes wrong.
    pub plan: FaultPlan,
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    check(&command, global)?;
    let plan = read_plan(&command)?;
    // The temporary one is kept until the end: with it the folder goes.
    let (folder, _temporary) = match &global.data_dir {
        Some(folder) => (made_folder(folder)?, None),
        None => {
            let made = temporary_folder()?;
            (made.path().to_owned(), Some(made))
        }
    };
    let clock = Clock::default();
    let document = document(&command, &folder, &clock)?;
    let token = match (command.no_token, command.token) {
        (true, _) => None,
        (false, given) => Some(SecretString::from(given.unwrap_or_else(fresh_token))),
    };
    let reach = (
        command.allow_host.as_slice(),
        command.allow_private.as_slice(),
    );
    let settings = stand_in_settings(&folder, command.listen, reach)?;
    telemetry::init(&settings.log);
    let listener = TcpListener::bind(command.listen).map_err(|source| StartError::Listen {
        address: command.listen.to_string(),
        source,
    })?;
    let url = reachable(listener.local_addr().unwrap_or(command.listen));
    let setup = StandInSetup {
        document,
        token: token.clone(),
        plan,
    };
    let (app, bases) = build_stand_in(settings, setup, clock).await?;
    let shown = token.as_ref().map(ExposeSecret::expose_secret);
    let lines = bases.iter().map(|base| format!("\nbase: {base}"));
    let text = format!(
        "Stand-in for Airtable listening on {url}\ntoken: {}{}",
        shown.unwrap_or("none, everybody is let in"),
        lines.collect::<String>()
    );
    print(
        global,
        text,
        &json!({"url": url, "token": shown, "base_ids": bases}),
    );
    Ok(app.serve(listener, stop_signal()).await?)
}

fn check(command: &Command, global: &Global) -> Result<(), CliError> {
    if global.config.is_some() || global.database_url.is_some() {
        let message = "the stand-in has a database and settings of its own";
        return Err(CliError::usage("stand_in_alone", message)
            .next("leave out --config and --database-url; --data-dir keeps its bases"));
    }
    if command.no_token && !command.listen.ip().is_loopback() {
        let message = "without a token the stand-in listens on a loopback address only";
        return Err(CliError::usage("token_needed", message)
            .next("give --token, or --listen 127.0.0.1:PORT"));
    }
    Ok(())
}

fn read_plan(command: &Command) -> Result<FaultPlan, CliError> {
    let plan = match &command.faults {
        None => FaultPlan::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                CliError::not_found("unreadable", format!("{}: {error}", path.display()))
            })?;
            let plan = FaultPlan::from_toml(&text);
            plan.map_err(|faults| CliError::usage("invalid_fault_plan", faults.to_string()))?
        }
    };
    Ok(match command.no_rate_limit {
        true => plan.without_limits(),
        false => plan,
    })
}

fn made_folder(folder: &Path) -> Result<PathBuf, CliError> {
    let made = std::fs::create_dir_all(folder);
    made.map_err(|error| CliError::other("no_folder", format!("{}: {error}", folder.display())))?;
    Ok(folder.to_owned())
}

fn temporary_folder() -> Result<tempfile::TempDir, CliError> {
    let made = tempfile::Builder::new()
        .prefix("pyairtable-stand-in-")
        .tempdir();
    made.map_err(|error| CliError::other("no_folder", error.to_string()))
}

/// What is asked for; else the sample base where there is nothing yet.
fn document(
    command: &Command,
    folder: &Path,
    clock: &Clock,
) -> Result<Option<ImportDocument>, CliError> {
    if let Some(path) = &command.import {
        let source = airtable::read_source(path, clock.now()).map_err(unreadable)?;
        return Ok(Some(source.document));
    }
    let is_begun = folder.join(DATABASE).exists();
    Ok((!is_begun).then(|| airtable::sample_for(clock.now())))
}

fn fresh_token() -> String {
    let secret = random_text(TOKEN.1).to_lowercase();
    format!("pat{}.{secret}", random_text(TOKEN.0))
}

/// The settings of a stand-in that keeps its data in this folder, the names it is called by and the private networks that its
/// webhooks may call; nothing around it changes them but how the log looks.
pub fn stand_in_settings(
    folder: &Path,
    listen: SocketAddr,
    (hosts, networks): (&[String], &[String]),
) -> Result<Settings, CliError> {
    let database = format!("sqlite:{}?mode=rwc", folder.join(DATABASE).display());
    let overrides = [
        ("data_dir", folder.display().to_string()),
        ("database.url", database),
        ("contexts", "identity,airtable".to_owned()),
        ("server.listen", listen.to_string()),
        ("server.allowed_hosts", hosts.join(",")),
        ("outbound.allow_private", networks.join(",")),
        // A wait that the plan asks for is no reason to give a request up.
        ("server.request_timeout", "86400".to_owned()),
        ("limits.anonymous_per_minute", "0".to_owned()),
    ];
    let mut inputs = Inputs::from_process(None, overrides.to_vec());
    inputs.config_dir = None;
    inputs
        .environment
        .retain(|name, _| LOG_VARIABLES.contains(&name.as_str()));
    let loaded = settings::load(inputs).map_err(StartError::Settings)?;
    Ok(loaded.settings)
}

/// Builds a stand-in with its one person, and says which bases it has.
pub async fn build_stand_in(
    settings: Settings,
    setup: StandInSetup,
    clock: Clock,
) -> Result<(App, Vec<String>), CliError> {
    let mut app = App::build(settings, clock.clone()).await?;
    let (authenticator, directory) = (
        app.services.authenticator.take(),
        app.services.directory.clone(),
    );
    let (Some(authenticator), Some(directory)) = (authenticator, directory) else {
        return Err(CliError::usage(
            "missing_context",
            "this binary has no identity context",
        ));
    };
    let owner = match authenticator.local_owner().await {
        Err(AuthError::Invalid) => {
            make_owner(&app).await?;
            authenticator.local_owner().await
        }
        known => known,
    };
    let owner = owner.map_err(|error| no_owner(&error))?;
    let bases = fill(&app, directory, &owner, setup.document).await?;
    let ledger = app.platform.settings.data_dir.join(LEDGER);
    let stand_in = StandIn::new(owner, setup.token, setup.plan, &ledger, clock);
    let stand_in = stand_in
        .map_err(|error| CliError::other("unwritable", format!("{}: {error}", ledger.display())))?;
    app.stand_in = Some(stand_in);
    Ok((app, bases))
}

async fn make_owner(app: &App) -> Result<(), CliError> {
    let identity = Identity::new(&app.platform);
    let owner = NewUser {
        email: EmailAddress::parse(EMAIL)?,
        name: Name::parse("name", "Stand-in")?,
        // Nobody signs in here.
        password: random_text(PASSWORD),
        role: None,
        tenant: TenantChoice::First,
    };
    identity.create_user(owner).await?;
    Ok(())
}

async fn fill(
    app: &App,
    directory: Arc<dyn Directory>,
    owner: &Arc<Actor>,
    document: Option<ImportDocument>,
) -> Result<Vec<String>, CliError> {
    let engine = Airtable::new(
        &app.platform,
        directory,
        app.services.journal.clone(),
        app.services.late_calls.clone(),
    );
    if let (Some(document), Some((workspace, _))) = (document, owner.workspaces.first()) {
        let imported = airtable::import(&engine, owner, *workspace, document).await;
        imported.map_err(failed)?;
    }
    let bases = engine.list_bases(owner).await.map_err(failed)?;
    Ok(bases.iter().map(|base| base.id.to_string()).collect())
}
