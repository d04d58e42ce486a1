use std::sync::Arc;

use super::super::super::cell::Cell;
use super::super::super::schema::{Field, Kind, Table};
use super::bases::{CHOICE, CHOICES, Choose, NAME, NUMBER};
use super::model::Model;
use crate::platform::ids::{ChoiceId, RecordId, TableId};

/// One random change: mostly of cells and links, sometimes of records and definitions.
pub(super) fn edit(model: &mut Model, choose: &mut Choose<'_>) {
    let place = choose.of(model.tables.len());
    let table = model.tables[place].clone();
    let Some(record) = any_record(model, table.id, choose) else {
        return create(model, place);
    };
    match choose.of(10) {
        0 => create(model, place),
        1 => delete(model, &table, record),
        2 => rename_choice(model, &table, choose),
        3 => set(model, &table, record, NAME, text(choose)),
        4 | 5 => set(model, &table, record, NUMBER, number(choose)),
        6 => set(model, &table, record, CHOICE, choice(&table, choose)),
        _ => relink(model, &table, record, choose),
    }
}

fn any_record(model: &Model, table: TableId, choose: &mut Choose<'_>) -> Option<RecordId> {
    let records = &model.stored[&table];
    let place = choose.of(records.len());
    records.keys().nth(place).copied()
}

pub(super) fn create(model: &mut Model, table: usize) {
    let table = model.tables[table].clone();
    model.made += 1;
    let record = RecordId::from_number(model.made);
    let cells = vec![Cell::Empty; table.fields.len()];
    model
        .stored
        .get_mut(&table.id)
        .unwrap()
        .insert(record, cells);
    model.touched.insert((table.id, record));
}

fn set(model: &mut Model, table: &Table, record: RecordId, slot: usize, cell: Cell) {
    let records = model.stored.get_mut(&table.id).unwrap();
    records.get_mut(&record).unwrap()[slot] = cell;
    model.touched.insert((table.id, record));
}

fn text(choose: &mut Choose<'_>) -> Cell {
    match choose.of(5) {
        0 => Cell::Empty,
        number => Cell::Text(format!("name, {number}").into()),
    }
}

fn number(choose: &mut Choose<'_>) -> Cell {
    match choose.of(6) {
        0 => Cell::Empty,
        number => Cell::Number(number as f64 - 2.0),
    }
}

fn choice(table: &Table, choose: &mut Choose<'_>) -> Cell {
    match (&table.fields[CHOICE].kind, choose.of(1 + CHOICES as usize)) {
        (Kind::SingleSelect(choices), place) if place > 0 => {
            Cell::Choice(choices.list[place - 1].id)
        }
        _ => Cell::Empty,
    }
}

fn rename_choice(model: &mut Model, table: &Table, choose: &mut Choose<'_>) {
    let mut schema = table.to_schema();
    let options = schema.fields[CHOICE].options.as_mut().unwrap();
    let place = choose.of(CHOICES as usize);
    options["choices"][place]["name"] = format!("renamed {}", choose.of(4) * 10 + place).into();
    let id: ChoiceId = options["choices"][place]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let field = Field::from_schema(&schema.fields[CHOICE], CHOICE);
    assert!(matches!(&field.kind, Kind::SingleSelect(choices) if choices.get(id).is_some()));
    let place = model.tables.iter_mut().find(|known| known.id == table.id);
    Arc::make_mut(place.unwrap()).fields[CHOICE] = Arc::new(field);
}

fn links(cell: &Cell) -> Vec<RecordId> {
    match cell {
        Cell::Links(links) => links.to_vec(),
        _ => Vec::new(),
    }
}

fn link_cell(links: Vec<RecordId>) -> Cell {
    if links.is_empty() {
        Cell::Empty
    } else {
        Cell::Links(links.into())
    }
}

fn relink(model: &mut Model, table: &Table, record: RecordId, choose: &mut Choose<'_>) {
    let fields: Vec<&Arc<Field>> = table
        .fields
        .iter()
        .filter(|field| matches!(field.kind, Kind::Links(_)))
        .collect();
    let Some(field) = fields.get(choose.of(fields.len())) else {
        return;
    };
    let Kind::Links(link) = &field.kind else {
        return;
    };
    let mut wanted = Vec::new();
    for _ in 0..choose.of(4) {
        if let Some(id) = any_record(model, link.table, choose)
            && !wanted.contains(&id)
        {
            wanted.push(id);
        }
    }
    set_links(model, table, record, field, wanted);
}

/// Sets links and those back, as a draft does.
fn set_links(
    model: &mut Model,
    table: &Table,
    record: RecordId,
    field: &Field,
    wanted: Vec<RecordId>,
) {
    let Kind::Links(link) = &field.kind else {
        return;
    };
    let before = links(&model.stored[&table.id][&record][field.slot]);
    let target = model
        .tables
        .iter()
        .find(|known| known.id == link.table)
        .unwrap()
        .clone();
    if let Some(twin) = link.inverse.and_then(|id| target.field(id)) {
        for gone in before.iter().filter(|id| !wanted.contains(id)) {
            let mut back = links(&model.stored[&target.id][gone][twin.slot]);
            back.retain(|id| *id != record);
            set(model, &target, *gone, twin.slot, link_cell(back));
        }
        for new in wanted.iter().filter(|id| !before.contains(id)) {
            let mut back = links(&model.stored[&target.id][new][twin.slot]);
            back.push(record);
            set(model, &target, *new, twin.slot, link_cell(back));
        }
    }
    set(model, table, record, field.slot, link_cell(wanted));
}

/// Links the first record of the first table to the first `many` of the second.
pub(super) fn link_first(model: &mut Model, many: usize) {
    let table = model.tables[0].clone();
    let record = *model.stored[&table.id].keys().next().unwrap();
    let wanted = model.stored[&model.tables[1].id].keys().take(many);
    let wanted = wanted.copied().collect();
    let field = table
        .fields
        .iter()
        .find(|field| matches!(field.kind, Kind::Links(_)));
    set_links(model, &table, record, field.unwrap(), wanted);
}

fn delete(model: &mut Model, table: &Table, record: RecordId) {
    for holder in model.tables.clone() {
        for field in &holder.fields {
            let is_link = matches!(&field.kind, Kind::Links(link) if link.table == table.id);
            let records: Vec<RecordId> = model.stored[&holder.id].keys().copied().collect();
            for id in records.into_iter().filter(|_| is_link) {
                let mut held = links(&model.stored[&holder.id][&id][field.slot]);
                if held.contains(&record) {
                    held.retain(|id| *id != record);
                    set_links(model, &holder, id, field, held);
                }
            }
        }
    }
    for field in &table.fields {
        if matches!(field.kind, Kind::Links(_)) {
            set_links(model, table, record, field, Vec::new());
        }
    }
    model.stored.get_mut(&table.id).unwrap().remove(&record);
    model.touched.insert((table.id, record));
}
