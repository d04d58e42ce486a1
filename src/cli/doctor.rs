use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::error::chain;
use super::{CliError, Global, print};
use crate::platform::clock::Clock;
use crate::platform::db::{self, Db};
use crate::platform::redis;
use crate::platform::secrets::Secrets;
use crate::platform::settings::{Effective, Settings};
use crate::platform::vault::Vault;

/// Explain the effective settings and check what they point at.
#[derive(Args, Debug)]
pub(super) struct Command {}

/// What was looked at, and what is wrong with it.
struct Finding {
    name: &'static str,
    fault: Option<String>,
}

pub(super) async fn run(_: Command, global: &Global) -> Result<(), CliError> {
    let loaded = global.settings(&[])?;
    let findings = examine(&loaded.settings).await;
    print(
        global,
        text(&loaded.effective, &findings),
        &value(&loaded.effective, &findings),
    );
    let faulty: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.fault.is_some())
        .map(|finding| finding.name)
        .collect();
    if faulty.is_empty() {
        return Ok(());
    }
    Err(
        CliError::other("unhealthy", format!("not in order: {}", faulty.join(", ")))
            .next("correct what is marked above and run `pyairtable doctor` again"),
    )
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![Finding {
        name: "instance key",
        fault: instance_key(settings).await.err(),
    }];
    findings.push(Finding {
        name: "migrations",
        fault: migrations(settings).await.err(),
    });
    findings.push(Finding {
        name: "database",
        fault: database(settings).await.err(),
    });
    if settings.redis.url.is_some() {
        findings.push(Finding {
            name: "redis",
            fault: ask_redis(settings).await.err(),
        });
    }
    findings
}

async fn database(settings: &Settings) -> Result<(), String> {
    let db = Db::open(settings).await.map_err(|error| chain(&error))?;
    let outcome = db.ping().await.map_err(|error| chain(&error));
    db.close().await;
    outcome
}

/// Whether there is a key, and whether it fits a database that is sealed with one.
async fn instance_key(settings: &Settings) -> Result<(), String> {
    let secrets = Secrets::open(settings).map_err(|error| chain(&error))?;
    let states = db::migration_states(settings).await;
    let is_current = states.is_ok_and(|states| states.iter().all(|state| state.applied));
    // What else is wrong with the database is told beside this.
    if !is_current {
        return Ok(());
    }
    let Ok(db) = Db::open(settings).await else {
        return Ok(());
    };
    let fits = Vault::new(&db, &Clock::default(), &secrets).verify().await;
    db.close().await;
    fits.map(drop).map_err(|error| chain(&error))
}

async fn migrations(settings: &Settings) -> Result<(), String> {
    let states = db::migration_states(settings)
        .await
        .map_err(|error| chain(&error))?;
    match states.iter().filter(|state| !state.applied).count() {
        0 => Ok(()),
        // The next start brings the schema up to date by itself.
        _ if settings.database.migrate_on_start => Ok(()),
        missing => Err(format!(
            "{missing} are missing; run `pyairtable migrate up`"
        )),
    }
}

async fn ask_redis(settings: &Settings) -> Result<(), String> {
    let handle = redis::connect(&settings.redis).map_err(|error| chain(&error))?;
    let Some(handle) = handle else { return Ok(()) };
    handle.ping().await.map(drop).map_err(|error| chain(&error))
}

fn text(effective: &[Effective], findings: &[Finding]) -> String {
    let mut text = String::from("Settings\n");
    for one in effective {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {} = {}  [{}]", one.key.path, one.value, one.origin);
        let _ = writeln!(text, "      {} ({})", one.key.doc, one.key.variable());
    }
    text.push_str("Checks");
    for finding in findings {
        let state = finding.fault.as_deref().unwrap_or("ok");
        let _ = write!(text, "\n  {}: {state}", finding.name);
    }
    text
}

fn value(effective: &[Effective], findings: &[Finding]) -> Value {
    let settings: Vec<Value> = effective
        .iter()
        .map(|one| json!({"key": one.key.path, "value": one.value, "origin": one.origin, "doc": one.key.doc, "variable": one.key.variable()}))
        .collect();
    let checks: Vec<Value> = findings
        .iter()
        .map(|finding| json!({"name": finding.name, "ok": finding.fault.is_none(), "detail": finding.fault}))
        .collect();
    json!({"settings": settings, "checks": checks})
}
