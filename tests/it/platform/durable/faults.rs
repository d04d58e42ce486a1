use std::sync::Arc;

use pyairtable::platform::durable::{Class, FAULT_POINTS, Role, RunState, with_fault};

use super::script::{Bench, Go, Script, pure, step};

const C: Role = Role::Compensatable;

#[tokio::test]
async fn a_failure_at_any_point_loses_nothing_and_doubles_nothing() {
    let bench = Bench::new().await;
    for (number, point) in FAULT_POINTS.into_iter().enumerate() {
        let mut visits = 0;
        for nth in 1..=8 {
            let kind = format!("t.fault.{number}.{nth}");
            let steps = vec![
                step("a", C, Class::Readable),
                pure("sum"),
                step("b", C, Class::Reconciled),
                step("c", C, Class::Readable),
            ];
            // A refusal whose answer was lost is asked for again, and refused again.
            let refused = [Go::LostBefore, Go::Permanent, Go::Permanent];
            let script = Arc::new(Script::new(&kind, steps).going("c", &refused));
            let run = bench.start(&kind).await;
            let kernel = bench.kernel(&script);
            let (ended, is_visited) = with_fault(point, nth, bench.finish(&kernel, run)).await;
            visits += usize::from(is_visited);
            assert_eq!(ended.state, RunState::Compensated, "{point} {nth}");
            let mut ledger = script.ledger();
            ledger.retain(|line| line != "sum");
            // Taking back is idempotent, so once more is no harm.
            ledger.dedup();
            assert_eq!(ledger, ["a", "b", "undo b", "undo a"], "{point} {nth}");
        }
        assert!(visits > 0, "{point} is never reached");
    }
}
