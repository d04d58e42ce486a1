use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use super::client::{Bearer, Lost};
use super::create::{Made, New};
use super::request::{Answer, Effect, Request};
use crate::airtable::Airtable;
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::outbound::{Method, StatusCode};

/// When it is looked for what may have been made, after the answer was lost.
const PROBES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(10),
];
/// Airtable's clock may be another than ours.
const SKEW: Millis = 60_000;

#[derive(Deserialize)]
struct Found {
    fields: Map<String, Value>,
}

/// What a look at Airtable says of records whose creation was not answered.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    /// Every one is there once.
    Made(Vec<String>),
    /// None is there.
    Nothing,
    /// Some are, or more than were to be made, or values that cannot be compared.
    Unclear,
}

impl Airtable {
    /// Finds out whether records were made whose creation was not answered: they are adopted where exactly they are
    /// found, and made where none is found three times; in all other cases nobody knows.
    pub(super) async fn reconcile(
        &self,
        bearer: &Bearer,
        request: &Request,
        (records, began): (&[&New], Millis),
    ) -> Result<Answer, Lost> {
        let wanted: Option<Vec<Map<String, Value>>> =
            records.iter().map(|new| plain(new)).collect();
        let wanted = wanted.ok_or(Lost::Unknown)?;
        for wait in PROBES {
            sleep(wait).await;
            match self.look(bearer, request, (&wanted, began)).await {
                Look::Made(records) => {
                    metrics::counter!("airtable_remote_reconciled_total", "found" => "made")
                        .increment(1);
                    return Ok(adopted(&records));
                }
                Look::Unclear => return Err(Lost::Unknown),
                Look::Nothing => {}
            }
        }
        metrics::counter!("airtable_remote_reconciled_total", "found" => "nothing").increment(1);
        self.remote.send(bearer, request, Effect::Repeats).await
    }

    async fn look(
        &self,
        bearer: &Bearer,
        request: &Request,
        (wanted, began): (&[Map<String, Value>], Millis),
    ) -> Look {
        let since = rfc3339(began - SKEW);
        let by_id = memchr::memmem::find(&request.body, b"\"returnFieldsByFieldId\":true");
        let body = json!({
            "filterByFormula": format!("NOT(IS_BEFORE(CREATED_TIME(), DATETIME_PARSE('{since}')))"),
            "returnFieldsByFieldId": by_id.is_some(),
        });
        let list = Request {
            path: [&request.path[..], &["listRecords".to_owned()]].concat(),
            method: Method::POST,
            body: body.to_string().into(),
            ..request.clone()
        };
        let sent = self.remote.send(bearer, &list, Effect::None).await;
        let Ok(answer) = sent else {
            return Look::Unclear;
        };
        if answer.status != StatusCode::OK {
            return Look::Unclear;
        }
        match serde_json::from_slice::<Made>(&answer.body) {
            Ok(found) => matched(wanted, &found.records),
            Err(_) => Look::Unclear,
        }
    }
}

/// The cells of a new record; `None` with one that Airtable may show otherwise than it was sent.
fn plain(new: &New) -> Option<Map<String, Value>> {
    let cells: Map<String, Value> = serde_json::from_str(new.fields.get()).ok()?;
    let is_plain = |value: &Value| match value {
        Value::Array(items) => items.iter().all(Value::is_string),
        Value::Object(_) => false,
        _ => true,
    };
    let filled: Map<String, Value> = cells
        .into_iter()
        .filter(|(_, cell)| !is_empty(cell))
        .collect();
    (!filled.is_empty() && filled.values().all(is_plain)).then_some(filled)
}

/// Airtable does not show empty cells.
fn is_empty(cell: &Value) -> bool {
    match cell {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Each wanted record with the one that was found for it, in the order wanted.
fn matched(wanted: &[Map<String, Value>], found: &[Box<RawValue>]) -> Look {
    let parsed: Option<Vec<Found>> = found
        .iter()
        .map(|record| serde_json::from_str(record.get()).ok())
        .collect();
    let Some(parsed) = parsed else {
        return Look::Unclear;
    };
    let mut taken = vec![false; found.len()];
    let mut made = Vec::new();
    for cells in wanted {
        let fits = |place: &usize| !taken[*place] && holds(&parsed[*place].fields, cells);
        if let Some(place) = (0..found.len()).find(fits) {
            taken[place] = true;
            made.push(found[place].get().to_owned());
        }
    }
    let is_more = (0..found.len()).any(|place| {
        let mut cells = wanted.iter();
        !taken[place] && cells.any(|cells| holds(&parsed[place].fields, cells))
    });
    match made.len() {
        0 => Look::Nothing,
        many if many == wanted.len() && !is_more => Look::Made(made),
        _ => Look::Unclear,
    }
}

fn holds(record: &Map<String, Value>, cells: &Map<String, Value>) -> bool {
    cells
        .iter()
        .all(|(name, cell)| match (record.get(name), cell) {
            (Some(Value::Number(one)), Value::Number(two)) => one.as_f64() == two.as_f64(),
            (found, cell) => found == Some(cell),
        })
}

fn adopted(records: &[String]) -> Answer {
    Answer {
        status: StatusCode::OK,
        content_type: "application/json; charset=utf-8".to_owned(),
        body: format!("{{\"records\":[{}]}}", records.join(",")).into(),
        waited: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn found(records: &[Value]) -> Vec<Box<RawValue>> {
        let text = |fields: &Value| json!({"id": "rec", "fields": fields}).to_string();
        let records = records
            .iter()
            .map(|fields| RawValue::from_string(text(fields)));
        records.map(Result::unwrap).collect()
    }

    #[test]
    fn only_what_is_there_exactly_is_adopted() {
        let (a, b) = (json!({"Name": "A", "Hours": 2}), json!({"Name": "B"}));
        let wanted = [cells(a.clone()), cells(b.clone())];
        let look = |records: &[Value]| matched(&wanted, &found(records));
        assert_eq!(look(&[]), Look::Nothing);
        assert_eq!(look(&[json!({"Name": "C"})]), Look::Nothing);
        assert_eq!(look(&[a.clone()]), Look::Unclear);
        let more = json!({"Name": "A", "Hours": 2.0, "Formula": "x"});
        let Look::Made(made) = look(&[b.clone(), more.clone()]) else {
            panic!("both are there");
        };
        assert!(made[0].contains("Formula") && made[1].contains("\"B\""));
        assert_eq!(look(&[a, b, more]), Look::Unclear);
    }

    #[test]
    fn two_equal_ones_are_told_apart_by_their_number() {
        let one = json!({"Name": "A"});
        let wanted = [cells(one.clone()), cells(one.clone())];
        let look = |many| matched(&wanted, &found(&vec![one.clone(); many]));
        assert!(matches!(look(2), Look::Made(_)));
        assert_eq!((look(1), look(3)), (Look::Unclear, Look::Unclear));
    }

    #[test]
    fn what_airtable_shows_otherwise_is_not_compared() {
        let new = |fields: &str| New {
            fields: RawValue::from_string(fields.to_owned()).unwrap(),
        };
        assert!(plain(&new(r#"{"Name":"A","Tags":["x"],"Done":false}"#)).is_some());
        assert!(plain(&new(r#"{"Files":[{"url":"https://x"}]}"#)).is_none());
        assert!(plain(&new(r#"{"Person":{"email":"a@b.c"}}"#)).is_none());
        assert!(plain(&new(r#"{"Name":""}"#)).is_none());
    }
}
