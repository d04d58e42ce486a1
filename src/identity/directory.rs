use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;

use super::error::Error;
use super::service::Identity;
use super::store;
use crate::contracts::{AuthError, Directory, Person, WorkspaceRef};
use crate::platform::ids::TenantId;

const KEPT: Duration = Duration::from_secs(4);
const MOST_KEPT: u64 = 1000;

/// The people of tenants that were asked for lately.
pub(crate) struct People(Cache<TenantId, Arc<[Person]>>);

impl People {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MOST_KEPT)
                .time_to_live(KEPT)
                .build(),
        )
    }

    pub(crate) fn forget_all(&self) {
        self.0.invalidate_all();
    }
}

#[async_trait]
impl Directory for Identity {
    async fn people(&self, tenant: TenantId) -> Result<Arc<[Person]>, AuthError> {
        if let Some(people) = self.known_people().0.get(&tenant).await {
            return Ok(people);
        }
        let people: Arc<[Person]> = self.load_people(tenant).await?.into();
        self.known_people().0.insert(tenant, people.clone()).await;
        Ok(people)
    }

    async fn workspaces(&self, tenant: TenantId) -> Result<Vec<WorkspaceRef>, AuthError> {
        let workspaces = self.workspaces_of(tenant).await?;
        let reference = |workspace: store::Workspace| WorkspaceRef {
            id: workspace.id,
            tenant,
            name: workspace.name,
        };
        Ok(workspaces.into_iter().map(reference).collect())
    }
}

impl Identity {
    async fn load_people(&self, tenant: TenantId) -> Result<Vec<Person>, Error> {
        let tx = self.platform().db.read(tenant).await?;
        Ok(store::active_people(&tx).await?)
    }
}
