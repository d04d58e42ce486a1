use std::collections::{HashMap, HashSet};

use super::look::Look;
use super::shape::{Shape, is_email, is_url, shape};
use super::tally::Tally;
use super::types;
use crate::contracts::{BaseSchema, FieldSchema, TableSchema};
use crate::platform::ids::{ChoiceId, RecordId, TableId};

/// Different values of a field up to which they are kept, as hashes.
const MOST_KEPT: usize = 20_000;
/// Fields of a table whose columns are kept, as hashes, to compare them with one another.
const MOST_COLUMNS: usize = 12;

/// A base with what its records show; all that rules may look at.
pub(in crate::airtable) struct Facts {
    pub(super) schema: BaseSchema,
    /// As the tables of the schema.
    pub(super) tables: Vec<TableFacts>,
}

/// What the records of a table show.
#[derive(Default)]
pub(in crate::airtable) struct TableFacts {
    pub(super) records: usize,
    /// As the fields of the schema.
    pub(super) fields: Vec<FieldFacts>,
    /// What the values of some fields are, record by record; by index of the field.
    pub(super) columns: HashMap<usize, Vec<Option<u64>>>,
    /// Example records for columns, in the order of their values.
    pub(super) ids: Vec<RecordId>,
}

/// What the cells of a field show.
#[derive(Default)]
pub(in crate::airtable) struct FieldFacts {
    pub(super) filled: usize,
    pub(super) empty: Tally,
    /// Different values; `None` where that says nothing.
    pub(super) distinct: Option<usize>,
    /// Records whose value an earlier one has.
    pub(super) repeated: Tally,
    /// Records whose value differs from an earlier one only in case or outer spaces.
    pub(super) respelled: Tally,
    /// The different values and how often they stand there, unless they are too many.
    pub(super) values: HashMap<u64, usize>,
    pub(super) spaced: Tally,
    pub(super) no_email: Tally,
    pub(super) no_url: Tally,
    pub(super) numbers: Tally,
    pub(super) dates: Tally,
    pub(super) emails: Tally,
    pub(super) urls: Tally,
    pub(super) flags: Tally,
    pub(super) lists: Tally,
    pub(super) longest: usize,
    pub(super) choices: HashSet<ChoiceId>,
    /// Records with more than one choice.
    pub(super) several_choices: usize,
    pub(super) links: usize,
    pub(super) most_links: usize,
    /// The most records that link to one and the same.
    pub(super) most_back: usize,
    /// The record with the most links.
    pub(super) widest: Option<RecordId>,
}

impl TableFacts {
    /// Looks at a table field by field, so that only one column is in memory twice.
    pub(super) fn gather<'a>(
        table: &TableSchema,
        ids: Vec<RecordId>,
        column: impl Fn(usize) -> Vec<Look<'a>>,
    ) -> Self {
        let mut facts = Self {
            records: ids.len(),
            ..Self::default()
        };
        for (index, field) in table.fields.iter().enumerate() {
            let looks = match types::is_computed(&field.field_type) {
                true => Vec::new(),
                false => column(index),
            };
            let found = FieldFacts::gather(table, field, &ids, &looks);
            if found.is_comparable(field) && facts.columns.len() < MOST_COLUMNS {
                let keys = looks.iter().map(|look| look.key()).collect();
                facts.columns.insert(index, keys);
            }
            facts.fields.push(found);
        }
        facts.ids = ids;
        facts
    }
}

impl FieldFacts {
    fn gather(
        table: &TableSchema,
        field: &FieldSchema,
        ids: &[RecordId],
        looks: &[Look<'_>],
    ) -> Self {
        let mut facts = Self::default();
        let mut spellings: HashMap<u64, u64> = HashMap::new();
        let mut back: HashMap<RecordId, usize> = HashMap::new();
        let is_text = types::is_text(&field.field_type);
        let is_prose = types::is_prose(&field.field_type);
        for (id, look) in ids.iter().zip(looks) {
            if matches!(look, Look::Empty) {
                facts.empty.add(*id);
                continue;
            }
            facts.filled += 1;
            if let Some(key) = look.key() {
                facts.count(key, *look, *id, &mut spellings);
            }
            match look {
                Look::Text(text) => {
                    facts.measure(field, text, *id);
                    if is_text {
                        facts.tell_shape(text, *id, is_prose);
                    }
                }
                Look::Choices(choices) => facts.note_choices(choices),
                Look::Links(links) => facts.note_links(links, *id, &mut back),
                Look::Empty | Look::Number(_) | Look::Filled => {}
            }
        }
        facts.most_back = back.into_values().max().unwrap_or(0);
        let has_values = !spellings.is_empty();
        facts.distinct = has_values.then_some(spellings.len());
        let is_primary = field.id == table.primary_field_id;
        if spellings.len() > MOST_KEPT && !is_primary {
            facts.values = HashMap::new();
        }
        facts
    }

    fn count(&mut self, key: u64, look: Look<'_>, id: RecordId, spellings: &mut HashMap<u64, u64>) {
        let exact = look.exact().unwrap_or(key);
        *self.values.entry(key).or_insert(0) += 1;
        match spellings.get(&key) {
            None => {
                spellings.insert(key, exact);
            }
            Some(first) => {
                self.repeated.add(id);
                if *first != exact {
                    self.respelled.add(id);
                }
            }
        }
    }

    fn measure(&mut self, field: &FieldSchema, text: &str, id: RecordId) {
        self.longest = self.longest.max(text.len());
        if text.trim().len() != text.len() && !types::is_prose(&field.field_type) {
            self.spaced.add(id);
        }
        match field.field_type.as_str() {
            "email" if !is_email(text) => self.no_email.add(id),
            "url" if !is_url(text) && !text.contains("://") => self.no_url.add(id),
            _ => {}
        }
    }

    /// Prose is full of commas, so that lists are not looked for in it.
    fn tell_shape(&mut self, text: &str, id: RecordId, is_prose: bool) {
        match shape(text) {
            Shape::Number => self.numbers.add(id),
            Shape::Date => self.dates.add(id),
            Shape::Email => self.emails.add(id),
            Shape::Url => self.urls.add(id),
            Shape::Flag => self.flags.add(id),
            Shape::List if !is_prose => self.lists.add(id),
            Shape::List | Shape::Other => {}
        }
    }

    fn note_choices(&mut self, choices: &[ChoiceId]) {
        self.choices.extend(choices);
        if choices.len() > 1 {
            self.several_choices += 1;
        }
    }

    fn note_links(
        &mut self,
        links: &[RecordId],
        id: RecordId,
        back: &mut HashMap<RecordId, usize>,
    ) {
        self.links += links.len();
        if links.len() > self.most_links {
            self.most_links = links.len();
            self.widest = Some(id);
        }
        for link in links {
            *back.entry(*link).or_insert(0) += 1;
        }
    }

    /// Whether its column may depend on another, or another on it.
    fn is_comparable(&self, field: &FieldSchema) -> bool {
        let is_kind = types::is_text(&field.field_type)
            || matches!(
                field.field_type.as_str(),
                "number" | "currency" | "percent" | "singleSelect"
            );
        is_kind && self.distinct.is_some_and(|distinct| distinct > 1) && self.repeated.count > 0
    }
}

impl Facts {
    /// The table with this id.
    pub(super) fn table(&self, id: TableId) -> Option<&TableSchema> {
        self.schema.tables.iter().find(|table| table.id == id)
    }

    /// The tables with what their records show.
    pub(super) fn each_table(&self) -> impl Iterator<Item = (&TableSchema, &TableFacts)> {
        self.schema.tables.iter().zip(&self.tables)
    }

    /// The fields with what their cells show.
    pub(super) fn each_field(
        &self,
    ) -> impl Iterator<Item = (&TableSchema, &TableFacts, &FieldSchema, &FieldFacts)> {
        self.each_table().flat_map(|(table, facts)| {
            let fields = table.fields.iter().zip(&facts.fields);
            fields.map(move |(field, found)| (table, facts, field, found))
        })
    }

    /// The link fields of all tables.
    pub(super) fn link_fields(&self) -> impl Iterator<Item = (&TableSchema, &FieldSchema)> {
        self.schema.tables.iter().flat_map(|table| {
            let links = table.fields.iter();
            let links = links.filter(|field| field.field_type == "multipleRecordLinks");
            links.map(move |field| (table, field))
        })
    }

    /// What the cells of a field show.
    pub(super) fn of(&self, table: &TableSchema, field: &FieldSchema) -> Option<&FieldFacts> {
        let place = self
            .schema
            .tables
            .iter()
            .position(|other| other.id == table.id)?;
        let index = table.fields.iter().position(|other| other.id == field.id)?;
        self.tables.get(place)?.fields.get(index)
    }
}
