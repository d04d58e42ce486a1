use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::super::snapshot::TableSnapshot;
use super::functions;
use super::guard;
use super::layout::Layout;

/// Bytes of a page; wide rows fit into one.
const PAGE: usize = 8192;

/// A base as SQLite has it in memory: every table defined, those that were read filled.
///
/// One statement at a time has it for itself, so that readers need no locks and a connection no second thread.
pub(super) struct Image {
    pub(super) connection: Connection,
    pub(super) layout: Arc<Layout>,
    pub(super) filled: HashMap<usize, Filled>,
}

/// What a table was filled with.
pub(super) struct Filled {
    /// Weak, so that records which have changed leave memory; as long as it is kept, no other snapshot has its address.
    pub(super) snapshot: Weak<TableSnapshot>,
    pub(super) columns: BTreeSet<usize>,
}

impl Image {
    /// An image whose tables, all empty, may take so many bytes.
    pub(super) fn new(layout: Arc<Layout>, memory: usize) -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        let pages = (memory / PAGE).max(layout.tables.len() * 2 + 16);
        // Nobody but us writes, and what fails halfway is thrown away: no journal. Nothing of it may reach a disk.
        connection.execute_batch(&format!(
            "PRAGMA page_size = {PAGE}; PRAGMA max_page_count = {pages}; PRAGMA journal_mode = OFF; \
             PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
        ))?;
        for (setting, value) in [
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        ] {
            connection.set_db_config(setting, value)?;
        }
        functions::replace_slow(&connection)?;
        let tables = layout.tables.iter();
        let definitions: Vec<String> = tables.map(|table| table.definition()).collect();
        connection.execute_batch(&format!("BEGIN; {}; COMMIT;", definitions.join("; ")))?;
        Ok(Self {
            connection,
            layout,
            filled: HashMap::new(),
        })
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let pages = self
            .connection
            .pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0));
        usize::try_from(pages.unwrap_or_default()).unwrap_or_default() * PAGE
    }

    /// Lets statements in.
    pub(super) fn close(&self) -> rusqlite::Result<guard::Seen> {
        self.connection.pragma_update(None, "query_only", true)?;
        guard::close(&self.connection, &self.layout)
    }

    /// Keeps them out again.
    pub(super) fn open(&self) -> rusqlite::Result<()> {
        guard::open(&self.connection)?;
        self.connection.pragma_update(None, "query_only", false)
    }
}
