use pyairtable::platform::db::{Db, migrate, migration_states, rollback};

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

/// The last migration of the schema that landed before this one.
const LANDED: &str = "m20261126_000041_connections";

#[cfg(all(feature = "airtable", feature = "identity"))]
#[tokio::test]
async fn the_migrations_after_the_landed_schema_keep_its_data() {
    use sea_orm::{ConnectionTrait, Statement};

    let app = TestApp::new().await;
    let owner = app.owner().await;
    let body = serde_json::json!({"workspace_id": app.workspace_of(&owner).await});
    let sample = owner.post("/api/airtable/bases/sample", body).await;
    sample.expect(201);
    let me = owner.get("/api/auth/me").await.expect(200).json;
    let tenant = me["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let settings = app.platform.settings.clone();
    let picture = async |db: &Db| {
        let tx = db.read(tenant).await.unwrap();
        let backend = tx.conn().get_database_backend();
        let mut picture = Vec::new();
        for sql in [
            "select id || cells || row_no || created_at as line from airtable_records order by id",
            "select id || definition as line from airtable_tables order by id",
            "select kind || coalesce(after, '') as line from airtable_changes order by seq",
            "select id || name as line from identity_workspaces order by id",
        ] {
            let statement = Statement::from_string(backend, sql);
            for row in tx.conn().query_all_raw(statement).await.unwrap() {
                picture.push(row.try_get::<String>("", "line").unwrap());
            }
        }
        picture
    };
    let before = picture(&app.platform.db).await;
    assert!(before.len() > 50, "the sample base is there");
    app.platform.db.close().await;
    let states = migration_states(&settings).await.unwrap();
    let landed = states
        .iter()
        .position(|state| state.name == LANDED)
        .unwrap();
    let newer = u32::try_from(states.len() - landed - 1).unwrap();
    rollback(&settings, newer).await.unwrap();
    migrate(&settings).await.unwrap();
    let again = Db::open(&settings).await.unwrap();
    assert_eq!(picture(&again).await, before);
    again.close().await;
}
