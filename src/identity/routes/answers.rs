use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use crate::platform::problem::problem_responses;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = [$(($status:literal, $text:literal)),*];)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problem_responses(&[$(($status, $text)),*])
            }
        }
    )*};
}

refusals! {
    /// What every route may answer.
    Failures = [
        ("429", "Too many requests"),
        ("500", "A failure of ours"),
        ("503", "The server cannot do this right now")
    ];
    /// What a body may be refused for.
    BodyRefusals = [
        ("400", "The body is no JSON"),
        ("413", "The body is too large"),
        ("415", "The body is not declared as JSON"),
        ("422", "A value is not valid")
    ];
    /// What a caller may be refused for.
    CallerRefusals = [
        ("401", "No valid credential"),
        ("403", "Not with this role or credential")
    ];
    /// Nothing by this id, or not for this caller.
    Unknown = [("404", "Unknown, or hidden from this caller")];
    /// It collides with what is there.
    Conflicts = [("409", "Conflicts with what is already there")];
    /// A one-time link or an e-mail and password are not accepted.
    SignInRefusals = [
        ("401", "E-mail or password is wrong"),
        ("403", "The link is not valid, or the request comes from another site")
    ];
}
