//! The SQL of the kernel on one page, the same for both databases but for the words below.

use sea_orm::{DbBackend, Statement, Value};

use crate::platform::clock::Clock;
use crate::platform::events;

// On PostgreSQL the first is one value for a whole statement, so that an index can be searched by it; the second is
// read anew for every row, so that a lease is checked after the wait for its lock.
const FOUND: &str = "(floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint + $1)";
const NOW: &str = "(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1)";

const POSTGRES: [(&str, &str); 13] = [
    (":found", FOUND),
    (":now", NOW),
    (":skip", "FOR UPDATE OF r SKIP LOCKED"),
    (":lock", "FOR UPDATE"),
    (":bytes", "COLLATE \"C\""),
    (":later(", "GREATEST("),
    (":each(", "json_array_elements("),
    (":json", "::json"),
    (":texts", "json_array_elements_text($2::json)"),
    (":of_each", "CROSS JOIN LATERAL (SELECT id, tenant_id, due"),
    (":end", ") c"),
    // Known to be few, they are looked up one by one.
    (":of_changed", "= ANY(ARRAY(SELECT run FROM changed))"),
    (":if_mine", "AND id = ANY(ARRAY(SELECT id FROM mine))"),
];

const SQLITE: [(&str, &str); 13] = [
    // The host's clock is the database's, and one writer needs no row locks.
    (":found", "$1"),
    (":now", "$1"),
    (":skip", ""),
    (":lock", ""),
    (":bytes", ""),
    (":later(", "MAX("),
    (":each(", "json_each("),
    (":json", ""),
    (":texts", "json_each($2)"),
    // There is no lateral join, but the list of a dependent subquery is looked up.
    (":of_each", "JOIN durable_runs c ON c.id IN (SELECT id"),
    (":end", ")"),
    (":of_changed", "IN (SELECT run FROM changed)"),
    (":if_mine", ""),
];

/// A statement that may use the words above: the database's clock, `$1`, and the members of the JSON list `$2`.
pub(super) fn statement(
    (backend, clock): (DbBackend, &Clock),
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    let (words, first) = match backend {
        DbBackend::Postgres => (POSTGRES, clock.offset()),
        _ => (SQLITE, clock.now()),
    };
    let put = |sql: String, (word, meaning): (&str, &str)| sql.replace(word, meaning);
    let sql = words.into_iter().fold(sql.to_owned(), put);
    let values = std::iter::once(Value::from(first)).chain(values);
    Statement::from_sql_and_values(backend, sql, values)
}

/// Tenants take turns: a run's turn counts the leases its tenant has and its own runs that are due longer.
///
/// A lane is the runs of one kind and name in a tenant. From each the longest due are looked at, so that however long
/// one lane is, the others are seen. Beyond its kind's limits a run waits; leases that have ended do not count there.
/// (The leases of a tenant are few, and the empty text keeps SQLite from going through its runs to find them.)
/// The last places ($6 says how many are not) are for tenants that have none yet.
pub(super) const CLAIM: &str = "WITH RECURSIVE kinds(kind, of_a_name, of_a_tenant) AS ( \
      SELECT value->>'kind', CAST(value->>'of_a_name' AS bigint), CAST(value->>'of_a_tenant' AS bigint) FROM :each($2:json)), \
    tenants(kind, tenant_id) AS ( \
      SELECT kind, (SELECT MIN(tenant_id) FROM durable_runs d WHERE d.kind = kinds.kind AND due IS NOT NULL) FROM kinds \
      UNION ALL \
      SELECT kind, (SELECT MIN(tenant_id) FROM durable_runs d \
                    WHERE d.kind = tenants.kind AND due IS NOT NULL AND d.tenant_id > tenants.tenant_id) \
      FROM tenants WHERE tenant_id IS NOT NULL), \
    lanes(kind, tenant_id, name) AS ( \
      SELECT kind, tenant_id, (SELECT MIN(name) FROM durable_runs d \
                               WHERE d.kind = tenants.kind AND d.tenant_id = tenants.tenant_id AND due IS NOT NULL) \
      FROM tenants WHERE tenant_id IS NOT NULL \
      UNION ALL \
      SELECT kind, tenant_id, (SELECT MIN(name) FROM durable_runs d WHERE d.kind = lanes.kind \
                               AND d.tenant_id = lanes.tenant_id AND due IS NOT NULL AND d.name > lanes.name) \
      FROM lanes WHERE name IS NOT NULL), \
    queued AS ( \
      SELECT c.id, c.due, lanes.kind, lanes.tenant_id, lanes.name, \
        row_number() OVER (PARTITION BY lanes.kind, lanes.tenant_id, lanes.name ORDER BY c.due, c.id) AS place \
      FROM lanes :of_each FROM durable_runs d WHERE d.kind = lanes.kind AND d.tenant_id = lanes.tenant_id \
        AND d.name = lanes.name AND d.due <= :found ORDER BY d.due LIMIT $5 :end), \
    allowed AS ( \
      SELECT q.id, q.due, q.kind, q.tenant_id, kinds.of_a_tenant, \
        row_number() OVER (PARTITION BY q.kind, q.tenant_id ORDER BY q.due, q.id) AS place \
      FROM queued q JOIN kinds ON kinds.kind = q.kind \
      WHERE kinds.of_a_name IS NULL OR q.place <= kinds.of_a_name - (SELECT COUNT(*) FROM durable_runs h \
        WHERE h.tenant_id = q.tenant_id AND h.owner IS NOT NULL AND h.kind || '' = q.kind AND h.name = q.name AND h.due > :found)), \
    ranked AS ( \
      SELECT a.id, a.due, row_number() OVER (PARTITION BY a.tenant_id ORDER BY a.due, a.id) \
        + (SELECT COUNT(*) FROM durable_runs h WHERE h.tenant_id = a.tenant_id AND h.owner IS NOT NULL) AS turn \
      FROM allowed a \
      WHERE a.of_a_tenant IS NULL OR a.place <= a.of_a_tenant - (SELECT COUNT(*) FROM durable_runs h \
        WHERE h.tenant_id = a.tenant_id AND h.owner IS NOT NULL AND h.kind || '' = a.kind AND h.due > :found)), \
    placed AS (SELECT id, due, turn, row_number() OVER (ORDER BY turn, due, id) AS place FROM ranked), \
    picked AS MATERIALIZED ( \
      SELECT r.id FROM placed JOIN durable_runs r ON r.id = placed.id \
      WHERE r.due <= :found AND (placed.turn = 1 OR placed.place <= $6) \
      ORDER BY placed.turn, placed.due LIMIT $5 :skip) \
    UPDATE durable_runs SET owner = $3, epoch = epoch + 1, attempts = attempts + 1, \
      lease_until = :now + $4, due = :now + $4 \
    WHERE id IN (SELECT id FROM picked) AND due <= :found RETURNING ";

/// One owner at a time, or several would count the same leases and together take too many.
pub(super) const ONE_AT_A_TIME: &str =
    "SET LOCAL lock_timeout = '200ms'; SELECT pg_advisory_xact_lock(7165057110573573484)";

/// Never revives a lease that has ended, never shortens one.
pub(super) const RENEW: &str = "WITH mine AS MATERIALIZED (SELECT id FROM durable_runs \
      WHERE owner = $3 AND lease_until > :now AND id IN (SELECT value FROM :texts) ORDER BY tenant_id :bytes, id :bytes :lock) \
    UPDATE durable_runs SET lease_until = :later(lease_until, :now + $4), due = :later(lease_until, :now + $4) \
    WHERE id IN (SELECT id FROM mine) AND owner = $3 AND lease_until > :now RETURNING id, epoch";

/// Gives back the leases of an owner that are chosen behind it, to be due a while later.
pub(super) const RELEASE: &str = "UPDATE durable_runs SET owner = NULL, lease_until = 0, due = :now + $2 \
    WHERE id IN (SELECT id FROM durable_runs WHERE owner IS NOT NULL AND ";

/// What every change of a run answers.
pub(super) const ANSWER: &str =
    " RETURNING id, kind, state, epoch, seq, bytes, cancel_at, deadline, :now AS now";

pub(super) const START: &str = "INSERT INTO durable_runs (id, tenant_id, seq, bytes, kind, name, version, state, \
      dedup_key, keeps_key, input, due, deadline, created_at, updated_at) \
    SELECT value->>'run', $3, CAST(value->>'entries' AS bigint), CAST(value->>'bytes' AS bigint), value->>'kind', \
      value->>'name', CAST(value->>'version' AS bigint), 'pending', value->>'key', CAST(value->>'keeps_key' AS boolean), \
      value->>'input', :now + CAST(value->>'delay' AS bigint), \
      :now + CAST(value->>'delay' AS bigint) + CAST(value->>'longest' AS bigint), :now, :now \
    FROM :each($2:json) WHERE true ON CONFLICT DO NOTHING";

pub(super) const KEYED: &str = "kind = $2 AND dedup_key = $3";

pub(super) const LIST: &str = "name IN (SELECT value FROM :texts) AND kind = $3 AND ($4 IS NULL OR state = $4) \
    AND ($5 IS NULL OR id < $5) ORDER BY id DESC LIMIT $6";

pub(super) const COUNT: &str =
    "SELECT COUNT(*) AS runs FROM durable_runs WHERE kind = $2 AND state = $3";

/// A signal or a wish to cancel from outside; the run's owner finds it when it parks.
pub(super) const NUDGE: &str = "UPDATE durable_runs SET seq = seq + entries, bytes = bytes + more, \
      cancel_at = CASE WHEN cancels THEN :now ELSE cancel_at END, \
      due = CASE WHEN owner IS NULL AND (state = 'waiting' OR cancels) THEN :now ELSE due END \
    FROM (SELECT value->>'run' AS run, CAST(value->>'entries' AS bigint) AS entries, \
      CAST(value->>'bytes' AS bigint) AS more, CAST(value->>'cancels' AS boolean) AS cancels FROM :each($2:json)) changed \
    WHERE id = run AND tenant_id = $3 AND ended_at IS NULL";

/// Runs of one tenant that go to other states, each only by the owner of its lease, or, without one, while it has none.
///
/// Time spent waiting, for a person too, does not count against the deadline; an error outlives all but a fresh start.
/// A lease that is kept lasts as long as the attempt that is about to be made; where it is given back, what others did
/// to the run since it was read is looked at without delay. Rows are found by their ids first, so that they are locked
/// in order and a table of any size is never read as a whole.
pub(super) const MOVE: &str = "WITH changed AS MATERIALIZED ( \
      SELECT value->>'run' AS run, CAST(value->>'at_epoch' AS bigint) AS at_epoch, value->>'at_owner' AS at_owner, \
        value->>'state' AS to_state, CAST(value->>'is_end' AS boolean) AS is_end, value->>'error' AS to_error, \
        value->>'cursor' AS to_cursor, value->>'output' AS to_output, value->>'waits_for' AS to_wait, \
        CAST(value->>'keeps' AS bigint) AS keeps, CAST(value->>'due' AS bigint) AS to_due, \
        CAST(value->>'seen' AS bigint) AS seen, CAST(value->>'entries' AS bigint) AS entries, \
        CAST(value->>'bytes' AS bigint) AS more FROM :each($2:json)), \
    mine AS MATERIALIZED (SELECT id FROM durable_runs WHERE id :of_changed AND tenant_id = $3 ORDER BY id :bytes :lock) \
    UPDATE durable_runs SET seq = seq + entries, bytes = bytes + more, state = to_state, attempts = 0, \
      held_from = CASE WHEN to_state = 'needs_attention' THEN state END, \
      deadline = CASE WHEN state IN ('waiting', 'needs_attention') THEN deadline + (:now - updated_at) ELSE deadline END, \
      ended_at = CASE WHEN is_end THEN :now END, \
      dedup_key = CASE WHEN is_end AND NOT keeps_key THEN NULL ELSE dedup_key END, \
      error = CASE WHEN state = 'needs_attention' AND to_state = 'running' THEN NULL ELSE COALESCE(to_error, error) END, \
      cursor_value = COALESCE(to_cursor, cursor_value), output = COALESCE(to_output, output), waits_for = to_wait, \
      updated_at = :now, \
      owner = CASE WHEN keeps IS NOT NULL THEN owner END, \
      lease_until = CASE WHEN keeps IS NULL THEN 0 ELSE :later(lease_until, :now + keeps) END, \
      due = CASE WHEN keeps IS NOT NULL THEN :later(lease_until, :now + keeps) WHEN seq > seen THEN :now ELSE to_due END \
    FROM changed WHERE id = run :if_mine AND tenant_id = $3 AND ended_at IS NULL AND epoch = at_epoch \
      AND (owner = at_owner AND lease_until > :now OR owner IS NULL AND at_owner IS NULL)";

/// What changes add beside the rows of their runs; it answers a row for each of their steps.
pub(super) fn added(backend: DbBackend, has_blobs: bool) -> String {
    let events = events::append_each(backend, "$3", ":each($5:json)");
    let when = |part: String| if has_blobs { part } else { String::new() };
    match backend {
        DbBackend::Postgres => {
            let blobs = when(format!("blobs AS ({BLOBS}), "));
            format!("WITH {blobs}entries AS ({ENTRIES}), events AS ({events}) {STEPS}")
        }
        _ => {
            let blobs = when(format!("{BLOBS}; "));
            format!("{blobs}{ENTRIES}; {events}; {STEPS}")
        }
    }
}

const BLOBS: &str = "INSERT INTO durable_blobs (run_id, tenant_id, hash, content) \
    SELECT value->>'run', $3, value->>'hash', value->>'content' FROM :each($6:json) WHERE true ON CONFLICT DO NOTHING";

const ENTRIES: &str = "INSERT INTO durable_history (run_id, tenant_id, seq, epoch, at, what, path, item, detail) \
    SELECT value->>'run', $3, CAST(value->>'seq' AS bigint), CAST(value->>'epoch' AS bigint), \
      CAST(value->>'at' AS bigint), value->>'what', value->>'path', CAST(value->>'item' AS bigint), value->>'detail' \
    FROM :each($4:json)";

/// A row that is there is changed only in the state that it was read in.
const STEPS: &str = "INSERT INTO durable_steps (run_id, tenant_id, updated_at, path, item, state, was, plan, result, progress) \
    SELECT value->>'run', $3, :now, value->>'path', CAST(value->>'item' AS bigint), value->>'state', value->>'was', \
      value->>'plan', value->>'result', value->>'progress' FROM :each($2:json) WHERE true \
    ON CONFLICT (run_id, path, item) DO UPDATE SET state = excluded.state, was = excluded.was, \
      result = COALESCE(excluded.result, durable_steps.result), progress = excluded.progress, \
      updated_at = excluded.updated_at \
    WHERE durable_steps.state = excluded.was RETURNING state";

pub(super) const MEASURE: &str = "SELECT state, COUNT(*) AS runs, CAST(COALESCE(MAX(:found - due), 0) AS bigint) AS lag, \
      COALESCE(SUM(CASE WHEN due <= :found - $2 THEN 1 ELSE 0 END), 0) AS stuck \
    FROM durable_runs WHERE ended_at IS NULL GROUP BY state";
