use super::super::schema::{Field, Kind, Table};
use super::views::view_sentences;

/// What a person would say was done to a table's definition.
pub(in crate::airtable) fn schema_sentences(before: Option<&Table>, table: &Table) -> Vec<String> {
    let Some(before) = before else {
        return vec![format!("Table \"{}\" was made", table.name)];
    };
    let mut said = Vec::new();
    if before.name != table.name {
        said.push(format!(
            "Table \"{}\" was renamed to \"{}\"",
            before.name, table.name
        ));
    }
    for field in &table.fields {
        match before.field(field.id) {
            None => said.push(format!(
                "Field \"{}\" was added to \"{}\"",
                field.name, table.name
            )),
            Some(old) if old.to_schema() != field.to_schema() => {
                said.push(field_sentence(table, old, field));
            }
            Some(_) => {}
        }
    }
    said.extend(view_sentences(before, table));
    if said.is_empty() {
        said.push(format!("Table \"{}\" was changed", table.name));
    }
    said
}

fn field_sentence(table: &Table, old: &Field, new: &Field) -> String {
    let what = match (&old.kind, &new.kind) {
        _ if old.name != new.name => format!("was renamed to \"{}\"", new.name),
        (Kind::SingleSelect(old), Kind::SingleSelect(new))
        | (Kind::MultipleSelects(old), Kind::MultipleSelects(new))
            if new.list.len() > old.list.len() =>
        {
            let added = new.list[old.list.len()..].iter();
            let names: Vec<&str> = added.map(|choice| choice.name.as_str()).collect();
            format!("got the choices {}", names.join(", "))
        }
        _ => "was changed".to_owned(),
    };
    format!("Field \"{}\" of \"{}\" {what}", old.name, table.name)
}
