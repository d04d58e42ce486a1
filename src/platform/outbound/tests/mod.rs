mod corpus;
mod own;
mod policies;
mod server;
mod travel;

use std::time::Duration;

use super::own::Own;
use super::policy::{Networks, Policy, Reach};
use crate::platform::settings::Outbound;

const ALLOWED: Reach = Reach {
    networks: Networks::Allowed,
    is_own_port: false,
};
const NAMED_PRIVATE: Reach = Reach {
    networks: Networks::NamedPrivate,
    ..ALLOWED
};

/// The policy of an instance that owns nothing.
fn policy(settings: &Outbound) -> Policy {
    Policy::new(settings, Own::default())
}

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
