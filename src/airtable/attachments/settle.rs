use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::service::Airtable;
use super::super::store;
use super::super::write::Attached;
use super::fetch::KIND;
use super::inspect::is_shown_inline;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::durable::NewRun;
use crate::platform::ids::AttachmentId;

/// Which attachment a run completes.
#[derive(Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) attachment: AttachmentId,
}

/// Writes down what a plan did to attachments, and sees to it that those are completed that are not yet; true when a
/// run is to do so.
pub(in crate::airtable) async fn settle(
    engine: &Airtable,
    tx: &TenantTx,
    attached: &Attached,
    now: Millis,
) -> Result<bool, DbErr> {
    store::insert_attachments(tx, &attached.fresh).await?;
    for row in &attached.told {
        store::update_attachment(tx, row).await?;
    }
    store::mark_gone(tx, &attached.gone, Some(now)).await?;
    let back: Vec<AttachmentId> = attached.back.iter().map(|item| item.id).collect();
    store::mark_gone(tx, &back, None).await?;
    let is_open = |row: &&store::AttachmentRow| match &row.file {
        None => true,
        Some(file) => is_shown_inline(&file.media_type),
    };
    let fresh = attached.fresh.iter().filter(is_open).map(|row| row.id);
    // What came back as it was before its file came may never hear of it otherwise.
    let pending = attached.back.iter();
    let pending = pending.filter(|item| !item.url.is_empty() && item.rest.is_empty());
    let open: Vec<AttachmentId> = fresh.chain(pending.map(|item| item.id)).collect();
    for attachment in &open {
        let new = NewRun {
            name: attachment.to_string(),
            ..NewRun::new(
                KIND,
                json!(Wanted {
                    attachment: *attachment
                }),
            )
        };
        engine.platform.durable.enqueue(tx, new).await?;
    }
    Ok(!open.is_empty())
}
