use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;

use super::super::schema::Table;
use super::index::{Dated, Index};
use super::pages::Pages;
use super::row::Row;
use super::rows::RowMap;
use crate::contracts::{CellFormat, ListRecords};
use crate::platform::ids::{FieldId, RecordId};

/// Sorted orders kept for the pages that follow the first.
const KEPT_ORDERS: usize = 8;
/// Pages of longer ones are not kept.
const LONGEST_FORMULA: usize = 4096;
/// Columns with an index.
const KEPT_INDEXES: usize = 8;

/// One order of a table's records.
pub(in crate::airtable) type Order = Arc<[Arc<Row>]>;
type OrderKey = Vec<(FieldId, bool)>;

/// All records of a table at one moment; shared by readers, never changed.
pub(in crate::airtable) struct TableSnapshot {
    pub(in crate::airtable) table: Arc<Table>,
    /// By ascending id, the order of a list without sort or view.
    pub(in crate::airtable) rows: RowMap,
    weight: usize,
    pages: Pages,
    /// Apart from the others, which they are likely to outnumber.
    filtered: Pages,
    by_row_no: OnceLock<Order>,
    orders: Mutex<HashMap<OrderKey, Order>>,
    indexes: Mutex<HashMap<usize, Dated>>,
}

impl TableSnapshot {
    pub(in crate::airtable) fn new(table: Arc<Table>, rows: RowMap, weight: usize) -> Self {
        Self {
            table,
            rows,
            weight,
            pages: Pages::default(),
            filtered: Pages::default(),
            by_row_no: OnceLock::new(),
            orders: Mutex::default(),
            indexes: Mutex::default(),
        }
    }

    /// The rows of a whole table.
    pub(in crate::airtable) fn of_rows(table: Arc<Table>, rows: Vec<Row>) -> Self {
        let weight = rows.iter().map(Row::weight).sum();
        let rows: RowMap = rows.into_iter().map(Arc::new).collect();
        Self::new(table, rows, weight)
    }

    /// A snapshot in which some rows are replaced or, where `None`, gone.
    pub(in crate::airtable) fn with(
        &self,
        table: Arc<Table>,
        changes: impl IntoIterator<Item = (RecordId, Option<Arc<Row>>)>,
    ) -> Self {
        let mut rows = self.rows.clone();
        let mut weight = self.weight;
        let mut changed = Vec::new();
        for (id, row) in changes {
            changed.push(id);
            let added = row.as_ref().map_or(0, |row| row.weight());
            let old = match row {
                Some(row) => rows.insert(id, row),
                None => rows.remove(&id),
            };
            weight = (weight + added).saturating_sub(old.map_or(0, |row| row.weight()));
        }
        let indexes = match Arc::ptr_eq(&table, &self.table) {
            true => self.indexes_after(&changed),
            false => HashMap::new(),
        };
        Self {
            indexes: Mutex::new(indexes),
            ..Self::new(table, rows, weight)
        }
    }

    /// The same records under a new definition; rendered anew only where that shows.
    pub(in crate::airtable) fn redefined(&self, table: Arc<Table>) -> Self {
        if has_same_fields(&self.table, &table) {
            return self.with(table, []);
        }
        self.unrendered(table)
    }

    /// The same records under a definition, every one to be rendered anew.
    pub(in crate::airtable) fn unrendered(&self, table: Arc<Table>) -> Self {
        let rows = self.rows.values();
        let rows: RowMap = rows.map(|row| Arc::new(row.redefined())).collect();
        let weight = rows.values().map(|row| row.weight()).sum();
        Self::new(table, rows, weight)
    }

    /// Bytes the records, kept pages and indexes take in memory, roughly.
    pub(in crate::airtable) fn weight(&self) -> usize {
        let indexes: usize = self.kept_indexes().values().map(Dated::weight).sum();
        self.weight + self.pages.weight() + self.filtered.weight() + indexes
    }

    /// The records whose value in a column may have one of these traces, by its index, which `make` makes the first
    /// time; `None` where they are a large part of the table.
    pub(in crate::airtable) fn having(
        &self,
        slot: usize,
        traces: &[u32],
        make: impl FnOnce() -> Index,
    ) -> Option<Vec<RecordId>> {
        if let Some(index) = self.kept_indexes().get(&slot) {
            return index.find(traces);
        }
        // Made outside the lock, as an order is.
        let index = Dated::new(Arc::new(make()));
        let found = index.find(traces);
        let mut indexes = self.kept_indexes();
        if indexes.len() >= KEPT_INDEXES {
            indexes.clear();
        }
        indexes.insert(slot, index);
        found
    }

    fn indexes_after(&self, changed: &[RecordId]) -> HashMap<usize, Dated> {
        let kept = self.kept_indexes();
        let after = kept.iter();
        after
            .filter_map(|(slot, index)| Some((*slot, index.after(changed)?)))
            .collect()
    }

    fn kept_indexes(&self) -> MutexGuard<'_, HashMap<usize, Dated>> {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body of a page that is kept.
    pub(in crate::airtable) fn page(&self, query: &ListRecords) -> Option<Bytes> {
        self.pages_like(query)?.find(query)
    }

    /// Keeps the body of a page, whose records follow from this state of the table alone, if it is asked for often.
    pub(in crate::airtable) fn keep_page(&self, query: &ListRecords, page: &Bytes) {
        if let Some(pages) = self.pages_like(query) {
            pages.keep(query, page);
        }
    }

    fn pages_like(&self, query: &ListRecords) -> Option<&Pages> {
        // A sorted page opens an iterator, texts name records of other tables, and numbers of comments are no part of a
        // snapshot: all of them go beyond this table's state.
        let view = query.view.as_deref();
        let view = view.and_then(|name| self.table.find_view(name));
        let is_own = query.sort.is_empty()
            && view.is_none_or(|view| view.sort.is_empty())
            && query.read.cell_format == CellFormat::Json
            && !query.read.comment_count;
        match &query.filter_by_formula {
            _ if !is_own => None,
            Some(formula) if formula.len() > LONGEST_FORMULA => None,
            Some(_) => Some(&self.filtered),
            None => Some(&self.pages),
        }
    }

    /// The records in the order they were added, as a grid view shows them.
    pub(in crate::airtable) fn by_row_no(&self) -> Order {
        let order = || {
            let mut rows: Vec<Arc<Row>> = self.rows.values().cloned().collect();
            rows.sort_unstable_by_key(|row| row.meta.row_no);
            rows.into()
        };
        self.by_row_no.get_or_init(order).clone()
    }

    /// The order kept under a key, made by `make` the first time.
    pub(in crate::airtable) fn order(&self, key: OrderKey, make: impl FnOnce() -> Order) -> Order {
        if let Some(order) = self.kept_orders().get(&key) {
            return order.clone();
        }
        // Made outside the lock: a sort of a large table must not hold up the other readers.
        let order = make();
        let mut orders = self.kept_orders();
        if orders.len() >= KEPT_ORDERS {
            orders.clear();
        }
        orders.insert(key, order.clone());
        order
    }

    fn kept_orders(&self) -> MutexGuard<'_, HashMap<OrderKey, Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_same_fields(one: &Table, other: &Table) -> bool {
    let mut pairs = one.fields.iter().zip(&other.fields);
    one.fields.len() == other.fields.len() && pairs.all(|(one, other)| Arc::ptr_eq(one, other))
}
