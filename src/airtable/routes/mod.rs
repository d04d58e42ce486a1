//! Our own HTTP endpoints for bases, below `/api/airtable`.

mod analysis;
mod attachments;
mod bases;
mod changes;
mod connections;
mod error;
mod fields;
mod files;
mod hooks;
mod once;
mod query;
mod reactions;
mod records;
mod rows;
mod shapes;
mod tables;
mod transfer;
mod views;

use std::sync::Arc;

use actix_web::web;

use super::Airtable;
use crate::platform::routes::Routes;

/// The engine, as the composition root hands it to every handler.
type Engine = web::Data<Arc<Airtable>>;

/// Mounts every route below `/airtable`.
pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(transfer::create_sample_base)
        .service(transfer::import_base)
        .service(transfer::export_base)
        .service(bases::list_bases)
        .service(bases::create_base)
        .service(bases::find_base)
        .service(bases::update_base)
        .service(bases::delete_base)
        .service(connections::list_connections)
        .service(connections::create_connection)
        .service(connections::delete_connection)
        .service(connections::list_reachable_bases)
        .service(connections::offer_base)
        .service(connections::withdraw_base)
        .service(connections::list_reachable_tables)
        .service(connections::read_traffic)
        .service(connections::find_mirror)
        .service(connections::steer_mirror)
        .service(connections::compare_mirror)
        .service(analysis::analyze_base)
        .service(changes::list_base_changes)
        .service(changes::list_record_changes)
        .service(rows::list_rows)
        .service(reactions::create_reaction)
        .service(reactions::delete_reaction)
        .service(query::query_base)
        .service(query::list_query_tables)
        .service(records::create_records)
        .service(records::update_records)
        .service(records::delete_records)
        .service(tables::create_table)
        .service(tables::guess_fields)
        .service(attachments::upload_attachments)
        .service(fields::create_field)
        .service(fields::update_field)
        .service(views::list_table_views)
        .service(views::create_view)
        .service(views::update_view)
        .service(views::delete_table_view);
}

/// Mounts what links lead to, and where Airtable tells of changes; neither needs a credential.
pub(crate) fn root_routes(config: &mut Routes<'_>) {
    config.scope("/files", |files| {
        files.service(files::find_file);
    });
    config.scope("/hooks", |hooks| {
        hooks.service(hooks::hear_airtable);
    });
}
