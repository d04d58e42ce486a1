use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::change::Lease;
use super::client::Durable;
use super::group::Group;
use super::handler::{AtOnce, Handler};
use super::held::{Held, Hold};
use super::policy::millis;
use super::sql::{CLAIM, ONE_AT_A_TIME, RELEASE, RENEW, statement};
use super::store::{ids_of, plain_columns, run_of};
use super::turn::{Stop, Turn};
use super::types::Run;
use crate::platform::breakers::Breakers;
use crate::platform::clock::Millis;
use crate::platform::db::{Dialect, is_lock_timeout};
use crate::platform::ids::{BootId, RunId};
use crate::platform::settings;

/// How long a run rests after its turn broke off.
const REST: Duration = Duration::from_secs(1);
const ROUND: usize = 16;
/// Longer than any process lives, and no overflow when a time is added.
const OF_THE_BOOT: Millis = 1 << 52;

/// A run that an owner has the lease of.
pub struct Claim {
    /// The lease.
    pub lease: Lease,
    /// When the lease was asked for, by the monotonic clock; it cannot end earlier than its length after this.
    asked: Instant,
    /// The run, unless it refers to values elsewhere or cannot be read.
    pub(super) run: Option<Run>,
}

/// One owner of runs: what an instance works them with.
#[derive(Clone)]
pub struct Kernel {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) durable: Durable,
    owner: BootId,
    pub(super) settings: settings::Durable,
    pub(super) handlers: HashMap<String, Arc<dyn Handler>>,
    pub(super) group: Group,
    pub(super) breakers: Breakers,
    pub(super) held: Held,
    pub(super) is_draining: AtomicBool,
    /// Cancelled when no run is worked on any more.
    pub(super) over: CancellationToken,
}

impl Inner {
    /// On SQLite a lease is no time: it lasts until the next boot voids it, so that no clock can end it.
    pub(super) fn lease(&self, at_least: Duration) -> Option<Duration> {
        let is_timed = self.durable.db.dialect() == Dialect::Postgres;
        is_timed.then(|| self.settings.lease.max(at_least))
    }
}

pub(super) fn length(lease: Option<Duration>) -> Millis {
    lease.map_or(OF_THE_BOOT, millis)
}

impl Kernel {
    /// An owner with an identity of its own; it works the kinds of these handlers.
    pub fn new(
        durable: &Durable,
        settings: settings::Durable,
        handlers: impl IntoIterator<Item = Arc<dyn Handler>>,
    ) -> Self {
        let by_kind = |handler: Arc<dyn Handler>| (handler.kind().to_owned(), handler);
        let inner = Inner {
            group: Group::new(durable),
            durable: durable.clone(),
            owner: BootId::fresh(),
            settings,
            handlers: handlers.into_iter().map(by_kind).collect(),
            breakers: Breakers::default(),
            held: Held::default(),
            is_draining: AtomicBool::new(false),
            over: CancellationToken::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Runs a statement over the runs of all tenants.
    async fn over_all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, DbErr> {
        let Durable { db, clock, .. } = &self.inner.durable;
        let statement = statement((db.dialect().into(), clock), sql, values);
        db.system_rows(statement).await
    }

    /// Takes the leases of due runs, `free` at most, tenants in turn.
    pub async fn claim(&self, free: usize) -> Result<Vec<Claim>, DbErr> {
        self.claim_keeping(free, 0).await
    }

    /// The same, with so many of the free places kept for tenants of which no run is worked on.
    pub async fn claim_keeping(&self, free: usize, kept: usize) -> Result<Vec<Claim>, DbErr> {
        let asked = Instant::now();
        let rows = self.look((free, kept), "").await?;
        metrics::counter!("durable_claimed_total").increment(rows.len() as u64);
        // Without its ids the row cannot even be marked; its lease ends by itself.
        let told = |error: &DbErr| tracing::error!(%error, "durable.claim_unreadable");
        let claim = |row| self.claim_of(row, asked).inspect_err(told).ok();
        Ok(rows.iter().filter_map(claim).collect())
    }

    /// How PostgreSQL would look for due runs.
    pub async fn explain_claim(&self) -> Result<String, DbErr> {
        let rows = self.look((ROUND, 0), "EXPLAIN ").await?;
        let lines = rows
            .iter()
            .map(|row| row.try_get::<String>("", "QUERY PLAN"));
        Ok(lines.collect::<Result<Vec<_>, _>>()?.join("\n"))
    }

    async fn look(
        &self,
        (free, kept): (usize, usize),
        how: &str,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let Inner {
            handlers, durable, ..
        } = &*self.inner;
        if handlers.is_empty() || free == 0 {
            return Ok(Vec::new());
        }
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let values = vec![
            kinds(handlers).to_string().into(),
            self.inner.owner.to_string().into(),
            length(self.inner.lease(Duration::ZERO)).into(),
            number(free).into(),
            number(free.saturating_sub(kept)).into(),
        ];
        let sql = format!("{how}{CLAIM}{}", plain_columns());
        if durable.db.dialect() == Dialect::Sqlite || !self.has_limits() {
            return self.over_all(&sql, values).await;
        }
        let tx = durable.db.system().await?;
        match tx.conn().execute_unprepared(ONE_AT_A_TIME).await {
            Err(error) if is_lock_timeout(&error) => return Ok(Vec::new()),
            taken => taken?,
        };
        let rows = durable.rows(tx.conn(), &sql, values).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Whether runs may wait although workers are free.
    pub(super) fn has_limits(&self) -> bool {
        let mut handlers = self.inner.handlers.values();
        handlers.any(|handler| handler.at_once() != AtOnce::default())
    }

    fn claim_of(&self, row: &QueryResult, asked: Instant) -> Result<Claim, DbErr> {
        let (run, tenant) = ids_of(row)?;
        let lease = Lease {
            run,
            tenant,
            owner: Some(self.inner.owner.to_string()),
            epoch: row.try_get("", "epoch")?,
        };
        let run = run_of(row).ok();
        Ok(Claim { lease, asked, run })
    }

    /// Works a claimed run until it waits, ends or is lost; never fails, whatever the handler does.
    pub async fn work(&self, claim: Claim) {
        let Inner { held, .. } = &*self.inner;
        let hold = Hold::new(
            claim.lease.clone(),
            claim.asked,
            self.inner.lease(Duration::ZERO),
        );
        // Dropped half-way, the lease is given back by the next heartbeat.
        let mut work = Work {
            kernel: self,
            hold: Arc::new(hold),
            is_over: false,
        };
        held.add(&work.hold);
        let turn = Turn::work(&self.inner, &work.hold, claim);
        let broken = match Box::pin(AssertUnwindSafe(turn).catch_unwind()).await {
            Ok(Ok(()) | Err(Stop::Parked | Stop::Fenced)) => None,
            Ok(Err(Stop::Db(error))) => Some(error.to_string()),
            Err(_) => Some("the turn panicked".to_owned()),
        };
        work.is_over = match broken {
            None => true,
            Some(error) => {
                tracing::warn!(run = %work.hold.lease.run, error, "durable.turn_broken");
                self.give_back(&work.hold.lease).await.is_ok()
            }
        };
    }

    async fn give_back(&self, lease: &Lease) -> Result<(), DbErr> {
        let which = "owner = $3 AND id = $4 AND epoch = $5";
        let values = vec![lease.run.to_string().into(), lease.epoch.into()];
        self.release(which, REST, values).await.map(drop)
    }

    /// Renews all leases held and gives back those that were left behind.
    pub async fn beat(&self) -> Result<(), DbErr> {
        let Inner { held, owner, .. } = &*self.inner;
        // Nothing is known of the database: what may have ended has ended.
        let ended = |hold: &&Arc<Hold>| !hold.lasts(Duration::ZERO);
        held.all(false)
            .iter()
            .filter(ended)
            .for_each(|hold| hold.lost.cancel());
        for left in held.all(true) {
            self.give_back(&left.lease).await?;
            held.end(&left, true);
        }
        let (lease, holds) = (self.inner.lease(Duration::ZERO), held.all(false));
        if lease.is_none() || holds.is_empty() {
            return Ok(());
        }
        let asked = Instant::now();
        let runs: Vec<RunId> = holds.iter().map(|hold| hold.lease.run).collect();
        let values = vec![
            json!(runs).to_string().into(),
            owner.to_string().into(),
            length(lease).into(),
        ];
        let rows = self.over_all(RENEW, values).await?;
        let pair = |row: &QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "epoch")?));
        let renewed = rows
            .iter()
            .map(pair)
            .collect::<Result<Vec<(String, i64)>, DbErr>>()?;
        for hold in holds {
            if renewed.contains(&(hold.lease.run.to_string(), hold.lease.epoch)) {
                hold.extend(asked, lease);
            } else {
                hold.lost.cancel();
            }
        }
        Ok(())
    }

    /// Gives back every lease, as at a stop.
    pub async fn release_all(&self) -> Result<u64, DbErr> {
        self.release("owner = $3", Duration::ZERO, Vec::new()).await
    }

    /// On SQLite, where a boot has the file to itself, voids the leases of all earlier boots.
    pub async fn void_earlier_boots(&self) -> Result<u64, DbErr> {
        match self.inner.durable.db.dialect() {
            Dialect::Postgres => Ok(0),
            Dialect::Sqlite => {
                self.release("owner <> $3", Duration::ZERO, Vec::new())
                    .await
            }
        }
    }

    async fn release(&self, which: &str, rest: Duration, more: Vec<Value>) -> Result<u64, DbErr> {
        let sql =
            format!("{RELEASE}{which} ORDER BY tenant_id :bytes, id :bytes :lock) RETURNING id");
        let mut values = vec![millis(rest).into(), self.inner.owner.to_string().into()];
        values.extend(more);
        Ok(self.over_all(&sql, values).await?.len() as u64)
    }

    /// Works all that is due until nothing is, and answers how many turns that took; tests drive it directly.
    pub async fn run_due(&self) -> Result<usize, DbErr> {
        let mut turns = 0;
        loop {
            let claims = self.claim(ROUND).await?;
            if claims.is_empty() {
                return Ok(turns);
            }
            turns += claims.len();
            futures_util::future::join_all(claims.into_iter().map(|claim| self.work(claim))).await;
        }
    }
}

fn kinds(handlers: &HashMap<String, Arc<dyn Handler>>) -> serde_json::Value {
    let mut kinds: Vec<&Arc<dyn Handler>> = handlers.values().collect();
    kinds.sort_unstable_by_key(|handler| handler.kind());
    let kind = |handler: &Arc<dyn Handler>| {
        let AtOnce {
            of_a_name,
            of_a_tenant,
        } = handler.at_once();
        json!({"kind": handler.kind(), "of_a_name": of_a_name, "of_a_tenant": of_a_tenant})
    };
    kinds.into_iter().map(kind).collect()
}

struct Work<'a> {
    kernel: &'a Kernel,
    hold: Arc<Hold>,
    is_over: bool,
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.kernel.inner.held.end(&self.hold, self.is_over);
    }
}
