use std::sync::Arc;

use async_trait::async_trait;

use super::{Inbox, Link, Lost};
use crate::platform::redis::{RedisHandle, Subscription};

const CHANNEL: &str = "signals";

/// The link over Redis pub/sub.
pub(super) fn link(redis: RedisHandle) -> Arc<dyn Link> {
    Arc::new(redis)
}

#[async_trait]
impl Link for RedisHandle {
    async fn send(&self, payload: &str) -> Result<(), Lost> {
        self.publish(CHANNEL, payload).await.map_err(|_| Lost)
    }

    async fn open(&self) -> Result<Box<dyn Inbox>, Lost> {
        let subscription = self.subscribe(CHANNEL).await.map_err(|_| Lost)?;
        Ok(Box::new(subscription))
    }
}

#[async_trait]
impl Inbox for Subscription {
    async fn next(&mut self) -> Result<String, Lost> {
        Self::next(self).await.ok_or(Lost)
    }
}
