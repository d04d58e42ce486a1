//! A stand-in for Airtable: the engine's `/v0` behind Airtable's limits, faults on demand, and a ledger of every
//! effect that was accepted.

mod control;
mod dice;
mod gate;
mod harm;
mod layer;
mod ledger;
mod plan;
mod reader;
mod server;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::http::header::{self, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

pub use plan::{FaultPlan, PlanFault, PlanFaults};
pub(super) use server::start;

use self::dice::{Dice, Fate};
use self::gate::Gate;
use self::ledger::{Effect, Ledger};
use crate::contracts::Actor;
use crate::platform::clock::{Clock, Millis};
use crate::platform::secrets::sha256;
use crate::platform::sync::lock;

/// What makes a server the stand-in; cheap to clone.
#[derive(Clone)]
pub struct StandIn(Arc<Inner>);

struct Inner {
    clock: Clock,
    owner: Arc<Actor>,
    /// Without, everybody is let in.
    token: Option<SecretString>,
    gate: Mutex<Gate>,
    dice: Mutex<Dice>,
    /// How often the plan was replaced.
    plans: AtomicU64,
    ledger: Mutex<Ledger>,
}

impl StandIn {
    /// A stand-in in which the token, or without one everybody, acts as this person.
    pub fn new(
        owner: Arc<Actor>,
        token: Option<SecretString>,
        plan: FaultPlan,
        ledger: &Path,
        clock: Clock,
    ) -> io::Result<Self> {
        Ok(Self(Arc::new(Inner {
            clock,
            owner,
            token,
            gate: Mutex::default(),
            dice: Mutex::new(Dice::new(plan)),
            plans: AtomicU64::new(0),
            ledger: Mutex::new(Ledger::open(ledger)?),
        })))
    }

    /// Who a request comes from, if it has the token.
    fn caller(&self, headers: &HeaderMap) -> Option<Arc<Actor>> {
        let Some(token) = &self.0.token else {
            return Some(self.0.owner.clone());
        };
        let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, given) = given.split_once(' ')?;
        let wanted = sha256(token.expose_secret().as_bytes());
        let is_token = bool::from(sha256(given.trim().as_bytes()).ct_eq(&wanted));
        (is_token && scheme.eq_ignore_ascii_case("bearer")).then(|| self.0.owner.clone())
    }

    fn now(&self) -> Millis {
        self.0.clock.now()
    }

    fn admits(&self, path: &str) -> bool {
        let limits = lock(&self.0.dice).plan().limits;
        lock(&self.0.gate).admit(path, limits, self.now())
    }

    /// What happens to a request, and the number of the plan that says so.
    fn fate(&self, method: &str, path: &str) -> (Fate, u64) {
        let mut dice = lock(&self.0.dice);
        let plan = self.0.plans.load(Ordering::Relaxed);
        (dice.throw(method, path), plan)
    }

    /// Waits as the plan wants it, unless another plan begins.
    async fn wait(&self, millis: u64, plan: u64) {
        let until = self.now().saturating_add_unsigned(millis);
        let is_over = || self.0.plans.load(Ordering::Relaxed) != plan;
        harm::wait_until(&self.0.clock, until, is_over).await;
    }

    /// Begins another plan.
    fn begin(&self, plan: FaultPlan) {
        let mut dice = lock(&self.0.dice);
        *dice = Dice::new(plan);
        self.0.plans.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes down an effect; one that cannot be written down is in the log.
    fn accept(&self, effect: &Effect) {
        if let Err(error) = lock(&self.0.ledger).append(effect, self.now()) {
            tracing::error!(%error, path = effect.path, "stand_in.ledger_unwritable");
        }
    }
}
