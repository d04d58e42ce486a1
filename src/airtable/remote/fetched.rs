use std::collections::HashMap;

use bytes::Bytes;
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::batches::{Batch, Batches};
use super::client::{Bearer, Lost, way};
use super::joined::Made;
use super::lane::Class;
use super::offers::Offer;
use super::request::{Answer, Effect, Request};
use super::typed::PAGE;
use crate::airtable::Airtable;
use crate::airtable::formula::any_record;
use crate::platform::ids::{ConnectionId, RecordId};
use crate::platform::outbound::{Method, StatusCode};

/// Of which table a record is asked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    connection: ConnectionId,
    base: String,
    table: String,
}

/// A record that somebody asks for, and the question as it came.
pub(super) struct Asking {
    record: RecordId,
    request: Request,
    answer: oneshot::Sender<Result<Answer, Lost>>,
}

/// Questions for single records that others can still join.
pub(super) type Fetches = Batches<Place, Asking>;

#[derive(Deserialize)]
struct Named {
    id: RecordId,
}

/// The place and the record of a question for one record with nothing else in it.
fn read(offer: &Offer, request: &Request) -> Option<(Place, RecordId)> {
    let [base, table, record] = request.path.as_slice() else {
        return None;
    };
    if request.method != Method::GET || !request.query.is_empty() {
        return None;
    }
    let place = Place {
        connection: offer.connection,
        base: base.clone(),
        table: table.clone(),
    };
    Some((place, record.parse().ok()?))
}

impl Airtable {
    /// Asks Airtable; single records together with others of their table that are waited for.
    pub(super) async fn fetch(
        &self,
        bearer: &Bearer,
        offer: &Offer,
        request: &Request,
    ) -> Result<Answer, Lost> {
        let Some((place, record)) = read(offer, request) else {
            return self.remote.send(bearer, request, Effect::None).await;
        };
        let (answer, answered) = oneshot::channel();
        let one = Asking {
            record,
            request: request.clone(),
            answer,
        };
        let has_room = |waiting: &[Asking], _: &Asking| waiting.len() < PAGE;
        if let Some(batch) = self.joining.fetches.join(place.clone(), one, has_room) {
            let (engine, bearer, class) = (self.shared(), bearer.clone(), request.class);
            // The others wait for it even when the first one has left.
            self.tasks.spawn("airtable.fetch", async move {
                engine.fetch_batch(&bearer, class, (&place, &batch)).await;
            });
        }
        answered.await.unwrap_or(Err(Lost::Unavailable))
    }

    async fn fetch_batch(
        &self,
        bearer: &Bearer,
        class: Class,
        (place, batch): (&Place, &Batch<Asking>),
    ) {
        let mut waiting = Vec::new();
        let path = [place.base.clone(), place.table.clone()];
        let make = || {
            waiting = self.joining.fetches.close(place, batch);
            match waiting.as_slice() {
                [one] => one.request.clone(),
                all => place.request(class, all),
            }
        };
        let way = way(bearer, class, &path);
        let sent = self.remote.send_made(bearer, &way, make, Effect::None);
        let sent = sent.await;
        if waiting.is_empty() {
            // It never went.
            waiting = self.joining.fetches.close(place, batch);
        }
        match sent {
            Ok(answer) if waiting.len() > 1 && answer.is_about_request() => {
                self.share_out(bearer, &answer, waiting).await;
            }
            other => {
                for one in waiting {
                    // Who left hears nothing.
                    let _ = one.answer.send(other.clone());
                }
            }
        }
    }

    /// Gives each the record asked for; where it is not among those of the table, Airtable has its own words for that.
    async fn share_out(&self, bearer: &Bearer, answer: &Answer, waiting: Vec<Asking>) {
        let mut found = records_of(answer);
        let mut missing = Vec::new();
        for one in waiting {
            let Some(body) = found.remove(&one.record) else {
                missing.push(one);
                continue;
            };
            let answer = answer.clone();
            let _ = one.answer.send(Ok(Answer { body, ..answer }));
        }
        let missing = missing.into_iter().map(async |one| {
            let told = self.remote.send(bearer, &one.request, Effect::None).await;
            let _ = one.answer.send(told);
        });
        join_all(missing).await;
    }
}

impl Place {
    fn request(&self, class: Class, waiting: &[Asking]) -> Request {
        let ids: Vec<RecordId> = waiting.iter().map(|one| one.record).collect();
        let body = json!({"filterByFormula": any_record(&ids), "pageSize": PAGE});
        let path = [&*self.base, &self.table, "listRecords"];
        Request::with_body(Method::POST, &path, &body).of_class(class)
    }
}

/// None where Airtable refuses the question.
fn records_of(answer: &Answer) -> HashMap<RecordId, Bytes> {
    if answer.status != StatusCode::OK {
        return HashMap::new();
    }
    let page = serde_json::from_slice::<Made>(&answer.body);
    let records = page.map_or_else(|_| Vec::new(), |page| page.records);
    let named = records.into_iter().filter_map(|record: Box<RawValue>| {
        let named: Named = serde_json::from_str(record.get()).ok()?;
        Some((named.id, Bytes::copy_from_slice(record.get().as_bytes())))
    });
    named.collect()
}
