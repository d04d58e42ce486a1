use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offering::{Mode, Offered, locked, offered};
use crate::airtable::remote::{Bearer, Request};
use crate::airtable::service::{denied, not_found};
use crate::airtable::store::{self, ConnectionRow};
use crate::airtable::{Airtable, place};
use crate::contracts::{Actor, BaseError, BaseErrorKind, BaseResult, ConnectionChange, Permission};
use crate::platform::clock::rfc3339;
use crate::platform::ids::{BaseId, ConnectionId, TenantId, WorkspaceId};
use crate::platform::outbound::StatusCode;

/// Characters of a token that people are shown.
const SHOWN: usize = 4;
const LONGEST_NAME: usize = 255;
const LONGEST_TOKEN: usize = 2000;
/// Pages of bases that are read of an account, a thousand each.
const MOST_PAGES: usize = 10;

/// An account at Airtable to be connected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::airtable) struct NewConnection {
    /// The workspace whose members shall reach its bases.
    workspace_id: WorkspaceId,
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// A personal access token of Airtable.
    #[schema(value_type = String, min_length = 1, max_length = 2000)]
    token: SecretString,
}

/// A connected account at Airtable.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::airtable) struct Connection {
    /// The connection.
    pub(in crate::airtable) id: ConnectionId,
    /// The workspace whose members reach its bases.
    workspace_id: WorkspaceId,
    /// Its name.
    name: String,
    /// The last four characters of the token.
    token_end: String,
    /// The person at Airtable whose token it is.
    account: String,
    /// Their e-mail address, where the token may see it.
    email: Option<String>,
    /// What the token may do, where Airtable told.
    scopes: Option<Vec<String>>,
    /// When it was made.
    made_at: String,
    /// The bases that are offered through it, by id.
    bases: Vec<Offered>,
}

/// A base that a token reaches.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all(deserialize = "camelCase"))]
pub(in crate::airtable) struct Reachable {
    /// The base.
    pub(in crate::airtable) id: BaseId,
    /// Its name.
    pub(in crate::airtable) name: String,
    /// What the token may do in it: `read`, `comment`, `edit` or `create`.
    pub(in crate::airtable) permission_level: String,
}

/// Who a token belongs to, as Airtable tells.
#[derive(Deserialize)]
struct WhoAmI {
    id: String,
    email: Option<String>,
    scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct BasePage {
    bases: Vec<Reachable>,
    offset: Option<String>,
}

impl Airtable {
    /// Connects an account after asking Airtable who the token belongs to.
    pub(in crate::airtable) async fn connect(
        &self,
        actor: &Actor,
        request: NewConnection,
    ) -> BaseResult<Connection> {
        let NewConnection {
            workspace_id,
            name,
            token,
        } = request;
        self.may_connect(actor, workspace_id)?;
        place::check(self, actor, workspace_id).await?;
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(invalid("The name must have 1 to 255 characters"));
        }
        let token = clean(&token)?;
        let bearer = Bearer {
            token: token.clone(),
            account: format!("new:{}", actor.user),
            workspace: workspace_id,
        };
        let request = Request::get(&["meta", "whoami"]);
        let who: WhoAmI = self.ask(&bearer, &request).await?;
        let key = self.key(actor.tenant).await?;
        let id = ConnectionId::fresh();
        let row = ConnectionRow {
            id,
            workspace: workspace_id,
            name,
            token: ConnectionRow::seal(&key, id, token.expose_secret()),
            token_end: end_of(token.expose_secret()),
            account: who.id,
            email: who.email,
            scopes: who
                .scopes
                .and_then(|list| serde_json::to_string(&list).ok()),
            made_by: actor.user,
            made_at: self.now(),
        };
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        store::insert_connection(&tx, &row)
            .await
            .map_err(BaseError::database)?;
        self.announce_connection(&tx, actor, (id, None), ConnectionChange::Made)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        tracing::info!(connection = %id, workspace = %workspace_id, by = %actor.user, "airtable.connected");
        Ok(shown(row, &[]))
    }

    /// The connections of the workspaces that the actor manages.
    pub(in crate::airtable) async fn connections(
        &self,
        actor: &Actor,
    ) -> BaseResult<Vec<Connection>> {
        let (connections, offers) = self.connection_rows(actor.tenant).await?;
        let may = |row: &ConnectionRow| self.may_connect(actor, row.workspace).is_ok();
        let mine = connections.into_iter().filter(may);
        Ok(mine.map(|row| shown(row, &offers)).collect())
    }

    /// The bases that a connection's token reaches, as Airtable tells now.
    pub(in crate::airtable) async fn reachable(
        &self,
        actor: &Actor,
        id: ConnectionId,
    ) -> BaseResult<Vec<Reachable>> {
        let bearer = self.bearer_through(actor, id).await?;
        let (mut bases, mut query) = (Vec::new(), String::new());
        for _ in 0..MOST_PAGES {
            let request = Request::get(&["meta", "bases"]).with_query(query);
            let page: BasePage = self.ask(&bearer, &request).await?;
            bases.extend(page.bases);
            let Some(offset) = page.offset else { break };
            query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("offset", &offset)
                .finish();
        }
        Ok(bases)
    }

    /// Forgets a connection with its token and what is offered through it.
    pub(in crate::airtable) async fn disconnect(
        &self,
        actor: &Actor,
        id: ConnectionId,
    ) -> BaseResult<()> {
        self.connection(actor, id).await?;
        let tx = self.platform.db.begin(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let (_, offers) = locked(&tx, id).await?;
        let mut ended = Vec::new();
        for offer in offers.into_iter().filter(|offer| offer.connection == id) {
            let webhook = self.end_mirror(&tx, offer.base).await?;
            ended.push((offer, webhook));
        }
        let gone = store::delete_connection(&tx, id).await;
        let gone = gone.map_err(BaseError::database)?;
        self.announce_connection(&tx, actor, (id, None), ConnectionChange::Deleted)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        for (offer, webhook) in ended {
            self.mirror_ended(actor.tenant, offer, webhook).await;
        }
        self.forget_offers(actor.tenant).await;
        tracing::info!(connection = %id, by = %actor.user, "airtable.disconnected");
        gone.then_some(()).ok_or_else(not_found)
    }

    pub(in crate::airtable) fn may_connect(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
    ) -> BaseResult<()> {
        let may = actor.require(workspace, Permission::ConnectionsManage);
        may.map(drop).map_err(denied)
    }

    pub(super) async fn connection(
        &self,
        actor: &Actor,
        id: ConnectionId,
    ) -> BaseResult<ConnectionRow> {
        let tx = self.platform.db.read(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let row = store::find_connection(&tx, id).await;
        let row = row.map_err(BaseError::database)?.ok_or_else(not_found)?;
        self.may_connect(actor, row.workspace)?;
        Ok(row)
    }

    async fn connection_rows(
        &self,
        tenant: TenantId,
    ) -> BaseResult<(Vec<ConnectionRow>, Vec<(ConnectionId, Offered)>)> {
        let tx = self.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let connections = store::list_connections(&tx).await;
        let offers = store::list_offers(&tx).await;
        let mirrors = store::list_mirrors(&tx).await;
        let mirrors = mirrors.map_err(BaseError::database)?;
        let mode = |base| match mirrors.iter().any(|mirror| mirror.base == base) {
            true => Mode::Mirror,
            false => Mode::Proxy,
        };
        let offers = offers.map_err(BaseError::database)?.into_iter();
        let offers = offers.map(|row| (row.connection, offered(row.clone(), mode(row.base))));
        Ok((connections.map_err(BaseError::database)?, offers.collect()))
    }

    /// With what requests are sent through a connection that the actor manages.
    pub(super) async fn bearer_through(
        &self,
        actor: &Actor,
        id: ConnectionId,
    ) -> BaseResult<Bearer> {
        let row = self.connection(actor, id).await?;
        let sealed = (row.id, row.token.as_str());
        self.bearer(actor.tenant, sealed, (&row.account, row.workspace))
            .await
    }

    /// A small question about the account itself.
    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        bearer: &Bearer,
        request: &Request,
    ) -> BaseResult<T> {
        let answer = self.asked_with(bearer, request).await?;
        match answer.status {
            StatusCode::OK => serde_json::from_slice(&answer.body).map_err(BaseError::internal),
            StatusCode::UNAUTHORIZED => Err(invalid("Airtable does not accept this token")),
            StatusCode::FORBIDDEN => Err(invalid(
                "Airtable accepts this token, but it lacks the scope schema.bases:read",
            )),
            status => Err(BaseError {
                source: Some(format!("Airtable answered {status}").into()),
                ..BaseError::new(
                    BaseErrorKind::Unavailable,
                    "Airtable does not answer as it should",
                )
            }),
        }
    }
}

fn clean(token: &SecretString) -> BaseResult<SecretString> {
    let text = token.expose_secret().trim();
    let is_token = !text.is_empty()
        && text.len() <= LONGEST_TOKEN
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    match is_token {
        true => Ok(text.into()),
        false => Err(invalid(
            "The token must be one of Airtable's, without spaces",
        )),
    }
}

/// Of a short token nothing is shown.
fn end_of(token: &str) -> String {
    match token.len() {
        length if length > 4 * SHOWN => token[length - SHOWN..].to_owned(),
        _ => String::new(),
    }
}

pub(super) fn invalid(message: &str) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}

fn shown(row: ConnectionRow, offers: &[(ConnectionId, Offered)]) -> Connection {
    let own = offers
        .iter()
        .filter(|(connection, _)| *connection == row.id);
    Connection {
        bases: own.map(|(_, offered)| offered.clone()).collect(),
        id: row.id,
        workspace_id: row.workspace,
        name: row.name,
        token_end: row.token_end,
        account: row.account,
        email: row.email,
        scopes: row.scopes.and_then(|text| serde_json::from_str(&text).ok()),
        made_at: rfc3339(row.made_at),
    }
}
