use clap::Subcommand;
use serde_json::json;

use super::error::chain;
use super::{CliError, Global, print};
use crate::platform::db;

/// Change the database schema or show its state.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Bring the schema up to date
    Up,
    /// Take the newest migrations back
    Down {
        /// How many
        #[arg(long, default_value_t = 1)]
        steps: u32,
        /// Yes, data of these migrations may be lost
        #[arg(long)]
        yes: bool,
    },
    /// List the migrations
    Status,
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    let settings = global.settings(&[])?.settings;
    let failed = |error: db::MigrateError| CliError::database("migration_failed", chain(&error));
    match command {
        Command::Up => db::migrate(&settings).await.map_err(failed)?,
        Command::Down { yes: false, .. } => {
            return Err(
                CliError::refused("not_confirmed", "taking migrations back can lose data")
                    .next("make a backup, then repeat with --yes"),
            );
        }
        Command::Down { steps, yes: true } => {
            db::rollback(&settings, steps).await.map_err(failed)?;
        }
        Command::Status => {}
    }
    let states = db::migration_states(&settings).await.map_err(failed)?;
    let word = |applied| if applied { "applied" } else { "missing" };
    let lines: Vec<String> = states
        .iter()
        .map(|state| format!("{:8} {}", word(state.applied), state.name))
        .collect();
    let items: Vec<_> = states
        .iter()
        .map(|state| json!({"name": state.name, "applied": state.applied}))
        .collect();
    print(global, lines.join("\n"), &json!({ "migrations": items }));
    Ok(())
}
