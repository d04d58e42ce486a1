//! Rows of the `saga_*` tables; every function works inside a tenant's transaction.

mod approvals;
mod asked;
mod calls;
mod definitions;
mod expiry;
mod parts;
mod sets;

pub(super) use approvals::{
    ApprovalRow, find_approval, insert_approval, move_approval, open_approvals, same_approval,
    use_approved,
};
pub(super) use asked::{AskedRow, delete_asked, runs_asking, set_asked};
pub(super) use calls::{
    CallRow, delete_call, delete_expired, end_call, find_call, insert_call, renew_call,
};
pub(super) use definitions::{
    DefinitionRow, any_waits, find_definition, insert_definition, is_by_saga, newest_definitions,
};
pub(super) use expiry::{BATCH, expire_sets};
pub(super) use parts::{PartRow, add_part, parts_of};
pub(super) use sets::{
    SetFilter, SetRow, close_set, find_set, join_sets, list_sets, open_set, pass_fence, stands,
    undone_by,
};

use sea_orm::{DbErr, QueryResult};

/// Reads a text column as something that is written as text.
fn parsed<T: std::str::FromStr>(row: &QueryResult, column: &str) -> Result<T, DbErr>
where
    T::Err: std::fmt::Display,
{
    let text: String = row.try_get("", column)?;
    text.parse()
        .map_err(|error: T::Err| DbErr::Type(format!("{column}: {error}")))
}

fn optional<T: std::str::FromStr>(row: &QueryResult, column: &str) -> Result<Option<T>, DbErr>
where
    T::Err: std::fmt::Display,
{
    let text: Option<String> = row.try_get("", column)?;
    text.map(|text| {
        text.parse()
            .map_err(|error: T::Err| DbErr::Type(format!("{column}: {error}")))
    })
    .transpose()
}
