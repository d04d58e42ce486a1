use serde_json::json;

use super::error::Error;
use super::names::{EmailAddress, Name};
use super::passwords::check_password;
use super::service::Identity;
use super::sessions::SignedIn;
use super::store::{self, Link, MemberStatus, Purpose};
use super::tokens::LinkToken;
use super::visitor::Visitor;
use crate::contracts::{InstanceSetUp, Role, TenantRole};
use crate::platform::clock::Millis;
use crate::platform::db::{TenantTx, is_unique_violation};
use crate::platform::events::{self, NewEvent};
use crate::platform::ids::{TenantId, UserId, WorkspaceId};

const LINK_LIFETIME: Millis = 24 * 3_600_000;

/// What the first person says about themselves.
pub(crate) struct Setup {
    pub(crate) token: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) name: String,
    pub(crate) workspace_name: Option<String>,
}

struct FirstPerson {
    user: UserId,
    email: EmailAddress,
    name: Name,
    workspace_name: Name,
    password_hash: String,
}

impl Identity {
    /// Whether nobody can sign in yet.
    pub(crate) async fn is_setup_required(&self) -> Result<bool, Error> {
        let tx = self.platform().db.system_read().await?;
        Ok(!store::any_user(&tx).await?)
    }

    /// A fresh one-time link for the first person, which replaces older ones; `None` once there is somebody.
    pub async fn setup_link(&self, public_url: &str) -> Option<String> {
        match self.make_setup_link(public_url).await {
            Ok(link) => link,
            Err(error) => {
                tracing::error!(%error, "identity.setup_link_failed");
                None
            }
        }
    }

    async fn make_setup_link(&self, public_url: &str) -> Result<Option<String>, Error> {
        let token = LinkToken::fresh();
        let now = self.now();
        let tx = self.platform().db.system().await?;
        if store::any_user(&tx).await? {
            return Ok(None);
        }
        store::delete_setup_links(&tx).await?;
        // The link belongs to the tenant that it will make, so that using it up and making the tenant are one commit.
        let link = Link {
            hash: token.hash(),
            tenant: TenantId::fresh(),
            user: None,
            name: None,
        };
        store::insert_link(tx.conn(), &link, Purpose::Setup, now, now + LINK_LIFETIME).await?;
        tx.commit().await?;
        Ok(Some(format!(
            "{}/setup#token={}",
            public_url.trim_end_matches('/'),
            token.as_str()
        )))
    }

    /// Makes the first person, their tenant and workspace, and signs them in.
    pub(crate) async fn set_up(&self, setup: Setup, visitor: &Visitor) -> Result<SignedIn, Error> {
        self.throttle_address(visitor.address).await?;
        let link = self.find_setup_link(&setup.token).await?;
        let person = self.first_person(setup).await?;
        let tx = self.platform().db.begin(link.tenant).await?;
        let now = self.now();
        if !store::consume_link(tx.conn(), &link, now).await? {
            return Err(Error::InvalidLink);
        }
        self.make_first(&tx, &person, now).await?;
        tx.commit().await?;
        self.platform()
            .signals
            .publish(events::APPENDED, link.tenant.to_string());
        self.rights_changed(person.user);
        tracing::info!(user = %person.user, tenant = %link.tenant, "identity.set_up");
        let tx = self.platform().db.system().await?;
        let user = store::find_user(&tx, person.user)
            .await?
            .ok_or(Error::NotFound)?;
        let signed_in = self.open_session(&tx, user, link.tenant, visitor).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    async fn find_setup_link(&self, token: &str) -> Result<Link, Error> {
        let tx = self.platform().db.system_read().await?;
        if store::any_user(&tx).await? {
            return Err(Error::AlreadySetUp);
        }
        let token = LinkToken::parse(token).ok_or(Error::InvalidLink)?;
        let link = store::find_link(&tx, &token.hash(), Purpose::Setup, self.now()).await?;
        link.ok_or(Error::InvalidLink)
    }

    async fn first_person(&self, setup: Setup) -> Result<FirstPerson, Error> {
        let email = EmailAddress::parse(&setup.email)?;
        let name = Name::parse("name", &setup.name)?;
        let workspace_name = setup.workspace_name.as_deref().unwrap_or("Workspace");
        let workspace_name = Name::parse("workspace_name", workspace_name)?;
        check_password(&setup.password, email.local_part())?;
        let password_hash = self.hasher().hash(setup.password).await?;
        Ok(FirstPerson {
            user: UserId::fresh(),
            email,
            name,
            workspace_name,
            password_hash,
        })
    }

    async fn make_first(
        &self,
        tx: &TenantTx,
        person: &FirstPerson,
        now: Millis,
    ) -> Result<(), Error> {
        let workspace = WorkspaceId::fresh();
        store::insert_tenant(tx, &person.workspace_name, now).await?;
        store::insert_member(
            tx,
            person.user,
            TenantRole::Owner,
            MemberStatus::Active,
            now,
        )
        .await?;
        let hash = Some(person.password_hash.clone());
        store::insert_user(
            tx.conn(),
            person.user,
            &person.email,
            &person.name,
            hash,
            now,
        )
        .await
        .map_err(|error| match is_unique_violation(&error) {
            true => Error::AlreadySetUp,
            false => error.into(),
        })?;
        store::insert_workspace(tx, workspace, &person.workspace_name, now).await?;
        store::insert_workspace_member(tx, workspace, person.user, Role::Owner, now).await?;
        let payload = InstanceSetUp {
            workspace,
            user: person.user,
            sample_base: self.platform().settings.identity.sample_base,
        };
        let event = NewEvent {
            aggregate_type: "workspace",
            aggregate_id: workspace.to_string(),
            event_type: InstanceSetUp::TYPE,
            payload: json!(payload),
            occurred_at: now,
        };
        events::append(tx, event).await?;
        Ok(())
    }
}
