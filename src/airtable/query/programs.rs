use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::super::formula::{Error, Program};
use super::super::operand::with_fields;
use super::super::schema::Table;
use super::predicate::Predicate;
use crate::platform::ids::TableId;

const IDLE: Duration = Duration::from_secs(600);
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// Formulas of the last requests, compiled.
#[derive(Clone)]
pub(in crate::airtable) struct Programs(Cache<(TableId, String), Arc<Compiled>>);

/// A formula compiled for the definition of a table.
pub(super) struct Compiled {
    table: Arc<Table>,
    pub(super) program: Program,
    pub(super) predicates: Box<[Predicate]>,
    /// Conditions of the program that no predicate stands for.
    pub(super) rest: Box<[usize]>,
}

impl Default for Programs {
    fn default() -> Self {
        let weigher = |(_, formula): &(TableId, String), compiled: &Arc<Compiled>| {
            u32::try_from(formula.len() + compiled.program.bytes() + 1024).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder()
            .time_to_idle(IDLE)
            .max_capacity(MOST_BYTES)
            .weigher(weigher);
        Self(cache.build())
    }
}

impl Programs {
    pub(super) fn find(&self, table: &Arc<Table>, formula: &str) -> Result<Arc<Compiled>, Error> {
        let key = (table.id, formula.to_owned());
        if let Some(known) = self.0.get(&key)
            && Arc::ptr_eq(&known.table, table)
        {
            return Ok(known);
        }
        let program = with_fields(table, |fields| Program::new(formula, fields))?;
        let (predicates, rest) = Predicate::of(&program, table);
        let compiled = Arc::new(Compiled {
            table: table.clone(),
            program,
            predicates,
            rest,
        });
        self.0.insert(key, compiled.clone());
        Ok(compiled)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::table;
    use super::*;

    fn found(programs: &Programs, table: &Arc<Table>, formula: &str) -> Arc<Compiled> {
        programs.find(table, formula).expect("it is a formula")
    }

    #[test]
    fn a_formula_asked_again_is_compiled_once_for_each_definition_of_its_table() {
        let (programs, table) = (Programs::default(), table());
        let first = found(&programs, &table, "{Name}='a'");
        assert!(Arc::ptr_eq(&first, &found(&programs, &table, "{Name}='a'")));
        assert!(!Arc::ptr_eq(
            &first,
            &found(&programs, &table, "{Name}='b'")
        ));
        let redefined = Arc::new(Table::clone(&table));
        let again = found(&programs, &redefined, "{Name}='a'");
        assert!(!Arc::ptr_eq(&first, &again));
        assert!(Arc::ptr_eq(
            &again,
            &found(&programs, &redefined, "{Name}='a'")
        ));
    }

    #[test]
    fn what_is_kept_of_formulas_is_bounded() {
        let (programs, table) = (Programs::default(), table());
        for number in 0..600 {
            let formula = format!("{{Name}}='{}{number}'", "x".repeat(1000));
            found(&programs, &table, &formula);
        }
        programs.0.run_pending_tasks();
        let (count, bytes) = (programs.0.entry_count(), programs.0.weighted_size());
        assert!(
            (1..600).contains(&count) && bytes <= MOST_BYTES,
            "{count} of {bytes} bytes"
        );
    }
}
