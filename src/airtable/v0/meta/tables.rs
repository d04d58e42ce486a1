use actix_web::{HttpRequest, get, patch, post};

use crate::airtable::v0::body::Body;
use crate::airtable::v0::caller::Caller;
use crate::airtable::v0::docs::{Failures, Tables};
use crate::airtable::v0::error::{Answer, Failure};
use crate::airtable::v0::path::Target;
use crate::airtable::v0::{Engine, gate, query, respond};
use crate::contracts::{
    BaseAdmin, Bases, CreateTable, Permission, RequestChange, TableSchema, UpdateTable, ViewSchema,
};

/// Describes the tables of a base.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/tables",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("include" = Option<String>, Query, description = "Only `visibleFieldIds`"),
    ),
    responses((status = 200, description = "The tables", body = Tables), Failures)
)]
#[get("/bases/{base_id}/tables{slash:/?}")]
pub(in crate::airtable::v0) async fn list_tables(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let wants_fields = match includes_fields(&request) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaRead, failure).await;
        }
    };
    let mut tables = engine.base_schema(&caller, &target.base).await?.tables;
    for table in &mut tables {
        if wants_fields {
            show_visible_fields(table);
            table.views.iter_mut().for_each(hide_our_own);
        } else {
            hide_visible_fields(table.views.iter_mut());
        }
    }
    respond::json(&Tables { tables })
}

/// Makes a table.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/tables",
    params(("base_id" = String, Path, description = "Base id")),
    request_body = CreateTable,
    responses((status = 200, description = "The table", body = TableSchema), Failures)
)]
#[post("/bases/{base_id}/tables{slash:/?}")]
pub(in crate::airtable::v0) async fn create_table(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let wanted = match query::none(&request).and_then(|()| body.typed::<CreateTable>()) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaWrite, failure).await;
        }
    };
    let mut table = engine
        .create_table(change.by(&caller), &target.base, wanted)
        .await?;
    hide_visible_fields(table.views.iter_mut());
    respond::json(&table)
}

/// Renames or describes a table.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases/{base_id}/tables/{table}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
    ),
    request_body = UpdateTable,
    responses((status = 200, description = "The table", body = TableSchema), Failures)
)]
#[patch("/bases/{base_id}/tables/{table}{slash:/?}")]
pub(in crate::airtable::v0) async fn update_table(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let wanted = match query::none(&request).and_then(|()| body.typed().and_then(not_empty)) {
        Ok(wanted) => wanted,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::SchemaWrite, failure).await;
        }
    };
    let mut table = engine
        .update_table(change.by(&caller), &target.base, &target.table, wanted)
        .await?;
    hide_visible_fields(table.views.iter_mut());
    respond::json(&table)
}

/// Whether `include=visibleFieldIds` is there; anything else is refused.
pub(super) fn includes_fields(request: &HttpRequest) -> Result<bool, Failure> {
    let parameters = query::parameters(request)?;
    let is_known = parameters.iter().all(|parameter| {
        let is_include = parameter.name == "include" && parameter.is_element();
        is_include && parameter.value == "visibleFieldIds"
    });
    match is_known {
        true => Ok(!parameters.is_empty()),
        false => Err(Failure::invalid_request()),
    }
}

/// Leaves out what was not asked for.
pub(super) fn hide_visible_fields<'a>(views: impl Iterator<Item = &'a mut ViewSchema>) {
    for view in views {
        view.visible_field_ids = None;
        hide_our_own(view);
    }
}

/// Leaves out what Airtable does not tell of a view.
pub(super) fn hide_our_own(view: &mut ViewSchema) {
    view.filter = None;
    view.filter_error = None;
    view.sort.clear();
    view.hidden_field_ids.clear();
    view.field_order.clear();
}

/// A grid view that hides nothing shows every field.
pub(super) fn show_visible_fields(table: &mut TableSchema) {
    let all: Vec<_> = table.fields.iter().map(|field| field.id).collect();
    for view in table
        .views
        .iter_mut()
        .filter(|view| view.view_type == "grid")
    {
        view.visible_field_ids.get_or_insert_with(|| all.clone());
    }
}

fn not_empty(wanted: UpdateTable) -> Result<UpdateTable, Failure> {
    match wanted.name.is_some() || wanted.description.is_some() {
        true => Ok(wanted),
        false => Err(Failure::invalid_request()),
    }
}
