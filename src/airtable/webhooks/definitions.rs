use serde_json::{Map, Value, json};

use super::super::store::{Change, ChangeKind};
use super::broken::Broken;
use super::records::put;
use super::specification::{ChangeType, DataType};
use super::watch::{Scope, Watch};
use crate::contracts::{BaseError, FieldSchema, TableSchema};

/// What a transaction did to the definition of one table.
#[derive(Default)]
pub(super) struct Definitions {
    /// Name and description of a table that was made.
    pub(super) made: Option<Value>,
    created: Map<String, Value>,
    changed: Map<String, Value>,
    destroyed: Vec<Value>,
    metadata: Option<Value>,
}

impl Definitions {
    /// Takes an entry in, where the webhook wants it.
    pub(super) fn add(&mut self, watch: &Watch, change: &Change) -> Result<(), Broken> {
        if !watch.has(DataType::TableFields) && !watch.has(DataType::TableMetadata) {
            return Ok(());
        }
        if !change.has_images() {
            return Err(Broken::Erased);
        }
        let before = read(change.before.as_deref())?;
        let Some(after) = read(change.after.as_deref())? else {
            return Ok(());
        };
        match before {
            None => self.make(watch, &after),
            Some(before) => self.compare(watch, &before, &after),
        }
        Ok(())
    }

    fn make(&mut self, watch: &Watch, table: &TableSchema) {
        if watch.wants(DataType::TableMetadata, ChangeType::Add) {
            self.made = Some(metadata_of(table));
        }
        for field in &table.fields {
            self.create_field(watch, field);
        }
    }

    fn compare(&mut self, watch: &Watch, before: &TableSchema, after: &TableSchema) {
        let known = |field: &FieldSchema| before.fields.iter().find(|old| old.id == field.id);
        for field in &after.fields {
            match known(field) {
                None => self.create_field(watch, field),
                Some(old) if old != field => self.change_field(watch, old, field),
                Some(_) => {}
            }
        }
        let is_left = |old: &FieldSchema| after.fields.iter().any(|field| field.id == old.id);
        if watch.wants(DataType::TableFields, ChangeType::Remove) {
            let gone = before.fields.iter().filter(|old| !is_left(old));
            let wanted = gone.filter(|old| watch.wants_schema_of(old.id));
            self.destroyed.extend(wanted.map(|old| json!(old.id)));
        }
        if watch.wants(DataType::TableMetadata, ChangeType::Update) {
            self.metadata = metadata_change(before, after);
        }
    }

    fn create_field(&mut self, watch: &Watch, field: &FieldSchema) {
        if watch.wants(DataType::TableFields, ChangeType::Add) && watch.wants_schema_of(field.id) {
            let value = json!({"name": field.name, "type": field.field_type});
            self.created.insert(field.id.to_string(), value);
        }
    }

    /// New options alone show as the type, which is all that a payload has for them.
    fn change_field(&mut self, watch: &Watch, old: &FieldSchema, new: &FieldSchema) {
        let is_wanted = watch.wants(DataType::TableFields, ChangeType::Update);
        if !is_wanted || !watch.wants_schema_of(new.id) {
            return;
        }
        let has_new_name = old.name != new.name;
        let has_new_type = old.field_type != new.field_type || old.options != new.options;
        let told = |field: &FieldSchema| {
            let mut value = Map::new();
            if has_new_name {
                value.insert("name".to_owned(), json!(field.name));
            }
            if has_new_type {
                value.insert("type".to_owned(), json!(field.field_type));
            }
            Value::Object(value)
        };
        let mut value = Map::new();
        value.insert("current".to_owned(), told(new));
        if watch.has_previous_fields {
            value.insert("previous".to_owned(), told(old));
        }
        self.changed
            .insert(new.id.to_string(), Value::Object(value));
    }

    /// The fields that were made, for a table that is new itself.
    pub(super) fn take_created(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.created)
    }

    /// Moves them into a table of a payload.
    pub(super) fn tell(self, out: &mut Map<String, Value>) {
        put(out, "createdFieldsById", self.created);
        put(out, "changedFieldsById", self.changed);
        if !self.destroyed.is_empty() {
            out.insert("destroyedFieldIds".to_owned(), self.destroyed.into());
        }
        if let Some(metadata) = self.metadata {
            out.insert("changedMetadata".to_owned(), metadata);
        }
    }
}

fn read(image: Option<&str>) -> Result<Option<TableSchema>, Broken> {
    let schema = image.map(serde_json::from_str).transpose();
    schema.map_err(|error| BaseError::internal(error).into())
}

/// Whether an entry deletes the view that is watched.
pub(super) fn deletes_view(watch: &Watch, change: &Change) -> Result<bool, Broken> {
    let Scope::View(table, watched) = watch.scope else {
        return Ok(false);
    };
    if change.kind != ChangeKind::Schema || change.table != Some(table) {
        return Ok(false);
    }
    let has = |table: &TableSchema| table.views.iter().any(|view| view.id == watched);
    let before = read(change.before.as_deref())?;
    let after = read(change.after.as_deref())?;
    Ok(before.is_some_and(|table| has(&table)) && after.is_some_and(|table| !has(&table)))
}

fn metadata_of(table: &TableSchema) -> Value {
    let mut value = Map::new();
    value.insert("name".to_owned(), json!(table.name));
    if let Some(description) = &table.description {
        value.insert("description".to_owned(), json!(description));
    }
    Value::Object(value)
}

fn metadata_change(before: &TableSchema, after: &TableSchema) -> Option<Value> {
    let (mut current, mut previous) = (Map::new(), Map::new());
    if before.name != after.name {
        current.insert("name".to_owned(), json!(after.name));
        previous.insert("name".to_owned(), json!(before.name));
    }
    if before.description != after.description {
        current.insert("description".to_owned(), json!(after.description));
        previous.insert("description".to_owned(), json!(before.description));
    }
    (!current.is_empty()).then(|| json!({"current": current, "previous": previous}))
}
