use std::path::Path;

use pyairtable::platform::clock::Clock;
use pyairtable::platform::db::{Db, migrate};
use pyairtable::platform::events::deliver_pending;
use pyairtable::platform::settings::{Inputs, Settings, load};

use super::recorder::{Recorder, TENANT, announce, subscription};

fn settings(data_dir: &Path) -> Settings {
    let overrides = vec![("data_dir", data_dir.display().to_string())];
    let inputs = Inputs {
        overrides,
        ..Inputs::default()
    };
    load(inputs).unwrap().settings
}

/// The database file of an instance that does not run.
async fn open(data_dir: &Path) -> Db {
    let settings = settings(data_dir);
    migrate(&settings).await.unwrap();
    Db::open(&settings).await.unwrap()
}

/// Commits that changed the database, as SQLite counts them in the index of its write-ahead log.
fn commits(data_dir: &Path) -> u32 {
    let index = std::fs::read(data_dir.join("pyairtable.db-shm")).unwrap();
    u32::from_ne_bytes(index[8..12].try_into().unwrap())
}

async fn announce_all(db: &Db, aggregates: &[&str]) {
    let tx = db.begin(*TENANT).await.unwrap();
    for (number, aggregate) in (1..).zip(aggregates) {
        announce(&tx, aggregate, number).await;
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_batch_of_events_costs_one_commit_and_a_look_in_vain_none() {
    let folder = tempfile::tempdir().unwrap();
    let (db, clock) = (open(folder.path()).await, Clock::default());
    let recorder = Recorder::failing(1);
    let subscription = subscription("test.commits", &recorder);
    let deliver = async || {
        let before = commits(folder.path());
        deliver_pending(&db, &clock, &subscription).await.unwrap();
        commits(folder.path()) - before
    };
    assert_eq!(deliver().await, 0);
    announce_all(&db, &["sound"; 250]).await;
    let lease_and_release = 2;
    assert_eq!(deliver().await, lease_and_release + 3);
    assert_eq!(deliver().await, 0);
    announce_all(&db, &["broken", "sound", "broken", "broken"]).await;
    assert_eq!(deliver().await, lease_and_release + 1);
    assert_eq!(recorder.seen().len(), 251);
    db.close().await;
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_look_into_the_files_whatever_the_folder_and_the_umask_say() {
    use std::os::unix::fs::PermissionsExt;

    use pyairtable::platform::secrets::Secrets;

    let folder = tempfile::tempdir().unwrap();
    let open_to_all = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open_to_all(folder.path(), 0o755);
    let files = ["", "-wal", "-shm", ".lock"].map(|it| format!("pyairtable.db{it}"));
    let files = files.map(|file| folder.path().join(file));
    let key = folder.path().join("instance.key");
    // Kept open, so that the log is still there when the files are opened again.
    let mut held = Vec::new();
    for _ in 0..2 {
        let db = open(folder.path()).await;
        Secrets::open(&settings(folder.path())).unwrap();
        for file in files.iter().chain([&key]) {
            assert_eq!(mode(file), 0o600, "{}", file.display());
        }
        // As an older version left them behind.
        for file in files.iter().chain([&key]) {
            open_to_all(file, 0o644);
        }
        held.push(db);
    }

    let made = folder.path().join("new");
    open(&made).await.close().await;
    assert_eq!(mode(&made), 0o700);
}
