/// What a request answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no answer; says nothing about addresses, since users see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The host is, or resolves to, an address that must not be called.
    #[error("this host may not be called")]
    BlockedTarget,
    /// The URL cannot be read, has no host, or carries a user name.
    #[error("the URL is not valid")]
    BadUrl,
    /// Neither https nor an allowed http host.
    #[error("this URL scheme may not be used")]
    SchemeNotAllowed,
    /// A port that is not on the list.
    #[error("this port may not be called")]
    PortNotAllowed,
    /// A header that callers may not set, or one that cannot be sent.
    #[error("this header may not be set")]
    HeaderNotAllowed,
    /// A redirect to somewhere else than allowed, or too many of them.
    #[error("the server redirects to where this request may not go")]
    RedirectRefused,
    /// No whole answer in time.
    #[error("the server took too long to answer")]
    Timeout,
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// The body of the request cannot be written as JSON.
    #[error("the request cannot be written")]
    BadBody,
    /// No connection, so that nothing was sent.
    #[error("the server cannot be reached")]
    ConnectFailed,
    /// The connection broke, with the request perhaps carried out.
    #[error("the server broke the connection")]
    Broken,
}

impl Error {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::BlockedTarget => "blocked_target",
            Self::BadUrl => "bad_url",
            Self::SchemeNotAllowed => "scheme_not_allowed",
            Self::PortNotAllowed => "port_not_allowed",
            Self::HeaderNotAllowed => "header_not_allowed",
            Self::RedirectRefused => "redirect_refused",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::BadBody => "bad_body",
            Self::ConnectFailed => "connect_failed",
            Self::Broken => "connection_broken",
        }
    }

    /// Whether the guard refused, rather than the network failing.
    pub fn is_refusal(self) -> bool {
        match self {
            Self::BlockedTarget
            | Self::BadUrl
            | Self::SchemeNotAllowed
            | Self::PortNotAllowed
            | Self::HeaderNotAllowed
            | Self::RedirectRefused => true,
            Self::Timeout | Self::TooLarge | Self::BadBody | Self::ConnectFailed | Self::Broken => {
                false
            }
        }
    }
}
