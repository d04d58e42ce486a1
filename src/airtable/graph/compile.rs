use std::sync::Arc;

use super::super::formula::{self, Element, Error, Program};
use super::super::operand::{element_of, with_fields};
use super::super::schema::{Computed, Field, Kind, Link, Path, Rule, Table};
use super::node::{Gather, Part, Source, Work, part_of};
use super::result::{looked_up, result_of};
use crate::platform::ids::TableId;

/// Why a field cannot be computed, for who defined it.
pub(super) type Wrong = String;

pub(super) fn table_of(tables: &[Arc<Table>], id: TableId) -> Option<&Arc<Table>> {
    tables.iter().find(|table| table.id == id)
}

/// The way along a link, as slots.
struct Way<'a> {
    gather: Gather,
    target: &'a Arc<Table>,
    field: &'a Arc<Field>,
}

fn way<'a>(tables: &'a [Arc<Table>], table: &Table, path: Path) -> Result<Way<'a>, Wrong> {
    let link_field = table.field(path.link);
    let (link_field, link) = link_field
        .and_then(|field| match &field.kind {
            Kind::Links(link) => Some((field, link)),
            _ => None,
        })
        .ok_or("recordLinkFieldId is no link field of this table")?;
    let target = table_of(tables, link.table).ok_or("the linked table is gone")?;
    let field = target
        .field(path.field)
        .ok_or("fieldIdInLinkedTable is no field of the linked table")?;
    Ok(Way {
        gather: gather(link_field.slot, link, target),
        target,
        field,
    })
}

fn gather(slot: usize, link: &Link, target: &Table) -> Gather {
    let twin = link.inverse.and_then(|id| target.field(id));
    Gather {
        link: slot,
        table: target.id,
        twin: twin.map(|twin| twin.slot),
    }
}

/// What the values of a computed field follow from.
pub(super) fn sources(
    tables: &[Arc<Table>],
    table: &Table,
    fields: &[formula::Field<'_>],
    rule: &Rule,
) -> Result<Vec<Source>, Wrong> {
    let mut sources = Vec::new();
    if let Some(path) = rule.path() {
        let way = way(tables, table, path)?;
        sources.push(Source::Own(Part::Cell(way.gather.link)));
        let part = part_of(way.target, way.field);
        sources.extend(part.map(|part| Source::Linked(way.gather, part)));
    }
    if let Some(program) = draft(rule, fields).transpose().map_err(said)? {
        let places = program.references().into_iter();
        let parts = places.filter_map(|place| part_of(table, table.fields.get(place)?));
        sources.extend(parts.map(Source::Own));
        if program.is_of_changes() {
            sources.push(Source::Own(Part::Changes));
        }
    }
    Ok(sources)
}

fn said(error: Error) -> Wrong {
    error.to_string()
}

/// The formula, with kinds that may not be the last word yet.
fn draft(rule: &Rule, fields: &[formula::Field<'_>]) -> Option<Result<Program, Error>> {
    match rule {
        Rule::Formula(formula) => Some(Program::new(formula, fields)),
        Rule::Rollup(_, formula) => Some(Program::rollup(formula, fields, Element::Mixed)),
        Rule::Lookup(_) => None,
    }
}

/// The links of a slot, and what their names follow from; `None` where the linked table is gone.
pub(super) fn names(
    tables: &[Arc<Table>],
    table: &Table,
    slot: usize,
) -> Option<(Gather, Vec<Source>)> {
    let Kind::Links(link) = &table.fields.get(slot)?.kind else {
        return None;
    };
    let target = table_of(tables, link.table)?;
    let gather = gather(slot, link, target);
    let primary = target.field(target.primary);
    let part = primary.and_then(|primary| part_of(target, primary));
    let mut sources = vec![Source::Own(Part::Cell(slot))];
    sources.extend(part.map(|part| Source::Linked(gather, part)));
    Some((gather, sources))
}

/// A computed field under definitions that are all known, and how it is computed.
pub(super) fn compile(
    tables: &[Arc<Table>],
    table: &Table,
    field: &Field,
    computed: &Computed,
) -> Result<(Computed, Work), Wrong> {
    match &computed.rule {
        Rule::Formula(source) => with_fields(table, |fields| {
            let program = Program::new(source, fields).map_err(said)?;
            let named = named(table, &program);
            Ok((
                Computed {
                    rule: Rule::Formula(program.with_ids(source, fields).map_err(said)?),
                    referenced: named.iter().map(|field| field.id).collect(),
                    result: Some(result_of(field, computed.result.as_ref(), &program, &named)),
                    operand: program.kind(),
                },
                Work::Formula(program),
            ))
        }),
        Rule::Rollup(path, source) => with_fields(table, |fields| {
            let way = way(tables, table, *path)?;
            let program = Program::rollup(source, fields, element_of(&way.field.kind));
            let program = program.map_err(said)?;
            let named = named(table, &program);
            let gathered = [way.field.clone()];
            Ok((
                Computed {
                    rule: Rule::Rollup(*path, program.with_ids(source, fields).map_err(said)?),
                    referenced: named.iter().map(|field| field.id).collect(),
                    result: Some(result_of(
                        field,
                        computed.result.as_ref(),
                        &program,
                        &gathered,
                    )),
                    operand: program.kind(),
                },
                Work::Rollup(way.gather, way.field.slot, program),
            ))
        }),
        Rule::Lookup(path) => {
            let way = way(tables, table, *path)?;
            Ok((
                Computed {
                    rule: Rule::Lookup(*path),
                    referenced: Vec::new(),
                    result: looked_up(way.target, way.field.slot),
                    operand: formula::Kind::Array(element_of(&way.field.kind)),
                },
                Work::Lookup(way.gather, way.field.slot),
            ))
        }
    }
}

fn named(table: &Table, program: &Program) -> Vec<Arc<Field>> {
    let places = program.references().into_iter();
    places
        .filter_map(|place| table.fields.get(place).cloned())
        .collect()
}
