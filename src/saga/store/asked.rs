use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, Order};

use super::parsed;
use crate::contracts::{Actor, Role};
use crate::platform::db::TenantTx;
use crate::platform::ids::{RunId, UserId, WorkspaceId};

const ASKED: &str = "saga_asked";
const ROLES: [Role; 4] = [Role::Viewer, Role::Editor, Role::Admin, Role::Owner];

/// Whom a run asks now.
#[derive(Clone, Debug)]
pub(in crate::saga) struct AskedRow<'a> {
    pub(in crate::saga) run: RunId,
    pub(in crate::saga) definition: &'a str,
    pub(in crate::saga) workspace: WorkspaceId,
    pub(in crate::saga) role: Option<Role>,
    pub(in crate::saga) people: Vec<UserId>,
    /// People who are not asked, whatever their role is.
    pub(in crate::saga) but: Vec<UserId>,
}

/// Writes down whom a run asks, in place of whom it asked before.
pub(in crate::saga) async fn set_asked(tx: &TenantTx, row: &AskedRow<'_>) -> Result<(), DbErr> {
    delete_asked(tx, row.run).await?;
    let role = row.role.map(|role| (role.as_str().to_owned(), true));
    let is_asked = |user: &&UserId| !row.but.contains(user);
    let people = row.people.iter().filter(is_asked);
    let people = people.map(|user| (user.to_string(), true));
    let but = row.but.iter().map(|user| (user.to_string(), false));
    let mut insert = Query::insert()
        .into_table(ASKED)
        .columns([
            "tenant_id",
            "run_id",
            "who",
            "workspace_id",
            "definition",
            "is_open",
        ])
        .to_owned();
    for (who, is_open) in role.into_iter().chain(people).chain(but) {
        insert.values_panic([
            tx.tenant().to_string().into(),
            row.run.to_string().into(),
            who.into(),
            row.workspace.to_string().into(),
            row.definition.into(),
            is_open.into(),
        ]);
    }
    tx.conn().execute(&insert).await.map(drop)
}

/// Forgets whom a run asked.
pub(in crate::saga) async fn delete_asked(tx: &TenantTx, run: RunId) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(ASKED)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("run_id").eq(run.to_string()))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}

/// Runs that ask this person, by name or by role, newest first and older than `before`.
pub(in crate::saga) async fn runs_asking(
    tx: &TenantTx,
    actor: &Actor,
    definition: Option<&str>,
    (before, limit): (Option<RunId>, u64),
) -> Result<Vec<RunId>, DbErr> {
    let Some(is_meant) = is_meant(actor) else {
        return Ok(Vec::new());
    };
    let out = Alias::new("out");
    let is_out = Query::select()
        .expr(Expr::val(1))
        .from_as(ASKED, out.clone())
        .and_where(Expr::col((out.clone(), "tenant_id")).equals((ASKED, "tenant_id")))
        .and_where(Expr::col((out.clone(), "run_id")).equals((ASKED, "run_id")))
        .and_where(Expr::col((out.clone(), "who")).eq(actor.user.to_string()))
        .and_where(Expr::col((out, "is_open")).eq(false))
        .to_owned();
    let mut select = Query::select()
        .distinct()
        .column("run_id")
        .from(ASKED)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("is_open").eq(true))
        .cond_where(is_meant)
        .and_where(Expr::exists(is_out).not())
        .order_by("run_id", Order::Desc)
        .limit(limit)
        .to_owned();
    if let Some(before) = before {
        select.and_where(Expr::col("run_id").lt(before.to_string()));
    }
    if let Some(definition) = definition {
        select.and_where(Expr::col("definition").eq(definition));
    }
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(|row| parsed(row, "run_id")).collect()
}

/// The person, or a role that they have there; `None` when they have none anywhere.
fn is_meant(actor: &Actor) -> Option<Cond> {
    let words = |role: Role| {
        let roles = ROLES.into_iter().filter(move |weaker| *weaker <= role);
        let roles = roles.map(|role| role.as_str().to_owned());
        Expr::col("who").is_in(roles.chain([actor.user.to_string()]))
    };
    let here = |(workspace, role): &(WorkspaceId, Role)| {
        let place = Expr::col("workspace_id").eq(workspace.to_string());
        Cond::all().add(place).add(words(*role))
    };
    let places = actor.workspaces.iter().map(here);
    let everywhere = actor.tenant_role.everywhere();
    let everywhere = everywhere.map(|role| Cond::all().add(words(role)));
    let mut places = places.chain(everywhere).peekable();
    places.peek()?;
    Some(places.fold(Cond::any(), Cond::add))
}
