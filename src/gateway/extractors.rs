use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::web::{JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig};

use crate::platform::problem::Problem;

/// Makes every extractor's failure a problem document and limits what they read.
pub(super) fn configure(config: &mut ServiceConfig, body_limit: usize) {
    config
        .app_data(
            JsonConfig::default()
                .limit(body_limit)
                .error_handler(|error, _| json(error).into()),
        )
        .app_data(PathConfig::default().error_handler(|error, _| path(&error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| query(&error).into()))
        .app_data(PayloadConfig::new(body_limit));
}

fn json(error: JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            too_large()
        }
        JsonPayloadError::ContentType => {
            Problem::unsupported_media_type().next("Send JSON with Content-Type: application/json")
        }
        JsonPayloadError::Payload(PayloadError::Overflow) => too_large(),
        // A value of the wrong kind is invalid, a text that is no JSON cannot be understood.
        JsonPayloadError::Deserialize(error) if error.is_data() => Problem::invalid()
            .detail(error.to_string())
            .next("Compare the body with /api/docs"),
        JsonPayloadError::Deserialize(error) => Problem::bad_request()
            .detail(error.to_string())
            .next("Send a well-formed JSON body"),
        other => Problem::bad_request().detail(other.to_string()),
    }
}

fn too_large() -> Problem {
    Problem::too_large().next("Send less at once; server.body_limit sets the limit")
}

/// A path segment that is no id of ours names nothing.
fn path(error: &PathError) -> Problem {
    Problem::not_found().detail(error.to_string())
}

fn query(error: &QueryPayloadError) -> Problem {
    Problem::invalid()
        .detail(error.to_string())
        .next("Compare the query with /api/docs")
}
