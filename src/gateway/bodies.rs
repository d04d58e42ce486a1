//! Which requests may have a large body, and how long that may take.

use std::time::Duration;

use crate::platform::settings::{Files, Settings};

const IMPORT_PATH: &str = "/airtable/bases/import";
/// Imports and uploads read a large body, so they get this many times the usual timeout.
const PATIENCE: u32 = 10;

/// The most bytes that the body of a request to this path may have.
pub(super) fn limit(settings: &Settings, path: &str) -> usize {
    let usual = settings.server.body_limit;
    if is_import(path) {
        settings.server.import_limit
    } else if is_upload(path) {
        let files = settings.files.upload_limit.saturating_mul(Files::AT_ONCE);
        files.saturating_add(usual)
    } else {
        usual
    }
}

/// How long a request to this path may take.
pub(super) fn patience(settings: &Settings, path: &str) -> Duration {
    let timeout = settings.server.request_timeout;
    if is_import(path) || is_upload(path) {
        timeout * PATIENCE
    } else {
        timeout
    }
}

fn is_import(path: &str) -> bool {
    path.ends_with(IMPORT_PATH)
}

/// Whether files come in the body, one after the other.
fn is_upload(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let parts = match parts[..] {
        ["api", "v1", ref rest @ ..] | ["api", ref rest @ ..] => rest,
        _ => return false,
    };
    matches!(
        parts,
        [
            "airtable",
            "bases",
            _,
            "tables",
            _,
            "records",
            _,
            "attachments",
            _
        ]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uploads_of_files_are_uploads() {
        for (path, expected) in [
            (
                "/api/airtable/bases/a/tables/t/records/r/attachments/f",
                true,
            ),
            (
                "/api/v1/airtable/bases/a/tables/t/records/r/attachments/f",
                true,
            ),
            (
                "/v0/airtable/bases/a/tables/t/records/r/attachments/f",
                false,
            ),
            ("/api/airtable/bases/a/tables/t/records", false),
            ("/api/airtable/bases/a/tables/attachments/records", false),
            (
                "/api/airtable/bases/a/tables/t/records/r/attachments/f/g",
                false,
            ),
        ] {
            assert_eq!(is_upload(path), expected, "{path}");
        }
    }
}
