use clap::Args;

use super::{CliError, Global, line};
use crate::app::App;
use crate::gateway;
use crate::platform::clock::Clock;
use crate::platform::ids::BootId;

/// Print the OpenAPI document.
#[derive(Args, Debug)]
pub(super) struct Command {}

pub(super) async fn run(_: Command, global: &Global) -> Result<(), CliError> {
    let mut settings = global.settings(&[])?.settings;
    // The document depends on the contexts alone, so it is made beside an empty database that nobody keeps.
    let folder = std::env::temp_dir().join(format!("pyairtable-{}", BootId::fresh()));
    settings.data_dir.clone_from(&folder);
    settings.database.url = None;
    settings.redis.url = None;
    let document = document(settings).await;
    // A folder that stays in the system's temporary directory harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    line(document?);
    Ok(())
}

async fn document(settings: crate::platform::settings::Settings) -> Result<String, CliError> {
    let app = App::build_unmigrated(settings, Clock::default()).await?;
    let document = gateway::openapi(&app.contexts).to_pretty_json();
    app.platform.db.close().await;
    document.map_err(|error| CliError::other("openapi", error.to_string()))
}
