use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::platform::signals::Signal;
use crate::platform::transport::RESYNC;

/// After which something has failed that may take a while.
const PATIENCE: Duration = Duration::from_secs(10);

struct Square(u32);

impl CacheKey for Square {
    const SPACE: &'static str = "test.square";
    const TTL: Duration = Duration::from_millis(200);
    type Value = u32;

    fn key(&self) -> String {
        self.0.to_string()
    }
}

#[derive(Default)]
struct Counted(AtomicUsize);

impl Counted {
    async fn load(&self, value: u32) -> Result<u32, Infallible> {
        self.0.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(value)
    }

    fn loads(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_value_is_loaded_once_for_all_that_ask_and_again_after_its_time() {
    let cache = Cache::new(Signals::default(), None);
    let counted = Counted::default();
    let asks = (0..16).map(|_| cache.get_or_load(&Square(3), counted.load(9)));
    for answer in futures_util::future::join_all(asks).await {
        assert_eq!(answer, Ok(9));
    }
    assert_eq!(counted.loads(), 1);
    tokio::time::sleep(Square::TTL + Duration::from_millis(50)).await;
    assert_eq!(cache.get_or_load(&Square(3), counted.load(9)).await, Ok(9));
    assert_eq!(counted.loads(), 2);
}

#[tokio::test]
async fn errors_are_not_kept() {
    let cache = Cache::new(Signals::default(), None);
    let failed = cache.get_or_load(&Square(3), async { Err("down") }).await;
    assert_eq!(failed, Err(Arc::new("down")));
    assert_eq!(
        cache
            .get_or_load(&Square(3), async { Ok::<_, &str>(9) })
            .await,
        Ok(9)
    );
}

#[tokio::test]
async fn stale_values_leave_here_and_by_the_signals_of_other_instances() {
    let signals = Signals::default();
    let mut listener = signals.outgoing();
    let cache = Cache::new(signals.clone(), None);
    let counted = Counted::default();
    let ask = async |value| cache.get_or_load(&Square(3), counted.load(value)).await;
    assert_eq!(ask(1).await, Ok(1));
    cache.invalidate(&Square(3)).await;
    let sent = listener.recv().await.expect("the other instances are told");
    assert_eq!(
        (sent.topic.as_str(), sent.key.as_str()),
        (INVALIDATE, "test.square/3")
    );
    assert_eq!(ask(2).await, Ok(2));
    signals.deliver(sent);
    assert_eq!(ask(3).await, Ok(3));
    signals.deliver(Signal {
        topic: RESYNC.to_owned(),
        key: String::new(),
    });
    assert_eq!(ask(4).await, Ok(4));
    assert_eq!(ask(5).await, Ok(4));
}

#[tokio::test]
async fn a_load_that_an_invalidation_overtook_is_not_kept() {
    let cache = Cache::new(Signals::default(), None);
    let overtaken = async {
        cache.invalidate(&Square(3)).await;
        Ok::<_, Infallible>(1)
    };
    assert_eq!(cache.get_or_load(&Square(3), overtaken).await, Ok(1));
    assert_eq!(
        cache
            .get_or_load(&Square(3), async { Ok::<_, Infallible>(2) })
            .await,
        Ok(2)
    );
}

/// What a load brings that outlives the test.
fn lasting(value: u32) -> Result<Loaded<u32>, Infallible> {
    Ok(Loaded {
        value,
        size: 4,
        ttl: PATIENCE,
    })
}

#[tokio::test]
async fn who_asks_after_an_invalidation_joins_no_load_that_began_before() {
    let near = near::Near::new(Signals::default().subscribe());
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let older = near.load("three", |_| true, async {
        let _ = ended.await;
        lasting(1)
    });
    let newer = async {
        near.invalidate("three").await;
        let newer = near.load("three", |_| true, async { lasting(2) });
        let newer = tokio::time::timeout(PATIENCE, newer).await;
        drop(end);
        newer
    };
    let (older, newer) = tokio::join!(older, newer);
    assert_eq!((older, newer), (Ok(1), Ok(Ok(2))));
    assert_eq!(near.get::<u32>("three").await, Some(2));
}

#[tokio::test]
async fn what_was_found_loaded_already_leaves_with_the_next_invalidation() {
    let near = near::Near::new(Signals::default().subscribe());
    let load = async |value| near.load("three", |_| true, async { lasting(value) }).await;
    assert_eq!(load(1).await, Ok(1));
    assert_eq!(load(2).await, Ok(1), "the other one was there first");
    near.invalidate("three").await;
    assert_eq!(load(3).await, Ok(3));
}
