use std::sync::Arc;

use super::Link;
use crate::platform::db::Db;

/// No link in a binary built without PostgreSQL.
pub(super) fn link(_db: &Db) -> Option<Arc<dyn Link>> {
    None
}
