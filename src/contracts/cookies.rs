//! Names of the session cookies: set by identity, read by the gateway.

/// Name of the cookie with the access token, without its prefix.
pub const ACCESS: &str = "pyairtable_access";
/// Name of the cookie with the refresh token, without its prefix.
pub const REFRESH: &str = "pyairtable_refresh";
/// Path of the refresh cookie.
pub const REFRESH_PATH: &str = "/api/auth";
/// Header that a browser's script sends with every change, and a foreign form cannot.
pub const GUARD_HEADER: &str = "X-PyAirtable";

/// The access cookie's full name: bound to this host (`__Host-`) where the public URL is https.
pub fn access_name(https: bool) -> &'static str {
    if https {
        "__Host-pyairtable_access"
    } else {
        ACCESS
    }
}

/// The refresh cookie's full name; its path rules out `__Host-`, so it is `__Secure-` where the public URL is https.
pub fn refresh_name(https: bool) -> &'static str {
    if https {
        "__Secure-pyairtable_refresh"
    } else {
        REFRESH
    }
}
