//! Bases of which parts are hidden and that are not copied: what is asked of Airtable names nothing hidden, and what it
//! answers is told without it. Fields are named by their ids, which stay when somebody renames them there.

mod ask;
mod change;
mod reply;

use std::collections::HashMap;

use serde_json::Value;

use super::ask::{Tables, tables_of};
use super::hidden::Hidden;
use super::kept::Freshness;
use super::named;
use super::offers::Offer;
use super::relay::{accepted, lost};
use super::request::{Kept, Request};
use super::typed::answered;
use crate::airtable::Airtable;
use crate::airtable::service::not_found;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, TableSchema};
use crate::platform::ids::{RecordId, TenantId};
use crate::platform::outbound::Method;
pub(super) use reply::Reply;

/// What of a base is not hidden.
struct Screen {
    tables: Vec<TableSchema>,
}

/// A request that names nothing hidden, and how what comes back is told.
pub(super) struct Screened {
    pub(super) request: Request,
    pub(super) reply: Reply,
}

impl Airtable {
    /// A request with nothing hidden in it; `None` where nothing of the base is hidden.
    pub(super) async fn screened(
        &self,
        tenant: TenantId,
        offer: &Offer,
        request: &Request,
    ) -> BaseResult<Option<Screened>> {
        if offer.hidden.is_empty() {
            return Ok(None);
        }
        let asked = tables_of(offer.base);
        if (&request.method, &request.path) == (&asked.method, &asked.path) {
            return Ok(Some(Screened {
                request: request.clone(),
                reply: Reply::Tables(offer.hidden.clone()),
            }));
        }
        let told = self.kept(tenant, offer, (&asked, Kept::Schema), Freshness::Usual);
        let told = told.await?.map_err(lost).and_then(accepted)?;
        let tables: Tables = answered(told.answer)?;
        let screen = Screen {
            tables: offer.hidden.shown(tables.tables),
        };
        screen.screened(request).map(Some)
    }
}

impl Screen {
    fn screened(&self, request: &Request) -> BaseResult<Screened> {
        let parts: Vec<&str> = request.path.iter().map(String::as_str).collect();
        match (&request.method, parts.as_slice()) {
            (&Method::POST, [_, table, "listRecords"]) => self.list(request, self.table(table)?),
            (&Method::GET, [_, table, record]) => {
                let record: RecordId = record.parse().map_err(|_| not_found())?;
                self.record(request, self.table(table)?, record)
            }
            (&Method::POST | &Method::PATCH, [_, table]) | (&Method::PATCH, [_, table, _]) => {
                self.change(request, self.table(table)?)
            }
            (&Method::DELETE, [_, table] | [_, table, _]) => Ok(Screened {
                request: within(request, self.table(table)?),
                reply: Reply::AsItIs,
            }),
            (&Method::PUT, _) => Err(Hidden::no_put()),
            _ => {
                let message = "Parts of this base are hidden, so that its records and definitions alone are reached through this instance";
                Err(BaseError::new(BaseErrorKind::Forbidden, message))
            }
        }
    }

    /// A hidden one is as unknown as any other.
    fn table(&self, named: &str) -> BaseResult<&TableSchema> {
        named::table(&self.tables, named)
    }
}

/// The same request with its table named by id.
fn within(request: &Request, table: &TableSchema) -> Request {
    let mut request = request.clone();
    request.path[1] = table.id.to_string();
    request
}

/// How the fields of a table are named to who asked, by id.
fn shown(table: &TableSchema, by_field_id: bool) -> HashMap<String, String> {
    let fields = table.fields.iter().map(|field| {
        let id = field.id.to_string();
        let name = if by_field_id {
            id.clone()
        } else {
            field.name.clone()
        };
        (id, name)
    });
    fields.collect()
}

fn unreadable() -> BaseError {
    let message = "The request cannot be read, and parts of this base are hidden";
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}

/// A member that is true or false, false where it is absent; it is taken out.
fn flag(members: &mut serde_json::Map<String, Value>, name: &str) -> BaseResult<bool> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(unreadable()),
    }
}
