use std::sync::Arc;

use serde_json::{Value, json};

use super::super::remote::{Hidden, MOST, Request};
use super::super::schema::Table;
use super::super::service::{Airtable, ImportRecord, OpenBase, denied, not_found};
use super::super::service_write::{neighbours, rendered};
use super::super::store::{Change as Entry, ChangeKind};
use super::super::write::{Draft, absorb_deletions, find_field, parse_record_id};
use super::claim::Claim;
use super::noted::{Cells, Note, Noted};
use super::place::Mirror;
use super::settle::{By, Change};
use super::source::Named;
use crate::contracts::{
    Actor, BaseResult, CreateRecords, FieldValues, Permission, RenderedRecord, Role, UpdateRecords,
    UpsertRecords, Upserted, WriteContext,
};
use crate::platform::ids::{RecordId, TableId};
use crate::platform::outbound::Method;

/// What goes on when its client leaves.
const TASK: &str = "airtable.write_through";

impl Mirror {
    /// The table with this id or name.
    pub(in crate::airtable) fn table(&self, name: &str) -> BaseResult<Arc<Table>> {
        let table = self.definition().find_table(name).cloned();
        table.ok_or_else(not_found)
    }

    fn request(&self, method: Method, table: TableId, body: &Value) -> Request {
        Request::with_body(
            method,
            &[&self.base().to_string(), &table.to_string()],
            body,
        )
    }

    fn deletion(&self, table: TableId, records: &[RecordId]) -> Request {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for record in records {
            query.append_pair("records[]", &record.to_string());
        }
        let path = [&*self.base().to_string(), &table.to_string()];
        Request {
            method: Method::DELETE,
            ..Request::get(&path).with_query(query.finish())
        }
    }
}

impl Airtable {
    /// The copy, open for a rehearsal, which changes nothing anywhere.
    pub(in crate::airtable) fn rehearsed(
        &self,
        actor: &Actor,
        mirror: &Mirror,
    ) -> BaseResult<OpenBase> {
        let may = actor.require(mirror.offer.workspace, Permission::RecordsWrite);
        Ok(mirror.open(may.map_err(denied)?))
    }

    /// Makes records at Airtable and takes them over.
    pub(in crate::airtable) async fn create_through(
        &self,
        by: WriteContext<'_>,
        mirror: Mirror,
        table: &str,
        request: CreateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        self.bring_back(by, mirror, table, (request, &[])).await
    }

    /// The same for records that were deleted and come back under other ids.
    pub(super) async fn bring_back(
        &self,
        by: WriteContext<'_>,
        mirror: Mirror,
        table: &str,
        (request, deleted): (CreateRecords, &[RecordId]),
    ) -> BaseResult<Vec<RenderedRecord>> {
        let table = mirror.table(table)?;
        let mut changes = Vec::new();
        let mut deleted = deleted.chunks(MOST);
        for records in request.records.chunks(MOST) {
            let fields = records.iter().map(|fields| by_id(&table, fields));
            let fields: Vec<FieldValues> = fields.collect::<BaseResult<_>>()?;
            let records: Vec<Value> = fields
                .iter()
                .map(|fields| json!({"fields": fields}))
                .collect();
            let body = json!({
                "records": records, "typecast": request.typecast, "returnFieldsByFieldId": true,
            });
            changes.push(Change {
                request: mirror.request(Method::POST, table.id, &body),
                written: fields.iter().map(|_| None).collect(),
                cells: Cells {
                    made: fields,
                    back: deleted.next().unwrap_or_default().to_vec(),
                    ..Cells::default()
                },
            });
        }
        let id = table.id;
        let (engine, from, of) = (self.shared(), mirror.clone(), By::of(by));
        let written = self.apart(TASK, async move {
            Box::pin(engine.send_all(&of, &from, id, changes)).await
        });
        let records = written.await?.records;
        Ok(told(&mirror, id, &records, request.by_field_id))
    }

    /// Changes records at Airtable and takes them over.
    pub(in crate::airtable) async fn update_through(
        &self,
        by: WriteContext<'_>,
        mirror: Mirror,
        table: &str,
        request: UpdateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        let records = request.records.into_iter();
        let upsert = UpsertRecords {
            records: records
                .map(|record| (Some(record.id), record.fields))
                .collect(),
            fields_to_merge_on: Vec::new(),
            replace: request.replace,
            typecast: request.typecast,
            by_field_id: request.by_field_id,
        };
        let done = self.upsert_through(by, mirror, table, upsert).await?;
        Ok(done.records)
    }

    /// Changes or makes records at Airtable by key, and takes them over.
    pub(in crate::airtable) async fn upsert_through(
        &self,
        by: WriteContext<'_>,
        mirror: Mirror,
        table: &str,
        request: UpsertRecords,
    ) -> BaseResult<Upserted> {
        let table = mirror.table(table)?;
        if request.replace && !mirror.offer.hidden.is_empty() {
            return Err(Hidden::no_put());
        }
        let changes = request.records.chunks(MOST);
        let changes = changes.map(|records| upserting(&mirror, &table, &request, records));
        let changes: Vec<Change> = changes.collect::<BaseResult<_>>()?;
        let id = table.id;
        let (engine, from, of) = (self.shared(), mirror.clone(), By::of(by));
        let written = self.apart(TASK, async move {
            Box::pin(engine.send_all(&of, &from, id, changes)).await
        });
        let written = written.await?;
        Ok(Upserted {
            records: told(&mirror, id, &written.records, request.by_field_id),
            created: written.created_records,
            updated: written.updated_records,
        })
    }

    /// Deletes records at Airtable and here.
    pub(in crate::airtable) async fn delete_through(
        &self,
        by: WriteContext<'_>,
        mirror: Mirror,
        table: &str,
        records: &[String],
    ) -> BaseResult<Vec<RecordId>> {
        let id = mirror.table(table)?.id;
        let ids = records.iter().map(|record| parse_record_id(record));
        let ids: Vec<RecordId> = ids.collect::<BaseResult<_>>()?;
        let (engine, of) = (self.shared(), By::of(by));
        let gone = ids.clone();
        self.apart(TASK, async move {
            for gone in gone.chunks(MOST) {
                let since = mirror.handle.state.load().seq;
                let request = mirror.deletion(id, gone);
                let cells = Cells {
                    gone: gone.to_vec(),
                    ..Cells::default()
                };
                let noted = Noted::new(of.context(), (id, since), cells);
                let sent = engine.send_noted(&mirror, &of, &noted, &request);
                let (_, note) = sent.await?;
                if matches!(note, Note::Settled) {
                    let named = Named::from([(id, gone.iter().copied().collect())]);
                    engine.look_for_all(&mirror, named).await?;
                    continue;
                }
                let open = mirror.open(Role::Viewer);
                let plan = |draft: &mut Draft<'_>| {
                    let heard_of = gone.iter().copied();
                    let heard_of = heard_of.filter(|record| !draft.exists(id, *record));
                    let heard_of = heard_of.collect();
                    absorb_deletions(draft, id, gone)?;
                    Ok(heard_of)
                };
                let around = |base: &_| neighbours(base, id);
                let taken = Box::pin(engine.write(of.context(), &open, around, plan));
                let claim = Claim {
                    table: id,
                    records: taken.await?.1,
                    since,
                };
                let is_own = |entry: &Entry| entry.kind == ChangeKind::Delete;
                let claimed = engine.claim(of.context(), &mirror, &claim, is_own);
                claimed.await?;
                engine.forget_note(&mirror, note).await;
            }
            Ok(())
        })
        .await?;
        Ok(ids)
    }
}

/// Records as they are here now, whole; one that is gone again as Airtable answered it.
fn told(
    mirror: &Mirror,
    table: TableId,
    records: &[ImportRecord],
    by_field_id: bool,
) -> Vec<RenderedRecord> {
    let state = mirror.handle.state.load();
    let Some(definition) = state.base.table(table) else {
        return Vec::new();
    };
    let told = records.iter().map(|record| {
        let here = rendered(&state, table, &[record.id], by_field_id).pop();
        here.unwrap_or_else(|| answered(definition, record, by_field_id))
    });
    told.collect()
}

fn answered(table: &Table, record: &ImportRecord, by_field_id: bool) -> RenderedRecord {
    let shown = record.fields.iter().filter_map(|(id, value)| {
        let field = table.find_field(id)?;
        let key = if by_field_id { id } else { &field.name };
        Some((key.clone(), value.clone()))
    });
    let json = json!({
        "id": record.id, "createdTime": record.created_time, "fields": shown.collect::<FieldValues>(),
    });
    RenderedRecord {
        id: record.id,
        json: json.to_string().into(),
    }
}

fn upserting(
    mirror: &Mirror,
    table: &Table,
    request: &UpsertRecords,
    records: &[(Option<String>, FieldValues)],
) -> BaseResult<Change> {
    let (mut bodies, mut written) = (Vec::new(), Vec::new());
    let mut cells = Cells::default();
    for (id, fields) in records {
        let fields = by_id(table, fields)?;
        match id.as_ref().map(|id| parse_record_id(id)).transpose()? {
            Some(id) => cells.changed.push((id, fields.clone())),
            None => cells.merged.push(fields.clone()),
        }
        let named = fields.keys().filter_map(|id| id.parse().ok());
        // Which of them are made is known when Airtable has answered; one that was here is changed.
        written.push(match request.replace {
            true => Some(table.fields.iter().map(|field| field.id).collect()),
            false => Some(named.collect()),
        });
        let mut body = json!({ "fields": fields });
        if let Some(id) = id {
            body["id"] = json!(id);
        }
        bodies.push(body);
    }
    let mut body = json!({
        "records": bodies, "typecast": request.typecast, "returnFieldsByFieldId": true,
    });
    if !request.fields_to_merge_on.is_empty() {
        let keys = request.fields_to_merge_on.iter();
        let keys = keys.map(|name| Ok(find_field(table, name)?.id));
        cells.keys = keys.collect::<BaseResult<_>>()?;
        body["performUpsert"] = json!({ "fieldsToMergeOn": cells.keys });
    }
    let method = if request.replace {
        Method::PUT
    } else {
        Method::PATCH
    };
    Ok(Change {
        request: mirror.request(method, table.id, &body),
        written,
        cells,
    })
}

/// The same values by field id; a field that is unknown or hidden is refused.
fn by_id(table: &Table, fields: &FieldValues) -> BaseResult<FieldValues> {
    let named = fields.iter().map(|(name, value)| {
        let field = find_field(table, name)?;
        Ok((field.id.to_string(), value.clone()))
    });
    named.collect()
}
