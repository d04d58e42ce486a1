use std::sync::Arc;

use pyairtable::platform::db::Dialect;
use pyairtable::platform::durable::{Class, Role, RunState};

use super::script::{Bench, Script, step};

#[tokio::test]
async fn one_change_that_fails_spoils_none_that_share_its_commit() {
    let bench = Bench::new().await;
    let refuse = "refuses poison";
    let body = match bench.app.platform.db.dialect() {
        Dialect::Sqlite => format!(
            "CREATE TRIGGER poison BEFORE INSERT ON durable_steps WHEN NEW.path = 'poison' BEGIN SELECT RAISE(ABORT, '{refuse}'); END"
        ),
        Dialect::Postgres => format!(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refuse}'; END $$; \
             CREATE TRIGGER poison BEFORE INSERT ON durable_steps FOR EACH ROW WHEN (NEW.path = 'poison') EXECUTE FUNCTION poison()"
        ),
    };
    bench.sql(&body).await.unwrap();
    let good = Arc::new(Script::new(
        "t.good",
        vec![step("a", Role::Neutral, Class::Keyed)],
    ));
    let bad = Arc::new(Script::new(
        "t.bad",
        vec![step("poison", Role::Neutral, Class::Keyed)],
    ));
    let mut runs = Vec::new();
    for _ in 0..12 {
        runs.push(bench.start("t.good").await);
    }
    let poisoned = bench.start("t.bad").await;
    let mut settings = bench.app.platform.settings.durable.clone();
    settings.workers = 16;
    let handlers: [Arc<dyn pyairtable::platform::durable::Handler>; 2] =
        [good.clone(), bad.clone()];
    let kernel =
        pyairtable::platform::durable::Kernel::new(&bench.app.platform.durable, settings, handlers);
    kernel.run_due().await.unwrap();
    for run in runs {
        assert_eq!(bench.run(run).await.state, RunState::Completed);
    }
    assert_eq!(good.ledger().len(), 12);
    assert_eq!(bad.ledger().len(), 0, "no effect without its intent");
    let found = bench.run(poisoned).await;
    assert_eq!((found.state, found.is_leased), (RunState::Pending, false));

    for _ in 0..12 {
        bench.advance(2);
        kernel.run_due().await.unwrap();
    }
    let held = bench.run(poisoned).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(held.error.unwrap().code, "crash_loop");
}
