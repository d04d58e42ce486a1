use sea_orm::ConnectOptions;
use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "postgres")]
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::pulse::Pulse;
use crate::platform::settings::Settings;

/// What all pools have in common.
pub(super) fn base_options(
    url: &SecretString,
    settings: &Settings,
    connections: u32,
) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.expose_secret());
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(settings.database.acquire_timeout)
        .connect_timeout(settings.database.acquire_timeout)
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

/// Leaves connections behind that were there when the disk failed.
pub(super) fn leave_broken(options: &mut ConnectOptions, pulse: &Pulse) {
    let pulse = pulse.clone();
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        let (before, after) = (pulse.clone(), pulse.clone());
        pool.before_acquire(move |_, known| {
            let is_good = !before.is_stale(known.age);
            Box::pin(async move { Ok(is_good) })
        })
        .after_release(move |_, known| {
            let is_good = !after.is_stale(known.age);
            Box::pin(async move { Ok(is_good) })
        })
    });
}

/// Makes every connection of the pool take the role, which row-level security depends on, and leaves those behind
/// that were made before the server was lost.
#[cfg(feature = "postgres")]
pub(super) fn prepare_pool(
    options: &mut ConnectOptions,
    role: &str,
    (pulse, is_local): (&Pulse, bool),
) {
    if is_local {
        options.map_sqlx_postgres_opts(without_needless_tls);
    }
    let role = role.replace('"', "");
    // Compiling a statement of a millisecond takes the server half a second, and it does so by its estimate of the rows.
    // An instance that stands still inside a transaction must not hold its locks for longer than others can wait.
    // No statement here reads enough to be worth compiling, but the guess at a claim's cost is high enough for that second.
    let setup = format!(
        "SET ROLE \"{role}\"; SET jit = off; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '15s'"
    );
    let (before, after) = (pulse.clone(), pulse.clone());
    // sea-orm's own `after_connect` runs once for the whole pool and would leave the other connections with the login's rights.
    options.map_sqlx_postgres_pool_opts(move |pool| {
        let (setup, before, after) = (setup.clone(), before.clone(), after.clone());
        pool.after_connect(move |connection, _| {
            let setup = sqlx::AssertSqlSafe(setup.clone());
            Box::pin(async move { sqlx::Executor::execute(connection, setup).await.map(drop) })
        })
        .before_acquire(move |_, known| {
            let is_good = !before.is_stale(known.age);
            Box::pin(async move { Ok(is_good) })
        })
        // The pool's own test of what comes back would wait for a server that hangs.
        .after_release(move |_, known| {
            let is_good = after.answers() && !after.is_stale(known.age);
            Box::pin(async move { Ok(is_good) })
        })
    });
}

#[cfg(not(feature = "postgres"))]
pub(super) fn prepare_pool(_: &mut ConnectOptions, _: &str, _: (&Pulse, bool)) {}

/// Inside this machine TLS protects from nobody, so that it is left out unless the URL asks for it.
///
/// The driver sends each 16 KB of an encrypted statement by itself, and lets the second wait until the server has
/// acknowledged the first, which takes 40 ms (sqlx 0.9.0 does not set `TCP_NODELAY`).
#[cfg(feature = "postgres")]
fn without_needless_tls(options: PgConnectOptions) -> PgConnectOptions {
    match options.get_ssl_mode() {
        PgSslMode::Prefer => options.ssl_mode(PgSslMode::Disable),
        _ => options,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection};

    #[cfg(feature = "postgres")]
    use super::*;

    /// As `.cargo/config.toml` asks for.
    #[tokio::test]
    async fn sqlite_plans_a_statement_once() {
        let mut file = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let used = sqlx::query_scalar("SELECT sqlite_compileoption_used('ENABLE_QPSG')");
        let used: i64 = used.fetch_one(&mut file).await.unwrap();
        assert_eq!(used, 1);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn inside_the_machine_there_is_tls_only_where_the_url_asks_for_it() {
        let mode = |query: &str| {
            let url = format!("postgres://u@localhost/db{query}");
            let options: PgConnectOptions = url.parse().unwrap();
            format!("{:?}", without_needless_tls(options).get_ssl_mode())
        };
        assert_eq!(mode(""), "Disable");
        assert_eq!(mode("?sslmode=require"), "Require");
        assert_eq!(mode("?sslmode=verify-full"), "VerifyFull");
    }
}
