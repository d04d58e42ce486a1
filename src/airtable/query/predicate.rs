use super::super::cell::Cell;
use super::super::formula::{Comparison, Condition, Program, Value};
use super::super::schema::{Field, Kind, Table};
use super::super::snapshot::Row;
use crate::platform::ids::ChoiceId;

/// A comparison of a field with a constant that most cells decide by themselves.
pub(super) struct Predicate {
    slot: usize,
    test: Test,
}

enum Test {
    /// Equal or not to a text.
    Text(bool, Box<str>),
    /// One of the choices with a name, or none of them.
    Choice(bool, Box<[ChoiceId]>),
    Number(Comparison, f64),
}

impl Predicate {
    /// The predicates of a program, and the conditions they do not stand for; quick ones come first.
    pub(super) fn of(program: &Program, table: &Table) -> (Box<[Self]>, Box<[usize]>) {
        let mut predicates = Vec::new();
        let mut rest = Vec::new();
        for (place, condition) in program.conditions().enumerate() {
            match Self::new(table, &condition) {
                Some(predicate) if predicates.len() < MOST => predicates.push(predicate),
                _ => rest.push(place),
            }
        }
        predicates.sort_by_key(|predicate| matches!(predicate.test, Test::Text(..)));
        (predicates.into(), rest.into())
    }

    fn new(table: &Table, condition: &Condition<'_>) -> Option<Self> {
        let Condition::Compared(slot, comparison, constant) = condition else {
            return None;
        };
        let field = table.fields.get(*slot).filter(|field| is_stored(field))?;
        let equality = match comparison {
            Comparison::Equal => Some(true),
            Comparison::Unequal => Some(false),
            _ => None,
        };
        let test = match (constant, &field.kind) {
            (Value::Number(number), _) => Test::Number(*comparison, *number),
            (Value::Text(name), Kind::SingleSelect(choices)) if !name.is_empty() => {
                let named = choices.list.iter().filter(|choice| choice.name == **name);
                Test::Choice(equality?, named.map(|choice| choice.id).collect())
            }
            (Value::Text(text), _) => Test::Text(equality?, Box::from(&**text)),
            _ => return None,
        };
        Some(Self { slot: *slot, test })
    }

    /// Whether it holds; `None` where the formula has to be asked.
    pub(super) fn holds(&self, row: &Row) -> Option<bool> {
        Some(match (&self.test, row.cell(self.slot)) {
            (Test::Choice(is_equal, ids), Cell::Choice(id)) => ids.contains(id) == *is_equal,
            (Test::Choice(is_equal, _), Cell::Empty) => !is_equal,
            (Test::Number(comparison, number), Cell::Number(value)) => {
                comparison.of_numbers(*value, *number)
            }
            // A blank is compared as 0.
            (Test::Number(comparison, number), Cell::Empty) => comparison.of_numbers(0.0, *number),
            (Test::Text(is_equal, text), Cell::Text(value)) => (value == text) == *is_equal,
            (Test::Text(is_equal, text), Cell::Empty) => text.is_empty() == *is_equal,
            _ => return None,
        })
    }
}

/// Predicates of one filter; what each costs for a row is not counted.
const MOST: usize = 16;

/// Whether the value of a field is what its cell holds.
fn is_stored(field: &Field) -> bool {
    let kind = &field.kind;
    !matches!(
        kind,
        Kind::CreatedTime(_) | Kind::CreatedBy | Kind::Count { .. }
    )
}
