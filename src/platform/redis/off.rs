use std::convert::Infallible;
use std::time::Duration;

use super::{ConnectError, Reply, Unavailable};
use crate::platform::settings;

/// Never exists in a binary built without Redis.
#[derive(Clone, Debug)]
pub struct RedisHandle(Infallible);

/// A Lua script that nothing runs.
#[derive(Clone, Debug)]
pub struct Script;

/// Never exists in a binary built without Redis.
#[derive(Debug)]
pub struct Subscription(Infallible);

/// Refuses a configured Redis, which this binary cannot use.
pub fn connect(settings: &settings::Redis) -> Result<Option<RedisHandle>, ConnectError> {
    settings
        .url
        .as_ref()
        .map_or(Ok(None), |_| Err(ConnectError::NotBuilt))
}

impl Script {
    /// Takes a script and forgets it.
    pub fn new(_code: &'static str) -> Self {
        Self
    }
}

impl RedisHandle {
    /// Cannot be called.
    pub async fn ping(&self) -> Result<Duration, Unavailable> {
        match self.0 {}
    }

    /// Cannot be called.
    pub async fn eval(
        &self,
        _script: &Script,
        _keys: &[&str],
        _args: &[&[u8]],
    ) -> Result<Reply, Unavailable> {
        match self.0 {}
    }

    /// Cannot be called.
    pub async fn publish(&self, _channel: &str, _payload: &str) -> Result<(), Unavailable> {
        match self.0 {}
    }

    /// Cannot be called.
    pub async fn subscribe(&self, _channel: &str) -> Result<Subscription, Unavailable> {
        match self.0 {}
    }
}

impl Subscription {
    /// Cannot be called.
    pub async fn next(&mut self) -> Option<String> {
        match self.0 {}
    }
}
