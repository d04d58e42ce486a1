//! The command line: one file per subcommand, each with `async fn run(command, &Global) -> Result<(), CliError>`.

#[cfg(feature = "identity")]
mod admin;
#[cfg(feature = "airtable")]
mod base;
mod doctor;
mod error;
mod events;
mod global;
#[cfg(feature = "mcp")]
mod mcp;
mod migrate;
mod openapi;
mod output;
mod restored;
mod serve;
#[cfg(all(feature = "airtable", feature = "identity"))]
mod stand_in;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CliError;
pub(crate) use global::Global;
pub(crate) use output::{line, print};
#[cfg(all(feature = "airtable", feature = "identity"))]
pub use stand_in::{StandInSetup, build_stand_in, stand_in_settings};

use crate::platform::telemetry;

/// Self-hosted Airtable gateway, embedded base engine and MCP server.
#[derive(Parser)]
#[command(name = "pyairtable", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve(serve::Command),
    /// Change the database schema or show its state.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Explain the effective settings and check what they point at.
    Doctor(doctor::Command),
    /// Look after events that a subscription failed at too often.
    #[command(subcommand)]
    Events(events::Command),
    /// Say that the database was restored from a backup, and let held runs go on.
    #[command(subcommand)]
    Restored(restored::Command),
    /// Print the OpenAPI document.
    Openapi(openapi::Command),
    /// Manage people, workspaces and keys.
    #[cfg(feature = "identity")]
    #[command(subcommand)]
    Admin(admin::Command),
    /// Import, export and make bases.
    #[cfg(feature = "airtable")]
    #[command(subcommand)]
    Base(base::Command),
    /// Speak MCP over standard input and output.
    #[cfg(feature = "mcp")]
    Mcp(mcp::Command),
}

/// Parses the command line, runs it and says how it went.
pub fn run() -> ExitCode {
    // The first TLS user would panic without exactly one provider; a second installation is harmless.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let cli = Cli::parse();
    let json = cli.global.json;
    match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => {
            let outcome = runtime.block_on(dispatch(cli));
            telemetry::flush();
            match outcome {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => error.report(json),
            }
        }
        Err(error) => CliError::other("no_runtime", error.to_string()).report(json),
    }
}

async fn dispatch(cli: Cli) -> Result<(), CliError> {
    let global = &cli.global;
    match cli
        .command
        .unwrap_or_else(|| Command::Serve(serve::Command::default()))
    {
        Command::Serve(command) => serve::run(command, global).await,
        Command::Migrate(command) => migrate::run(command, global).await,
        Command::Doctor(command) => doctor::run(command, global).await,
        Command::Events(command) => events::run(command, global).await,
        Command::Restored(command) => restored::run(command, global).await,
        Command::Openapi(command) => openapi::run(command, global).await,
        #[cfg(feature = "identity")]
        Command::Admin(command) => admin::run(command, global).await,
        #[cfg(feature = "airtable")]
        Command::Base(command) => base::run(command, global).await,
        #[cfg(feature = "mcp")]
        Command::Mcp(command) => mcp::run(command, global).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
