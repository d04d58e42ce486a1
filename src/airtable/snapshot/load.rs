use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::DbErr;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::super::attachments::Links;
use super::super::cell::{Cell, CellSeed, PersonCell};
use super::super::graph::{Graph, resolve};
use super::super::schema::{Base, Table};
use super::super::store;
use super::row::{Row, RowMeta};
use super::state::State;
use crate::platform::db::TenantTx;
use crate::platform::ids::BaseId;
use crate::platform::vault::TenantKey;

/// A base with none of its tables loaded; `None` when the tenant has no such base.
pub(in crate::airtable) async fn load_base(
    tx: &TenantTx,
    base: BaseId,
    key: TenantKey,
    links: Links,
) -> Result<Option<State>, DbErr> {
    let Some(row) = store::find_base(tx, base).await? else {
        return Ok(None);
    };
    let definitions = store::table_definitions(tx, base).await?;
    let tables = definitions.iter().map(|definition| {
        let table = match row.is_mirror {
            true => Table::mirrored(definition),
            false => Table::from_schema(definition),
        };
        table
            .map(Arc::new)
            .map_err(|error| DbErr::Json(error.message))
    });
    let mut base = Base {
        id: row.id,
        tenant: tx.tenant(),
        workspace: row.workspace,
        name: row.name,
        is_mirror: row.is_mirror,
        tables: tables.collect::<Result<_, _>>()?,
    };
    // Of a mirror nothing is computed here.
    let graph = match base.is_mirror {
        true => Graph::default(),
        false => resolve(&mut base.tables).0,
    };
    Ok(Some(State {
        base: Arc::new(base),
        graph: Arc::new(graph),
        computed_at: 0,
        seq: row.seq,
        counters: row.counters,
        tables: HashMap::new(),
        key,
        links,
    }))
}

/// A table whose records have just been read; nothing is computed yet.
pub(in crate::airtable) struct Loaded {
    pub(in crate::airtable) table: Arc<Table>,
    pub(in crate::airtable) rows: Vec<Row>,
}

/// All records of a table, as of the transaction.
pub(in crate::airtable) async fn load_table(
    tx: &TenantTx,
    base: BaseId,
    table: &Arc<Table>,
) -> Result<Loaded, DbErr> {
    let started = std::time::Instant::now();
    let mut loader = Loader {
        table,
        people: HashMap::new(),
        rows: Vec::new(),
    };
    store::scan_records(tx, base, table.id, |record| loader.add(&record)).await?;
    let rows = loader.rows;
    let records = rows.len();
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("airtable_table_load_seconds").record(seconds);
    tracing::debug!(table = %table.id, records, seconds, "airtable.table_loaded");
    Ok(Loaded {
        table: table.clone(),
        rows,
    })
}

struct Loader<'a> {
    table: &'a Table,
    /// The same few people wrote most records: one copy each.
    people: HashMap<String, Arc<PersonCell>>,
    rows: Vec<Row>,
}

impl Loader<'_> {
    fn add(&mut self, record: &store::RecordRow) -> Result<(), DbErr> {
        let meta = RowMeta {
            id: record.id,
            row_no: record.row_no,
            created_at: record.created_at,
            created_by: self.person(record.created_by.as_deref())?,
            updated_at: record.updated_at,
            updated_by: self.person(record.updated_by.as_deref())?,
        };
        let cells = read_cells(self.table, &record.cells)?;
        self.rows.push(Row::new(meta, cells));
        Ok(())
    }

    fn person(&mut self, json: Option<&str>) -> Result<Option<Arc<PersonCell>>, DbErr> {
        let Some(json) = json else { return Ok(None) };
        if let Some(person) = self.people.get(json) {
            return Ok(Some(person.clone()));
        }
        let person: PersonCell =
            serde_json::from_str(json).map_err(|error| DbErr::Json(error.to_string()))?;
        let person = Arc::new(person);
        self.people.insert(json.to_owned(), person.clone());
        Ok(Some(person))
    }
}

/// Cells by slot from their stored form; those of unknown fields are left out.
pub(in crate::airtable) fn read_cells(table: &Table, stored: &str) -> Result<Vec<Cell>, DbErr> {
    let mut cells = vec![Cell::Empty; table.fields.len()];
    let mut deserializer = serde_json::Deserializer::from_str(stored);
    deserializer
        .deserialize_map(CellsVisitor {
            table,
            cells: &mut cells,
            next: 0,
        })
        .map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(cells)
}

struct CellsVisitor<'a> {
    table: &'a Table,
    cells: &'a mut [Cell],
    /// Cells are stored in slot order, so the next field is usually the one after the last.
    next: usize,
}

impl<'de> Visitor<'de> for CellsVisitor<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("cells by field id")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let rest = &self.table.fields[self.next.min(self.table.fields.len())..];
            let field = key.and_then(|key| {
                let ahead = rest.iter().find(|field| field.id == key);
                ahead.or_else(|| self.table.fields.iter().find(|field| field.id == key))
            });
            match field {
                Some(field) => {
                    self.next = field.slot + 1;
                    self.cells[field.slot] = map.next_value_seed(CellSeed(field))?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Reads a key as a field id without allocating.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<crate::platform::ids::FieldId>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Option<crate::platform::ids::FieldId>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a field id")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(text.parse().ok())
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
