use sea_orm::sqlx::Error;
use sea_orm::{DbErr, RuntimeErr};

/// Gives errors that say nothing about the statement, but that the server or the disk failed, the kind that callers
/// answer with "try again".
pub(super) fn sorted(error: DbErr) -> DbErr {
    match error {
        DbErr::Exec(cause) | DbErr::Query(cause) if is_no_fault_of_ours(&cause) => {
            DbErr::Conn(cause)
        }
        other => other,
    }
}

/// Whether the error says that the database cannot be reached.
pub fn is_unreachable(error: &DbErr) -> bool {
    matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
}

/// Whether PostgreSQL gave up waiting for a lock that somebody else holds.
pub fn is_lock_timeout(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    matches!(&**error, Error::Database(error) if error.code().as_deref() == Some("55P03"))
}

fn is_no_fault_of_ours(cause: &RuntimeErr) -> bool {
    let RuntimeErr::SqlxError(error) = cause else {
        return false;
    };
    match &**error {
        Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            is_sqlite_storage(&code) || is_postgres_away(&code)
        }
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed
        | Error::BeginFailed => true,
        _ => false,
    }
}

/// Extended result codes of SQLite keep the primary one in their last byte.
fn is_sqlite_storage(code: &str) -> bool {
    const BUSY: u32 = 5;
    const READ_ONLY: u32 = 8;
    const IO: u32 = 10;
    const FULL: u32 = 13;
    const CANNOT_OPEN: u32 = 14;
    // PostgreSQL's codes have five letters.
    let primary = (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten();
    primary.is_some_and(|code| matches!(code & 0xff, BUSY | READ_ONLY | IO | FULL | CANNOT_OPEN))
}

/// Connection exceptions, lack of resources, and the server's own end; and a transaction it gave up for being idle.
fn is_postgres_away(code: &str) -> bool {
    const CLASSES: [&str; 3] = ["08", "53", "58"];
    const CODES: [&str; 4] = ["57P01", "57P02", "57P03", "25P03"];
    code.len() == 5
        && (CLASSES.iter().any(|class| code.starts_with(class)) || CODES.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_storage_and_server_are_told_from_those_of_statements() {
        for code in ["10", "13", "266", "778", "1034", "8", "14", "5"] {
            assert!(is_sqlite_storage(code), "{code}");
        }
        for code in ["1", "19", "2067", "1555", "08006"] {
            assert!(!is_sqlite_storage(code), "{code}");
        }
        for code in ["57P01", "57P03", "08006", "53100", "25P03"] {
            assert!(is_postgres_away(code), "{code}");
        }
        for code in ["23505", "40001", "57014", "10"] {
            assert!(!is_postgres_away(code), "{code}");
        }
    }

    #[test]
    fn a_broken_line_is_no_failure_of_the_statement() {
        let io = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let lost = DbErr::Query(RuntimeErr::SqlxError(Error::Io(io).into()));
        assert!(is_unreachable(&sorted(lost)));
        let own = DbErr::Query(RuntimeErr::SqlxError(Error::RowNotFound.into()));
        assert!(!is_unreachable(&sorted(own)));
    }
}
