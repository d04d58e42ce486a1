use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::parsed;
use crate::contracts::{Actor, ApprovalState, Asking, CallRef, ShownPlan};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{ApprovalId, UserId};

const APPROVALS: &str = "saga_approvals";

/// A question to a person as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::saga) struct ApprovalRow {
    pub(in crate::saga) id: ApprovalId,
    pub(in crate::saga) principal: String,
    pub(in crate::saga) tool: String,
    pub(in crate::saga) title: String,
    pub(in crate::saga) client: Option<String>,
    pub(in crate::saga) arguments: String,
    pub(in crate::saga) plan_digest: String,
    pub(in crate::saga) plan: ShownPlan,
    pub(in crate::saga) state: ApprovalState,
    pub(in crate::saga) created_at: Millis,
    pub(in crate::saga) expires_at: Millis,
}

const COLUMNS: [&str; 11] = [
    "id",
    "principal",
    "tool",
    "title",
    "client",
    "arguments",
    "plan_digest",
    "plan",
    "state",
    "created_at",
    "expires_at",
];

/// Names of the states that are kept; that its time is over is told by the clock.
const STATES: [(ApprovalState, &str); 4] = [
    (ApprovalState::Pending, "pending"),
    (ApprovalState::Approved, "approved"),
    (ApprovalState::Rejected, "rejected"),
    (ApprovalState::Used, "used"),
];

fn name(state: ApprovalState) -> &'static str {
    let known = STATES.iter().find(|(known, _)| *known == state);
    known.map_or("expired", |(_, name)| name)
}

/// Writes a question down.
pub(in crate::saga) async fn insert_approval(
    tx: &TenantTx,
    actor: &Actor,
    asking: &Asking<'_>,
    created_at: Millis,
    expires_at: Millis,
) -> Result<ApprovalRow, DbErr> {
    let row = ApprovalRow {
        id: ApprovalId::fresh(),
        principal: actor.credential.principal(),
        tool: asking.call.tool.to_owned(),
        title: asking.title.to_owned(),
        client: asking.client.map(str::to_owned),
        arguments: asking.call.arguments.clone(),
        plan_digest: asking.plan_digest.to_owned(),
        plan: asking.plan.clone(),
        state: ApprovalState::Pending,
        created_at,
        expires_at,
    };
    let plan = serde_json::to_string(&row.plan).map_err(|error| DbErr::Json(error.to_string()))?;
    let insert = Query::insert()
        .into_table(APPROVALS)
        .columns(["tenant_id", "user_id"].into_iter().chain(COLUMNS))
        .values_panic([
            tx.tenant().to_string().into(),
            actor.user.to_string().into(),
            row.id.to_string().into(),
            row.principal.as_str().into(),
            row.tool.as_str().into(),
            row.title.as_str().into(),
            row.client.clone().into(),
            row.arguments.as_str().into(),
            row.plan_digest.as_str().into(),
            plan.into(),
            name(row.state).into(),
            created_at.into(),
            expires_at.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await?;
    Ok(row)
}

fn select(tx: &TenantTx, user: UserId) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(APPROVALS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("user_id").eq(user.to_string()))
        .to_owned()
}

/// A question to this person.
pub(in crate::saga) async fn find_approval(
    tx: &TenantTx,
    user: UserId,
    id: ApprovalId,
) -> Result<Option<ApprovalRow>, DbErr> {
    let select = select(tx, user)
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(approval_row).transpose()
}

/// The open questions to this person, newest first.
pub(in crate::saga) async fn open_approvals(
    tx: &TenantTx,
    user: UserId,
    now: Millis,
    before: Option<ApprovalId>,
    limit: u64,
) -> Result<Vec<ApprovalRow>, DbErr> {
    let mut select = select(tx, user)
        .and_where(Expr::col("state").eq(name(ApprovalState::Pending)))
        .and_where(Expr::col("expires_at").gt(now))
        .order_by("id", Order::Desc)
        .limit(limit)
        .to_owned();
    if let Some(before) = before {
        select.and_where(Expr::col("id").lt(before.to_string()));
    }
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(approval_row).collect()
}

/// The same question, still open.
pub(in crate::saga) async fn same_approval(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
    plan_digest: &str,
    now: Millis,
) -> Result<Option<ApprovalRow>, DbErr> {
    let select = select(tx, actor.user)
        .cond_where(about(actor, call, plan_digest))
        .and_where(Expr::col("state").eq(name(ApprovalState::Pending)))
        .and_where(Expr::col("expires_at").gt(now))
        .order_by("id", Order::Desc)
        .limit(1)
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(approval_row).transpose()
}

fn about(actor: &Actor, call: &CallRef, plan_digest: &str) -> Cond {
    Cond::all()
        .add(Expr::col("principal").eq(actor.credential.principal()))
        .add(Expr::col("tool").eq(call.tool))
        .add(Expr::col("arguments").eq(call.arguments.as_str()))
        .add(Expr::col("plan_digest").eq(plan_digest))
}

/// Uses up the person's yes to exactly this call; of two that try, one gets it.
pub(in crate::saga) async fn use_approved(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
    plan_digest: &str,
    now: Millis,
) -> Result<bool, DbErr> {
    let is_meant = about(actor, call, plan_digest);
    step(
        tx,
        actor.user,
        is_meant,
        &[ApprovalState::Approved],
        ApprovalState::Used,
        now,
    )
    .await
}

/// Moves a question from one of these states to another; false when it is in none of them, or too old.
pub(in crate::saga) async fn move_approval(
    tx: &TenantTx,
    user: UserId,
    id: ApprovalId,
    from: &[ApprovalState],
    to: ApprovalState,
    now: Millis,
) -> Result<bool, DbErr> {
    let is_meant = Cond::all().add(Expr::col("id").eq(id.to_string()));
    step(tx, user, is_meant, from, to, now).await
}

async fn step(
    tx: &TenantTx,
    user: UserId,
    is_meant: Cond,
    from: &[ApprovalState],
    to: ApprovalState,
    now: Millis,
) -> Result<bool, DbErr> {
    let update = Query::update()
        .table(APPROVALS)
        .value("state", name(to))
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("user_id").eq(user.to_string()))
        .cond_where(is_meant)
        .and_where(Expr::col("state").is_in(from.iter().map(|state| name(*state))))
        .and_where(Expr::col("expires_at").gt(now))
        .to_owned();
    Ok(tx.conn().execute(&update).await?.rows_affected() > 0)
}

fn approval_row(row: &QueryResult) -> Result<ApprovalRow, DbErr> {
    let (state, plan): (String, String) = (row.try_get("", "state")?, row.try_get("", "plan")?);
    let known = STATES.iter().find(|(_, name)| *name == state);
    Ok(ApprovalRow {
        id: parsed(row, "id")?,
        principal: row.try_get("", "principal")?,
        tool: row.try_get("", "tool")?,
        title: row.try_get("", "title")?,
        client: row.try_get("", "client")?,
        arguments: row.try_get("", "arguments")?,
        plan_digest: row.try_get("", "plan_digest")?,
        plan: serde_json::from_str(&plan).map_err(|error| DbErr::Json(error.to_string()))?,
        state: known
            .map(|(state, _)| *state)
            .ok_or_else(|| DbErr::Type(format!("unknown state of an approval {state:?}")))?,
        created_at: row.try_get("", "created_at")?,
        expires_at: row.try_get("", "expires_at")?,
    })
}
