use pyairtable::platform::db::{migrate, migration_states, rollback};

use crate::support::TestApp;

#[tokio::test]
async fn two_instances_starting_together_migrate_once() {
    let app = TestApp::new().await;
    let settings = &app.platform.settings;
    let (first, second) = tokio::join!(migrate(settings), migrate(settings));
    first.unwrap();
    second.unwrap();
    let states = migration_states(settings).await.unwrap();
    assert!(!states.is_empty());
    assert!(states.iter().all(|state| state.applied));
}

#[tokio::test]
async fn migrations_run_down_and_up_again() {
    let app = TestApp::new().await;
    let settings = app.platform.settings.clone();
    let steps = u32::try_from(migration_states(&settings).await.unwrap().len()).unwrap();
    app.platform.db.close().await;
    rollback(&settings, steps).await.unwrap();
    let states = migration_states(&settings).await.unwrap();
    assert!(states.iter().all(|state| !state.applied));
    migrate(&settings).await.unwrap();
    let states = migration_states(&settings).await.unwrap();
    assert!(states.iter().all(|state| state.applied));
}
