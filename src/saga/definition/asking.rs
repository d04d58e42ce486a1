use std::collections::BTreeSet;

use super::check::{Faults, LONGEST_WAIT};
use super::model::Approval;
use crate::contracts::Role;
use crate::platform::ids::UserId;

const MOST_APPROVERS: usize = 20;
const LONGEST_MESSAGE: usize = 1000;

impl Approval {
    /// The people it names.
    pub(in crate::saga) fn people(&self) -> BTreeSet<UserId> {
        let named = self.approvers.iter();
        named.filter_map(|named| named.parse().ok()).collect()
    }

    /// The weakest role it names.
    pub(in crate::saga) fn role(&self) -> Option<Role> {
        let named = self.approvers.iter();
        named.filter_map(|named| named.parse().ok()).min()
    }
}

pub(super) fn check_approval(place: &str, approval: &Approval, faults: &mut Faults) {
    let many = approval.approvers.len();
    if many == 0 || many > MOST_APPROVERS {
        let problem = "must be 1 to 20 ids of people, or roles";
        faults.add(format!("{place}.approvers"), problem);
    }
    for named in &approval.approvers {
        if named.parse::<Role>().is_err() && named.parse::<UserId>().is_err() {
            let problem = format!("{named:?} is neither a role nor the id of a person");
            faults.add(format!("{place}.approvers"), problem);
        }
    }
    let most = match approval.role() {
        Some(_) => MOST_APPROVERS,
        None => approval.people().len(),
    };
    if approval.quorum == 0 || approval.quorum > most {
        let problem = "must be between 1 and how many there are to ask";
        faults.add(format!("{place}.quorum"), problem);
    }
    if !(1..=LONGEST_WAIT).contains(&approval.deadline) {
        let problem = "must be between a second and a year";
        faults.add(format!("{place}.deadline"), problem);
    }
    let message = approval.message.as_deref().unwrap_or_default();
    if message.len() > LONGEST_MESSAGE {
        let problem = "must have at most 1000 characters";
        faults.add(format!("{place}.message"), problem);
    }
}
