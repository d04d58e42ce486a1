use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::attachments::{Links, Target, Thumbnails, Variant, dimensions, media_type};
use super::query::Projection;
use super::service::{Airtable, OpenBase, instance, not_found};
use super::service_write::{neighbours, rendered};
use super::store::{self, AttachmentRow, Change, StoredFile};
use super::write::{Author, NewFile, attachment_field, parse_record_id};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, ChangeSet, Origin, Permission, ReadOptions,
    RenderedRecord, Role, WriteContext,
};
use crate::platform::clock::Millis;
use crate::platform::files::{Error, Hash, Upload};
use crate::platform::ids::{AttachmentId, BaseId, TenantId};

const EVERY: Duration = Duration::from_secs(3600);
/// A file may lie there before what it belongs to is committed.
const YOUNG: Millis = 24 * 3600 * 1000;

/// A cell that files may be added to.
pub(super) struct Place<'a> {
    pub(super) base: &'a str,
    pub(super) table: &'a str,
    pub(super) record: &'a str,
    pub(super) field: &'a str,
}

/// A file that came in a request.
pub(super) struct UploadedFile {
    pub(super) filename: String,
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

/// A file that a link leads to.
pub(super) struct Linked {
    pub(super) hash: Hash,
    pub(super) media_type: String,
    pub(super) filename: String,
}

impl Airtable {
    /// What makes links to the files of a base.
    pub(super) fn links(&self, tenant: TenantId, base: BaseId) -> Links {
        Links::new(self.signer.clone(), (tenant, base), self.now())
    }

    /// Whether an actor may add files to a cell, before any of them is read.
    pub(super) async fn check_place(&self, actor: &Actor, place: &Place<'_>) -> BaseResult<()> {
        let open = self
            .open(actor, place.base, Permission::RecordsWrite)
            .await?;
        let (_, snapshot) = self.table(&open, place.table, false).await?;
        let record = parse_record_id(place.record)?;
        if !snapshot.rows.contains(&record) {
            let message = format!("Record ID {record} does not exist in this table");
            return Err(BaseError::new(BaseErrorKind::RowDoesNotExist, message));
        }
        attachment_field(&snapshot.table, place.field).map(drop)
    }

    /// Adds files in the store to a cell.
    pub(super) async fn attach_files(
        &self,
        by: WriteContext<'_>,
        place: &Place<'_>,
        files: &[NewFile],
    ) -> BaseResult<RenderedRecord> {
        let record = parse_record_id(place.record)?;
        let written = self.write_records(by, place.base, place.table, |draft, table| {
            draft.attach((table, record), place.field, files)
        });
        let (state, table, ()) = written.await?;
        let bytes: i64 = files.iter().map(|new| new.file.size).sum();
        metrics::counter!("airtable_uploads_total").increment(files.len() as u64);
        metrics::counter!("airtable_upload_bytes_total").increment(bytes.unsigned_abs());
        let record = rendered(&state, table, &[record], true).pop();
        record.ok_or_else(|| BaseError::internal("a record is gone that was just written"))
    }

    /// Adds a file to a cell of a record, wherever in the base that is; answers the record with this cell alone.
    pub(super) async fn upload_attachment(
        &self,
        by: WriteContext<'_>,
        (base, record, field): (&str, &str, &str),
        file: UploadedFile,
    ) -> BaseResult<RenderedRecord> {
        let open = self.open(by.actor, base, Permission::RecordsWrite).await?;
        let id = parse_record_id(record)?;
        let table = self
            .holder(&open.state(), id)
            .await?
            .ok_or_else(not_found)?;
        let table = table.to_string();
        let place = Place {
            base,
            table: &table,
            record,
            field,
        };
        self.check_place(by.actor, &place).await?;
        let tenant = by.actor.tenant;
        let most = self.room_for_files(tenant).await?;
        let mut upload = self
            .platform
            .files
            .begin(tenant, most)
            .await
            .map_err(full)?;
        upload.write(&file.bytes).await.map_err(full)?;
        let new = NewFile {
            filename: file.filename,
            file: self
                .keep_file(tenant, upload, Some(&file.content_type))
                .await?,
        };
        self.attach_files(by, &place, &[new]).await?;
        let (state, snapshot) = self.table(&open, &table, false).await?;
        let row = snapshot.rows.get(&id).ok_or_else(not_found)?;
        let read = ReadOptions {
            fields: Some(vec![field.to_owned()]),
            by_field_id: true,
            ..ReadOptions::default()
        };
        let projection = Projection::new(&snapshot.table, &read)?;
        Ok(projection.render(&state, &snapshot.table, row))
    }

    /// Takes a file in whose bytes have all come.
    pub(super) async fn keep_file(
        &self,
        tenant: TenantId,
        upload: Upload,
        declared: Option<&str>,
    ) -> BaseResult<StoredFile> {
        let media_type = media_type(upload.head(), declared);
        let size = i64::try_from(upload.size()).unwrap_or(i64::MAX);
        let hash = upload.keep().await.map_err(not_kept)?;
        let (path, of_type) = (self.platform.files.path(tenant, hash), media_type.clone());
        let measured = tokio::task::spawn_blocking(move || dimensions(&path, &of_type)).await;
        let dimensions = measured.ok().flatten();
        Ok(StoredFile {
            hash,
            size,
            media_type,
            dimensions: dimensions.map(|(width, height)| (width.into(), height.into())),
            thumbnails: None,
        })
    }

    /// Bytes of files that a tenant may still add.
    pub(super) async fn room_for_files(&self, tenant: TenantId) -> BaseResult<u64> {
        let quota = self.platform.settings.files.tenant_quota as u64;
        if quota == 0 {
            return Ok(u64::MAX);
        }
        let tx = self.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let used = store::used_bytes(&tx).await.map_err(BaseError::database)?;
        let room = quota.saturating_sub(u64::try_from(used).unwrap_or_default());
        match room {
            0 => Err(quota_reached()),
            room => Ok(room),
        }
    }

    /// Writes down what has become of the file of an attachment, and puts it into its cell; false where there is none.
    pub(super) async fn tell_attachment(
        &self,
        tenant: TenantId,
        row: &AttachmentRow,
    ) -> BaseResult<bool> {
        let Some(handle) = self.handle(tenant, row.base).await? else {
            return Ok(false);
        };
        let open = OpenBase {
            handle,
            role: Role::Viewer,
        };
        let (actor, change) = (
            instance(tenant),
            ChangeSet::single(Origin::System, "attachment"),
        );
        let by = WriteContext::new(&actor, &change);
        let table = row.table;
        let (_, ()) = self
            .write_as(
                by,
                (&Author::instance(), &[]),
                &open,
                |base| neighbours(base, table),
                |draft| draft.complete(row),
            )
            .await?;
        Ok(row.file.is_some())
    }

    /// What there is to know of the attachments that entries of the change log name.
    pub(super) async fn known_attachments(
        &self,
        tenant: TenantId,
        entries: &[Change],
    ) -> BaseResult<Vec<AttachmentRow>> {
        let images = entries
            .iter()
            .flat_map(|entry| [&entry.before, &entry.after]);
        let named: BTreeSet<AttachmentId> =
            images.flatten().flat_map(|image| named(image)).collect();
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let tx = self.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let named: Vec<AttachmentId> = named.into_iter().collect();
        let rows = store::find_attachments(&tx, &named).await;
        rows.map_err(BaseError::database)
    }

    /// The file that a link leads to.
    pub(super) async fn linked_file(&self, target: &Target) -> BaseResult<Linked> {
        let tx = self.platform.db.read(target.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let row = store::find_attachment(&tx, target.attachment).await;
        let row = row.map_err(BaseError::database)?;
        let row = row.filter(|row| row.base == target.base);
        let AttachmentRow { filename, file, .. } = row.ok_or_else(not_found)?;
        let file = file.ok_or_else(not_found)?;
        if target.variant == Variant::Original {
            return Ok(Linked {
                hash: file.hash,
                media_type: file.media_type,
                filename,
            });
        }
        let mut thumbnails = file.thumbnails();
        let thumbnail = thumbnails.remove(target.variant.as_str());
        let thumbnail = thumbnail.ok_or_else(not_found)?;
        Ok(Linked {
            hash: thumbnail.hash().ok_or_else(not_found)?,
            media_type: thumbnail.media_type,
            filename,
        })
    }

    /// The worker that removes files when nobody can want them any more.
    pub(super) async fn keep_files(self: Arc<Self>, stop: CancellationToken) {
        loop {
            match self.clean_files().await {
                Ok(0) => {}
                Ok(files) => tracing::info!(files, "airtable.files_removed"),
                Err(error) => tracing::warn!(%error, "airtable.files_not_removed"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn clean_files(&self) -> Result<usize, CleanError> {
        let platform = &self.platform;
        let window = platform.settings.saga.undo_window.as_millis();
        let window = Millis::try_from(window).unwrap_or(Millis::MAX);
        let now = self.now();
        let tx = platform.db.system().await?;
        store::delete_gone(&tx, now.saturating_sub(window)).await?;
        tx.commit().await?;
        let before = now - YOUNG;
        let mut removed = platform.files.sweep_incoming(before).await?;
        for tenant in platform.files.tenants().await? {
            let tx = platform.db.read(tenant).await?;
            let held = store::held_files(&tx).await?;
            drop(tx);
            let held: HashSet<Hash> = held.into_iter().flat_map(hashes).collect();
            let is_wanted = move |hash| held.contains(&hash);
            removed += platform.files.sweep(tenant, before, is_wanted).await?;
        }
        metrics::counter!("airtable_files_removed_total").increment(removed as u64);
        Ok(removed)
    }
}

/// Why files were not looked after.
#[derive(Debug, thiserror::Error)]
enum CleanError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Files(#[from] Error),
}

/// The file itself and its thumbnails.
fn hashes((hash, thumbnails): (Hash, Option<String>)) -> Vec<Hash> {
    let made: Thumbnails = thumbnails
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let thumbnails = made
        .values()
        .filter_map(super::attachments::Thumbnail::hash);
    std::iter::once(hash).chain(thumbnails).collect()
}

/// The attachments that an image names; what only looks like the id of one is in no row.
fn named(image: &str) -> impl Iterator<Item = AttachmentId> {
    let texts = image.split('"');
    texts.filter_map(|text| text.parse().ok())
}

fn quota_reached() -> BaseError {
    let message = "The files of this tenant take all the room that files.tenant_quota gives them";
    BaseError::new(BaseErrorKind::QuotaReached, message)
}

/// The same where it is the quota that a file is too large for.
fn full(error: Error) -> BaseError {
    match error {
        Error::TooLarge(_) => quota_reached(),
        error => not_kept(error),
    }
}

/// Why a file was not taken in.
pub(super) fn not_kept(error: Error) -> BaseError {
    match error {
        Error::TooLarge(most) => BaseError::new(
            BaseErrorKind::TooLarge,
            format!("A file may have at most {most} bytes"),
        ),
        Error::Full(source) => BaseError {
            kind: BaseErrorKind::StorageFull,
            message: "The disk of the server is full, and nothing of the file was kept".to_owned(),
            source: Some(source.into()),
        },
        error => BaseError::internal(error),
    }
}
