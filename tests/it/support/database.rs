use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pyairtable::platform::db::migrate;
use pyairtable::platform::ids::random_text;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

use super::app::{runtime, settings};

const TEMPLATE_LOCK: i64 = 0x7465_7374;

/// A database of one test's own, made from a template that is migrated once per build.
pub(crate) struct TestDatabase {
    url: String,
    /// Server and name, where there is a database to drop.
    server: Option<(String, String)>,
}

impl TestDatabase {
    /// On PostgreSQL where `TEST_DATABASE_URL` names one, else a SQLite file in the folder.
    pub(super) async fn create(folder: &Path) -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) if server.starts_with("postgres") => Self::postgres(server).await,
            _ => Self::sqlite(folder).await,
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    async fn sqlite(folder: &Path) -> Self {
        let file = folder.join("pyairtable.db");
        std::fs::copy(sqlite_template().await, &file).unwrap();
        Self {
            url: format!("sqlite:{}?mode=rwc", file.display()),
            server: None,
        }
    }

    async fn postgres(server: String) -> Self {
        let template = postgres_template(&server).await;
        let name = format!("test_{}", random_text(12).to_lowercase());
        let connection = connect(&server).await;
        execute(
            &connection,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        connection.close().await.unwrap();
        Self {
            url: with_database(&server, &name),
            server: Some((server, name)),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else {
            return;
        };
        let (done, waiting) = std::sync::mpsc::channel();
        runtime().spawn(async move {
            let connection = connect(&server).await;
            execute(
                &connection,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await;
            let _ = done.send(());
        });
        let _ = waiting.recv_timeout(std::time::Duration::from_secs(10));
    }
}

async fn sqlite_template() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let template = folder.join(format!("template-{}.db", build_number()));
    let lock = File::create(folder.join("template.lock")).unwrap();
    lock.lock().unwrap();
    if !template.exists() {
        let unfinished = folder.join("template-unfinished.db");
        let _ = std::fs::remove_file(&unfinished);
        migrate_to(&format!("sqlite:{}?mode=rwc", unfinished.display())).await;
        std::fs::rename(&unfinished, &template).unwrap();
    }
    template
}

async fn postgres_template(server: &str) -> String {
    let name = format!("pyairtable_template_{}", build_number());
    let connection = connect(server).await;
    execute(
        &connection,
        &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"),
    )
    .await;
    let find = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let found = connection.query_one_raw(sea_orm::Statement::from_string(
        connection.get_database_backend(),
        find,
    ));
    if found.await.unwrap().is_none() {
        execute(&connection, &format!("CREATE DATABASE {name}")).await;
        migrate_to(&with_database(server, &name)).await;
    }
    connection.close().await.unwrap();
    name
}

async fn migrate_to(url: &str) {
    let data_dir = tempfile::tempdir().unwrap();
    let mut settings = settings(data_dir.path());
    settings.database.url = Some(url.into());
    migrate(&settings).await.unwrap();
}

/// A number that changes with every build, so that a template never outlives its migrations.
fn build_number() -> u128 {
    let binary = std::env::current_exe().unwrap();
    let modified = std::fs::metadata(binary).unwrap().modified().unwrap();
    modified.duration_since(UNIX_EPOCH).unwrap().as_millis()
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn execute(connection: &DatabaseConnection, statement: &str) {
    connection.execute_unprepared(statement).await.unwrap();
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.into()
}
