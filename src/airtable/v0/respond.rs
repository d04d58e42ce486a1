use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;

use super::error::{Answer, Failure};
use crate::contracts::{BaseError, RecordPage, RenderedRecord, Upserted};
use crate::platform::ids::RecordId;

/// The content type of every answer.
pub(super) const JSON: (HeaderName, HeaderValue) = (
    CONTENT_TYPE,
    HeaderValue::from_static("application/json; charset=utf-8"),
);

const RECORD_ID_JSON: usize = 20;

/// 200 with ready JSON.
pub(super) fn raw(body: impl Into<bytes::Bytes>) -> HttpResponse {
    HttpResponse::Ok().insert_header(JSON).body(body.into())
}

/// 200 with a value.
pub(super) fn json<T: Serialize>(value: &T) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => Ok(raw(body)),
        Err(error) => Err(Failure::from(BaseError::internal(error))),
    }
}

/// `{"records":[…],"offset":"…"}` by copying each record's JSON once.
pub(super) fn page(page: &RecordPage) -> bytes::Bytes {
    let offset = page.offset.as_deref();
    let tail = offset.map_or(1, |offset| r#","offset":"""#.len() + offset.len() + 1);
    let mut out = Vec::with_capacity(records_length(&page.records) + tail);
    write_records(&mut out, &page.records);
    if let Some(offset) = offset {
        // A cursor is made of letters, digits and a slash: nothing to escape.
        out.extend_from_slice(br#","offset":""#);
        out.extend_from_slice(offset.as_bytes());
        out.push(b'"');
    }
    out.push(b'}');
    out.into()
}

/// `{"records":[…]}`.
pub(super) fn records(records: &[RenderedRecord]) -> HttpResponse {
    let mut out = Vec::with_capacity(records_length(records) + 1);
    write_records(&mut out, records);
    out.push(b'}');
    raw(out)
}

/// `{"records":[…],"updatedRecords":[…],"createdRecords":[…]}`.
pub(super) fn upserted(done: &Upserted) -> HttpResponse {
    let ids = (done.updated.len() + done.created.len()) * RECORD_ID_JSON;
    let mut out = Vec::with_capacity(records_length(&done.records) + ids + 48);
    write_records(&mut out, &done.records);
    write_ids(&mut out, "updatedRecords", &done.updated);
    write_ids(&mut out, "createdRecords", &done.created);
    out.push(b'}');
    raw(out)
}

fn records_length(records: &[RenderedRecord]) -> usize {
    let bodies: usize = records.iter().map(|record| record.json.len() + 1).sum();
    r#"{"records":[]"#.len() + bodies
}

fn write_records(out: &mut Vec<u8>, records: &[RenderedRecord]) {
    out.extend_from_slice(br#"{"records":["#);
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&record.json);
    }
    out.push(b']');
}

fn write_ids(out: &mut Vec<u8>, name: &str, ids: &[RecordId]) {
    let list: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    out.extend_from_slice(format!(",\"{name}\":[{}]", list.join(",")).as_bytes());
}
