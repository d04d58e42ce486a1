use serde_json::{Map, Value, json};

use super::super::named::field;
use super::super::request::Request;
use super::{Reply, Screen, Screened, flag, shown, unreadable, within};
use crate::contracts::{BaseResult, FieldValues, TableSchema};

impl Screen {
    /// Records to be made or changed.
    pub(super) fn change(&self, request: &Request, table: &TableSchema) -> BaseResult<Screened> {
        if !request.query.is_empty() {
            return Err(unreadable());
        }
        let mut body: Map<String, Value> =
            serde_json::from_slice(&request.body).map_err(|_| unreadable())?;
        let by_field_id = flag(&mut body, "returnFieldsByFieldId")?;
        for (name, value) in &mut body {
            match name.as_str() {
                "fields" => by_id(table, value)?,
                "records" => {
                    let records = value.as_array_mut().ok_or_else(unreadable)?;
                    let mut cells = records.iter_mut().filter_map(|one| one.get_mut("fields"));
                    cells.try_for_each(|cells| by_id(table, cells))?;
                }
                "performUpsert" => merged(table, value)?,
                "typecast" => {}
                _ => return Err(unreadable()),
            }
        }
        body.insert("returnFieldsByFieldId".to_owned(), json!(true));
        let request = within(request, table);
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        Ok(Screened {
            request: Request::with_body(request.method, &path, &body).of_class(request.class),
            reply: Reply::Records(shown(table, by_field_id)),
        })
    }
}

fn by_id(table: &TableSchema, cells: &mut Value) -> BaseResult<()> {
    let Value::Object(cells) = cells else {
        return Err(unreadable());
    };
    let named = std::mem::take(cells).into_iter();
    let named = named.map(|(name, value)| Ok((field(table, &name)?.id.to_string(), value)));
    *cells = named.collect::<BaseResult<FieldValues>>()?;
    Ok(())
}

fn merged(table: &TableSchema, upsert: &mut Value) -> BaseResult<()> {
    let keys = upsert.get_mut("fieldsToMergeOn");
    let keys = keys.and_then(Value::as_array_mut).ok_or_else(unreadable)?;
    for key in keys {
        let name = key.as_str().ok_or_else(unreadable)?;
        *key = json!(field(table, name)?.id);
    }
    Ok(())
}
