//! Problem documents (RFC 9457) with stable codes: the one shape of errors in our own API.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// An error as a client of `/api` sees it; the cause stays in the log.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

/// Boxed, so that a result with a problem in it stays small.
#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    next: Option<String>,
    errors: Vec<InvalidField>,
    retry_after: Option<u64>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The answers of an endpoint that are problem documents, by status with what they mean there.
pub fn problem_responses(meanings: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let response = |text: &str| {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .build();
        ResponseBuilder::new()
            .description(text)
            .content("application/problem+json", content)
            .build()
    };
    meanings
        .iter()
        .map(|(status, text)| ((*status).to_owned(), response(text).into()))
        .collect()
}

/// One invalid member of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvalidField {
    /// Path of the member, such as `password`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// The document sent with media type `application/problem+json`.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Name of the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in a few words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code for programs.
    pub code: String,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The members at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<InvalidField>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $title:literal;)*) => {
        impl Problem {
    /// 403: the caller proved their password too long ago for this.
    pub fn reauthentication_required() -> Self {
        let title = "Confirm your password first";
        Self::new(StatusCode::FORBIDDEN, "reauthentication_required", title)
            .detail("This needs a password proved in the last 10 minutes")
            .next("Send the password to POST /api/auth/reauthenticate, then repeat this")
    }

            $($(#[$doc])*
            pub fn $name() -> Self {
                Self::new(StatusCode::$status, $code, $title)
            })*
        }
    };
}

kinds! {
    /// 400: the request cannot be read.
    bad_request = BAD_REQUEST, "bad_request", "The request cannot be understood";
    /// 422: a member of the request is wrong.
    invalid = UNPROCESSABLE_ENTITY, "invalid_request", "Some values are not valid";
    /// 401: no valid credential.
    unauthenticated = UNAUTHORIZED, "unauthenticated", "Sign in first";
    /// 401: wrong e-mail or password.
    invalid_credentials = UNAUTHORIZED, "invalid_credentials", "E-mail or password is wrong";
    /// 403: not with these rights.
    forbidden = FORBIDDEN, "forbidden", "You may not do this";
    /// 404: unknown, or hidden from this caller.
    not_found = NOT_FOUND, "not_found", "There is no such thing here";
    /// 409: it is already there, or changed meanwhile.
    conflict = CONFLICT, "conflict", "This conflicts with what is already there";
    /// 413: larger than allowed.
    too_large = PAYLOAD_TOO_LARGE, "too_large", "The request is too large";
    /// 415: not a media type of this endpoint.
    unsupported_media_type = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "This media type is not accepted here";
    /// 429: slow down.
    too_many_requests = TOO_MANY_REQUESTS, "too_many_requests", "Too many requests";
    /// 503: try again.
    unavailable = SERVICE_UNAVAILABLE, "unavailable", "The server cannot do this right now";
    /// 500: a failure of ours.
    internal = INTERNAL_SERVER_ERROR, "internal", "The server failed to finish the request";
}

impl Problem {
    /// A problem of a kind that only one context knows.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            title,
            detail: None,
            next: None,
            errors: Vec::new(),
            retry_after: None,
            cause: None,
        }))
    }

    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Says what to do now.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.0.next = Some(next.into());
        self
    }

    /// Names a member at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.errors.push(InvalidField {
            field: field.into(),
            message: message.into(),
        });
        self
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    fn document(&self) -> ProblemDocument {
        ProblemDocument {
            kind: format!("urn:pyairtable:problem:{}", self.0.code),
            title: self.0.title.to_owned(),
            status: self.0.status.as_u16(),
            code: self.0.code.to_owned(),
            detail: self.0.detail.clone(),
            next: self.0.next.clone(),
            errors: self.0.errors.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.0.code, self.0.title)?;
        if let Some(cause) = &self.0.cause {
            let mut source: Option<&dyn std::error::Error> = Some(&**cause);
            while let Some(error) = source {
                write!(formatter, ": {error}")?;
                source = error.source();
            }
        }
        Ok(())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        if self.0.status.is_server_error() {
            tracing::error!(code = self.0.code, error = %self, "request.failed");
        }
        let mut response = HttpResponse::build(self.0.status);
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        let body = serde_json::to_vec(&self.document()).unwrap_or_default();
        response.content_type("application/problem+json").body(body)
    }
}

impl From<sea_orm::DbErr> for Problem {
    fn from(error: sea_orm::DbErr) -> Self {
        match error {
            sea_orm::DbErr::ConnectionAcquire(_) | sea_orm::DbErr::Conn(_) => Self::unavailable()
                .next("Try again in a few seconds")
                .retry_after(2)
                .cause(error),
            other => Self::internal().cause(other),
        }
    }
}
