use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::Value;

use super::Fault;
use crate::contracts::RenderedRecord;

/// Bytes of structured JSON that one answer may hold.
pub(in crate::mcp) const BUDGET: usize = 256 * 1024;
/// Room kept for the members around the list.
const FRAME: usize = 1024;
/// Characters of a text, and entries of a list, that are kept of a record too large for any answer.
const KEPT_TEXT: usize = 2000;
const KEPT_ITEMS: usize = 100;

/// How many of the records fit into one answer.
pub(in crate::mcp) fn fitting(records: &[RenderedRecord]) -> usize {
    let mut used = FRAME;
    let fits = records.iter().take_while(|record| {
        used += record.json.len() + 1;
        used <= BUDGET
    });
    fits.count()
}

/// The items from `start` that fit, joined by commas, and where the next answer begins.
pub(in crate::mcp) fn fit(
    items: impl Iterator<Item = Value>,
    start: usize,
) -> (String, Option<usize>) {
    let mut joined = String::new();
    for (at, item) in items.enumerate().skip(start) {
        let text = item.to_string();
        let first = at == start;
        if !first && joined.len() + text.len() + FRAME > BUDGET {
            return (joined, Some(at));
        }
        if !first {
            joined.push(',');
        }
        joined.push_str(&text);
    }
    (joined, None)
}

/// The cursor for a position in a list that is made anew on each call.
pub(in crate::mcp) fn cursor_at(position: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("at:{position}"))
}

/// The position behind a cursor of [`cursor_at`]; the beginning without one.
pub(in crate::mcp) fn position(cursor: Option<&str>) -> Result<usize, Fault> {
    let Some(cursor) = cursor else { return Ok(0) };
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let position = text.and_then(|text| text.strip_prefix("at:")?.parse().ok());
    position.ok_or_else(|| {
        Fault::new(
            "invalid_cursor",
            "Argument `cursor` is not one this tool gave",
            "Call again without cursor to begin anew",
        )
    })
}

/// The record as it is, or with long texts and lists cut when it alone would burst the answer.
pub(in crate::mcp) fn fit_record(record: Bytes) -> Bytes {
    if record.len() + FRAME <= BUDGET {
        return record;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(&record) else {
        return record;
    };
    let mut share = KEPT_TEXT;
    loop {
        shorten(&mut value["fields"], share);
        value["notice"] =
            "The record is too large for one answer: long texts and lists are cut; ask for single `fields`".into();
        let text = value.to_string();
        if text.len() + FRAME <= BUDGET || share == 0 {
            return text.into();
        }
        share /= 4;
    }
}

/// Cuts the texts in a value to so many characters, and its lists.
pub(in crate::mcp) fn shorten(value: &mut Value, share: usize) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(share) {
                text.truncate(end);
                text.push_str("… [cut]");
            }
        }
        Value::Array(items) => {
            items.truncate(KEPT_ITEMS);
            items.iter_mut().for_each(|item| shorten(item, share));
        }
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| shorten(member, share)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::ids::RecordId;

    #[test]
    fn a_list_is_cut_at_the_budget_and_goes_on_at_its_cursor() {
        let items = || (0..1000).map(|n| json!({"n": n, "text": "x".repeat(1000)}));
        let (mut start, mut seen) = (0, 0);
        loop {
            let (joined, next) = fit(items(), start);
            assert!(joined.len() <= BUDGET);
            let part: Vec<Value> = serde_json::from_str(&format!("[{joined}]")).unwrap();
            assert_eq!(part[0]["n"], seen);
            seen += part.len();
            let Some(next) = next else { break };
            assert_eq!(position(Some(&cursor_at(next))).unwrap(), next);
            start = next;
        }
        assert_eq!(seen, 1000);
        assert_eq!(position(Some("junk!")).unwrap_err().code, "invalid_cursor");
    }

    #[test]
    fn records_are_counted_until_the_budget_is_used() {
        let record = RenderedRecord {
            id: RecordId::fresh(),
            json: vec![b' '; 100 * 1024].into(),
        };
        assert_eq!(fitting(&vec![record; 5]), 2);
    }

    #[test]
    fn a_giant_record_is_cut_and_says_so() {
        let record = json!({"id": "rec", "fields": {"a": "é".repeat(400_000), "b": [1, 2]}});
        let cut = fit_record(record.to_string().into());
        assert!(cut.len() < BUDGET);
        let cut: Value = serde_json::from_slice(&cut).unwrap();
        assert!(cut["notice"].as_str().unwrap().contains("too large"));
        assert_eq!(cut["fields"]["b"], json!([1, 2]));
        let small: Bytes = json!({"fields": {}}).to_string().into();
        assert_eq!(fit_record(small.clone()), small);
    }
}
