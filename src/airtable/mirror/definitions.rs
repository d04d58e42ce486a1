use std::collections::HashSet;

use sea_orm::DbErr;
use serde_json::Value;

use super::super::remote::Hidden;
use super::super::service::{Airtable, not_found};
use super::super::service_fresh::BASE_CHANGED;
use super::super::store::{self, RecordRow};
use super::place::Mirror;
use crate::contracts::{BaseError, BaseResult, FieldSchema, TableSchema};
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, FieldId, TableId};

impl Airtable {
    /// Takes over what tables and fields Airtable has now; true where that was something else than here.
    pub(super) async fn follow_definitions(&self, mirror: &Mirror) -> BaseResult<bool> {
        let tables = self.tables_at(mirror).await?;
        let is_changed = self.redefine(mirror, tables).await?;
        if is_changed {
            let key = format!("{}/{}", mirror.tenant, mirror.base());
            self.platform.signals.publish(BASE_CHANGED, key);
            let refreshed = self.refresh_handle(&mirror.handle).await;
            refreshed.map_err(BaseError::database)?;
            tracing::info!(base = %mirror.base(), "airtable.mirror_redefined");
        }
        Ok(is_changed)
    }

    async fn redefine(&self, mirror: &Mirror, all: Vec<TableSchema>) -> BaseResult<bool> {
        let base = mirror.base();
        let _writer = mirror.handle.writer().await;
        let tx = self.platform.db.begin(mirror.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let done = async {
            let Some(seq) = store::lock_seq(&tx, base).await? else {
                return Ok(None);
            };
            // What is hidden may be something else by now than when the work on the copy began.
            let mut offers = store::list_offers(&tx).await?.into_iter();
            let Some(offer) = offers.find(|offer| offer.base == base) else {
                return Ok(None);
            };
            let tables = Hidden::parse(offer.hidden.as_deref()).shown(all);
            let known = store::table_definitions(&tx, base).await?;
            if known == tables {
                return Ok(Some(false));
            }
            replace(&tx, base, &known, &tables).await?;
            let row = store::find_base(&tx, base).await?;
            let mut counters = row.map(|row| row.counters).unwrap_or_default();
            let kept: HashSet<TableId> = tables.iter().map(|table| table.id).collect();
            counters.records.retain(|table, _| kept.contains(table));
            counters.rows.retain(|table, _| kept.contains(table));
            // The gap in the change log tells other instances to read the base anew.
            store::update_base(&tx, base, seq + 1, &counters).await?;
            tx.commit().await?;
            Ok::<_, DbErr>(Some(true))
        };
        let done = done.await.map_err(BaseError::database)?;
        done.ok_or_else(not_found)
    }
}

async fn replace(
    tx: &TenantTx,
    base: BaseId,
    known: &[TableSchema],
    tables: &[TableSchema],
) -> Result<(), DbErr> {
    let is_there = |id| tables.iter().any(|table| table.id == id);
    for gone in known.iter().filter(|table| !is_there(table.id)) {
        store::delete_table(tx, base, gone.id).await?;
    }
    for (position, table) in tables.iter().enumerate() {
        let Some(before) = known.iter().position(|before| before.id == table.id) else {
            store::insert_table(tx, base, position, table).await?;
            continue;
        };
        if before != position {
            store::move_table(tx, base, table.id, position).await?;
        }
        let before = &known[before];
        if before == table {
            continue;
        }
        store::update_table(tx, base, table).await?;
        let stale = stale_fields(before, table);
        if !stale.is_empty() {
            empty(tx, (base, table.id), &stale).await?;
        }
    }
    Ok(())
}

/// The fields whose cells cannot be read any more: they are gone, or of another type.
fn stale_fields(before: &TableSchema, table: &TableSchema) -> Vec<FieldId> {
    let now = |id| table.fields.iter().find(|field| field.id == id);
    let is_stale = |field: &&FieldSchema| {
        now(field.id).is_none_or(|now| {
            let result = |field: &FieldSchema| field.options.as_ref()?.get("result").cloned();
            now.field_type != field.field_type || result(now) != result(field)
        })
    };
    let stale = before.fields.iter().filter(is_stale);
    stale.map(|field| field.id).collect()
}

/// Leaves cells of these fields in no record.
async fn empty(
    tx: &TenantTx,
    (base, table): (BaseId, TableId),
    fields: &[FieldId],
) -> Result<(), DbErr> {
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    let mut changed: Vec<RecordRow> = Vec::new();
    store::scan_records(tx, base, table, |mut record| {
        let mut cells: serde_json::Map<String, Value> =
            serde_json::from_str(&record.cells).map_err(|error| DbErr::Json(error.to_string()))?;
        let before = cells.len();
        cells.retain(|id, _| !fields.contains(id));
        if cells.len() < before {
            record.cells = Value::Object(cells).to_string();
            changed.push(record);
        }
        Ok(())
    })
    .await?;
    for record in &changed {
        store::update_record(tx, base, record).await?;
    }
    Ok(())
}
