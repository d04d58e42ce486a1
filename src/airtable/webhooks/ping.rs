use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::service::Airtable;
use super::super::store::{self, PingOutcome, WebhookRow};
use crate::platform::clock::rfc3339;
use crate::platform::db::TenantTx;
use crate::platform::durable::{
    AtOnce, Class, ControlError, Fault, NewRun, Policy, Run, RunState, Step, StepError,
};
use crate::platform::ids::{BaseId, WebhookId};
use crate::platform::jobs::{Job, input, unavailable};
use crate::platform::outbound::{Method, StatusCode};
use crate::platform::secrets::{hex, hmac_sha256};

const KIND: &str = "airtable.webhook_ping";
/// With the delays below, the last attempt is made within a day.
const MOST_ATTEMPTS: i64 = 13;
const FIRST_DELAY: Duration = Duration::from_secs(20);
const LONGEST_DELAY: Duration = Duration::from_secs(12 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// What an attempt takes beside the call itself.
const BESIDE: Duration = Duration::from_secs(15);
/// Receivers that do not answer must not hold up the other runs of everybody.
const AT_ONCE: u32 = 4;

/// Whose ping a run owes.
#[derive(Serialize, Deserialize)]
struct Target {
    base: BaseId,
    webhook: WebhookId,
}

/// Sees to it that a webhook's receiver hears of its newest payload: the ping that is owed already tells of it too.
pub(super) async fn owe(engine: &Airtable, tx: &TenantTx, hook: &WebhookRow) -> Result<(), DbErr> {
    let durable = &engine.platform.durable;
    if !hook.is_notifying || hook.url.is_none() {
        return Ok(());
    }
    if let Some(run) = hook.ping_run {
        match durable.find(tx, run).await {
            Ok(run) if !is_over(run.state) => return Ok(()),
            Err(ControlError::Database(error)) => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    let target = Target {
        base: hook.base,
        webhook: hook.id,
    };
    let new = NewRun {
        name: hook.id.to_string(),
        ..NewRun::new(KIND, json!(target))
    };
    let run = durable.enqueue(tx, new).await?.id();
    store::owe_ping(tx, hook.id, run).await
}

/// A run that waits for a person must not keep a webhook silent.
fn is_over(state: RunState) -> bool {
    state.is_terminal() || state == RunState::NeedsAttention
}

/// Sends the pings of webhooks.
pub(in crate::airtable) struct Pings(pub(in crate::airtable) Arc<Airtable>);

#[async_trait]
impl Job for Pings {
    fn kind(&self) -> &str {
        KIND
    }

    /// A ping that came twice does no harm: it only says that there is something to fetch.
    fn class(&self) -> Class {
        Class::BlindResend
    }

    fn policy(&self) -> Policy {
        Policy {
            first: FIRST_DELAY,
            cap: LONGEST_DELAY,
            // The last attempt ends well, by ending the notifications.
            attempts: MOST_ATTEMPTS + 1,
            window: 2 * DAY,
            attempt: self.0.platform.settings.outbound.total_timeout + BESIDE,
            holds: true,
        }
    }

    fn at_once(&self) -> AtOnce {
        AtOnce {
            of_a_name: Some(1),
            of_a_tenant: Some(AT_ONCE),
        }
    }

    async fn run(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        let target: Target = input(run)?;
        let hook = self.owed(run, &target).await.map_err(unavailable)?;
        let Some((hook, url, secret)) = hook else {
            return Ok(json!({"sent": false}));
        };
        let began = Instant::now();
        let answer = self.send(&target, &url, &secret).await;
        let outcome = self.outcome(step.attempts, began.elapsed(), &answer);
        let again = self.note(run, &hook, &outcome).await.map_err(unavailable)?;
        let label = if answer.is_ok() { "sent" } else { "failed" };
        metrics::counter!("airtable_webhook_pings_total", "outcome" => label).increment(1);
        match answer {
            Ok(()) => Ok(json!({"sent": true})),
            Err(message) if again => Err(StepError::Transient {
                fault: Fault::new("ping_failed", message),
                retry_after: None,
            }),
            Err(_) => Ok(json!({"sent": false})),
        }
    }
}

impl Pings {
    /// The webhook, where its ping is still owed by this run.
    async fn owed(
        &self,
        run: &Run,
        target: &Target,
    ) -> Result<Option<(WebhookRow, String, String)>, DbErr> {
        let platform = &self.0.platform;
        let key = platform.vault.of(run.tenant).await?;
        let tx = platform.db.read(run.tenant).await?;
        let hook = store::find_webhook(&tx, target.base, target.webhook).await?;
        let Some(hook) = hook.filter(|hook| hook.ping_run == Some(run.id)) else {
            return Ok(None);
        };
        let secret = hook.open_secret(&key)?;
        let url = hook.open_url(&key)?;
        Ok(url.map(|url| (hook, url, secret)))
    }

    /// An error is what the webhook's list shows of it.
    async fn send(&self, target: &Target, url: &str, secret: &str) -> Result<(), String> {
        let platform = &self.0.platform;
        let body = json!({
            "base": {"id": target.base},
            "webhook": {"id": target.webhook},
            "timestamp": rfc3339(platform.clock.now()),
        })
        .to_string();
        let key = BASE64_STANDARD.decode(secret).unwrap_or_default();
        let mac = hex(&hmac_sha256(&key, body.as_bytes()));
        let request = platform
            .http
            .request(Method::POST, url)
            .header("content-type", "application/json")
            .header("x-airtable-content-mac", format!("hmac-sha256={mac}"))
            .body(body);
        match request.send().await {
            Ok(answer) if matches!(answer.status, StatusCode::OK | StatusCode::NO_CONTENT) => {
                Ok(())
            }
            Ok(answer) => Err(format!(
                "The HTTP request returned a {} status code instead of 200 or 204",
                answer.status.as_u16()
            )),
            Err(error) => Err(format!("The HTTP request failed: {error}")),
        }
    }

    fn outcome(&self, attempt: i64, took: Duration, answer: &Result<(), String>) -> PingOutcome {
        let now = self.0.platform.clock.now();
        let will_be_retried = answer.is_err() && attempt < MOST_ATTEMPTS;
        let mut result = json!({
            "success": answer.is_ok(),
            "completionTimestamp": rfc3339(now),
            "durationMs": took.as_secs_f64() * 1000.0,
            "retryNumber": attempt - 1,
        });
        if let Err(message) = answer {
            result["error"] = json!({"message": message});
            result["willBeRetried"] = json!(will_be_retried);
        }
        PingOutcome {
            result: result.to_string(),
            succeeded_at: answer.is_ok().then_some(now),
            is_last: !will_be_retried,
        }
    }

    /// Whether this run is to try again; what was made while a ping was on its way needs a ping of its own.
    async fn note(
        &self,
        run: &Run,
        hook: &WebhookRow,
        outcome: &PingOutcome,
    ) -> Result<bool, DbErr> {
        let platform = &self.0.platform;
        let tx = platform.db.begin(run.tenant).await?;
        if !store::note_ping(&tx, hook.id, run.id, outcome).await? {
            return Ok(false);
        }
        if outcome.succeeded_at.is_some()
            && let Some(now) = store::find_webhook(&tx, hook.base, hook.id).await?
            && now.next_number > hook.next_number
        {
            owe(&self.0, &tx, &now).await?;
        }
        tx.commit().await?;
        platform.durable.wake();
        if outcome.is_last && outcome.succeeded_at.is_none() {
            tracing::warn!(webhook = %hook.id, base = %hook.base, "airtable.webhook_silenced");
        }
        Ok(!outcome.is_last)
    }
}
