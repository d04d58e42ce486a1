use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::client::{Bearer, Lost, way};
use super::lane::Class;
use super::offers::Offer;
use super::reconcile::Doubtful;
use super::request::{Answer, Effect, Request, Subject};
use crate::airtable::Airtable;
use crate::platform::clock::Millis;
use crate::platform::ids::ConnectionId;
use crate::platform::outbound::{Method, StatusCode};

/// Records that Airtable makes in one request.
const MOST: usize = 10;

/// Records that somebody wants made, in a form that can share a request with others.
pub(super) struct Creation {
    like: Like,
    class: Class,
    records: Vec<New>,
    /// Whether the answer is one record and not a list.
    is_single: bool,
}

/// What creations must have in common to share a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Like {
    base: String,
    table: String,
    typecast: bool,
    by_field_id: bool,
}

/// A record to be made, its cells as they came.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    pub(super) fields: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Body {
    fields: Option<Box<RawValue>>,
    records: Option<Vec<New>>,
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

type Waiting = (Creation, oneshot::Sender<Result<Answer, Lost>>);

/// Creations that share a request; none once it has gone.
type Batch = Arc<Mutex<Option<Vec<Waiting>>>>;

/// The batches that others can still join.
#[derive(Default)]
pub(in crate::airtable) struct Batches(Mutex<HashMap<(ConnectionId, Like), Batch>>);

impl Creation {
    /// `None` for what is no creation, or one in a form that Airtable itself shall judge.
    pub(super) fn read(request: &Request, subject: &Subject) -> Option<Self> {
        let is_creation = request.method == Method::POST && request.path.len() == 2;
        if !is_creation || !request.query.is_empty() {
            return None;
        }
        let body: Body = serde_json::from_slice(&request.body).ok()?;
        let (records, is_single) = match (body.fields, body.records) {
            (Some(fields), None) => (vec![New { fields }], true),
            (None, Some(records)) => (records, false),
            _ => return None,
        };
        if !(1..=MOST).contains(&records.len()) {
            return None;
        }
        Some(Self {
            like: Like {
                base: subject.base.to_string(),
                table: subject.table.clone()?,
                typecast: body.typecast,
                by_field_id: body.return_fields_by_field_id,
            },
            class: request.class,
            records,
            is_single,
        })
    }

    /// Its own part of what was made.
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
    fn request(&self, class: Class, records: &[&New]) -> Request {
        let body = json!({
            "records": records,
            "typecast": self.typecast,
            "returnFieldsByFieldId": self.by_field_id,
        });
        Request {
            method: Method::POST,
            path: self.path(),
            query: String::new(),
            content_type: Some("application/json".to_owned()),
            body: body.to_string().into(),
            class,
        }
    }

    fn path(&self) -> Vec<String> {
        vec![self.base.clone(), self.table.clone()]
    }
}

impl Batches {
    /// Adds a creation to a batch that waits for its turn; answers the batch when it is a new one, which wants a sender.
    fn join(&self, connection: ConnectionId, one: Waiting) -> Option<Batch> {
        let key = (connection, one.0.like.clone());
        let mut batches = lock(&self.0);
        let known = batches.get(&key).cloned();
        if let Some(known) = known
            && let Some(waiting) = &mut *lock(&known)
            && length(waiting) + one.0.records.len() <= MOST
        {
            waiting.push(one);
            return None;
        }
        let batch: Batch = Arc::new(Mutex::new(Some(vec![one])));
        batches.insert(key, batch.clone());
        Some(batch)
    }

    /// Lets nobody join any more; answers who did.
    fn close(&self, connection: ConnectionId, like: &Like, batch: &Batch) -> Vec<Waiting> {
        let key = (connection, like.clone());
        let mut batches = lock(&self.0);
        if batches
            .get(&key)
            .is_some_and(|known| Arc::ptr_eq(known, batch))
        {
            batches.remove(&key);
        }
        lock(batch).take().unwrap_or_default()
    }
}

fn length(waiting: &[Waiting]) -> usize {
    waiting.iter().map(|(one, _)| one.records.len()).sum()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Airtable {
    /// Makes records, in one request with others that wait for the same table.
    pub(super) async fn create_joined(
        &self,
        bearer: &Bearer,
        offer: &Offer,
        creation: Creation,
    ) -> Result<Answer, Lost> {
        let (answer, answered) = oneshot::channel();
        let (like, class) = (creation.like.clone(), creation.class);
        let joined = self.batches.join(offer.connection, (creation, answer));
        if let Some(batch) = joined {
            let (engine, bearer) = (self.shared(), bearer.clone());
            let connection = offer.connection;
            // The others wait for it even when the first one has left.
            self.tasks.spawn("airtable.create", async move {
                let batch = (connection, &like, &batch);
                engine.send_batch(&bearer, class, batch).await;
            });
        }
        answered.await.unwrap_or(Err(Lost::Unknown))
    }

    async fn send_batch(
        &self,
        bearer: &Bearer,
        class: Class,
        (connection, like, batch): (ConnectionId, &Like, &Batch),
    ) {
        let mut waiting = Vec::new();
        let way = way(bearer, class, &like.path());
        let make = || {
            waiting = self.batches.close(connection, like, batch);
            let records = waiting.iter().flat_map(|(one, _)| &one.records);
            like.request(class, &records.collect::<Vec<_>>())
        };
        let began = self.now();
        let sent = self.remote.send_made(bearer, &way, make, Effect::Repeats);
        let sent = sent.await;
        if waiting.is_empty() {
            // It never went.
            waiting = self.batches.close(connection, like, batch);
        }
        let records: Vec<&New> = waiting.iter().flat_map(|(one, _)| &one.records).collect();
        let sent = self
            .settled(bearer, sent, (like, class, &records), began)
            .await;
        match sent {
            Ok(answer) if answer.status == StatusCode::OK => share(&answer, waiting),
            Ok(answer) if waiting.len() > 1 && answer.status.is_client_error() => {
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

    /// The answer, looked for at Airtable where it was lost.
    async fn settled(
        &self,
        bearer: &Bearer,
        sent: Result<Answer, Lost>,
        (like, class, records): (&Like, Class, &[&New]),
        began: Millis,
    ) -> Result<Answer, Lost> {
        if sent != Err(Lost::Unknown) {
            return sent;
        }
        let doubtful = Doubtful {
            records,
            by_field_id: like.by_field_id,
            began,
        };
        let request = like.request(class, records);
        self.reconcile(bearer, &request, doubtful).await
    }

    /// One of them is at fault; each gets an answer of its own.
    async fn send_each(&self, bearer: &Bearer, like: &Like, waiting: Vec<Waiting>) {
        for (one, answer) in waiting {
            let records: Vec<&New> = one.records.iter().collect();
            let request = like.request(one.class, &records);
            let began = self.now();
            let sent = self.remote.send(bearer, &request, Effect::Repeats).await;
            let sent = self
                .settled(bearer, sent, (like, one.class, &records), began)
                .await;
            let sent = sent.map(|whole| match parts(&whole) {
                Some(made) => one.answer(&whole, &made),
                None => whole,
            });
            let _ = answer.send(sent);
        }
    }
}

/// The records of a list that Airtable made; `None` where it made none.
fn parts(answer: &Answer) -> Option<Vec<Box<RawValue>>> {
    let is_made = answer.status == StatusCode::OK;
    let made = is_made.then(|| serde_json::from_slice::<Made>(&answer.body));
    made?.ok().map(|made| made.records)
}

/// Gives each its part, in the order in which they joined.
fn share(answer: &Answer, waiting: Vec<Waiting>) {
    let made = parts(answer).unwrap_or_default();
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
