use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::batches::{Batch, Batches};
use super::client::{Bearer, Lost, way};
use super::lane::Class;
use super::offers::Offer;
use super::reconcile::Doubtful;
use super::request::{Answer, Effect, Request, Subject};
use crate::airtable::Airtable;
use crate::platform::clock::Millis;
use crate::platform::ids::{ConnectionId, RecordId};
use crate::platform::outbound::{Method, StatusCode};

/// Records that Airtable makes, changes or deletes in one request.
pub(in crate::airtable) const MOST: usize = 10;

/// Records that somebody wants made or changed, in a form that can share a request with others.
pub(super) struct Write {
    like: Like,
    records: Vec<Cells>,
    /// Whether the answer is one record and not a list.
    is_single: bool,
    /// As it came.
    request: Request,
}

/// What writes must have in common to share a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Like {
    method: Method,
    base: String,
    table: String,
    typecast: bool,
    by_field_id: bool,
}

/// A record to be made, or changed where it has an id, its cells as they came.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cells {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    pub(super) fields: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Body {
    fields: Option<Box<RawValue>>,
    records: Option<Vec<Cells>>,
    #[serde(default)]
    typecast: bool,
    #[serde(default)]
    return_fields_by_field_id: bool,
}

/// Airtable's list of records.
#[derive(Deserialize)]
pub(super) struct Made {
    pub(super) records: Vec<Box<RawValue>>,
    pub(super) offset: Option<String>,
}

type Waiting = (Write, oneshot::Sender<Result<Answer, Lost>>);

/// Writes that others can still join.
pub(super) type Writes = Batches<(ConnectionId, Like), Waiting>;

impl Write {
    /// `None` for what makes or changes no records, or in a form that Airtable itself shall judge.
    pub(super) fn read(request: &Request, subject: &Subject) -> Option<Self> {
        let place = match (&request.method, request.path.as_slice()) {
            (&Method::POST | &Method::PATCH, [_, _]) => None,
            (&Method::PATCH, [_, _, record]) => Some(record.parse::<RecordId>().ok()?.to_string()),
            _ => return None,
        };
        if !request.query.is_empty() {
            return None;
        }
        let body: Body = serde_json::from_slice(&request.body).ok()?;
        let is_single = body.fields.is_some();
        let records = match (body.fields, body.records) {
            (Some(fields), None) => vec![Cells { id: place, fields }],
            (None, Some(records)) if place.is_none() => records,
            _ => return None,
        };
        let has_ids = request.method == Method::PATCH;
        let is_well = records.iter().all(|record| record.id.is_some() == has_ids);
        if !is_well || !(1..=MOST).contains(&records.len()) {
            return None;
        }
        Some(Self {
            like: Like {
                method: request.method.clone(),
                base: subject.base.to_string(),
                table: subject.table.clone()?,
                typecast: body.typecast,
                by_field_id: body.return_fields_by_field_id,
            },
            records,
            is_single,
            request: request.clone(),
        })
    }

    /// Airtable takes no record twice in one request.
    fn shares_record(&self, waiting: &[Waiting]) -> bool {
        let mut others = waiting.iter().flat_map(|(one, _)| &one.records);
        let own = |id: &String| self.records.iter().any(|one| one.id.as_ref() == Some(id));
        others.any(|other| other.id.as_ref().is_some_and(own))
    }

    /// Its own part of what was written.
    fn answer(&self, whole: &Answer, records: &[Box<RawValue>]) -> Answer {
        let body = match (self.is_single, records) {
            (true, [one]) => Bytes::copy_from_slice(one.get().as_bytes()),
            _ => json!({"records": records}).to_string().into(),
        };
        Answer {
            body,
            ..whole.clone()
        }
    }
}

impl Like {
    fn is_creation(&self) -> bool {
        self.method == Method::POST
    }

    fn effect(&self) -> Effect {
        match self.is_creation() {
            true => Effect::Repeats,
            false => Effect::Absolute,
        }
    }

    /// One request for all of them. A change by itself is sent as it came: Airtable has other words where it is refused.
    fn joined(&self, class: Class, waiting: &[Waiting]) -> Request {
        match waiting {
            [(one, _)] if !self.is_creation() => one.request.clone(),
            _ => self.request(class, &records_of(waiting)),
        }
    }

    fn request(&self, class: Class, records: &[&Cells]) -> Request {
        let body = json!({
            "records": records,
            "typecast": self.typecast,
            "returnFieldsByFieldId": self.by_field_id,
        });
        let path = [&*self.base, &self.table];
        Request::with_body(self.method.clone(), &path, &body).of_class(class)
    }

    fn path(&self) -> Vec<String> {
        vec![self.base.clone(), self.table.clone()]
    }
}

/// Whether a write may go in the same request as those that wait already.
fn may_join(waiting: &[Waiting], (one, _): &Waiting) -> bool {
    let length = records_of(waiting).len() + one.records.len();
    length <= MOST && !one.shares_record(waiting)
}

fn records_of(waiting: &[Waiting]) -> Vec<&Cells> {
    waiting.iter().flat_map(|(one, _)| &one.records).collect()
}

impl Airtable {
    /// Makes or changes records, in one request with others that wait for the same table.
    pub(super) async fn write_joined(
        &self,
        bearer: &Bearer,
        offer: &Offer,
        write: Write,
    ) -> Result<Answer, Lost> {
        let (answer, answered) = oneshot::channel();
        let (like, class) = (write.like.clone(), write.request.class);
        let key = (offer.connection, like);
        let joined = self
            .joining
            .writes
            .join(key.clone(), (write, answer), may_join);
        if let Some(batch) = joined {
            let (engine, bearer) = (self.shared(), bearer.clone());
            // The others wait for it even when the first one has left.
            self.tasks.spawn("airtable.write", async move {
                engine.send_batch(&bearer, class, (&key, &batch)).await;
            });
        }
        answered.await.unwrap_or(Err(Lost::Unknown))
    }

    async fn send_batch(
        &self,
        bearer: &Bearer,
        class: Class,
        (key, batch): (&(ConnectionId, Like), &Batch<Waiting>),
    ) {
        let mut waiting = Vec::new();
        let like = &key.1;
        let way = way(bearer, class, &like.path());
        let make = || {
            waiting = self.joining.writes.close(key, batch);
            like.joined(class, &waiting)
        };
        let began = self.now();
        let sent = self.remote.send_made(bearer, &way, make, like.effect());
        let sent = sent.await;
        if waiting.is_empty() {
            // It never went.
            waiting = self.joining.writes.close(key, batch);
        }
        let sent = self.settled(bearer, sent, (like, class, &waiting), began);
        match sent.await {
            Ok(answer) if answer.status == StatusCode::OK => share(like, &answer, waiting),
            Ok(answer) if waiting.len() > 1 && answer.is_about_request() => {
                self.send_each(bearer, like, waiting).await;
            }
            other => {
                for (_, answer) in waiting {
                    // Who left hears nothing.
                    let _ = answer.send(other.clone());
                }
            }
        }
    }

    /// The answer, looked for at Airtable where that of a creation was lost.
    async fn settled(
        &self,
        bearer: &Bearer,
        sent: Result<Answer, Lost>,
        (like, class, waiting): (&Like, Class, &[Waiting]),
        began: Millis,
    ) -> Result<Answer, Lost> {
        if sent != Err(Lost::Unknown) || !like.is_creation() {
            return sent;
        }
        let records = records_of(waiting);
        let doubtful = Doubtful {
            records: &records,
            by_field_id: like.by_field_id,
            began,
        };
        let request = like.request(class, &records);
        self.reconcile(bearer, &request, doubtful).await
    }

    /// One of them is at fault; each gets an answer of its own.
    async fn send_each(&self, bearer: &Bearer, like: &Like, waiting: Vec<Waiting>) {
        for one in waiting {
            let (class, one) = (one.0.request.class, [one]);
            let request = like.joined(class, &one);
            let began = self.now();
            let sent = self.remote.send(bearer, &request, like.effect()).await;
            let sent = self.settled(bearer, sent, (like, class, &one), began).await;
            match sent {
                Ok(answer) if answer.status == StatusCode::OK => share(like, &answer, one.into()),
                other => one
                    .into_iter()
                    .for_each(|(_, answer)| drop(answer.send(other.clone()))),
            }
        }
    }
}

/// Gives each its part, in the order in which they joined.
fn share(like: &Like, answer: &Answer, waiting: Vec<Waiting>) {
    if !like.is_creation() && waiting.len() == 1 {
        // It was sent as it came.
        waiting
            .into_iter()
            .for_each(|(_, to)| drop(to.send(Ok(answer.clone()))));
        return;
    }
    let made = serde_json::from_slice::<Made>(&answer.body);
    let made = made.map_or_else(|_| Vec::new(), |made| made.records);
    let mut rest = made.as_slice();
    for (one, to) in waiting {
        let told = match rest.split_at_checked(one.records.len()) {
            Some((own, after)) => {
                rest = after;
                Ok(one.answer(answer, own))
            }
            // An answer that cannot be read says nothing.
            None => Err(Lost::Unknown),
        };
        let _ = to.send(told);
    }
}
