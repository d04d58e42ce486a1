use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures_util::stream::{Stream, poll_fn};
use futures_util::{FutureExt, StreamExt};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    StreamTrait,
};

use super::failure::sorted;
use super::pulse::{Pulse, lost};
use crate::platform::ids::TenantId;

/// The name of the savepoint before the newest part.
const BEGIN_PART: &str = "SAVEPOINT part";
const UNDO_PART: &str = "ROLLBACK TO SAVEPOINT part";

/// The connection of a transaction; what it is asked ends when the database is found not to answer.
pub struct Conn {
    inner: DatabaseTransaction,
    pulse: Pulse,
    /// A part was dropped, and its statements are still to be taken back.
    owes_undo: AtomicBool,
    /// A statement failed since; a commit might pass for a success and keep nothing.
    has_failed: AtomicBool,
}

impl Conn {
    pub(super) fn new(inner: DatabaseTransaction, pulse: Pulse) -> Self {
        Self {
            inner,
            pulse,
            owes_undo: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
        }
    }

    /// Takes back what is owed; left half-way, it is done again by whoever comes next.
    async fn ready(&self) -> Result<(), DbErr> {
        if self.owes_undo.load(Ordering::Acquire) {
            let undo = self.inner.execute_unprepared(UNDO_PART);
            self.pulse.race(undo).await?;
            self.has_failed.store(false, Ordering::Release);
            self.owes_undo.store(false, Ordering::Release);
        }
        Ok(())
    }

    async fn ask<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.ready().await?;
        let answer = self.pulse.race(statement).await;
        if answer.is_err() {
            self.has_failed.store(true, Ordering::Release);
        }
        answer
    }

    async fn begin_part(&self) -> Result<(), DbErr> {
        self.execute_unprepared(BEGIN_PART).await.map(drop)
    }

    async fn commit(self) -> Result<(), DbErr> {
        self.ready().await?;
        if self.has_failed.into_inner() {
            return Err(DbErr::Custom(
                "a statement of the transaction failed".to_owned(),
            ));
        }
        self.pulse.race(self.inner.commit()).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(&self.inner)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ask(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(self.inner.query_all_raw(statement)).await
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
            let rows = self.ask(self.inner.stream_raw(statement)).await?;
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
    inner: Arc<Conn>,
    tenant: TenantId,
    part: Part,
}

/// What the end of a transaction means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    /// A part that is taken back when it is dropped.
    Open,
    Kept,
}

impl TenantTx {
    pub(super) fn new(inner: Conn, tenant: TenantId) -> Self {
        Self {
            inner: Arc::new(inner),
            tenant,
            part: Part::Whole,
        }
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

    /// A part of this transaction that can be rolled back alone; its commit is worth what this one's is, and only the
    /// newest part may still be open.
    ///
    /// Not one of the driver's nested transactions: of those, one that fails to begin, or is left while it does, rolls
    /// the whole back, whose commit then says that all is well.
    pub async fn nest(&self) -> Result<Self, DbErr> {
        self.inner.begin_part().await?;
        Ok(Self {
            inner: self.inner.clone(),
            tenant: self.tenant,
            part: Part::Open,
        })
    }

    /// Makes the changes durable, those of a part with the whole.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        if self.part == Part::Open {
            self.part = Part::Kept;
            return Ok(());
        }
        let inner = self.inner.clone();
        drop(self);
        let whole = Arc::into_inner(inner);
        let is_shared = || DbErr::Custom("a part of the transaction is still open".to_owned());
        whole.ok_or_else(is_shared)?.commit().await
    }
}

impl Drop for TenantTx {
    fn drop(&mut self) {
        if self.part == Part::Open {
            self.inner.owes_undo.store(true, Ordering::Release);
        }
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
