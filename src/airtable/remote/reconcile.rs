use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use super::client::{Bearer, Lost};
use super::joined::{Cells, Made};
use super::offers::Offer;
use super::relay::lost;
use super::request::{Answer, Effect, Request};
use crate::airtable::Airtable;
use crate::airtable::formula::{any_of, equals};
use crate::airtable::service::ImportRecord;
use crate::contracts::{BaseError, BaseResult, FieldValues};
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::{TableId, TenantId};
use crate::platform::outbound::{Method, StatusCode};

/// When it is looked for what may have been made, after the answer was lost.
const PROBES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(10),
];
/// How often what was not found is made again; whoever waits has no more patience.
const ROUNDS: usize = 3;
/// Airtable's clock may be another than ours.
const SKEW: Millis = 60_000;
/// Pages that are looked through.
const MOST_PAGES: usize = 10;
/// Bytes of a text that is compared in a formula.
const LONGEST: usize = 200;

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

/// Records whose creation was not answered.
pub(super) struct Doubtful<'a> {
    pub(super) records: &'a [&'a Cells],
    /// Whether their cells are keyed by field id in answers.
    pub(super) by_field_id: bool,
    /// When the creation was sent at the earliest.
    pub(super) began: Millis,
}

/// What is looked for at Airtable.
struct Wanted {
    records: Vec<Map<String, Value>>,
    by_field_id: bool,
    began: Millis,
}

impl Airtable {
    /// Finds out whether records were made whose creation was not answered: they are adopted where exactly they are
    /// found, and made where none is found three times; in all other cases nobody knows.
    pub(super) async fn reconcile(
        &self,
        bearer: &Bearer,
        request: &Request,
        doubtful: Doubtful<'_>,
    ) -> Result<Answer, Lost> {
        let records: Option<Vec<_>> = doubtful.records.iter().map(|new| plain(new)).collect();
        let wanted = Wanted {
            records: records.ok_or(Lost::Unknown)?,
            by_field_id: doubtful.by_field_id,
            began: doubtful.began,
        };
        for _ in 0..ROUNDS {
            match self.probe(bearer, request, &wanted).await {
                Look::Made(records) => {
                    count("made");
                    return Ok(adopted(&records));
                }
                Look::Unclear => break,
                Look::Nothing => count("nothing"),
            }
            let sent = self.remote.send(bearer, request, Effect::Repeats).await;
            if sent != Err(Lost::Unknown) {
                return sent;
            }
        }
        count("unclear");
        Err(Lost::Unknown)
    }

    /// The records that a write of this instance made whose answer it does not have: all of them or none; an error where
    /// nobody can tell.
    pub(in crate::airtable) async fn made_at(
        &self,
        (tenant, offer, table): (TenantId, &Offer, TableId),
        made: &[FieldValues],
        sent_at: Millis,
    ) -> BaseResult<Vec<ImportRecord>> {
        let bearer = self.bearer_of(tenant, offer).await?;
        let records: Option<Vec<_>> = made.iter().cloned().map(filled).collect();
        let wanted = Wanted {
            records: records.ok_or(Lost::Unknown).map_err(lost)?,
            by_field_id: true,
            began: sent_at,
        };
        let request = Request::get(&[&offer.base.to_string(), &table.to_string()]);
        match self.look(&bearer, &request, &wanted).await {
            Look::Nothing => Ok(Vec::new()),
            Look::Unclear => Err(lost(Lost::Unknown)),
            Look::Made(records) => {
                let records = records.iter().map(|record| serde_json::from_str(record));
                records
                    .collect::<Result<_, _>>()
                    .map_err(BaseError::internal)
            }
        }
    }

    /// Looks until something is found, or for the last time.
    async fn probe(&self, bearer: &Bearer, request: &Request, wanted: &Wanted) -> Look {
        for wait in PROBES {
            sleep(wait).await;
            match self.look(bearer, request, wanted).await {
                Look::Nothing => {}
                other => return other,
            }
        }
        Look::Nothing
    }

    async fn look(&self, bearer: &Bearer, request: &Request, wanted: &Wanted) -> Look {
        let mut body = json!({
            "filterByFormula": made_since(&wanted.records, wanted.began),
            "returnFieldsByFieldId": wanted.by_field_id,
        });
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let list = Request {
                path: [&request.path[..], &["listRecords".to_owned()]].concat(),
                method: Method::POST,
                body: body.to_string().into(),
                ..request.clone()
            };
            let sent = self.remote.send(bearer, &list, Effect::None).await;
            let answer = sent.ok().filter(|answer| answer.status == StatusCode::OK);
            let page = answer.and_then(|answer| serde_json::from_slice::<Made>(&answer.body).ok());
            let Some(page) = page else {
                return Look::Unclear;
            };
            found.extend(page.records);
            match page.offset {
                Some(offset) => body["offset"] = offset.into(),
                None => return matched(&wanted.records, &found),
            }
        }
        Look::Unclear
    }
}

/// A formula that holds for records made since then with a value of one of these.
fn made_since(wanted: &[Map<String, Value>], began: Millis) -> String {
    let since = rfc3339(began - SKEW);
    let since = format!("NOT(IS_BEFORE(CREATED_TIME(), DATETIME_PARSE('{since}')))");
    let telling: Option<Vec<String>> = wanted.iter().map(telling).collect();
    match telling {
        Some(values) => format!("AND({since}, {})", any_of(&values)),
        None => since,
    }
}

/// A condition for one cell of a record; `None` where no cell can be compared in a formula.
fn telling(cells: &Map<String, Value>) -> Option<String> {
    let is_short = |cell: &Value| cell.as_str().is_some_and(|text| text.len() <= LONGEST);
    let texts = cells.iter().filter(|(_, cell)| is_short(cell));
    let numbers = cells.iter().filter(|(_, cell)| cell.is_number());
    let mut conditions = texts
        .chain(numbers)
        .filter_map(|(name, cell)| equals(name, cell));
    conditions.next()
}

/// The cells of a new record; `None` with one that Airtable may show otherwise than it was sent.
fn plain(new: &Cells) -> Option<Map<String, Value>> {
    filled(serde_json::from_str(new.fields.get()).ok()?)
}

fn filled(cells: Map<String, Value>) -> Option<Map<String, Value>> {
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

fn count(found: &'static str) {
    metrics::counter!("airtable_remote_reconciled_total", "found" => found).increment(1);
}

fn adopted(records: &[String]) -> Answer {
    Answer {
        status: StatusCode::OK,
        content_type: "application/json; charset=utf-8".to_owned(),
        body: format!("{{\"records\":[{}]}}", records.join(",")).into(),
        waited: Duration::ZERO,
        is_again: true,
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
        assert_eq!(look(std::slice::from_ref(&a)), Look::Unclear);
        let more = json!({"Name": "A", "Hours": 2.0, "Formula": "x"});
        let Look::Made(made) = look(&[b.clone(), more.clone()]) else {
            panic!("both are there");
        };
        assert!(made[0].contains("Formula") && made[1].contains("\"B\""));
        assert_eq!(look(&[a, b, more]), Look::Unclear);
    }

    #[test]
    fn it_is_asked_for_by_a_value_of_each() {
        let wanted = [
            cells(json!({"Hours": 2, "Na}me": "say \"A\"\\"})),
            cells(json!({"Hours": 3.5, "Tags": ["x"]})),
        ];
        let formula = made_since(&wanted, SKEW);
        let wanted_end = r#", OR({Na\}me}="say \"A\"\\", {Hours}=3.5))"#;
        assert!(formula.ends_with(wanted_end), "{formula}");
        assert!(formula.contains("'1970-01-01T00:00:00.000Z'"), "{formula}");
        let all = made_since(&[cells(json!({"Tags": ["x"]}))], SKEW);
        assert!(all.starts_with("NOT("), "{all}");
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
        let new = |fields: &str| Cells {
            id: None,
            fields: RawValue::from_string(fields.to_owned()).unwrap(),
        };
        assert!(plain(&new(r#"{"Name":"A","Tags":["x"],"Done":false}"#)).is_some());
        assert!(plain(&new(r#"{"Files":[{"url":"https://x"}]}"#)).is_none());
        assert!(plain(&new(r#"{"Person":{"email":"a@b.c"}}"#)).is_none());
        assert!(plain(&new(r#"{"Name":""}"#)).is_none());
    }
}
