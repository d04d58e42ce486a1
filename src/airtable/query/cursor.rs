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
    /// Where the query sorts.
    #[serde(flatten)]
    pub(super) sort: SortPlace,
    /// Place in the frozen order, where this instance keeps one.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub(super) frozen: Option<(String, usize)>,
}

/// Bytes of sort values in a cursor, which travels in URLs.
const MOST_SORT_BYTES: usize = 480;

/// The sort values of a record; where they are long, their beginning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SortPlace {
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<SortValue>,
    /// Tells the whole values of which only a beginning is there; it ends within the last of `values`.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl SortPlace {
    pub(super) fn of(values: Vec<SortValue>) -> Self {
        let mut left = MOST_SORT_BYTES;
        for (index, value) in values.iter().enumerate() {
            let size = json(value).len() + 1;
            if size <= left {
                left -= size;
                continue;
            }
            let mut head = values[..index].to_vec();
            head.push(value.head(left));
            return Self {
                digest: Some(digest(&values)),
                values: head,
            };
        }
        Self {
            values,
            digest: None,
        }
    }

    /// The whole values: those here, or those that the record still has.
    pub(super) fn whole(
        &self,
        now: impl FnOnce() -> Option<Vec<SortValue>>,
    ) -> Option<Vec<SortValue>> {
        match &self.digest {
            None => Some(self.values.clone()),
            Some(known) => now().filter(|values| digest(values) == *known),
        }
    }

    /// The beginning of other values, to be compared with the one here.
    pub(super) fn head_of(&self, mut values: Vec<SortValue>) -> Vec<SortValue> {
        values.truncate(self.values.len());
        if let (Some(value), Some(head)) = (values.last_mut(), self.values.last()) {
            *value = value.head_like(head);
        }
        values
    }

    pub(super) fn head(&self) -> &[SortValue] {
        &self.values
    }
}

fn digest(values: &[SortValue]) -> String {
    query_name(&[&json(&values)])
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("sort values always serialise")
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
    use proptest::prelude::*;

    use super::*;

    /// Three records' values under the same sort keys.
    fn any_values() -> impl Strategy<Value = [Vec<SortValue>; 3]> {
        let text = (
            "[a\u{e9}\u{1}\"]{0,2}",
            0..400_usize,
            "[a\u{10ffff}\u{1}]{0,3}",
        )
            .prop_map(|(begin, times, end)| Box::from(begin.repeat(times) + &end));
        let value = prop_oneof![
            Just(SortValue::Empty),
            prop_oneof![-1..2_i64, Just(i64::MIN)].prop_map(SortValue::Number),
            text.clone().prop_map(SortValue::Text),
            prop::collection::vec(0..3_u32, 0..400)
                .prop_map(|ranks| SortValue::Ranks(ranks.into())),
            prop::collection::vec(text, 0..4).prop_map(|texts| SortValue::Texts(texts.into())),
        ];
        (1..20_usize).prop_flat_map(move |keys| {
            let values = || prop::collection::vec(value.clone(), keys);
            [values(), values(), values()]
        })
    }

    proptest! {
        #[test]
        fn a_cursor_is_short_and_its_place_in_the_order_of_the_whole_values(
            [of, one, two] in any_values(),
        ) {
            let sort = SortPlace::of(of.clone());
            prop_assert_eq!(&sort.head_of(of.clone())[..], sort.head());
            prop_assert_eq!(sort.whole(|| Some(of.clone())), Some(of));
            let (lower, upper) = if one <= two { (one, two) } else { (two, one) };
            prop_assert!(sort.head_of(lower) <= sort.head_of(upper));
            let position = Position {
                delivered: usize::MAX,
                row_no: Some(i64::MAX),
                sort,
                frozen: Some((query_name(&[]), usize::MAX)),
            };
            let cursor = Cursor { query: query_name(&[]), last: RecordId::MIN, position };
            let text = cursor.write();
            prop_assert!(text.len() <= 1024, "{}", text.len());
            prop_assert_eq!(Cursor::read(&text, &cursor.query).expect("own cursor"), cursor);
        }
    }

    #[test]
    fn a_cursor_survives_its_text_form_and_only_its_own_query() {
        let query = query_name(&["tbl", "sort"]);
        let position = Position {
            delivered: 7,
            row_no: Some(3),
            sort: SortPlace::default(),
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
