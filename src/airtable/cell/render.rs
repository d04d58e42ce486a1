use super::calendar::{DAY, write_date, write_time};
use super::json::{write_id, write_list, write_number, write_text, write_value};
use super::types::Cell;
use super::{attachment, frozen};
use crate::airtable::attachments::Links;
use crate::airtable::schema::{Choices, Field, Kind, TimeResult};
use crate::platform::clock::Millis;
use crate::platform::ids::{ChoiceId, RecordId};

const ERROR: &[u8] = br##"{"error":"#ERROR!"}"##;

/// Whether Airtable shows the cell at all; empty ones are left out of records.
pub(crate) fn is_shown(field: &Field, cell: &Cell) -> bool {
    match cell {
        Cell::Empty => false,
        Cell::Text(text) => !text.is_empty(),
        Cell::Choice(id) => choice_name(field, *id).is_some(),
        Cell::Choices(ids) => ids.iter().any(|id| choice_name(field, *id).is_some()),
        Cell::Links(links) => !links.is_empty(),
        Cell::People(people) => !people.is_empty(),
        Cell::Attachments(attachments) => !attachments.is_empty(),
        Cell::Raw(raw) => !frozen::is_empty(raw),
        Cell::List(items) => {
            let shown = field.kind.shown_as(field);
            items.iter().any(|item| is_shown(shown, item))
        }
        _ => true,
    }
}

/// Appends the cell as JSON in the read format, without links to files, which end some day; an empty one is `null`.
pub(crate) fn render(field: &Field, cell: &Cell, out: &mut Vec<u8>) {
    render_linked(field, cell, None, out);
}

/// The same with links to files.
pub(crate) fn render_linked(field: &Field, cell: &Cell, links: Option<&Links>, out: &mut Vec<u8>) {
    match cell {
        Cell::Empty => out.extend_from_slice(b"null"),
        Cell::Text(text) => write_text(out, text),
        Cell::Number(number) => write_number(out, *number),
        Cell::Checked => out.extend_from_slice(b"true"),
        Cell::Date(days) => render_date(out, i64::from(*days)),
        Cell::Time(millis) => render_time(out, field, *millis),
        Cell::Choice(id) => render_choice(out, field, *id),
        Cell::Choices(ids) => {
            write_list(
                out,
                ids.iter().filter_map(|id| choice_name(field, *id)),
                write_text,
            );
        }
        Cell::Links(links) => {
            write_list(out, &**links, |out, id| {
                write_id(out, RecordId::PREFIX, id.body())
            });
        }
        Cell::Person(person) => write_value(out, person),
        Cell::People(people) => write_value(out, people),
        Cell::Attachments(attachments) => write_list(out, &**attachments, |out, item| {
            write_value(out, &*attachment::shown(item, links));
        }),
        Cell::Barcode(barcode) => write_value(out, barcode),
        Cell::Raw(raw) => out.extend_from_slice(raw.get().as_bytes()),
        Cell::List(items) => {
            out.push(b'[');
            render_members(field.kind.shown_as(field), items, links, out);
            out.push(b']');
        }
        Cell::Error => out.extend_from_slice(ERROR),
    }
}

/// Those of lists among the items stand side by side with the others.
fn render_members(field: &Field, items: &[Cell], links: Option<&Links>, out: &mut Vec<u8>) {
    for item in items.iter().filter(|item| is_shown(field, item)) {
        if out.last() != Some(&b'[') {
            out.push(b',');
        }
        let start = out.len();
        render_linked(field, item, links, out);
        if out[start] == b'[' {
            out.remove(start);
            out.pop();
        }
    }
}

fn render_date(out: &mut Vec<u8>, days: i64) {
    out.push(b'"');
    write_date(out, days);
    out.push(b'"');
}

fn render_time(out: &mut Vec<u8>, field: &Field, millis: Millis) {
    let result = match &field.kind {
        Kind::CreatedTime(result) | Kind::LastModifiedTime { result, .. } => Some(result),
        _ => None,
    };
    if matches!(result, Some(TimeResult::Date(_))) {
        return render_date(out, millis.div_euclid(DAY));
    }
    out.push(b'"');
    write_time(out, millis);
    out.push(b'"');
}

fn render_choice(out: &mut Vec<u8>, field: &Field, id: ChoiceId) {
    match choice_name(field, id) {
        Some(name) => write_text(out, name),
        None => out.extend_from_slice(b"null"),
    }
}

/// The choices of a select field.
pub(super) fn choices(field: &Field) -> Option<&Choices> {
    match &field.kind {
        Kind::SingleSelect(choices) | Kind::MultipleSelects(choices) => Some(choices),
        _ => None,
    }
}

/// The name of a choice; `None` for one that the field no longer has.
pub(crate) fn choice_name(field: &Field, id: ChoiceId) -> Option<&str> {
    choices(field)?.get(id).map(|choice| choice.name.as_str())
}
