use std::future::Future;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::Door;
use crate::contracts::{HealthCheck, HealthStatus};
use crate::platform::problem::ProblemDocument;

const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3);
/// A look at the migrations takes the lock that a running migration needs, so it is rare.
const MIGRATIONS_AGAIN: Duration = Duration::from_secs(5);

/// How this instance and what it depends on are doing.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct Health {
    /// The worst of the checks, as far as it matters for the whole.
    status: HealthStatus,
    /// This binary's version.
    version: &'static str,
    /// What was checked.
    checks: Vec<HealthCheck>,
}

/// The last answers, so that probes cannot load the database.
#[derive(Default)]
pub(super) struct HealthCache {
    ready: tokio::sync::Mutex<Option<(Instant, Health)>>,
    full: tokio::sync::Mutex<Option<(Instant, Health)>>,
    migrations: tokio::sync::Mutex<Option<Instant>>,
}

/// The process runs.
#[utoipa::path(tag = "health", responses((status = 200, body = Health)))]
#[get("/health/live")]
pub(super) async fn find_liveness() -> HttpResponse {
    answer(&summary(Vec::new()))
}

/// This instance wants requests: database reachable, schema up to date, not stopping.
#[utoipa::path(tag = "health", responses((status = 200, body = Health), (status = 503, body = Health)))]
#[get("/health/ready")]
pub(super) async fn find_readiness(
    door: web::Data<Door>,
    cache: web::Data<HealthCache>,
) -> HttpResponse {
    if door.readiness.is_draining() {
        return answer(&summary(vec![down(
            "instance",
            "is stopping; send requests elsewhere",
        )]));
    }
    answer(
        &cached(&cache.ready, || async {
            summary(readiness(&door, &cache).await)
        })
        .await,
    )
}

/// Every dependency with its latency.
#[utoipa::path(tag = "health", responses((status = 200, body = Health), (status = 503, body = Health)))]
#[get("/health")]
pub(super) async fn find_health(
    door: web::Data<Door>,
    cache: web::Data<HealthCache>,
) -> HttpResponse {
    full(&door, &cache).await
}

/// Every dependency with its latency.
#[utoipa::path(
    tag = "health",
    responses(
        (status = 200, body = Health),
        (status = 403, description = "The Host header does not name this instance", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Asked too often", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, body = Health),
    )
)]
#[get("/health")]
pub(super) async fn find_api_health(
    door: web::Data<Door>,
    cache: web::Data<HealthCache>,
) -> HttpResponse {
    full(&door, &cache).await
}

async fn full(door: &Door, cache: &HealthCache) -> HttpResponse {
    let make = || async {
        let mut checks = readiness(door, cache).await;
        checks.extend(redis(door).await);
        checks.push(timed("durable", HealthStatus::Degraded, open_runs(door)).await);
        for context in door.contexts.iter() {
            checks.extend(context.health().await);
        }
        summary(checks)
    };
    answer(&cached(&cache.full, make).await)
}

async fn readiness(door: &Door, cache: &HealthCache) -> Vec<HealthCheck> {
    let ping = async {
        door.platform
            .db
            .ping()
            .await
            .map_err(|error| error.to_string())
    };
    let database = timed("database", HealthStatus::Down, ping).await;
    let mut checks = vec![database];
    if !door.readiness.is_migrated() {
        checks.push(timed("migrations", HealthStatus::Down, migrations(door, cache)).await);
    }
    checks
}

async fn migrations(door: &Door, cache: &HealthCache) -> Result<(), String> {
    let mut looked = cache.migrations.lock().await;
    if door.readiness.is_migrated() {
        return Ok(());
    }
    if looked.is_some_and(|at| at.elapsed() < MIGRATIONS_AGAIN) {
        return Err("migrations were missing a moment ago".to_owned());
    }
    *looked = Some(Instant::now());
    let states = crate::platform::db::migration_states(&door.platform.settings).await;
    let states = states.map_err(|error| error.to_string())?;
    let missing = states.iter().filter(|state| !state.applied).count();
    if missing > 0 {
        return Err(format!(
            "{missing} migrations are missing; run `pyairtable migrate up`"
        ));
    }
    door.readiness.set_migrated();
    Ok(())
}

async fn open_runs(door: &Door) -> Result<(), String> {
    let durable = &door.platform.durable;
    let held = durable.count_restored().await;
    let held = held.map_err(|error| error.to_string())?;
    if held > 0 {
        return Err(format!(
            "{held} runs were held when the database was restored; see `pyairtable restored`"
        ));
    }
    let measures = durable.measures().await;
    let measures = measures.map_err(|error| error.to_string())?;
    match measures.stuck {
        0 => Ok(()),
        stuck => Err(format!(
            "{stuck} runs have been due for five minutes; does an instance work their kinds?"
        )),
    }
}

async fn redis(door: &Door) -> Option<HealthCheck> {
    let redis = door.platform.redis.as_ref()?;
    let ping = async {
        redis
            .ping()
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    };
    // Without Redis every instance goes on by itself.
    Some(timed("redis", HealthStatus::Degraded, ping).await)
}

/// One check with its duration; the cause goes to the log, the detail stays general.
async fn timed(
    name: &'static str,
    when_failing: HealthStatus,
    check: impl Future<Output = Result<(), String>>,
) -> HealthCheck {
    let started = Instant::now();
    let outcome = tokio::time::timeout(PATIENCE, check).await;
    let outcome = outcome.unwrap_or_else(|_| Err("does not answer".to_owned()));
    let detail = outcome.as_ref().err().map(|error| {
        tracing::warn!(check = name, error, "health.failed");
        format!("The {name} check failed; see the log of this instance")
    });
    HealthCheck {
        name: name.to_owned(),
        status: if outcome.is_ok() {
            HealthStatus::Ok
        } else {
            when_failing
        },
        latency_ms: started.elapsed().as_secs_f64() * 1000.0,
        detail,
    }
}

fn down(name: &str, detail: &str) -> HealthCheck {
    let (name, detail) = (name.to_owned(), Some(detail.to_owned()));
    HealthCheck {
        name,
        status: HealthStatus::Down,
        latency_ms: 0.0,
        detail,
    }
}

fn summary(checks: Vec<HealthCheck>) -> Health {
    let status = checks
        .iter()
        .map(|check| check.status)
        .max()
        .unwrap_or(HealthStatus::Ok);
    Health {
        status,
        version: env!("CARGO_PKG_VERSION"),
        checks,
    }
}

async fn cached<F: Future<Output = Health>>(
    slot: &tokio::sync::Mutex<Option<(Instant, Health)>>,
    make: impl FnOnce() -> F,
) -> Health {
    // The lock is held while checking, so that many probes at once make one check.
    let mut slot = slot.lock().await;
    if let Some((at, health)) = &*slot
        && at.elapsed() < FRESH
    {
        return health.clone();
    }
    let health = make().await;
    *slot = Some((Instant::now(), health.clone()));
    health
}

fn answer(health: &Health) -> HttpResponse {
    if health.status == HealthStatus::Down {
        return HttpResponse::ServiceUnavailable().json(health);
    }
    HttpResponse::Ok().json(health)
}
