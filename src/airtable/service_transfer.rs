use bytes::Bytes;

use super::attachments;
use super::place;
use super::service::{Airtable, ImportDocument, Imported, not_found};
use super::service_admin::{check_base_name, invalid};
use super::service_read::schema_of;
use super::service_write::unavailable;
use super::store;
use super::transfer::copy_of;
use super::write::{self, Author};
use crate::contracts::{
    Actor, BaseCopy, BaseError, BaseErrorKind, BaseResult, CopyBase, Permission, WriteContext,
};
use crate::platform::db::is_unique_violation;
use crate::platform::ids::{BaseId, ChangeSetId, TableId, WorkspaceId};
use crate::platform::secrets::sha256;

impl Airtable {
    /// Writes a whole base into a workspace; every id is kept.
    pub(super) async fn import(
        &self,
        by: WriteContext<'_>,
        workspace: WorkspaceId,
        document: ImportDocument,
    ) -> BaseResult<Imported> {
        place::check(self, by.actor, workspace).await?;
        check_base_name(&document.name)?;
        if document.tables.is_empty() {
            return Err(invalid("A base needs at least one table"));
        }
        let people = self
            .directory
            .people(by.actor.tenant)
            .await
            .map_err(unavailable)?;
        let author = Author::of(by.actor);
        let now = self.now();
        let (signer, tenant) = (&self.signer, by.actor.tenant);
        let is_own_link = |url: &str| {
            let target = signer.read(url, now);
            target.is_some_and(|target| target.tenant == tenant)
        };
        let within = (now, &is_own_link as &(dyn Fn(&str) -> bool + Sync));
        let plan = write::build_import(&document, workspace, &people, &author, within)?;
        let base = plan.base.id;
        let key = self.key(by.actor.tenant).await?;
        let tx = self
            .platform
            .db
            .begin(by.actor.tenant)
            .await
            .map_err(BaseError::database)?;
        store::insert_base(&tx, &plan.base, now)
            .await
            .map_err(|error| {
                if is_unique_violation(&error) {
                    return invalid(&format!("A base with the id {base} is already here"));
                }
                BaseError::database(error)
            })?;
        for (position, table) in plan.tables.iter().enumerate() {
            store::insert_table(&tx, base, position, table)
                .await
                .map_err(BaseError::database)?;
        }
        store::insert_records(&tx, base, &plan.records)
            .await
            .map_err(BaseError::database)?;
        let attached = write::Attached {
            fresh: plan.attachments,
            ..write::Attached::default()
        };
        let is_owed = attachments::settle(self, &tx, &attached, now).await;
        let is_owed = is_owed.map_err(BaseError::database)?;
        let entry = self.base_change(by, plan.base.seq, None, &plan.base.name);
        let log = store::SealedLog { base, key: &key };
        store::insert_changes(&tx, log, std::slice::from_ref(&entry))
            .await
            .map_err(BaseError::database)?;
        let said = format!(
            "The base \"{}\" was imported with {} records",
            plan.base.name,
            plan.records.len()
        );
        let place = (base, plan.base.name.as_str(), workspace);
        self.note_base(&tx, by, place, &entry, said).await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.publish(by.actor, base);
        if is_owed {
            self.platform.durable.wake();
        }
        Ok(Imported {
            base_id: base,
            warnings: plan.warnings,
        })
    }

    /// Copies a base; what the change has made before is its copy already.
    pub(super) async fn copy(
        &self,
        by: WriteContext<'_>,
        base: &str,
        request: CopyBase,
    ) -> BaseResult<BaseCopy> {
        place::check(self, by.actor, request.workspace).await?;
        let id = copy_made_by(by.change.id);
        let mut warnings = Vec::new();
        let made = self.find_row(by.actor, id).await?;
        if made.is_none() {
            let document = self.export_document(by.actor, base).await?;
            if document.len() > self.platform.settings.server.import_limit {
                let message = "The base is larger than server.import_limit";
                return Err(BaseError::new(BaseErrorKind::TooLarge, message));
            }
            let document = serde_json::from_slice(&document)
                .and_then(|document| copy_of(document, (id, request.name)))
                .map_err(BaseError::internal)?;
            let imported = self.import(by, request.workspace, document).await?;
            warnings = imported.warnings;
        }
        let made = match made {
            Some(made) => made,
            None => self.find_row(by.actor, id).await?.ok_or_else(not_found)?,
        };
        Ok(BaseCopy {
            id,
            name: made.name,
            seq: made.seq,
            warnings,
        })
    }

    async fn find_row(&self, actor: &Actor, id: BaseId) -> BaseResult<Option<store::BaseRow>> {
        let tx = self.platform.db.read(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        store::find_base(&tx, id).await.map_err(BaseError::database)
    }

    /// A whole base as the document that import reads.
    pub(super) async fn export_document(&self, actor: &Actor, base: &str) -> BaseResult<Bytes> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let all: Vec<TableId> = open
            .state()
            .base
            .tables
            .iter()
            .map(|table| table.id)
            .collect();
        let state = self.loaded(&open, &all).await?;
        let schema = schema_of(&state.base);
        let mut out = String::new();
        out.push_str(&format!(
            "{{\"id\":{},\"name\":{},\"tables\":{},\"records\":{{",
            json(&schema.id),
            json(&schema.name),
            json(&schema.tables)
        ));
        for (index, table) in schema.tables.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(&format!("\"{}\":[", table.id));
            if let Some(snapshot) = state.snapshot(table.id) {
                for (at, row) in snapshot.by_row_no().iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    out.push_str(&String::from_utf8_lossy(
                        row.json(&snapshot.table, &state.links),
                    ));
                }
            }
            out.push(']');
        }
        out.push_str("}}");
        Ok(Bytes::from(out))
    }
}

/// The copy that a change makes, whenever it is tried.
fn copy_made_by(change: ChangeSetId) -> BaseId {
    let digest = sha256(change.to_string().as_bytes());
    let bytes = digest.iter().take(16);
    BaseId::from_number(bytes.fold(0, |number, byte| (number << 8) | u128::from(*byte)))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("ids, names and schemas always serialise")
}
