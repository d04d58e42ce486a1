use std::collections::HashMap;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

use super::attachments::{self, Signer};
use super::mirror::Rounds;
use super::query::{Iterators, Programs};
use super::remote;
use super::service_analysis::Analyses;
use super::snapshot::{BaseHandle, Registry, State, TableSnapshot, load_base};
use super::sql::Engine;
use super::{routes, transfer, v0, webhooks};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, CallsSlot, Context, Credential, Denied, Directory,
    FieldValues, HealthCheck, Permission, RenderedRecord, Role, ScopeSet, SharedJournal,
    TableSchema, TenantRole,
};
use crate::platform::Platform;
use crate::platform::clock::Millis;
use crate::platform::durable::Handler;
use crate::platform::events::Subscription;
use crate::platform::ids::{BaseId, RecordId, TenantId, UserId};
use crate::platform::jobs::JobHandler;
use crate::platform::routes::Routes;
use crate::platform::tasks::{Supervisor, Worker};
use crate::platform::vault::TenantKey;

const KIB: usize = 1024;

/// The airtable context: the embedded engine and its surfaces.
pub struct Airtable {
    this: Weak<Self>,
    pub(super) platform: Platform,
    pub(super) directory: Arc<dyn Directory>,
    pub(super) registry: Registry,
    pub(super) iterators: Iterators,
    pub(super) programs: Programs,
    pub(super) sql: Engine,
    pub(super) analyses: Analyses,
    pub(super) remote: remote::Client,
    pub(super) joining: remote::Joining,
    pub(super) rounds: Rounds,
    /// KiB of documents that may be in memory to be imported.
    imports: Semaphore,
    pub(super) signer: Arc<Signer>,
    /// Images are decoded one at a time, since each takes much memory.
    pub(super) images: Semaphore,
    pub(super) journal: SharedJournal,
    pub(super) calls: CallsSlot,
    pub(super) tasks: Supervisor,
}

/// A base that an actor may use; the only way to its records.
pub struct OpenBase {
    pub(super) handle: Arc<BaseHandle>,
    /// The actor's role in the base's workspace.
    pub role: Role,
}

impl OpenBase {
    /// The base at this moment.
    pub(super) fn state(&self) -> Arc<State> {
        self.handle.state.load_full()
    }
}

/// A whole base as a document.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportDocument {
    /// The base; a fresh id without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<BaseId>,
    /// Its name.
    pub name: String,
    /// Its tables as the metadata API answers them.
    pub tables: Vec<TableSchema>,
    /// Its records by table id.
    #[serde(default)]
    pub records: HashMap<String, Vec<ImportRecord>>,
}

/// A record in a document.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportRecord {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// When it was made, RFC 3339.
    pub created_time: String,
    /// Its cells by field name or id.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: FieldValues,
}

/// What an import made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// The base.
    pub base_id: BaseId,
    /// What was left out or kept as it was.
    pub warnings: Vec<String>,
}

/// A window into a table by row number.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Records in the table.
    pub total: u64,
    /// The records of the window, cells by field id.
    pub records: Vec<RenderedRecord>,
    /// The names of the records they link to.
    pub names: Vec<(RecordId, String)>,
}

impl Airtable {
    /// The context over a platform; people come from the directory, change sets are kept in
    /// the journal, and calls with a key with the calls.
    pub fn new(
        platform: &Platform,
        directory: Arc<dyn Directory>,
        journal: SharedJournal,
        calls: CallsSlot,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            platform: platform.clone(),
            directory,
            registry: Registry::default(),
            iterators: Iterators::default(),
            programs: Programs::default(),
            sql: Engine::new(&platform.settings.sql),
            analyses: Analyses::default(),
            remote: remote::Client::new(platform),
            joining: remote::Joining::default(),
            rounds: Rounds::default(),
            signer: Signer::new(platform),
            images: Semaphore::new(1),
            imports: Semaphore::new(platform.settings.server.import_limit.div_ceil(KIB)),
            journal,
            calls,
            tasks: Supervisor::here(),
        })
    }

    /// Another handle on this context.
    pub(super) fn shared(&self) -> Arc<Self> {
        self.this
            .upgrade()
            .expect("it is called through an Arc, which keeps it alive")
    }

    /// The wall clock.
    pub(super) fn now(&self) -> Millis {
        self.platform.clock.now()
    }

    /// Bytes an import document may have.
    pub(super) fn import_limit(&self) -> usize {
        self.platform.settings.server.import_limit
    }

    /// Room in memory for an import document; `None` while others take it.
    pub(super) fn import_room(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let units = u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX);
        self.imports.try_acquire_many(units).ok()
    }

    /// Opens a base for an actor; unknown, foreign and hidden ones look the same.
    pub async fn open(
        &self,
        actor: &Actor,
        base: &str,
        permission: Permission,
    ) -> BaseResult<OpenBase> {
        let id: BaseId = base.parse().map_err(|_| not_found())?;
        let Some(handle) = self.handle(actor.tenant, id).await? else {
            return Err(self.not_here(actor, id, permission).await?);
        };
        let (workspace, is_mirror) = {
            let state = handle.state.load();
            (state.base.workspace, state.base.is_mirror)
        };
        if is_mirror {
            Box::pin(self.check_mirror(actor, id, permission)).await?;
        }
        let role = actor.require(workspace, permission).map_err(denied)?;
        handle.touch(self.platform.clock.now());
        Ok(OpenBase { handle, role })
    }

    /// Why a base cannot be opened: it lies at Airtable, or there is none.
    async fn not_here(
        &self,
        actor: &Actor,
        base: BaseId,
        permission: Permission,
    ) -> BaseResult<BaseError> {
        let offer = self.offer(actor, base, permission).await?;
        Ok(offer.map_or_else(not_found, |_| {
            let message = "The base lies at Airtable, where this cannot be done; /v0 and the reading tools reach it, and where it is copied here, tools write to it too";
            BaseError::new(BaseErrorKind::InvalidRequest, message)
        }))
    }

    /// A base in memory, whoever asks; `None` when there is none.
    pub(super) async fn handle(
        &self,
        tenant: TenantId,
        base: BaseId,
    ) -> BaseResult<Option<Arc<BaseHandle>>> {
        if let Some(handle) = self.registry.get(tenant, base) {
            return Ok(Some(handle));
        }
        let key = self.key(tenant).await?;
        let tx = self
            .platform
            .db
            .read(tenant)
            .await
            .map_err(BaseError::database)?;
        let state = load_base(&tx, base, key, self.links(tenant, base))
            .await
            .map_err(BaseError::database)?;
        Ok(state.map(|state| self.registry.insert(state)))
    }

    /// What the change logs of a tenant are sealed with.
    pub(super) async fn key(&self, tenant: TenantId) -> BaseResult<TenantKey> {
        let key = self.platform.vault.of(tenant).await;
        key.map_err(|error| BaseError::database(DbErr::from(error)))
    }

    /// A table named by id or name, with those its links lead to when `linked`.
    pub(super) async fn table(
        &self,
        base: &OpenBase,
        name: &str,
        linked: bool,
    ) -> BaseResult<(Arc<State>, Arc<TableSnapshot>)> {
        let state = base.state();
        let table = state.base.find_table(name).cloned().ok_or_else(not_found)?;
        let mut wanted = vec![table.id];
        if linked {
            wanted.extend(super::write::linked_tables(&table));
        }
        let state = self.loaded(base, &wanted).await?;
        let snapshot = state.snapshot(table.id).cloned().ok_or_else(not_found)?;
        Ok((state, snapshot))
    }
}

#[async_trait]
impl Context for Airtable {
    fn name(&self) -> &'static str {
        "airtable"
    }

    fn api_routes(&self, config: &mut Routes<'_>) {
        config.app_data(actix_web::web::Data::new(self.shared()));
        routes::routes(config);
    }

    fn root_routes(&self, config: &mut Routes<'_>) {
        config.app_data(actix_web::web::Data::new(self.shared()));
        v0::routes(config);
        routes::root_routes(config);
    }

    async fn health(&self) -> Vec<HealthCheck> {
        self.remote.health().into_iter().collect()
    }

    fn workers(&self) -> Vec<Worker> {
        let fresh = self.shared();
        let small = self.shared();
        let images = self.shared();
        let webhooks = self.shared();
        let files = self.shared();
        let paced = self.shared();
        let mirrors = self.shared();
        vec![
            Worker {
                name: "airtable.refresh",
                run: Box::new(move |stop| Box::pin(fresh.clone().keep_fresh(stop))),
            },
            Worker {
                name: "airtable.evict",
                run: Box::new(move |stop| Box::pin(small.clone().keep_small(stop))),
            },
            Worker {
                name: "airtable.images",
                run: Box::new(move |stop| Box::pin(images.clone().keep_images(stop))),
            },
            Worker {
                name: "airtable.webhooks_over",
                run: Box::new(move |stop| Box::pin(webhooks.clone().keep_webhooks(stop))),
            },
            Worker {
                name: "airtable.files",
                run: Box::new(move |stop| Box::pin(files.clone().keep_files(stop))),
            },
            Worker {
                name: "airtable.mirrors",
                run: Box::new(move |stop| Box::pin(mirrors.clone().keep_mirrors(stop))),
            },
            Worker {
                name: "airtable.pace",
                run: Box::new(move |stop| {
                    let paced = paced.clone();
                    Box::pin(async move { paced.remote.keep_heard(stop).await })
                }),
            },
        ]
    }

    fn run_handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![
            Arc::new(JobHandler(webhooks::Pings(self.shared()))),
            Arc::new(JobHandler(attachments::Fetches(self.shared()))),
        ]
    }

    fn subscriptions(&self) -> Vec<Subscription> {
        let mut subscriptions = transfer::subscriptions(&self.shared());
        subscriptions.push(webhooks::Changes::subscription(self.shared()));
        subscriptions
    }
}

/// The answer for what does not exist or must look as if it did not.
pub(super) fn not_found() -> BaseError {
    BaseError::new(
        BaseErrorKind::NotFoundOrForbidden,
        "Invalid permissions, or the requested model was not found. Check that both your user and your token have the required permissions, and that the model names and/or ids are correct.",
    )
}

pub(super) fn denied(denied: Denied) -> BaseError {
    match denied {
        Denied::Role(_) | Denied::SessionOnly => BaseError::new(
            BaseErrorKind::Forbidden,
            "You are not permitted to perform this operation",
        ),
        Denied::Hidden | Denied::Scope(_) => not_found(),
    }
}

/// This instance where it writes for nobody; no right is asked of it, and it has none.
pub(super) fn instance(tenant: TenantId) -> Actor {
    Actor {
        tenant,
        user: UserId::MIN,
        name: Arc::from(""),
        email: Arc::from(""),
        credential: Credential::Local,
        scopes: ScopeSet::from_iter([]),
        records_changes: false,
        tenant_role: TenantRole::Member,
        workspaces: Arc::from([]),
    }
}
