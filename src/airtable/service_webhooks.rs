use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::schema::Base;
use super::service::{Airtable, denied, not_found};
use super::store::{self, PayloadRow, WebhookRow};
use super::webhooks::{DataType, ErrorCode, Maker, Specification, Watch, announce, error_payload};
use crate::contracts::{Actor, BaseError, BaseErrorKind, BaseResult, Permission};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, TenantId, WebhookId};
use crate::platform::vault::TenantKey;

/// How long a webhook lives from the last time it was asked for, and a payload from when it was made.
const LIFE: Millis = 7 * 24 * 3600 * 1000;
/// How long a webhook that is over can still be read.
const REST: Millis = LIFE;
const MOST_WEBHOOKS: usize = 10;
const SECRET_BYTES: usize = 32;
const EVERY: Duration = Duration::from_secs(3600);

/// A webhook to be made.
pub(super) struct NewWebhook {
    pub(super) url: Option<String>,
    pub(super) specification: Specification,
}

/// A webhook that was made.
pub(super) struct MadeWebhook {
    pub(super) id: WebhookId,
    /// Shown this once.
    pub(super) secret: String,
    pub(super) expires_at: Millis,
}

/// A webhook with what is told of it.
pub(super) struct ListedWebhook {
    pub(super) row: WebhookRow,
    pub(super) url: Option<String>,
    /// Whether it records payloads.
    pub(super) is_enabled: bool,
}

/// Some payloads of a webhook as JSON.
pub(super) struct PayloadPage {
    pub(super) payloads: Vec<String>,
    /// The number to ask for next.
    pub(super) cursor: i64,
    pub(super) might_have_more: bool,
}

/// A base whose webhooks the actor may manage.
struct Managed {
    tenant: TenantId,
    base: BaseId,
    key: TenantKey,
    definition: Arc<Base>,
}

impl Airtable {
    async fn managed(&self, actor: &Actor, base: &str) -> BaseResult<Managed> {
        let open = self.open(actor, base, Permission::WebhooksManage).await?;
        let state = open.state();
        Ok(Managed {
            tenant: actor.tenant,
            base: state.base.id,
            key: state.key.clone(),
            definition: state.base.clone(),
        })
    }

    /// Makes a webhook; it tells of every transaction behind the one that makes it.
    pub(super) async fn create_webhook(
        &self,
        actor: &Actor,
        base: &str,
        wanted: NewWebhook,
    ) -> BaseResult<MadeWebhook> {
        let managed = self.managed(actor, base).await?;
        let watch = Watch::check(&wanted.specification, &managed.definition)?;
        may_read(actor, &watch)?;
        if let Some(url) = &wanted.url {
            let checked = self.platform.http.check(url);
            checked.map_err(|error| invalid(format!("notificationUrl: {error}")))?;
        }
        let secret = fresh_secret();
        let mut row = new_row(actor, &managed, (&wanted, &watch), &secret, self.now())?;
        let tx = self.begin_of(managed.tenant).await?;
        self.insert_webhook(&tx, &mut row).await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        let WebhookRow { id, base, .. } = row;
        tracing::info!(webhook = %id, %base, actor = %actor.user, "airtable.webhook_created");
        Ok(MadeWebhook {
            id,
            secret,
            expires_at: row.expires_at,
        })
    }

    /// The base is held until the commit: nobody makes another webhook, nor writes, before this one is there.
    async fn insert_webhook(&self, tx: &TenantTx, row: &mut WebhookRow) -> BaseResult<()> {
        let seq = store::lock_seq(tx, row.base).await;
        row.log_seq = seq.map_err(BaseError::database)?.ok_or_else(not_found)?;
        let there = store::list_webhooks(tx, row.base).await;
        let there = there.map_err(BaseError::database)?;
        let is_alive = |other: &&WebhookRow| other.expires_at > row.made_at;
        if there.iter().filter(is_alive).count() >= MOST_WEBHOOKS {
            return Err(BaseError::new(
                BaseErrorKind::TooManyWebhooks,
                format!("A base has at most {MOST_WEBHOOKS} webhooks; delete one of them first"),
            ));
        }
        store::insert_webhook(tx, row)
            .await
            .map_err(BaseError::database)?;
        announce(tx, row.base, row.made_at)
            .await
            .map_err(BaseError::database)
    }

    /// The webhooks of a base, oldest first.
    pub(super) async fn list_webhooks(
        &self,
        actor: &Actor,
        base: &str,
    ) -> BaseResult<Vec<ListedWebhook>> {
        let Managed {
            tenant, base, key, ..
        } = self.managed(actor, base).await?;
        self.make_payloads(tenant, base).await?;
        let now = self.now();
        let tx = self.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let rows = store::list_webhooks(&tx, base).await;
        let rows = rows.map_err(BaseError::database)?;
        let readable = rows.into_iter().filter(|row| row.expires_at + REST > now);
        let listed = readable.map(|row| {
            Ok(ListedWebhook {
                url: row.open_url(&key).map_err(BaseError::database)?,
                is_enabled: row.expires_at > now,
                row,
            })
        });
        listed.collect()
    }

    /// Payloads of a webhook from a number on; to ask for them lets it live on.
    pub(super) async fn list_payloads(
        &self,
        actor: &Actor,
        (base, webhook): (&str, &str),
        (cursor, limit): (i64, u64),
    ) -> BaseResult<PayloadPage> {
        let Managed {
            tenant, base, key, ..
        } = self.managed(actor, base).await?;
        let now = self.now();
        let hook = self.webhook(tenant, base, webhook).await?;
        let wanted = serde_json::from_str(&hook.specification).map_err(BaseError::internal)?;
        may_read(actor, &Watch::stored(&wanted, hook.scope_table))?;
        self.make_payloads(tenant, base).await?;
        let tx = self.begin_of(tenant).await?;
        store::extend_webhook(&tx, hook.id, (now, now + LIFE))
            .await
            .map_err(BaseError::database)?;
        let found = store::find_webhook(&tx, base, hook.id).await;
        let hook = found.map_err(BaseError::database)?.ok_or_else(not_found)?;
        let rows = store::list_payloads(&tx, hook.id, &key, (cursor, now - LIFE), limit).await;
        let rows = rows.map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::database)?;
        let next = match rows.last() {
            Some(last) => last.number + 1,
            // Payloads before this are deleted; a cursor ahead of all stays where it is.
            None => cursor.max(hook.next_number),
        };
        Ok(PayloadPage {
            payloads: rows.into_iter().map(body_of).collect(),
            cursor: next,
            might_have_more: next < hook.next_number,
        })
    }

    /// Lets a webhook live for another while; answers until when.
    pub(super) async fn refresh_webhook(
        &self,
        actor: &Actor,
        base: &str,
        webhook: &str,
    ) -> BaseResult<Millis> {
        let Managed { tenant, base, .. } = self.managed(actor, base).await?;
        let hook = self.webhook(tenant, base, webhook).await?;
        let now = self.now();
        let tx = self.begin_of(tenant).await?;
        let extended = store::extend_webhook(&tx, hook.id, (now, now + LIFE)).await;
        if !extended.map_err(BaseError::database)? {
            return Err(over());
        }
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(now + LIFE)
    }

    /// Switches the pings of a webhook on or off.
    pub(super) async fn notify_webhook(
        &self,
        actor: &Actor,
        (base, webhook): (&str, &str),
        is_wanted: bool,
    ) -> BaseResult<()> {
        let Managed { tenant, base, .. } = self.managed(actor, base).await?;
        let hook = self.webhook(tenant, base, webhook).await?;
        if is_wanted && hook.expires_at <= self.now() {
            return Err(over());
        }
        let tx = self.begin_of(tenant).await?;
        let switched = store::set_notifying(&tx, hook.id, is_wanted).await;
        if !switched.map_err(BaseError::database)? {
            return Err(not_found());
        }
        tx.commit().await.map_err(BaseError::unsettled)
    }

    /// Removes a webhook with its payloads.
    pub(super) async fn delete_webhook(
        &self,
        actor: &Actor,
        base: &str,
        webhook: &str,
    ) -> BaseResult<()> {
        let Managed { tenant, base, .. } = self.managed(actor, base).await?;
        let hook = self.webhook(tenant, base, webhook).await?;
        let tx = self.begin_of(tenant).await?;
        let deleted = store::delete_webhook(&tx, base, hook.id).await;
        if !deleted.map_err(BaseError::database)? {
            return Err(not_found());
        }
        tx.commit().await.map_err(BaseError::unsettled)?;
        tracing::info!(webhook = %hook.id, %base, actor = %actor.user, "airtable.webhook_deleted");
        Ok(())
    }

    /// A webhook that can still be read.
    async fn webhook(
        &self,
        tenant: TenantId,
        base: BaseId,
        webhook: &str,
    ) -> BaseResult<WebhookRow> {
        let id: WebhookId = webhook.parse().map_err(|_| not_found())?;
        let tx = self.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let found = store::find_webhook(&tx, base, id).await;
        let found = found.map_err(BaseError::database)?;
        let now = self.now();
        found
            .filter(|row| row.expires_at + REST > now)
            .ok_or_else(not_found)
    }

    async fn begin_of(&self, tenant: TenantId) -> BaseResult<TenantTx> {
        let tx = self.platform.db.begin(tenant).await;
        tx.map_err(BaseError::database)
    }

    /// Makes the payloads of all that is in a base's change log; false where the base has no webhook.
    pub(super) async fn make_payloads(&self, tenant: TenantId, base: BaseId) -> BaseResult<bool> {
        while let Some(maker) = Maker::begin(self, tenant, base).await? {
            if maker.run().await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The worker that deletes webhooks and payloads which are over.
    pub(super) async fn keep_webhooks(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = self.delete_over().await {
                tracing::warn!(%error, "airtable.webhooks_over_failed");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn delete_over(&self) -> Result<(), DbErr> {
        let now = self.now();
        loop {
            let tx = self.platform.db.system().await?;
            let deleted = store::delete_old_payloads(&tx, now - LIFE).await?;
            tx.commit().await?;
            if deleted == 0 {
                break;
            }
        }
        let tx = self.platform.db.system().await?;
        store::delete_webhooks_over(&tx, now - REST).await?;
        tx.commit().await
    }
}

fn new_row(
    actor: &Actor,
    managed: &Managed,
    (wanted, watch): (&NewWebhook, &Watch),
    secret: &str,
    now: Millis,
) -> BaseResult<WebhookRow> {
    let (id, key) = (WebhookId::fresh(), &managed.key);
    let specification = serde_json::to_string(&wanted.specification);
    let url = wanted.url.as_deref();
    Ok(WebhookRow {
        id,
        base: managed.base,
        specification: specification.map_err(BaseError::internal)?,
        scope_table: watch.scope_table(),
        url: url.map(|url| WebhookRow::seal_url(key, id, url)),
        secret: WebhookRow::seal_secret(key, id, secret),
        made_by: actor.user,
        made_at: now,
        expires_at: now + LIFE,
        is_notifying: true,
        log_seq: 0,
        next_number: 1,
        ping_run: None,
        succeeded_at: None,
        last_result: None,
    })
}

/// What a webhook tells of must be open to who asks for it.
fn may_read(actor: &Actor, watch: &Watch) -> BaseResult<()> {
    let reads = [
        (DataType::TableData, Permission::RecordsRead),
        (DataType::TableFields, Permission::SchemaRead),
        (DataType::TableMetadata, Permission::SchemaRead),
    ];
    let mut needed = reads.into_iter().filter(|(of, _)| watch.has(*of));
    needed.try_for_each(|(_, permission)| actor.require_scope(permission).map_err(denied))
}

fn body_of(row: PayloadRow) -> String {
    let erased = || error_payload(ErrorCode::InternalError, row.at, row.last_seq).to_string();
    row.body.unwrap_or_else(erased)
}

fn fresh_secret() -> String {
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret).expect("the operating system provides randomness");
    BASE64_STANDARD.encode(secret)
}

fn over() -> BaseError {
    invalid("The webhook has expired; create a new one".to_owned())
}

fn invalid(message: String) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
