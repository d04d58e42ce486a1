use futures_util::future::join_all;
use serde_json::{Value, json};

use super::world::{World, assert_nothing_doubled, ids};

/// Two in ten requests go wrong, reads too, each in another way.
const CHAOS: &str = r#"
    [limits]
    enabled = false
    [[faults]]
    kind = "reset"
    when = "after"
    probability = 0.05
    [[faults]]
    kind = "reset"
    when = "before"
    probability = 0.03
    [[faults]]
    kind = "status"
    status = 500
    when = "after"
    probability = 0.04
    [[faults]]
    kind = "status"
    status = 503
    when = "after"
    probability = 0.02
    [[faults]]
    kind = "status"
    status = 502
    when = "before"
    probability = 0.03
    [[faults]]
    kind = "malformed_json"
    probability = 0.02
    [[faults]]
    kind = "latency"
    ms = [1, 20]
    probability = 0.2
    [[faults]]
    kind = "latency"
    ms = 86400000
    when = "after"
    methods = ["POST", "PATCH", "DELETE"]
    probability = 0.02
"#;
const SAGAS: usize = 12;
const ROUNDS: u64 = 3;

#[tokio::test]
async fn requests_that_lose_their_answers_lose_nothing_and_double_nothing() {
    let world = World::new("").await;
    world.define_both().await;
    let before = world.names_undisturbed().await;
    let mut hidden = 0;
    for round in 0..ROUNDS {
        let start = world.last().await;
        world
            .airtable
            .plan(&format!("seed = {round}\n{CHAOS}"))
            .await;
        let ended = world.run_all(round).await;
        let names = world.names_undisturbed().await;
        let mut wanted = before.clone();
        for (name, run) in &ended {
            match run["definition"].as_str().unwrap() {
                "good" => {
                    assert_eq!(run["status"], "completed", "{run:#}");
                    wanted.extend([name.clone(), format!("{name} log")]);
                }
                _ => assert_eq!(run["status"], "compensated", "{run:#}"),
            }
        }
        wanted.sort_unstable();
        assert_eq!(names, wanted);
        let ledger = world.airtable.ledger(start).await;
        assert_nothing_doubled(&ledger);
        hidden += ledger
            .iter()
            .filter(|effect| effect["fault"] != Value::Null)
            .count();
        let everything: Vec<&Value> = ledger.iter().collect();
        let (made, gone) = (
            ids(&everything, "created").len(),
            ids(&everything, "deleted").len(),
        );
        assert_eq!(
            made - gone,
            wanted.len() - before.len(),
            "what the ledger says is what is there"
        );
        world.clear(&before).await;
    }
    assert!(
        hidden >= 5,
        "only {hidden} answers were lost, which shows nothing"
    );
    let words: Vec<Value> = {
        let page = world
            .bench
            .owner
            .get("/api/saga/runs?limit=1&status=completed")
            .await
            .expect(200)
            .json;
        let id = page["items"][0]["saga_id"].as_str().unwrap().to_owned();
        world
            .bench
            .steps(&id)
            .await
            .iter()
            .map(|step| step["assurance"].clone())
            .collect()
    };
    assert_eq!(words, ["reconciled", "verified", "keyed"]);
}

impl World {
    /// Starts many of both definitions at once, and answers how each run ended.
    async fn run_all(&self, round: u64) -> Vec<(String, Value)> {
        let mut runs = Vec::new();
        for number in 0..SAGAS {
            let definition = if number % 3 == 0 { "bad" } else { "good" };
            let name = format!("{definition} {round}.{number}");
            runs.push((
                name.clone(),
                self.bench.start(definition, json!({"name": name})).await,
            ));
        }
        let kernels: Vec<_> = (0..3).map(|_| self.bench.fixture.app.kernel()).collect();
        for _ in 0..200 {
            join_all(
                kernels
                    .iter()
                    .map(|kernel| async { kernel.run_due().await.unwrap() }),
            )
            .await;
            let page = self
                .bench
                .owner
                .get("/api/saga/runs?limit=100")
                .await
                .expect(200)
                .json;
            let items = page["items"].as_array().unwrap();
            let is_open = |run: &&Value| {
                ["pending", "running", "compensating"].contains(&run["status"].as_str().unwrap())
            };
            if !items.iter().any(|run| is_open(&run)) {
                break;
            }
            self.bench.pass(8);
        }
        join_all(
            runs.into_iter()
                .map(|(name, id)| async move { (name, self.bench.run(&id).await) }),
        )
        .await
    }
}
