use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use super::super::schema::Base;
use super::super::snapshot::State;
use super::fault::Circumstances;
use super::guard::{Needs, Seen};
use super::image::Image;
use super::layout::Layout;
use super::pool::{Owner, Pool};
use super::run::{self, Answer, Refused};
use super::turns::{Turn, Turns};
use super::watch::{Growth, LeaveOnDrop, Watch};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, QuerySql, SqlAnswer};
use crate::platform::ids::TableId;
use crate::platform::settings;

/// How long who waits gives the thread to notice that time is up; one step of SQLite can be a long one.
const GRACE: Duration = Duration::from_millis(500);

/// Answers statements, so many at once, over images that it keeps for the next ones.
pub(in crate::airtable) struct Engine {
    settings: Arc<settings::Sql>,
    turns: Turns,
    pool: Arc<Pool>,
}

/// One statement on its way; dropping it stops what is done for it.
pub(in crate::airtable) struct Request {
    /// `None` while, or because, a thread has it.
    work: Option<Box<Work>>,
    watch: Watch,
    started: Instant,
    settings: Arc<settings::Sql>,
    _leave: LeaveOnDrop,
}

/// What the thread needs that works on a statement.
struct Work {
    query: QuerySql,
    owner: Owner,
    settings: Arc<settings::Sql>,
    pool: Arc<Pool>,
    watch: Watch,
    image: Option<Image>,
    needs: Needs,
    _turn: Turn,
    at_work: Arc<AtomicUsize>,
}

impl Engine {
    pub(in crate::airtable) fn new(settings: &settings::Sql) -> Self {
        Self {
            turns: Turns::new(settings.at_once, settings.at_once_per_tenant),
            pool: Arc::new(Pool::new(settings.cache)),
            settings: Arc::new(settings.clone()),
        }
    }

    /// Takes a statement on as soon as there is room for it.
    pub(in crate::airtable) async fn begin(
        &self,
        owner: Owner,
        query: QuerySql,
    ) -> BaseResult<Request> {
        let started = Instant::now();
        let watch = Watch::new(started, self.settings.timeout);
        let turn = self.turns.take(owner.0, watch.deadline()).await;
        let turn = turn.ok_or_else(|| {
            let message = "Other SQL statements take all the room there is for them";
            BaseError::new(BaseErrorKind::Unavailable, message)
        })?;
        let work = Work {
            query,
            owner,
            settings: self.settings.clone(),
            pool: self.pool.clone(),
            watch: watch.clone(),
            image: None,
            needs: Needs::new(),
            _turn: turn,
            at_work: self.turns.at_work(),
        };
        Ok(Request {
            work: Some(Box::new(work)),
            _leave: watch.leave_on_drop(),
            watch,
            started,
            settings: self.settings.clone(),
        })
    }

    /// Forgets images that nobody has used for long.
    pub(in crate::airtable) fn prune(&self) {
        self.pool.prune();
    }
}

impl Request {
    /// Checks the statement against a base; answers the tables whose records it reads.
    pub(in crate::airtable) async fn prepare(
        &mut self,
        base: Arc<Base>,
    ) -> BaseResult<Vec<TableId>> {
        self.on_thread(move |work| work.prepare(&base)).await
    }

    /// Answers the statement from a state with these tables loaded; `None` when its tables are no longer what they were.
    pub(in crate::airtable) async fn run(
        &mut self,
        state: Arc<State>,
    ) -> BaseResult<Option<SqlAnswer>> {
        let answer = self.on_thread(move |work| work.run(&state)).await?;
        Ok(answer.map(|Answer { columns, rows, cut }| SqlAnswer {
            columns,
            rows,
            cut,
            elapsed: self.started.elapsed(),
        }))
    }

    /// Works where it holds up no other request, and gives up waiting when time is up.
    async fn on_thread<T: Send + 'static>(
        &mut self,
        step: impl FnOnce(&mut Work) -> BaseResult<T> + Send + 'static,
    ) -> BaseResult<T> {
        let late = || {
            let message = format!(
                "The statement takes longer than {} seconds (sql.timeout)",
                self.settings.timeout.as_secs_f64()
            );
            BaseError::new(BaseErrorKind::SqlLimit, message)
        };
        let mut work = self.work.take().ok_or_else(late)?;
        let done = tokio::task::spawn_blocking(move || {
            let outcome = step(&mut work);
            (work, outcome)
        });
        let deadline = self.watch.deadline() + GRACE;
        let done = tokio::time::timeout_at(deadline.into(), done).await;
        let (work, outcome) = done.map_err(|_| late())?.map_err(BaseError::internal)?;
        self.work = Some(work);
        outcome
    }
}

impl Work {
    fn prepare(&mut self, base: &Base) -> BaseResult<Vec<TableId>> {
        let layout = Layout::new(base);
        let known = self.image.take().filter(|image| *image.layout == layout);
        let known = known.or_else(|| self.pool.take(self.owner, &layout));
        let image = match known {
            Some(image) => image,
            None => {
                Image::new(Arc::new(layout), self.settings.memory).map_err(BaseError::internal)?
            }
        };
        let seen = image.close().map_err(BaseError::internal)?;
        self.limit(&image).map_err(BaseError::internal)?;
        let checked = run::prepare(&image.connection, &self.query.sql, &self.query.params);
        let checked = checked.map(|_| ());
        image.open().map_err(BaseError::internal)?;
        let image = self.image.insert(image);
        self.needs = seen.needs();
        let tables = image.sources(&self.needs);
        match checked {
            Ok(()) => Ok(tables),
            Err(refused) => Err(self.refused(refused, &seen)),
        }
    }

    fn run(&mut self, state: &State) -> BaseResult<Option<Answer>> {
        let Some(mut image) = self.image.take() else {
            return Ok(None);
        };
        if *image.layout != Layout::new(&state.base) {
            return Ok(None);
        }
        let filled = image.fill(state, &self.needs, &self.watch);
        if let Err(error) = filled {
            let seen = Seen::default();
            return Err(self.circumstances(&image.layout, &seen).not_filled(error));
        }
        let (seen, answer) = self.answer(&image).map_err(BaseError::internal)?;
        image.open().map_err(BaseError::internal)?;
        self.image = Some(image);
        answer
            .map(Some)
            .map_err(|refused| self.refused(refused, &seen))
    }

    fn answer(&self, image: &Image) -> rusqlite::Result<(Seen, Result<Answer, Refused>)> {
        let QuerySql { sql, params, .. } = &self.query;
        let (settings, connection) = (&self.settings, &image.connection);
        let seen = image.close()?;
        self.limit(image)?;
        let most_rows = self.query.max_rows.unwrap_or(usize::MAX).min(settings.rows);
        let most_bytes = self.query.max_bytes.unwrap_or(usize::MAX);
        let most_bytes = most_bytes.min(settings.answer);
        let answer = run::prepare(connection, sql, params)
            .and_then(|mut statement| run::run(&mut statement, params, most_rows, most_bytes));
        Ok((seen, answer))
    }

    fn limit(&self, image: &Image) -> rusqlite::Result<()> {
        let growth = Growth::new(self.settings.memory, self.at_work.clone());
        run::limit(&image.connection, &self.watch, growth)
    }

    fn refused(&mut self, refused: Refused, seen: &Seen) -> BaseError {
        let Some(image) = &self.image else {
            return BaseError::internal("a statement was refused that no image has seen");
        };
        let error = self.circumstances(&image.layout, seen).refused(refused);
        if error.kind == BaseErrorKind::Internal {
            // Whatever is wrong with it, the next statement begins with another.
            self.image = None;
        }
        error
    }

    fn circumstances<'a>(&'a self, layout: &'a Layout, seen: &'a Seen) -> Circumstances<'a> {
        Circumstances {
            sql: &self.query.sql,
            layout,
            seen,
            watch: &self.watch,
            settings: &self.settings,
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(image) = self.image.take() {
            self.pool.put(self.owner, image);
        }
    }
}
