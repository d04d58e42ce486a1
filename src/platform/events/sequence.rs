use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::work::only_types;
use crate::platform::db::{Db, Dialect, SystemTx};

const LOCK: i64 = 0x5079_4576;
const BATCH: u64 = 1000;

// Only rows whose transaction has committed are visible here, so a row that commits late gets a later place
// instead of being skipped; `seq` keeps the order inside an aggregate, whose writers take turns.
// The newest row must survive any clean-up, or places would be given out twice.
const SEQUENCE: &str = "UPDATE event_log SET position = placed.position FROM ( \
       SELECT seq, row_number() OVER (ORDER BY seq) \
                   + (SELECT COALESCE(MAX(position), 0) FROM event_log) AS position \
       FROM (SELECT seq FROM event_log WHERE position IS NULL ORDER BY seq LIMIT 1000) AS fresh \
     ) AS placed WHERE event_log.seq = placed.seq";

/// Whether committed events of these types wait for their place, which costs a write that nobody needs before.
pub(super) async fn is_behind(tx: &SystemTx, types: &[&'static str]) -> Result<bool, DbErr> {
    if tx.conn().get_database_backend() == DbBackend::Sqlite {
        return Ok(false);
    }
    let mut select = Query::select()
        .expr(Expr::val(1))
        .from("event_log")
        .and_where(Expr::col("position").is_null())
        .limit(1)
        .to_owned();
    only_types(&mut select, types);
    Ok(tx.conn().query_one(&select).await?.is_some())
}

/// Gives all committed events their place in the log.
pub(super) async fn sequence(db: &Db) -> Result<(), DbErr> {
    if db.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut placed = BATCH;
    while placed == BATCH {
        let tx = db.system().await?;
        let lock = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_advisory_xact_lock($1)",
            [LOCK.into()],
        );
        // The statement behind the lock sees what the holder before it has placed.
        tx.conn().execute_raw(lock).await?;
        placed = tx
            .conn()
            .execute_unprepared(SEQUENCE)
            .await?
            .rows_affected();
        tx.commit().await?;
    }
    Ok(())
}
