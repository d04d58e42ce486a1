//! HTTP endpoints below `/api/saga`.

mod approvals;
mod changes;
mod definitions;
mod error;
mod runs;
mod steer;

use crate::platform::routes::Routes;

/// Mounts every route below `/saga`.
pub(super) fn routes(config: &mut Routes<'_>) {
    config
        .service(changes::list_changes)
        .service(changes::find_change)
        .service(changes::list_records)
        .service(changes::undo_change)
        .service(changes::join_changes)
        .service(approvals::list_approvals)
        .service(approvals::find_approval)
        .service(approvals::approve)
        .service(approvals::reject)
        .service(definitions::list_templates)
        .service(definitions::list_definitions)
        .service(definitions::find_definition)
        .service(definitions::save_definition)
        .service(runs::start_saga)
        .service(runs::list_runs)
        .service(runs::find_run)
        .service(runs::list_steps)
        .service(runs::read_story)
        .service(steer::cancel_run)
        .service(steer::compensate_run)
        .service(steer::resolve_run)
        .service(steer::answer_run);
}
