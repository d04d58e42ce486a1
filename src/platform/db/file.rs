use std::path::PathBuf;
use std::str::FromStr;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use secrecy::{ExposeSecret, SecretString};

use super::connect::OpenError;
use crate::platform::private;

/// The file that a SQLite URL names, and with an ending one beside it; `None` for a database in memory.
pub(super) fn path(url: &SecretString, ending: &str) -> Option<PathBuf> {
    let options = SqliteConnectOptions::from_str(url.expose_secret()).ok()?;
    let name = options.get_filename().to_str()?;
    // The driver's name for a database in memory.
    (!name.starts_with("file:")).then(|| PathBuf::from(format!("{name}{ending}")))
}

/// Makes the database file before SQLite does, which would follow the umask; its companions take after it.
pub(super) fn keep_private(url: &SecretString) -> Result<(), OpenError> {
    let Some(file) = path(url, "") else {
        return Ok(());
    };
    let companions = ["-wal", "-shm"].into_iter().filter_map(|it| path(url, it));
    let made = private::make_file(&file).map(drop);
    made.and_then(|()| {
        companions
            .into_iter()
            .try_for_each(|it| private::close(&it))
    })
    .map_err(|source| OpenError::File {
        path: file.display().to_string(),
        source,
    })
}
