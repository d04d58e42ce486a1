use std::cell::Cell;
use std::sync::Arc;

use super::super::formula::{Error, Run};
use super::super::operand::Record;
use super::super::schema::Table;
use super::super::snapshot::{Order, Row, State, TableSnapshot};
use super::narrow::narrowed;
use super::programs::{Compiled, Programs};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::clock::Millis;

/// Work that one request may make; a second or a few of one core.
const MOST_WORK: u64 = 1_000_000_000;

/// A formula that must hold for a record.
pub(super) struct Filter<'a> {
    formula: Arc<Compiled>,
    run: Run,
    state: &'a State,
    table: &'a Table,
    /// Whether it has looked at records of other tables.
    is_linked: Cell<bool>,
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
            formula: programs.find(table, formula).map_err(invalid)?,
            run: Run::new(now),
            state,
            table,
            is_linked: Cell::new(false),
        }))
    }

    /// The only records that it may hold for, by id, where an index knows them.
    pub(super) fn narrowed(&self, snapshot: &TableSnapshot) -> Option<Order> {
        narrowed(&self.formula.program, snapshot)
    }

    /// Whether the formula holds for a record; for none once too much was done.
    pub(super) fn keeps(&self, row: &Row) -> bool {
        let Compiled {
            program,
            predicates,
            rest,
            ..
        } = &*self.formula;
        let mut is_known = !predicates.is_empty();
        for predicate in predicates {
            match predicate.holds(row) {
                Some(true) => {}
                Some(false) => return false,
                None => is_known = false,
            }
        }
        if is_known && rest.is_empty() {
            return true;
        }
        let names = |table, record| {
            self.is_linked.set(true);
            self.state.name_of(table, record)
        };
        let record = Record {
            names: &names,
            table: self.table,
            row,
        };
        !self.is_spent()
            && match is_known {
                true => program.keeps_by(rest, &record, &self.run),
                false => program.keeps(&record, &self.run),
            }
    }

    /// Whether what it has kept follows from the table's state alone, and not from others or the time.
    pub(super) fn is_own(&self) -> bool {
        !self.is_linked.get() && !self.formula.program.is_of_now()
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
