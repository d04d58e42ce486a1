use async_trait::async_trait;

use super::store;
use crate::contracts::{Effect, Journal, WriteContext};
use crate::platform::db::{DbError, TenantTx};

/// Writes change sets down in the transaction of the change itself.
pub struct ChangeJournal;

#[async_trait]
impl Journal for ChangeJournal {
    async fn record(
        &self,
        tx: &TenantTx,
        by: WriteContext<'_>,
        effect: &Effect,
    ) -> Result<(), DbError> {
        store::open_set(tx, by.actor, by.change, effect.at).await?;
        if let Some(fence) = by.change.fence
            && !store::pass_fence(tx, fence).await?
        {
            let message = "another attempt has taken this change over; nothing was written";
            return Err(DbError::Custom(message.to_owned()));
        }
        store::add_part(tx, by.change.id, effect).await?;
        metrics::counter!("change_set_parts_total", "origin" => by.change.origin.as_str())
            .increment(1);
        Ok(())
    }
}
