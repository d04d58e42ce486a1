use std::sync::Arc;

use super::super::remote::{Copied, Offer};
use super::super::schema::Base;
use super::super::service::{Airtable, OpenBase, not_found};
use super::super::snapshot::BaseHandle;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, ListRecords, Permission, Role,
};
use crate::platform::ids::{BaseId, TenantId};

/// A copied base, and what it is copied from.
#[derive(Clone)]
pub(in crate::airtable) struct Mirror {
    pub(in crate::airtable) tenant: TenantId,
    pub(in crate::airtable) offer: Offer,
    pub(super) handle: Arc<BaseHandle>,
}

impl Mirror {
    pub(super) fn base(&self) -> BaseId {
        self.offer.base
    }

    pub(super) fn definition(&self) -> Arc<Base> {
        self.handle.state.load().base.clone()
    }

    /// The copy, open for who writes into it what Airtable says.
    pub(super) fn open(&self, role: Role) -> OpenBase {
        OpenBase {
            handle: self.handle.clone(),
            role,
        }
    }
}

impl Airtable {
    /// The copied base with this id, where it is one and the actor may do this with it.
    pub(in crate::airtable) async fn mirrored(
        &self,
        actor: &Actor,
        base: &str,
        permission: Permission,
    ) -> BaseResult<Option<Mirror>> {
        let Ok(base) = base.parse() else {
            return Ok(None);
        };
        let Some(offer) = self.offer(actor, base, permission).await? else {
            return Ok(None);
        };
        match offer.copied {
            Copied::No => Ok(None),
            Copied::Partly if offer.hidden.is_empty() => Ok(None),
            Copied::Partly => Err(being_copied()),
            Copied::Whole => self.mirror_of(actor.tenant, offer).await.map(Some),
        }
    }

    /// The offer of a base that Airtable is to be asked about for a list: it is not copied, or a view is named, of which
    /// Airtable alone knows the records.
    pub(in crate::airtable) async fn listed_at(
        &self,
        actor: &Actor,
        base: &str,
        query: &ListRecords,
    ) -> BaseResult<Option<Offer>> {
        let asked = self.offered(actor, base, Permission::RecordsRead).await?;
        if asked.is_some() || query.view.is_none() {
            return Ok(asked);
        }
        let mirror = Box::pin(self.mirrored(actor, base, Permission::RecordsRead)).await?;
        let offer = mirror.map(|mirror| mirror.offer);
        Ok(offer.filter(|offer| offer.hidden.is_empty()))
    }

    /// The copy of an offered base.
    pub(super) async fn mirror_of(&self, tenant: TenantId, offer: Offer) -> BaseResult<Mirror> {
        let handle = self.handle(tenant, offer.base).await?;
        Ok(Mirror {
            tenant,
            handle: handle.ok_or_else(not_found)?,
            offer,
        })
    }

    /// Refuses what cannot be done with a copy by itself, and all while it is not whole.
    pub(in crate::airtable) async fn check_mirror(
        &self,
        actor: &Actor,
        base: BaseId,
        permission: Permission,
    ) -> BaseResult<()> {
        let offer = self.offer(actor, base, permission).await?;
        let offer = offer.ok_or_else(not_found)?;
        if offer.copied != Copied::Whole {
            return Err(being_copied());
        }
        if matches!(permission, Permission::RecordsRead | Permission::SchemaRead) {
            return Ok(());
        }
        let message = "The base is a copy of one at Airtable, where this cannot be done from here; its records can be changed at /v0 and by the tools, the rest at Airtable";
        Err(BaseError::new(BaseErrorKind::InvalidRequest, message))
    }
}

fn being_copied() -> BaseError {
    let message = "The base is being copied from Airtable; it can be read when that is done";
    BaseError::new(BaseErrorKind::BeingCopied, message)
}
