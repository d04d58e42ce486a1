use pyairtable::platform::durable::{FAULT_POINTS, with_fault};
use serde_json::{Value, json};

use super::world::{World, assert_nothing_doubled};

#[tokio::test]
async fn a_failure_at_any_point_doubles_no_request_and_loses_none() {
    let world = World::new("").await;
    let before = world.names_undisturbed().await;
    world.define_both().await;
    for point in FAULT_POINTS {
        let mut wanted = before.clone();
        let start = world.last().await;
        for nth in 1..=4 {
            for (definition, end) in [("good", "completed"), ("bad", "compensated")] {
                let name = format!("{definition} {point} {nth}");
                let id = world.bench.start(definition, json!({"name": name})).await;
                let work = world.bench.kernel.run_due();
                with_fault(point, nth, work).await.0.unwrap();
                let run = world.bench.finish(&id).await;
                assert_eq!(run["status"], end, "{point} {nth}: {run:#}");
                if definition == "good" {
                    wanted.extend([name.clone(), format!("{name} log")]);
                }
            }
        }
        wanted.sort_unstable();
        assert_eq!(world.names().await, wanted, "{point}");
        let ledger = world.airtable.ledger(start).await;
        assert!(ledger.iter().all(|effect| effect["fault"] == Value::Null));
        assert_nothing_doubled(&ledger);
        world.clear(&before).await;
    }
}
