use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::calls;
use super::report::{is_expired, summary};
use super::routes;
use super::runs::{self, Relatives, SagaRuns, Triggers};
use super::store::{self, PartRow, SetRow};
use crate::contracts::{
    Actor, Authenticator, BaseError, BaseErrorKind, BaseHistory, BaseResult, ChangeSetSummary,
    Context, Directory, Permission, Role, SeqRanges, Services, ToolBoxSlot,
};
use crate::platform::Platform;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::durable::Handler;
use crate::platform::events::Subscription;
use crate::platform::ids::{BaseId, ChangeSetId, WorkspaceId};
use crate::platform::routes::Routes;
use crate::platform::tasks::Worker;

/// The saga context: change sets and undo.
#[derive(Clone)]
pub struct Saga {
    pub(super) platform: Platform,
    history: Option<Arc<dyn BaseHistory>>,
    pub(super) authenticator: Option<Arc<dyn Authenticator>>,
    pub(super) directory: Option<Arc<dyn Directory>>,
    pub(super) tools: ToolBoxSlot,
}

/// A change set with the parts that an actor may see.
pub(super) struct Visible {
    pub(super) set: SetRow,
    pub(super) parts: Vec<PartRow>,
}

impl Visible {
    /// Its bases with their stretches of the change log, in the order they were first touched.
    pub(super) fn bases(&self) -> Vec<(BaseId, String, SeqRanges)> {
        let mut bases: Vec<(BaseId, String, SeqRanges)> = Vec::new();
        for part in &self.parts {
            let range = (part.first_seq, part.last_seq);
            match bases.iter_mut().find(|(id, ..)| *id == part.base) {
                Some((.., ranges)) => ranges.push(range),
                None => bases.push((part.base, part.base_name.clone(), vec![range])),
            }
        }
        bases
    }
}

impl Saga {
    /// The context over what the other contexts offer.
    pub fn new(platform: &Platform, services: &Services) -> Self {
        Self {
            platform: platform.clone(),
            history: services.base_history.clone(),
            authenticator: services.authenticator.clone(),
            directory: services.directory.clone(),
            tools: services.late_toolbox.clone(),
        }
    }

    pub(super) fn history(&self) -> BaseResult<&Arc<dyn BaseHistory>> {
        self.history.as_ref().ok_or_else(|| {
            BaseError::new(
                BaseErrorKind::Unavailable,
                "This instance runs without the airtable context",
            )
        })
    }

    /// A transaction that reads the caller's tenant.
    pub(super) async fn read(&self, actor: &Actor) -> BaseResult<TenantTx> {
        let tx = self.platform.db.read(actor.tenant).await;
        tx.map_err(BaseError::database)
    }

    /// A transaction that writes in the caller's tenant.
    pub(super) async fn write(&self, actor: &Actor) -> BaseResult<TenantTx> {
        let tx = self.platform.db.begin(actor.tenant).await;
        tx.map_err(BaseError::database)
    }

    pub(super) fn undo_window(&self) -> Millis {
        let window = self.platform.settings.saga.undo_window.as_millis();
        Millis::try_from(window).unwrap_or(Millis::MAX)
    }

    /// A change set as far as the actor may see it; unknown, foreign and hidden ones look the same.
    pub(super) async fn visible(&self, actor: &Actor, id: ChangeSetId) -> BaseResult<Visible> {
        actor
            .require_scope(Permission::RecordsRead)
            .map_err(|_| not_found())?;
        let tx = self.read(actor).await?;
        let set = store::find_set(&tx, id)
            .await
            .map_err(BaseError::database)?;
        let set = set.ok_or_else(not_found)?;
        let mut parts = store::parts_of(&tx, &[id])
            .await
            .map_err(BaseError::database)?;
        parts.retain(|part| may_see(actor, part.workspace));
        if parts.is_empty() {
            return Err(not_found());
        }
        Ok(Visible { set, parts })
    }

    pub(super) async fn summaries(
        &self,
        actor: &Actor,
        sets: Vec<SetRow>,
    ) -> BaseResult<Vec<ChangeSetSummary>> {
        let ids: Vec<ChangeSetId> = sets.iter().map(|set| set.id).collect();
        let tx = self.read(actor).await?;
        let parts = store::parts_of(&tx, &ids)
            .await
            .map_err(BaseError::database)?;
        let undone_by = store::undone_by(&tx, &ids)
            .await
            .map_err(BaseError::database)?;
        let mut of_set: HashMap<ChangeSetId, Vec<PartRow>> = HashMap::new();
        for part in parts {
            if may_see(actor, part.workspace) {
                of_set.entry(part.set).or_default().push(part);
            }
        }
        let (window, now) = (self.undo_window(), self.platform.clock.now());
        let summarise = |set: SetRow| {
            let parts = of_set.remove(&set.id).unwrap_or_default();
            summary(set, &parts, &undone_by, window, now)
        };
        Ok(sets.into_iter().map(summarise).collect())
    }

    pub(super) fn check_undo(
        &self,
        actor: &Actor,
        visible: &Visible,
        force: bool,
    ) -> BaseResult<()> {
        let forbidden = |message: &str| BaseError::new(BaseErrorKind::Forbidden, message);
        actor
            .require_scope(Permission::RecordsWrite)
            .map_err(|_| forbidden("This credential may not write records"))?;
        if is_expired(&visible.set, self.undo_window(), self.platform.clock.now()) {
            return Err(BaseError::new(
                BaseErrorKind::UndoWindowOver,
                "This change is too old to be undone",
            ));
        }
        let may_force = |part: &PartRow| {
            actor
                .require(part.workspace, Permission::ChangesForce)
                .is_ok()
        };
        if force && !visible.parts.iter().all(may_force) {
            return Err(forbidden(
                "Overwriting what others changed since needs the role admin",
            ));
        }
        Ok(())
    }
}

#[async_trait]
impl Context for Saga {
    fn name(&self) -> &'static str {
        "saga"
    }

    fn api_routes(&self, config: &mut Routes<'_>) {
        config.app_data(actix_web::web::Data::new(self.clone()));
        routes::routes(config);
    }

    fn workers(&self) -> Vec<Worker> {
        let mut workers = calls::workers(self);
        workers.push(runs::measuring(self));
        workers
    }

    fn run_handlers(&self) -> Vec<Arc<dyn Handler>> {
        vec![Arc::new(SagaRuns::new(self.clone()))]
    }

    fn subscriptions(&self) -> Vec<Subscription> {
        vec![
            Triggers::subscription(self.clone()),
            Relatives::subscription(self.clone()),
        ]
    }
}

fn may_see(actor: &Actor, workspace: WorkspaceId) -> bool {
    actor
        .role_in(workspace)
        .is_some_and(|role| role >= Role::Viewer)
}

pub(super) fn not_found() -> BaseError {
    BaseError::new(
        BaseErrorKind::NotFound,
        "There is no such change set, or not for you",
    )
}
