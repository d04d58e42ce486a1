use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::cell::AttachmentCell;
use super::super::store::{AttachmentRow, StoredFile};
use super::links::Variant;
use crate::platform::files::Hash;

/// A picture made of an image, or the image itself where it is small enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::airtable) struct Thumbnail {
    hash: String,
    #[serde(rename = "type")]
    pub(in crate::airtable) media_type: String,
    pub(in crate::airtable) width: u32,
    pub(in crate::airtable) height: u32,
}

/// Thumbnails by their names.
pub(in crate::airtable) type Thumbnails = BTreeMap<String, Thumbnail>;

impl Thumbnail {
    pub(in crate::airtable) fn new(
        hash: Hash,
        media_type: &str,
        (width, height): (u32, u32),
    ) -> Self {
        Self {
            hash: hash.to_string(),
            media_type: media_type.to_owned(),
            width,
            height,
        }
    }

    /// Its file; `None` where the row was not written by this program.
    pub(in crate::airtable) fn hash(&self) -> Option<Hash> {
        self.hash.parse().ok()
    }
}

impl StoredFile {
    pub(in crate::airtable) fn thumbnails(&self) -> Thumbnails {
        let text = self.thumbnails.as_deref();
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }
}

/// The attachment as its cell has it.
pub(in crate::airtable) fn cell_of(row: &AttachmentRow) -> AttachmentCell {
    let mut rest = Map::new();
    let mut url = row.source.clone().unwrap_or_default();
    if let Some(file) = &row.file {
        rest = described(file);
        url = String::new();
    } else if let Some(error) = &row.error {
        let error = serde_json::from_str(error).unwrap_or(Value::Null);
        rest.insert("error".to_owned(), error);
    }
    AttachmentCell {
        id: row.id,
        url,
        filename: row.filename.clone(),
        rest,
    }
}

fn described(file: &StoredFile) -> Map<String, Value> {
    let mut rest = Map::new();
    rest.insert("size".to_owned(), json!(file.size));
    rest.insert("type".to_owned(), json!(file.media_type));
    if let Some((width, height)) = file.dimensions {
        rest.insert("width".to_owned(), json!(width));
        rest.insert("height".to_owned(), json!(height));
    }
    let made = file.thumbnails();
    let mut shown = Map::new();
    for variant in Variant::THUMBNAILS.map(Variant::as_str) {
        if let Some(thumbnail) = made.get(variant) {
            let size = json!({"width": thumbnail.width, "height": thumbnail.height});
            shown.insert(variant.to_owned(), size);
        }
    }
    if !shown.is_empty() {
        rest.insert("thumbnails".to_owned(), Value::Object(shown));
    }
    rest
}
