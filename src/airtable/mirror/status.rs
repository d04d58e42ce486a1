use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::remote::Copied;
use super::super::store::MirrorRow;
use crate::platform::clock::{Millis, rfc3339};

/// How far a copy or comparison is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MirrorProgress)]
pub(in crate::airtable) struct Progress {
    /// Tables that are done.
    pub(super) tables_done: usize,
    /// Tables in all.
    pub(super) tables: usize,
    /// Records that were read so far.
    pub(super) records: usize,
}

/// How a mirror hears of changes at Airtable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MirrorHearing)]
enum Hearing {
    /// Airtable's webhook tells this instance.
    Notified,
    /// What Airtable's webhook noted is asked for every few seconds.
    Asked,
    /// Without a webhook: new and changed records are looked for by their time, deletions by comparison alone.
    Looked,
}

/// How a copied base stands to the one at Airtable.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MirrorStatus)]
pub(in crate::airtable) struct Status {
    /// Whether it was copied whole, so that it answers.
    is_complete: bool,
    /// Whether it stands still until somebody continues it.
    is_paused: bool,
    /// How far the copy or comparison is that is under way.
    progress: Option<Progress>,
    /// How it hears of changes.
    hearing: Hearing,
    /// Milliseconds since it last was where Airtable is.
    lag_ms: Option<Millis>,
    /// When changes were last taken over, RFC 3339.
    followed_at: Option<String>,
    /// When all records were last compared, RFC 3339.
    compared_at: Option<String>,
    /// Records that this comparison found to differ, and mended.
    drift: i64,
    /// Why the last round failed; it is tried again.
    fault: Option<String>,
    /// When copying began, RFC 3339.
    made_at: String,
}

impl Status {
    pub(in crate::airtable) fn of(row: &MirrorRow, copied: Copied, now: Millis) -> Self {
        let progress = row.progress.as_deref();
        Self {
            // As questions are answered, which hear a moment later of what the row says.
            is_complete: copied == Copied::Whole,
            is_paused: row.is_paused,
            progress: progress.and_then(|text| serde_json::from_str(text).ok()),
            hearing: match (&row.webhook, row.is_notified) {
                (None, _) => Hearing::Looked,
                (Some(_), true) => Hearing::Notified,
                (Some(_), false) => Hearing::Asked,
            },
            lag_ms: row.followed_at.map(|at| (now - at).max(0)),
            followed_at: row.followed_at.map(rfc3339),
            compared_at: row.compared_at.map(rfc3339),
            drift: row.drift,
            fault: row.fault.clone(),
            made_at: rfc3339(row.made_at),
        }
    }
}
