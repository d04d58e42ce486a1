use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::Failure;

/// The bytes of a request's body, whatever its content type; 413 in Airtable's form beyond the limit.
pub(super) struct Body(Bytes);

impl FromRequest for Body {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            let read = bytes
                .await
                .map_err(|error| match error.as_response_error().status_code() {
                    actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large(),
                    _ => Failure::unreadable_body(),
                });
            Ok(Self(read?))
        })
    }
}

impl Body {
    /// The body as it came.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON object in the body.
    pub(super) fn object(&self) -> Result<Object, Failure> {
        let value: Value =
            serde_json::from_slice(&self.0).map_err(|_| Failure::unreadable_body())?;
        match value {
            Value::Object(members) => Ok(Object(members)),
            _ => Err(Failure::invalid_request()),
        }
    }

    /// The body as a request type.
    pub(super) fn typed<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.0).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Failure::invalid_request(),
            _ => Failure::unreadable_body(),
        })
    }
}

/// A JSON object whose members are taken out one by one; what is left at the end is unknown.
pub(super) struct Object(pub(super) Map<String, Value>);

impl Object {
    /// A member; null counts as absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// A text member.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Failure::invalid_request()),
        }
    }

    /// A member that is true or false; false when absent.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Failure> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(Failure::invalid_request()),
        }
    }

    /// A whole number that is not negative.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<usize>, Failure> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number = value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(Failure::invalid_request)
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Failure> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        serde_json::from_value(value)
            .map(Some)
            .map_err(|_| Failure::invalid_request())
    }

    /// The members as a request type.
    pub(super) fn typed<T: DeserializeOwned>(self) -> Result<T, Failure> {
        serde_json::from_value(Value::Object(self.0)).map_err(|_| Failure::invalid_request())
    }

    /// Refuses members that nobody took.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(Failure::invalid_request()),
        }
    }
}
