//! What durable runs cost: `durable URL rate RUNS AT_ONCE` runs five steps without effect, `durable URL saga RUNS AT_ONCE`
//! three effects, a refusal and three compensations, `durable URL waiting RUNS SECONDS` waits. Each prints JSON.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use pyairtable::app::App;
use pyairtable::platform::clock::Clock;
use pyairtable::platform::durable::{
    Class, Decision, Fault, Handler, Journal, Kernel, NewRun, Next, Role, Run, RunState, Step,
    StepError, StepPlan, Undone,
};
use pyairtable::platform::ids::{RunId, TenantId};
use pyairtable::platform::settings::{Inputs, Settings, load};
use pyairtable::platform::tasks::Supervisor;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

type Failure = Box<dyn std::error::Error>;

const TURNS: usize = 10;
const COMMITS: u32 = 200;
const DAY: i64 = 24 * 3600 * 1000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, what, runs, number] = &arguments[..] else {
        return Err("usage: durable URL rate|saga|waiting RUNS AT_ONCE|SECONDS".into());
    };
    let folder = tempfile::tempdir()?;
    let app = App::build(settings(folder.path(), url)?, Clock::default()).await?;
    let (runs, number): (usize, usize) = (runs.parse()?, number.parse()?);
    let answer = match what.as_str() {
        "rate" => {
            let work = Work::new(&app, Steps(&["a", "b", "c", "d", "e"], None));
            let mut bare = match url.starts_with("sqlite:") {
                true => Some(Bare::open(url).await?),
                false => None,
            };
            let (mut transitions, mut commits) = (Vec::new(), Vec::new());
            // In turns, so that a drift of the disk meets both.
            for _ in 0..TURNS {
                transitions.push(work.all(runs, number).await?.transitions);
                if let Some(bare) = &mut bare {
                    commits.push(bare.commits().await?);
                }
            }
            json!({"transitions": mean(&transitions), "commits": mean(&commits)})
        }
        "saga" => {
            let work = Work::new(&app, Steps(&["a", "b", "c"], Some("refused")));
            let idle = resident()?;
            let done = work.all(runs, number).await?;
            json!({"sagas": done.runs, "idle": idle, "resident": resident()?})
        }
        _ => waiting(&app, runs, Duration::from_secs(number as u64)).await?,
    };
    std::io::Write::write_all(&mut std::io::stdout(), format!("{answer}\n").as_bytes())?;
    app.close().await;
    Ok(())
}

fn settings(data_dir: &Path, url: &str) -> Result<Settings, Failure> {
    let overrides = vec![("data_dir", data_dir.display().to_string())];
    let inputs = Inputs {
        overrides,
        ..Inputs::default()
    };
    let mut settings = load(inputs)?.settings;
    settings.database.url = Some(url.to_owned().into());
    Ok(settings)
}

/// Steps one after the other, none of which does anything; refused at the end, they are effects that are taken back.
#[derive(Clone)]
struct Steps(&'static [&'static str], Option<&'static str>);

#[async_trait]
impl Handler for Steps {
    fn kind(&self) -> &str {
        "bench.steps"
    }

    async fn next(&self, _: &Run, journal: &Journal) -> Result<Decision, Fault> {
        let open = self.0.iter().find(|path| journal.step(path, 0).is_none());
        Ok(match (open, self.1) {
            (Some(path), None) => Next::Steps(vec![StepPlan::new(*path, *path, json!({}))]).into(),
            (Some(path), Some(_)) => Next::Steps(vec![StepPlan {
                role: Role::Compensatable,
                class: Class::Keyed,
                undo: Some(json!({})),
                ..StepPlan::new(*path, *path, json!({}))
            }])
            .into(),
            (None, None) => Next::Complete(Value::Null).into(),
            (None, Some(code)) => Next::Fail(Fault::new(code, "The last step was refused")).into(),
        })
    }

    async fn perform(&self, _: &Run, _: &Step) -> Result<Value, StepError> {
        Ok(Value::Null)
    }

    async fn compensate(&self, _: &Run, _: &Step) -> Result<Undone, StepError> {
        Ok(Undone::Restored)
    }
}

/// Waits for a signal that does not come, every second run for a day at most.
#[derive(Clone)]
struct Waits;

#[async_trait]
impl Handler for Waits {
    fn kind(&self) -> &str {
        "bench.waits"
    }

    async fn next(&self, run: &Run, _: &Journal) -> Result<Decision, Fault> {
        let until = (run.input == json!(0)).then_some(run.now + DAY);
        let what = "a signal".to_owned();
        Ok(Next::Wait { what, until }.into())
    }

    async fn perform(&self, _: &Run, _: &Step) -> Result<Value, StepError> {
        Ok(Value::Null)
    }
}

/// What was done a second.
struct Rate {
    runs: f64,
    transitions: f64,
}

struct Work<'a> {
    app: &'a App,
    kind: String,
    kernel: Kernel,
    tenant: TenantId,
}

impl<'a> Work<'a> {
    fn new(app: &'a App, handler: impl Handler + 'static) -> Self {
        let kind = handler.kind().to_owned();
        let settings = app.platform.settings.durable.clone();
        let handlers = [Arc::new(handler) as Arc<dyn Handler>];
        Self {
            app,
            kind,
            kernel: Kernel::new(&app.platform.durable, settings, handlers),
            tenant: TenantId::fresh(),
        }
    }

    async fn start(&self, input: Value) -> Result<RunId, Failure> {
        let new = NewRun::new(&self.kind, input);
        let started = self.app.platform.durable.start(self.tenant, new).await?;
        Ok(started.id())
    }

    /// Works runs to their end, so many at once; changes of state of runs and steps count, the starts included.
    async fn all(&self, runs: usize, at_once: usize) -> Result<Rate, Failure> {
        let durable = &self.app.platform.durable;
        let (began, rounds) = (Instant::now(), runs.div_ceil(at_once));
        let mut started = Vec::new();
        for _ in 0..rounds {
            let starts = (0..at_once).map(|_| self.start(json!({})));
            for start in join_all(starts).await {
                started.push(start?);
            }
            let claims = self.kernel.claim(at_once).await?;
            join_all(claims.into_iter().map(|claim| self.kernel.work(claim))).await;
        }
        let seconds = began.elapsed().as_secs_f64();
        let tx = self.app.platform.db.read(self.tenant).await?;
        let mut changes = 0;
        for run in &started {
            let run = durable.find(&tx, *run).await?;
            if !run.state.is_terminal() {
                return Err(format!("run {} has not ended", run.id).into());
            }
            changes += run.seq;
        }
        Ok(Rate {
            runs: started.len() as f64 / seconds,
            transitions: changes as f64 / seconds,
        })
    }
}

/// What many waiting runs add to the memory of this process and to the time its processors take.
async fn waiting(app: &App, runs: usize, span: Duration) -> Result<Value, Failure> {
    let (work, supervisor) = (Work::new(app, Waits), Supervisor::here());
    for worker in work.kernel.workers() {
        supervisor.run(worker);
    }
    let before = idle(span).await?;
    let mut starts = stream::iter(0..runs)
        .map(|number| work.start(json!(number % 2)))
        .buffer_unordered(64);
    while let Some(start) = starts.next().await {
        start?;
    }
    let count = || app.platform.durable.count(&work.kind, RunState::Waiting);
    while count().await? < runs as i64 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let after = idle(span).await?;
    supervisor.token().cancel();
    Ok(json!({"added": after.0 - before.0, "before": before.1, "after": after.1}))
}

/// Resident memory, and the time that the processors take in a span.
async fn idle(span: Duration) -> Result<(i64, f64), Failure> {
    let began = processors()?;
    tokio::time::sleep(span).await;
    Ok((resident()?, processors()? - began))
}

/// Resident memory of this process, in bytes.
fn resident() -> Result<i64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmRSS")?.parse::<i64>()? * 1024)
}

/// Seconds of the processors that this process has taken.
fn processors() -> Result<f64, Failure> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let schedule = std::fs::read_to_string(task?.path().join("schedstat"))?;
        let own = schedule.split(' ').next().unwrap_or_default();
        nanoseconds += own.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}

/// Rates of spans in which as much was done; the time of all of them counts.
fn mean(rates: &[f64]) -> f64 {
    rates.len() as f64 / rates.iter().map(|rate| 1.0 / rate).sum::<f64>()
}

/// Transactions of one small row, on the same file and as durable.
struct Bare {
    connection: SqliteConnection,
}

impl Bare {
    async fn open(url: &str) -> Result<Self, Failure> {
        let file = url.split('?').next().unwrap_or(url);
        let mut connection = SqliteConnection::connect(file).await?;
        for setup in [
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE bare (number INTEGER PRIMARY KEY, content TEXT NOT NULL)",
        ] {
            sqlx::query(setup).execute(&mut connection).await?;
        }
        Ok(Self { connection })
    }

    async fn commits(&mut self) -> Result<f64, Failure> {
        let (began, connection) = (Instant::now(), &mut self.connection);
        for _ in 0..COMMITS {
            sqlx::query("BEGIN IMMEDIATE")
                .execute(&mut *connection)
                .await?;
            sqlx::query("INSERT INTO bare (content) VALUES ('a change of a run')")
                .execute(&mut *connection)
                .await?;
            sqlx::query("COMMIT").execute(&mut *connection).await?;
        }
        Ok(f64::from(COMMITS) / began.elapsed().as_secs_f64())
    }
}
