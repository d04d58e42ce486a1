use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use pyairtable::platform::durable::{
    Class, Decision, Entry, Fault, Handler, Journal, Kernel, Next, Policy, Role, Run, RunState,
    Settled, Step, StepError, StepPlan, StepState, Undone,
};
use pyairtable::platform::ids::{RunId, TenantId};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::Dice;
use crate::platform::durable::script::{Bench, pure, step};

/// How an effect is answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answer {
    Well,
    Lost,
    Failed,
}

/// What the receivers of effects know, and the answers that they hold back.
#[derive(Default)]
pub(super) struct Outside {
    pub(super) arrived: Mutex<BTreeMap<String, usize>>,
    pub(super) undone: Mutex<BTreeSet<String>>,
    waiting: Mutex<Vec<(String, oneshot::Sender<Answer>)>>,
    changed: Notify,
    /// Answers at once, when the seed is brought to its end.
    is_open: Mutex<bool>,
}

pub(super) struct Model {
    kind: String,
    outside: Arc<Outside>,
}

fn plans() -> Vec<StepPlan> {
    let c = Role::Compensatable;
    vec![
        step("e1", c, Class::Readable),
        step("e2", c, Class::Keyed),
        pure("sum"),
        pure("wait"),
        step("e3", c, Class::Reconciled),
        step("e4", Role::Pivot, Class::Blind),
        step("after", Role::Retriable, Class::Readable),
    ]
}

/// Whether the request of an attempt reaches the receiver; decided by the seed, as all is.
fn reaches(key: &str, attempt: i64) -> bool {
    let sum: u64 = key.bytes().map(u64::from).sum();
    !Dice::new(sum.wrapping_mul(31).wrapping_add(attempt.unsigned_abs()))
        .next()
        .is_multiple_of(4)
}

#[async_trait::async_trait]
impl Handler for Model {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn policy(&self) -> Policy {
        // Long enough that no seed runs into it: what is tried for ever is looked at elsewhere.
        Policy {
            attempts: 1000,
            window: std::time::Duration::from_secs(1 << 30),
            ..Policy::default()
        }
    }

    async fn next(&self, _: &Run, journal: &Journal) -> Result<Decision, Fault> {
        for plan in plans() {
            if plan.path == "wait" {
                if journal.signals("go").is_empty() {
                    return Ok(Next::Wait {
                        what: "go".into(),
                        until: None,
                    }
                    .into());
                }
                continue;
            }
            match journal.step(&plan.path, 0) {
                None => return Ok(Next::Steps(vec![plan]).into()),
                Some(step) if step.state == StepState::Failed => {
                    return Ok(Next::Fail(step.error.clone().unwrap()).into());
                }
                Some(_) => {}
            }
        }
        Ok(Next::Complete(json!("end")).into())
    }

    async fn perform(&self, _: &Run, step: &Step) -> Result<Value, StepError> {
        if step.plan.class == Class::Pure {
            return Ok(json!(1));
        }
        let arrives = reaches(&step.key, step.attempts);
        if arrives {
            *self
                .outside
                .arrived
                .lock()
                .unwrap()
                .entry(step.key.clone())
                .or_default() += 1;
        }
        let fault = Fault::new("model", "as the dice fell");
        match self.outside.answer(&step.key).await {
            Answer::Well if arrives => Ok(json!("there")),
            Answer::Failed if !arrives => Err(StepError::Transient {
                fault,
                retry_after: None,
            }),
            _ => Err(StepError::Unknown(fault)),
        }
    }

    async fn settle(&self, _: &Run, step: &Step) -> Result<Settled, StepError> {
        let arrived = self.outside.arrived.lock().unwrap().contains_key(&step.key);
        Ok(if arrived {
            Settled::Happened(json!("found"))
        } else {
            Settled::NotHappened
        })
    }

    async fn compensate(&self, _: &Run, step: &Step) -> Result<Undone, StepError> {
        self.outside.undone.lock().unwrap().insert(step.key.clone());
        match self.outside.answer(&step.key).await {
            Answer::Well => Ok(Undone::Restored),
            _ => Err(StepError::Unknown(Fault::new("model", "as the dice fell"))),
        }
    }
}

impl Outside {
    async fn answer(&self, key: &str) -> Answer {
        if *self.is_open.lock().unwrap() {
            return Answer::Well;
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap().push((key.to_owned(), sender));
        self.changed.notify_one();
        receiver.await.unwrap_or(Answer::Lost)
    }

    /// Answers that somebody still waits for.
    fn waiting(&self) -> usize {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.retain(|(_, sender)| !sender.is_closed());
        waiting.len()
    }
}

/// Three owners, the runs of one seed, and the clock.
pub(super) struct World<'a> {
    pub(super) bench: &'a Bench,
    pub(super) dice: Dice,
    pub(super) tenant: TenantId,
    pub(super) outside: Arc<Outside>,
    pub(super) runs: Vec<RunId>,
    pub(super) ended: BTreeMap<RunId, RunState>,
    pub(super) epochs: BTreeMap<RunId, i64>,
    /// What was read of a run when its history was so long.
    pub(super) known: BTreeMap<RunId, (i64, Journal, Vec<Entry>)>,
    handler: Arc<Model>,
    owners: Vec<Kernel>,
    turns: Vec<(usize, JoinHandle<()>)>,
}

impl<'a> World<'a> {
    pub(super) async fn new(bench: &'a Bench, seed: u64) -> Self {
        let outside = Arc::new(Outside::default());
        let kind = format!("model.{seed}");
        let handler = Arc::new(Model {
            kind,
            outside: outside.clone(),
        });
        let owners = (0..3).map(|_| bench.kernel_of(handler.clone())).collect();
        let mut world = Self {
            bench,
            dice: Dice::new(seed),
            tenant: TenantId::fresh(),
            outside,
            runs: Vec::new(),
            ended: BTreeMap::new(),
            epochs: BTreeMap::new(),
            known: BTreeMap::new(),
            handler,
            owners,
            turns: Vec::new(),
        };
        world.start().await;
        world.start().await;
        world
    }

    pub(super) async fn start(&mut self) {
        if self.runs.len() < 4 {
            let new = pyairtable::platform::durable::NewRun::new(self.handler.kind(), json!(1));
            let durable = &self.bench.app.platform.durable;
            self.runs
                .push(durable.start(self.tenant, new).await.unwrap().id());
        }
    }

    pub(super) async fn claim(&mut self, owner: usize) {
        let kernel = self.owners[owner].clone();
        for claim in kernel.claim(2).await.unwrap() {
            let (kernel, outside) = (kernel.clone(), self.outside.clone());
            let turn = tokio::spawn(async move {
                kernel.work(claim).await;
                outside.changed.notify_one();
            });
            self.turns.push((owner, turn));
        }
        self.settle().await;
    }

    pub(super) async fn answer(&mut self, answer: Answer) {
        self.outside.waiting();
        let chosen = {
            let mut waiting = self.outside.waiting.lock().unwrap();
            let length = waiting.len();
            (length > 0).then(|| waiting.remove(self.dice.below(length)))
        };
        if let Some((_, sender)) = chosen {
            let _ = sender.send(answer);
            // The one that waited goes on before anybody counts who waits.
            tokio::task::yield_now().await;
            self.settle().await;
        }
    }

    /// The process ends wherever it was, and starts again.
    pub(super) async fn kill(&mut self, owner: usize) {
        for (_, turn) in self.turns.iter().filter(|(of, _)| *of == owner) {
            turn.abort();
        }
        for (_, turn) in self.turns.extract_if(.., |(of, _)| *of == owner) {
            let _ = turn.await;
        }
        self.owners[owner] = self.bench.kernel_of(self.handler.clone());
        self.owners[owner].void_earlier_boots().await.unwrap();
        self.settle().await;
    }

    pub(super) async fn pass(&mut self, seconds: u64) {
        self.bench.advance(seconds);
    }

    pub(super) async fn beat(&mut self, owner: usize) {
        self.owners[owner].beat().await.unwrap();
        tokio::task::yield_now().await;
        self.settle().await;
    }

    pub(super) async fn signal(&mut self, run: usize) {
        let Some(&run) = self.runs.get(run) else {
            return;
        };
        let tx = self.bench.app.platform.db.begin(self.tenant).await.unwrap();
        let durable = &self.bench.app.platform.durable;
        let key = self.dice.below(2).to_string();
        if durable
            .signal(&tx, run, ("go", &key), &json!(key))
            .await
            .is_ok()
        {
            tx.commit().await.unwrap();
        }
    }

    pub(super) async fn cancel(&mut self, run: usize) {
        let Some(&run) = self.runs.get(run) else {
            return;
        };
        let tx = self.bench.app.platform.db.begin(self.tenant).await.unwrap();
        if self
            .bench
            .app
            .platform
            .durable
            .cancel(&tx, run)
            .await
            .is_ok()
        {
            tx.commit().await.unwrap();
        }
    }

    /// Until every turn has ended or waits for an answer.
    async fn settle(&mut self) {
        loop {
            self.turns.retain(|(_, turn)| !turn.is_finished());
            if self.outside.waiting() >= self.turns.len() {
                return;
            }
            let changed = self.outside.changed.notified();
            // A turn that was fenced ends without a word to anybody outside.
            let _ = tokio::time::timeout(std::time::Duration::from_millis(2), changed).await;
        }
    }

    /// Everything comes back, answers, and runs to its end.
    pub(super) async fn end(&mut self, place: &str) -> [usize; 3] {
        *self.outside.is_open.lock().unwrap() = true;
        for owner in 0..3 {
            self.kill(owner).await;
        }
        for run in 0..self.runs.len() {
            self.signal(run).await;
        }
        for round in 0.. {
            assert!(round < 60, "{place}: does not end");
            self.owners[round % 3].run_due().await.unwrap();
            self.check(place).await;
            if self.is_at_rest().await {
                break;
            }
            self.pass(61).await;
        }
        self.check_outcomes(place).await
    }
}
