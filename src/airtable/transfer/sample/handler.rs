use std::sync::Arc;

use async_trait::async_trait;

use crate::airtable::Airtable;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, ChangeSet, Credential, InstanceSetUp, Origin, Role, ScopeSet,
    TenantRole, WriteContext,
};
use crate::platform::events::{Event, EventHandler, HandlerError, Subscription};
use crate::platform::ids::BaseId;

/// Makes the sample base when an instance is set up and wants one.
pub(crate) struct SampleBase {
    engine: Arc<Airtable>,
}

impl SampleBase {
    /// The subscription `airtable.sample_base`.
    pub(crate) fn subscription(engine: Arc<Airtable>) -> Subscription {
        Subscription {
            name: "airtable.sample_base",
            event_types: &[InstanceSetUp::TYPE],
            handler: Arc::new(Self { engine }),
        }
    }
}

#[async_trait]
impl EventHandler for SampleBase {
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        let engine = &self.engine;
        let wanted: InstanceSetUp = serde_json::from_value(event.payload.clone())?;
        if !wanted.sample_base {
            return Ok(());
        }
        // The base id comes from the event's, so that a second delivery finds the base of the first.
        let base: BaseId = format!("{}{}", BaseId::PREFIX, event.id.body()).parse()?;
        let actor = actor(event, &wanted);
        if engine.describe(&actor, &base.to_string()).await.is_ok() {
            return Ok(());
        }
        let document = super::document(base, event.occurred_at);
        let change = ChangeSet::single(Origin::System, "sample base");
        let by = WriteContext::new(&actor, &change);
        match engine.import(by, wanted.workspace, document).await {
            Ok(_) => Ok(()),
            Err(error) if is_already_there(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Two instances may have begun at once; the loser finds the winner's base.
fn is_already_there(error: &BaseError) -> bool {
    error.kind == BaseErrorKind::InvalidRequest && error.message.contains("already here")
}

fn actor(event: &Event, wanted: &InstanceSetUp) -> Actor {
    Actor {
        tenant: event.tenant,
        user: wanted.user,
        name: Arc::from(""),
        email: Arc::from(""),
        credential: Credential::Local,
        scopes: ScopeSet::ALL,
        records_changes: true,
        tenant_role: TenantRole::Owner,
        workspaces: Arc::from([(wanted.workspace, Role::Owner)]),
    }
}
