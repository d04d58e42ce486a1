use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{DbErr, SqlErr};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::KIND;
use super::plan::{Outer, RunInput};
use super::starter::Starter;
use super::trigger;
use crate::contracts::{Actor, AuthError, Denied, Permission, ToolDescriptor};
use crate::platform::clock::rfc3339;
use crate::platform::db::TenantTx;
use crate::platform::durable::{ControlError, Journal, NewRun, Run, RunState, Started};
use crate::platform::events;
use crate::platform::ids::{RunId, WorkspaceId};
use crate::saga::Saga;
use crate::saga::definition::{Action, Definition, check};
use crate::saga::store::{self, DefinitionRow};

/// Why a wish about a saga is not followed.
#[derive(Debug)]
pub(in crate::saga) enum RunError {
    /// Unknown, foreign or hidden.
    NotFound,
    /// The role or the credential is too weak.
    Denied(Denied),
    /// These members are wrong.
    Invalid(Vec<(String, String)>),
    /// Another start had this key.
    KeyReused,
    /// Somebody saved another version at the same time.
    SavedMeanwhile,
    /// The point of no return is behind; these steps are left.
    PastPivot(Vec<String>),
    /// Answered otherwise before, or decided.
    Decided,
    /// The time to answer is over.
    Overdue,
    /// Others are asked.
    NotAsked,
    /// Who started it may not say yes to it.
    OwnSaga,
    /// It is part of this one, which is to be decided about.
    Inside(RunId),
    /// The password was proved too long ago for this.
    NotFresh,
    /// Whether it was cannot be found out.
    Unproved(AuthError),
    /// The tools are not there.
    NoTools,
    /// The kernel does not follow it.
    Control(ControlError),
}

impl From<ControlError> for RunError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::NotFound => Self::NotFound,
            other => Self::Control(other),
        }
    }
}

impl From<DbErr> for RunError {
    fn from(error: DbErr) -> Self {
        Self::Control(error.into())
    }
}

impl RunError {
    pub(super) fn field(field: &str, problem: impl Into<String>) -> Self {
        Self::Invalid(vec![(field.to_owned(), problem.into())])
    }
}

/// A version of a definition, as it was saved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::saga) struct SavedDefinition {
    /// Its name.
    name: String,
    /// Its version, from 1.
    version: i64,
    /// When it was saved, RFC 3339.
    saved_at: String,
    /// What was saved.
    definition: Definition,
}

/// A saga to be started.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct StartRequest {
    /// Name of the definition.
    definition: String,
    /// Its version; the newest if absent.
    #[serde(default)]
    version: Option<i64>,
    /// What references to `${input.…}` find.
    #[serde(default)]
    #[schema(value_type = Object)]
    input: serde_json::Map<String, Value>,
}

/// With what a run begins.
pub(super) struct NewSaga {
    pub(super) input: Value,
    pub(super) starter: Starter,
    pub(super) pins: BTreeMap<String, i64>,
    pub(super) outer: Option<Outer>,
}

pub(super) fn require(
    actor: &Actor,
    workspace: WorkspaceId,
    permission: Permission,
) -> Result<(), RunError> {
    match actor.require(workspace, permission) {
        Ok(_) => Ok(()),
        Err(Denied::Hidden) => Err(RunError::NotFound),
        Err(denied) => Err(RunError::Denied(denied)),
    }
}

pub(super) fn read(row: &DefinitionRow) -> Result<Definition, DbErr> {
    Definition::deserialize(&row.body).map_err(|error| DbErr::Json(error.to_string()))
}

fn saved(row: &DefinitionRow) -> Result<SavedDefinition, RunError> {
    Ok(SavedDefinition {
        name: row.name.clone(),
        version: row.version,
        saved_at: rfc3339(row.saved_at),
        definition: read(row)?,
    })
}

/// Steps whose tools are of a kind.
pub(super) fn steps_with(
    definition: &Definition,
    tools: &[ToolDescriptor],
    is_so: impl Fn(&ToolDescriptor) -> bool,
) -> BTreeSet<String> {
    let has = |name: &str| tools.iter().any(|tool| tool.name == name && is_so(tool));
    let steps = definition.steps.iter().filter(|step| match &step.action {
        Action::Tool(name) => has(name),
        _ => false,
    });
    steps.map(|step| step.id.clone()).collect()
}

impl Saga {
    pub(in crate::saga) async fn save_definition(
        &self,
        actor: &Actor,
        name: &str,
        definition: Definition,
    ) -> Result<SavedDefinition, RunError> {
        require(actor, definition.workspace_id, Permission::SagasManage)?;
        let tools = self.tools.get().ok_or(RunError::NoTools)?.tools(actor);
        let faults = check(name, &definition, &tools);
        if !faults.is_empty() {
            return Err(RunError::Invalid(faults));
        }
        self.check_approvers(actor, &definition).await?;
        let tx = self.platform.db.begin(actor.tenant).await?;
        self.family(&tx, actor, (name, &definition)).await?;
        let newest = store::find_definition(&tx, name, None).await?;
        if let Some(newest) = &newest {
            if newest.workspace != definition.workspace_id {
                require(actor, newest.workspace, Permission::SagasManage)?;
                let problem = "a definition stays in its workspace; choose another name";
                return Err(RunError::field("workspace_id", problem));
            }
            if read(newest)? == definition {
                return saved(newest);
            }
        }
        let types = definition.on.iter().map(|trigger| trigger.event.as_str());
        let row = DefinitionRow {
            name: name.to_owned(),
            version: newest.map_or(1, |newest| newest.version + 1),
            workspace: definition.workspace_id,
            body: json!(definition),
            events: types.collect::<Vec<_>>().join(","),
            saved_by: json!(Starter::of(actor)),
            saved_at: self.platform.clock.now(),
        };
        store::insert_definition(&tx, &row)
            .await
            .map_err(|error| match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => RunError::SavedMeanwhile,
                _ => error.into(),
            })?;
        trigger::announce(&tx, &row).await?;
        tx.commit().await?;
        self.platform.signals.publish(events::APPENDED, "");
        saved(&row)
    }

    /// The newest version of every definition that the actor may see.
    pub(in crate::saga) async fn definitions(
        &self,
        actor: &Actor,
    ) -> Result<Vec<SavedDefinition>, RunError> {
        let tx = self.platform.db.read(actor.tenant).await?;
        let rows = store::newest_definitions(&tx, None).await?;
        let visible =
            |row: &&DefinitionRow| require(actor, row.workspace, Permission::RecordsRead).is_ok();
        rows.iter().filter(visible).map(saved).collect()
    }

    pub(in crate::saga) async fn definition(
        &self,
        actor: &Actor,
        name: &str,
        version: Option<i64>,
    ) -> Result<SavedDefinition, RunError> {
        let tx = self.platform.db.read(actor.tenant).await?;
        let row = store::find_definition(&tx, name, version).await?;
        let row = row.ok_or(RunError::NotFound)?;
        require(actor, row.workspace, Permission::RecordsRead)?;
        saved(&row)
    }

    /// Starts a saga, or finds the one that was started with the same key.
    pub(in crate::saga) async fn start(
        &self,
        actor: &Actor,
        request: StartRequest,
        key: Option<&str>,
    ) -> Result<(Started, Run, Journal), RunError> {
        if key.is_some_and(|key| key.is_empty() || key.len() > 255) {
            let problem = "must have 1 to 255 characters";
            return Err(RunError::field("Idempotency-Key", problem));
        }
        let tx = self.platform.db.begin(actor.tenant).await?;
        let row = store::find_definition(&tx, &request.definition, request.version).await?;
        let row = row.ok_or(RunError::NotFound)?;
        require(actor, row.workspace, Permission::RecordsWrite)?;
        let input = Value::Object(request.input);
        let tools = self.tools.get().ok_or(RunError::NoTools)?.tools(actor);
        let key = key.map(|key| format!("start/{}/{key}", actor.user));
        let family = self.family(&tx, actor, (&row.name, &read(&row)?)).await;
        let (pins, unfit) = match family {
            Ok(pins) => (pins, None),
            Err(error) => (BTreeMap::new(), Some(error)),
        };
        let start = NewSaga {
            input: input.clone(),
            starter: Starter::of(actor),
            pins,
            outer: None,
        };
        let started = self.enqueue(&tx, &row, start, (key, &tools)).await?;
        // What was started once is found, whatever its definitions have become since.
        if let (Started::New(_), Some(error)) = (started, unfit) {
            return Err(error);
        }
        let run = self.platform.durable.find(&tx, started.id()).await?;
        let journal = self.platform.durable.journal(&tx, started.id()).await?;
        if let Started::Existing(_) = started {
            let first = RunInput::of(&run).map_err(|fault| DbErr::Json(fault.message))?;
            let is_same_version = request.version.is_none_or(|version| version == run.version);
            if run.name != row.name || !is_same_version || first.input != input {
                return Err(RunError::KeyReused);
            }
        }
        tx.commit().await?;
        self.platform.durable.wake();
        Ok((started, run, journal))
    }

    pub(super) async fn enqueue(
        &self,
        tx: &TenantTx,
        row: &DefinitionRow,
        start: NewSaga,
        (key, tools): (Option<String>, &[ToolDescriptor]),
    ) -> Result<Started, DbErr> {
        let definition = read(row)?;
        let input = RunInput {
            reads: steps_with(&definition, tools, |tool| tool.read_only),
            keyed: steps_with(&definition, tools, |tool| tool.keyed),
            definition,
            input: start.input,
            starter: start.starter,
            pins: start.pins,
            outer: start.outer,
        };
        let new = NewRun {
            name: row.name.clone(),
            version: row.version,
            key,
            keeps_key: true,
            ..NewRun::new(KIND, json!(input))
        };
        self.platform.durable.enqueue(tx, new).await
    }

    /// A run that the actor has this right to, with its steps.
    pub(in crate::saga) async fn run(
        &self,
        tx: &TenantTx,
        actor: &Actor,
        (id, permission): (RunId, Permission),
    ) -> Result<(Run, RunInput, Journal), RunError> {
        let run = self.platform.durable.find(tx, id).await?;
        self.whole(tx, actor, (run, permission)).await
    }

    async fn whole(
        &self,
        tx: &TenantTx,
        actor: &Actor,
        (run, permission): (Run, Permission),
    ) -> Result<(Run, RunInput, Journal), RunError> {
        if run.kind != KIND {
            return Err(RunError::NotFound);
        }
        let input = RunInput::of(&run).map_err(|fault| DbErr::Json(fault.message))?;
        require(actor, input.definition.workspace_id, permission)?;
        let journal = self.platform.durable.journal(tx, run.id).await?;
        Ok((run, input, journal))
    }

    /// Runs that the actor may see, newest first.
    pub(in crate::saga) async fn runs(
        &self,
        actor: &Actor,
        (state, definition): (Option<RunState>, Option<&str>),
        (before, limit): (Option<RunId>, u64),
    ) -> Result<Vec<(Run, RunInput, Journal)>, RunError> {
        let tx = self.platform.db.read(actor.tenant).await?;
        let rows = store::newest_definitions(&tx, None).await?;
        let is_wanted = |row: &&DefinitionRow| {
            definition.is_none_or(|name| name == row.name)
                && require(actor, row.workspace, Permission::RecordsRead).is_ok()
        };
        let names: Vec<String> = rows
            .iter()
            .filter(is_wanted)
            .map(|row| row.name.clone())
            .collect();
        let durable = &self.platform.durable;
        let page = (before, limit);
        let found = durable.list(&tx, (KIND, &names), state, page).await?;
        let mut runs = Vec::with_capacity(found.len());
        for run in found {
            runs.push(
                self.whole(&tx, actor, (run, Permission::RecordsRead))
                    .await?,
            );
        }
        Ok(runs)
    }
}
