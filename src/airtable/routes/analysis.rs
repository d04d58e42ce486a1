use actix_web::web::Path;
use actix_web::{HttpResponse, get};

use super::Engine;
use super::error::{Problems, problem};
use crate::contracts::{BaseAnalysis, Bases, Caller};
use crate::platform::problem::Problem;

/// Analyses a base: its tables and fields, its relationships and computed fields, and what is worth a look.
#[utoipa::path(
    tag = "bases",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The analysis", body = BaseAnalysis), Problems)
)]
#[get("/airtable/bases/{base_id}/analysis")]
pub(super) async fn analyze_base(
    caller: Caller,
    engine: Engine,
    base: Path<String>,
) -> Result<HttpResponse, Problem> {
    let analysis = engine.analyze_base(&caller, &base).await.map_err(problem)?;
    Ok(HttpResponse::Ok().json(&*analysis))
}
