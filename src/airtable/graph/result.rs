use std::sync::Arc;

use super::super::formula::{Program, ResultType};
use super::super::schema::{DateFormat, DateTimeFormat, Field, Kind, Table};

/// As which the values of a formula are shown: in the format chosen before where that fits, else in the usual one.
pub(super) fn result_of(
    field: &Field,
    before: Option<&Arc<Field>>,
    program: &Program,
    sources: &[Arc<Field>],
) -> Arc<Field> {
    let given = before.filter(|before| fits(&before.kind, program.result_type()));
    if let Some(before) = given.filter(|before| before.id == field.id && before.slot == field.slot)
    {
        return (*before).clone();
    }
    let kind = match given {
        Some(before) => before.kind.clone(),
        None => usual(program.result_type(), sources),
    };
    Arc::new(Field {
        kind,
        description: None,
        ..field.clone()
    })
}

fn fits(kind: &Kind, result: ResultType) -> bool {
    match result {
        ResultType::Number => matches!(
            kind,
            Kind::Number { .. }
                | Kind::Currency { .. }
                | Kind::Percent { .. }
                | Kind::Duration { .. }
        ),
        ResultType::Text => matches!(
            kind,
            Kind::SingleLineText | Kind::MultilineText | Kind::RichText
        ),
        ResultType::Date => matches!(kind, Kind::Date(_)),
        ResultType::DateTime => matches!(kind, Kind::Date(_) | Kind::DateTime(_)),
    }
}

fn usual(result: ResultType, sources: &[Arc<Field>]) -> Kind {
    match result {
        ResultType::Number => Kind::Number {
            precision: sources.iter().map(precision).max().unwrap_or(0),
        },
        ResultType::Text => Kind::SingleLineText,
        ResultType::Date => Kind::Date(DateFormat::Iso),
        ResultType::DateTime => Kind::DateTime(DateTimeFormat::default()),
    }
}

/// Decimals of a source, so that nobody reads a sum of prices as whole numbers.
fn precision(source: &Arc<Field>) -> u8 {
    match &source.kind.shown_as(source).kind {
        Kind::Number { precision } | Kind::Currency { precision, .. } => *precision,
        Kind::Percent { precision } => precision.saturating_add(2).min(8),
        _ => 0,
    }
}

/// The field whose values a lookup of a field shows; that of a lookup is the one at its end.
pub(super) fn looked_up(table: &Table, slot: usize) -> Option<Arc<Field>> {
    let field = table.fields.get(slot)?;
    match &field.kind {
        Kind::Computed(computed) => computed.result.clone(),
        _ => Some(field.clone()),
    }
}
