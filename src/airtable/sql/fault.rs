use rusqlite::ErrorCode;

use super::super::formula::suggestion;
use super::fill::NotFilled;
use super::guard::{LARGEST_VALUE, LONGEST_STATEMENT, Seen};
use super::layout::{Layout, quoted};
use super::run::Refused;
use super::watch::{Stopped, Watch};
use crate::contracts::{BaseError, BaseErrorKind};
use crate::platform::settings;

/// What is known when a statement fails.
pub(super) struct Circumstances<'a> {
    pub(super) sql: &'a str,
    pub(super) layout: &'a Layout,
    pub(super) seen: &'a Seen,
    pub(super) watch: &'a Watch,
    pub(super) settings: &'a settings::Sql,
}

impl Circumstances<'_> {
    /// A refused or failed statement, in words for who wrote it.
    pub(super) fn refused(&self, refused: Refused) -> BaseError {
        match refused {
            Refused::Nothing => invalid("There is no statement; send one SELECT"),
            Refused::Several => invalid("There is more than one statement; send one SELECT"),
            Refused::TooLong => invalid(format!(
                "A statement has at most {LONGEST_STATEMENT} bytes; send long lists as a parameter: json_each(?)"
            )),
            Refused::Parameters(wanted, given) => invalid(format!(
                "The statement has {wanted} parameters and got {given} values in params"
            )),
            Refused::Sqlite(error) => self.failed(error),
        }
    }

    /// Tables that could not be made ready.
    pub(super) fn not_filled(&self, error: NotFilled) -> BaseError {
        match error {
            NotFilled::Stopped => self.stopped(),
            NotFilled::Failed(error) if code_of(&error) == Some(ErrorCode::DiskFull) => {
                limit(format!(
                    "The tables and columns that it reads take more than {} bytes (sql.memory)",
                    self.settings.memory
                ))
            }
            NotFilled::Failed(error) => BaseError::internal(error),
        }
    }

    /// A statement that was stopped.
    pub(super) fn stopped(&self) -> BaseError {
        let settings = self.settings;
        match self.watch.stopped() {
            Some(Stopped::Memory) => limit(format!(
                "The statement needs more than {} bytes for its work (sql.memory)",
                settings.memory
            )),
            _ => limit(format!(
                "The statement takes longer than {} seconds (sql.timeout)",
                settings.timeout.as_secs_f64()
            )),
        }
    }

    fn failed(&self, error: rusqlite::Error) -> BaseError {
        let Some(code) = code_of(&error) else {
            return BaseError::internal(error);
        };
        if let Some(what) = self.seen.refused() {
            return invalid(format!(
                "Statements can only read the tables of the base: {what}"
            ));
        }
        match code {
            ErrorCode::OperationInterrupted => self.stopped(),
            ErrorCode::TooBig => limit(format!(
                "A value or a row of the statement has more than {LARGEST_VALUE} bytes"
            )),
            ErrorCode::OutOfMemory | ErrorCode::DiskFull => {
                self.watch.stop(Stopped::Memory);
                self.stopped()
            }
            ErrorCode::Unknown
            | ErrorCode::TypeMismatch
            | ErrorCode::ConstraintViolation
            | ErrorCode::ParameterOutOfRange => self.wrong(error),
            _ => BaseError::internal(error),
        }
    }

    /// SQLite's own message, which names nothing but what the statement and the schema have, with the place.
    fn wrong(&self, error: rusqlite::Error) -> BaseError {
        let (message, offset) = match error {
            rusqlite::Error::SqlInputError { msg, offset, .. } => {
                (msg, usize::try_from(offset).ok())
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => (message, None),
            other => return BaseError::internal(other),
        };
        let hint = self.hint(&message);
        let place = offset.map(|offset| place_of(self.sql, offset));
        invalid(format!("{message}{hint}{}", place.unwrap_or_default()))
    }

    /// What may have been meant by an unknown name.
    fn hint(&self, message: &str) -> String {
        if let Some(name) = message.strip_prefix("no such table: ") {
            let names = self.layout.tables.iter().map(|table| table.name.as_str());
            return suggestion(name, names, quoted);
        }
        let Some(name) = message.strip_prefix("no such column: ") else {
            return String::new();
        };
        let name = name.split(" - should").next().unwrap_or(name);
        let name = name.rsplit_once('.').map_or(name, |(_, column)| column);
        let needs = self.seen.needs();
        let tables = self.layout.tables.iter().enumerate();
        let read = tables.filter(|(place, table)| {
            needs.contains_key(place) || self.sql.contains(table.name.as_str())
        });
        let columns = read.flat_map(|(_, table)| &table.columns);
        let names = columns.map(|column| column.name.as_str());
        suggestion(name.trim_matches('"'), names, quoted)
    }
}

fn code_of(error: &rusqlite::Error) -> Option<ErrorCode> {
    match error {
        rusqlite::Error::SqliteFailure(error, _) | rusqlite::Error::SqlInputError { error, .. } => {
            Some(error.code)
        }
        _ => None,
    }
}

fn place_of(sql: &str, offset: usize) -> String {
    let before = sql.get(..offset).unwrap_or(sql);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[start..].chars().count() + 1;
    format!(" (line {line}, column {column})")
}

fn invalid(message: impl Into<String>) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidSql, message)
}

fn limit(message: impl Into<String>) -> BaseError {
    BaseError::new(BaseErrorKind::SqlLimit, message)
}
