use std::sync::Arc;

use super::types::{Base, Field, Table, View};
use crate::platform::ids::{FieldId, TableId, ViewId};

impl Base {
    /// The table with this id, or else with exactly this name.
    pub(crate) fn find_table(&self, id_or_name: &str) -> Option<&Arc<Table>> {
        let by_id = id_or_name.parse().ok().and_then(|id| self.table(id));
        by_id.or_else(|| self.tables.iter().find(|table| table.name == id_or_name))
    }

    /// The table with this id.
    pub(crate) fn table(&self, id: TableId) -> Option<&Arc<Table>> {
        self.tables.iter().find(|table| table.id == id)
    }
}

impl Table {
    /// The field with this id, or else with exactly this name.
    pub(crate) fn find_field(&self, id_or_name: &str) -> Option<&Arc<Field>> {
        let by_id = id_or_name.parse().ok().and_then(|id| self.field(id));
        by_id.or_else(|| self.fields.iter().find(|field| field.name == id_or_name))
    }

    /// The field with this id.
    pub(crate) fn field(&self, id: FieldId) -> Option<&Arc<Field>> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The view with this id, or else with exactly this name.
    pub(crate) fn find_view(&self, id_or_name: &str) -> Option<&View> {
        let id: Option<ViewId> = id_or_name.parse().ok();
        let by_id = self.views.iter().find(|view| Some(view.id) == id);
        by_id.or_else(|| self.views.iter().find(|view| view.name == id_or_name))
    }
}
