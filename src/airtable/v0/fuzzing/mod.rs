//! A small base in memory and what a list of its records answers to any text: driven by the fuzz target, tried by a test.

mod base;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use actix_web::HttpRequest;
use actix_web::http::Uri;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;

use super::super::attachments::Links;
use super::super::computed;
use super::super::graph::resolve;
use super::super::query::{self, Iterators, Programs};
use super::super::schema::{Base, Table};
use super::super::snapshot::{Loaded, Row, RowMeta, State, read_cells};
use super::super::store::Counters;
use super::body::Object;
use super::{list_query, respond};
use crate::contracts::{BaseErrorKind, BaseResult, ListRecords, RecordPage, TableSchema};
use crate::platform::clock::Millis;
use crate::platform::ids::{BaseId, RecordId, TableId, TenantId, WorkspaceId};
use crate::platform::vault::TenantKey;

const NOW: Millis = 1_709_622_489_000;
const PEOPLE: u128 = 1;
const TASKS: u128 = 2;
const ROWS: u128 = 9;
/// Pages that are asked for with the `offset` of the one before.
const PAGES: usize = 4;
const DEFAULT_PAGE: usize = 100;

static GROUND: LazyLock<Ground> = LazyLock::new(Ground::new);

/// Lists records as an input says, and panics where the answer is none that a client could use.
///
/// Its lines are a query string, the body of a `listRecords` (empty where it is a GET), and the position in a cursor as
/// JSON, where one shall be made up.
pub fn list_records(input: &str) {
    let mut lines = input.splitn(3, '\n');
    let asked = request(lines.next().unwrap_or_default())
        .and_then(|request| read(&request, lines.next().unwrap_or_default()));
    let Some(mut asked) = asked else { return };
    if let Some(position) = lines.next() {
        GROUND.make_up_offset(&mut asked, position);
    }
    GROUND.walk(asked);
}

/// A request as it is once its bytes have passed for HTTP.
fn request(query: &str) -> Option<HttpRequest> {
    let mut uri = "/v0/appAAAAAAAAAAAAAA/Tasks?".to_owned();
    for byte in query.bytes() {
        match byte {
            b'!'..=b'~' if !b"#<>\"`\\^|".contains(&byte) => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    let uri: Uri = uri.try_into().ok()?;
    Some(TestRequest::get().uri(&uri.to_string()).to_http_request())
}

fn read(request: &HttpRequest, body: &str) -> Option<ListRecords> {
    if body.is_empty() {
        return list_query::from_query(request).ok();
    }
    match serde_json::from_str(body) {
        Ok(Value::Object(members)) => list_query::from_body(request, Object(members)).ok(),
        _ => None,
    }
}

struct Ground {
    state: State,
    table: TableId,
    iterators: Iterators,
    programs: Programs,
}

impl Ground {
    fn new() -> Self {
        let mut tables: Vec<Arc<Table>> = [base::people(), base::tasks()]
            .into_iter()
            .map(|table| {
                let schema: TableSchema = serde_json::from_value(table).expect("a schema");
                Arc::new(Table::from_schema(&schema).expect("a table"))
            })
            .collect();
        let (graph, _) = resolve(&mut tables);
        let mut state = State {
            base: Arc::new(Base {
                id: BaseId::from_number(1),
                tenant: TenantId::from_number(1),
                workspace: WorkspaceId::from_number(1),
                name: "Base".to_owned(),
                is_mirror: false,
                tables: tables.clone(),
            }),
            graph: Arc::new(graph),
            computed_at: NOW,
            seq: 0,
            counters: Counters::default(),
            tables: HashMap::new(),
            key: TenantKey::for_test(),
            links: Links::for_test(),
        };
        let rows: [fn(u128) -> Value; 2] = [base::person, base::task];
        let loaded = tables.iter().zip(rows).map(|(table, cells)| Loaded {
            table: table.clone(),
            rows: (0..ROWS)
                .map(|number| row(table, number, &cells(number)))
                .collect(),
        });
        computed::load(&mut state, loaded.collect(), NOW);
        Self {
            table: TableId::from_number(TASKS),
            state,
            iterators: Iterators::default(),
            programs: Programs::default(),
        }
    }

    fn list(&self, asked: &ListRecords) -> BaseResult<RecordPage> {
        let snapshot = self.state.snapshot(self.table).expect("the table");
        let kept = (&self.iterators, &self.programs);
        let (page, _) = query::list(&self.state, snapshot, kept, asked, NOW)?;
        let sent = respond::page(&page);
        let sent: Value = serde_json::from_slice(&sent).expect("an answer is JSON");
        let records = sent["records"].as_array().map(Vec::len);
        assert_eq!(records, Some(page.records.len()));
        assert_eq!(sent["offset"].as_str(), page.offset.as_deref());
        Ok(page)
    }

    /// Goes from page to page: none too long, no record twice, and each goes on where the one before said.
    fn walk(&self, mut asked: ListRecords) {
        let is_from_the_start = asked.offset.is_none();
        let most = asked.page_size.unwrap_or(DEFAULT_PAGE);
        let mut seen = HashSet::new();
        for number in 0..PAGES {
            let page = match self.list(&asked) {
                Ok(page) => page,
                Err(error) => {
                    assert_ne!(error.kind, BaseErrorKind::Internal, "{error}");
                    let is_spent = error.kind == BaseErrorKind::InvalidFilterByFormula;
                    assert!(number == 0 || is_spent, "page {number}: {error}");
                    return;
                }
            };
            assert!(page.records.len() <= most);
            let fresh = page.records.iter().all(|record| seen.insert(record.id));
            assert!(fresh, "page {number} repeats a record");
            if is_from_the_start {
                assert!(seen.len() <= asked.max_records.unwrap_or(usize::MAX));
            }
            let Some(offset) = page.offset else { return };
            assert!(offset.len() <= 1024, "{offset}");
            asked.offset = Some(offset);
        }
    }

    /// Gives the query the cursor of its own first page, with another position in it.
    fn make_up_offset(&self, asked: &mut ListRecords, position: &str) {
        let first = ListRecords {
            page_size: Some(1),
            max_records: None,
            offset: None,
            ..asked.clone()
        };
        let Ok(RecordPage {
            offset: Some(offset),
            ..
        }) = self.list(&first)
        else {
            return;
        };
        if let Some((own, _)) = offset.rsplit_once('/') {
            asked.offset = Some(format!("{own}/{}", BASE64.encode(position)));
        }
    }
}

fn row(table: &Table, number: u128, cells: &Value) -> Row {
    let cells = cells.as_array().expect("cells").iter();
    // Cells stand in the order of the fields that are stored.
    let stored: Value = table
        .fields
        .iter()
        .zip(cells)
        .map(|(field, cell)| (field.id.to_string(), cell.clone()))
        .collect();
    let place = i64::try_from(number).expect("a small number");
    let meta = RowMeta {
        id: RecordId::from_number(number),
        // A view has them the other way round.
        row_no: -place,
        created_at: NOW - place,
        created_by: None,
        updated_at: number.is_multiple_of(2).then_some(NOW),
        updated_by: None,
    };
    let cells = read_cells(table, &stored.to_string()).expect("stored cells");
    Row::new(meta, cells)
}
