use pyairtable::app::{App, StartError};
use pyairtable::platform::clock::Clock;
use pyairtable::platform::ids::TenantId;
use pyairtable::platform::secrets::hex;
use pyairtable::platform::vault::{Place, VaultError};

use crate::support::TestApp;

const PLACE: Place<'static> = Place {
    kind: "test.column",
    row: "1",
};

#[tokio::test]
async fn instances_agree_on_the_key_of_a_tenant() {
    let app = TestApp::new().await;
    let other = app.sibling().await;
    let tenant = TenantId::fresh();
    let (vault, others) = (&app.platform.vault, &other.platform.vault);
    let (first, second) = tokio::join!(vault.of(tenant), others.of(tenant));
    let sealed = first.unwrap().seal(PLACE, "canary");
    assert_eq!(second.unwrap().open(PLACE, &sealed).unwrap(), "canary");
    let stranger = vault.of(TenantId::fresh()).await.unwrap();
    assert!(stranger.open(PLACE, &sealed).is_err());
}

#[tokio::test]
async fn a_database_of_another_instance_key_is_refused_until_the_key_is_back() {
    let app = TestApp::new().await;
    let lost = tempfile::tempdir().unwrap();
    let mut settings = app.platform.settings.as_ref().clone();
    settings.data_dir = lost.path().to_owned();
    let refused = App::build(settings.clone(), Clock::default()).await;
    let Err(StartError::Vault(VaultError::OtherKey { .. })) = refused else {
        panic!("another key was taken");
    };
    let doctor = doctor(&app, lost.path()).await;
    assert!(
        doctor.contains("the database is sealed with the instance key"),
        "{doctor}"
    );
    assert!(doctor.contains("security.key"), "{doctor}");

    // From the backup, by the setting.
    let key = std::fs::read(app.data_dir().join("instance.key")).unwrap();
    settings.security.key = Some(hex(&key).into());
    let built = App::build(settings, Clock::default()).await.unwrap();
    built.close().await;
    let doctor = self::doctor(&app, app.data_dir()).await;
    assert!(doctor.contains("instance key: ok"), "{doctor}");
}

/// What the doctor says about the database of this instance from another data directory.
async fn doctor(app: &TestApp, data_dir: &std::path::Path) -> String {
    use secrecy::ExposeSecret;

    let url = app.platform.settings.database.url.as_ref().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pyairtable"));
    command
        .current_dir(data_dir)
        .env_clear()
        .args(["--database-url", url.expose_secret(), "--data-dir"])
        .arg(data_dir)
        .arg("doctor");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    String::from_utf8(output.await.unwrap().stdout).unwrap()
}
