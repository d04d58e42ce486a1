use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::super::formula::{Error, Program, Run};
use super::super::operand::{Record, with_fields};
use super::super::schema::Table;
use super::super::snapshot::{Row, State};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::clock::Millis;
use crate::platform::ids::TableId;

const IDLE: Duration = Duration::from_secs(600);
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// Work that one request may make; a second or a few of one core.
const MOST_WORK: u64 = 1_000_000_000;

/// Formulas of the last requests, compiled.
#[derive(Clone)]
pub(in crate::airtable) struct Programs(Cache<(TableId, String), Compiled>);

/// With the definition of the table it was compiled for.
type Compiled = (Arc<Table>, Arc<Program>);

impl Default for Programs {
    fn default() -> Self {
        let weigher = |(_, formula): &(TableId, String), (_, program): &Compiled| {
            u32::try_from(formula.len() + program.bytes() + 1024).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder()
            .time_to_idle(IDLE)
            .max_capacity(MOST_BYTES)
            .weigher(weigher);
        Self(cache.build())
    }
}

impl Programs {
    fn find(&self, table: &Arc<Table>, formula: &str) -> Result<Arc<Program>, Error> {
        let key = (table.id, formula.to_owned());
        if let Some((known, program)) = self.0.get(&key)
            && Arc::ptr_eq(&known, table)
        {
            return Ok(program);
        }
        let program = Arc::new(with_fields(table, |fields| Program::new(formula, fields))?);
        self.0.insert(key, (table.clone(), program.clone()));
        Ok(program)
    }
}

/// A formula that must hold for a record.
pub(super) struct Filter<'a> {
    program: Arc<Program>,
    run: Run,
    state: &'a State,
    table: &'a Table,
}

impl<'a> Filter<'a> {
    /// The filter of a query's formula; an empty one is none.
    pub(super) fn new(
        state: &'a State,
        table: &'a Arc<Table>,
        programs: &Programs,
        formula: Option<&str>,
        now: Millis,
    ) -> BaseResult<Option<Self>> {
        let Some(formula) = formula.filter(|formula| !formula.trim().is_empty()) else {
            return Ok(None);
        };
        Ok(Some(Self {
            program: programs.find(table, formula).map_err(invalid)?,
            run: Run::new(now),
            state,
            table,
        }))
    }

    /// Whether the formula holds for a record; for none once too much was done.
    pub(super) fn keeps(&self, row: &Row) -> bool {
        let names = |table, record| self.state.name_of(table, record);
        let record = Record {
            names: &names,
            table: self.table,
            row,
        };
        !self.is_spent() && self.program.keeps(&record, &self.run)
    }

    fn is_spent(&self) -> bool {
        self.run.spent() > MOST_WORK
    }

    /// An error if the records were not all looked at.
    pub(super) fn check(&self) -> BaseResult<()> {
        if !self.is_spent() {
            return Ok(());
        }
        Err(BaseError::new(
            BaseErrorKind::InvalidFilterByFormula,
            "The formula for filtering records is invalid: It takes too long for the records of this table.",
        ))
    }
}

fn invalid(error: Error) -> BaseError {
    BaseError {
        kind: BaseErrorKind::InvalidFilterByFormula,
        message: format!(
            "The formula for filtering records is invalid: {}",
            error.filter_message()
        ),
        source: Some(Box::new(error)),
    }
}
