use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::platform::db::{Db, Dialect};

const LOCK: i64 = 0x5079_4576;

// Only rows whose transaction has committed are visible here, so a row that commits late gets a later place
// instead of being skipped; `seq` keeps the order inside an aggregate, whose writers take turns.
// The newest row must survive any clean-up, or places would be given out twice.
const SEQUENCE: &str = "UPDATE event_log SET position = placed.position FROM ( \
       SELECT seq, row_number() OVER (ORDER BY seq) \
                   + (SELECT COALESCE(MAX(position), 0) FROM event_log) AS position \
       FROM (SELECT seq FROM event_log WHERE position IS NULL ORDER BY seq LIMIT 1000) AS fresh \
     ) AS placed WHERE event_log.seq = placed.seq";

/// Gives committed events their place in the log; false when another instance is doing it.
pub(super) async fn sequence(db: &Db) -> Result<bool, DbErr> {
    if db.dialect() == Dialect::Sqlite {
        return Ok(true);
    }
    let tx = db.system().await?;
    let lock = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_try_advisory_xact_lock($1) AS locked",
        [LOCK.into()],
    );
    let row = tx.conn().query_one_raw(lock).await?;
    let locked = row
        .map(|row| row.try_get::<bool>("", "locked"))
        .transpose()?;
    if locked != Some(true) {
        return Ok(false);
    }
    tx.conn().execute_unprepared(SEQUENCE).await?;
    tx.commit().await?;
    Ok(true)
}
