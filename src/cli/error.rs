use std::process::ExitCode;

use serde_json::json;

use crate::app::StartError;
use crate::platform::vault::VaultError;

const OTHER: u8 = 1;
const USAGE: u8 = 2;
const NOT_FOUND: u8 = 3;
const REFUSED: u8 = 4;
const DATABASE: u8 = 5;

/// Why a command failed, with the exit code that scripts can rely on.
#[derive(Debug)]
pub struct CliError {
    exit: u8,
    code: &'static str,
    message: String,
    next: Option<String>,
}

impl CliError {
    fn new(exit: u8, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit,
            code,
            message: message.into(),
            next: None,
        }
    }

    /// Exit code 2: the command line or the settings are wrong.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(USAGE, code, message)
    }

    /// Exit code 3: the thing named does not exist.
    pub(crate) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(NOT_FOUND, code, message)
    }

    /// Exit code 4: refused, or in conflict with what is there.
    pub(crate) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(REFUSED, code, message)
    }

    /// Exit code 5: the database cannot be used.
    pub(crate) fn database(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(DATABASE, code, message)
    }

    /// Exit code 1: anything else.
    pub(crate) fn other(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(OTHER, code, message)
    }

    /// Says what to do now.
    #[must_use]
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Prints the error to standard error and returns its exit code.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        use std::io::Write;

        let text = if json {
            let body =
                json!({"error": {"code": self.code, "message": self.message, "next": self.next}});
            body.to_string()
        } else {
            let next = self.next.as_ref().map(|next| format!("\n  next: {next}"));
            format!(
                "error: {} ({}){}",
                self.message,
                self.code,
                next.unwrap_or_default()
            )
        };
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr(), "{text}");
        ExitCode::from(self.exit)
    }
}

/// The error and all its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        let message = chain(&error);
        match error {
            StartError::Settings(_) => Self::usage("settings", message).next(
                "correct the settings named above; `pyairtable doctor` shows the effective set",
            ),
            StartError::UnknownContext { .. } => Self::usage("unknown_context", message),
            StartError::Open(_) | StartError::Vault(VaultError::Database(_)) => Self::database("database_unreachable", message)
                .next("check database.url (DATABASE_URL) and that the database is running"),
            StartError::Secrets(_) | StartError::Vault(_) => Self::refused("instance_key", message)
                .next("restore the instance key from the backup of this database; nothing was changed"),
            StartError::Migrate(_) => {
                Self::database("migration_failed", message).next("run `pyairtable migrate status`")
            }
            StartError::Listen { .. } => Self::refused("listen", message)
                .next("choose another address with --listen, or stop the program that uses it"),
            _ => Self::other("start", message),
        }
    }
}

impl From<sea_orm::DbErr> for CliError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::database("database", chain(&error))
    }
}
