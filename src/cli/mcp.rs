use clap::Args;

use super::error::chain;
use super::{CliError, Global};
use crate::contracts::AuthError;
use crate::mcp::{LocalCaller, Tools, serve_stdio};

const KEY_VARIABLE: &str = "PYAIRTABLE_API_KEY";

/// Flags of `pyairtable mcp`.
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Environment: PYAIRTABLE_API_KEY is the key whose rights apply; without it the owner of this instance acts."
)]
pub(crate) struct Command {}

/// Speaks MCP over standard input and output, beside a running server or without one.
pub(crate) async fn run(_: Command, global: &Global) -> Result<(), CliError> {
    let app = global.app().await?;
    let authenticator = app.services.authenticator.clone().ok_or_else(|| {
        CliError::usage("missing_context", "the identity context is switched off")
            .next("add identity to `contexts`")
    })?;
    let key = key_from_environment();
    let with_key = key.is_some();
    let caller = LocalCaller::new(authenticator, key);
    // Each request asks again; this only says early what is wrong.
    caller
        .actor()
        .await
        .map_err(|error| refused(&error, with_key))?;
    let platform = &app.platform;
    let tools = Tools::new(
        &app.services,
        platform.clock.clone(),
        &platform.settings.mcp,
    );
    serve_stdio(tools, caller)
        .await
        .map_err(|error| CliError::other("stdio", chain(&error)))
}

// A key on the command line would show in the process list.
#[expect(
    clippy::disallowed_methods,
    reason = "an MCP client hands the key over in the environment alone"
)]
fn key_from_environment() -> Option<String> {
    std::env::var(KEY_VARIABLE)
        .ok()
        .filter(|key| !key.is_empty())
}

fn refused(error: &AuthError, with_key: bool) -> CliError {
    match (error, with_key) {
        (AuthError::Unavailable(_), _) => CliError::database("database", chain(error)),
        (AuthError::Invalid | AuthError::TooMany { .. }, true) => {
            CliError::refused("invalid_key", "the API key is not valid")
                .next("make one with `pyairtable admin create-api-key`")
        }
        (AuthError::Invalid | AuthError::TooMany { .. }, false) => CliError::refused(
            "not_set_up",
            "nobody owns this instance yet",
        )
        .next(format!(
            "set it up in the browser or with `pyairtable admin create-user`, or set {KEY_VARIABLE}"
        )),
    }
}
