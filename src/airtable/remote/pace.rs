use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::gate::{Gates, Limit, WINDOW};
use super::lane::{Flow, Lane};
use super::shared::Shared;
use super::traffic::{MINUTE, Sent, Traffic};
use super::usual::Usual;
use crate::platform::ids::{BaseId, RequestId};
use crate::platform::redis::RedisHandle;
use crate::platform::sync::lock;

/// How long Airtable refuses everything after one request too many.
pub(super) const LOCK_OUT: Duration = Duration::from_secs(30);
/// So many idle queues are kept before they are looked for and forgotten.
const MOST_IDLE: usize = 1024;
/// Instances are taken for so many where Redis has never told.
const UNTOLD: u32 = 5;
/// How long after Redis was last away this instance keeps to its share: the others may not see it again yet.
const DOUBT: Duration = Duration::from_secs(5);
/// The window is long enough for less.
const WORTH_TELLING: Duration = Duration::from_millis(10);
const HEARING: Duration = Duration::from_secs(20);

/// Whose limits a request counts against, and for whom it is made.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// None for what is about no base.
    pub(super) base: Option<BaseId>,
    /// The person at Airtable whose token it is.
    pub(super) account: String,
    pub(super) flow: Flow,
}

/// The way is too crowded: the request would not go in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crowded {
    /// After how many seconds it is worth trying again.
    pub(super) seconds: u64,
}

/// Requests a second that Airtable takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// For one base.
    pub(super) base: usize,
    /// From all tokens of one person.
    pub(super) account: usize,
}

/// Lets requests to Airtable go as fast as it takes them, and never faster.
pub(super) struct Pacer {
    rates: Rates,
    lanes: Mutex<HashMap<String, Lane>>,
    gates: Mutex<Gates>,
    shared: Option<Shared>,
    /// Instances that ran when Redis was last asked.
    instances: AtomicU32,
    doubt: Mutex<Option<Doubt>>,
    usual: Mutex<Usual>,
    sent: Sent,
}

/// A request that was counted and may go.
pub(super) struct Passed {
    /// How long it waited.
    pub(super) waited: Duration,
    at: Instant,
    name: String,
    limits: Vec<Limit>,
}

/// Redis does not answer, or did not until lately; this instance keeps to its share of the limits.
#[derive(Clone, Copy)]
struct Doubt {
    began: Instant,
    ends: Instant,
}

impl Rates {
    fn limits(self, way: &Way) -> Vec<Limit> {
        let account = Limit {
            key: account_key(&way.account),
            most: self.account,
        };
        let base = way.base.map(|base| Limit {
            key: base_key(base),
            most: self.base,
        });
        base.into_iter().chain([account]).collect()
    }

    /// How long so many requests take.
    fn time(self, way: &Way, waiting: usize) -> Duration {
        let most = match way.base {
            Some(_) => self.base,
            None => self.account,
        };
        WINDOW.mul_f64(waiting as f64 / most as f64)
    }
}

impl Way {
    /// Which queue it stands in.
    fn lane(&self) -> String {
        match self.base {
            Some(base) => base.to_string(),
            None => self.account.clone(),
        }
    }
}

fn account_key(account: &str) -> String {
    format!("account:{account}")
}

fn base_key(base: BaseId) -> String {
    format!("base:{base}")
}

impl Pacer {
    pub(super) fn new(redis: Option<RedisHandle>, rates: Rates) -> Self {
        Self {
            rates,
            lanes: Mutex::default(),
            gates: Mutex::default(),
            shared: redis.map(Shared::new),
            instances: AtomicU32::new(UNTOLD),
            doubt: Mutex::default(),
            usual: Mutex::default(),
            sent: Sent::default(),
        }
    }

    /// Waits until a request may go, and counts it.
    pub(super) async fn pass(&self, way: &Way, deadline: Instant) -> Result<Passed, Crowded> {
        let began = Instant::now();
        let lane = self.lane(&way.lane());
        let patience = deadline.saturating_duration_since(began);
        let expected = self.rates.time(way, lane.waiting());
        if expected > patience {
            return Err(crowded(expected));
        }
        let passed = timeout_at(deadline, self.before_gate(way, &lane)).await;
        let (at, name) = passed.map_err(|_| crowded(self.rates.time(way, lane.waiting())))?;
        let waited = at - began;
        metrics::histogram!("airtable_remote_wait_seconds", "class" => way.flow.0.as_str())
            .record(waited);
        if let Some(base) = way.base {
            self.sent.note(base, at, waited);
        }
        Ok(Passed {
            waited,
            at,
            name,
            limits: self.rates.limits(way),
        })
    }

    /// How far the limit of a base is used.
    pub(super) fn traffic(&self, base: BaseId) -> Traffic {
        let now = Instant::now();
        let (sent, longest) = self.sent.lately(base, now);
        let lane = lock(&self.lanes).get(&base.to_string()).cloned();
        let shut = lock(&self.gates).shut_for(&base_key(base), now);
        Traffic {
            sent,
            most: self.rates.base * MINUTE.as_secs() as usize,
            waiting: lane.map_or(0, |lane| lane.waiting()),
            longest_wait_ms: u64::try_from(longest.as_millis()).unwrap_or(u64::MAX),
            shut_seconds: shut.as_millis().div_ceil(1000) as u64,
            ..Traffic::default()
        }
    }

    /// The request goes when this ends; until then the others stand behind it.
    async fn before_gate(&self, way: &Way, lane: &Lane) -> (Instant, String) {
        let _turn = lane.turn(way.flow).await;
        let (limits, name) = (self.rates.limits(way), RequestId::fresh().to_string());
        loop {
            let now = Instant::now();
            match self.ask(&limits, &name, now).await {
                Ok(()) => return (now, name),
                Err(wait) => sleep(wait).await,
            }
        }
    }

    async fn ask(&self, limits: &[Limit], name: &str, now: Instant) -> Result<(), Duration> {
        let Some(shared) = &self.shared else {
            return lock(&self.gates).pass(limits, WINDOW, now);
        };
        let told = shared.pass(limits, name).await;
        if told.is_err() {
            self.begin_doubt(now);
        }
        let told = told.unwrap_or(Ok(()));
        let Some(doubt) = self.doubt(now) else {
            return told;
        };
        // What the others sent just before, nobody can say.
        let quiet = (doubt.began + WINDOW).saturating_duration_since(now);
        if !quiet.is_zero() {
            return Err(quiet);
        }
        let instances = self.instances.load(Ordering::Relaxed).max(1);
        let (limits, window) = share(limits, instances as usize);
        told.and_then(|()| lock(&self.gates).pass(&limits, window, now))
    }

    /// A request was answered. What it took longer than others may have been on its way there, as with a new connection:
    /// it may have arrived that much later, and those behind it must not come too early after it.
    pub(super) async fn answered(&self, passed: &Passed) {
        let took = passed.at.elapsed();
        let late = lock(&self.usual).late(took);
        if late < WORTH_TELLING {
            return;
        }
        lock(&self.gates).delay(&passed.limits, passed.at, late);
        if let Some(shared) = &self.shared {
            // Whether Redis answers, the next request finds out.
            let _ = shared.delay(&passed.limits, &passed.name, late).await;
        }
    }

    /// Airtable refused a request as one too many: for its base, or without one for the account.
    pub(super) async fn shut(&self, way: &Way, length: Duration) {
        let key = way.base.map_or_else(|| account_key(&way.account), base_key);
        lock(&self.gates).shut(&key, Instant::now() + length);
        if let Some(shared) = &self.shared
            && shared.shut(&key, length).await.is_err()
        {
            self.begin_doubt(Instant::now());
        }
        metrics::counter!("airtable_remote_locked_out_total").increment(1);
        tracing::warn!(
            lane = way.lane(),
            seconds = length.as_secs(),
            "airtable.locked_out"
        );
    }

    /// Whether the limits are kept by a split, since Redis does not answer.
    pub(super) fn is_degraded(&self) -> bool {
        self.doubt(Instant::now()).is_some()
    }

    fn doubt(&self, now: Instant) -> Option<Doubt> {
        lock(&self.doubt).filter(|doubt| now < doubt.ends)
    }

    fn begin_doubt(&self, now: Instant) {
        let mut doubt = lock(&self.doubt);
        let known = doubt.filter(|doubt| now < doubt.ends);
        if known.is_none() {
            tracing::warn!("airtable.pacing_degraded");
        }
        *doubt = Some(Doubt {
            began: known.map_or(now, |known| known.began),
            ends: now + DOUBT,
        });
    }

    /// Tells the other instances of this one, until it stops.
    pub(super) async fn keep_heard(&self, stop: CancellationToken) {
        let Some(shared) = &self.shared else {
            return stop.cancelled().await;
        };
        let mut poll = tokio::time::interval(HEARING);
        loop {
            if let Ok(many) = shared.hear().await {
                self.instances.store(many, Ordering::Relaxed);
            }
            tokio::select! {
                () = stop.cancelled() => return,
                _ = poll.tick() => {}
            }
        }
    }

    fn lane(&self, key: &str) -> Lane {
        let mut lanes = lock(&self.lanes);
        if lanes.len() > MOST_IDLE {
            lanes.retain(|_, lane| !lane.is_idle());
        }
        lanes.entry(key.to_owned()).or_default().clone()
    }
}

/// A part of the limits for each of so many instances, which hold together without asking each other.
fn share(limits: &[Limit], instances: usize) -> (Vec<Limit>, Duration) {
    let part = |limit: &Limit| Limit {
        most: (limit.most / instances).max(1),
        ..limit.clone()
    };
    let tightest = limits.iter().map(|limit| limit.most).min();
    let longer = instances.div_ceil(tightest.unwrap_or(1).max(1));
    let longer = u32::try_from(longer).unwrap_or(u32::MAX);
    (limits.iter().map(part).collect(), WINDOW * longer)
}

fn crowded(expected: Duration) -> Crowded {
    Crowded {
        seconds: expected.as_secs().max(1),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::super::lane::Class;
    use super::*;
    use crate::platform::ids::WorkspaceId;

    const RATES: Rates = Rates {
        base: 5,
        account: 50,
    };

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn the_shares_of_all_instances_stay_below_the_limit() {
        for instances in 1..40 {
            let limit = Limit {
                key: String::new(),
                most: RATES.base,
            };
            let (limits, window) = share(&[limit], instances);
            let per_second = limits[0].most as f64 * instances as f64 / window.as_secs_f64();
            assert!(per_second < RATES.base as f64, "{instances}: {per_second}");
        }
    }

    fn way(base: Option<u128>) -> Way {
        Way {
            base: base.map(BaseId::from_number),
            account: "usr".to_owned(),
            flow: (Class::Interactive, WorkspaceId::from_number(1)),
        }
    }

    #[tokio::test]
    async fn a_base_that_is_shut_waits_and_others_do_not() {
        let pacer = Pacer::new(None, RATES);
        pacer.shut(&way(Some(1)), millis(80)).await;
        let deadline = Instant::now() + LOCK_OUT;
        let one = pacer.pass(&way(Some(1)), deadline).await.unwrap();
        assert!(one.waited >= millis(70), "{:?}", one.waited);
        let two = pacer.pass(&way(Some(2)), deadline).await.unwrap();
        assert!(two.waited < millis(70), "{:?}", two.waited);
        pacer.shut(&way(Some(1)), millis(500)).await;
        let soon = Instant::now() + millis(20);
        assert!(pacer.pass(&way(Some(1)), soon).await.is_err());
    }

    #[tokio::test]
    async fn an_account_that_is_shut_holds_all_its_bases() {
        let pacer = Pacer::new(None, RATES);
        pacer.shut(&way(None), millis(500)).await;
        let soon = Instant::now() + millis(20);
        assert!(pacer.pass(&way(None), soon).await.is_err());
        assert!(pacer.pass(&way(Some(1)), soon).await.is_err());
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_at_once() {
        let pacer = Pacer::new(None, RATES);
        let one = way(Some(1));
        pacer.shut(&one, LOCK_OUT).await;
        let deadline = Instant::now() + millis(2000);
        let mut waiting: Vec<_> = (0..11)
            .map(|_| Box::pin(pacer.pass(&one, deadline)))
            .collect();
        for pass in &mut waiting {
            assert!(pass.as_mut().now_or_never().is_none());
        }
        let refused = pacer.pass(&one, deadline).now_or_never();
        assert_eq!(
            refused.map(|pass| pass.err()),
            Some(Some(Crowded { seconds: 2 }))
        );
    }
}
