use super::tally::Tally;
use crate::contracts::{
    Evidence, FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema,
};
use crate::platform::ids::RecordId;

/// A finding that is being written down.
pub(super) struct Found(Finding);

impl Found {
    pub(super) fn new(
        category: FindingCategory,
        severity: FindingSeverity,
        code: &'static str,
    ) -> Self {
        Self(Finding {
            code: code.to_owned(),
            category,
            severity,
            table_id: None,
            table: None,
            field_ids: Vec::new(),
            fields: Vec::new(),
            message: String::new(),
            evidence: Evidence::default(),
            suggestion: String::new(),
        })
    }

    pub(super) fn table(mut self, table: &TableSchema) -> Self {
        self.0.table_id = Some(table.id);
        self.0.table = Some(table.name.clone());
        self
    }

    pub(super) fn field(mut self, field: &FieldSchema) -> Self {
        self.0.field_ids.push(field.id);
        self.0.fields.push(field.name.clone());
        self
    }

    pub(super) fn fields<'a>(self, fields: impl IntoIterator<Item = &'a FieldSchema>) -> Self {
        fields.into_iter().fold(self, Self::field)
    }

    pub(super) fn number(mut self, name: &str, number: usize) -> Self {
        self.0
            .evidence
            .numbers
            .insert(name.to_owned(), number as f64);
        self
    }

    pub(super) fn record(mut self, record: Option<RecordId>) -> Self {
        self.0.evidence.record_ids.extend(record);
        self
    }

    /// How many records there are like that, and some of them.
    pub(super) fn tally(mut self, name: &str, tally: &Tally) -> Self {
        self.0.evidence.record_ids.extend(&tally.records);
        self.number(name, tally.count)
    }

    pub(super) fn say(
        mut self,
        message: impl Into<String>,
        suggestion: impl Into<String>,
    ) -> Finding {
        self.0.message = message.into();
        self.0.suggestion = suggestion.into();
        self.0
    }
}
