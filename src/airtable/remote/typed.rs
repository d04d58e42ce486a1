use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::ask::{Tables, tables_of};
use super::kept::Freshness;
use super::named;
use super::offers::Offer;
use super::relay::{accepted, lost};
use super::request::{Answer, Kept, Request};
use crate::airtable::Airtable;
use crate::airtable::formula::{quoted, reference};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, BaseSchema, CellFormat, ListRecords, Permission,
    ReadOptions, RecordPage, RenderedRecord, SearchRecords, SortDirection, TableSchema,
};
use crate::platform::ids::{BaseId, RecordId};
use crate::platform::outbound::{Method, StatusCode};

/// Records in one answer of Airtable.
pub(in crate::airtable) const PAGE: usize = 100;
/// Pages that are counted through before it is given up.
const MOST_PAGES: u64 = 1000;
/// Fields whose values are not searched for a text.
const NOT_SEARCHED: [&str; 3] = ["multipleAttachments", "button", "checkbox"];

#[derive(Deserialize)]
struct Page {
    records: Vec<Box<RawValue>>,
    offset: Option<String>,
}

#[derive(Deserialize)]
struct Identified {
    id: RecordId,
}

#[derive(Deserialize)]
struct Failed {
    error: Value,
}

impl Airtable {
    /// The offer behind a base's id, where it lies at Airtable and the actor may do this with it.
    pub(in crate::airtable) async fn offered(
        &self,
        actor: &Actor,
        base: &str,
        permission: Permission,
    ) -> BaseResult<Option<Offer>> {
        let Ok(base) = base.parse::<BaseId>() else {
            return Ok(None);
        };
        let offer = self.offer(actor, base, permission).await?;
        // What is copied, or shall be without its hidden parts, is read here.
        Ok(offer.filter(Offer::is_asked))
    }

    /// The schema of a base at Airtable.
    pub(in crate::airtable) async fn remote_schema(
        &self,
        actor: &Actor,
        offer: &Offer,
    ) -> BaseResult<BaseSchema> {
        let request = (tables_of(offer.base), Kept::Schema);
        let tables: Tables = self.asked(actor, offer, request).await?;
        Ok(BaseSchema {
            id: offer.base,
            name: offer.name.clone(),
            workspace_id: offer.workspace,
            tables: tables.tables,
        })
    }

    /// A page of records at Airtable; more than it gives at once are put together.
    pub(in crate::airtable) async fn remote_list(
        &self,
        actor: &Actor,
        offer: &Offer,
        table: &str,
        query: &ListRecords,
    ) -> BaseResult<RecordPage> {
        let wanted = query.page_size.unwrap_or(PAGE);
        let mut page = RecordPage::default();
        let mut offset = query.offset.clone();
        loop {
            let size = (wanted - page.records.len()).min(PAGE);
            let place = (&*offer.base.to_string(), table);
            let request = list_request(place, query, (size, offset.as_deref()));
            let found: Page = self.asked(actor, offer, (request, Kept::Records)).await?;
            for record in found.records {
                page.records.push(rendered(&record)?);
            }
            offset = found.offset;
            if offset.is_none() || page.records.len() >= wanted {
                page.offset = offset;
                return Ok(page);
            }
        }
    }

    /// One record at Airtable.
    pub(in crate::airtable) async fn remote_record(
        &self,
        actor: &Actor,
        offer: &Offer,
        (table, record): (&str, &str),
        read: &ReadOptions,
    ) -> BaseResult<RenderedRecord> {
        let request = record_request(&[&offer.base.to_string(), table, record], read);
        let found: Box<RawValue> = self.asked(actor, offer, (request, Kept::Records)).await?;
        rendered(&found)
    }

    /// A page of records at Airtable that hold a text.
    pub(in crate::airtable) async fn remote_search(
        &self,
        actor: &Actor,
        offer: &Offer,
        table: &str,
        search: &SearchRecords,
    ) -> BaseResult<RecordPage> {
        let schema = self.remote_schema(actor, offer).await?;
        let definition = named::table(&schema.tables, table)?;
        let fields = searched(definition, search.fields.as_deref())?;
        let query = ListRecords {
            read: search.read.clone(),
            filter_by_formula: Some(holds(&search.query, &fields)),
            page_size: Some(search.page_size),
            offset: search.offset.clone(),
            ..ListRecords::default()
        };
        self.remote_list(actor, offer, table, &query).await
    }

    /// The number of records of a table at Airtable, which tells it only page by page.
    pub(in crate::airtable) async fn remote_count(
        &self,
        actor: &Actor,
        offer: &Offer,
        table: &str,
    ) -> BaseResult<u64> {
        let (mut many, mut offset) = (0, None::<String>);
        let nothing = ListRecords {
            read: ReadOptions {
                fields: Some(Vec::new()),
                ..ReadOptions::default()
            },
            ..ListRecords::default()
        };
        for _ in 0..MOST_PAGES {
            let place = (&*offer.base.to_string(), table);
            let request = list_request(place, &nothing, (PAGE, offset.as_deref()));
            let page: Page = self.asked(actor, offer, (request, Kept::Records)).await?;
            many += page.records.len() as u64;
            offset = page.offset;
            if offset.is_none() {
                return Ok(many);
            }
        }
        let message = "The table has too many records to be counted at Airtable";
        Err(BaseError::new(BaseErrorKind::TooLarge, message))
    }

    async fn asked<T: DeserializeOwned>(
        &self,
        actor: &Actor,
        offer: &Offer,
        (request, kept): (Request, Kept),
    ) -> BaseResult<T> {
        // Boxed, since all readers go this way and their futures would be very large.
        let screened = Box::pin(self.screened(actor.tenant, offer, &request)).await?;
        let asked = screened.as_ref().map_or(&request, |one| &one.request);
        let asked = (asked, kept);
        let told = Box::pin(self.kept(actor.tenant, offer, asked, Freshness::Usual)).await?;
        let told = told.map_err(lost).and_then(accepted)?;
        answered(match screened {
            Some(screened) => screened.reply.tell(told.answer)?,
            None => told.answer,
        })
    }
}

/// What Airtable answers, or what it says is wrong.
pub(super) fn answered<T: DeserializeOwned>(answer: Answer) -> BaseResult<T> {
    match answer.status {
        StatusCode::OK => serde_json::from_slice(&answer.body).map_err(BaseError::internal),
        status => Err(refused(status, &answer.body)),
    }
}

/// A list as a request; a page of so many records from there.
pub(in crate::airtable) fn list_request(
    (base, table): (&str, &str),
    query: &ListRecords,
    (size, offset): (usize, Option<&str>),
) -> Request {
    let body = list_body(query, size, offset);
    Request::with_body(Method::POST, &[base, table, "listRecords"], &body)
}

/// The question for one record.
pub(in crate::airtable) fn record_request(path: &[&str; 3], read: &ReadOptions) -> Request {
    Request::get(path).with_query(read_query(read))
}

/// What Airtable says is wrong, in its own words.
pub(super) fn refused(status: StatusCode, body: &[u8]) -> BaseError {
    let error = serde_json::from_slice::<Failed>(body).map(|failed| failed.error);
    let message = error.as_ref().ok().and_then(|error| {
        let text = error["message"].as_str().or(error["type"].as_str());
        text.or(error.as_str()).map(str::to_owned)
    });
    let named = error.as_ref().ok().and_then(|error| {
        let name = error["type"].as_str().or(error.as_str());
        name.and_then(kind_named)
    });
    let kind = named.unwrap_or(match status.as_u16() {
        403 | 404 => BaseErrorKind::NotFoundOrForbidden,
        429 => BaseErrorKind::TooOften { seconds: 30 },
        500.. => BaseErrorKind::Unavailable,
        _ => BaseErrorKind::InvalidRequest,
    });
    let message = message.unwrap_or_else(|| format!("Airtable answered {status}"));
    BaseError::new(kind, message)
}

/// What Airtable's name of an error stands for here.
fn kind_named(name: &str) -> Option<BaseErrorKind> {
    use BaseErrorKind as Kind;
    Some(match name {
        "INVALID_REQUEST_MISSING_FIELDS" => Kind::MissingFields,
        "INVALID_RECORDS" => Kind::InvalidRecords,
        "UNKNOWN_FIELD_NAME" => Kind::UnknownFieldName,
        "INVALID_VALUE_FOR_COLUMN" => Kind::InvalidValueForColumn,
        "INVALID_MULTIPLE_CHOICE_OPTIONS" => Kind::InvalidMultipleChoiceOptions,
        "INVALID_ATTACHMENT_OBJECT" => Kind::InvalidAttachmentObject,
        "INVALID_RECORD_ID" => Kind::InvalidRecordId,
        "ROW_DOES_NOT_EXIST" => Kind::RowDoesNotExist,
        "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE" => Kind::RowTableDoesNotMatchLinkedTable,
        "INVALID_FILTER_BY_FORMULA" => Kind::InvalidFilterByFormula,
        "VIEW_NAME_NOT_FOUND" => Kind::ViewNameNotFound,
        "VIEW_ID_NOT_FOUND" => Kind::ViewIdNotFound,
        "LIST_RECORDS_ITERATOR_NOT_AVAILABLE" => Kind::IteratorNotAvailable,
        "INVALID_OFFSET_VALUE" => Kind::InvalidOffsetValue,
        _ => return None,
    })
}

fn rendered(record: &RawValue) -> BaseResult<RenderedRecord> {
    let known: Identified = serde_json::from_str(record.get()).map_err(BaseError::internal)?;
    Ok(RenderedRecord {
        id: known.id,
        json: Bytes::copy_from_slice(record.get().as_bytes()),
    })
}

fn read_options(read: &ReadOptions) -> Vec<(&'static str, Value)> {
    let mut options = Vec::new();
    if read.by_field_id {
        options.push(("returnFieldsByFieldId", json!(true)));
    }
    if read.cell_format == CellFormat::Text {
        options.push(("cellFormat", json!("string")));
        options.push((
            "timeZone",
            json!(read.time_zone.as_deref().unwrap_or("utc")),
        ));
        options.push((
            "userLocale",
            json!(read.user_locale.as_deref().unwrap_or("en")),
        ));
    }
    options
}

fn read_query(read: &ReadOptions) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in read_options(read) {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        query.append_pair(name, &text);
    }
    query.finish()
}

fn list_body(query: &ListRecords, size: usize, offset: Option<&str>) -> Value {
    let mut body = json!({"pageSize": size});
    for (name, value) in read_options(&query.read) {
        body[name] = value;
    }
    let ListRecords {
        read,
        filter_by_formula,
        max_records,
        view,
        ..
    } = query;
    let sort = query.sort.iter().map(|key| {
        let direction = match key.direction {
            SortDirection::Asc => "asc",
            SortDirection::Desc => "desc",
        };
        json!({"field": key.field, "direction": direction})
    });
    let given = [
        ("fields", read.fields.as_ref().map(|fields| json!(fields))),
        (
            "filterByFormula",
            filter_by_formula.as_ref().map(|text| json!(text)),
        ),
        ("maxRecords", max_records.map(|many| json!(many))),
        ("view", view.as_ref().map(|view| json!(view))),
        ("sort", (!query.sort.is_empty()).then(|| sort.collect())),
        (
            "recordMetadata",
            read.comment_count.then(|| json!(["commentCount"])),
        ),
        ("offset", offset.map(|offset| json!(offset))),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    body
}

fn searched<'a>(table: &'a TableSchema, wanted: Option<&[String]>) -> BaseResult<Vec<&'a str>> {
    let Some(wanted) = wanted else {
        let all = table.fields.iter();
        let searched = all.filter(|field| !NOT_SEARCHED.contains(&field.field_type.as_str()));
        return Ok(searched.map(|field| field.name.as_str()).collect());
    };
    let find = |name: &String| Ok(named::field(table, name)?.name.as_str());
    wanted.iter().map(find).collect()
}

/// A formula that holds for records with the text in one of the fields, whatever its case.
fn holds(text: &str, fields: &[&str]) -> String {
    let text = quoted(&text.to_lowercase());
    let found = fields
        .iter()
        .map(|name| format!("FIND({text}, LOWER({} & \"\"))", reference(name)));
    format!("OR({})", found.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_a_formula_that_nothing_can_break_out_of() {
        let formula = holds("A\"b\\", &["Name", "a}b"]);
        let wanted =
            r#"OR(FIND("a\"b\\", LOWER({Name} & "")), FIND("a\"b\\", LOWER({a\}b} & "")))"#;
        assert_eq!(formula, wanted);
    }

    #[test]
    fn what_airtable_says_is_told() {
        let body =
            br#"{"error":{"type":"UNKNOWN_FIELD_NAME","message":"Unknown field name: \"X\""}}"#;
        let error = refused(StatusCode::UNPROCESSABLE_ENTITY, body);
        assert_eq!(error.message, "Unknown field name: \"X\"");
        assert_eq!(error.kind, BaseErrorKind::UnknownFieldName);
        let error = refused(StatusCode::NOT_FOUND, br#"{"error":"NOT_FOUND"}"#);
        assert_eq!(error.kind, BaseErrorKind::NotFoundOrForbidden);
        assert_eq!(error.message, "NOT_FOUND");
        let error = refused(StatusCode::BAD_GATEWAY, b"<html>");
        assert_eq!(error.kind, BaseErrorKind::Unavailable);
    }
}
