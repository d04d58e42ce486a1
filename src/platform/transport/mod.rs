//! Carries signals between instances: over Redis where there is one, else over PostgreSQL's NOTIFY.

#[cfg(not(feature = "postgres"))]
mod no_postgres;
#[cfg(feature = "postgres")]
mod postgres;
mod receiver;
mod redis;
mod sender;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

#[cfg(not(feature = "postgres"))]
use no_postgres as postgres;

use super::db::Db;
use super::ids::BootId;
use super::redis::RedisHandle;
use super::signals::Signals;
use super::tasks::Worker;

/// Topic of the signal that says: hints may have been lost, look at the database.
pub const RESYNC: &str = "resync";

/// An idle sender says this often that it is there, so that a dead line is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A way to the other instances; what is sent comes back to the sender too.
#[async_trait]
trait Link: Send + Sync {
    async fn send(&self, payload: &str) -> Result<(), Lost>;
    async fn open(&self) -> Result<Box<dyn Inbox>, Lost>;
}

/// The receiving end of a link.
#[async_trait]
trait Inbox: Send {
    async fn next(&mut self) -> Result<String, Lost>;
}

/// The line is down.
#[derive(Debug, thiserror::Error)]
#[error("the line to the other instances is down")]
struct Lost;

/// The tasks that carry signals; none on SQLite without Redis, where there are no other instances.
pub fn workers(db: &Db, redis: Option<RedisHandle>, signals: &Signals) -> Vec<Worker> {
    let link = redis.map(redis::link).or_else(|| postgres::link(db));
    let Some(link) = link else {
        return Vec::new();
    };
    carry(link, BootId::fresh(), signals)
}

fn carry(link: Arc<dyn Link>, own: BootId, signals: &Signals) -> Vec<Worker> {
    let (sending, receiving) = (signals.clone(), signals.clone());
    let inbound = Arc::clone(&link);
    vec![
        Worker {
            name: "signals.send",
            run: Box::new(move |stop| {
                Box::pin(sender::run(
                    Arc::clone(&link),
                    own,
                    sending.outgoing(),
                    stop,
                ))
            }),
        },
        Worker {
            name: "signals.receive",
            run: Box::new(move |stop| {
                Box::pin(receiver::run(
                    Arc::clone(&inbound),
                    own,
                    receiving.clone(),
                    stop,
                ))
            }),
        },
    ]
}
