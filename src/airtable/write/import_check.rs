use std::collections::HashSet;

use super::super::schema::{Field, Kind, Link, Table};
use super::import::invalid;
use crate::contracts::BaseResult;

/// Refuses definitions that contradict one another.
pub(super) fn check_tables(tables: &[Table]) -> BaseResult<()> {
    check_names(tables)?;
    for table in tables {
        check_primary(table)?;
        for field in &table.fields {
            let Kind::Links(link) = &field.kind else {
                continue;
            };
            if let Some(fault) = link_fault(tables, table, field, link) {
                return Err(invalid(format!(
                    "table {}: field {}: {fault}",
                    table.name, field.name
                )));
            }
        }
    }
    Ok(())
}

fn check_names(tables: &[Table]) -> BaseResult<()> {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for table in tables {
        if !ids.insert(table.id.to_string()) || !names.insert(table.name.to_lowercase()) {
            return Err(invalid(format!(
                "table {} ({}) is there twice",
                table.name, table.id
            )));
        }
        let mut field_names = HashSet::new();
        for field in &table.fields {
            let fresh = ids.insert(field.id.to_string());
            if !fresh || !field_names.insert(field.name.to_lowercase()) {
                return Err(invalid(format!(
                    "table {}: field {} is there twice",
                    table.name, field.name
                )));
            }
        }
    }
    Ok(())
}

fn check_primary(table: &Table) -> BaseResult<()> {
    let Some(primary) = table.field(table.primary) else {
        return Err(invalid(format!(
            "table {}: primaryFieldId is no field of it",
            table.name
        )));
    };
    // A record is linked by its name; a name made of links would have no end.
    if matches!(primary.kind, Kind::Links(_)) {
        return Err(invalid(format!(
            "table {}: field {}: a link cannot be the primary field",
            table.name, primary.name
        )));
    }
    Ok(())
}

/// What is wrong with a link; a twin that is no link back would get cells that nobody can read.
fn link_fault(tables: &[Table], table: &Table, field: &Field, link: &Link) -> Option<String> {
    let Some(target) = tables.iter().find(|other| other.id == link.table) else {
        return Some(format!(
            "linkedTableId {} is none of the tables",
            link.table
        ));
    };
    let inverse = link.inverse?;
    if inverse == field.id {
        return Some("inverseLinkFieldId names the field itself".to_owned());
    }
    let Some(twin) = target.field(inverse) else {
        return Some(format!(
            "inverseLinkFieldId {inverse} is no field of table {}",
            target.name
        ));
    };
    match &twin.kind {
        Kind::Links(back) if back.table == table.id && back.inverse == Some(field.id) => None,
        Kind::Links(_) => Some(format!(
            "its inverse, field {} of table {}, does not link back to it",
            twin.name, target.name
        )),
        other => Some(format!(
            "its inverse, field {} of table {}, is of type {} and no link",
            twin.name,
            target.name,
            other.type_name()
        )),
    }
}
