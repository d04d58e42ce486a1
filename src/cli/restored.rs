use clap::Subcommand;
use serde_json::json;

use super::{CliError, Global, print};
use crate::app::App;
use crate::platform::durable::ControlError;

/// Say that the database was restored from a backup, and let held runs go on.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Leave every open run to a person, because the database was restored from a backup
    Hold,
    /// Let every run that a restore has held go on where it stopped
    Release {
        /// Why; kept in the story of each run
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    let app = global.app().await?;
    let done = match command {
        Command::Hold => hold(&app, global).await,
        Command::Release { reason } => release(&app, global, &reason).await,
    };
    app.close().await;
    done
}

async fn hold(app: &App, global: &Global) -> Result<(), CliError> {
    let held = app.platform.lineage.restored(&app.platform.durable).await?;
    print(global, format!("held: {held}"), &json!({"held": held}));
    Ok(())
}

async fn release(app: &App, global: &Global, reason: &str) -> Result<(), CliError> {
    if reason.trim().is_empty() {
        return Err(CliError::usage("reason", "--reason must not be empty"));
    }
    let released = app.platform.durable.release_restored(reason.trim()).await;
    let released = released.map_err(|error| match error {
        ControlError::Database(error) => error.into(),
        other => CliError::other("release", other.to_string()),
    })?;
    let text = format!("released: {released}");
    print(global, text, &json!({"released": released}));
    Ok(())
}
