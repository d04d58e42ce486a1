use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::app::{App, StartError};
use crate::platform::clock::Clock;
use crate::platform::settings::{self, Inputs, Loaded};

/// What every subcommand accepts.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Global {
    /// Configuration file, above those in config/
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the database file and the keys
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Database, `sqlite:PATH` or `postgres://…`
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Global {
    /// The effective settings with their origins; `overrides` are flags of the subcommand itself.
    pub(crate) fn settings(
        &self,
        overrides: &[(&'static str, String)],
    ) -> Result<Loaded, CliError> {
        let inputs = Inputs::from_process(self.config.clone(), self.overrides(overrides));
        settings::load(inputs).map_err(|faults| StartError::Settings(faults).into())
    }

    /// Settings, platform and contexts for a command that works beside a running server; starts no worker.
    pub(crate) async fn app(&self) -> Result<App, CliError> {
        let loaded = self.settings(&[])?;
        crate::platform::telemetry::init_for_commands(&loaded.settings.log);
        Ok(App::build(loaded.settings, Clock::default()).await?)
    }

    fn overrides(&self, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let mut all = more.to_vec();
        if let Some(dir) = &self.data_dir {
            all.push(("data_dir", dir.display().to_string()));
        }
        if let Some(url) = &self.database_url {
            all.push(("database.url", url.clone()));
        }
        all
    }
}
