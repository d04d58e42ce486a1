mod corpus;
mod policies;
mod server;
mod travel;

use std::time::Duration;

use crate::platform::settings::Outbound;

/// The defaults with short times.
fn settings() -> Outbound {
    Outbound {
        allow_private: Vec::new(),
        allow_http: Vec::new(),
        ports: vec![443, 80, 8443],
        connect_timeout: Duration::from_millis(500),
        total_timeout: Duration::from_secs(3),
        max_body: 16 * 1024,
    }
}

/// The same with one private network allowed.
fn settings_with_private(net: &str) -> Outbound {
    Outbound {
        allow_private: vec![net.parse().expect("a network")],
        ..settings()
    }
}
