//! The composition root: the only place that names every context.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::contracts::{AuthError, Context, Directory, Person, Services, WorkspaceRef};
use crate::gateway::{self, Door, Readiness};
use crate::platform::cache::Cache;
use crate::platform::clock::Clock;
use crate::platform::db::{self, Db};
use crate::platform::files::Files;
use crate::platform::ids::TenantId;
use crate::platform::limits::Limiter;
use crate::platform::lineage::Lineage;
use crate::platform::secrets::{Secrets, SecretsError};
use crate::platform::settings::{Faults, Settings};
use crate::platform::signals::Signals;
use crate::platform::tasks::Supervisor;
use crate::platform::telemetry::Metrics;
use crate::platform::vault::{Vault, VaultError};
use crate::platform::{Platform, durable, events, outbound, redis, transport};

/// Every context that this binary could have, and whether it was compiled in.
const CONTEXTS: [(&str, bool); 4] = [
    ("identity", cfg!(feature = "identity")),
    ("airtable", cfg!(feature = "airtable")),
    ("saga", cfg!(feature = "saga")),
    ("mcp", cfg!(feature = "mcp")),
];
/// How long background tasks get to end after the last request, beside what steps of durable runs get.
const TASK_PATIENCE: Duration = Duration::from_secs(5);

/// Why the application cannot start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] Faults),
    /// `contexts` names something that is not in this binary.
    #[error("contexts names {name:?}, which is not in this binary; it has: {compiled}")]
    UnknownContext {
        /// What was named.
        name: String,
        /// What there is.
        compiled: String,
    },
    /// The instance key cannot be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The database cannot be migrated.
    #[error(transparent)]
    Migrate(#[from] db::MigrateError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] db::OpenError),
    /// The instance key is not the one that the database is sealed with.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// `redis.url` cannot be used.
    #[error(transparent)]
    Redis(#[from] redis::ConnectError),
    /// An address cannot be listened on.
    #[error("failed to listen on {address}")]
    Listen {
        /// Which address.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

type SetupLink = Box<dyn Fn(String) -> BoxFuture<'static, Option<String>> + Send + Sync>;

/// The built application: what the server and the commands work with.
pub struct App {
    /// What everybody stands on.
    pub platform: Platform,
    /// What the running contexts offer.
    pub services: Services,
    /// The running contexts in the order they were built.
    pub contexts: Vec<Arc<dyn Context>>,
    /// Set, it serves as a stand-in for Airtable and does nothing else.
    pub stand_in: Option<gateway::StandIn>,
    readiness: Readiness,
    setup_link: Option<SetupLink>,
}

impl App {
    /// Migrates and opens the database if the settings say so, then builds the platform and every enabled context.
    pub async fn build(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        let readiness = Readiness::default();
        if settings.database.migrate_on_start {
            db::migrate(&settings).await?;
            readiness.set_migrated();
        }
        let platform = platform(settings, clock).await?;
        platform.vault.check().await?;
        Self::assemble(platform, readiness)
    }

    /// Builds the enabled contexts over an open but perhaps unmigrated database.
    pub async fn build_unmigrated(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        Self::assemble(platform(settings, clock).await?, Readiness::default())
    }

    fn assemble(platform: Platform, readiness: Readiness) -> Result<Self, StartError> {
        refuse_unknown_contexts(&platform.settings.contexts)?;
        let services = Services::default();
        #[allow(unused_mut, reason = "a build without any context adds none")]
        let mut app = Self {
            platform,
            services,
            contexts: Vec::new(),
            stand_in: None,
            readiness,
            setup_link: None,
        };
        #[cfg(feature = "identity")]
        app.add("identity", |app| {
            let identity = Arc::new(crate::identity::Identity::new(&app.platform));
            app.services.authenticator = Some(identity.clone());
            app.services.directory = Some(identity.clone());
            app.services.workspaces = Some(identity.clone());
            let links = identity.clone();
            app.setup_link = Some(Box::new(move |public_url| {
                let links = links.clone();
                Box::pin(async move { links.setup_link(&public_url).await })
            }));
            Ok(identity)
        })?;
        // Before the context that writes: what it writes down there is part of its own transactions.
        #[cfg(feature = "saga")]
        if app.wants("saga") {
            app.services.journal = Some(Arc::new(crate::saga::ChangeJournal));
        }
        #[cfg(feature = "airtable")]
        app.add("airtable", |app| {
            let directory = app
                .services
                .directory
                .clone()
                .unwrap_or_else(|| Arc::new(NoDirectory));
            let journal = app.services.journal.clone();
            let calls = app.services.late_calls.clone();
            let airtable = crate::airtable::Airtable::new(&app.platform, directory, journal, calls);
            app.services.base_history = Some(airtable.clone());
            app.services.bases = Some(airtable.clone());
            app.services.base_writer = Some(airtable.clone());
            app.services.base_admin = Some(airtable.clone());
            app.services.comments = Some(airtable.clone());
            Ok(airtable)
        })?;
        #[cfg(feature = "saga")]
        app.add("saga", |app| {
            let saga = Arc::new(crate::saga::Saga::new(&app.platform, &app.services));
            app.services.transactions = Some(saga.clone());
            app.services.approvals = Some(saga.clone());
            app.services.calls = Some(saga.clone());
            app.services.late_calls.fill(saga.clone());
            Ok(saga)
        })?;
        #[cfg(feature = "mcp")]
        app.add("mcp", |app| {
            let mcp = Arc::new(crate::mcp::Mcp::new(&app.platform, &app.services));
            app.services.late_toolbox.fill(mcp.clone());
            app.services.toolbox = Some(mcp.clone());
            Ok(mcp)
        })?;
        Ok(app)
    }

    fn add(
        &mut self,
        name: &str,
        build: impl FnOnce(&mut Self) -> Result<Arc<dyn Context>, StartError>,
    ) -> Result<(), StartError> {
        if self.wants(name) {
            let context = build(self)?;
            self.contexts.push(context);
        }
        Ok(())
    }

    fn wants(&self, name: &str) -> bool {
        let wanted = &self.platform.settings.contexts;
        wanted.is_empty() || wanted.iter().any(|one| one == name)
    }

    /// The one-time link for the first person; `None` once somebody is there.
    pub async fn setup_link(&self, public_url: &str) -> Option<String> {
        let make = self.setup_link.as_ref()?;
        make(public_url.to_owned()).await
    }

    /// Ends what a command opened.
    pub async fn close(&self) {
        // A connection that somebody still holds must not keep the process from ending.
        if tokio::time::timeout(TASK_PATIENCE, self.platform.db.close())
            .await
            .is_err()
        {
            tracing::warn!("database.close_late");
        }
    }

    /// Serves until `stop` is ready, then drains; program and tests call the same.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let metrics = Metrics::install();
        let Platform {
            lineage, durable, ..
        } = &self.platform;
        lineage.check(durable).await.map_err(db::OpenError::from)?;
        let supervisor = Supervisor::default();
        self.start_workers(&supervisor, &metrics);
        let door = Door {
            platform: self.platform.clone(),
            services: self.services.clone(),
            contexts: self.contexts.clone().into(),
            readiness: self.readiness.clone(),
            stand_in: self.stand_in.clone(),
        };
        let settings = self.platform.settings.clone();
        let (public, metrics) = listen(door, listener, metrics, settings.server.metrics_listen)?;
        let handles =
            [Some(&public), metrics.as_ref()].map(|running| running.map(|it| it.handle.clone()));
        if let Some(metrics) = metrics {
            supervisor.spawn("metrics.server", ended(metrics.server));
        }
        let mut server = std::pin::pin!(ended(public.server));
        tokio::select! {
            () = &mut server => {}
            () = stop => {
                tracing::info!("server.draining");
                self.readiness.drain();
                let [public, _] = &handles;
                let stopping = async { if let Some(handle) = public { handle.stop(true).await } };
                tokio::join!(stopping, &mut server);
            }
        }
        tracing::debug!("server.drained");
        if let [_, Some(metrics)] = &handles {
            metrics.stop(false).await;
        }
        let patience = TASK_PATIENCE + settings.durable.drain_timeout;
        if !supervisor.stop(patience).await {
            tracing::warn!("tasks.late");
        }
        tracing::debug!("tasks.stopped");
        self.close().await;
        tracing::info!("server.stopped");
        Ok(())
    }

    fn start_workers(&self, supervisor: &Supervisor, metrics: &Metrics) {
        let platform = &self.platform;
        let subscriptions = self
            .contexts
            .iter()
            .flat_map(|context| context.subscriptions());
        let deliveries = events::workers(
            &platform.db,
            &platform.clock,
            &platform.signals,
            &platform.settings.events,
            subscriptions.collect(),
        );
        let handlers = self
            .contexts
            .iter()
            .flat_map(|context| context.run_handlers());
        let kernel = durable::Kernel::new(
            &platform.durable,
            platform.settings.durable.clone(),
            handlers,
        );
        let own = self.contexts.iter().flat_map(|context| context.workers());
        own.chain(db::workers(&platform.db, &platform.clock))
            .chain(deliveries)
            .chain(kernel.workers())
            .chain(transport::workers(
                &platform.db,
                platform.redis.clone(),
                &platform.signals,
            ))
            .chain([metrics.upkeep(), platform.lineage.worker()])
            .for_each(|worker| supervisor.run(worker));
    }
}

fn refuse_unknown_contexts(wanted: &[String]) -> Result<(), StartError> {
    let compiled = || {
        CONTEXTS
            .into_iter()
            .filter(|(_, compiled)| *compiled)
            .map(|(name, _)| name)
    };
    match wanted
        .iter()
        .find(|name| !compiled().any(|known| known == name.as_str()))
    {
        None => Ok(()),
        Some(name) => Err(StartError::UnknownContext {
            name: name.clone(),
            compiled: compiled().collect::<Vec<_>>().join(", "),
        }),
    }
}

async fn platform(settings: Settings, clock: Clock) -> Result<Platform, StartError> {
    let secrets = Secrets::open(&settings)?;
    let db = Db::open(&settings).await?;
    db.set_clock(&clock).await.map_err(db::OpenError::from)?;
    let signals = Signals::default();
    let redis = redis::connect(&settings.redis)?;
    let http = outbound::Client::new(&settings);
    Ok(Platform {
        vault: Vault::new(&db, &clock, &secrets),
        lineage: Lineage::new(&db, &clock, &settings.data_dir),
        durable: durable::Durable::new(&db, &clock, &signals),
        limits: Limiter::new(clock.clone(), redis.clone()),
        cache: Cache::new(signals.clone(), redis.clone()),
        files: Files::new(settings.files.folder(&settings.data_dir)),
        settings: Arc::new(settings),
        db,
        secrets,
        redis,
        clock,
        signals,
        http,
    })
}

fn listen(
    door: Door,
    listener: TcpListener,
    metrics: Metrics,
    metrics_address: Option<SocketAddr>,
) -> Result<(gateway::Running, Option<gateway::Running>), StartError> {
    let failed = |address: String| move |source| StartError::Listen { address, source };
    let address = listener
        .local_addr()
        .map_or_else(|_| "?".to_owned(), |it| it.to_string());
    let side = metrics_address.map(|address| {
        let bound = TcpListener::bind(address);
        bound
            .and_then(|listener| gateway::start_metrics(metrics, listener))
            .map_err(failed(address.to_string()))
    });
    Ok((
        gateway::start(door, listener).map_err(failed(address))?,
        side.transpose()?,
    ))
}

async fn ended(server: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = server.await {
        tracing::error!(%error, "server.failed");
    }
}

/// Stands in where identity does not run: nobody is known here.
struct NoDirectory;

#[async_trait]
impl Directory for NoDirectory {
    async fn people(&self, _: TenantId) -> Result<Arc<[Person]>, AuthError> {
        Err(AuthError::Unavailable(
            "the context identity does not run here".into(),
        ))
    }

    async fn workspaces(&self, _: TenantId) -> Result<Vec<WorkspaceRef>, AuthError> {
        Err(AuthError::Unavailable(
            "the context identity does not run here".into(),
        ))
    }
}
