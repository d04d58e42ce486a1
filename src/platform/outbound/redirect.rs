use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use url::Url;

use super::error::{Error, Result};
use super::headers::drop_credentials;
use super::request::Hop;

/// Turns a hop into the one its redirect asks for; false when the answer is no redirect.
pub(super) fn apply(hop: &mut Hop, status: StatusCode, answer: &HeaderMap) -> Result<bool> {
    let Some(target) = target(&hop.url, status, answer)? else {
        return Ok(false);
    };
    if hop.url.scheme() == "https" && target.scheme() != "https" {
        return Err(Error::RedirectRefused);
    }
    if becomes_get(status, &hop.method) {
        hop.method = Method::GET;
        hop.body = None;
        hop.headers.remove(CONTENT_TYPE);
        hop.headers.remove(CONTENT_ENCODING);
    }
    if target.host() != hop.url.host() && hop.body.is_some() {
        // A body may hold what only the first host was meant to read.
        return Err(Error::RedirectRefused);
    }
    if target.origin() != hop.url.origin() {
        drop_credentials(&mut hop.headers);
    }
    hop.url = target;
    Ok(true)
}

fn target(from: &Url, status: StatusCode, answer: &HeaderMap) -> Result<Option<Url>> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.get(LOCATION) else {
        return Ok(None);
    };
    let location = location.to_str().map_err(|_| Error::RedirectRefused)?;
    from.join(location)
        .map(Some)
        .map_err(|_| Error::RedirectRefused)
}

fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        303 => *method != Method::HEAD,
        301 | 302 => *method == Method::POST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{AUTHORIZATION, COOKIE, HeaderValue};

    use super::*;

    fn hop(url: &str) -> Hop {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        headers.insert(COOKIE, HeaderValue::from_static("a=b"));
        headers.insert("x-api-key", HeaderValue::from_static("k"));
        headers.insert("accept", HeaderValue::from_static("*/*"));
        Hop {
            method: Method::GET,
            url: url.parse().expect("a URL"),
            headers,
            body: None,
        }
    }

    fn answer(location: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(location))])
    }

    #[test]
    fn credentials_stay_only_with_scheme_host_and_port() {
        for (location, wanted) in [
            ("/next", 4),
            ("https://a.example/other", 4),
            ("https://a.example:443/other", 4),
            ("https://a.example:8443/", 1),
            ("https://b.example/", 1),
            ("https://sub.a.example/", 1),
            ("//b.example/", 1),
        ] {
            let mut hop = hop("https://a.example/");
            let moved = apply(&mut hop, StatusCode::FOUND, &answer(location));
            assert_eq!(moved, Ok(true), "{location}");
            assert_eq!(hop.headers.len(), wanted, "{location}");
        }
        let mut hop = hop("http://a.example/");
        assert_eq!(
            apply(&mut hop, StatusCode::FOUND, &answer("https://a.example/")),
            Ok(true)
        );
        assert_eq!(hop.headers.len(), 1);
    }

    #[test]
    fn https_never_becomes_anything_else() {
        for location in [
            "http://a.example/",
            "ftp://a.example/",
            "file:///etc/passwd",
            "http://",
        ] {
            let mut hop = hop("https://a.example/");
            let moved = apply(&mut hop, StatusCode::FOUND, &answer(location));
            assert_eq!(moved, Err(Error::RedirectRefused), "{location}");
        }
    }

    #[test]
    fn bodies_go_to_the_first_host_only() {
        for (status, location, wanted) in [
            (307, "/next", Ok(true)),
            (308, "https://b.example/", Err(Error::RedirectRefused)),
            (303, "https://b.example/", Ok(true)),
            (302, "https://b.example/", Ok(true)),
            (200, "https://b.example/", Ok(false)),
            (304, "https://b.example/", Ok(false)),
        ] {
            let mut hop = hop("https://a.example/");
            hop.method = Method::POST;
            hop.body = Some("secret".into());
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(
                apply(&mut hop, status, &answer(location)),
                wanted,
                "{status} {location}"
            );
        }
    }
}
