//! Hints between tasks and instances: lost ones cost latency, never correctness.

use tokio::sync::broadcast;

/// A hint that something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Dotted name of what changed, such as `base.changed`.
    pub topic: String,
    /// Which one, such as `ten…/app…`.
    pub key: String,
}

/// Sends hints to every listener in this process and, over the transport, to the other instances.
#[derive(Clone)]
pub struct Signals {
    local: broadcast::Sender<Signal>,
    outgoing: broadcast::Sender<Signal>,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            local: broadcast::channel(1024).0,
            outgoing: broadcast::channel(1024).0,
        }
    }
}

impl Signals {
    /// Tells every listener here and elsewhere.
    pub fn publish(&self, topic: impl Into<String>, key: impl Into<String>) {
        let signal = Signal {
            topic: topic.into(),
            key: key.into(),
        };
        // A send fails only when nobody listens.
        let _ = self.outgoing.send(signal.clone());
        let _ = self.local.send(signal);
    }

    /// Every hint from here and elsewhere, from now on; a lagging listener must look at the database.
    pub fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.local.subscribe()
    }

    /// What the transport to the other instances has to carry.
    pub fn outgoing(&self) -> broadcast::Receiver<Signal> {
        self.outgoing.subscribe()
    }

    /// Hands in a hint that arrived from another instance.
    pub fn deliver(&self, signal: Signal) {
        let _ = self.local.send(signal);
    }
}
