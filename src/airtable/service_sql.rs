use std::sync::Arc;

use super::service::{Airtable, OpenBase, denied};
use super::sql::Layout;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, Permission, QuerySql, SqlAnswer, SqlTable,
};

/// Each time somebody may have redefined a table meanwhile.
const MOST_ATTEMPTS: usize = 3;

impl Airtable {
    /// Answers one SELECT over the tables of a base as they are now.
    pub(super) async fn sql(
        &self,
        actor: &Actor,
        base: &str,
        query: QuerySql,
    ) -> BaseResult<SqlAnswer> {
        let open = self.open_for_sql(actor, base).await?;
        let answer = self.answer_sql(&open, query).await;
        let outcome = match &answer {
            Ok(_) => "ok",
            Err(error) if error.kind == BaseErrorKind::InvalidSql => "invalid",
            Err(error) if error.kind == BaseErrorKind::SqlLimit => "limit",
            Err(_) => "error",
        };
        metrics::counter!("airtable_sql_statements_total", "outcome" => outcome).increment(1);
        if let Ok(answer) = &answer {
            metrics::histogram!("airtable_sql_seconds").record(answer.elapsed.as_secs_f64());
        }
        answer
    }

    /// The tables of a base as statements name them.
    pub(super) async fn sql_tables(&self, actor: &Actor, base: &str) -> BaseResult<Vec<SqlTable>> {
        let open = self.open_for_sql(actor, base).await?;
        Ok(Layout::new(&open.state().base).describe())
    }

    /// Statements see names of tables and fields as well as records.
    async fn open_for_sql(&self, actor: &Actor, base: &str) -> BaseResult<OpenBase> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let workspace = open.state().base.workspace;
        actor
            .require(workspace, Permission::SchemaRead)
            .map_err(denied)?;
        Ok(open)
    }

    async fn answer_sql(&self, open: &OpenBase, query: QuerySql) -> BaseResult<SqlAnswer> {
        let base = open.state().base.clone();
        let mut request = self.sql.begin((base.tenant, base.id), query).await?;
        for _ in 0..MOST_ATTEMPTS {
            let tables = request.prepare(Arc::clone(&open.state().base)).await?;
            let state = self.loaded(open, &tables).await?;
            if let Some(answer) = request.run(state).await? {
                return Ok(answer);
            }
        }
        let message = "The tables of the base change all the time";
        Err(BaseError::new(BaseErrorKind::Unavailable, message))
    }
}
