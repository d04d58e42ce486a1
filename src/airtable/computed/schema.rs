use super::super::graph::{Column, Part};
use super::super::schema::{Base, Field, Kind};
use super::dirty::{Dirty, Records};

/// Notes the columns whose values a new definition changes.
pub(super) fn note_redefined(dirty: &mut Dirty, old: &Base, new: &Base) {
    for table in &new.tables {
        let before = old.table(table.id);
        if before.is_some_and(|before| std::sync::Arc::ptr_eq(before, table)) {
            continue;
        }
        for field in &table.fields {
            let column = Column {
                table: table.id,
                part: Part::Cell(field.slot),
            };
            match before.and_then(|before| before.field(field.id)) {
                Some(before) if !alters(before, field) => {}
                Some(_) if !matches!(field.kind, Kind::Computed(_)) => {
                    dirty.add(column, Records::All);
                }
                _ => drop(dirty.columns.insert(column)),
            }
        }
    }
}

/// Whether what formulas read in the cells of a field may be another under its new definition.
fn alters(old: &Field, new: &Field) -> bool {
    match (&old.kind, &new.kind) {
        (Kind::Computed(old), Kind::Computed(new)) => {
            let results = match (&old.result, &new.result) {
                (Some(old), Some(new)) => alters(old, new),
                (old, new) => old.is_some() != new.is_some(),
            };
            old.rule != new.rule || old.operand != new.operand || results
        }
        (Kind::SingleSelect(old), Kind::SingleSelect(new))
        | (Kind::MultipleSelects(old), Kind::MultipleSelects(new)) => {
            let mut kept = old.list.iter();
            kept.any(|choice| new.get(choice.id).is_none_or(|it| it.name != choice.name))
        }
        (old, new) => old.type_name() != new.type_name() || old.options() != new.options(),
    }
}
