use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::cell::SortValue;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::ids::RecordId;

/// Where a page ended. The text is `itr…/rec…` as Airtable's, plus what any instance needs to go on from there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cursor {
    /// Tells the query (not the moment) the cursor belongs to.
    pub(super) query: String,
    /// The last record delivered.
    pub(super) last: RecordId,
    pub(super) position: Position,
}

/// The place of the last record in the order of its query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Records delivered on all pages so far.
    #[serde(rename = "n")]
    pub(super) delivered: usize,
    /// Row number, where the order is a view's.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(super) row_no: Option<i64>,
    /// Sort values, where the query sorts.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sort: Vec<SortValue>,
    /// Place in the frozen order, where this instance keeps one.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub(super) frozen: Option<(String, usize)>,
}

impl Cursor {
    pub(super) fn write(&self) -> String {
        let position = serde_json::to_vec(&self.position).unwrap_or_default();
        format!(
            "itr{}/{}/{}",
            self.query,
            self.last,
            BASE64.encode(position)
        )
    }

    /// Reads a client's cursor; one of another query is no longer usable.
    pub(super) fn read(text: &str, query: &str) -> BaseResult<Self> {
        let malformed = || {
            BaseError::new(
                BaseErrorKind::InvalidOffsetValue,
                format!("The value of offset {text} is invalid"),
            )
        };
        let mut parts = text.splitn(3, '/');
        let name = parts
            .next()
            .and_then(|part| part.strip_prefix("itr"))
            .ok_or_else(malformed)?;
        let last = parts
            .next()
            .and_then(|part| part.parse().ok())
            .ok_or_else(malformed)?;
        let position = parts.next().ok_or_else(malformed)?;
        let position = BASE64.decode(position).map_err(|_| malformed())?;
        let position = serde_json::from_slice(&position).map_err(|_| malformed())?;
        if name != query {
            return Err(BaseError::new(
                BaseErrorKind::IteratorNotAvailable,
                "The cursor belongs to another query; start again without offset",
            ));
        }
        Ok(Self {
            query: name.to_owned(),
            last,
            position,
        })
    }
}

/// Fourteen characters that tell one query from another.
pub(super) fn query_name(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let text = BASE64.encode(hash.finalize()).replace(['-', '_'], "0");
    text.chars().take(14).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_form_and_only_its_own_query() {
        let query = query_name(&["tbl", "sort"]);
        let position = Position {
            delivered: 7,
            row_no: Some(3),
            sort: vec![],
            frozen: None,
        };
        let cursor = Cursor {
            query: query.clone(),
            last: RecordId::fresh(),
            position,
        };
        let text = cursor.write();
        assert!(text.starts_with("itr"));
        assert_eq!(Cursor::read(&text, &query).expect("own cursor"), cursor);
        let other = Cursor::read(&text, &query_name(&["tbl", "other"])).expect_err("foreign");
        assert_eq!(other.kind, BaseErrorKind::IteratorNotAvailable);
        for bad in ["", "itr", "x/y/z", "itrAAAAAAAAAAAAAA/rec1/!!"] {
            let error = Cursor::read(bad, &query).expect_err("malformed");
            assert_eq!(error.kind, BaseErrorKind::InvalidOffsetValue);
        }
    }
}
