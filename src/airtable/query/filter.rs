use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::super::formula::{Error, Run};
use super::super::operand::Record;
use super::super::schema::{Table, View};
use super::super::snapshot::{Order, Row, State, TableSnapshot};
use super::narrow::narrowed;
use super::programs::{Compiled, Programs};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::clock::Millis;

/// Work that one request may make; a second or a few of one core.
const MOST_WORK: u64 = 1_000_000_000;

/// Patterns can take longer than the work they are counted as.
const MOST_TIME: Duration = Duration::from_secs(10);

/// Formulas that must hold for a record: a view's and a query's.
pub(super) struct Filter<'a> {
    formulas: Vec<Arc<Compiled>>,
    run: Run,
    state: &'a State,
    table: &'a Table,
    /// Whether it has looked at records of other tables.
    is_linked: Cell<bool>,
}

impl<'a> Filter<'a> {
    /// The filter of a view and of a query's formula; an empty one is none.
    pub(super) fn new(
        state: &'a State,
        table: &'a Arc<Table>,
        programs: &Programs,
        (view, formula): (Option<&View>, Option<&str>),
        now: Millis,
    ) -> BaseResult<Option<Self>> {
        let mut formulas = Vec::new();
        if let Some((view, filter)) = view.and_then(|view| Some((view, view.filter.as_ref()?))) {
            if let Some(fault) = &filter.fault {
                return Err(invalid_view(view, fault));
            }
            let compiled = programs.find(table, &filter.formula);
            formulas.push(compiled.map_err(|error| invalid_view(view, &error.to_string()))?);
        }
        if let Some(formula) = formula.filter(|formula| !formula.trim().is_empty()) {
            formulas.push(programs.find(table, formula).map_err(invalid_formula)?);
        }
        Ok((!formulas.is_empty()).then(|| Self {
            formulas,
            run: Run::for_at_most(now, MOST_TIME),
            state,
            table,
            is_linked: Cell::new(false),
        }))
    }

    /// The only records that it may hold for, by id, where an index knows them.
    pub(super) fn narrowed(&self, snapshot: &TableSnapshot) -> Option<Order> {
        let mut formulas = self.formulas.iter();
        formulas.find_map(|formula| narrowed(&formula.program, snapshot))
    }

    /// Whether every formula holds for a record; for none once too much was done.
    pub(super) fn keeps(&self, row: &Row) -> bool {
        self.formulas.iter().all(|formula| self.holds(formula, row))
    }

    /// Whether what it has kept follows from the table's state alone, and not from others or the time.
    pub(super) fn is_own(&self) -> bool {
        let mut formulas = self.formulas.iter();
        !self.is_linked.get() && !formulas.any(|formula| formula.program.is_of_now())
    }

    fn holds(&self, formula: &Compiled, row: &Row) -> bool {
        let mut is_known = !formula.predicates.is_empty();
        for predicate in &formula.predicates {
            match predicate.holds(row) {
                Some(true) => {}
                Some(false) => return false,
                None => is_known = false,
            }
        }
        if is_known && formula.rest.is_empty() {
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
        let program = &formula.program;
        !self.is_spent()
            && match is_known {
                true => program.keeps_by(&formula.rest, &record, &self.run),
                false => program.keeps(&record, &self.run),
            }
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

fn invalid_view(view: &View, fault: &str) -> BaseError {
    let name = &view.name;
    let message = format!("The filter of the view \"{name}\" is invalid: {fault}");
    BaseError::new(BaseErrorKind::InvalidFilterByFormula, message)
}

/// The error for a formula that does not compile.
pub(in crate::airtable) fn invalid_formula(error: Error) -> BaseError {
    BaseError {
        kind: BaseErrorKind::InvalidFilterByFormula,
        message: format!(
            "The formula for filtering records is invalid: {}",
            error.filter_message()
        ),
        source: Some(Box::new(error)),
    }
}
