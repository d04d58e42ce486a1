use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::StandIn;
use super::plan::FaultPlan;
use crate::contracts::Caller;
use crate::platform::problem::Problem;
use crate::platform::sync::lock;

const USUAL_PAGE: usize = 1000;
const LARGEST_PAGE: usize = 10_000;

/// Mounts what tests steer and judge by.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/_standin/ledger", web::get().to(read_ledger))
        .route("/_standin/faults", web::get().to(show_faults))
        .route("/_standin/faults", web::put().to(change_faults))
        .route("/_standin/counts", web::get().to(show_counts));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    after: usize,
    limit: Option<usize>,
}

async fn read_ledger(
    _: Caller,
    page: web::Query<Page>,
    stand_in: web::Data<StandIn>,
) -> Result<HttpResponse, Problem> {
    let limit = page.limit.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE);
    let mut ledger = lock(&stand_in.0.ledger);
    let effects = ledger.read(page.after, limit);
    let effects = effects.map_err(|error| Problem::internal().cause(error))?;
    Ok(HttpResponse::Ok().json(json!({"effects": effects, "last": ledger.last()})))
}

async fn show_faults(_: Caller, stand_in: web::Data<StandIn>) -> HttpResponse {
    HttpResponse::Ok().json(lock(&stand_in.0.dice).plan())
}

async fn change_faults(
    _: Caller,
    request: HttpRequest,
    body: Bytes,
    stand_in: web::Data<StandIn>,
) -> Result<HttpResponse, Problem> {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_toml = kind.is_some_and(|kind| kind.as_bytes().ends_with(b"toml"));
    let plan = match is_toml {
        true => FaultPlan::from_toml(&String::from_utf8_lossy(&body)),
        false => FaultPlan::from_json(&body),
    };
    let plan = plan.map_err(|faults| {
        let problem = Problem::invalid().next("Mend all of them and send the plan again");
        faults.0.into_iter().fold(problem, |problem, fault| {
            problem.field(fault.place, fault.message)
        })
    })?;
    let answer = HttpResponse::Ok().json(&plan);
    stand_in.begin(plan);
    Ok(answer)
}

async fn show_counts(_: Caller, stand_in: web::Data<StandIn>) -> HttpResponse {
    let counts = lock(&stand_in.0.dice).counts().to_vec();
    let effects = lock(&stand_in.0.ledger).last();
    let requests = lock(&stand_in.0.gate).counts();
    HttpResponse::Ok().json(json!({"faults": counts, "effects": effects, "requests": requests}))
}
