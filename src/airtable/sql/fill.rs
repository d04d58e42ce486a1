use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Statement;

use super::super::cell::Cell;
use super::super::schema::Field;
use super::super::snapshot::{Row, State, TableSnapshot};
use super::column::value;
use super::guard::Needs;
use super::image::{Filled, Image};
use super::layout::{Content, Source, TableLayout, quoted};
use super::watch::Watch;
use crate::platform::clock::write_rfc3339;
use crate::platform::ids::TableId;

/// Rows between looks whether there is still time.
const WATCHED: usize = 1024;

/// Why an image could not be filled.
#[derive(Debug)]
pub(super) enum NotFilled {
    /// There was no time left.
    Stopped,
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for NotFilled {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl Image {
    /// The tables of records that must be loaded before it can be filled with what is needed.
    pub(super) fn sources(&self, needs: &Needs) -> Vec<TableId> {
        let source = |place: &usize| match self.layout.tables[*place].source {
            Source::Records(table) | Source::Links(table, _) => table,
        };
        let sources: BTreeSet<TableId> = needs.keys().map(source).collect();
        sources.into_iter().collect()
    }

    /// Brings the tables and columns that are needed up to the state, whose tables are loaded.
    pub(super) fn fill(
        &mut self,
        state: &State,
        needs: &Needs,
        watch: &Watch,
    ) -> Result<(), NotFilled> {
        let layout = self.layout.clone();
        for (place, needed) in needs {
            let table = &layout.tables[*place];
            let (Source::Records(id) | Source::Links(id, _)) = table.source;
            let Some(snapshot) = state.snapshot(id) else {
                continue;
            };
            let known = self.filled.get(place);
            let is_same = known
                .is_some_and(|known| std::ptr::eq(known.snapshot.as_ptr(), Arc::as_ptr(snapshot)));
            if known.is_some_and(|known| is_same && needed.is_subset(&known.columns)) {
                continue;
            }
            // What was read once is likely to be read again.
            let mut columns = needed.clone();
            columns.extend(known.into_iter().flat_map(|known| &known.columns));
            self.refill(*place, table, snapshot, columns, watch)?;
        }
        Ok(())
    }

    fn refill(
        &mut self,
        place: usize,
        table: &TableLayout,
        snapshot: &Arc<TableSnapshot>,
        columns: BTreeSet<usize>,
        watch: &Watch,
    ) -> Result<(), NotFilled> {
        self.filled.remove(&place);
        let name = quoted(&table.name);
        self.connection
            .execute_batch(&format!("BEGIN; DELETE FROM {name};"))?;
        let is_ours = |at: usize| match (table.source, table.columns[at].content) {
            (Source::Links(..), _) | (_, Content::Id) => true,
            _ => columns.contains(&at),
        };
        let places: Vec<usize> = (0..table.columns.len()).filter(|at| is_ours(*at)).collect();
        let names: Vec<String> = places
            .iter()
            .map(|at| quoted(&table.columns[*at].name))
            .collect();
        let marks = vec!["?"; names.len()].join(", ");
        let insert = format!("INSERT INTO {name} ({}) VALUES ({marks})", names.join(", "));
        let mut insert = self.connection.prepare(&insert)?;
        match table.source {
            Source::Records(_) => {
                let contents = places.iter().map(|at| table.columns[*at].content);
                let contents: Vec<Content> = contents.collect();
                records(&mut insert, snapshot, &contents, watch)?;
            }
            Source::Links(_, field) => {
                let field = snapshot.table.field(field);
                links(&mut insert, snapshot, field.map(|it| it.slot), watch)?;
            }
        }
        drop(insert);
        self.connection.execute_batch("COMMIT")?;
        let snapshot = Arc::downgrade(snapshot);
        self.filled.insert(place, Filled { snapshot, columns });
        Ok(())
    }
}

/// What one column of a table of records is filled from.
enum Origin<'t> {
    Id,
    CreatedTime,
    Field(&'t Field),
    Nothing,
}

fn records(
    insert: &mut Statement<'_>,
    snapshot: &TableSnapshot,
    contents: &[Content],
    watch: &Watch,
) -> Result<(), NotFilled> {
    let table = &snapshot.table;
    let origin = |content: &Content| match content {
        Content::Id => Origin::Id,
        Content::CreatedTime => Origin::CreatedTime,
        Content::Field(id) => table
            .field(*id)
            .map_or(Origin::Nothing, |field| Origin::Field(field)),
        Content::Linked | Content::Position => Origin::Nothing,
    };
    let origins: Vec<Origin<'_>> = contents.iter().map(origin).collect();
    let (mut text, mut json) = (String::new(), Vec::new());
    for (number, row) in snapshot.rows.values().enumerate() {
        check(number, watch)?;
        for (index, origin) in origins.iter().enumerate() {
            let index = index + 1;
            match origin {
                Origin::Id => insert.raw_bind_parameter(index, id_text(row, &mut text))?,
                Origin::CreatedTime => {
                    text.clear();
                    write_rfc3339(&mut text, row.meta.created_at);
                    insert.raw_bind_parameter(index, text.as_str())?;
                }
                Origin::Field(field) => {
                    let cell = row.value(table, field);
                    insert.raw_bind_parameter(index, value(field, &cell, &mut json))?;
                }
                Origin::Nothing => {}
            }
        }
        insert.raw_execute()?;
    }
    Ok(())
}

fn links(
    insert: &mut Statement<'_>,
    snapshot: &TableSnapshot,
    slot: Option<usize>,
    watch: &Watch,
) -> Result<(), NotFilled> {
    let Some(slot) = slot else { return Ok(()) };
    let (mut text, mut linked_text) = (String::new(), String::new());
    let mut number = 0;
    for row in snapshot.rows.values() {
        let Cell::Links(links) = row.cell(slot) else {
            continue;
        };
        id_text(row, &mut text);
        for (position, linked) in (1_i64..).zip(links) {
            check(number, watch)?;
            number += 1;
            linked_text.clear();
            linked_text.push_str("rec");
            linked_text.push_str(linked.body());
            insert.raw_bind_parameter(1, text.as_str())?;
            insert.raw_bind_parameter(2, linked_text.as_str())?;
            insert.raw_bind_parameter(3, position)?;
            insert.raw_execute()?;
        }
    }
    Ok(())
}

fn id_text<'t>(row: &Row, text: &'t mut String) -> &'t str {
    text.clear();
    text.push_str("rec");
    text.push_str(row.meta.id.body());
    text
}

fn check(number: usize, watch: &Watch) -> Result<(), NotFilled> {
    if number.is_multiple_of(WATCHED) && watch.is_over() {
        return Err(NotFilled::Stopped);
    }
    Ok(())
}
