use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName};

/// Headers that belong to the connection, to proxies or to this client.
const NOT_FOR_CALLERS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "cf-connecting-ip",
    "upgrade",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];
const PREFIXES_NOT_FOR_CALLERS: &[&str] = &["proxy-", "x-forwarded-"];

/// Whether a caller may set this header.
pub(super) fn may_be_set(name: &HeaderName) -> bool {
    let name = name.as_str();
    !NOT_FOR_CALLERS.contains(&name)
        && !PREFIXES_NOT_FOR_CALLERS
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Takes out what only the first host may see.
pub(super) fn drop_credentials(headers: &mut HeaderMap) {
    let secret: Vec<HeaderName> = headers
        .iter()
        .filter(|(name, value)| is_credential(name) || value.is_sensitive())
        .map(|(name, _)| name.clone())
        .collect();
    for name in secret {
        headers.remove(name);
    }
}

/// Whether a header says who is calling.
pub(super) fn is_credential(name: &HeaderName) -> bool {
    *name == AUTHORIZATION || *name == COOKIE || name.as_str() == "x-api-key"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_and_forwarding_headers_are_not_for_callers() {
        for name in [
            "Host",
            "Connection",
            "Keep-Alive",
            "Proxy-Authorization",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Content-Length",
            "Forwarded",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Real-IP",
            "Expect",
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            assert!(!may_be_set(&name), "{name}");
        }
        for name in [
            "Authorization",
            "Accept",
            "Content-Type",
            "X-Api-Key",
            "User-Agent",
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            assert!(may_be_set(&name), "{name}");
        }
    }
}
