use std::sync::Arc;

use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::super::cell::PersonCell;
use crate::platform::clock::Millis;

/// When and by whom a record was made and last changed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::airtable) struct RecordOrigin {
    pub(in crate::airtable) created_at: Option<Millis>,
    pub(in crate::airtable) created_by: Option<Arc<PersonCell>>,
    pub(in crate::airtable) updated_at: Option<Millis>,
    pub(in crate::airtable) updated_by: Option<Arc<PersonCell>>,
}

impl RecordOrigin {
    /// As an entry of the change log keeps it; without anything known where it keeps nothing.
    pub(super) fn read(json: Option<&str>) -> Result<Self, DbErr> {
        json.map_or(Ok(Self::default()), |json| {
            serde_json::from_str(json).map_err(|error| DbErr::Json(error.to_string()))
        })
    }
}
