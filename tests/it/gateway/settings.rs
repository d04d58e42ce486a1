use std::collections::BTreeMap;
use std::path::PathBuf;

use pyairtable::platform::settings::{Inputs, KEYS, LogFormat, load};

fn with(variables: &[(&str, &str)]) -> Inputs {
    let environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Inputs {
        environment: environment.collect::<BTreeMap<_, _>>(),
        ..Inputs::default()
    }
}

#[test]
fn the_file_of_defaults_says_what_is_compiled_in() {
    let config_dir = Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config"));
    let compiled = load(Inputs::default()).unwrap();
    let from_file = load(Inputs {
        config_dir,
        ..Inputs::default()
    })
    .unwrap();
    assert_eq!(
        format!("{:?}", compiled.settings),
        format!("{:?}", from_file.settings)
    );
    let missing: Vec<_> = from_file
        .effective
        .iter()
        .filter(|one| one.origin == "default")
        .map(|one| one.key.path)
        .collect();
    assert!(missing.is_empty(), "config/default.toml lacks {missing:?}");
    assert_eq!(compiled.effective.len(), KEYS.len());
}

#[test]
fn every_fault_is_named_with_its_key_and_its_variable() {
    let faults = load(with(&[
        ("PYAIRTABLE__SERVER__LISTEN", "nowhere"),
        ("PYAIRTABLE__SERVER__LISTNE", "127.0.0.1:1"),
        ("PYAIRTABLE__DATABASE__MAX_CONNECTIONS", "0"),
        ("JWT_SECRET", "hunter2-is-too-short"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("CORS_ORIGINS", "*"),
    ]))
    .unwrap_err();
    let text = faults.to_string();
    for part in [
        "server.listen (from env PYAIRTABLE__SERVER__LISTEN)",
        "did you mean server.listen?",
        "database.max_connections",
        "identity.token_secret (from env JWT_SECRET)",
        "database.url (from env DATABASE_URL)",
        "server.cors_origins (from env CORS_ORIGINS)",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(faults.iter().count(), 6);
    assert!(!text.contains("hunter2"), "a secret was shown: {text}");
}

#[test]
fn stronger_layers_win_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    std::fs::write(
        folder.path().join("default.toml"),
        "[log]\nlevel = \"warn\"\nformat = \"text\"\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("staging.toml"),
        "[log]\nlevel = \"error\"\n",
    )
    .unwrap();
    std::fs::write(
        &file,
        "[server]\nallowed_hosts = [\"a.example\", \"b.example\"]\nlisten = \"127.0.0.1:1\"\n",
    )
    .unwrap();
    let mut inputs = with(&[
        ("ENVIRONMENT", "staging"),
        ("PYAIRTABLE__SERVER__LISTEN", "127.0.0.1:2"),
        ("PYAIRTABLE__OUTBOUND__PORTS", "443, 8443"),
        ("LOG_FORMAT", "json"),
        ("GEMINI_API_KEY", "not ours yet"),
    ]);
    inputs.config_dir = Some(folder.path().to_owned());
    inputs.config_file = Some(file);
    inputs.overrides = vec![("server.listen", "127.0.0.1:3".to_owned())];
    let loaded = load(inputs).unwrap();
    let settings = loaded.settings;
    assert_eq!(settings.environment, "staging");
    assert_eq!(settings.log.level, "error");
    assert_eq!(settings.log.format, Some(LogFormat::Json));
    assert_eq!(settings.server.listen.port(), 3);
    assert_eq!(settings.server.allowed_hosts, ["a.example", "b.example"]);
    assert_eq!(settings.outbound.ports, [443, 8443]);
    let origin = |key: &str| {
        loaded
            .effective
            .iter()
            .find(|one| one.key.path == key)
            .unwrap()
            .origin
            .clone()
    };
    assert_eq!(origin("server.listen"), "--listen");
    assert_eq!(origin("log.format"), "env LOG_FORMAT");
    assert!(origin("log.level").ends_with("staging.toml"));
}

#[test]
fn secrets_come_from_files_too_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "a-secret-of-more-than-thirty-two-bytes\n").unwrap();
    let path = file.to_str().unwrap();
    let loaded = load(with(&[
        ("JWT_SECRET_FILE", path),
        (
            "DATABASE_URL",
            "postgres://u:hunter2@db/x?sslmode=verify-full",
        ),
    ]))
    .unwrap();
    assert!(loaded.settings.identity.token_secret.is_some());
    let shown = format!("{:?}", loaded.effective) + &format!("{:?}", loaded.settings);
    assert!(!shown.contains("a-secret-of") && !shown.contains("hunter2"));
    let both = [
        ("JWT_SECRET_FILE", path),
        ("JWT_SECRET", "another-secret-of-more-than-32-bytes"),
    ];
    assert!(
        load(with(&both))
            .unwrap_err()
            .to_string()
            .contains("not both")
    );
}

#[test]
fn contradictions_are_faults() {
    let contradictory = with(&[
        ("PYAIRTABLE__SERVER__METRICS_LISTEN", "127.0.0.1:8080"),
        ("PYAIRTABLE__IDENTITY__SESSION_IDLE", "9999999"),
    ]);
    let text = load(contradictory).unwrap_err().to_string();
    assert!(
        text.contains("server.metrics_listen") && text.contains("identity.session_idle"),
        "{text}"
    );
    let missing = Inputs {
        config_file: Some("/nowhere.toml".into()),
        ..Inputs::default()
    };
    assert!(
        load(missing)
            .unwrap_err()
            .to_string()
            .contains("/nowhere.toml")
    );
}

#[test]
fn a_database_or_redis_on_another_machine_needs_verified_tls() {
    let open = [
        (
            "DATABASE_URL",
            "postgres://u:hunter2@db.example/x?sslmode=require",
        ),
        (
            "PYAIRTABLE__DATABASE__MIGRATION_URL",
            "postgres://u:hunter2@10.0.0.7/x",
        ),
        ("REDIS_URL", "redis://:hunter2@cache.example"),
    ];
    let faults = load(with(&open)).unwrap_err();
    assert_eq!(faults.iter().count(), 3);
    let text = faults.to_string();
    for part in [
        "database.url (from env DATABASE_URL)",
        "sslmode=verify-full",
        "database.require_tls=false",
        "database.migration_url",
        "redis.url (from env REDIS_URL)",
        "rediss://",
        "redis.require_tls=false",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("hunter2"), "a secret was shown: {text}");

    let mut overridden = open.to_vec();
    overridden.push(("PYAIRTABLE__DATABASE__REQUIRE_TLS", "false"));
    overridden.push(("PYAIRTABLE__REDIS__REQUIRE_TLS", "false"));
    load(with(&overridden)).unwrap();
    for (database, redis) in [
        (
            "postgres://u@db.example/x?sslmode=verify-full",
            "rediss://cache.example",
        ),
        ("postgres://u@127.0.0.1/x", "redis://localhost:6379/0"),
        ("postgres:///x?host=/run/postgresql", "redis://[::1]"),
    ] {
        load(with(&[("DATABASE_URL", database), ("REDIS_URL", redis)])).unwrap();
    }
}
