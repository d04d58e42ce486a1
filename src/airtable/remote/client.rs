use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::lane::{Class, Flow};
use super::offers::Offer;
use super::pace::{Crowded, LOCK_OUT, Pacer, Rates, Way};
use super::request::{Answer, Effect, Request, base_of};
use super::traffic::{Answers, Traffic};
use crate::contracts::{HealthCheck, HealthStatus};
use crate::platform::Platform;
use crate::platform::breakers::Breakers;
use crate::platform::clock::Clock;
use crate::platform::ids::WorkspaceId;
use crate::platform::outbound::{self, StatusCode};
use crate::platform::settings::Airtable as Settings;

const ATTEMPTS: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(8);
/// Whoever said so, nobody comes back at once.
const SHORTEST: Duration = Duration::from_secs(1);
/// The caller's own patience ends a little later, so that it hears of ours.
const BEFORE_CALLER: Duration = Duration::from_secs(2);
const RETRIABLE: &[u8] = b"RETRIABLE_ERROR";
/// Waiting does not help when the month's calls are used up.
const BILLING: &[u8] = b"BILLING_LIMIT";

/// Whose token a request is sent with, and for which workspace.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Bearer {
    pub(in crate::airtable) token: SecretString,
    /// The person at Airtable whose token it is.
    pub(in crate::airtable) account: String,
    pub(in crate::airtable) workspace: WorkspaceId,
}

/// Why there is no answer of Airtable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// It did not go, since too many wait before it.
    Crowded(Crowded),
    /// It was not carried out.
    Unavailable,
    /// Whether it was carried out is not known.
    Unknown,
    /// This instance may not call there.
    Refused(outbound::Error),
}

/// What came of one attempt.
type Outcome = Result<outbound::Response, outbound::Error>;

/// The client of Airtable's Web API: paced, patient, and never doing twice what shall be done once.
pub(in crate::airtable) struct Client {
    http: outbound::Client,
    clock: Clock,
    breakers: Breakers,
    pacer: Pacer,
    answers: Answers,
    api: String,
    content: String,
    patience: Duration,
}

impl Client {
    pub(in crate::airtable) fn new(platform: &Platform) -> Self {
        let Settings {
            api_url,
            content_url,
            requests_per_base,
            requests_per_account,
            ..
        } = &platform.settings.airtable;
        let rates = Rates {
            base: *requests_per_base,
            account: *requests_per_account,
        };
        let patience = platform.settings.server.request_timeout;
        Self {
            http: platform.http.clone(),
            clock: platform.clock.clone(),
            breakers: Breakers::default(),
            pacer: Pacer::new(platform.redis.clone(), rates),
            answers: Answers::default(),
            api: api_url.clone(),
            content: content_url.clone(),
            patience: patience.saturating_sub(BEFORE_CALLER).max(BEFORE_CALLER),
        }
    }

    /// Sends a request when its turn comes, and again where that does no harm.
    pub(super) async fn send(
        &self,
        bearer: &Bearer,
        request: &Request,
        effect: Effect,
    ) -> Result<Answer, Lost> {
        let way = way(bearer, request.class, &request.path);
        let make = || request.clone();
        self.send_made(bearer, &way, make, effect).await
    }

    /// The same for a request that is made only when its turn has come.
    pub(super) async fn send_made(
        &self,
        bearer: &Bearer,
        way: &Way,
        make: impl FnOnce() -> Request,
        effect: Effect,
    ) -> Result<Answer, Lost> {
        let deadline = Instant::now() + self.patience;
        let mut passed = self
            .pacer
            .pass(way, deadline)
            .await
            .map_err(Lost::Crowded)?;
        let mut waited = passed.waited;
        let request = &make();
        let (mut attempt, mut is_again) = (0, false);
        loop {
            let outcome = self.attempt(bearer, request).await;
            self.pacer.answered(&passed).await;
            // A request too many is no attempt: the gate is shut, and the next one waits before it.
            if !self.is_lock_out(way, &outcome).await {
                attempt += 1;
                let delay = delay(attempt, &outcome);
                let is_over = attempt >= ATTEMPTS || Instant::now() + delay > deadline;
                if is_over || !may_repeat(&outcome, effect) {
                    return told(outcome, (waited, is_again), effect);
                }
                is_again |= !was_nothing_done(&outcome);
                metrics::counter!("airtable_remote_retries_total").increment(1);
                sleep(delay).await;
            }
            match self.pacer.pass(way, deadline).await {
                Ok(next) => passed = next,
                Err(_) => return told(outcome, (waited, is_again), effect),
            }
            waited += passed.waited;
        }
    }

    /// A question was answered with what is kept here, or by Airtable.
    pub(super) fn note_answer(&self, offer: &Offer, is_kept: bool) {
        let place = (offer.connection, offer.base);
        self.answers.note(place, is_kept, self.clock.now());
    }

    /// What goes on between here and an offered base.
    pub(in crate::airtable) fn traffic(&self, offer: &Offer) -> Traffic {
        let place = (offer.connection, offer.base);
        let (kept, asked) = self.answers.lately(place, self.clock.now());
        Traffic {
            kept,
            asked,
            ..self.pacer.traffic(offer.base)
        }
    }

    /// What keeps requests from going as fast as Airtable takes them.
    pub(in crate::airtable) fn health(&self) -> Option<HealthCheck> {
        self.pacer.is_degraded().then(|| HealthCheck {
            name: "airtable_pacing".to_owned(),
            status: HealthStatus::Degraded,
            latency_ms: 0.0,
            detail: Some("Redis does not answer, so each instance sends its share of the requests that Airtable takes".to_owned()),
        })
    }

    /// Tells the other instances of this one, until it stops.
    pub(in crate::airtable) async fn keep_heard(&self, stop: CancellationToken) {
        self.pacer.keep_heard(stop).await;
    }

    async fn attempt(&self, bearer: &Bearer, request: &Request) -> Outcome {
        let root = match request.is_upload() {
            true => &self.content,
            false => &self.api,
        };
        let now = self.clock.now();
        if self.breakers.closed_until(root, now).is_some() {
            return Err(outbound::Error::ConnectFailed);
        }
        let url = url(root, request).ok_or(outbound::Error::BadUrl)?;
        let mut call = self.http.request(request.method.clone(), url.as_str());
        if let Some(kind) = &request.content_type {
            call = call.header("content-type", kind);
        }
        if !request.body.is_empty() {
            call = call.body(request.body.clone());
        }
        let began = Instant::now();
        let answer = call.bearer(bearer.token.expose_secret()).send().await;
        let is_well = match &answer {
            Ok(answer) => !answer.status.is_server_error(),
            Err(error) => error.is_refusal(),
        };
        match is_well {
            true => self.breakers.succeeded(root),
            false => self.breakers.failed(root, self.clock.now()),
        }
        let label = match &answer {
            Ok(answer) => answer.status.as_str().to_owned(),
            Err(error) => error.code().to_owned(),
        };
        metrics::histogram!("airtable_remote_request_seconds", "outcome" => label)
            .record(began.elapsed());
        answer
    }

    /// Shuts the gate when the answer says that a request was one too many.
    async fn is_lock_out(&self, way: &Way, outcome: &Outcome) -> bool {
        let Ok(answer) = outcome else { return false };
        if answer.status != StatusCode::TOO_MANY_REQUESTS || holds(&answer.body, BILLING) {
            return false;
        }
        let length = retry_after(answer).unwrap_or(LOCK_OUT);
        self.pacer.shut(way, length.max(SHORTEST)).await;
        true
    }
}

/// Whether sending it again does no harm, and may help.
fn may_repeat(outcome: &Outcome, effect: Effect) -> bool {
    match outcome {
        Ok(answer) => may_pass(answer) && (effect != Effect::Repeats || is_safe(answer)),
        Err(outbound::Error::ConnectFailed) => true,
        Err(outbound::Error::Timeout | outbound::Error::Broken) => effect != Effect::Repeats,
        Err(_) => false,
    }
}

/// Whether it is known that this attempt changed nothing.
fn was_nothing_done(outcome: &Outcome) -> bool {
    match outcome {
        Ok(answer) => is_safe(answer),
        Err(error) => *error == outbound::Error::ConnectFailed,
    }
}

fn told(
    outcome: Outcome,
    (waited, is_again): (Duration, bool),
    effect: Effect,
) -> Result<Answer, Lost> {
    match outcome {
        Ok(answer) if effect == Effect::Repeats && may_pass(&answer) && !is_safe(&answer) => {
            Err(Lost::Unknown)
        }
        Ok(answer) => Ok(Answer {
            status: answer.status,
            content_type: content_type(&answer),
            body: answer.body,
            waited,
            is_again,
        }),
        Err(outbound::Error::ConnectFailed) => Err(Lost::Unavailable),
        Err(error) if error.is_refusal() => Err(Lost::Refused(error)),
        Err(_) if effect == Effect::None => Err(Lost::Unavailable),
        Err(_) => Err(Lost::Unknown),
    }
}

/// The way of a request below `/v0`.
pub(super) fn way(bearer: &Bearer, class: Class, path: &[String]) -> Way {
    let flow: Flow = (class, bearer.workspace);
    Way {
        base: base_of(path),
        account: bearer.account.clone(),
        flow,
    }
}

/// Segments are encoded anew, so that none of them can lead elsewhere.
fn url(root: &str, request: &Request) -> Option<Url> {
    let mut url = Url::parse(root).ok()?;
    url.path_segments_mut()
        .ok()?
        .clear()
        .push("v0")
        .extend(&request.path);
    url.set_query(Some(&*request.query).filter(|query| !query.is_empty()));
    Some(url)
}

/// Whether the same request may be answered otherwise a little later.
fn may_pass(answer: &outbound::Response) -> bool {
    matches!(answer.status.as_u16(), 408 | 425 | 500 | 502 | 503 | 504)
}

/// Whether Airtable says that nothing was done.
fn is_safe(answer: &outbound::Response) -> bool {
    answer.status == StatusCode::SERVICE_UNAVAILABLE && holds(&answer.body, RETRIABLE)
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(body, text).is_some()
}

fn retry_after(answer: &outbound::Response) -> Option<Duration> {
    let seconds = answer.headers.get("retry-after")?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

fn content_type(answer: &outbound::Response) -> String {
    let header = answer.headers.get("content-type");
    let text = header.and_then(|value| value.to_str().ok());
    text.unwrap_or("application/json; charset=utf-8").to_owned()
}

/// Anywhere between now and twice as long as before, so that those who failed together do not come back together.
fn delay(attempt: u32, outcome: &Outcome) -> Duration {
    if let Some(told) = outcome.as_ref().ok().and_then(retry_after) {
        return told;
    }
    let longest = (FIRST_DELAY * 2_u32.saturating_pow(attempt)).min(LONGEST_DELAY);
    let dice = RandomState::new().hash_one(attempt);
    longest.mul_f64(dice as f64 / u64::MAX as f64)
}
