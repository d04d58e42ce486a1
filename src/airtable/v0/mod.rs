//! Airtable's Web API below `/v0`, byte for byte what its clients expect.

mod body;
mod caller;
mod comments;
mod docs;
mod error;
mod forward;
#[cfg(any(test, feature = "fuzzing"))]
mod fuzzing;
mod list_query;
mod meta;
mod path;
mod query;
mod read;
mod respond;
mod sync;
mod uploads;
mod webhooks;
mod write;
mod write_body;

use std::sync::Arc;

use actix_web::web;

use super::Airtable;
use crate::contracts::{Actor, BaseError, BaseErrorKind, Permission};
use crate::platform::routes::Routes;

#[cfg(any(test, feature = "fuzzing"))]
pub use fuzzing::list_records as fuzz_list_records;

/// The engine, as the composition root hands it to every handler.
type Engine = web::Data<Arc<Airtable>>;

/// Mounts every route below `/v0`; the router tries them in this order, one pattern after the other.
pub(crate) fn routes(config: &mut Routes<'_>) {
    config.wrapped("/v0", forward::forward, |v0| {
        // `/v0/{base}/{table}` would match some of the metadata routes too.
        v0.scope("/meta", meta_routes)
            .scope("/bases", webhook_routes)
            .service(read::list_records)
            .service(read::find_record)
            .service(write::create_records)
            .service(write::update_records)
            .service(write::replace_records)
            .service(write::delete_records)
            .service(read::list_records_by_post)
            .service(write::update_record)
            .service(write::replace_record)
            .service(write::delete_record)
            .service(uploads::upload_attachment)
            .service(comments::list_comments)
            .service(comments::create_comment)
            .service(comments::update_comment)
            .service(comments::delete_comment)
            .service(sync::sync_csv);
    });
}

fn meta_routes(config: &mut Routes<'_>) {
    config
        .service(meta::whoami::find_caller)
        .service(meta::bases::list_bases)
        .service(meta::bases::create_base)
        .service(meta::tables::list_tables)
        .service(meta::tables::create_table)
        .service(meta::tables::update_table)
        .service(meta::fields::create_field)
        .service(meta::fields::update_field)
        .service(meta::views::list_views)
        .service(meta::views::find_view)
        .service(meta::views::delete_view);
}

fn webhook_routes(config: &mut Routes<'_>) {
    config
        .service(webhooks::create_webhook)
        .service(webhooks::list_webhooks)
        .service(webhooks::list_payloads)
        .service(webhooks::refresh_webhook)
        .service(webhooks::enable_notifications)
        .service(webhooks::delete_webhook);
}

/// The answer to a request that cannot be read: that base or table are out of reach, before what is wrong with it.
async fn gate(
    engine: &Engine,
    caller: &Actor,
    target: &path::Target,
    permission: Permission,
    failure: error::Failure,
) -> error::Answer {
    if let Some(mirror) = engine.mirrored(caller, &target.base, permission).await? {
        mirror.table(&target.table)?;
        return Err(failure);
    }
    let base = engine.open(caller, &target.base, permission).await?;
    if !target.table.is_empty() && base.state().base.find_table(&target.table).is_none() {
        return Err(BaseError::new(BaseErrorKind::NotFoundOrForbidden, "no such table").into());
    }
    Err(failure)
}
