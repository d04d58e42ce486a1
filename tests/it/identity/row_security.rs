use pyairtable::platform::db::Dialect;
use pyairtable::platform::ids::TenantId;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use secrecy::ExposeSecret;

use crate::support::TestApp;

async fn numbers(conn: &impl ConnectionTrait, sql: &str) -> Vec<i64> {
    let statement = Statement::from_string(conn.get_database_backend(), sql);
    let rows = conn.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

async fn texts(conn: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(conn.get_database_backend(), sql);
    let rows = conn.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// A connection as the application's role that never said which tenant it is.
async fn bare_connection(app: &TestApp) -> DatabaseConnection {
    let url = app.platform.settings.database.url.as_ref().unwrap();
    let mut options = sea_orm::ConnectOptions::new(url.expose_secret());
    options.max_connections(1).sqlx_logging(false);
    let conn = Database::connect(options).await.unwrap();
    let role = &app.platform.settings.database.app_role;
    conn.execute_unprepared(&format!("SET ROLE \"{role}\""))
        .await
        .unwrap();
    conn
}

const TENANT_TABLES: &str = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
     WHERE c.relkind = 'r' AND a.attname = 'tenant_id' AND c.relnamespace = current_schema()::regnamespace";

#[tokio::test]
async fn postgresql_itself_keeps_tenants_apart() {
    let app = TestApp::new().await;
    if app.platform.db.dialect() != Dialect::Postgres {
        return;
    }
    app.owner().await;
    let bare = bare_connection(&app).await;
    let tables = texts(&bare, TENANT_TABLES).await;
    assert!(tables.len() >= 7, "{tables:?}");
    let open = texts(
        &bare,
        &format!("{TENANT_TABLES} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"),
    )
    .await;
    assert_eq!(
        open,
        Vec::<String>::new(),
        "tables with a tenant but without forced row security"
    );
    for table in tables.iter().map(String::as_str).chain(["identity_users"]) {
        let count = format!("SELECT count(*) FROM {table}");
        if let Ok(Some(row)) = bare
            .query_one_raw(Statement::from_string(bare.get_database_backend(), count))
            .await
        {
            assert_eq!(
                row.try_get_by_index::<i64>(0).unwrap(),
                0,
                "{table} without a tenant"
            );
        }
        let disable = format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
        assert!(bare.execute_unprepared(&disable).await.is_err(), "{table}");
    }
    let attributes = "SELECT rolname::text FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
    assert_eq!(texts(&bare, attributes).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_tenants_transaction_reaches_its_own_rows_alone() {
    let app = TestApp::new().await;
    if app.platform.db.dialect() != Dialect::Postgres {
        return;
    }
    app.owner().await;
    let system = app.platform.db.system_read().await.unwrap();
    let own: TenantId = texts(system.conn(), "SELECT tenant_id FROM identity_tenants").await[0]
        .parse()
        .unwrap();
    drop(system);
    let other = TenantId::fresh();
    let count = "SELECT count(*) FROM identity_workspaces";
    let tx = app.platform.db.begin(own).await.unwrap();
    assert_eq!(numbers(tx.conn(), count).await, [1]);
    assert_eq!(
        numbers(tx.conn(), "SELECT count(*) FROM identity_tenant_members").await,
        [1]
    );
    assert_eq!(
        texts(tx.conn(), "SELECT email FROM identity_users").await,
        ["owner@example.org"]
    );
    let role = &app.platform.settings.database.app_role;
    assert_eq!(
        &texts(tx.conn(), "SELECT current_user::text").await[0],
        role
    );
    let insert =
        format!("INSERT INTO identity_workspaces VALUES ('{other}', 'wsp00000000000000', 'x', 0)");
    assert!(tx.conn().execute_unprepared(&insert).await.is_err());
    drop(tx);
    let tx = app.platform.db.begin(own).await.unwrap();
    assert!(
        tx.conn()
            .execute_unprepared("SELECT password_hash FROM identity_users")
            .await
            .is_err()
    );
    drop(tx);
    let tx = app.platform.db.begin(other).await.unwrap();
    assert_eq!(numbers(tx.conn(), count).await, [0]);
    assert_eq!(
        numbers(tx.conn(), "SELECT count(*) FROM identity_users").await,
        [0]
    );
    let steal = format!("UPDATE identity_workspaces SET tenant_id = '{other}'");
    assert_eq!(
        tx.conn()
            .execute_unprepared(&steal)
            .await
            .unwrap()
            .rows_affected(),
        0
    );
}

#[tokio::test]
async fn every_connection_of_a_pool_takes_its_role() {
    let app = TestApp::new().await;
    if app.platform.db.dialect() != Dialect::Postgres {
        return;
    }
    let role = app.platform.settings.database.app_role.clone();
    // Held together, so that each is a connection of its own.
    let mut held = Vec::new();
    for _ in 0..5 {
        let tx = app.platform.db.begin(TenantId::fresh()).await.unwrap();
        assert_eq!(
            texts(tx.conn(), "SELECT current_user::text").await,
            std::slice::from_ref(&role)
        );
        held.push(tx);
    }
    let system = app.platform.db.system().await.unwrap();
    assert_eq!(
        texts(system.conn(), "SELECT current_user::text").await,
        [format!("{role}_system")]
    );
}

#[tokio::test]
async fn the_logs_are_only_added_to() {
    let app = TestApp::new().await;
    if app.platform.db.dialect() != Dialect::Postgres {
        return;
    }
    app.owner().await;
    let system = app.platform.db.system_read().await.unwrap();
    let tenant = texts(system.conn(), "SELECT tenant_id FROM identity_tenants").await[0].clone();
    drop(system);
    let id = tenant.parse().unwrap();
    let event = format!(
        "INSERT INTO event_log (id, tenant_id, aggregate_type, aggregate_id, event_type, payload, occurred_at)
         VALUES ('evt', '{tenant}', 'test', 'one', 'test.added', '{{}}', 0)"
    );
    let tx = app.platform.db.begin(id).await.unwrap();
    tx.conn().execute_unprepared(&event).await.unwrap();
    tx.commit().await.unwrap();
    for table in ["event_log", "airtable_changes", "event_held"] {
        for change in [
            format!("UPDATE {table} SET tenant_id = tenant_id"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
        ] {
            let tx = app.platform.db.begin(id).await.unwrap();
            assert!(
                tx.conn().execute_unprepared(&change).await.is_err(),
                "{change}"
            );
        }
    }
    // Places are given out and old events deleted by the system role, which may rewrite nothing else.
    for (change, is_allowed) in [
        ("UPDATE event_log SET position = position", true),
        ("UPDATE event_log SET payload = '{}'", false),
        (
            "UPDATE event_log SET tenant_id = tenant_id, position = position",
            false,
        ),
        ("DELETE FROM event_log WHERE position < 0", true),
        ("DELETE FROM airtable_changes", false),
        ("SELECT * FROM airtable_changes", false),
    ] {
        let tx = app.platform.db.system().await.unwrap();
        let outcome = tx.conn().execute_unprepared(change).await;
        assert_eq!(outcome.is_ok(), is_allowed, "{change}");
    }
}
