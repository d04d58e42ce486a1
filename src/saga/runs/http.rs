use std::time::Duration;

use serde_json::{Map, Value, json};

use super::handler::SagaRuns;
use crate::platform::durable::{Fault, Settled, StepError, Undone};
use crate::platform::outbound::{Error, Method, Response, StatusCode};
use crate::saga::definition::Http;

const KEY: &str = "Idempotency-Key";
/// A text in an answer that is no JSON is kept up to here.
const LONGEST_TEXT: usize = 64 << 10;
/// How long a receiver has no room that does not say so; it is how long Airtable has none.
const BUSY: Duration = Duration::from_secs(30);

impl SagaRuns {
    pub(super) async fn request(
        &self,
        http: &Http,
        arguments: &Map<String, Value>,
        key: &str,
    ) -> Result<Value, StepError> {
        let is_read = http.method == "GET";
        let response = self.send(http, arguments, key).await;
        let response = response.map_err(|error| failed(error, is_read))?;
        match http.verify {
            Some(_) => suspect(&response)?,
            None if http.deduplicates => suspect_body(&response)?,
            None => {}
        }
        let is_sure = is_read || http.deduplicates;
        sort(&response, is_sure)
    }

    /// What is gone already counts as taken back.
    pub(super) async fn request_undo(
        &self,
        http: &Http,
        arguments: &Map<String, Value>,
        key: &str,
    ) -> Result<Undone, StepError> {
        if http.verify.is_some() {
            match self.look_at_receiver(http).await? {
                Settled::Happened(_) => return Ok(Undone::Restored),
                Settled::Unclear(fault) => return Ok(Undone::Conflict(fault)),
                Settled::NotHappened => {}
            }
        }
        let response = self.send(http, arguments, key).await;
        let response = response.map_err(|error| failed(error, true))?;
        if matches!(response.status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(Undone::Restored);
        }
        sort(&response, true).map(|_| Undone::Restored)
    }

    async fn send(
        &self,
        http: &Http,
        arguments: &Map<String, Value>,
        key: &str,
    ) -> Result<Response, Error> {
        let method = match http.method.as_str() {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        };
        let has_body = method != Method::GET && !arguments.is_empty();
        let client = &self.saga.platform.http;
        let mut request = client.request(method, &http.url).header(KEY, key);
        for (name, value) in &http.headers {
            request = request.header(name, value);
        }
        if has_body {
            request = request.json(arguments);
        }
        request.send().await
    }
}

pub(super) fn failed(error: Error, is_read: bool) -> StepError {
    let fault = Fault::new(error.code(), error.to_string());
    match error {
        _ if error.is_refusal() => StepError::Permanent(fault),
        Error::BadBody => StepError::Permanent(fault),
        _ if is_read => StepError::Transient {
            fault,
            retry_after: None,
        },
        _ => StepError::Unknown(fault),
    }
}

/// A receiver that can be read is read, whenever its answer is not a plain yes or no.
fn suspect(response: &Response) -> Result<(), StepError> {
    let status = response.status;
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        let message = format!("The other side answered {}", status.as_u16());
        return Err(StepError::Unknown(Fault::new("http_status", message)));
    }
    suspect_body(response)
}

/// An answer that calls itself JSON and is none was not received whole.
fn suspect_body(response: &Response) -> Result<(), StepError> {
    let kind = response.headers.get("content-type");
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let is_cut = !response.body.is_empty() && response.json::<Value>().is_err();
    if response.status.is_success() && is_json && is_cut {
        let fault = Fault::new(
            "answer_malformed",
            "The answer is not the JSON that it calls itself",
        );
        return Err(StepError::Unknown(fault));
    }
    Ok(())
}

pub(super) fn sort(response: &Response, is_sure: bool) -> Result<Value, StepError> {
    let status = response.status.as_u16();
    if response.status.is_success() {
        return Ok(json!({"status": status, "body": body(response)}));
    }
    let fault = Fault::new("http_status", format!("The other side answered {status}"));
    Err(match status {
        // Nothing was tried, so it is no attempt.
        429 => StepError::Busy {
            retry_after: retry_after(response).unwrap_or(BUSY),
        },
        // Refused before it was looked at.
        425 => StepError::Transient {
            fault,
            retry_after: retry_after(response),
        },
        408 | 500 | 502 | 503 | 504 if is_sure => StepError::Transient {
            fault,
            retry_after: retry_after(response),
        },
        // It may have been done before the answer went wrong: a proxy in between says so of what it has passed on.
        408 | 500..=599 if !is_sure => StepError::Unknown(fault),
        _ => StepError::Permanent(fault),
    })
}

fn retry_after(response: &Response) -> Option<Duration> {
    let header = response.headers.get("retry-after")?;
    let seconds: u64 = header.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(86_400)))
}

fn body(response: &Response) -> Value {
    response.json().unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(&response.body);
        Value::String(text.chars().take(LONGEST_TEXT).collect())
    })
}
