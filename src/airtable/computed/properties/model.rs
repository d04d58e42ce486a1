use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::super::super::attachments::Links;
use super::super::super::cell::Cell;
use super::super::super::graph::resolve;
use super::super::super::schema::{Base, Kind, Table};
use super::super::super::snapshot::{Loaded, Row, RowMeta, State};
use super::super::super::store::Counters;
use super::super::follow::follow;
use super::super::{Touched, load};
use crate::platform::ids::{BaseId, RecordId, TableId, TenantId, WorkspaceId};
use crate::platform::vault::TenantKey;

const NOW: i64 = 1_709_622_489_000;

/// Stored cells of every record, by table.
type Stored = BTreeMap<TableId, BTreeMap<RecordId, Vec<Cell>>>;

/// A base as it is stored, and as it is kept in memory through all changes.
pub(super) struct Model {
    pub(super) tables: Vec<Arc<Table>>,
    pub(super) stored: Stored,
    pub(super) touched: BTreeSet<(TableId, RecordId)>,
    pub(super) made: u128,
    state: State,
}

impl Model {
    pub(super) fn new(mut tables: Vec<Arc<Table>>) -> Self {
        let (graph, _) = resolve(&mut tables);
        let base = Base {
            id: BaseId::from_number(1),
            tenant: TenantId::fresh(),
            workspace: WorkspaceId::from_number(1),
            name: "Base".to_owned(),
            is_mirror: false,
            tables: tables.clone(),
        };
        let mut state = State {
            base: Arc::new(base),
            graph: Arc::new(graph),
            computed_at: NOW,
            seq: 0,
            counters: Counters::default(),
            tables: HashMap::new(),
            key: TenantKey::for_test(),
            links: Links::for_test(),
        };
        let empty = tables.iter().map(|table| Loaded {
            table: table.clone(),
            rows: Vec::new(),
        });
        load(&mut state, empty.collect(), NOW);
        Self {
            stored: tables
                .iter()
                .map(|table| (table.id, BTreeMap::new()))
                .collect(),
            tables,
            touched: BTreeSet::new(),
            made: 0,
            state,
        }
    }

    /// Makes changes one commit, as a write does.
    pub(super) fn commit(&mut self, change: impl FnOnce(&mut Self)) {
        change(self);
        let mut base = Base::clone(&self.state.base);
        let is_redefined = base
            .tables
            .iter()
            .zip(&self.tables)
            .any(|(one, two)| !Arc::ptr_eq(one, two));
        let mut next = self.state.clone();
        if is_redefined {
            let (graph, _) = resolve(&mut self.tables);
            base.tables.clone_from(&self.tables);
            next.base = Arc::new(base);
            next.graph = Arc::new(graph);
        }
        let mut touched = Touched::new();
        for (table, record) in std::mem::take(&mut self.touched) {
            touched.entry(table).or_default().push(record);
        }
        for table in &self.tables {
            let Some(snapshot) = next.tables.get(&table.id) else {
                continue;
            };
            let records = touched.get(&table.id).into_iter().flatten();
            let rows = records.map(|record| (*record, self.row(table, *record).map(Arc::new)));
            let redefined = snapshot.redefined(table.clone());
            let snapshot = redefined.with(table.clone(), rows.collect::<Vec<_>>());
            next.tables.insert(table.id, Arc::new(snapshot));
        }
        self.state = follow(&self.state, next, &touched, (NOW, u64::MAX)).0;
    }

    /// A row as a write makes it: what was computed before is still there.
    fn row(&self, table: &Table, record: RecordId) -> Option<Row> {
        let stored = self.stored[&table.id].get(&record)?;
        let known = self.state.snapshot(table.id)?.rows.get(&record);
        let cells =
            stored
                .iter()
                .enumerate()
                .map(|(slot, cell)| match (&table.fields[slot].kind, known) {
                    (Kind::Computed(_), Some(known)) => known.cell(slot).clone(),
                    _ => cell.clone(),
                });
        Some(Row::new(meta(record), cells.collect()))
    }

    /// All cells as they are kept.
    pub(super) fn kept(&self) -> String {
        shown(&self.tables, &self.state)
    }

    /// All cells as they are after everything was read and computed again.
    pub(super) fn fresh(&self) -> String {
        let mut state = State {
            tables: HashMap::new(),
            ..self.state.clone()
        };
        let loaded = self.tables.iter().map(|table| Loaded {
            table: table.clone(),
            rows: self.stored[&table.id]
                .iter()
                .map(|(record, cells)| Row::new(meta(*record), cells.clone()))
                .collect(),
        });
        load(&mut state, loaded.collect(), NOW);
        shown(&self.tables, &state)
    }
}

fn meta(id: RecordId) -> RowMeta {
    RowMeta {
        id,
        row_no: 0,
        created_at: NOW,
        created_by: None,
        updated_at: None,
        updated_by: None,
    }
}

fn shown(tables: &[Arc<Table>], state: &State) -> String {
    let mut lines = Vec::new();
    for table in tables {
        let snapshot = state.snapshot(table.id).unwrap();
        for row in snapshot.rows.values() {
            let json = row.json(table, &state.links).to_vec();
            lines.push(format!(
                "{}: {}",
                table.id,
                String::from_utf8(json).unwrap()
            ));
        }
    }
    lines.join("\n")
}
