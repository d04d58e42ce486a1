use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, Statement};
use serde_json::Value;

use super::column::{parameter, write};
use super::guard::LONGEST_STATEMENT;
use super::watch::{Growth, Stopped, Watch};
use crate::contracts::SqlCut;

/// Steps of SQLite's machine between looks whether a statement may go on; some ten microseconds.
const WATCHED_STEPS: i32 = 1_000;

/// A statement that cannot be worked on.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is none.
    Nothing,
    /// There is more than one.
    Several,
    TooLong,
    /// It asks for so many parameters and got so many.
    Parameters(usize, usize),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The rows of an answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<String>,
    pub(super) cut: Option<SqlCut>,
}

/// Prepares the one statement of a text.
pub(super) fn prepare<'c>(
    connection: &'c Connection,
    sql: &str,
    params: &[Value],
) -> Result<Statement<'c>, Refused> {
    if sql.len() > LONGEST_STATEMENT as usize {
        return Err(Refused::TooLong);
    }
    // Not `Connection::prepare`: it calls itself for each further statement, of which a text may have thousands.
    let mut batch = Batch::new(connection, sql);
    let statement = batch.next()?.ok_or(Refused::Nothing)?;
    if !matches!(batch.next(), Ok(None)) {
        return Err(Refused::Several);
    }
    if statement.parameter_count() != params.len() {
        let wanted = statement.parameter_count();
        return Err(Refused::Parameters(wanted, params.len()));
    }
    Ok(statement)
}

/// Lets the connection stop what takes too long or too much.
pub(super) fn limit(
    connection: &Connection,
    watch: &Watch,
    mut growth: Growth,
) -> rusqlite::Result<()> {
    let watch = watch.clone();
    connection.progress_handler(
        WATCHED_STEPS,
        Some(move || {
            if growth.is_too_much() {
                watch.stop(Stopped::Memory);
            }
            watch.is_over()
        }),
    )
}

/// Runs a statement until its end or until the answer is full.
pub(super) fn run(
    statement: &mut Statement<'_>,
    params: &[Value],
    most_rows: usize,
    most_bytes: usize,
) -> Result<Answer, Refused> {
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, parameter(param))?;
    }
    let names = statement.column_names();
    let columns: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let width = columns.len();
    let mut answer = Answer {
        columns,
        ..Answer::default()
    };
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if answer.rows.len() == most_rows {
            answer.cut = Some(SqlCut::Rows);
            break;
        }
        let mut text = String::from("[");
        for column in 0..width {
            if column > 0 {
                text.push(',');
            }
            write(row.get_ref(column)?, &mut text);
        }
        text.push(']');
        bytes += text.len() + 1;
        if bytes > most_bytes {
            answer.cut = Some(SqlCut::Bytes);
            break;
        }
        answer.rows.push(text);
    }
    Ok(answer)
}
