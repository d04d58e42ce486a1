use super::service::{Airtable, not_found};
use super::service_admin::table_id;
use super::snapshot::State;
use super::write;
use crate::contracts::{
    Actor, BaseResult, CreateView, Permission, TableSchema, UpdateView, ViewSchema, WriteContext,
};
use crate::platform::ids::{TableId, ViewId};

impl Airtable {
    /// Every view of a base.
    pub(super) async fn views(&self, actor: &Actor, base: &str) -> BaseResult<Vec<ViewSchema>> {
        let open = self.open(actor, base, Permission::SchemaRead).await?;
        let state = open.state();
        let tables = state.base.tables.iter();
        Ok(tables.flat_map(|table| table.to_schema().views).collect())
    }

    /// A table with its views.
    pub(super) async fn table_with_views(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
    ) -> BaseResult<TableSchema> {
        let open = self.open(actor, base, Permission::SchemaRead).await?;
        let state = open.state();
        let table = state.base.find_table(table).ok_or_else(not_found)?;
        Ok(table.to_schema())
    }

    /// Makes a view.
    pub(super) async fn create_view(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: &CreateView,
    ) -> BaseResult<ViewSchema> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let table = table_id(&open, table)?;
        let plan = |draft: &mut write::Draft<'_>| write::create_view(draft, table, request);
        let (state, view) = self.write(by, &open, |_| Ok(Vec::new()), plan).await?;
        view_schema(&state, table, view)
    }

    /// Renames a view, or changes which records and fields it shows.
    pub(super) async fn update_view(
        &self,
        by: WriteContext<'_>,
        base: &str,
        (table, view): (&str, &str),
        request: &UpdateView,
    ) -> BaseResult<ViewSchema> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let table = table_id(&open, table)?;
        let plan = |draft: &mut write::Draft<'_>| write::update_view(draft, table, view, request);
        let (state, view) = self.write(by, &open, |_| Ok(Vec::new()), plan).await?;
        view_schema(&state, table, view)
    }

    /// Removes a view, which is searched for in a table where one is given.
    pub(super) async fn delete_view(
        &self,
        by: WriteContext<'_>,
        base: &str,
        (table, view): (Option<&str>, &str),
    ) -> BaseResult<ViewId> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let id: ViewId = match table {
            None => view.parse().map_err(|_| not_found())?,
            Some(table) => {
                let state = open.state();
                let table = state.base.find_table(table).ok_or_else(not_found)?;
                table.find_view(view).ok_or_else(not_found)?.id
            }
        };
        let plan = |draft: &mut write::Draft<'_>| write::delete_view(draft, id);
        self.write(by, &open, |_| Ok(Vec::new()), plan).await?;
        Ok(id)
    }
}

fn view_schema(state: &State, table: TableId, view: ViewId) -> BaseResult<ViewSchema> {
    let table = state.base.table(table).ok_or_else(not_found)?;
    let mut views = table.views.iter();
    let view = views.find(|known| known.id == view).ok_or_else(not_found)?;
    Ok(view.to_schema(table))
}
