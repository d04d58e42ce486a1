use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::query::Iterators;
use super::snapshot::{BaseHandle, Registry, State, TableSnapshot, load_base, load_table, refresh};
use super::{routes, transfer, v0};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, Context, Denied, Directory, FieldValues,
    HealthCheck, Permission, RenderedRecord, Role, TableSchema,
};
use crate::platform::Platform;
use crate::platform::clock::Millis;
use crate::platform::events::Subscription;
use crate::platform::ids::{BaseId, RecordId, TableId, TenantId};
use crate::platform::signals::Signal;
use crate::platform::tasks::Worker;

/// The signal sent after every write; its key is `tenant/base`.
pub(super) const BASE_CHANGED: &str = "base.changed";

const EVICTION_INTERVAL: Duration = Duration::from_secs(5);
const GATHER: Duration = Duration::from_millis(20);

/// The airtable context: the embedded engine and its surfaces.
pub struct Airtable {
    this: Weak<Self>,
    pub(super) platform: Platform,
    pub(super) directory: Arc<dyn Directory>,
    pub(super) registry: Registry,
    pub(super) iterators: Iterators,
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
    /// The context over a platform; people come from the directory.
    pub fn new(platform: &Platform, directory: Arc<dyn Directory>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            platform: platform.clone(),
            directory,
            registry: Registry::default(),
            iterators: Iterators::default(),
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

    /// Opens a base for an actor; unknown, foreign and hidden ones look the same.
    pub async fn open(
        &self,
        actor: &Actor,
        base: &str,
        permission: Permission,
    ) -> BaseResult<OpenBase> {
        let id: BaseId = base.parse().map_err(|_| not_found())?;
        let handle = self.handle(actor.tenant, id).await?.ok_or_else(not_found)?;
        let workspace = handle.state.load().base.workspace;
        let role = actor.require(workspace, permission).map_err(denied)?;
        handle.touch(self.platform.clock.now());
        Ok(OpenBase { handle, role })
    }

    async fn handle(&self, tenant: TenantId, base: BaseId) -> BaseResult<Option<Arc<BaseHandle>>> {
        if let Some(handle) = self.registry.get(tenant, base) {
            return Ok(Some(handle));
        }
        let tx = self.platform.db.read(tenant).await.map_err(database)?;
        let state = load_base(&tx, base).await.map_err(database)?;
        Ok(state.map(|state| self.registry.insert(state)))
    }

    /// The state of a base with these tables loaded.
    pub(super) async fn loaded(
        &self,
        base: &OpenBase,
        tables: &[TableId],
    ) -> BaseResult<Arc<State>> {
        let state = base.state();
        if tables.iter().all(|table| state.tables.contains_key(table)) {
            return Ok(state);
        }
        let _writer = base.handle.write.lock().await;
        let state = base.state();
        let tx = self
            .platform
            .db
            .read(state.base.tenant)
            .await
            .map_err(database)?;
        let refreshed = refresh(&tx, &state)
            .await
            .map_err(database)?
            .ok_or_else(not_found)?;
        let state = Arc::new(
            load_missing(&tx, refreshed, tables)
                .await
                .map_err(database)?,
        );
        base.handle.state.store(state.clone());
        Ok(state)
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

    /// Brings a base in memory up to the database; one that is gone leaves.
    pub(super) async fn refresh_handle(&self, handle: &BaseHandle) -> Result<(), DbErr> {
        let _writer = handle.write.lock().await;
        let state = handle.state.load_full();
        let (tenant, base) = (state.base.tenant, state.base.id);
        let tx = self.platform.db.read(tenant).await?;
        match refresh(&tx, &state).await? {
            Some(next) => handle.state.store(Arc::new(next)),
            None => self.registry.remove(tenant, base),
        }
        Ok(())
    }

    /// Looks which bases in memory other instances or processes have changed, and refreshes those.
    async fn refresh_changed(&self) -> Result<(), DbErr> {
        let handles = self.registry.all();
        let mut tenants: HashMap<TenantId, Vec<Arc<BaseHandle>>> = HashMap::new();
        for handle in handles {
            tenants
                .entry(handle.state.load().base.tenant)
                .or_default()
                .push(handle);
        }
        for (tenant, handles) in tenants {
            let seqs = super::store::seqs(&self.platform.db.read(tenant).await?).await?;
            for handle in handles {
                let (id, seq) = {
                    let state = handle.state.load();
                    (state.base.id, state.seq)
                };
                match seqs.get(&id) {
                    Some(newest) if *newest == seq => {}
                    _ => self.refresh_handle(&handle).await?,
                }
            }
        }
        Ok(())
    }

    async fn keep_fresh(self: Arc<Self>, stop: CancellationToken) {
        let mut signals = self.platform.signals.subscribe();
        let mut poll = tokio::time::interval(self.platform.settings.airtable.refresh_interval);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = poll.tick() => {}
                signal = signals.recv() => match signal {
                    Ok(Signal { topic, .. }) if topic != BASE_CHANGED && topic != "resync" => continue,
                    _ => {}
                },
            }
            // One look serves all the commits of the next few milliseconds.
            tokio::time::sleep(GATHER).await;
            signals = signals.resubscribe();
            if let Err(error) = self.refresh_changed().await {
                tracing::warn!(%error, "airtable.refresh_failed");
            }
        }
    }

    async fn keep_small(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVICTION_INTERVAL) => {}
            }
            let evicted = self
                .registry
                .evict(self.platform.settings.airtable.memory_budget)
                .await;
            if evicted > 0 {
                tracing::info!(bases = evicted, "airtable.evicted");
            }
        }
    }
}

#[async_trait]
impl Context for Airtable {
    fn name(&self) -> &'static str {
        "airtable"
    }

    fn api_routes(&self, config: &mut ServiceConfig<'_>) {
        config.app_data(actix_web::web::Data::new(self.shared()));
        routes::routes(config);
    }

    fn root_routes(&self, config: &mut ServiceConfig<'_>) {
        config.app_data(actix_web::web::Data::new(self.shared()));
        v0::routes(config);
    }

    async fn health(&self) -> Vec<HealthCheck> {
        Vec::new()
    }

    fn workers(&self) -> Vec<Worker> {
        let fresh = self.shared();
        let small = self.shared();
        vec![
            Worker {
                name: "airtable.refresh",
                run: Box::new(move |stop| Box::pin(fresh.clone().keep_fresh(stop))),
            },
            Worker {
                name: "airtable.evict",
                run: Box::new(move |stop| Box::pin(small.clone().keep_small(stop))),
            },
        ]
    }

    fn subscriptions(&self) -> Vec<Subscription> {
        transfer::subscriptions(&self.shared())
    }
}

pub(super) async fn load_missing(
    tx: &crate::platform::db::TenantTx,
    mut state: State,
    tables: &[TableId],
) -> Result<State, DbErr> {
    for id in tables {
        if state.tables.contains_key(id) {
            continue;
        }
        if let Some(table) = state.base.table(*id).cloned() {
            let snapshot = load_table(tx, state.base.id, &table).await?;
            state.tables.insert(*id, Arc::new(snapshot));
        }
    }
    Ok(state)
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

pub(super) fn database(error: DbErr) -> BaseError {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => BaseError {
            kind: BaseErrorKind::Unavailable,
            message: "The server cannot reach its database right now".to_owned(),
            source: Some(error.into()),
        },
        other => BaseError::internal(other),
    }
}
