use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::cell::{
    Cell, ChoiceInput, LinkInput, Mode, ParseContext, Parsed, PersonCell, links_of, parse,
};
use super::super::graph::resolve;
use super::super::schema::{Field, Kind, Table};
use super::super::service::{ImportDocument, ImportRecord};
use super::super::snapshot::{RowMeta, stored_cells};
use super::super::store::{AttachmentRow, BaseRow, Counters, RecordRow};
use super::attachments::share;
use super::commit::Author;
use super::import_check::check_tables;
use super::links::link_cell;
use super::values::{choices_of, find_field};
use super::view_check::view_warnings;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, Person, TableSchema};
use crate::platform::clock::Millis;
use crate::platform::ids::{BaseId, ChoiceId, RecordId, TableId, WorkspaceId};

/// A whole base, checked and ready to be written.
pub(in crate::airtable) struct ImportPlan {
    pub(in crate::airtable) base: BaseRow,
    pub(in crate::airtable) tables: Vec<TableSchema>,
    pub(in crate::airtable) records: Vec<RecordRow>,
    /// Those that share the files of attachments which this instance has.
    pub(in crate::airtable) attachments: Vec<AttachmentRow>,
    pub(in crate::airtable) warnings: Vec<String>,
}

/// Checks a document and turns it into rows; every id is kept, save of attachments whose URL is a link of this instance.
pub(in crate::airtable) fn build_import(
    document: &ImportDocument,
    workspace: WorkspaceId,
    people: &[Person],
    author: &Author,
    (now, is_own_link): (Millis, &(dyn Fn(&str) -> bool + Sync)),
) -> BaseResult<ImportPlan> {
    let mut import = Import::new(document, people, author, now)?;
    for table in 0..import.tables.len() {
        import.read_table(table, document)?;
    }
    import.mend_links();
    import.finish(document, workspace, is_own_link)
}

/// The tables with computed fields as they will be; what cannot be computed keeps the values of the document.
fn resolved(tables: Vec<Table>) -> Vec<Table> {
    let mut tables: Vec<Arc<Table>> = tables.into_iter().map(Arc::new).collect();
    resolve(&mut tables);
    tables.into_iter().map(Arc::unwrap_or_clone).collect()
}

struct ImportedRow {
    meta: RowMeta,
    cells: Vec<Cell>,
}

struct Import<'a> {
    tables: Vec<Table>,
    rows: Vec<Vec<ImportedRow>>,
    /// Where every record of the document lies.
    places: HashMap<RecordId, (usize, usize)>,
    counters: Counters,
    warnings: Vec<String>,
    dropped_links: usize,
    people: &'a [Person],
    author: &'a Author,
    now: Millis,
}

impl<'a> Import<'a> {
    fn new(
        document: &ImportDocument,
        people: &'a [Person],
        author: &'a Author,
        now: Millis,
    ) -> BaseResult<Self> {
        let tables: Vec<Table> = document
            .tables
            .iter()
            .map(Table::from_schema)
            .collect::<BaseResult<_>>()?;
        check_tables(&tables)?;
        let tables = resolved(tables);
        let known: HashSet<String> = tables.iter().map(|table| table.id.to_string()).collect();
        if let Some(unknown) = document.records.keys().find(|id| !known.contains(*id)) {
            return Err(invalid(format!(
                "records: table {unknown} is not among the tables"
            )));
        }
        let mut places = HashMap::new();
        for (index, table) in tables.iter().enumerate() {
            for (at, record) in records_of(document, table.id).iter().enumerate() {
                if places.insert(record.id, (index, at)).is_some() {
                    return Err(invalid(format!("record {} is there twice", record.id)));
                }
            }
        }
        let rows = tables.iter().map(|_| Vec::new()).collect();
        let mut warnings: Vec<String> = frozen_warning(&tables).into_iter().collect();
        warnings.extend(view_warnings(&document.tables, &tables));
        Ok(Self {
            tables,
            rows,
            places,
            counters: Counters::default(),
            warnings,
            dropped_links: 0,
            people,
            author,
            now,
        })
    }

    fn read_table(&mut self, index: usize, document: &ImportDocument) -> BaseResult<()> {
        let records = records_of(document, self.tables[index].id);
        for (at, record) in records.iter().enumerate() {
            let row = self
                .read_record(index, at, record)
                .map_err(|error| BaseError {
                    message: format!("record {}: {}", record.id, error.message),
                    ..error
                })?;
            self.rows[index].push(row);
        }
        self.number_rows(index);
        Ok(())
    }

    fn read_record(
        &mut self,
        index: usize,
        at: usize,
        record: &ImportRecord,
    ) -> BaseResult<ImportedRow> {
        let mut cells = vec![Cell::Empty; self.tables[index].fields.len()];
        let mut created_by = None;
        for (name, value) in &record.fields {
            let field = find_field(&self.tables[index], name)?.clone();
            let cell = self.read_cell(index, &field, value)?;
            match (&field.kind, cell) {
                (Kind::CreatedBy, Cell::Person(person)) => created_by = Some(Arc::new(*person)),
                (Kind::CreatedTime(_) | Kind::CreatedBy | Kind::Count { .. }, _) => {}
                (_, cell) => cells[field.slot] = cell,
            }
        }
        let (updated_at, updated_by) = last_modified(&self.tables[index], &cells);
        let meta = RowMeta {
            id: record.id,
            row_no: i64::try_from(at).unwrap_or(i64::MAX) + 1,
            created_at: parse_time(&record.created_time)?,
            created_by: Some(created_by.unwrap_or_else(|| self.author.person.clone())),
            updated_at,
            updated_by,
        };
        Ok(ImportedRow { meta, cells })
    }

    fn read_cell(&mut self, table: usize, field: &Field, value: &Value) -> BaseResult<Cell> {
        let context = ParseContext {
            mode: Mode::Import,
            people: self.people,
            now: self.now,
        };
        match parse(field, value, &context)? {
            Parsed::Cell(cell) => Ok(cell),
            Parsed::Choices(inputs) => Ok(self.choices(table, field, inputs)),
            Parsed::Links(inputs) => Ok(self.links(field, inputs)),
        }
    }

    fn choices(&mut self, table: usize, field: &Field, inputs: Vec<ChoiceInput>) -> Cell {
        let ids: Vec<ChoiceId> = inputs
            .into_iter()
            .filter_map(|input| match input {
                ChoiceInput::Known(id) => Some(id),
                ChoiceInput::New(name) => self.choice(table, field.slot, &name),
            })
            .collect();
        match (&field.kind, ids.as_slice()) {
            (_, []) => Cell::Empty,
            (Kind::SingleSelect(_), [first, ..]) => Cell::Choice(*first),
            _ => Cell::Choices(ids.into()),
        }
    }

    fn choice(&mut self, table: usize, slot: usize, name: &str) -> Option<ChoiceId> {
        let field = Arc::make_mut(&mut self.tables[table].fields[slot]);
        let current = choices_of(&field.kind)?;
        if let Some(index) = current.by_name.get(name) {
            return Some(current.list[*index].id);
        }
        let (choices, made) = current.with_new(&[name.to_owned()]);
        match &mut field.kind {
            Kind::SingleSelect(list) | Kind::MultipleSelects(list) => *list = choices,
            _ => {}
        }
        made.first().copied()
    }

    fn links(&mut self, field: &Field, inputs: Vec<LinkInput>) -> Cell {
        let Kind::Links(link) = &field.kind else {
            return Cell::Empty;
        };
        let mut links = Vec::with_capacity(inputs.len());
        for input in inputs {
            let target = match input {
                LinkInput::Id(id) => self.places.get(&id).map(|(table, _)| (id, *table)),
                LinkInput::Name(_) => None,
            };
            match target {
                Some((id, table)) if self.tables[table].id == link.table => links.push(id),
                _ => self.dropped_links += 1,
            }
        }
        link_cell(links)
    }

    /// Continues automatic numbers after the highest that came along.
    fn number_rows(&mut self, index: usize) {
        let table = &self.tables[index];
        let rows = &mut self.rows[index];
        self.counters
            .rows
            .insert(table.id, i64::try_from(rows.len()).unwrap_or(i64::MAX));
        self.counters.records.insert(table.id, rows.len() as u64);
        for field in table
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::AutoNumber))
        {
            let given = rows.iter().filter_map(|row| match row.cells[field.slot] {
                Cell::Number(number) if (0.0..9e15).contains(&number) => Some(number as i64),
                _ => None,
            });
            let mut last = given.max().unwrap_or(0);
            for row in rows.iter_mut() {
                if matches!(row.cells[field.slot], Cell::Empty) {
                    last += 1;
                    row.cells[field.slot] = Cell::Number(last as f64);
                }
            }
            self.counters.numbers.insert(field.id, last);
        }
    }

    /// Adds the other side where a document names only one.
    fn mend_links(&mut self) {
        let mut missing: Vec<(usize, usize, usize, RecordId)> = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            for field in &table.fields {
                let Kind::Links(link) = &field.kind else {
                    continue;
                };
                let Some(inverse) = link.inverse else {
                    continue;
                };
                let target = self.tables.iter().find(|other| other.id == link.table);
                let Some(slot) = target
                    .and_then(|other| other.field(inverse))
                    .map(|twin| twin.slot)
                else {
                    continue;
                };
                for row in &self.rows[index] {
                    for linked in links_of(&row.cells[field.slot]) {
                        let Some((other, at)) = self.places.get(linked) else {
                            continue;
                        };
                        let twin = links_of(&self.rows[*other][*at].cells[slot]);
                        if !twin.contains(&row.meta.id) {
                            missing.push((*other, *at, slot, row.meta.id));
                        }
                    }
                }
            }
        }
        for (table, row, slot, id) in missing {
            let cell = &mut self.rows[table][row].cells[slot];
            let mut links = links_of(cell).to_vec();
            if !links.contains(&id) {
                links.push(id);
            }
            *cell = link_cell(links);
        }
    }

    fn finish(
        mut self,
        document: &ImportDocument,
        workspace: WorkspaceId,
        is_own_link: &(dyn Fn(&str) -> bool + Sync),
    ) -> BaseResult<ImportPlan> {
        let id = document.id.unwrap_or_else(BaseId::fresh);
        if self.dropped_links > 0 {
            self.warnings.push(format!(
                "{} links to records that the document does not hold were left out",
                self.dropped_links
            ));
        }
        let mut records = Vec::with_capacity(self.places.len());
        let mut attachments = Vec::new();
        for (table, rows) in self.tables.iter().zip(self.rows) {
            for mut row in rows {
                let place = (id, table, row.meta.id);
                attachments.extend(share(place, &mut row.cells, is_own_link, self.now));
                records.push(record_row(table, &row));
            }
        }
        Ok(ImportPlan {
            base: BaseRow {
                id,
                workspace,
                name: document.name.clone(),
                is_mirror: false,
                // A base deleted and imported again is ahead of what others remember of its former life.
                seq: self.now,
                counters: self.counters,
            },
            tables: self.tables.iter().map(|table| table.to_schema()).collect(),
            records,
            attachments,
            warnings: self.warnings,
        })
    }
}

fn record_row(table: &Table, row: &ImportedRow) -> RecordRow {
    let json = |person: &Arc<PersonCell>| {
        serde_json::to_string(&**person).expect("three strings always serialise")
    };
    RecordRow {
        table: table.id,
        id: row.meta.id,
        row_no: row.meta.row_no,
        created_at: row.meta.created_at,
        created_by: row.meta.created_by.as_ref().map(json),
        updated_at: row.meta.updated_at,
        updated_by: row.meta.updated_by.as_ref().map(json),
        cells: stored_cells(table, &row.cells),
    }
}

fn records_of(document: &ImportDocument, table: TableId) -> &[ImportRecord] {
    document
        .records
        .get(&table.to_string())
        .map_or(&[], Vec::as_slice)
}

fn last_modified(table: &Table, cells: &[Cell]) -> (Option<Millis>, Option<Arc<PersonCell>>) {
    let mut at = None;
    let mut by = None;
    for field in &table.fields {
        match (&field.kind, &cells[field.slot]) {
            (Kind::LastModifiedTime { .. }, Cell::Time(time)) => at = at.max(Some(*time)),
            (Kind::LastModifiedBy, Cell::Person(person)) => {
                by = Some(Arc::new(PersonCell::clone(person)))
            }
            _ => {}
        }
    }
    (at, by)
}

fn parse_time(text: &str) -> BaseResult<Millis> {
    let time: Result<jiff::Timestamp, _> = text.parse();
    time.map(jiff::Timestamp::as_millisecond)
        .map_err(|_| invalid(format!("createdTime {text:?} is no RFC 3339 time")))
}

fn frozen_warning(tables: &[Table]) -> Option<String> {
    let fields = tables.iter().flat_map(|table| &table.fields);
    let frozen = fields
        .filter(|field| matches!(field.kind, Kind::Frozen { .. }))
        .count();
    (frozen > 0).then(|| {
        format!("{frozen} computed fields of types this server does not compute keep the values of the document")
    })
}

pub(super) fn invalid(message: String) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
