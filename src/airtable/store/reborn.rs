use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr};

use super::bases::parse_id;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, RecordId};

const REBORN: &str = "airtable_reborn_records";

/// The ids under which deleted records of a copied base came back at Airtable.
pub(in crate::airtable) async fn reborn_records(
    tx: &TenantTx,
    base: BaseId,
) -> Result<HashMap<RecordId, RecordId>, DbErr> {
    let select = Query::select()
        .columns(["old_id", "new_id"])
        .from(REBORN)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter()
        .map(|row| Ok((parse_id(row, "old_id")?, parse_id(row, "new_id")?)))
        .collect()
}

/// A deleted record came back at Airtable under another id.
pub(in crate::airtable) async fn note_reborn(
    tx: &TenantTx,
    base: BaseId,
    (old, new): (RecordId, RecordId),
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(REBORN)
        .columns(["tenant_id", "base_id", "old_id", "new_id"])
        .values_panic([
            tx.tenant().to_string().into(),
            base.to_string().into(),
            old.to_string().into(),
            new.to_string().into(),
        ])
        .on_conflict(
            OnConflict::columns(["tenant_id", "base_id", "old_id"])
                .do_nothing()
                .to_owned(),
        )
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}
