use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::error::{Error, Result};

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status; also those above 399 are answers, not errors.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body after decompression.
    pub body: Bytes,
}

impl Response {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> std::result::Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Reads the body up to the cap, which counts decompressed bytes.
    pub(super) async fn read(mut response: reqwest::Response, max_body: usize) -> Result<Self> {
        let announced = response
            .content_length()
            .and_then(|length| usize::try_from(length).ok());
        if announced.is_some_and(|length| length > max_body) {
            return Err(Error::TooLarge);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(super::client::sort)? {
            if body.len() + chunk.len() > max_body {
                return Err(Error::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(Self {
            status: response.status(),
            headers,
            body: body.freeze(),
        })
    }
}
