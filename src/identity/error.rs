use actix_web::http::StatusCode;
use sea_orm::DbErr;

use crate::contracts::{AuthError, Denied};
use crate::platform::problem::Problem;

/// Why identity refuses or fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown, wrong and disabled alike.
    #[error("e-mail or password is wrong")]
    InvalidCredentials,
    /// The session is over.
    #[error("the session is not valid")]
    SessionEnded,
    /// The password was proved too long ago for this.
    #[error("the sign-in is too long ago")]
    ReauthenticationRequired,
    /// Too many password checks.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The password is refused by the rules.
    #[error("the password is too weak: {0}")]
    WeakPassword(&'static str),
    /// The one-time link is unknown, used or too old.
    #[error("the link is not valid")]
    InvalidLink,
    /// The instance already has people.
    #[error("the instance is set up")]
    AlreadySetUp,
    /// A browser page of another site asks.
    #[error("the request comes from another site")]
    CrossSite,
    /// Unknown, or hidden from this caller.
    #[error("not found")]
    NotFound,
    /// The caller's rights do not suffice.
    #[error("denied: {0:?}")]
    Denied(Denied),
    /// It collides with what is there.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A value is not acceptable.
    #[error("{field}: {message}")]
    Invalid {
        /// The member at fault.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The database failed.
    #[error("failed to use the database")]
    Database(#[from] DbErr),
    /// Something failed that must not.
    #[error("failed inside identity")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(crate) fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            other => Self::Denied(other),
        }
    }
}

impl From<Error> for AuthError {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(_) | Error::Internal(_) => Self::Unavailable(Box::new(error)),
            Error::TooManyAttempts { retry_after } => Self::TooMany { retry_after },
            _ => Self::Invalid,
        }
    }
}

/// The one table from error to code, status and words.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCredentials => Self::invalid_credentials()
                .next("Check both, or ask an administrator for a new link"),
            Error::SessionEnded => Self::unauthenticated().next("Sign in again"),
            Error::ReauthenticationRequired => Self::reauthentication_required(),
            Error::TooManyAttempts { retry_after } => {
                let title = "Too many attempts";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", title)
                    .next("Wait a little before the next try")
                    .retry_after(retry_after)
            }
            Error::WeakPassword(reason) => {
                let title = "This password is too easy to guess";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", title)
                    .next("Choose another password")
                    .field("password", reason)
            }
            Error::InvalidLink => Self::new(
                StatusCode::FORBIDDEN,
                "invalid_link",
                "This link is not valid any more",
            )
            .next("Ask for a new link"),
            Error::AlreadySetUp => Self::new(
                StatusCode::CONFLICT,
                "already_set_up",
                "This instance is already set up",
            )
            .next("Sign in instead"),
            Error::CrossSite => Self::new(
                StatusCode::FORBIDDEN,
                "cross_site",
                "Requests of other sites are refused",
            )
            .next("Use this server's own pages, with the header X-PyAirtable: 1"),
            Error::NotFound => Self::not_found(),
            Error::Denied(denied) => denied_problem(denied),
            Error::Conflict(detail) => Self::conflict().detail(detail),
            Error::Invalid { field, message } => Self::invalid().field(field, message),
            Error::Database(error) => Self::from(error),
            Error::Internal(source) => Self::internal().cause(source),
        }
    }
}

fn denied_problem(denied: Denied) -> Problem {
    match denied {
        Denied::Hidden => Problem::not_found(),
        Denied::Role(role) => {
            Problem::forbidden().detail(format!("This needs the role {}", role.as_str()))
        }
        Denied::Scope(scope) => Problem::new(
            StatusCode::FORBIDDEN,
            "scope_missing",
            "The API key may not do this",
        )
        .next(format!("Use a key with the scope {}", scope.as_str())),
        Denied::SessionOnly => Problem::new(
            StatusCode::FORBIDDEN,
            "session_only",
            "Only a signed-in person may do this",
        )
        .next("Sign in; API keys may not do this"),
    }
}
