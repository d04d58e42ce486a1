use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::time::timeout;

use super::error::{Error, Result};

/// An answer whose body has not been read yet.
#[derive(Debug)]
pub struct Streamed {
    response: reqwest::Response,
    left: u64,
    /// The longest silence between two chunks.
    patience: Duration,
}

impl Streamed {
    pub(super) fn new(response: reqwest::Response, most: u64, patience: Duration) -> Result<Self> {
        if response
            .content_length()
            .is_some_and(|length| length > most)
        {
            return Err(Error::TooLarge);
        }
        Ok(Self {
            response,
            left: most,
            patience,
        })
    }

    /// The status; also those above 399 are answers, not errors.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next bytes of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = timeout(self.patience, self.response.chunk()).await;
        let chunk = chunk.map_err(|_| Error::Timeout)?;
        let Some(chunk) = chunk.map_err(super::client::sort)? else {
            return Ok(None);
        };
        let left = self.left.checked_sub(chunk.len() as u64);
        self.left = left.ok_or(Error::TooLarge)?;
        Ok(Some(chunk))
    }
}
