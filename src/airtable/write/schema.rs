use std::collections::HashMap;
use std::sync::Arc;

use super::super::attachments::Links;
use super::super::cell::{Cell, PersonCell};
use super::super::schema::{
    self, Base, Field, Kind, Link, Table, View, check_field_name, check_table_name,
    primary_allowed, update_options,
};
use super::super::snapshot::State;
use super::super::store::Counters;
use super::choices::take_out_choices;
use super::draft::Draft;
use super::values::find_field;
use crate::contracts::{
    BaseError, BaseErrorKind, BaseResult, CreateField, CreateTable, UpdateField, UpdateTable,
};
use crate::platform::ids::{BaseId, FieldId, TableId, TenantId, ViewId, WorkspaceId};
use crate::platform::vault::TenantKey;

/// The state of a base that does not exist yet.
pub(in crate::airtable) fn new_base(
    id: BaseId,
    tenant: TenantId,
    workspace: WorkspaceId,
    name: String,
    key: TenantKey,
    links: Links,
) -> State {
    let base = Base {
        id,
        tenant,
        workspace,
        name,
        is_mirror: false,
        tables: Vec::new(),
    };
    let counters = Counters::default();
    State {
        base: Arc::new(base),
        graph: Arc::default(),
        computed_at: 0,
        seq: 0,
        counters,
        tables: HashMap::new(),
        key,
        links,
    }
}

/// Drafts a table with its grid view.
pub(in crate::airtable) fn create_table(
    draft: &mut Draft<'_>,
    request: &CreateTable,
) -> BaseResult<TableId> {
    let names = draft.base.tables.iter().map(|table| table.name.as_str());
    check_table_name(&request.name, names)?;
    check_description(request.description.as_deref())?;
    let Some(first) = request.fields.first() else {
        return Err(invalid("A table needs at least one field"));
    };
    let primary = schema::create_field(first, &request.name)?;
    if !primary_allowed(&primary) {
        return Err(BaseError::new(
            BaseErrorKind::InvalidFieldTypeOptionsForCreate,
            format!(
                "A field of type {} cannot be the primary field",
                first.field_type
            ),
        ));
    }
    let id = TableId::fresh();
    let primary_id = FieldId::fresh();
    let grid = View {
        id: ViewId::fresh(),
        name: "Grid view".to_owned(),
        view_type: "grid".to_owned(),
        personal_for: None,
        filter: None,
        sort: Vec::new(),
        hidden: Vec::new(),
        order: Vec::new(),
    };
    let field = Field {
        id: primary_id,
        name: first.name.clone(),
        description: first.description.clone(),
        slot: 0,
        kind: primary,
    };
    check_field_name(&first.name, [])?;
    draft.redefine(Table {
        id,
        name: request.name.clone(),
        description: request.description.clone().filter(|text| !text.is_empty()),
        primary: primary_id,
        fields: vec![Arc::new(field)],
        views: vec![grid],
    });
    let mut made = vec![primary_id];
    for field in &request.fields[1..] {
        made.push(add_field(draft, id, field)?);
    }
    check_computed(
        draft,
        id,
        &made,
        BaseErrorKind::InvalidFieldTypeOptionsForCreate,
    )?;
    Ok(id)
}

/// Drafts a field, and the twin of a link.
pub(in crate::airtable) fn create_field(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &CreateField,
) -> BaseResult<FieldId> {
    let id = add_field(draft, table, request)?;
    let kind = BaseErrorKind::InvalidFieldTypeOptionsForCreate;
    check_computed(draft, table, &[id], kind)?;
    Ok(id)
}

/// Refuses definitions of fields that cannot be computed.
fn check_computed(
    draft: &mut Draft<'_>,
    table: TableId,
    fields: &[FieldId],
    kind: BaseErrorKind,
) -> BaseResult<()> {
    let definition = draft.table(table)?;
    let wanted: Vec<&Arc<Field>> = fields
        .iter()
        .filter_map(|id| definition.field(*id))
        .filter(|field| matches!(field.kind, Kind::Computed(_)))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let failures = draft.settle();
    for field in wanted {
        if let Some(failure) = failures.iter().find(|failure| failure.field == field.id) {
            let place = format!("{}.{}", definition.name, field.name);
            let message = format!("Invalid options for {place}: {}", failure.message);
            return Err(BaseError::new(kind, message));
        }
    }
    Ok(())
}

fn add_field(draft: &mut Draft<'_>, table: TableId, request: &CreateField) -> BaseResult<FieldId> {
    let definition = draft.table(table)?;
    if definition.fields.len() >= 500 {
        return Err(invalid("A table holds at most 500 fields"));
    }
    let names = definition.fields.iter().map(|field| field.name.as_str());
    check_field_name(&request.name, names)?;
    check_description(request.description.as_deref())?;
    let mut kind = schema::create_field(request, &definition.name)?;
    check_references(&definition, &kind)?;
    let id = FieldId::fresh();
    if let Kind::Links(link) = &mut kind {
        link.inverse = twin(draft, table, &definition, id, link)?;
    }
    // A link to its own table has just added nothing here, so the definition is still the newest.
    let definition = draft.table(table)?;
    let mut changed = Table::clone(&definition);
    changed.fields.push(Arc::new(Field {
        id,
        name: request.name.clone(),
        description: request.description.clone().filter(|text| !text.is_empty()),
        slot: definition.fields.len(),
        kind,
    }));
    draft.redefine(changed);
    fill(draft, table, id)?;
    Ok(id)
}

/// Makes the twin of a link in the linked table; a link to its own table has none.
fn twin(
    draft: &mut Draft<'_>,
    table: TableId,
    definition: &Table,
    link_field: FieldId,
    link: &Link,
) -> BaseResult<Option<FieldId>> {
    let Some(target) = draft.base.table(link.table).cloned() else {
        return Err(BaseError::new(
            BaseErrorKind::InvalidFieldTypeOptionsForCreate,
            format!("linkedTableId {} is no table of this base", link.table),
        ));
    };
    if link.table == table {
        return Ok(None);
    }
    let id = FieldId::fresh();
    let taken = |name: &str| {
        target
            .fields
            .iter()
            .any(|field| field.name.to_lowercase() == name.to_lowercase())
    };
    let numbered = (2..).map(|number| format!("{} {number}", definition.name));
    let mut candidates = std::iter::once(definition.name.clone()).chain(numbered);
    let name = candidates.find(|name| !taken(name)).unwrap_or_default();
    let mut changed = Table::clone(&target);
    changed.fields.push(Arc::new(Field {
        id,
        name,
        description: None,
        slot: target.fields.len(),
        kind: Kind::Links(Link {
            table,
            is_reversed: false,
            prefers_single: false,
            inverse: Some(link_field),
            view_for_selection: None,
        }),
    }));
    draft.redefine(changed);
    Ok(Some(id))
}

fn check_references(table: &Table, kind: &Kind) -> BaseResult<()> {
    let unknown = |id: &FieldId| {
        BaseError::new(
            BaseErrorKind::InvalidFieldTypeOptionsForCreate,
            format!("Field {id} is not in this table or is of the wrong type"),
        )
    };
    match kind {
        Kind::Count { link: Some(id) } => {
            let link = table
                .field(*id)
                .filter(|field| matches!(field.kind, Kind::Links(_)));
            link.map(drop).ok_or_else(|| unknown(id))
        }
        Kind::LastModifiedTime { watched, .. } => {
            let missing = watched.iter().find(|id| table.field(**id).is_none());
            missing.map_or(Ok(()), |id| Err(unknown(id)))
        }
        _ => Ok(()),
    }
}

/// Gives the records that are already there the values a new computed field has for them.
fn fill(draft: &mut Draft<'_>, table: TableId, field: FieldId) -> BaseResult<()> {
    let definition = draft.table(table)?;
    let Some(field) = definition.field(field).cloned() else {
        return Ok(());
    };
    let fills = matches!(
        field.kind,
        Kind::AutoNumber | Kind::LastModifiedTime { .. } | Kind::LastModifiedBy
    );
    let rows = match draft.snapshot(table) {
        Some(snapshot) if fills => snapshot.by_row_no(),
        _ => return Ok(()),
    };
    for row in rows.iter() {
        let cell = match &field.kind {
            Kind::AutoNumber => {
                let number = draft.counters.numbers.entry(field.id).or_insert(0);
                *number += 1;
                Cell::Number(*number as f64)
            }
            Kind::LastModifiedTime { .. } => row.meta.updated_at.map_or(Cell::Empty, Cell::Time),
            _ => match &row.meta.updated_by {
                Some(person) => Cell::Person(Box::new(PersonCell::clone(person))),
                None => Cell::Empty,
            },
        };
        draft.set(table, row.meta.id, &field, cell)?;
        draft.edit(table, row.meta.id)?.is_quiet = true;
    }
    Ok(())
}

/// Drafts a new name or description of a table.
pub(in crate::airtable) fn update_table(
    draft: &mut Draft<'_>,
    table: TableId,
    request: &UpdateTable,
) -> BaseResult<()> {
    if request.name.is_none() && request.description.is_none() {
        return Err(invalid("Give a name or a description"));
    }
    check_description(request.description.as_deref())?;
    let mut changed = Table::clone(&*draft.table(table)?);
    if let Some(name) = &request.name {
        let others = draft.base.tables.iter().filter(|other| other.id != table);
        check_table_name(name, others.map(|other| other.name.as_str()))?;
        changed.name.clone_from(name);
    }
    if let Some(description) = &request.description {
        changed.description = Some(description.clone()).filter(|text| !text.is_empty());
    }
    draft.redefine(changed);
    Ok(())
}

/// Drafts a new name, description or new options of a field.
pub(in crate::airtable) fn update_field(
    draft: &mut Draft<'_>,
    table: TableId,
    name: &str,
    request: &UpdateField,
) -> BaseResult<FieldId> {
    if request.name.is_none() && request.description.is_none() && request.options.is_none() {
        return Err(invalid("Give a name, a description or options"));
    }
    check_description(request.description.as_deref())?;
    let definition = draft.table(table)?;
    let old = find_field(&definition, name)?;
    let mut field = Field::clone(old);
    if let Some(name) = &request.name {
        let others = definition.fields.iter().filter(|other| other.id != old.id);
        let others = others.map(|other| other.name.as_str());
        check_field_name(name, others)?;
        field.name.clone_from(name);
    }
    if let Some(description) = &request.description {
        field.description = Some(description.clone()).filter(|text| !text.is_empty());
    }
    if let Some(options) = &request.options {
        field.kind = update_options(old, options, request.removal)?;
        take_out_choices(draft, table, old, &field.kind, request.removal)?;
    }
    let mut changed = Table::clone(&definition);
    let (id, slot) = (field.id, field.slot);
    changed.fields[slot] = Arc::new(field);
    draft.redefine(changed);
    check_computed(draft, table, &[id], BaseErrorKind::InvalidRequest)?;
    Ok(id)
}

const LONGEST_DESCRIPTION: usize = 20_000;

fn check_description(description: Option<&str>) -> BaseResult<()> {
    let too_long = description.is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION);
    if too_long {
        Err(invalid("A description has at most 20,000 characters"))
    } else {
        Ok(())
    }
}

pub(super) fn invalid(message: &str) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
