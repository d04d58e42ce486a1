use sea_orm::DbErr;
use serde_json::json;

use super::change::Change;
use super::client::{ControlError, Durable};
use super::resolve::Resolution;
use super::store::{Texts, ids_of};
use super::types::Entry;
use crate::platform::db::TenantTx;
use crate::platform::ids::{RunId, TenantId};

// Those that need a person already have no effect by themselves, and keep their reason.
const OPEN: &str = "ended_at IS NULL AND state <> 'needs_attention'";
const HELD: &str = "state = 'needs_attention' AND error LIKE '{\"code\":\"restored\"%'";
const ERROR: &str = r#"{"code":"restored","message":"The database was restored from a backup; what was done since is not known here"}"#;

const HOLD: &str = "UPDATE durable_runs SET seq = seq + entries, bytes = bytes + more, state = 'needs_attention', \
      error = why, held_from = CASE WHEN state = 'compensating' THEN state ELSE 'running' END, \
      deadline = CASE WHEN state = 'waiting' THEN deadline + (:now - updated_at) ELSE deadline END, \
      owner = NULL, lease_until = 0, due = NULL, waits_for = NULL, updated_at = :now \
    FROM (SELECT value->>'run' AS run, CAST(value->>'entries' AS bigint) AS entries, \
      CAST(value->>'bytes' AS bigint) AS more, value->>'why' AS why FROM :each($2:json)) changed \
    WHERE id = run AND tenant_id = $3 AND ended_at IS NULL AND state <> 'needs_attention'";

impl Durable {
    /// Leaves every open run to a person, as after the database was put back from a backup.
    pub(in crate::platform) async fn hold_open(&self) -> Result<u64, DbErr> {
        let mut held = 0;
        for (run, tenant) in self.chosen(OPEN).await? {
            let tx = self.db.begin(tenant).await?;
            held += u64::from(self.hold_restored(&tx, run).await?);
            tx.commit().await?;
        }
        Ok(held)
    }

    /// Leaves one run to a person, because what it was started for is older than a restore; false when it has ended.
    pub async fn hold_restored(&self, tx: &TenantTx, run: RunId) -> Result<bool, DbErr> {
        let (place, row) = ((run, tx.tenant()), json!({"why": ERROR}));
        let entries = vec![Entry::new("needs_attention", Some("restored".to_owned()))];
        let change = Change::new(place, (HOLD, row), Texts::default(), entries);
        Ok(change.apply(self, tx).await?.is_some())
    }

    /// Lets every run that a restore has held go on where it stopped.
    pub async fn release_restored(&self, reason: &str) -> Result<u64, ControlError> {
        let mut released = 0;
        for (run, tenant) in self.chosen(HELD).await? {
            let tx = self.db.begin(tenant).await?;
            match self.resolve(&tx, run, &Resolution::Continue, reason).await {
                Ok(()) => released += 1,
                // Somebody has decided meanwhile.
                Err(ControlError::WrongState(_)) => continue,
                Err(error) => return Err(error),
            }
            tx.commit().await?;
        }
        self.wake();
        Ok(released)
    }

    /// How many runs a restore has left to a person.
    pub async fn count_restored(&self) -> Result<i64, DbErr> {
        let tx = self.db.system_read().await?;
        let sql = format!("SELECT COUNT(*) AS held FROM durable_runs WHERE {HELD}");
        let rows = self.rows(tx.conn(), &sql, []).await?;
        rows.first().map_or(Ok(0), |row| row.try_get("", "held"))
    }

    async fn chosen(&self, which: &str) -> Result<Vec<(RunId, TenantId)>, DbErr> {
        let tx = self.db.system_read().await?;
        let sql = format!("SELECT id, tenant_id FROM durable_runs WHERE {which} ORDER BY id");
        let rows = self.rows(tx.conn(), &sql, []).await?;
        rows.iter().map(ids_of).collect()
    }
}
