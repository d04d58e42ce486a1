use std::sync::Arc;

use bytes::Bytes;

use super::super::cell::{TextContext, text};
use super::super::schema::{Field, Table};
use super::super::snapshot::{Row, State};
use super::super::write::find_field;
use crate::contracts::{
    BaseError, BaseErrorKind, BaseResult, CellFormat, ReadOptions, RenderedRecord,
};

/// How the records of an answer are written, checked once a request.
pub(in crate::airtable) struct Projection {
    fields: Option<Vec<Arc<Field>>>,
    by_field_id: bool,
    text: Option<TextShape>,
}

struct TextShape {
    time_zone: Option<String>,
    locale: Option<String>,
}

impl Projection {
    pub(in crate::airtable) fn new(table: &Table, read: &ReadOptions) -> BaseResult<Self> {
        let fields = read
            .fields
            .as_ref()
            .map(|names| chosen_fields(table, names))
            .transpose()?;
        let text = match read.cell_format {
            CellFormat::Json => None,
            CellFormat::Text => Some(text_shape(read)?),
        };
        Ok(Self {
            fields,
            by_field_id: read.by_field_id,
            text,
        })
    }

    /// Cells whole and typed, keyed by id or name.
    pub(in crate::airtable) fn whole(by_field_id: bool) -> Self {
        Self {
            fields: None,
            by_field_id,
            text: None,
        }
    }

    pub(in crate::airtable) fn render(
        &self,
        state: &State,
        table: &Table,
        row: &Row,
    ) -> RenderedRecord {
        RenderedRecord {
            id: row.meta.id,
            json: self.json(state, table, row),
        }
    }

    fn json(&self, state: &State, table: &Table, row: &Row) -> Bytes {
        let fields = self.fields.as_deref().unwrap_or(&table.fields);
        match &self.text {
            None if self.fields.is_none() && !self.by_field_id => {
                row.json(table, &state.links).clone()
            }
            None => row.render(table, fields, self.by_field_id, &state.links),
            Some(shape) => {
                let names = |table, record| state.name_of(table, record);
                let context = TextContext {
                    time_zone: shape.time_zone.as_deref(),
                    locale: shape.locale.as_deref(),
                    names: &names,
                    links: Some(&state.links),
                };
                row.render_text(table, fields, self.by_field_id, |field, cell| {
                    text(field, cell, &context)
                })
            }
        }
    }
}

fn chosen_fields(table: &Table, names: &[String]) -> BaseResult<Vec<Arc<Field>>> {
    let mut fields: Vec<Arc<Field>> = Vec::with_capacity(names.len());
    for name in names {
        let field = find_field(table, name)?;
        if !fields.iter().any(|known| known.id == field.id) {
            fields.push(field.clone());
        }
    }
    fields.sort_unstable_by_key(|field| field.slot);
    Ok(fields)
}

fn text_shape(read: &ReadOptions) -> BaseResult<TextShape> {
    let (Some(time_zone), Some(locale)) = (&read.time_zone, &read.user_locale) else {
        return Err(BaseError::new(
            BaseErrorKind::InvalidRequest,
            "cellFormat=string needs timeZone and userLocale",
        ));
    };
    let known = matches!(time_zone.as_str(), "utc" | "client")
        || jiff::tz::TimeZone::get(time_zone).is_ok();
    if !known {
        return Err(BaseError::new(
            BaseErrorKind::InvalidRequest,
            format!("timeZone {time_zone:?} is no IANA time zone"),
        ));
    }
    Ok(TextShape {
        time_zone: Some(time_zone.clone()),
        locale: Some(locale.clone()),
    })
}
