use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::broadcast::{self, Receiver, Sender};

use super::*;
use crate::platform::signals::Signal;
use crate::platform::tasks::Supervisor;

/// A line inside the process that can be cut.
struct Wire {
    line: Sender<String>,
    is_down: AtomicBool,
}

#[async_trait]
impl Link for Wire {
    async fn send(&self, payload: &str) -> Result<(), Lost> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Lost);
        }
        self.line
            .send(payload.to_owned())
            .map(drop)
            .map_err(|_| Lost)
    }

    async fn open(&self) -> Result<Box<dyn Inbox>, Lost> {
        Ok(Box::new(self.line.subscribe()))
    }
}

#[async_trait]
impl Inbox for Receiver<String> {
    async fn next(&mut self) -> Result<String, Lost> {
        self.recv().await.map_err(|_| Lost)
    }
}

fn instance(link: &Arc<Wire>, supervisor: &Supervisor) -> (Signals, Receiver<Signal>) {
    let signals = Signals::default();
    let heard = signals.subscribe();
    for worker in carry(Arc::<Wire>::clone(link), BootId::fresh(), &signals) {
        supervisor.run(worker);
    }
    (signals, heard)
}

async fn next(heard: &mut Receiver<Signal>) -> (String, String) {
    let signal = heard.recv().await.expect("a signal");
    (signal.topic, signal.key)
}

fn pair(topic: &str, key: &str) -> (String, String) {
    (topic.to_owned(), key.to_owned())
}

#[tokio::test]
async fn a_signal_is_heard_once_at_home_and_once_elsewhere() {
    let link = Arc::new(Wire {
        line: broadcast::channel(64).0,
        is_down: AtomicBool::new(false),
    });
    let supervisor = Supervisor::default();
    let (here, mut heard_here) = instance(&link, &supervisor);
    let (there, mut heard_there) = instance(&link, &supervisor);
    assert_eq!(next(&mut heard_here).await, pair(RESYNC, ""));
    assert_eq!(next(&mut heard_there).await, pair(RESYNC, ""));
    here.publish("base.changed", "a");
    assert_eq!(next(&mut heard_here).await, pair("base.changed", "a"));
    assert_eq!(next(&mut heard_there).await, pair("base.changed", "a"));
    there.publish("base.changed", "b");
    assert_eq!(next(&mut heard_here).await, pair("base.changed", "b"));
    assert_eq!(next(&mut heard_there).await, pair("base.changed", "b"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(heard_here.is_empty() && heard_there.is_empty());
    assert!(supervisor.stop(Duration::from_secs(1)).await);
}

#[tokio::test]
async fn the_others_are_told_to_look_after_a_failure() {
    let link = Arc::new(Wire {
        line: broadcast::channel(64).0,
        is_down: AtomicBool::new(false),
    });
    let supervisor = Supervisor::default();
    let (here, _) = instance(&link, &supervisor);
    let (_there, mut heard_there) = instance(&link, &supervisor);
    assert_eq!(next(&mut heard_there).await, pair(RESYNC, ""));
    link.is_down.store(true, Ordering::SeqCst);
    here.publish("base.changed", "lost");
    tokio::time::sleep(Duration::from_millis(100)).await;
    link.is_down.store(false, Ordering::SeqCst);
    here.publish("base.changed", "found");
    assert_eq!(next(&mut heard_there).await, pair("base.changed", "found"));
    assert_eq!(next(&mut heard_there).await, pair(RESYNC, ""));
    assert!(supervisor.stop(Duration::from_secs(1)).await);
}
