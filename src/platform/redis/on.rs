use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_redis::redis::aio::PubSub;
use deadpool_redis::redis::{Client, RedisError, cmd};
use deadpool_redis::{Config, Connection, Pool, PoolConfig, Runtime, Timeouts};
use futures_util::StreamExt;
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout};

use super::{ConnectError, Reply, Unavailable};
use crate::platform::settings;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const COMMAND_TIMEOUT: Duration = Duration::from_millis(500);
/// How long nobody asks again after a failure.
const PAUSE: Duration = Duration::from_secs(2);

/// Handle on Redis; cheap to clone, shared by all its users so that they share its pause.
#[derive(Clone)]
pub struct RedisHandle(Arc<Inner>);

struct Inner {
    pool: Pool,
    /// Makes the connections of subscriptions, which must not come from the pool.
    client: Client,
    paused_until: Mutex<Option<Instant>>,
    prefix: String,
}

/// A Lua script, sent by its hash where Redis knows it already.
#[derive(Clone, Debug)]
pub struct Script(Arc<deadpool_redis::redis::Script>);

/// Messages of one channel, over a connection of its own.
pub struct Subscription(PubSub);

/// Prepares a pool without connecting; `None` where no Redis is configured.
pub fn connect(settings: &settings::Redis) -> Result<Option<RedisHandle>, ConnectError> {
    let Some(url) = &settings.url else {
        return Ok(None);
    };
    let client = Client::open(url.expose_secret()).map_err(|_| ConnectError::BadUrl)?;
    let mut config = Config::from_url(url.expose_secret());
    config.pool = Some(PoolConfig {
        timeouts: Timeouts {
            wait: Some(COMMAND_TIMEOUT),
            create: Some(CONNECT_TIMEOUT),
            recycle: Some(COMMAND_TIMEOUT),
        },
        ..PoolConfig::new(settings.max_connections.max(1))
    });
    let pool = config
        .create_pool(Some(Runtime::Tokio1))
        .map_err(|_| ConnectError::BadUrl)?;
    Ok(Some(RedisHandle(Arc::new(Inner {
        pool,
        client,
        paused_until: Mutex::default(),
        prefix: settings.prefix.clone(),
    }))))
}

impl Script {
    /// Takes a script that returns an array of strings.
    pub fn new(code: &'static str) -> Self {
        Self(Arc::new(deadpool_redis::redis::Script::new(code)))
    }
}

impl RedisHandle {
    /// Asks Redis for a sign of life, even during a pause, and says how long it took.
    pub async fn ping(&self) -> Result<Duration, Unavailable> {
        let started = Instant::now();
        self.attempt(async |mut connection| {
            cmd("PING").query_async::<String>(&mut connection).await
        })
        .await?;
        Ok(started.elapsed())
    }

    /// The name under which this instance and its siblings keep something.
    fn named(&self, name: &str) -> String {
        format!("{}:{name}", self.0.prefix)
    }

    /// Runs a script.
    pub async fn eval(
        &self,
        script: &Script,
        keys: &[&str],
        args: &[&[u8]],
    ) -> Result<Reply, Unavailable> {
        self.refuse_while_paused()?;
        self.attempt(async |mut connection| {
            let mut call = script.0.prepare_invoke();
            for key in keys {
                call.key(self.named(key));
            }
            for arg in args {
                call.arg(*arg);
            }
            call.invoke_async(&mut connection).await
        })
        .await
    }

    /// Sends a message to the subscribers of a channel.
    pub async fn publish(&self, channel: &str, payload: &str) -> Result<(), Unavailable> {
        self.refuse_while_paused()?;
        self.attempt(async |mut connection| {
            cmd("PUBLISH")
                .arg(self.named(channel))
                .arg(payload)
                .query_async::<()>(&mut connection)
                .await
        })
        .await
    }

    /// Opens a connection that receives the messages of a channel.
    pub async fn subscribe(&self, channel: &str) -> Result<Subscription, Unavailable> {
        let open = async {
            let mut connection = self.0.client.get_async_pubsub().await?;
            connection.subscribe(self.named(channel)).await?;
            Ok::<_, RedisError>(connection)
        };
        match timeout(CONNECT_TIMEOUT + COMMAND_TIMEOUT, open).await {
            Ok(Ok(connection)) => Ok(Subscription(connection)),
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(elapsed) => Err(self.failed(&elapsed)),
        }
    }

    async fn attempt<T>(
        &self,
        command: impl AsyncFnOnce(Connection) -> Result<T, RedisError>,
    ) -> Result<T, Unavailable> {
        let connection = self
            .0
            .pool
            .get()
            .await
            .map_err(|error| self.failed(&error))?;
        match timeout(COMMAND_TIMEOUT, command(connection)).await {
            Ok(Ok(value)) => {
                self.works();
                Ok(value)
            }
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(elapsed) => Err(self.failed(&elapsed)),
        }
    }

    fn refuse_while_paused(&self) -> Result<(), Unavailable> {
        let mut paused_until = self.paused_until();
        match *paused_until {
            Some(until) if Instant::now() < until => Err(Unavailable),
            Some(_) => {
                // Only this caller tries; the others go on without Redis until it knows more.
                *paused_until = Some(Instant::now() + PAUSE);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn works(&self) {
        if self.paused_until().take().is_some() {
            tracing::info!("redis.up");
        }
    }

    fn failed(&self, error: &dyn fmt::Display) -> Unavailable {
        metrics::counter!("redis_errors_total").increment(1);
        let before = self.paused_until().replace(Instant::now() + PAUSE);
        if before.is_none() {
            tracing::warn!(%error, "redis.down");
        }
        Unavailable
    }

    fn paused_until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0
            .paused_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// The next message; `None` once the connection is lost.
    pub async fn next(&mut self) -> Option<String> {
        let message = self.0.on_message().next().await?;
        // A payload that is not text is none of ours: it reads as an empty one.
        Some(message.get_payload().unwrap_or_default())
    }
}

impl fmt::Debug for RedisHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RedisHandle")
    }
}
