//! Redis where it is configured: short timeouts, and a pause after a failure so that a dead server costs nothing.

#[cfg(not(feature = "redis"))]
mod off;
#[cfg(feature = "redis")]
mod on;

#[cfg(not(feature = "redis"))]
pub use off::{RedisHandle, Script, Subscription, connect};
#[cfg(feature = "redis")]
pub use on::{RedisHandle, Script, Subscription, connect};

/// `redis.url` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is not one of Redis; it is not repeated because it may hold a password.
    #[error("redis.url must look like redis://host:6379/0 or rediss://…")]
    BadUrl,
    /// A URL is set, but this binary was built without Redis.
    #[error("this binary was built without the feature redis")]
    NotBuilt,
}

/// Redis did not answer, or answered with an error; the caller goes on without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Redis is unavailable")]
pub struct Unavailable;

/// What a script returns: strings, `None` where Lua returned `false`.
pub type Reply = Vec<Option<Vec<u8>>>;
