use super::calendar::{shown_in, zone};
use super::list_text::joined;
use super::render::{choice_name, is_shown};
use super::types::{AttachmentCell, Cell};
use super::{attachment, duration, frozen, locale, people};
use crate::airtable::attachments::Links;
use crate::airtable::schema::{DateFormat, DateTimeFormat, Field, Kind, TimeResult};
use crate::platform::clock::Millis;
use crate::platform::ids::{RecordId, TableId};

/// What the textual form of a cell depends on besides its field.
#[derive(Clone, Copy)]
pub(crate) struct TextContext<'a> {
    /// Zone to show times in; `None` means the field's own.
    pub(crate) time_zone: Option<&'a str>,
    /// Such as `en-gb`; `None` means American dates and no grouping of digits.
    pub(crate) locale: Option<&'a str>,
    /// The name of a linked record.
    pub(crate) names: &'a dyn Fn(TableId, RecordId) -> String,
    /// What makes links to files; without it they are named alone.
    pub(crate) links: Option<&'a Links>,
}

/// The cell as a person would read it; nothing for an empty one.
pub(crate) fn text(field: &Field, cell: &Cell, context: &TextContext<'_>) -> String {
    let field = field.kind.shown_as(field);
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number_text(&field.kind, *number, context.locale),
        Cell::Checked => "checked".to_owned(),
        Cell::Date(days) => date_text(&field.kind, *days, context.locale),
        Cell::Time(millis) => time_text(&field.kind, *millis, context),
        Cell::Choice(id) => choice_name(field, *id).unwrap_or_default().to_owned(),
        Cell::Choices(ids) => joined(
            ids.iter()
                .filter_map(|id| choice_name(field, *id).map(str::to_owned)),
        ),
        Cell::Links(links) => match &field.kind {
            Kind::Links(link) => joined(links.iter().map(|id| (context.names)(link.table, *id))),
            _ => String::new(),
        },
        Cell::Person(person) => people::shown(person).to_owned(),
        Cell::People(list) => joined(list.iter().map(|person| people::shown(person).to_owned())),
        Cell::Attachments(list) => attachments_text(list, context.links),
        Cell::Barcode(barcode) => barcode.text.clone(),
        Cell::Raw(raw) => frozen::shown(raw),
        Cell::List(items) => list_text(field, items, context),
        Cell::Error => "#ERROR!".to_owned(),
    }
}

fn list_text(field: &Field, items: &[Cell], context: &TextContext<'_>) -> String {
    let is_list = |item: &Cell| matches!(item, Cell::Choices(_) | Cell::Links(_) | Cell::People(_));
    let mut out = String::new();
    for item in items.iter().filter(|item| is_shown(field, item)) {
        let mut shown = text(field, item, context);
        if !is_list(item) {
            shown = joined(std::iter::once(shown));
        }
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&shown);
    }
    out
}

fn number_text(kind: &Kind, number: f64, locale: Option<&str>) -> String {
    match kind {
        Kind::Number { precision } => locale::number(number, *precision, locale),
        Kind::Currency { precision, symbol } => {
            let text = locale::number(number, *precision, locale);
            match text.strip_prefix('-') {
                Some(positive) => format!("-{symbol}{positive}"),
                None => format!("{symbol}{text}"),
            }
        }
        Kind::Percent { precision } => {
            format!("{}%", locale::number(number * 100.0, *precision, locale))
        }
        Kind::Duration { format } => duration::shown(number, *format),
        _ => number.to_string(),
    }
}

fn date_text(kind: &Kind, days: i32, locale: Option<&str>) -> String {
    let format = match kind {
        Kind::Date(format) => *format,
        _ => DateFormat::Iso,
    };
    locale::date(i64::from(days), format, locale)
}

fn time_text(kind: &Kind, millis: Millis, context: &TextContext<'_>) -> String {
    match kind {
        Kind::DateTime(format) => date_time_text(format, millis, context),
        Kind::CreatedTime(result) | Kind::LastModifiedTime { result, .. } => match result {
            TimeResult::Date(format) => {
                let zone = zone(context.time_zone.unwrap_or("utc"));
                locale::date(shown_in(millis, &zone).0, *format, context.locale)
            }
            TimeResult::DateTime(format) => date_time_text(format, millis, context),
        },
        _ => crate::platform::clock::rfc3339(millis),
    }
}

fn date_time_text(format: &DateTimeFormat, millis: Millis, context: &TextContext<'_>) -> String {
    // `client` asks for the reader's own zone, which an API client does not have.
    let asked = context.time_zone.filter(|name| *name != "client");
    let zone = zone(asked.unwrap_or(&format.time_zone));
    locale::date_time(shown_in(millis, &zone), format, context.locale)
}

fn attachments_text(list: &[AttachmentCell], links: Option<&Links>) -> String {
    let items = list.iter().map(|item| {
        let shown = attachment::shown(item, links);
        match shown.url.as_str() {
            "" => shown.filename.clone(),
            url => format!("{} ({url})", shown.filename),
        }
    });
    items.collect::<Vec<_>>().join(", ")
}
