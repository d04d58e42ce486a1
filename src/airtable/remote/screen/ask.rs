use serde_json::{Map, Value, json};

use super::super::named::field;
use super::super::request::Request;
use super::{Reply, Screen, Screened, flag, shown, unreadable};
use crate::airtable::formula::{self, Kind, Program, any_record};
use crate::airtable::query::invalid_formula;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, TableSchema};
use crate::platform::ids::RecordId;
use crate::platform::outbound::Method;

/// What tells nothing of fields.
const HARMLESS: [&str; 7] = [
    "pageSize",
    "maxRecords",
    "offset",
    "cellFormat",
    "timeZone",
    "userLocale",
    "recordMetadata",
];

impl Screen {
    /// A list, as `listRecords` takes it.
    pub(super) fn list(&self, request: &Request, table: &TableSchema) -> BaseResult<Screened> {
        let mut given: Map<String, Value> =
            serde_json::from_slice(&request.body).map_err(|_| unreadable())?;
        let by_field_id = flag(&mut given, "returnFieldsByFieldId")?;
        let mut body = Map::new();
        body.insert("fields".to_owned(), fields(table, given.remove("fields"))?);
        body.insert("returnFieldsByFieldId".to_owned(), json!(true));
        for (name, value) in given {
            let value = match (name.as_str(), value) {
                (_, Value::Null) => continue,
                ("filterByFormula", Value::String(formula)) => json!(filter(table, &formula)?),
                ("sort", Value::Array(keys)) => sort(table, keys)?,
                ("view", _) => return Err(no_view()),
                (name, value) if HARMLESS.contains(&name) => value,
                _ => return Err(unreadable()),
            };
            body.insert(name, value);
        }
        Ok(Screened {
            request: listing(request, table, &body),
            reply: Reply::Records(shown(table, by_field_id)),
        })
    }

    /// A record, asked for among those of its table: by its id alone Airtable finds it in a hidden one too.
    pub(super) fn record(
        &self,
        request: &Request,
        table: &TableSchema,
        record: RecordId,
    ) -> BaseResult<Screened> {
        let mut body = Map::new();
        let mut by_field_id = false;
        for (name, value) in url::form_urlencoded::parse(request.query.as_bytes()) {
            match &*name {
                "returnFieldsByFieldId" => by_field_id = value == "true",
                "cellFormat" | "timeZone" | "userLocale" => {
                    body.insert(name.into_owned(), json!(value));
                }
                "recordMetadata" => {
                    body.insert(name.into_owned(), json!([value]));
                }
                _ => return Err(unreadable()),
            }
        }
        body.insert("fields".to_owned(), fields(table, None)?);
        body.insert("returnFieldsByFieldId".to_owned(), json!(true));
        let named = any_record(&[record]);
        body.insert("filterByFormula".to_owned(), json!(named));
        Ok(Screened {
            request: listing(request, table, &body),
            reply: Reply::Record(shown(table, by_field_id)),
        })
    }
}

fn listing(request: &Request, table: &TableSchema, body: &Map<String, Value>) -> Request {
    let path = [&*request.path[0], &table.id.to_string(), "listRecords"];
    Request::with_body(Method::POST, &path, body).of_class(request.class)
}

/// The ids of the wanted fields, of all that are not hidden where none are named.
fn fields(table: &TableSchema, wanted: Option<Value>) -> BaseResult<Value> {
    let named = match wanted {
        None | Some(Value::Null) => {
            return Ok(table.fields.iter().map(|field| json!(field.id)).collect());
        }
        Some(Value::Array(named)) => named,
        Some(_) => return Err(unreadable()),
    };
    let ids = named.iter().map(|name| {
        let name = name.as_str().ok_or_else(unreadable)?;
        Ok(json!(field(table, name)?.id))
    });
    ids.collect()
}

fn sort(table: &TableSchema, keys: Vec<Value>) -> BaseResult<Value> {
    let keys = keys.into_iter().map(|mut key| {
        let name = key["field"].as_str().ok_or_else(unreadable)?;
        key["field"] = json!(field(table, name)?.id);
        Ok(key)
    });
    keys.collect()
}

/// The formula with ids in place of names, so that it means the same fields whatever somebody renames meanwhile.
fn filter(table: &TableSchema, source: &str) -> BaseResult<String> {
    let ids: Vec<String> = table.fields.iter().map(|one| one.id.to_string()).collect();
    let fields = ids
        .iter()
        .zip(&table.fields)
        .map(|(id, field)| formula::Field {
            id,
            name: &field.name,
            // What it is used for is the names alone.
            kind: Kind::Text,
        });
    let fields: Vec<_> = fields.collect();
    let program = Program::new(source, &fields).map_err(invalid_formula)?;
    program.with_ids(source, &fields).map_err(invalid_formula)
}

fn no_view() -> BaseError {
    let message =
        "Parts of this base are hidden, and what is in a view may tell of them; ask without one";
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
