//! Row-level security on PostgreSQL; on SQLite, where the type system alone holds the wall, nothing happens.
//!
//! Two roles own no table and cannot bypass the policies: the application's role sees the rows of the tenant in
//! `app.tenant_id`, the system role sees what sign-in and event delivery need. Their names are in the session
//! setting `pyairtable.app_role` while migrations run.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Makes the two roles if they are missing and lets them use the schema.
pub async fn create_roles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for suffix in ["", "_system"] {
        run(
            manager,
            &format!(
                "DECLARE role_name text := current_setting('pyairtable.app_role') || '{suffix}';
                 BEGIN
                   IF EXISTS (SELECT FROM pg_roles WHERE rolname = role_name AND (rolsuper OR rolbypassrls)) THEN
                     RAISE EXCEPTION 'role % could bypass row-level security', role_name;
                   END IF;
                   IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                     BEGIN
                       EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role_name);
                     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                     END;
                   END IF;
                   -- Since version 16 the maker of a role is a member that may not take it.
                   IF NOT pg_has_role(current_user, role_name, CASE
                       WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
                     EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
                   END IF;
                   EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role_name);
                 END"
            ),
        )
        .await?;
    }
    Ok(())
}

/// Forces row-level security on a table with a `tenant_id` and lets the application's role use its tenant's rows.
pub async fn protect(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    run(
        manager,
        &format!(
            "DECLARE role_name text := current_setting('pyairtable.app_role');
             BEGIN
               ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
               ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
               EXECUTE format('CREATE POLICY tenant ON {table} TO %I
                 USING (tenant_id = current_setting(''app.tenant_id'', true))
                 WITH CHECK (tenant_id = current_setting(''app.tenant_id'', true))', role_name);
               EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO %I', role_name);
             END"
        ),
    )
    .await
}

/// Lets the application's role use a table that belongs to no tenant.
pub async fn share(manager: &SchemaManager<'_>, table: &str, rights: &str) -> Result<(), DbErr> {
    run(
        manager,
        &format!(
            "BEGIN
               EXECUTE format('GRANT {rights} ON {table} TO %I', current_setting('pyairtable.app_role'));
             END"
        ),
    )
    .await
}

/// Lets the system role use all rows of a table with these rights, such as `SELECT, UPDATE`.
pub async fn allow_system(
    manager: &SchemaManager<'_>,
    table: &str,
    rights: &str,
) -> Result<(), DbErr> {
    run(
        manager,
        &format!(
            "DECLARE role_name text := current_setting('pyairtable.app_role') || '_system';
             BEGIN
               EXECUTE format('GRANT {rights} ON {table} TO %I', role_name);
               IF (SELECT relrowsecurity FROM pg_class WHERE oid = '{table}'::regclass) THEN
                 EXECUTE format('CREATE POLICY system ON {table} TO %I USING (true) WITH CHECK (true)', role_name);
               END IF;
             END"
        ),
    )
    .await
}

/// Takes back what [`allow_system`] gave, from a table that stays.
pub async fn deny_system(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    run(
        manager,
        &format!(
            "DECLARE role_name text := current_setting('pyairtable.app_role') || '_system';
             BEGIN
               EXECUTE format('REVOKE ALL ON {table} FROM %I', role_name);
               DROP POLICY IF EXISTS system ON {table};
             END"
        ),
    )
    .await
}

/// Runs the body of a block on PostgreSQL; nothing happens on SQLite.
pub(crate) async fn run(manager: &SchemaManager<'_>, block: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let statement = format!("DO $block$ {block}; $block$");
    manager
        .get_connection()
        .execute_unprepared(&statement)
        .await
        .map(drop)
}
