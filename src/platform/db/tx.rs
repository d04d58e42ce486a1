use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures_util::stream::{Stream, poll_fn};
use futures_util::{FutureExt, StreamExt};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    StreamTrait, TransactionTrait,
};

use super::failure::sorted;
use super::pulse::{Pulse, lost};
use crate::platform::ids::TenantId;

/// The connection of a transaction; what it is asked ends when the database is found not to answer.
pub struct Conn {
    inner: DatabaseTransaction,
    pulse: Pulse,
    nesting: Nesting,
}

/// Whether the parts of a transaction began and ended as they should; shared by all of them.
///
/// The driver takes a part that could not begin, or whose beginning or end was left half-way, for the whole: it rolls
/// the transaction back, and its commit then says that all is well.
#[derive(Clone, Default)]
struct Nesting(Arc<AtomicBool>);

impl Nesting {
    /// Carries out the beginning or end of a part; left half-way or failed, the transaction is broken.
    async fn step<T>(&self, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.check()?;
        self.0.store(true, Ordering::Relaxed);
        let outcome = step.await?;
        self.0.store(false, Ordering::Relaxed);
        Ok(outcome)
    }

    fn is_broken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn check(&self) -> Result<(), DbErr> {
        if self.is_broken() {
            return Err(lost());
        }
        Ok(())
    }
}

impl Conn {
    pub(super) fn new(inner: DatabaseTransaction, pulse: Pulse) -> Self {
        Self {
            inner,
            pulse,
            nesting: Nesting::default(),
        }
    }

    async fn nest(&self) -> Result<Self, DbErr> {
        let begin = self.pulse.race(self.inner.begin());
        Ok(Self {
            inner: self.nesting.step(begin).await?,
            pulse: self.pulse.clone(),
            nesting: self.nesting.clone(),
        })
    }

    async fn commit(self) -> Result<(), DbErr> {
        let Self {
            inner,
            pulse,
            nesting,
        } = self;
        nesting.step(pulse.race(inner.commit())).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(&self.inner)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pulse.race(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pulse.race(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.pulse.race(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.pulse.race(self.inner.query_all_raw(statement)).await
    }
}

type Rows<'a> = Pin<Box<dyn Stream<Item = Result<QueryResult, DbErr>> + Send + 'a>>;

impl StreamTrait for Conn {
    type Stream<'a> = Rows<'a>;

    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(&self.inner)
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<Rows<'a>, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            let rows = self.pulse.race(self.inner.stream_raw(statement)).await?;
            let (mut rows, mut stopped) = (Box::pin(rows), Box::pin(self.pulse.stopped()));
            let watched: Rows<'a> = Box::pin(poll_fn(move |context| {
                match rows.poll_next_unpin(context) {
                    Poll::Ready(row) => Poll::Ready(row.map(|row| row.map_err(sorted))),
                    Poll::Pending => stopped.poll_unpin(context).map(|()| Some(Err(lost()))),
                }
            }));
            Ok(watched)
        })
    }
}

/// A transaction that sees and writes the rows of one tenant alone; dropped without commit it rolls back.
pub struct TenantTx {
    inner: Conn,
    tenant: TenantId,
}

impl TenantTx {
    pub(super) fn new(inner: Conn, tenant: TenantId) -> Self {
        Self { inner, tenant }
    }

    pub(super) fn set_tenant(&mut self, tenant: TenantId) {
        self.tenant = tenant;
    }

    /// The tenant whose rows this transaction sees.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The connection for statements.
    pub fn conn(&self) -> &Conn {
        &self.inner
    }

    /// Whether a part of it failed to begin or end, so that it can no longer be committed.
    pub fn is_broken(&self) -> bool {
        self.inner.nesting.is_broken()
    }

    /// A part of this transaction that can be rolled back alone; its commit is worth what this one's is.
    pub async fn nest(&self) -> Result<Self, DbErr> {
        Ok(Self::new(self.inner.nest().await?, self.tenant))
    }

    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }
}

/// A transaction for what has no tenant yet (sign-in, key lookup) or all of them (event delivery).
pub struct SystemTx {
    inner: Conn,
}

impl SystemTx {
    pub(super) fn new(inner: Conn) -> Self {
        Self { inner }
    }

    /// The connection for statements.
    pub fn conn(&self) -> &Conn {
        &self.inner
    }

    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }
}
