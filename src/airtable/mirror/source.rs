use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::formula::any_record;
use super::super::remote::{Class, PAGE, Request, Tables, tables_of};
use super::super::schema::{Field, Kind, Table};
use super::super::service::{Airtable, ImportRecord};
use super::place::Mirror;
use crate::contracts::{BaseResult, TableSchema};
use crate::platform::ids::{RecordId, TableId};
use crate::platform::outbound::Method;

/// A page of records at Airtable, cells by field id.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) records: Vec<ImportRecord>,
    pub(super) offset: Option<String>,
}

impl Airtable {
    /// The tables at Airtable, whether hidden or not.
    pub(super) async fn tables_at(&self, mirror: &Mirror) -> BaseResult<Vec<TableSchema>> {
        let asked = tables_of(mirror.base());
        let found: Tables = self.asked_at(mirror.tenant, &mirror.offer, &asked).await?;
        Ok(found.tables)
    }

    /// A page of a table's records at Airtable.
    pub(super) async fn page_at(
        &self,
        mirror: &Mirror,
        table: &Table,
        (filter, offset): (Option<&str>, Option<&str>),
        class: Class,
    ) -> BaseResult<Page> {
        let mut body = json!({"pageSize": PAGE, "returnFieldsByFieldId": true});
        if !mirror.offer.hidden.is_empty() {
            let shown = table.fields.iter().map(|field| field.id.to_string());
            body["fields"] = shown.collect();
        }
        for (name, value) in [("filterByFormula", filter), ("offset", offset)] {
            if let Some(value) = value {
                body[name] = Value::from(value);
            }
        }
        let (base, id) = (mirror.base().to_string(), table.id.to_string());
        let request = Request::with_body(Method::POST, &[&base, &id, "listRecords"], &body);
        let request = request.of_class(class);
        self.asked_at(mirror.tenant, &mirror.offer, &request).await
    }

    /// Those of these records, at most a page, that there are at Airtable.
    pub(super) async fn records_at(
        &self,
        mirror: &Mirror,
        table: &Table,
        ids: &[RecordId],
    ) -> BaseResult<Vec<ImportRecord>> {
        let filter = any_record(ids);
        let asked = (Some(filter.as_str()), None);
        let page = self.page_at(mirror, table, asked, Class::Interactive);
        Ok(page.await?.records)
    }
}

/// Whether values of a table may follow from those of linked records.
pub(super) fn follows_links(table: &Table) -> bool {
    let of_links = |field: &Field| match &field.kind {
        Kind::Frozen { type_name, .. } => type_name != "formula",
        kind => matches!(kind, Kind::Links(_)),
    };
    let mut fields = table.fields.iter();
    fields.any(|field| match &field.kind {
        Kind::Frozen { options, .. } => {
            let named = options
                .as_ref()
                .and_then(|options| options["referencedFieldIds"].as_array());
            let named = named.into_iter().flatten();
            let named = named.filter_map(|id| table.field(id.as_str()?.parse().ok()?));
            of_links(field) || named.into_iter().any(|field| of_links(field))
        }
        _ => false,
    })
}

/// Records by table.
pub(super) type Named = BTreeMap<TableId, BTreeSet<RecordId>>;
