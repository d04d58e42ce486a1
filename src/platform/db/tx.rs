use sea_orm::{DatabaseTransaction, DbErr};

use crate::platform::ids::TenantId;

/// A transaction that sees and writes the rows of one tenant alone; dropped without commit it rolls back.
pub struct TenantTx {
    inner: DatabaseTransaction,
    tenant: TenantId,
}

impl TenantTx {
    pub(super) fn new(inner: DatabaseTransaction, tenant: TenantId) -> Self {
        Self { inner, tenant }
    }

    /// The tenant whose rows this transaction sees.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The connection for statements.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }
}

/// A transaction for what has no tenant yet (sign-in, key lookup) or all of them (event delivery).
pub struct SystemTx {
    inner: DatabaseTransaction,
}

impl SystemTx {
    pub(super) fn new(inner: DatabaseTransaction) -> Self {
        Self { inner }
    }

    /// The connection for statements.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Makes the changes durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }
}
