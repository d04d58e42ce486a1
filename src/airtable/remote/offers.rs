use std::time::Duration;

use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::client::Bearer;
use super::hidden::Hidden;
use crate::airtable::Airtable;
use crate::airtable::service::denied;
use crate::airtable::store::{self, ConnectionRow};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, BaseSource, BaseSummary, Permission, Role,
};
use crate::platform::cache::CacheKey;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, ConnectionId, TenantId, WorkspaceId};

/// What is offered of a base at Airtable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OfferAccess)]
pub(in crate::airtable) enum Access {
    /// Reading alone.
    Read,
    /// Whatever the token may do.
    Write,
}

impl Access {
    pub(in crate::airtable) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    pub(in crate::airtable) fn parse(text: &str) -> Self {
        match text {
            "write" => Self::Write,
            _ => Self::Read,
        }
    }
}

/// A base at Airtable that members of a workspace reach through a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::airtable) struct Offer {
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) connection: ConnectionId,
    pub(in crate::airtable) workspace: WorkspaceId,
    pub(in crate::airtable) name: String,
    pub(in crate::airtable) access: Access,
    /// What the token may do in it, in Airtable's words.
    level: String,
    /// Whether it is copied here, and how far.
    pub(in crate::airtable) copied: Copied,
    /// What of it is not for its members.
    pub(in crate::airtable) hidden: Hidden,
    /// Sealed: the cache may lie in Redis.
    token: String,
    account: String,
}

/// Whether an offered base is copied here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::airtable) enum Copied {
    No,
    /// Reads still go to Airtable, where they may.
    Partly,
    Whole,
}

/// What may be done in a base at Airtable, the least first.
const LEVELS: [&str; 5] = ["none", "read", "comment", "edit", "create"];

/// A level that is not known gives no right that we could name.
fn rank(level: &str) -> usize {
    LEVELS.iter().position(|known| *known == level).unwrap_or(0)
}

/// Whether a token with this level may write records.
pub(in crate::airtable) fn may_write(level: &str) -> bool {
    rank(level) >= rank("edit")
}

impl Offer {
    /// Whether Airtable itself answers questions about it.
    pub(in crate::airtable) fn is_asked(&self) -> bool {
        match self.copied {
            Copied::No => true,
            // What is hidden is to be left out of the copy first.
            Copied::Partly => self.hidden.is_empty(),
            Copied::Whole => false,
        }
    }

    /// Whether Airtable is asked for what is not hidden alone.
    pub(in crate::airtable) fn is_screened(&self) -> bool {
        self.copied == Copied::No && !self.hidden.is_empty()
    }

    /// What a role comes to in it: no more than is offered, and than the token may do.
    pub(in crate::airtable) fn permission_level(&self, role: Role) -> &'static str {
        let offered = match self.access {
            Access::Read => "read",
            Access::Write => "create",
        };
        let least = rank(role.permission_level())
            .min(rank(offered))
            .min(rank(&self.level));
        LEVELS[least]
    }
}

/// Names what is offered to a tenant.
struct OffersOf(TenantId);

impl CacheKey for OffersOf {
    const SPACE: &'static str = "airtable.offers";
    const TTL: Duration = Duration::from_secs(60);
    type Value = Vec<Offer>;

    fn key(&self) -> String {
        self.0.to_string()
    }
}

impl Airtable {
    /// What is offered to a tenant of bases at Airtable.
    pub(in crate::airtable) async fn offers(&self, tenant: TenantId) -> BaseResult<Vec<Offer>> {
        match self.platform.cache.peek(&OffersOf(tenant)).await {
            Some(known) => Ok(known),
            // Boxed, since every request comes by here and hardly any has to read them.
            None => Box::pin(self.read_offers(tenant)).await,
        }
    }

    async fn read_offers(&self, tenant: TenantId) -> BaseResult<Vec<Offer>> {
        let load = async {
            let tx = self.platform.db.read(tenant).await?;
            offers_in(&tx).await
        };
        let key = OffersOf(tenant);
        let found = self.platform.cache.get_or_load(&key, load).await;
        found.map_err(|error| BaseError::database(DbErr::clone(&error)))
    }

    /// The offer of a base, whoever may use it.
    pub(in crate::airtable) async fn offer_of(
        &self,
        tenant: TenantId,
        base: BaseId,
    ) -> BaseResult<Option<Offer>> {
        let mut offers = self.offers(tenant).await?.into_iter();
        Ok(offers.find(|offer| offer.base == base))
    }

    /// The offer of a base at Airtable, where there is one and the actor may do this with it; `None` for what lies here.
    pub(in crate::airtable) async fn offer(
        &self,
        actor: &Actor,
        base: BaseId,
        permission: Permission,
    ) -> BaseResult<Option<Offer>> {
        let Some(offer) = self.offer_of(actor.tenant, base).await? else {
            return Ok(None);
        };
        actor.require(offer.workspace, permission).map_err(denied)?;
        if offer.access == Access::Read && !is_reading(permission) {
            let message = "The base is offered for reading alone";
            return Err(BaseError::new(BaseErrorKind::Forbidden, message));
        }
        Ok(Some(offer))
    }

    /// What is offered to an actor, as bases in a list.
    pub(in crate::airtable) async fn offered_bases(
        &self,
        actor: &Actor,
    ) -> BaseResult<Vec<BaseSummary>> {
        let offers = self.offers(actor.tenant).await?.into_iter();
        let summary = |offer: Offer| {
            let role = actor.role_in(offer.workspace)?;
            Some(BaseSummary {
                permission_level: offer.permission_level(role).to_owned(),
                id: offer.base,
                name: offer.name,
                workspace_id: offer.workspace,
                source: match offer.copied {
                    Copied::Whole => BaseSource::Mirror,
                    Copied::No | Copied::Partly => BaseSource::Airtable,
                },
                table_count: None,
                record_count: None,
            })
        };
        Ok(offers.filter_map(summary).collect())
    }

    /// Somebody changed what is offered.
    pub(in crate::airtable) async fn forget_offers(&self, tenant: TenantId) {
        self.platform.cache.invalidate(&OffersOf(tenant)).await;
    }

    /// With what requests to an offered base are sent.
    pub(super) async fn bearer_of(&self, tenant: TenantId, offer: &Offer) -> BaseResult<Bearer> {
        let sealed = (offer.connection, offer.token.as_str());
        self.bearer(tenant, sealed, (&offer.account, offer.workspace))
            .await
    }

    /// With what requests are sent through a connection, its token opened.
    pub(in crate::airtable) async fn bearer(
        &self,
        tenant: TenantId,
        (connection, sealed): (ConnectionId, &str),
        (account, workspace): (&str, WorkspaceId),
    ) -> BaseResult<Bearer> {
        let key = self.key(tenant).await?;
        let token = ConnectionRow::open(&key, connection, sealed);
        Ok(Bearer {
            token: token.map_err(BaseError::database)?,
            account: account.to_owned(),
            workspace,
        })
    }
}

/// What is offered as the transaction sees it, for who changes it.
pub(in crate::airtable) async fn offers_in(tx: &TenantTx) -> Result<Vec<Offer>, DbErr> {
    let connections = store::list_connections(tx).await?;
    let offers = store::list_offers(tx).await?.into_iter();
    let mirrors = store::list_mirrors(tx).await?;
    let copied = |base| match mirrors.iter().find(|mirror| mirror.base == base) {
        None => Copied::No,
        Some(mirror) if mirror.is_complete => Copied::Whole,
        Some(_) => Copied::Partly,
    };
    let joined = offers.filter_map(|offer| {
        let connection = connections.iter().find(|row| row.id == offer.connection)?;
        Some(Offer {
            base: offer.base,
            connection: connection.id,
            workspace: connection.workspace,
            name: offer.name,
            access: Access::parse(&offer.access),
            level: offer.level,
            copied: copied(offer.base),
            hidden: Hidden::parse(offer.hidden.as_deref()),
            token: connection.token.clone(),
            account: connection.account.clone(),
        })
    });
    Ok(joined.collect())
}

fn is_reading(permission: Permission) -> bool {
    permission.needs_role() == Role::Viewer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_promised_more_than_role_offer_and_token_allow() {
        let level = |access, level: &str, role| {
            let offer = Offer {
                base: BaseId::from_number(1),
                connection: ConnectionId::from_number(1),
                workspace: WorkspaceId::from_number(1),
                name: String::new(),
                access,
                level: level.to_owned(),
                copied: Copied::No,
                hidden: Hidden::default(),
                token: String::new(),
                account: String::new(),
            };
            offer.permission_level(role)
        };
        assert_eq!(level(Access::Write, "create", Role::Owner), "create");
        assert_eq!(level(Access::Write, "create", Role::Viewer), "read");
        assert_eq!(level(Access::Write, "comment", Role::Owner), "comment");
        assert_eq!(level(Access::Read, "create", Role::Owner), "read");
        assert_eq!(level(Access::Write, "interfaceOnly", Role::Owner), "none");
        assert!(may_write("edit") && !may_write("comment") && !may_write("new"));
    }
}
