use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;

use super::functions;
use super::layout::Layout;

/// Bytes of a value or of a row that is sorted or grouped.
pub(super) const LARGEST_VALUE: i32 = 1_000_000;
/// Bytes of a statement.
pub(super) const LONGEST_STATEMENT: i32 = 100_000;

const LIMITS: [(Limit, i32); 8] = [
    (Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 100),
    (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 1_000),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// The tables that a statement reads and of each the columns, by place in the layout.
pub(super) type Needs = BTreeMap<usize, BTreeSet<usize>>;

/// What was seen of a statement while it was prepared.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Parts>>);

#[derive(Default)]
struct Parts {
    needs: Needs,
    refused: Option<String>,
}

impl Seen {
    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tables and columns it reads.
    pub(super) fn needs(&self) -> Needs {
        self.parts().needs.clone()
    }

    /// The first thing in it that no statement may do.
    pub(super) fn refused(&self) -> Option<String> {
        self.parts().refused.clone()
    }

    fn judge(&self, layout: &Layout, action: AuthAction<'_>) -> Authorization {
        let parts = &mut *self.parts();
        match verdict(layout, action, &mut parts.needs) {
            Ok(()) => Authorization::Allow,
            Err(what) => {
                parts.refused.get_or_insert(what);
                Authorization::Deny
            }
        }
    }
}

/// From here on the connection prepares and runs what reads the tables of the layout, and nothing else.
pub(super) fn close(connection: &Connection, layout: &Arc<Layout>) -> rusqlite::Result<Seen> {
    let seen = Seen::default();
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    let (layout, judge) = (layout.clone(), seen.clone());
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        judge.judge(&layout, context.action)
    }))?;
    Ok(seen)
}

/// Gives the connection back to us.
pub(super) fn open(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::MAX)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, i32::MAX)?;
    connection.set_limit(Limit::SQLITE_LIMIT_VARIABLE_NUMBER, i32::MAX)?;
    connection.progress_handler(0, None::<fn() -> bool>)?;
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)
}

fn verdict(layout: &Layout, action: AuthAction<'_>, needs: &mut Needs) -> Result<(), String> {
    match action {
        AuthAction::Select | AuthAction::Recursive => Ok(()),
        AuthAction::Function { function_name } if functions::is_allowed(function_name) => Ok(()),
        AuthAction::Function { function_name } => {
            Err(format!("the function {function_name} cannot be called"))
        }
        AuthAction::Read {
            table_name,
            column_name,
        } => read(layout, table_name, column_name, needs),
        AuthAction::Pragma { .. } => Err("PRAGMA is not possible".to_owned()),
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
            Err("databases cannot be attached or detached".to_owned())
        }
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            Err("transactions are not possible".to_owned())
        }
        _ => Err("nothing can be changed or made".to_owned()),
    }
}

fn read(layout: &Layout, table: &str, column: &str, needs: &mut Needs) -> Result<(), String> {
    const OTHERS: [&str; 4] = ["json_each", "json_tree", "sqlite_master", "sqlite_schema"];
    if let Some(place) = layout.place(table) {
        let columns = needs.entry(place).or_default();
        columns.extend(layout.tables[place].column(column));
        return Ok(());
    }
    // A named part of the statement itself comes here too, but never with a column.
    let is_other = OTHERS.iter().any(|known| known.eq_ignore_ascii_case(table));
    if is_other || column.is_empty() {
        Ok(())
    } else {
        Err(format!("the table {table} cannot be read"))
    }
}
