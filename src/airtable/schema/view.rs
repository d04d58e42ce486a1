use std::collections::HashSet;

use super::types::{Table, View, ViewFilter};
use crate::contracts::{SortKey, ViewSchema};
use crate::platform::ids::FieldId;

impl View {
    /// Reads the metadata form; what names no field of the table is left out.
    pub(super) fn from_schema(schema: &ViewSchema, table: &Table) -> Self {
        let personal_for = schema.personal_for_user_id.as_deref();
        let known = |ids: &[FieldId]| {
            let ids = ids.iter().copied();
            ids.filter(|id| table.field(*id).is_some())
                .collect::<Vec<_>>()
        };
        let is_ours = !schema.hidden_field_ids.is_empty() || !schema.field_order.is_empty();
        let (mut hidden, order) = match &schema.visible_field_ids {
            // All that a document from Airtable says of a view.
            Some(shown) if !is_ours => (table.not_among(shown), known(shown)),
            _ => (known(&schema.hidden_field_ids), known(&schema.field_order)),
        };
        hidden.retain(|id| *id != table.primary);
        let filter = schema.filter.as_deref();
        let filter = filter.filter(|formula| !formula.trim().is_empty());
        let sort = schema.sort.iter();
        Self {
            id: schema.id,
            name: schema.name.clone(),
            view_type: schema.view_type.clone(),
            personal_for: personal_for.and_then(|user| user.parse().ok()),
            filter: filter.map(ViewFilter::new),
            sort: sort
                .filter_map(|key| Some((table.find_field(&key.field)?.id, key.direction)))
                .collect(),
            hidden,
            order,
        }
    }

    /// The view as our own API shows it; the fields that it shows are told where they are not simply all.
    pub(crate) fn to_schema(&self, table: &Table) -> ViewSchema {
        let is_special = !self.hidden.is_empty() || !self.order.is_empty();
        let has_shown = is_special && self.view_type == "grid";
        let sort = self.sort.iter().map(|(field, direction)| SortKey {
            field: field.to_string(),
            direction: *direction,
        });
        ViewSchema {
            id: self.id,
            name: self.name.clone(),
            view_type: self.view_type.clone(),
            personal_for_user_id: self.personal_for.map(|user| user.to_string()),
            visible_field_ids: has_shown.then(|| self.shown(table)),
            filter: self.filter.as_ref().map(|filter| filter.formula.clone()),
            filter_error: self.filter.as_ref().and_then(|filter| filter.fault.clone()),
            sort: sort.collect(),
            hidden_field_ids: self.hidden.clone(),
            field_order: self.order.clone(),
        }
    }

    /// The fields that are not hidden, in order; the primary field is the first.
    fn shown(&self, table: &Table) -> Vec<FieldId> {
        let mut seen: HashSet<FieldId> = self.hidden.iter().copied().collect();
        let fields = table.fields.iter().map(|field| field.id);
        let all = [table.primary].into_iter();
        let all = all.chain(self.order.iter().copied()).chain(fields);
        all.filter(|id| seen.insert(*id)).collect()
    }
}

impl ViewFilter {
    /// A filter that is not checked yet.
    pub(crate) fn new(formula: &str) -> Self {
        Self {
            formula: formula.to_owned(),
            fault: None,
        }
    }
}

impl Table {
    fn not_among(&self, ids: &[FieldId]) -> Vec<FieldId> {
        let fields = self.fields.iter().map(|field| field.id);
        fields.filter(|id| !ids.contains(id)).collect()
    }
}
