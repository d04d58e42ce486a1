use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use url::Url;

use super::client::Client;
use super::error::{Error, Result};
use super::headers::may_be_set;
use super::response::Response;
use super::streamed::Streamed;

const MOST_REDIRECTS: u8 = 3;

/// One request being put together; what is wrong with it is said when it is sent.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    client: Client,
    hop: Result<Hop>,
    follow: u8,
}

/// What goes to one server on the way.
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

impl Request {
    pub(super) fn new(client: Client, method: Method, url: &str) -> Self {
        let hop = Url::parse(url)
            .map(|url| Hop {
                method,
                url,
                headers: HeaderMap::new(),
                body: None,
            })
            .map_err(|_| Error::BadUrl);
        Self {
            client,
            hop,
            follow: 0,
        }
    }

    /// Sets a header; those of the connection and of proxies are refused.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.with(|hop| {
            let name = HeaderName::from_bytes(name.as_ref().as_bytes());
            let name = name
                .ok()
                .filter(may_be_set)
                .ok_or(Error::HeaderNotAllowed)?;
            let value = HeaderValue::from_str(value.as_ref());
            hop.headers
                .insert(name, value.map_err(|_| Error::HeaderNotAllowed)?);
            Ok(())
        })
    }

    /// Sets `Authorization` to a bearer token, which no log prints and no other host gets.
    pub fn bearer(self, token: &str) -> Self {
        self.with(|hop| {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value = value.map_err(|_| Error::HeaderNotAllowed)?;
            value.set_sensitive(true);
            hop.headers.insert(reqwest::header::AUTHORIZATION, value);
            Ok(())
        })
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        self.with(|hop| {
            hop.body = Some(body.into());
            Ok(())
        })
    }

    /// Sets a JSON body and its content type.
    pub fn json(self, value: &impl Serialize) -> Self {
        self.with(|hop| {
            let body = serde_json::to_vec(value).map_err(|_| Error::BadBody)?;
            hop.headers
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            hop.body = Some(body.into());
            Ok(())
        })
    }

    /// Follows up to so many redirects, three at most; without this a redirect is the answer.
    pub fn follow(mut self, redirects: u8) -> Self {
        self.follow = redirects.min(MOST_REDIRECTS);
        self
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Result<Response> {
        self.client.send(self.hop, self.follow).await
    }

    /// Sends it and answers the head, with a body of so many bytes at most that is read as it comes.
    pub async fn open(self, most: u64) -> Result<Streamed> {
        self.client.open(self.hop, self.follow, most).await
    }

    fn with(mut self, change: impl FnOnce(&mut Hop) -> Result<()>) -> Self {
        self.hop = self.hop.and_then(|mut hop| change(&mut hop).map(|()| hop));
        self
    }
}
