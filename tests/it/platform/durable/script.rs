use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyairtable::platform::durable::{
    AtOnce, Class, Decision, Fault, Handler, Journal, Kernel, NewRun, Next, Policy, Role, Run,
    Settled, Step, StepError, StepPlan, StepState, Undone,
};
use pyairtable::platform::ids::{RunId, TenantId};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::TestApp;

/// How one attempt goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Go {
    Well,
    Transient,
    After(u64),
    Busy(u64),
    Permanent,
    /// The answer is lost behind the effect.
    LostAfter,
    /// The request is lost before the effect.
    LostBefore,
    Conflict,
    Panic,
}

/// A handler that does its steps one after the other, each attempt as scripted, and remembers every effect.
pub(super) struct Script {
    pub(super) kind: String,
    pub(super) steps: Vec<StepPlan>,
    pub(super) policy: Policy,
    pub(super) at_once: AtOnce,
    pub(super) attempts: Mutex<HashMap<String, VecDeque<Go>>>,
    /// What arrived, what was taken back, in order.
    pub(super) ledger: Mutex<Vec<String>>,
}

impl Script {
    pub(super) fn new(kind: &str, steps: Vec<StepPlan>) -> Self {
        Self {
            kind: kind.to_owned(),
            steps,
            policy: Policy::default(),
            at_once: AtOnce::default(),
            attempts: Mutex::default(),
            ledger: Mutex::default(),
        }
    }

    /// How the attempts of a step, of its compensation (`undo x`) or of a look at it (`look x`) go before all go well.
    pub(super) fn going(self, step: &str, attempts: &[Go]) -> Self {
        let attempts = attempts.iter().copied().collect();
        self.attempts
            .lock()
            .unwrap()
            .insert(step.to_owned(), attempts);
        self
    }

    pub(super) fn ledger(&self) -> Vec<String> {
        self.ledger.lock().unwrap().clone()
    }

    fn next_attempt(&self, step: &str) -> Go {
        let mut attempts = self.attempts.lock().unwrap();
        let scripted = attempts.get_mut(step).and_then(VecDeque::pop_front);
        scripted.unwrap_or(Go::Well)
    }

    fn note(&self, text: String) {
        self.ledger.lock().unwrap().push(text);
    }

    fn attempt(&self, name: &str) -> Result<(), StepError> {
        let fault = || Fault::new("scripted", "as scripted");
        let (happens, outcome) = match self.next_attempt(name) {
            Go::Well | Go::Conflict => (true, Ok(())),
            Go::Transient => (false, transient(None)),
            Go::After(seconds) => (false, transient(Some(Duration::from_secs(seconds)))),
            Go::Busy(seconds) => {
                let retry_after = Duration::from_secs(seconds);
                (false, Err(StepError::Busy { retry_after }))
            }
            Go::Permanent => (false, Err(StepError::Permanent(fault()))),
            Go::LostAfter => (true, Err(StepError::Unknown(fault()))),
            Go::LostBefore => (false, Err(StepError::Unknown(fault()))),
            Go::Panic => panic!("as scripted"),
        };
        if happens {
            self.note(name.to_owned());
        }
        outcome
    }
}

fn transient(retry_after: Option<Duration>) -> Result<(), StepError> {
    let fault = Fault::new("scripted", "as scripted");
    Err(StepError::Transient { fault, retry_after })
}

#[async_trait::async_trait]
impl Handler for Script {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn policy(&self) -> Policy {
        self.policy.clone()
    }

    fn at_once(&self) -> AtOnce {
        self.at_once
    }

    async fn next(&self, _: &Run, journal: &Journal) -> Result<Decision, Fault> {
        for plan in &self.steps {
            if let Some(name) = plan.path.strip_prefix("wait ") {
                if journal.signals(name).is_empty() {
                    let what = name.to_owned();
                    return Ok(Next::Wait { what, until: None }.into());
                }
                continue;
            }
            match journal.step(&plan.path, plan.item) {
                None => return Ok(Next::Steps(vec![plan.clone()]).into()),
                Some(step) if step.state == StepState::Failed => {
                    return Ok(Next::Fail(step.error.clone().unwrap()).into());
                }
                Some(_) => {}
            }
        }
        Ok(Next::Complete(json!("all done")).into())
    }

    async fn perform(&self, _: &Run, step: &Step) -> Result<Value, StepError> {
        self.attempt(&step.plan.path)?;
        Ok(json!({ "of": step.plan.path }))
    }

    async fn settle(&self, _: &Run, step: &Step) -> Result<Settled, StepError> {
        if let Go::Conflict = self.next_attempt(&format!("look {}", step.plan.path)) {
            return Ok(Settled::Unclear(Fault::new("foreign", "changed since")));
        }
        let happened = self.ledger().contains(&step.plan.path);
        Ok(if happened {
            Settled::Happened(json!("found"))
        } else {
            Settled::NotHappened
        })
    }

    async fn compensate(&self, _: &Run, step: &Step) -> Result<Undone, StepError> {
        let name = format!("undo {}", step.plan.path);
        let scripted = self.attempts.lock().unwrap().get(&name).cloned();
        if let Some(Go::Conflict) = scripted.as_ref().and_then(VecDeque::front) {
            self.next_attempt(&name);
            return Ok(Undone::Conflict(Fault::new("foreign", "changed since")));
        }
        self.attempt(&name)?;
        Ok(Undone::Restored)
    }
}

pub(super) fn step(path: &str, role: Role, class: Class) -> StepPlan {
    StepPlan {
        role,
        class,
        undo: (role == Role::Compensatable).then(|| json!({"undo": path})),
        ..StepPlan::new(path, path, json!({"do": path}))
    }
}

pub(super) fn pure(path: &str) -> StepPlan {
    step(path, Role::Neutral, Class::Pure)
}

pub(super) fn wait(name: &str) -> StepPlan {
    pure(&format!("wait {name}"))
}

/// An instance whose own workers do nothing, so that the test alone decides who works when.
pub(super) struct Bench {
    pub(super) app: TestApp,
    pub(super) tenant: TenantId,
    _memory: Option<tempfile::TempDir>,
}

impl Bench {
    pub(super) async fn new() -> Self {
        Self::on(None).await
    }

    /// The same without waiting for a disk, for tests of very many changes that are not about power loss.
    pub(super) async fn in_memory() -> Self {
        let folder = PathBuf::from("/dev/shm");
        let folder = folder.is_dir().then_some(folder);
        Self::on(folder.and_then(|folder| tempfile::tempdir_in(folder).ok())).await
    }

    async fn on(memory: Option<tempfile::TempDir>) -> Self {
        let app = TestApp::with_settings(|settings| {
            settings.durable.workers = 0;
            let url = settings.database.url.as_ref().unwrap().expose_secret();
            let Some(memory) = &memory else { return };
            if let Some(file) = url.strip_prefix("sqlite:") {
                let file = file.split('?').next().unwrap();
                let copy = memory.path().join("pyairtable.db");
                std::fs::copy(file, &copy).unwrap();
                settings.database.url = Some(format!("sqlite:{}", copy.display()).into());
            } else {
                let url = format!("{url}?options[synchronous_commit]=off");
                settings.database.url = Some(url.into());
            }
        })
        .await;
        Self {
            app,
            tenant: TenantId::fresh(),
            _memory: memory,
        }
    }

    pub(super) fn kernel(&self, handler: &Arc<Script>) -> Kernel {
        self.kernel_of(handler.clone())
    }

    pub(super) fn kernel_of(&self, handler: Arc<dyn Handler>) -> Kernel {
        let mut settings = self.app.platform.settings.durable.clone();
        settings.workers = 16;
        Kernel::new(&self.app.platform.durable, settings, [handler])
    }

    pub(super) async fn start(&self, kind: &str) -> RunId {
        let new = NewRun::new(kind, json!({"for": kind}));
        let started = self.app.platform.durable.start(self.tenant, new).await;
        started.unwrap().id()
    }

    pub(super) async fn run(&self, run: RunId) -> Run {
        let tx = self.app.platform.db.read(self.tenant).await.unwrap();
        self.app.platform.durable.find(&tx, run).await.unwrap()
    }

    pub(super) async fn state_of(&self, run: RunId, path: &str) -> &'static str {
        let tx = self.app.platform.db.read(self.tenant).await.unwrap();
        let journal = self.app.platform.durable.journal(&tx, run).await.unwrap();
        journal
            .step(path, 0)
            .map_or("none", |step| step.state.as_str())
    }

    pub(super) async fn story(&self, run: RunId) -> Vec<String> {
        let tx = self.app.platform.db.read(self.tenant).await.unwrap();
        let history = self.app.platform.durable.history(&tx, run).await.unwrap();
        let numbers: Vec<i64> = history.iter().map(|entry| entry.seq).collect();
        let expected: Vec<i64> = (1..=i64::try_from(history.len()).unwrap()).collect();
        assert_eq!(numbers, expected, "history has no gap");
        let line = |entry: &pyairtable::platform::durable::Entry| match &entry.step {
            Some((path, _)) => format!("{} {path}", entry.what),
            None => entry.what.clone(),
        };
        history.iter().map(line).collect()
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.app.clock.advance(Duration::from_secs(seconds));
    }

    /// Works and moves the clock until the run has ended or needs a person.
    pub(super) async fn finish(&self, kernel: &Kernel, run: RunId) -> Run {
        for _ in 0..200 {
            kernel.run_due().await.unwrap();
            let found = self.run(run).await;
            if found.state.is_terminal() || found.due.is_none() {
                return found;
            }
            self.advance(30);
        }
        panic!("the run does not end: {:?}", self.run(run).await);
    }

    /// As somebody who may do anything to the tables.
    pub(super) async fn owner_of_tables(&self) -> DatabaseConnection {
        let url = self.app.platform.settings.database.url.as_ref().unwrap();
        Database::connect(url.expose_secret()).await.unwrap()
    }

    pub(super) async fn sql(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        let connection = self.owner_of_tables().await;
        let outcome = connection.execute_unprepared(sql).await.map(drop);
        connection.close().await.unwrap();
        outcome
    }
}
