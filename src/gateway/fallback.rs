use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use utoipa::openapi::path::PathItem;

use super::surface::Surface;
use super::{documents, ui};
use crate::contracts::Context;
use crate::platform::problem::Problem;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The documented paths with their methods, to tell a wrong method from an unknown path.
pub(super) struct Routes(Vec<(ResourceDef, String)>);

impl Routes {
    /// The documented routes of these contexts.
    pub(super) fn of(contexts: &[Arc<dyn Context>]) -> Self {
        let mut methods: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        documents::visit(contexts, &mut |prefix, handler| {
            for (path, item) in documents::below(prefix, handler).paths {
                methods.entry(path).or_default().extend(allowed(&item));
            }
        });
        let to_pattern = |(path, mut methods): (String, Vec<&str>)| {
            methods.sort_by_key(|method| METHODS.iter().position(|known| known == method));
            (ResourceDef::new(path), methods.join(", "))
        };
        Self(methods.into_iter().map(to_pattern).collect())
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

fn allowed(item: &PathItem) -> impl Iterator<Item = &'static str> {
    let present = [
        item.get.is_some(),
        item.post.is_some(),
        item.put.is_some(),
        item.patch.is_some(),
        item.delete.is_some(),
        item.head.is_some(),
        item.options.is_some(),
    ];
    let named = METHODS.into_iter().zip(present);
    named.filter_map(|(name, is_present)| is_present.then_some(name))
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
