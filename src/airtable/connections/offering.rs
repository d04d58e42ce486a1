use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::service::{Reachable, invalid};
use crate::airtable::Airtable;
use crate::airtable::remote::{
    Access, Copied, Hidden, Offer, Tables, Traffic, may_write, offers_in, tables_of,
};
use crate::airtable::service::not_found;
use crate::airtable::store::{self, ConnectionRow, OfferRow};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, ConnectionChange, TableSchema,
};
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, ConnectionId, WorkspaceId};

/// A base that is offered through a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::airtable) struct Offered {
    /// The base.
    id: BaseId,
    /// Its name.
    name: String,
    /// What is offered of it.
    access: Access,
    /// What the token may do in it: `read`, `comment`, `edit` or `create`.
    level: String,
    /// Whether Airtable answers, or a copy here.
    mode: Mode,
    /// What of it is not for its members.
    hidden: Hidden,
}

/// Who answers questions about an offered base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OfferMode)]
pub(in crate::airtable) enum Mode {
    /// Airtable, or what was kept of its answers.
    Proxy,
    /// A copy of the base here, kept in step.
    Mirror,
}

/// How a base at Airtable is to be offered; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::airtable) struct NewOffer {
    /// What is offered of it.
    access: Access,
    /// Who answers; Airtable, where nobody said otherwise before.
    mode: Option<Mode>,
    /// What of it is not for its members.
    hidden: Option<Hidden>,
}

/// How a base is to be offered, beside how it was.
struct Wanted {
    access: Access,
    mode: Mode,
    hidden: Hidden,
    is_copied: bool,
    hides_otherwise: bool,
}

impl Wanted {
    fn new(new: NewOffer, known: Option<&Offer>) -> Self {
        let is_copied = known.is_some_and(|offer| offer.copied != Copied::No);
        let usual = if is_copied { Mode::Mirror } else { Mode::Proxy };
        let before = known.map(|offer| offer.hidden.clone()).unwrap_or_default();
        let hidden = new.hidden.unwrap_or_else(|| before.clone());
        Self {
            access: new.access,
            mode: new.mode.unwrap_or(usual),
            hides_otherwise: hidden != before,
            hidden,
            is_copied,
        }
    }
}

impl Airtable {
    /// The tables of a base that a connection's token reaches, whether hidden or not.
    pub(in crate::airtable) async fn reachable_tables(
        &self,
        actor: &Actor,
        (id, base): (ConnectionId, BaseId),
    ) -> BaseResult<Vec<TableSchema>> {
        let bearer = self.bearer_through(actor, id).await?;
        let found: Tables = self.ask(&bearer, &tables_of(base)).await?;
        Ok(found.tables)
    }

    /// Offers a base of a connection, or changes how.
    pub(in crate::airtable) async fn offer_base(
        &self,
        actor: &Actor,
        (id, base): (ConnectionId, BaseId),
        new: NewOffer,
    ) -> BaseResult<Offered> {
        let found = self.offerable(actor, (id, base), &new).await?;
        let lies_here = self.handle(actor.tenant, base).await?.is_some();
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let (connection, offers) = locked(&tx, id).await?;
        let known = offers.into_iter().find(|offer| offer.base == base);
        check_free(id, known.as_ref(), lies_here)?;
        let wanted = Wanted::new(new, known.as_ref());
        let row = OfferRow {
            base,
            connection: id,
            name: found.name,
            level: found.permission_level,
            access: wanted.access.as_str().to_owned(),
            hidden: wanted.hidden.to_json(),
            made_at: self.now(),
        };
        store::put_offer(&tx, &row)
            .await
            .map_err(BaseError::database)?;
        let place = (&row, connection.workspace);
        let webhook = self.copy_as_wanted(&tx, &wanted, place).await?;
        self.announce_connection(&tx, actor, (id, Some(base)), ConnectionChange::Offered)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        match known {
            Some(offer) => self.mirror_ended(actor.tenant, offer, webhook).await,
            None => self.mirror_settled(actor.tenant, base).await,
        }
        tracing::info!(connection = %id, %base, access = row.access, mode = ?wanted.mode, by = %actor.user, "airtable.offered");
        Ok(offered(row, wanted.mode))
    }

    /// The base as Airtable has it, where the token may do what is to be offered of it.
    async fn offerable(
        &self,
        actor: &Actor,
        (id, base): (ConnectionId, BaseId),
        new: &NewOffer,
    ) -> BaseResult<Reachable> {
        let reachable = self.reachable(actor, id).await?;
        let found = reachable.into_iter().find(|known| known.id == base);
        let found = found.ok_or_else(not_found)?;
        if new.access == Access::Write && !may_write(&found.permission_level) {
            return Err(invalid("The token may only read this base"));
        }
        if let Some(hidden) = new.hidden.as_ref().filter(|hidden| !hidden.is_empty()) {
            let tables = self.reachable_tables(actor, (id, base)).await?;
            hidden.check(&tables)?;
        }
        Ok(found)
    }

    /// Begins, ends or restarts the copy of a base; answers the webhook of one that ended.
    async fn copy_as_wanted(
        &self,
        tx: &TenantTx,
        wanted: &Wanted,
        (row, workspace): (&OfferRow, WorkspaceId),
    ) -> BaseResult<Option<String>> {
        match (wanted.is_copied, wanted.mode) {
            (false, Mode::Mirror) => self.begin_mirror(tx, row, workspace).await?,
            (true, Mode::Proxy) => return self.end_mirror(tx, row.base).await,
            (true, Mode::Mirror) if wanted.hides_otherwise => {
                let restarted = store::restart_mirror(tx, row.base, self.now()).await;
                restarted.map_err(BaseError::database)?;
            }
            _ => {}
        }
        Ok(None)
    }

    /// What goes on between this instance and an offered base, for the workspace's admins.
    pub(in crate::airtable) async fn traffic(
        &self,
        actor: &Actor,
        target: (ConnectionId, BaseId),
    ) -> BaseResult<Traffic> {
        let offer = self.offered_through(actor, target).await?;
        Ok(self.remote.traffic(&offer))
    }

    /// The offer of a base through a connection that the actor manages.
    async fn offered_through(
        &self,
        actor: &Actor,
        (id, base): (ConnectionId, BaseId),
    ) -> BaseResult<Offer> {
        self.connection(actor, id).await?;
        let offer = self.offer_of(actor.tenant, base).await?;
        let offer = offer.filter(|offer| offer.connection == id);
        offer.ok_or_else(not_found)
    }

    /// Offers a base no longer.
    pub(in crate::airtable) async fn withdraw_base(
        &self,
        actor: &Actor,
        (id, base): (ConnectionId, BaseId),
    ) -> BaseResult<()> {
        self.connection(actor, id).await?;
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let (_, offers) = locked(&tx, id).await?;
        let is_it = |offer: &Offer| offer.base == base && offer.connection == id;
        let offer = offers.into_iter().find(is_it).ok_or_else(not_found)?;
        let webhook = self.end_mirror(&tx, base).await?;
        store::delete_offer(&tx, base)
            .await
            .map_err(BaseError::database)?;
        self.announce_connection(&tx, actor, (id, Some(base)), ConnectionChange::Withdrawn)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.mirror_ended(actor.tenant, offer, webhook).await;
        tracing::info!(connection = %id, %base, by = %actor.user, "airtable.withdrawn");
        Ok(())
    }
}

/// The connection and what is offered, while nobody else changes them.
pub(super) async fn locked(
    tx: &TenantTx,
    id: ConnectionId,
) -> BaseResult<(ConnectionRow, Vec<Offer>)> {
    let read = async {
        store::lock_connections(tx).await?;
        Ok::<_, DbErr>((store::find_connection(tx, id).await?, offers_in(tx).await?))
    };
    let (connection, offers) = read.await.map_err(BaseError::database)?;
    Ok((connection.ok_or_else(not_found)?, offers))
}

/// Refuses to offer a base whose id is taken.
fn check_free(id: ConnectionId, known: Option<&Offer>, lies_here: bool) -> BaseResult<()> {
    let taken = |message: &str| Err(BaseError::new(BaseErrorKind::BaseTaken, message));
    match known {
        Some(offer) if offer.connection != id => {
            taken("The base is offered through another connection already")
        }
        None if lies_here => taken("A base with this id lies here already"),
        _ => Ok(()),
    }
}

pub(super) fn offered(row: OfferRow, mode: Mode) -> Offered {
    Offered {
        id: row.base,
        name: row.name,
        access: Access::parse(&row.access),
        hidden: Hidden::parse(row.hidden.as_deref()),
        level: row.level,
        mode,
    }
}
