use actix_web::dev::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use utoipa::openapi::path::PathItem;
use utoipa::openapi::{OpenApi, Paths};

use super::surface::Surface;
use super::ui;
use crate::platform::problem::Problem;

/// The documented paths with their methods, to tell a wrong method from an unknown path.
pub(super) struct Routes(Vec<(ResourceDef, String)>);

impl Routes {
    /// The routes of the document.
    pub(super) fn of(document: &OpenApi) -> Self {
        let Paths { paths, .. } = &document.paths;
        Self(
            paths
                .iter()
                .map(|(path, item)| (ResourceDef::new(path.as_str()), allowed(item)))
                .collect(),
        )
    }

    fn methods(&self, path: &str) -> Option<&str> {
        let pinned = path
            .strip_prefix("/api/v1/")
            .map(|rest| format!("/api/{rest}"));
        let path = pinned.as_deref().unwrap_or(path);
        let found = self.0.iter().find(|(pattern, _)| pattern.is_match(path));
        found.map(|(_, methods)| methods.as_str())
    }
}

fn allowed(item: &PathItem) -> String {
    let named = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
        ("HEAD", &item.head),
        ("OPTIONS", &item.options),
    ];
    let present = named
        .into_iter()
        .filter(|(_, operation)| operation.is_some());
    present.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

/// Answers whatever no route took.
pub(super) async fn answer(request: HttpRequest, routes: web::Data<Routes>) -> HttpResponse {
    let path = request.match_info().as_str();
    let surface = Surface::of(path);
    if surface == Surface::Ui
        && let Some(response) = ui::answer(&request)
    {
        return response;
    }
    let methods = routes.methods(path);
    if surface == Surface::Airtable {
        return airtable_not_found();
    }
    match methods {
        Some(methods) => wrong_method(request.method(), methods),
        None => Problem::not_found()
            .detail(format!("{} is no path of this server", request.path()))
            .next("See /api/docs for every path")
            .error_response(),
    }
}

fn airtable_not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .content_type("application/json")
        .body(r#"{"error":"NOT_FOUND"}"#)
}

fn wrong_method(method: &Method, allowed: &str) -> HttpResponse {
    let title = "This method is not allowed here";
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", title)
        .detail(format!("{method} is not among {allowed}"))
        .next(format!("Use one of: {allowed}"));
    let mut response = problem.error_response();
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
