use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;

use super::super::schema::Table;
use super::pages::Pages;
use super::row::Row;
use super::rows::RowMap;
use crate::contracts::{BaseResult, CellFormat, ListRecords};
use crate::platform::ids::{FieldId, RecordId};

/// Sorted orders kept for the pages that follow the first.
const KEPT_ORDERS: usize = 8;

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
    by_row_no: OnceLock<Order>,
    orders: Mutex<HashMap<OrderKey, Order>>,
}

impl TableSnapshot {
    pub(in crate::airtable) fn new(table: Arc<Table>, rows: RowMap, weight: usize) -> Self {
        Self {
            table,
            rows,
            weight,
            pages: Pages::default(),
            by_row_no: OnceLock::new(),
            orders: Mutex::default(),
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
        for (id, row) in changes {
            let added = row.as_ref().map_or(0, |row| row.weight());
            let old = match row {
                Some(row) => rows.insert(id, row),
                None => rows.remove(&id),
            };
            weight = (weight + added).saturating_sub(old.map_or(0, |row| row.weight()));
        }
        Self::new(table, rows, weight)
    }

    /// The same records under a new definition; rendered anew only where that shows.
    pub(in crate::airtable) fn redefined(&self, table: Arc<Table>) -> Self {
        let rows = self.rows.values();
        let rows: RowMap = rows.map(|row| Arc::new(row.redefined())).collect();
        let weight = rows.values().map(|row| row.weight()).sum();
        Self::new(table, rows, weight)
    }

    /// Bytes the records and kept pages take in memory, roughly.
    pub(in crate::airtable) fn weight(&self) -> usize {
        self.weight + self.pages.weight()
    }

    /// The body of a page, made by `make` unless it was asked for before.
    pub(in crate::airtable) fn page(
        &self,
        query: &ListRecords,
        make: impl FnOnce() -> BaseResult<Bytes>,
    ) -> BaseResult<Bytes> {
        // A sorted page opens an iterator, and texts name records of other tables: both go beyond this table's state.
        if query.sort.is_empty() && query.read.cell_format == CellFormat::Json {
            return self.pages.find(query, make);
        }
        make()
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

    fn kept_orders(&self) -> std::sync::MutexGuard<'_, HashMap<OrderKey, Order>> {
        self.orders
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
