use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::super::ask::Tables;
use super::super::hidden::Hidden;
use super::super::request::Answer;
use crate::airtable::service::not_found;
use crate::contracts::{BaseError, BaseResult};
use crate::platform::outbound::StatusCode;

/// How an answer about a base with hidden parts is told.
pub(in crate::airtable::remote) enum Reply {
    /// It names no fields.
    AsItIs,
    Tables(Hidden),
    /// Records, or one, with the names of the fields that are told, by id.
    Records(HashMap<String, String>),
    /// The only record of a list.
    Record(HashMap<String, String>),
}

impl Reply {
    /// The answer without what is hidden.
    pub(in crate::airtable::remote) fn tell(&self, answer: Answer) -> BaseResult<Answer> {
        if answer.status != StatusCode::OK {
            return Ok(answer);
        }
        let body = match self {
            Self::AsItIs => return Ok(answer),
            Self::Tables(hidden) => {
                let all: Tables = read(&answer)?;
                json!({"tables": hidden.shown(all.tables)})
            }
            Self::Records(names) => {
                let mut body: Value = read(&answer)?;
                match body.get_mut("records").and_then(Value::as_array_mut) {
                    Some(records) => records.iter_mut().for_each(|one| name(one, names)),
                    None => name(&mut body, names),
                }
                body
            }
            Self::Record(names) => {
                let mut body: Value = read(&answer)?;
                let record = body.pointer_mut("/records/0").map(Value::take);
                let mut record = record.ok_or_else(not_found)?;
                name(&mut record, names);
                record
            }
        };
        Ok(Answer {
            body: body.to_string().into(),
            ..answer
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> BaseResult<T> {
    serde_json::from_slice(&answer.body).map_err(BaseError::internal)
}

/// Leaves a record the fields that are told.
fn name(record: &mut Value, names: &HashMap<String, String>) {
    if let Some(Value::Object(cells)) = record.get_mut("fields") {
        let told = std::mem::take(cells).into_iter();
        let told = told.filter_map(|(id, value)| Some((names.get(&id)?.clone(), value)));
        *cells = told.collect::<Map<_, _>>();
    }
}
