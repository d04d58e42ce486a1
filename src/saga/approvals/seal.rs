use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::contracts::Actor;
use crate::platform::ids::ApprovalId;
use crate::platform::secrets::{Secrets, equal, hmac_sha256};
use crate::saga::store::ApprovalRow;

const PURPOSE: &str = "saga.approval.v1";

/// What a client hands back with a person's answer: the question's id, sealed to everything it is bound to.
pub(super) fn seal(secrets: &Secrets, actor: &Actor, row: &ApprovalRow) -> String {
    let mac = BASE64_URL_SAFE_NO_PAD.encode(mac(secrets, actor, row));
    format!("{}.{mac}", row.id)
}

/// The id that a state names; whether it is truly ours is only known with the row.
pub(super) fn named(state: &str) -> Option<ApprovalId> {
    state.split_once('.')?.0.parse().ok()
}

/// Whether we made this state for this row and caller.
pub(super) fn is_ours(secrets: &Secrets, actor: &Actor, row: &ApprovalRow, state: &str) -> bool {
    equal(seal(secrets, actor, row).as_bytes(), state.as_bytes())
}

fn mac(secrets: &Secrets, actor: &Actor, row: &ApprovalRow) -> [u8; 32] {
    // None of the parts can hold the byte between them.
    let bound = [
        row.id.to_string(),
        actor.tenant.to_string(),
        actor.user.to_string(),
        actor.credential.principal(),
        row.tool.clone(),
        row.arguments.clone(),
        row.plan_digest.clone(),
        row.expires_at.to_string(),
    ];
    hmac_sha256(&secrets.derive(PURPOSE), bound.join("\0").as_bytes())
}
