use std::future::{Future, Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;

use super::Engine;
use super::error::problem;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, CallEnd, CallRef, DoneBefore, KnownCall,
    RequestChange, ToolOutcome,
};
use crate::platform::problem::Problem;
use crate::platform::secrets::sha256_hex;

const KEY: &str = "Idempotency-Key";
const LONGEST_KEY: usize = 255;

/// What a client named a request with, so that it can safely be sent again.
pub(super) struct RequestKey {
    key: Option<String>,
    path: String,
}

impl FromRequest for RequestKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = request.headers().get(KEY).map(|key| {
            let key = key.to_str().ok();
            key.filter(|key| (1..=LONGEST_KEY).contains(&key.len()))
                .map(str::to_owned)
                .ok_or_else(|| Problem::invalid().field(KEY, "must be 1 to 255 plain characters"))
        });
        let path = request.path().to_owned();
        ready(key.transpose().map(|key| Self { key, path }))
    }
}

impl RequestKey {
    /// The call that a request with this body is.
    pub(super) fn call(self, name: &'static str, body: &impl Serialize) -> CallRef {
        let body = serde_json::to_string(body).unwrap_or_default();
        CallRef {
            tool: name,
            arguments: sha256_hex(format!("{}\n{body}", self.path).as_bytes()),
            key: self.key,
        }
    }
}

/// Carries a write out; with a key only once, and answers what it answered then.
pub(super) fn once<'a>(
    engine: &'a Engine,
    actor: &'a Actor,
    change: &'a RequestChange,
    (call, done): (CallRef, StatusCode),
    work: impl Future<Output = BaseResult<Bytes>> + 'a,
) -> LocalBoxFuture<'a, Result<HttpResponse, Problem>> {
    async move {
        let body = outcome(engine, actor, change, call, work).await?;
        let mut answer = HttpResponse::build(done);
        Ok(answer.content_type("application/json").body(body))
    }
    .boxed_local()
}

/// The body of an answer.
pub(super) fn json(answer: &impl Serialize) -> BaseResult<Bytes> {
    let body = serde_json::to_vec(answer).map_err(BaseError::internal)?;
    Ok(body.into())
}

async fn outcome(
    engine: &Engine,
    actor: &Actor,
    change: &RequestChange,
    call: CallRef,
    work: impl Future<Output = BaseResult<Bytes>>,
) -> Result<Bytes, Problem> {
    let calls = engine.calls.get().filter(|_| call.key.is_some());
    let Some(calls) = calls else {
        return work.await.map_err(problem);
    };
    let abandoned = match calls.look(actor, &call, None).await.map_err(problem)? {
        None => None,
        Some(KnownCall::Abandoned(change)) => Some(change),
        Some(KnownCall::Finished(outcome)) => return Ok(outcome.json),
        Some(KnownCall::OtherArguments) => return Err(reused()),
        Some(KnownCall::Running(_)) => return Err(running()),
        Some(KnownCall::LeftBehind(done)) => return Err(already_done(&done)),
    };
    let begun = calls.begin(actor, &call, change.id(), abandoned).await;
    if !begun.map_err(problem)? {
        return Err(running());
    }
    let done = work.await;
    if let Err(error) = &done
        && matches!(
            error.kind,
            BaseErrorKind::Unsettled | BaseErrorKind::Unanswered | BaseErrorKind::Internal
        )
    {
        // Whether it was done is found out when it is sent again.
        return done.map_err(problem);
    }
    let outcome = ToolOutcome {
        json: done.as_ref().cloned().unwrap_or_default(),
        is_error: done.is_err(),
    };
    let end = CallEnd {
        outcome: &outcome,
        is_partial: false,
    };
    if let Err(error) = calls.finish(actor, &call, change.id(), end).await {
        tracing::warn!(%error, change = %change.id(), "airtable.call_not_finished");
    }
    done.map_err(problem)
}

fn reused() -> Problem {
    let title = "Another request had this key";
    Problem::new(StatusCode::CONFLICT, "idempotency_key_reused", title)
        .next("Send another Idempotency-Key, or exactly what was sent with it before")
}

fn running() -> Problem {
    Problem::unavailable()
        .retry_after(1)
        .detail("The same request is being carried out right now")
        .next("Send it again in a moment for its answer")
}

fn already_done(done: &DoneBefore) -> Problem {
    let title = "This was done before and its answer is lost";
    Problem::new(StatusCode::CONFLICT, "already_done", title)
        .detail(format!(
            "{} records made, {} changed, {} deleted in change set {}",
            done.created, done.updated, done.deleted, done.change
        ))
        .next("Read the records again instead of sending this once more")
}
