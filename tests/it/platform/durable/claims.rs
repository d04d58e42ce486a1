use std::sync::Arc;

use pyairtable::platform::db::Dialect;
use pyairtable::platform::durable::{NewRun, RunState};
use pyairtable::platform::ids::TenantId;
use serde_json::json;

use super::script::{Bench, Script, pure};

#[tokio::test]
async fn two_owners_share_the_runs_and_take_none_twice() {
    let bench = Bench::new().await;
    let script = Arc::new(Script::new("t.share", vec![pure("a")]));
    for _ in 0..20 {
        bench.start("t.share").await;
    }
    let (first, second) = (bench.kernel(&script), bench.kernel(&script));
    let (one, two) = tokio::join!(first.run_due(), second.run_due());
    assert_eq!(one.unwrap() + two.unwrap(), 20);
    assert_eq!(script.ledger().len(), 20);
}

#[tokio::test]
async fn tenants_take_turns_however_long_one_of_them_has_waited() {
    let bench = Bench::new().await;
    let script = Arc::new(Script::new("t.fair", vec![pure("a")]));
    for _ in 0..40 {
        bench.start("t.fair").await;
    }
    bench.advance(60);
    let late = TenantId::fresh();
    for _ in 0..2 {
        let new = NewRun::new("t.fair", json!(null));
        bench.app.platform.durable.start(late, new).await.unwrap();
    }
    let kernel = bench.kernel(&script);
    let first = kernel.claim(4).await.unwrap();
    let second = kernel.claim(1).await.unwrap();
    assert_eq!((first.len(), second.len()), (4, 1));
    let tx = bench.app.platform.db.read(late).await.unwrap();
    let mut of_the_late = 0;
    for claim in first.iter() {
        let found = bench.app.platform.durable.find(&tx, claim.lease.run).await;
        of_the_late += usize::from(found.is_ok());
    }
    assert_eq!(of_the_late, 2, "half of the first four places");
}

#[tokio::test]
async fn a_run_of_an_unknown_kind_waits_for_who_knows_it() {
    let bench = Bench::new().await;
    let run = bench.start("t.future").await;
    let old = Arc::new(Script::new("t.known", vec![pure("a")]));
    assert_eq!(bench.kernel(&old).run_due().await.unwrap(), 0);
    assert_eq!(bench.run(run).await.state, RunState::Pending);
    let new = Arc::new(Script::new("t.future", vec![pure("a")]));
    bench.kernel(&new).run_due().await.unwrap();
    assert_eq!(bench.run(run).await.state, RunState::Completed);
}

#[tokio::test]
async fn a_claim_among_ten_thousand_waiting_runs_reads_a_bounded_piece_of_the_index() {
    let bench = Bench::new().await;
    let (tenant, due) = (bench.tenant, bench.app.clock.now() + 3_600_000);
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)";
    let fill = format!(
        "INSERT INTO durable_runs (id, tenant_id, kind, name, version, state, keeps_key, input, due, created_at, updated_at) \
         {numbers} SELECT 'run' || (10000000000000 + i), '{tenant}', 't.many', 'n', 1, 'waiting', false, 'null', {due}, 0, 0 FROM n"
    );
    bench.sql(&fill).await.unwrap();
    bench.sql("ANALYZE").await.unwrap();
    let script = Arc::new(Script::new("t.many", vec![pure("a")]));
    let kernel = bench.kernel(&script);
    assert_eq!(kernel.claim(16).await.unwrap().len(), 0);
    bench.start("t.many").await;
    let mut claims = kernel.claim(16).await.unwrap();
    assert_eq!(claims.len(), 1);
    kernel.work(claims.pop().unwrap()).await;
    if bench.app.platform.db.dialect() == Dialect::Postgres {
        let plan = kernel.explain_claim().await.unwrap();
        assert!(plan.contains("durable_runs_due"), "{plan}");
        assert!(!plan.contains("Seq Scan on durable_runs"), "{plan}");
        assert!(!plan.contains("JIT"), "compiled: {plan}");
        let bound = plan
            .lines()
            .any(|line| line.contains("Index Cond") && line.contains("due <="));
        assert!(
            bound,
            "the time bounds the index, it does not filter rows: {plan}"
        );
    }
    let measures = bench.app.platform.durable.measures().await.unwrap();
    assert_eq!(measures.open[&RunState::Waiting], 10_000);
    assert_eq!(measures.stuck, 0);
    bench.advance(3600 + 400);
    let measures = bench.app.platform.durable.measures().await.unwrap();
    assert_eq!(measures.stuck, 10_000, "due for more than five minutes");
    assert!(measures.lag >= 300_000);
}
