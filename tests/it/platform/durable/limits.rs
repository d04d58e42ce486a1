use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use pyairtable::platform::db::Dialect;
use pyairtable::platform::durable::{AtOnce, Claim, Kernel, NewRun, RunState};
use pyairtable::platform::ids::{RunId, TenantId};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::gate::gated;
use super::script::{Bench, Script, pure, wait};

const KIND: &str = "t.limited";

fn script(of_a_name: u32, of_a_tenant: Option<u32>) -> Arc<Script> {
    let at_once = AtOnce {
        of_a_name: Some(of_a_name),
        of_a_tenant,
    };
    Arc::new(Script {
        at_once,
        ..Script::new(KIND, vec![pure("a")])
    })
}

async fn start(bench: &Bench, tenant: TenantId, name: &str) -> RunId {
    let new = NewRun {
        name: name.to_owned(),
        ..NewRun::new(KIND, json!(null))
    };
    let started = bench.app.platform.durable.start(tenant, new).await;
    // Two runs of the same millisecond have no order.
    bench.app.clock.advance(Duration::from_millis(1));
    started.unwrap().id()
}

async fn start_many(bench: &Bench, name: &str, count: usize) -> Vec<RunId> {
    let mut runs = Vec::new();
    for _ in 0..count {
        runs.push(start(bench, bench.tenant, name).await);
    }
    runs
}

async fn claim(kernel: &Kernel) -> Vec<Claim> {
    kernel.claim(16).await.unwrap()
}

fn ids(claims: &[Claim]) -> HashSet<RunId> {
    claims.iter().map(|claim| claim.lease.run).collect()
}

#[tokio::test]
async fn beyond_the_limit_of_its_name_a_run_waits_for_its_turn() {
    let bench = Bench::new().await;
    let runs = start_many(&bench, "slow", 5).await;
    let kernel = bench.kernel(&script(2, None));
    let mut first = claim(&kernel).await;
    assert_eq!(ids(&first), HashSet::from([runs[0], runs[1]]));
    assert_eq!(claim(&kernel).await.len(), 0);
    // Neither a long queue nor its limit is in the way of another name.
    let other = start(&bench, bench.tenant, "quick").await;
    assert_eq!(ids(&claim(&kernel).await), HashSet::from([other]));

    kernel.work(first.pop().unwrap()).await;
    assert_eq!(ids(&claim(&kernel).await), HashSet::from([runs[2]]));
    assert_eq!(claim(&kernel).await.len(), 0);
}

#[tokio::test]
async fn a_run_that_waits_leaves_its_place_to_the_next() {
    let bench = Bench::new().await;
    let waiting = Arc::new(Script {
        at_once: AtOnce {
            of_a_name: Some(1),
            of_a_tenant: Some(1),
        },
        ..Script::new(KIND, vec![wait("word"), pure("a")])
    });
    let runs = start_many(&bench, "asks", 3).await;
    let kernel = bench.kernel(&waiting);
    for run in &runs {
        let mut claims = claim(&kernel).await;
        assert_eq!(ids(&claims), HashSet::from([*run]));
        kernel.work(claims.pop().unwrap()).await;
        assert_eq!(bench.run(*run).await.state, RunState::Waiting);
    }
}

#[tokio::test]
async fn beyond_the_limit_of_its_tenant_a_run_waits_whatever_its_name() {
    let bench = Bench::new().await;
    for name in ["one", "two", "three"] {
        start_many(&bench, name, 3).await;
    }
    let kernel = bench.kernel(&script(2, Some(5)));
    let mut claims = claim(&kernel).await;
    assert_eq!(claims.len(), 5);
    assert_eq!(claim(&kernel).await.len(), 0);
    let stranger = start(&bench, TenantId::fresh(), "one").await;
    assert_eq!(ids(&claim(&kernel).await), HashSet::from([stranger]));
    kernel.work(claims.pop().unwrap()).await;
    assert_eq!(claim(&kernel).await.len(), 1);
}

#[tokio::test]
async fn owners_that_claim_together_do_not_exceed_the_limit_together() {
    let bench = Bench::new().await;
    start_many(&bench, "shared", 12).await;
    let script = script(5, Some(20));
    let owners: Vec<Kernel> = (0..3).map(|_| bench.kernel(&script)).collect();
    let claims = owners.iter().map(|owner| owner.claim(16));
    let claims = futures_util::future::join_all(claims).await;
    let taken: usize = claims.into_iter().map(|taken| taken.unwrap().len()).sum();
    assert_eq!(taken, 5);
}

#[tokio::test]
async fn an_owner_that_cannot_get_its_turn_to_claim_takes_nothing_and_tries_again() {
    let bench = Bench::new().await;
    // SQLite has one writer, for whom everybody waits.
    if bench.app.platform.db.dialect() != Dialect::Postgres {
        return;
    }
    start_many(&bench, "shared", 1).await;
    let kernel = bench.kernel(&script(5, Some(20)));
    let slow = bench.app.platform.db.system().await.unwrap();
    let turn = "SELECT pg_advisory_xact_lock(7165057110573573484)";
    slow.conn().execute_unprepared(turn).await.unwrap();
    assert_eq!(claim(&kernel).await.len(), 0);
    slow.commit().await.unwrap();
    assert_eq!(claim(&kernel).await.len(), 1);
}

#[tokio::test]
async fn the_runs_of_a_dead_owner_do_not_count_against_who_takes_them_over() {
    let bench = Bench::new().await;
    // On SQLite leases last until the next boot voids them.
    if bench.app.platform.db.dialect() == Dialect::Sqlite {
        return;
    }
    start_many(&bench, "taken", 2).await;
    let script = script(2, Some(2));
    let (dead, next) = (bench.kernel(&script), bench.kernel(&script));
    assert_eq!(claim(&dead).await.len(), 2);
    assert_eq!(claim(&next).await.len(), 0);
    bench.advance(31);
    assert_eq!(claim(&next).await.len(), 2);
}

#[tokio::test]
async fn a_place_is_kept_for_a_tenant_that_has_none() {
    let bench = Bench::new().await;
    start_many(&bench, "many", 8).await;
    let script = Arc::new(Script::new(KIND, vec![pure("a")]));
    let kernel = bench.kernel(&script);
    assert_eq!(kernel.claim_keeping(6, 2).await.unwrap().len(), 4);
    assert_eq!(kernel.claim_keeping(2, 2).await.unwrap().len(), 0);
    let idle = start(&bench, TenantId::fresh(), "one").await;
    let claims = kernel.claim_keeping(2, 2).await.unwrap();
    assert_eq!(ids(&claims), HashSet::from([idle]));
}

#[tokio::test]
async fn an_idle_tenant_starts_at_once_whatever_others_have_queued() {
    let bench = Bench::new().await;
    let (gate, handler) = gated(KIND);
    let kernel = bench.kernel_of(handler);
    start_many(&bench, "many", 40).await;
    let workers = kernel.workers();
    let work = workers.iter().find(|it| it.name == "durable.work").unwrap();
    let scenario = async {
        // None of them ends, so that no worker gets free.
        while gate.effects() < 14 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let idle = TenantId::fresh();
        let run = start(&bench, idle, "one").await;
        let is_pending = async || {
            let tx = bench.app.platform.db.read(idle).await.unwrap();
            let found = bench.app.platform.durable.find(&tx, run).await.unwrap();
            found.state == RunState::Pending
        };
        while is_pending().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = (work.run)(CancellationToken::new()) => panic!("the worker ended"),
        () = scenario => {}
        // Without its place it would never start: this ends the wait, it measures nothing.
        () = tokio::time::sleep(Duration::from_secs(60)) => panic!("it has not started"),
    }
}
