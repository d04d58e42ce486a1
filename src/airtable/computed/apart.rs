use sea_orm::DbErr;

/// Records that are computed in less time than it takes to move the work.
const FEW: usize = 2_000;

/// Runs a computation over so many records where it holds up no other request.
pub(in crate::airtable) async fn apart<T: Send + 'static>(
    records: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DbErr> {
    if records < FEW {
        return Ok(work());
    }
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| DbErr::Custom(format!("the computation was cut off: {error}")))
}
