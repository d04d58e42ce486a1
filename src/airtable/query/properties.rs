use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::super::cell::Cell;
use super::super::formula::{Program, Run};
use super::super::operand::{Record, with_fields};
use super::super::schema::{Kind, Table};
use super::super::snapshot::{Row, RowMeta, State, TableSnapshot};
use super::testing::{AMOUNT, DONE, DUE, FROZEN, LINK, NAME, STATUS, SUM, TAGS, state, table};
use super::{Iterators, Programs, Window, list, rows};
use crate::contracts::{ListRecords, SortDirection, SortKey};
use crate::platform::ids::{ChoiceId, RecordId};

const RECORDS: usize = 600;
const NOW: i64 = 1_709_622_489_000;

/// Texts that are often taken for one another.
const TEXTS: [&str; 10] = [
    "a",
    "A",
    "Open",
    "open",
    "1",
    "1.0",
    "0",
    "2024-03-05",
    "a, b",
    "",
];

/// A random sequence, the same for the same seed.
struct Choose(u64);

impl Choose {
    fn of(&mut self, many: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap_or(0) % many
    }

    fn text(&mut self) -> String {
        match self.of(3) {
            0 => TEXTS[self.of(TEXTS.len())].to_owned(),
            _ => format!("Name {}", self.of(RECORDS / 2)),
        }
    }

    fn record(&mut self) -> RecordId {
        RecordId::from_number(1 + self.of(RECORDS * 2) as u128)
    }

    /// One of the four of a select, or one that it no longer has.
    fn choice(&mut self) -> ChoiceId {
        ChoiceId::from_number(1 + self.of(5) as u128)
    }

    fn number(&mut self) -> f64 {
        [0.0, -0.0, 1.0, 1.5, f64::NAN, self.of(RECORDS) as f64][self.of(6)]
    }

    fn cell(&mut self, slot: usize) -> Cell {
        if self.of(4) == 0 {
            return Cell::Empty;
        }
        match slot {
            NAME => Cell::Text(self.text().into()),
            STATUS => Cell::Choice(self.choice()),
            AMOUNT => Cell::Number(self.number()),
            DONE => Cell::Checked,
            DUE => Cell::Date(19_787 + i32::try_from(self.of(3)).unwrap_or(0)),
            TAGS => Cell::Choices((0..self.of(3)).map(|_| self.choice()).collect()),
            LINK => Cell::Links((0..=self.of(2)).map(|_| self.record()).collect()),
            SUM => match self.of(8) {
                0 => Cell::Error,
                1 => Cell::Number(self.number()),
                2 => Cell::List([Cell::Text(self.text().into()), Cell::Error][self.of(2)..].into()),
                _ => Cell::Text(self.text().into()),
            },
            FROZEN => {
                let values = [
                    "\"a\"",
                    "1",
                    "[\"a\",\"b\"]",
                    "{\"error\":\"#ERROR!\"}",
                    "\"Open\"",
                ];
                let value = values[self.of(values.len())].to_owned();
                Cell::Raw(RawValue::from_string(value).expect("it is JSON"))
            }
            _ => Cell::Empty,
        }
    }

    fn row(&mut self, id: RecordId) -> Row {
        let meta = RowMeta {
            id,
            row_no: i64::try_from(self.of(1 << 30)).unwrap_or(0),
            created_at: NOW,
            created_by: None,
            updated_at: None,
            updated_by: None,
        };
        Row::new(meta, (0..=FROZEN).map(|slot| self.cell(slot)).collect())
    }

    fn constant(&mut self) -> String {
        match self.of(6) {
            0 => self.of(3).to_string(),
            1 => "1.5".to_owned(),
            2 => "TRUE()".to_owned(),
            _ => format!("'{}'", self.text()),
        }
    }

    fn equality(&mut self, operator: &str) -> String {
        let names = [
            "Name", "Name", "Status", "Amount", "Done", "Due", "Tags", "Link", "Sum", "Frozen",
            "Count",
        ];
        let (name, constant) = (names[self.of(names.len())], self.constant());
        match self.of(8) {
            0 => format!("{constant}{operator}{{{name}}}"),
            1 => format!("RECORD_ID(){operator}'{}'", self.record()),
            _ => format!("{{{name}}}{operator}{constant}"),
        }
    }

    fn condition(&mut self) -> String {
        match self.of(7) {
            0 => {
                let operators = ["!=", "<", "<=", ">", ">="];
                let operator = operators[self.of(operators.len())];
                self.equality(operator)
            }
            1 => "FIND('a', LOWER({Name}))".to_owned(),
            2 => {
                let parts: Vec<String> = (0..=self.of(6)).map(|_| self.equality("=")).collect();
                format!("OR({})", parts.join(","))
            }
            3 => {
                let ids = (0..=self.of(8)).map(|_| format!("RECORD_ID()='{}'", self.record()));
                format!("OR({})", ids.collect::<Vec<_>>().join(","))
            }
            _ => self.equality("="),
        }
    }

    fn formula(&mut self) -> String {
        match self.of(3) {
            0 => self.condition(),
            _ => {
                let parts: Vec<String> = (0..=self.of(3)).map(|_| self.condition()).collect();
                format!("AND({})", parts.join(","))
            }
        }
    }

    /// A snapshot after records were made, changed and deleted.
    fn changed(&mut self, snapshot: &TableSnapshot) -> TableSnapshot {
        let changes: Vec<_> = (0..self.of(40))
            .map(|_| {
                let (id, is_left) = (self.record(), self.of(4) > 0);
                (id, is_left.then(|| Arc::new(self.row(id))))
            })
            .collect();
        snapshot.with(snapshot.table.clone(), changes)
    }
}

/// The same table in which a choice has another name.
fn redefined(table: &Table) -> Table {
    let mut table = table.clone();
    let status = Arc::make_mut(&mut table.fields[STATUS]);
    if let Kind::SingleSelect(choices) = &mut status.kind {
        let mut list = choices.list.clone();
        list.swap(0, 1);
        list[0].name = "Closed".to_owned();
        *choices = super::super::schema::Choices::new(list);
    }
    table
}

struct World {
    state: State,
    snapshot: Arc<TableSnapshot>,
    programs: Programs,
}

impl World {
    fn new(snapshot: TableSnapshot, programs: &Programs) -> Self {
        let snapshot = Arc::new(snapshot);
        Self {
            state: state(&snapshot),
            snapshot,
            programs: programs.clone(),
        }
    }

    /// The ids on all pages of a query.
    fn listed(&self, mut query: ListRecords) -> Vec<RecordId> {
        let iterators = Iterators::default();
        let mut ids = Vec::new();
        loop {
            let kept = (&iterators, &self.programs);
            let page = list(&self.state, &self.snapshot, kept, &query, NOW);
            let (page, _) = page.expect("a page");
            ids.extend(page.records.iter().map(|record| record.id));
            query.offset = page.offset;
            if query.offset.is_none() {
                return ids;
            }
        }
    }

    /// The records that a formula holds for, each asked by itself.
    fn kept(&self, formula: &str) -> HashSet<RecordId> {
        let table = &*self.snapshot.table;
        let program = with_fields(table, |fields| Program::new(formula, fields));
        let program = program.unwrap_or_else(|error| panic!("{formula}: {error}"));
        let names = |table, record| self.state.name_of(table, record);
        let run = Run::new(NOW);
        let keeps = |row: &&Arc<Row>| {
            let record = Record {
                names: &names,
                table,
                row,
            };
            program.keeps(&record, &run)
        };
        let rows = self.snapshot.rows.values();
        rows.filter(keeps).map(|row| row.meta.id).collect()
    }

    /// Checks that a filter finds what each record by itself says, in the order that all records have.
    fn check(&self, formula: &str) {
        let kept = self.kept(formula);
        let by_name = SortKey {
            field: "Name".to_owned(),
            direction: SortDirection::Desc,
        };
        let orders = [
            ListRecords::default(),
            ListRecords {
                view: Some("Grid".to_owned()),
                ..ListRecords::default()
            },
            ListRecords {
                sort: vec![by_name],
                ..ListRecords::default()
            },
        ];
        for order in orders {
            let mut wanted = self.listed(order.clone());
            wanted.retain(|id| kept.contains(id));
            let found = self.listed(ListRecords {
                filter_by_formula: Some(formula.to_owned()),
                page_size: Some(7),
                ..order
            });
            assert_eq!(found, wanted, "{formula}");
        }
        let window = Window {
            start: 0,
            limit: usize::MAX,
            sort: Vec::new(),
            filter: Some(formula.to_owned()),
            view: None,
        };
        let page = rows(&self.state, &self.snapshot, &self.programs, &window, NOW);
        assert_eq!(page.expect("rows").total, kept.len() as u64, "{formula}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_filter_finds_the_same_with_indexes_as_record_by_record(seed in any::<u64>()) {
        let mut choose = Choose(seed);
        let made = (0..RECORDS).map(|number| choose.row(RecordId::from_number(1 + number as u128)));
        let mut snapshot = TableSnapshot::of_rows(table(), made.collect());
        let programs = Programs::default();
        for round in 0..5 {
            let world = World::new(snapshot, &programs);
            for _ in 0..4 {
                world.check(&choose.formula());
            }
            snapshot = choose.changed(&world.snapshot);
            if round == 2 {
                snapshot = snapshot.redefined(Arc::new(redefined(&snapshot.table)));
            }
        }
    }
}

#[test]
fn a_value_that_few_records_have_is_found_without_looking_at_the_others() {
    let mut choose = Choose(1);
    let made = (0..RECORDS).map(|number| choose.row(RecordId::from_number(1 + number as u128)));
    let snapshot = TableSnapshot::of_rows(table(), made.collect());
    let narrowed = |snapshot: &TableSnapshot, formula: &str| {
        let program = with_fields(&snapshot.table, |fields| Program::new(formula, fields));
        let program = program.unwrap_or_else(|error| panic!("{formula}: {error}"));
        super::narrow::narrowed(&program, snapshot).map(|rows| rows.len())
    };
    let few = |count: Option<usize>| count.is_some_and(|count| count < 60);
    for formula in [
        "{Name}='Name 7'",
        "AND({Done}, {Name}='Name 7')",
        "AND({Status}='Open', 'Name 7'={Name})",
        "{Amount}=7",
        "OR({Name}='Name 7', {Amount}=7)",
        "RECORD_ID()='rec00000000000001'",
        "OR(RECORD_ID()='rec00000000000001', RECORD_ID()='recNone')",
    ] {
        assert!(few(narrowed(&snapshot, formula)), "{formula}");
    }
    for formula in [
        "{Name}=''",
        "{Amount}=0",
        "{Name}!='Name 7'",
        "{Due}='2024-03-05'",
        "{Link}='Name 7'",
        "NOT({Name}='Name 7')",
        "OR({Name}='Name 7', {Done})",
        "{Status}='Open'",
    ] {
        assert_eq!(narrowed(&snapshot, formula), None, "{formula}");
    }
    let before = snapshot.weight();
    let one = RecordId::from_number(1);
    let next = snapshot.with(snapshot.table.clone(), [(one, None)]);
    assert!(few(narrowed(&next, "{Name}='Name 7'")));
    let bare: usize = next.rows.values().map(|row| row.weight()).sum();
    assert!(
        before > bare && next.weight() > bare,
        "indexes count as memory"
    );
}
