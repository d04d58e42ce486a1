use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::{FromRequest, HttpRequest};

use crate::contracts::cookies::GUARD_HEADER;
use crate::identity::error::Error;
use crate::platform::problem::Problem;

const FETCH_SITE: &str = "sec-fetch-site";

/// Proof that no other site's page made the request; programs, which send none of a browser's headers, pass.
pub(super) struct OwnSite {
    /// Whether a browser asks: it gets cookies alone.
    pub(super) is_browser: bool,
}

impl FromRequest for OwnSite {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check(request).map_err(Problem::from))
    }
}

/// As [`OwnSite`], and with the header that only a script of our own can set: for requests that a cookie alone carries.
pub(super) struct GuardedSite(pub(super) OwnSite);

impl FromRequest for GuardedSite {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check_guarded(request).map_err(Problem::from))
    }
}

fn check(request: &HttpRequest) -> Result<OwnSite, Error> {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    if let Some(site) = header(FETCH_SITE) {
        return match site {
            "same-origin" | "none" => Ok(OwnSite { is_browser: true }),
            _ => Err(Error::CrossSite),
        };
    }
    let Some(origin) = header(ORIGIN.as_str()) else {
        return Ok(OwnSite { is_browser: false });
    };
    let own_host = header(HOST.as_str()).or(request.uri().host());
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    match own_host.is_some() && origin_host == own_host {
        true => Ok(OwnSite { is_browser: true }),
        false => Err(Error::CrossSite),
    }
}

fn check_guarded(request: &HttpRequest) -> Result<GuardedSite, Error> {
    let site = check(request)?;
    if site.is_browser && !request.headers().contains_key(GUARD_HEADER) {
        return Err(Error::CrossSite);
    }
    Ok(GuardedSite(site))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn verdict(headers: &[(&'static str, &'static str)]) -> (bool, bool) {
        let mut request = TestRequest::post();
        for header in headers {
            request = request.insert_header(*header);
        }
        let request = request.to_http_request();
        (check(&request).is_ok(), check_guarded(&request).is_ok())
    }

    #[test]
    fn other_sites_are_refused_and_browsers_need_the_guard_header() {
        let guard = ("x-pyairtable", "1");
        assert_eq!(verdict(&[]), (true, true));
        assert_eq!(verdict(&[("sec-fetch-site", "same-origin")]), (true, false));
        assert_eq!(
            verdict(&[("sec-fetch-site", "same-origin"), guard]),
            (true, true)
        );
        for site in ["cross-site", "same-site", "nonsense"] {
            assert_eq!(verdict(&[("sec-fetch-site", site), guard]), (false, false));
        }
        let host = ("host", "base.example:8080");
        assert_eq!(
            verdict(&[host, ("origin", "http://base.example:8080"), guard]),
            (true, true)
        );
        assert_eq!(
            verdict(&[host, ("origin", "http://evil.example"), guard]),
            (false, false)
        );
        assert_eq!(verdict(&[host, ("origin", "null"), guard]), (false, false));
    }
}
