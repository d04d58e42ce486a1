use super::json::{write_id, write_list, write_number, write_text, write_value, write_whole};
use super::types::Cell;
use crate::platform::ids::{ChoiceId, RecordId};

/// Appends the storage form: dates as days, times as milliseconds, choices as ids.
pub(crate) fn write_stored(cell: &Cell, out: &mut Vec<u8>) {
    match cell {
        Cell::Empty => out.extend_from_slice(b"null"),
        Cell::Text(text) => write_text(out, text),
        Cell::Number(number) => write_number(out, *number),
        Cell::Checked => out.extend_from_slice(b"true"),
        Cell::Date(days) => write_whole(out, i64::from(*days)),
        Cell::Time(millis) => write_whole(out, *millis),
        Cell::Choice(id) => write_choice(out, id),
        Cell::Choices(ids) => write_list(out, &**ids, write_choice),
        Cell::Links(links) => {
            write_list(out, &**links, |out, id| {
                write_id(out, RecordId::PREFIX, id.body())
            });
        }
        Cell::Person(person) => write_value(out, person),
        Cell::People(people) => write_value(out, people),
        Cell::Attachments(attachments) => write_value(out, attachments),
        Cell::Barcode(barcode) => write_value(out, barcode),
        Cell::Raw(raw) => out.extend_from_slice(raw.get().as_bytes()),
        // Only computed fields have such cells, and those are not stored.
        Cell::List(_) | Cell::Error => out.extend_from_slice(b"null"),
    }
}

fn write_choice(out: &mut Vec<u8>, id: &ChoiceId) {
    write_id(out, ChoiceId::PREFIX, id.body());
}
