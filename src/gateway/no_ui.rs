use actix_web::{HttpRequest, HttpResponse};

/// Nothing: this binary was built without the web UI.
pub(super) fn answer(_: &HttpRequest) -> Option<HttpResponse> {
    None
}
