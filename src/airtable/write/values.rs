use std::sync::Arc;

use serde_json::Value;

use super::super::cell::{
    Cell, ChoiceInput, LinkInput, Mode, ParseContext, Parsed, parse, resolve_attachments,
};
use super::super::schema::{Choices, Field, Kind, Link, Table};
use super::super::snapshot::primary_text;
use super::draft::Draft;
use super::links::link_cell;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, FieldValues};
use crate::platform::ids::{ChoiceId, FieldId, RecordId, TableId};

impl Draft<'_> {
    /// Writes the values a client sent for one record.
    pub(super) fn assign(
        &mut self,
        table: TableId,
        record: RecordId,
        values: &FieldValues,
        typecast: bool,
    ) -> BaseResult<()> {
        for (name, value) in values {
            let definition = self.table(table)?;
            let field = find_field(&definition, name)?.clone();
            let cell = self.read(&definition, &field, value, typecast)?;
            let before = self.cell(table, record, field.slot);
            let cell = resolve_attachments(&field, cell, &before)?;
            self.note_attached((table, record), &field, &before, &cell);
            self.set(table, record, &field, cell)?;
        }
        Ok(())
    }

    /// Turns a client's value into a cell; with typecast new choices and linked records may come into being.
    pub(super) fn read(
        &mut self,
        table: &Table,
        field: &Arc<Field>,
        value: &Value,
        typecast: bool,
    ) -> BaseResult<Cell> {
        let mode = if typecast {
            Mode::Typecast
        } else {
            Mode::Strict
        };
        let context = ParseContext {
            mode,
            people: self.people,
            now: self.now,
        };
        match parse(field, value, &context)? {
            Parsed::Cell(cell) => Ok(cell),
            Parsed::Choices(inputs) => self.read_choices(table.id, field, inputs),
            Parsed::Links(inputs) => self.read_links(field, inputs),
        }
    }

    fn read_choices(
        &mut self,
        table: TableId,
        field: &Field,
        inputs: Vec<ChoiceInput>,
    ) -> BaseResult<Cell> {
        let mut ids: Vec<ChoiceId> = Vec::with_capacity(inputs.len());
        for input in inputs {
            let id = match input {
                ChoiceInput::Known(id) => id,
                ChoiceInput::New(name) => self.choice(table, field.id, &name)?,
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(match (&field.kind, ids.as_slice()) {
            (_, []) => Cell::Empty,
            (Kind::SingleSelect(_), [first, ..]) => Cell::Choice(*first),
            _ => Cell::Choices(ids.into_boxed_slice()),
        })
    }

    /// The choice of a name, made when it is new and the author may change the schema.
    fn choice(&mut self, table: TableId, field: FieldId, name: &str) -> BaseResult<ChoiceId> {
        let definition = self.table(table)?;
        let current = definition
            .field(field)
            .and_then(|field| choices_of(&field.kind));
        let current = current.ok_or_else(|| BaseError::internal("a choice for no select field"))?;
        if let Some(index) = current.by_name.get(name) {
            return Ok(current.list[*index].id);
        }
        if !self.may_change_schema {
            return Err(BaseError::new(
                BaseErrorKind::InvalidMultipleChoiceOptions,
                format!("Insufficient permissions to create new select option \"\"{name}\"\""),
            ));
        }
        let (choices, made) = current.with_new(&[name.to_owned()]);
        let mut changed = Table::clone(&definition);
        if let Some(place) = changed.fields.iter_mut().find(|known| known.id == field) {
            let mut field = Field::clone(place);
            match &mut field.kind {
                Kind::SingleSelect(list) | Kind::MultipleSelects(list) => *list = choices,
                _ => {}
            }
            *place = Arc::new(field);
        }
        self.redefine(changed);
        made.first()
            .copied()
            .ok_or_else(|| BaseError::internal("a new choice has no id"))
    }

    fn read_links(&mut self, field: &Field, inputs: Vec<LinkInput>) -> BaseResult<Cell> {
        let Kind::Links(link) = &field.kind else {
            return Err(BaseError::internal("links for no link field"));
        };
        let mut links: Vec<RecordId> = Vec::with_capacity(inputs.len());
        for input in inputs {
            let id = match input {
                LinkInput::Id(id) => self.check_link(link, id)?,
                LinkInput::Name(name) => self.linked_by_name(link, &name)?,
            };
            if !links.contains(&id) {
                links.push(id);
            }
        }
        Ok(link_cell(links))
    }

    fn check_link(&self, link: &Link, id: RecordId) -> BaseResult<RecordId> {
        if self.exists(link.table, id) {
            return Ok(id);
        }
        match self.table_of(id) {
            Some(other) => Err(BaseError::new(
                BaseErrorKind::RowTableDoesNotMatchLinkedTable,
                format!(
                    "Record ID {id} belongs to table {other}, but the field links to table {}",
                    link.table
                ),
            )),
            None => Err(BaseError::new(
                BaseErrorKind::RowDoesNotExist,
                format!("Record ID {id} does not exist"),
            )),
        }
    }

    /// The record of this name in the linked table, made when there is none.
    fn linked_by_name(&mut self, link: &Link, name: &str) -> BaseResult<RecordId> {
        let table = self.table(link.table)?;
        let primary = table
            .field(table.primary)
            .cloned()
            .ok_or_else(|| BaseError::internal("a table has no primary field"))?;
        if let Some(id) = self.find_by_name(&table, name) {
            return Ok(id);
        }
        let cell = self.read(&table, &primary, &Value::String(name.to_owned()), true)?;
        // "7" names the record that reads "7.00".
        let shown = primary_text(&primary, &cell);
        if let Some(id) = self.find_by_name(&table, &shown) {
            return Ok(id);
        }
        let id = self.add(&table);
        self.set(link.table, id, &primary, cell)?;
        if shown != name {
            self.note_alias(&table, id, name);
        }
        Ok(id)
    }
}

/// The choices of a select field.
pub(super) fn choices_of(kind: &Kind) -> Option<&Choices> {
    match kind {
        Kind::SingleSelect(choices) | Kind::MultipleSelects(choices) => Some(choices),
        _ => None,
    }
}

/// The field of a name or id.
pub(in crate::airtable) fn find_field<'t>(
    table: &'t Table,
    name: &str,
) -> BaseResult<&'t Arc<Field>> {
    table.find_field(name).ok_or_else(|| {
        BaseError::new(
            BaseErrorKind::UnknownFieldName,
            format!("Unknown field name: \"{name}\""),
        )
    })
}

/// The tables that a table's links lead to.
pub(in crate::airtable) fn linked_tables(table: &Table) -> impl Iterator<Item = TableId> {
    table.fields.iter().filter_map(|field| match &field.kind {
        Kind::Links(link) => Some(link.table),
        _ => None,
    })
}
