use actix_web::{HttpRequest, delete, get, post};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::body::{Body, Object};
use super::caller::Caller;
use super::docs::Failures;
use super::error::{Answer, Failure};
use super::path::Target;
use super::{Engine, gate, query, respond};
use crate::airtable::service_webhooks::{ListedWebhook, NewWebhook};
use crate::airtable::webhooks::Specification;
use crate::contracts::{BaseError, BaseErrorKind, Permission};
use crate::platform::clock::rfc3339;
use crate::platform::ids::WebhookId;

const MOST_PAYLOADS: usize = 50;

/// A webhook to be made.
#[derive(ToSchema)]
#[schema(as = CreateWebhook)]
#[expect(dead_code, reason = "read by utoipa alone")]
struct CreateWebhookDoc {
    /// Where pings go; without one nobody is told.
    #[schema(rename = "notificationUrl")]
    notification_url: Option<String>,
    /// What it watches.
    specification: Specification,
}

/// A webhook that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreatedWebhook)]
struct Created {
    /// The webhook.
    id: WebhookId,
    /// What pings are signed with, shown only here.
    mac_secret_base64: String,
    /// When it ends unless it is refreshed, RFC 3339.
    expiration_time: String,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
struct Listed {
    /// The webhook.
    id: WebhookId,
    /// Whether its pings are on.
    are_notifications_enabled: bool,
    /// The number of its next payload.
    cursor_for_next_payload: i64,
    /// Whether it records payloads.
    is_hook_enabled: bool,
    /// Where pings go.
    notification_url: Option<String>,
    /// When it ends, or ended, RFC 3339.
    expiration_time: String,
    /// When a ping last arrived, RFC 3339.
    last_successful_notification_time: Option<String>,
    /// `success`, `completionTimestamp`, `durationMs`, `retryNumber` and, of a failure, `error` and `willBeRetried`.
    #[schema(value_type = Option<Object>)]
    last_notification_result: Option<Value>,
    /// What it watches.
    specification: Specification,
}

/// The webhooks of a base.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhooks)]
struct ListedWebhooks {
    /// Oldest first.
    webhooks: Vec<Listed>,
}

/// Some payloads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookPayloads)]
struct Payloads {
    /// In order; their numbers have no gaps.
    #[schema(value_type = Vec<Object>)]
    payloads: Vec<Box<RawValue>>,
    /// The number to ask for next.
    cursor: i64,
    /// Whether there are more already.
    might_have_more: bool,
    /// `v0`.
    payload_format: &'static str,
}

/// When a webhook ends.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefreshedWebhook)]
struct Refreshed {
    /// RFC 3339.
    expiration_time: String,
}

/// Whether pings are wanted.
#[derive(ToSchema)]
#[schema(as = EnableNotifications)]
#[expect(dead_code, reason = "read by utoipa alone")]
struct EnableDoc {
    enable: bool,
}

/// Makes a webhook.
#[utoipa::path(
    tag = "v0 webhooks",
    path = "/{base_id}/webhooks",
    params(("base_id" = String, Path, description = "Base id")),
    request_body = CreateWebhookDoc,
    responses((status = 200, description = "The webhook", body = Created), Failures)
)]
#[post("/{base_id}/webhooks{slash:/?}")]
pub(super) async fn create_webhook(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let wanted = query::none(&request).and_then(|()| new_webhook(body.object()?));
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(failure) => return refuse(&engine, &caller, &target, failure).await,
    };
    let made = engine.create_webhook(&caller, &target.base, wanted).await?;
    respond::json(&Created {
        id: made.id,
        mac_secret_base64: made.secret,
        expiration_time: rfc3339(made.expires_at),
    })
}

/// Lists the webhooks of a base.
#[utoipa::path(
    tag = "v0 webhooks",
    path = "/{base_id}/webhooks",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The webhooks", body = ListedWebhooks), Failures)
)]
#[get("/{base_id}/webhooks{slash:/?}")]
pub(super) async fn list_webhooks(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    if let Err(failure) = query::none(&request) {
        return refuse(&engine, &caller, &target, failure).await;
    }
    let all = engine.list_webhooks(&caller, &target.base).await?;
    let webhooks: Result<Vec<Listed>, BaseError> = all.into_iter().map(listed).collect();
    respond::json(&ListedWebhooks {
        webhooks: webhooks?,
    })
}

/// Lists payloads of a webhook, and lets it live for seven more days.
#[utoipa::path(
    tag = "v0 webhooks",
    path = "/{base_id}/webhooks/{webhook_id}/payloads",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("webhook_id" = String, Path, description = "Webhook id"),
        ("cursor" = Option<u64>, Query, description = "The number of the first payload, from 1"),
        ("limit" = Option<u64>, Query, description = "At most so many payloads, up to 50"),
    ),
    responses((status = 200, description = "Some payloads", body = Payloads), Failures)
)]
#[get("/{base_id}/webhooks/{webhook_id}/payloads{slash:/?}")]
pub(super) async fn list_payloads(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let place = match place(&request) {
        Ok(place) => place,
        Err(failure) => return refuse(&engine, &caller, &target, failure).await,
    };
    let webhook = (target.base.as_str(), target.leaf.as_str());
    let page = engine.list_payloads(&caller, webhook, place).await?;
    let raw = page.payloads.into_iter().map(RawValue::from_string);
    let payloads: Result<Vec<_>, _> = raw.collect();
    respond::json(&Payloads {
        payloads: payloads.map_err(BaseError::internal)?,
        cursor: page.cursor,
        might_have_more: page.might_have_more,
        payload_format: "v0",
    })
}

/// Lets a webhook live for seven more days.
#[utoipa::path(
    tag = "v0 webhooks",
    path = "/{base_id}/webhooks/{webhook_id}/refresh",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("webhook_id" = String, Path, description = "Webhook id"),
    ),
    responses((status = 200, description = "When it ends", body = Refreshed), Failures)
)]
#[post("/{base_id}/webhooks/{webhook_id}/refresh{slash:/?}")]
pub(super) async fn refresh_webhook(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    if let Err(failure) = query::none(&request) {
        return refuse(&engine, &caller, &target, failure).await;
    }
    let expires_at = engine
        .refresh_webhook(&caller, &target.base, &target.leaf)
        .await?;
    respond::json(&Refreshed {
        expiration_time: rfc3339(expires_at),
    })
}

/// Switches the pings of a webhook on or off.
#[utoipa::path(
    tag = "v0 webhooks",
    path = "/{base_id}/webhooks/{webhook_id}/enableNotifications",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("webhook_id" = String, Path, description = "Webhook id"),
    ),
    request_body = EnableDoc,
    responses((status = 200, description = "An empty object", body = Object), Failures)
)]
#[post("/{base_id}/webhooks/{webhook_id}/enableNotifications{slash:/?}")]
pub(super) async fn enable_notifications(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let wanted = query::none(&request).and_then(|()| enable(body.object()?));
    let is_wanted = match wanted {
        Ok(is_wanted) => is_wanted,
        Err(failure) => return refuse(&engine, &caller, &target, failure).await,
    };
    let webhook = (target.base.as_str(), target.leaf.as_str());
    engine.notify_webhook(&caller, webhook, is_wanted).await?;
    respond::json(&json!({}))
}

/// Deletes a webhook with its payloads.
#[utoipa::path(
    tag = "v0 webhooks",
    path = "/{base_id}/webhooks/{webhook_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("webhook_id" = String, Path, description = "Webhook id"),
    ),
    responses((status = 200, description = "An empty object", body = Object), Failures)
)]
#[delete("/{base_id}/webhooks/{webhook_id}{slash:/?}")]
pub(super) async fn delete_webhook(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    if let Err(failure) = query::none(&request) {
        return refuse(&engine, &caller, &target, failure).await;
    }
    engine
        .delete_webhook(&caller, &target.base, &target.leaf)
        .await?;
    respond::json(&json!({}))
}

async fn refuse(engine: &Engine, caller: &Caller, target: &Target, failure: Failure) -> Answer {
    gate(engine, caller, target, Permission::WebhooksManage, failure).await
}

fn new_webhook(mut body: Object) -> Result<NewWebhook, Failure> {
    let url = body.text("notificationUrl")?;
    let specification = body.take("specification");
    body.finish()?;
    let specification = specification.ok_or_else(Failure::invalid_request)?;
    let specification = serde_json::from_value(specification).map_err(|error| {
        let message = format!("specification: {error}");
        BaseError::new(BaseErrorKind::InvalidRequest, message)
    })?;
    Ok(NewWebhook { url, specification })
}

fn enable(mut body: Object) -> Result<bool, Failure> {
    let wanted = body.take("enable").and_then(|value| value.as_bool());
    body.finish()?;
    wanted.ok_or_else(Failure::invalid_request)
}

/// The first number, and how many payloads at most.
fn place(request: &HttpRequest) -> Result<(i64, u64), Failure> {
    let (mut cursor, mut limit) = (1, MOST_PAYLOADS);
    for parameter in query::parameters(request)? {
        let number = parameter.number()?;
        if number == 0 || !parameter.path.is_empty() {
            return Err(Failure::invalid_request());
        }
        match parameter.name.as_str() {
            "cursor" => cursor = i64::try_from(number).map_err(|_| Failure::invalid_request())?,
            "limit" if number <= MOST_PAYLOADS => limit = number,
            _ => return Err(Failure::invalid_request()),
        }
    }
    Ok((cursor, limit as u64))
}

fn listed(webhook: ListedWebhook) -> Result<Listed, BaseError> {
    let ListedWebhook {
        row,
        url,
        is_enabled,
    } = webhook;
    let result = row.last_result.as_deref().map(serde_json::from_str);
    Ok(Listed {
        id: row.id,
        are_notifications_enabled: row.is_notifying,
        cursor_for_next_payload: row.next_number,
        is_hook_enabled: is_enabled,
        notification_url: url,
        expiration_time: rfc3339(row.expires_at),
        last_successful_notification_time: row.succeeded_at.map(rfc3339),
        last_notification_result: result.transpose().map_err(BaseError::internal)?,
        specification: serde_json::from_str(&row.specification).map_err(BaseError::internal)?,
    })
}
