use crate::airtable::Airtable;
use crate::contracts::{Actor, BaseError, BaseErrorKind, BaseResult, Denied, Permission};
use crate::platform::ids::WorkspaceId;

/// Whether the actor may make a base in a workspace; a tenant owner's rights end at the tenant's own workspaces.
pub(crate) async fn check(
    engine: &Airtable,
    actor: &Actor,
    workspace: WorkspaceId,
) -> BaseResult<()> {
    let hidden = || BaseError::new(BaseErrorKind::NotFoundOrForbidden, "no such workspace");
    match actor.require(workspace, Permission::SchemaWrite) {
        Ok(_) => {}
        Err(Denied::Hidden | Denied::Scope(_)) => return Err(hidden()),
        Err(Denied::Role(_) | Denied::SessionOnly) => {
            let message = "You are not permitted to perform this operation";
            return Err(BaseError::new(BaseErrorKind::Forbidden, message));
        }
    }
    let own = engine
        .directory
        .workspaces(actor.tenant)
        .await
        .map_err(|error| BaseError {
            kind: BaseErrorKind::Unavailable,
            message: "The workspaces could not be read".to_owned(),
            source: Some(error.into()),
        })?;
    match own.iter().any(|space| space.id == workspace) {
        true => Ok(()),
        false => Err(hidden()),
    }
}
