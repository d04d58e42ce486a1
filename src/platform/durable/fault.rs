//! Named points where a test may break the process; without the feature `fault-points` they are nothing.

/// Fails or ends the process here, when a test says so.
macro_rules! fault {
    ($name:literal) => {
        #[cfg(feature = "fault-points")]
        $crate::platform::durable::fault::hit($name)?;
    };
}

pub(super) use fault;

#[cfg(feature = "fault-points")]
pub use points::{FAULT_POINTS, with_fault};

#[cfg(feature = "fault-points")]
pub(super) use points::hit;

#[cfg(feature = "fault-points")]
mod points {
    use std::cell::Cell;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicI64, Ordering};

    use sea_orm::DbErr;

    /// Every point there is.
    pub const FAULT_POINTS: [&str; 9] = [
        "after_claim",
        "after_load",
        "before_intent",
        "after_intent",
        "after_effect",
        "after_result",
        "transition_in_transaction",
        "transition_before_commit",
        "transition_after_commit",
    ];

    tokio::task_local! {
        static PLAN: (&'static str, Cell<u64>);
    }

    /// Ends the process at the n-th visit of a point: `PYAIRTABLE_FAULT=after_intent:3`.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test of the process sets it, nobody else"
    )]
    static END: LazyLock<Option<(String, AtomicI64)>> = LazyLock::new(|| {
        let text = std::env::var("PYAIRTABLE_FAULT").ok()?;
        let (name, nth) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), AtomicI64::new(nth.parse().ok()?)))
    });

    /// Runs a future in which the `nth` visit of a point fails, and says whether there was one.
    pub async fn with_fault<F: Future>(
        name: &'static str,
        nth: u64,
        future: F,
    ) -> (F::Output, bool) {
        let watched = async {
            let output = future.await;
            (output, PLAN.with(|(_, left)| left.get() == 0))
        };
        PLAN.scope((name, Cell::new(nth)), watched).await
    }

    pub(in super::super) fn hit(name: &str) -> Result<(), DbErr> {
        debug_assert!(FAULT_POINTS.contains(&name), "{name} is not listed");
        if let Some((wanted, left)) = &*END
            && wanted == name
            && left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            std::process::abort();
        }
        let fails = PLAN.try_with(|(wanted, left)| {
            let is_it = *wanted == name && left.get() > 0;
            left.set(left.get() - u64::from(is_it));
            is_it && left.get() == 0
        });
        match fails {
            Ok(true) => Err(DbErr::Custom(format!("fault point {name}"))),
            _ => Ok(()),
        }
    }
}
