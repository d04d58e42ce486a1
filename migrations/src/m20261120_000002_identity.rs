use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, text_null};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261120_000002_identity"
    }
}

const TENANTS: &str = "identity_tenants";
const USERS: &str = "identity_users";
const TENANT_MEMBERS: &str = "identity_tenant_members";
const WORKSPACES: &str = "identity_workspaces";
const WORKSPACE_MEMBERS: &str = "identity_workspace_members";
const API_KEYS: &str = "identity_api_keys";
const SESSIONS: &str = "identity_sessions";
const LINKS: &str = "identity_links";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        protect(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A policy of the people looks into the memberships, so the people go first.
        let newest_first = [
            LINKS,
            SESSIONS,
            API_KEYS,
            WORKSPACE_MEMBERS,
            WORKSPACES,
            USERS,
            TENANT_MEMBERS,
            TENANTS,
        ];
        for table in newest_first {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    let mut tables = people();
    tables.extend(credentials());
    tables
}

fn table(
    name: &'static str,
    columns: Vec<ColumnDef>,
    key: &[&'static str],
) -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(name);
    for column in columns {
        statement.col(column);
    }
    let mut primary = Index::create();
    for column in key {
        primary.col(*column);
    }
    statement.primary_key(&mut primary).to_owned()
}

fn people() -> Vec<TableCreateStatement> {
    vec![
        table(
            TENANTS,
            vec![text("tenant_id"), text("name"), big_integer("created_at")],
            &["tenant_id"],
        ),
        table(
            USERS,
            vec![
                text("id"),
                text("email"),
                text("name"),
                text_null("password_hash"),
                text("status"),
                big_integer("not_before"),
                big_integer("created_at"),
            ],
            &["id"],
        ),
        table(
            TENANT_MEMBERS,
            vec![
                text("tenant_id"),
                text("user_id"),
                text("role"),
                text("status"),
                big_integer("created_at"),
            ],
            &["tenant_id", "user_id"],
        ),
        table(
            WORKSPACES,
            vec![
                text("tenant_id"),
                text("id"),
                text("name"),
                big_integer("created_at"),
            ],
            &["id"],
        ),
        table(
            WORKSPACE_MEMBERS,
            vec![
                text("tenant_id"),
                text("workspace_id"),
                text("user_id"),
                text("role"),
                big_integer("created_at"),
            ],
            &["workspace_id", "user_id"],
        ),
    ]
}

fn credentials() -> Vec<TableCreateStatement> {
    vec![
        table(
            API_KEYS,
            vec![
                text("id"),
                text("tenant_id"),
                text("user_id"),
                text("name"),
                text("secret_hash"),
                text("scopes"),
                big_integer("created_at"),
                big_integer_null("expires_at"),
                big_integer_null("revoked_at"),
                big_integer_null("last_used_at"),
            ],
            &["id"],
        ),
        table(
            SESSIONS,
            vec![
                text("id"),
                text("tenant_id"),
                text("user_id"),
                text("refresh_hash"),
                text_null("previous_hash"),
                big_integer("rotated_at"),
                big_integer("created_at"),
                big_integer("idle_expires_at"),
                big_integer("expires_at"),
                big_integer_null("revoked_at"),
            ],
            &["id"],
        ),
        table(
            LINKS,
            vec![
                text("token_hash"),
                text("tenant_id"),
                text_null("user_id"),
                text("purpose"),
                big_integer("created_at"),
                big_integer("expires_at"),
                big_integer_null("used_at"),
            ],
            &["token_hash"],
        ),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut statement = Index::create();
        statement.name(name).table(table);
        for column in columns {
            statement.col(*column);
        }
        statement
    };
    vec![
        index("identity_users_email", USERS, &["email"])
            .unique()
            .to_owned(),
        index("identity_tenant_members_user", TENANT_MEMBERS, &["user_id"]),
        index("identity_workspaces_tenant", WORKSPACES, &["tenant_id"]),
        index(
            "identity_workspace_members_user",
            WORKSPACE_MEMBERS,
            &["tenant_id", "user_id"],
        ),
        index(
            "identity_api_keys_user",
            API_KEYS,
            &["tenant_id", "user_id"],
        ),
        index("identity_sessions_user", SESSIONS, &["user_id"]),
        index("identity_links_user", LINKS, &["tenant_id", "user_id"]),
    ]
}

async fn protect(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let system_rights = [
        (TENANTS, "SELECT"),
        (TENANT_MEMBERS, "SELECT, UPDATE"),
        (WORKSPACES, "SELECT"),
        (WORKSPACE_MEMBERS, "SELECT"),
        (API_KEYS, "SELECT, UPDATE"),
        (SESSIONS, "SELECT, INSERT, UPDATE, DELETE"),
        (LINKS, "SELECT, INSERT, UPDATE, DELETE"),
    ];
    for (table, rights) in system_rights {
        rls::protect(manager, table).await?;
        rls::allow_system(manager, table, rights).await?;
    }
    protect_users(manager).await
}

/// People belong to no tenant: a tenant sees those who are its members, never a password, and may only add.
async fn protect_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let block = "DO $block$
        DECLARE role_name text := current_setting('pyairtable.app_role');
        BEGIN
          ALTER TABLE identity_users ENABLE ROW LEVEL SECURITY;
          ALTER TABLE identity_users FORCE ROW LEVEL SECURITY;
          EXECUTE format('CREATE POLICY members ON identity_users FOR SELECT TO %I USING (EXISTS (
            SELECT 1 FROM identity_tenant_members m WHERE m.user_id = identity_users.id))', role_name);
          EXECUTE format('CREATE POLICY newcomers ON identity_users FOR INSERT TO %I
            WITH CHECK (true)', role_name);
          EXECUTE format('GRANT SELECT (id, email, name, status, created_at), INSERT
            ON identity_users TO %I', role_name);
        END; $block$";
    manager.get_connection().execute_unprepared(block).await?;
    rls::allow_system(manager, USERS, "SELECT, INSERT, UPDATE").await
}
