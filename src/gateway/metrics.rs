use std::cell::RefCell;
use std::collections::HashMap;

use actix_web::http::Method;
use metrics::{Counter, Histogram};

/// Handles of the request metrics by route, so that counting one request allocates nothing new.
#[derive(Default)]
pub(super) struct RequestMetrics(RefCell<HashMap<String, Vec<Series>>>);

struct Series {
    method: &'static str,
    class: &'static str,
    total: Counter,
    seconds: Histogram,
}

impl RequestMetrics {
    /// Counts one finished request under its route's template.
    pub(super) fn record(&self, method: &Method, route: &str, status: u16, seconds: f64) {
        let (method, class) = (method_label(method), class_label(status));
        let mut routes = self.0.borrow_mut();
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Vec::new());
        }
        let Some(series) = routes.get_mut(route) else {
            return;
        };
        let known = series
            .iter()
            .position(|one| one.method == method && one.class == class);
        let index = known.unwrap_or_else(|| {
            series.push(Series::new(method, route, class));
            series.len() - 1
        });
        series[index].total.increment(1);
        series[index].seconds.record(seconds);
    }
}

impl Series {
    fn new(method: &'static str, route: &str, class: &'static str) -> Self {
        let route = route.to_owned();
        Self {
            method,
            class,
            total: metrics::counter!("api_requests_total", "method" => method, "route" => route.clone(), "status_class" => class),
            seconds: metrics::histogram!("request_duration_seconds", "method" => method, "route" => route),
        }
    }
}

/// A fixed set of names, so that clients cannot invent new series.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

fn class_label(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
