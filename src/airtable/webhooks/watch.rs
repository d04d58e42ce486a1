use std::collections::HashSet;
use std::hash::Hash;

use super::super::schema::Base;
use super::specification::{
    ChangeType, DataType, Filters, IncludedFields, Includes, Source, Specification,
};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::ids::{FieldId, TableId, ViewId};

/// A specification ready to be compared with changes.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Watch {
    types: HashSet<DataType>,
    changes: Option<HashSet<ChangeType>>,
    sources: Option<HashSet<Source>>,
    pub(super) scope: Scope,
    data_fields: Option<HashSet<FieldId>>,
    schema_fields: Option<HashSet<FieldId>>,
    included: Included,
    pub(super) has_previous_cells: bool,
    pub(super) has_previous_fields: bool,
}

/// Whose changes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum Scope {
    Base,
    Table(TableId),
    /// A view and its table.
    View(TableId, ViewId),
}

#[derive(Clone, Debug)]
enum Included {
    None,
    All,
    These(HashSet<FieldId>),
}

impl Scope {
    /// The table or view of this id; `None` where the base has neither.
    fn find(base: &Base, id: &str) -> Option<Self> {
        for table in &base.tables {
            if table.id.to_string() == id {
                return Some(Self::Table(table.id));
            }
            if let Some(view) = table.views.iter().find(|view| view.id.to_string() == id) {
                return Some(Self::View(table.id, view.id));
            }
        }
        None
    }

    /// The table that it is or lies in.
    fn table(self) -> Option<TableId> {
        match self {
            Self::Base => None,
            Self::Table(table) | Self::View(table, _) => Some(table),
        }
    }
}

impl Watch {
    /// Checks a new specification against the base that it is for.
    pub(in crate::airtable) fn check(wanted: &Specification, base: &Base) -> BaseResult<Self> {
        let filters = &wanted.options.filters;
        if filters.data_types.is_empty() {
            return Err(invalid(
                "dataTypes must name at least one of tableData, tableFields and tableMetadata"
                    .to_owned(),
            ));
        }
        let scope = match filters.record_change_scope.as_deref() {
            None => Scope::Base,
            Some(id) => Scope::find(base, id).ok_or_else(|| {
                invalid(format!(
                    "recordChangeScope {id} is no table and no view of this base"
                ))
            })?,
        };
        let watch = Self::new(wanted, scope);
        let is_known = |id: &FieldId| base.tables.iter().any(|table| table.field(*id).is_some());
        if let Some(id) = watch.named_fields().find(|id| !is_known(id)) {
            return Err(invalid(format!("Field {id} is in no table of this base")));
        }
        Ok(watch)
    }

    /// Of a stored specification, whose scope was found when it was made: a view may be gone since.
    pub(in crate::airtable) fn stored(wanted: &Specification, table: Option<TableId>) -> Self {
        let scope = wanted.options.filters.record_change_scope.as_deref();
        let view = scope.and_then(|id| id.parse().ok());
        Self::new(
            wanted,
            match (table, view) {
                (Some(table), Some(view)) => Scope::View(table, view),
                (Some(table), None) => Scope::Table(table),
                (None, _) => Scope::Base,
            },
        )
    }

    fn new(wanted: &Specification, scope: Scope) -> Self {
        let Filters {
            data_types,
            change_types,
            from_sources,
            watch_data_in_field_ids,
            watch_schemas_of_field_ids,
            ..
        } = &wanted.options.filters;
        let Includes {
            include_cell_values_in_field_ids,
            include_previous_cell_values,
            include_previous_field_definitions,
        } = wanted.options.includes.clone().unwrap_or_default();
        Self {
            types: data_types.iter().copied().collect(),
            changes: restriction(change_types.as_deref()),
            sources: restriction(from_sources.as_deref()),
            scope,
            data_fields: restriction(watch_data_in_field_ids.as_deref()),
            schema_fields: restriction(watch_schemas_of_field_ids.as_deref()),
            included: match include_cell_values_in_field_ids {
                None => Included::None,
                Some(IncludedFields::All(_)) => Included::All,
                Some(IncludedFields::These(ids)) => Included::These(ids.into_iter().collect()),
            },
            has_previous_cells: include_previous_cell_values.unwrap_or(false),
            has_previous_fields: include_previous_field_definitions.unwrap_or(false),
        }
    }

    /// The table that is watched, or that the watched view lies in.
    pub(in crate::airtable) fn scope_table(&self) -> Option<TableId> {
        self.scope.table()
    }

    fn named_fields(&self) -> impl Iterator<Item = &FieldId> {
        let included = match &self.included {
            Included::These(ids) => Some(ids),
            Included::None | Included::All => None,
        };
        let lists = [
            self.data_fields.as_ref(),
            self.schema_fields.as_ref(),
            included,
        ];
        lists.into_iter().flatten().flatten()
    }

    /// Whether changes of this kind to things of this type count.
    pub(super) fn wants(&self, of: DataType, change: ChangeType) -> bool {
        let is_wanted = |kinds: &HashSet<ChangeType>| kinds.contains(&change);
        self.has(of) && self.changes.as_ref().is_none_or(is_wanted)
    }

    /// Whether things of this type count at all.
    pub(in crate::airtable) fn has(&self, of: DataType) -> bool {
        self.types.contains(&of)
    }

    /// Whether records of this table count.
    pub(super) fn has_records_of(&self, table: TableId) -> bool {
        self.has(DataType::TableData) && self.wants_table(table)
    }

    pub(super) fn wants_source(&self, source: Source) -> bool {
        let named = self.sources.as_ref();
        named.is_none_or(|sources| sources.contains(&source))
    }

    pub(super) fn wants_table(&self, table: TableId) -> bool {
        self.scope.table().is_none_or(|wanted| wanted == table)
    }

    /// Whether a change of the field's cells is a reason for a payload.
    pub(super) fn wants_cells_of(&self, field: FieldId) -> bool {
        let named = self.data_fields.as_ref();
        named.is_none_or(|fields| fields.contains(&field))
    }

    /// Whether changes of some fields' cells are no reason.
    pub(super) fn narrows_cells(&self) -> bool {
        self.data_fields.is_some()
    }

    /// Whether a change of the field's definition is a reason for a payload.
    pub(super) fn wants_schema_of(&self, field: FieldId) -> bool {
        let named = self.schema_fields.as_ref();
        named.is_none_or(|fields| fields.contains(&field))
    }

    /// Whether a change of the field's cells is told, where there is a payload.
    pub(super) fn tells_cells_of(&self, field: FieldId) -> bool {
        self.wants_cells_of(field) || self.includes(field)
    }

    /// Whether the field's cells are told although they did not change.
    pub(super) fn includes(&self, field: FieldId) -> bool {
        match &self.included {
            Included::None => false,
            Included::All => true,
            Included::These(ids) => ids.contains(&field),
        }
    }

    /// Whether cells are told that did not change.
    pub(super) fn includes_any(&self) -> bool {
        !matches!(self.included, Included::None)
    }
}

/// What a client sends for "no restriction" may also be an empty list.
fn restriction<T: Copy + Eq + Hash>(list: Option<&[T]>) -> Option<HashSet<T>> {
    let list = list.filter(|list| !list.is_empty())?;
    Some(list.iter().copied().collect())
}

fn invalid(message: String) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
