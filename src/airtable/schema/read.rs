use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::choices::cycled_color;
use super::computed;
use super::formats::is_time_zone;
use super::types::{
    Choice, Choices, DateFormat, DateTimeFormat, DurationFormat, Field, Kind, Link, Table,
    TimeResult, View,
};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, FieldSchema, TableSchema};
use crate::platform::ids::ChoiceId;

impl Table {
    /// Reads the metadata form; unknown types are kept as they are, missing options get defaults.
    pub(crate) fn from_schema(schema: &TableSchema) -> BaseResult<Self> {
        let fields = schema.fields.iter().enumerate();
        let mut table = Self {
            id: schema.id,
            name: schema.name.clone(),
            description: schema.description.clone(),
            primary: schema.primary_field_id,
            fields: fields
                .map(|(slot, field)| Arc::new(Field::from_schema(field, slot)))
                .collect(),
            views: Vec::new(),
        };
        table.check()?;
        let views = schema.views.iter();
        table.views = views.map(|view| View::from_schema(view, &table)).collect();
        Ok(table)
    }

    fn check(&self) -> BaseResult<()> {
        let refuse = |what: &str| {
            let message = format!("Table \"{}\" {what}", self.name);
            Err(BaseError::new(BaseErrorKind::InvalidRequest, message))
        };
        let ids: HashSet<_> = self.fields.iter().map(|field| field.id).collect();
        if ids.len() != self.fields.len() {
            return refuse("has two fields with one id");
        }
        if !ids.contains(&self.primary) {
            return refuse("does not contain its primary field");
        }
        Ok(())
    }
}

impl Field {
    /// Reads the metadata form of the field at this place of its table.
    pub(crate) fn from_schema(schema: &FieldSchema, slot: usize) -> Self {
        Self {
            id: schema.id,
            name: schema.name.clone(),
            description: schema.description.clone(),
            slot,
            kind: kind(&schema.field_type, schema.options.as_ref()),
        }
    }
}

fn kind(type_name: &str, options: Option<&Value>) -> Kind {
    known_kind(type_name, options.unwrap_or(&Value::Null)).unwrap_or_else(|| Kind::Frozen {
        type_name: type_name.to_owned(),
        options: options.cloned(),
    })
}

pub(super) fn known_kind(type_name: &str, options: &Value) -> Option<Kind> {
    Some(match type_name {
        "number" => Kind::Number {
            precision: small(options, "precision", 0),
        },
        "currency" => Kind::Currency {
            precision: small(options, "precision", 2),
            symbol: text(options, "symbol", "$"),
        },
        "percent" => Kind::Percent {
            precision: small(options, "precision", 0),
        },
        "duration" => Kind::Duration {
            format: duration_format(options),
        },
        "rating" => Kind::Rating {
            max: small(options, "max", 5),
            icon: text(options, "icon", "star"),
            color: text(options, "color", "yellowBright"),
        },
        "count" => Kind::Count {
            link: id(options, "recordLinkFieldId"),
        },
        "checkbox" => Kind::Checkbox {
            icon: text(options, "icon", "check"),
            color: text(options, "color", "greenBright"),
        },
        "date" => Kind::Date(date_format(options)),
        "dateTime" => Kind::DateTime(date_time_format(options)),
        "createdTime" => Kind::CreatedTime(time_result(options)),
        "lastModifiedTime" => Kind::LastModifiedTime {
            watched: watched(options),
            result: time_result(options),
        },
        "singleSelect" => Kind::SingleSelect(choices(options)),
        "multipleSelects" => Kind::MultipleSelects(choices(options)),
        "multipleRecordLinks" => Kind::Links(link(options)?),
        "multipleAttachments" => Kind::Attachments {
            is_reversed: flag(options, "isReversed"),
        },
        "formula" | "rollup" | "multipleLookupValues" => computed::read(type_name, options)?,
        _ => return plain_kind(type_name),
    })
}

/// The types that have no options.
pub(super) fn plain_kind(type_name: &str) -> Option<Kind> {
    Some(match type_name {
        "singleLineText" => Kind::SingleLineText,
        "multilineText" => Kind::MultilineText,
        "richText" => Kind::RichText,
        "email" => Kind::Email,
        "url" => Kind::Url,
        "phoneNumber" => Kind::PhoneNumber,
        "autoNumber" => Kind::AutoNumber,
        "singleCollaborator" => Kind::SingleCollaborator,
        "multipleCollaborators" => Kind::MultipleCollaborators,
        "createdBy" => Kind::CreatedBy,
        "lastModifiedBy" => Kind::LastModifiedBy,
        "barcode" => Kind::Barcode,
        _ => return None,
    })
}

fn text(options: &Value, key: &str, default: &str) -> String {
    options[key].as_str().unwrap_or(default).to_owned()
}

fn small(options: &Value, key: &str, default: u8) -> u8 {
    options[key]
        .as_u64()
        .and_then(|number| number.try_into().ok())
        .unwrap_or(default)
}

fn flag(options: &Value, key: &str) -> bool {
    options[key].as_bool().unwrap_or(false)
}

pub(super) fn id<T: std::str::FromStr>(options: &Value, key: &str) -> Option<T> {
    options[key].as_str().and_then(|text| text.parse().ok())
}

fn duration_format(options: &Value) -> DurationFormat {
    let pattern = options["durationFormat"].as_str();
    pattern
        .and_then(DurationFormat::of_pattern)
        .unwrap_or(DurationFormat::Minutes)
}

fn date_format(options: &Value) -> DateFormat {
    let name = options["dateFormat"]["name"].as_str();
    name.and_then(DateFormat::named).unwrap_or(DateFormat::Iso)
}

fn date_time_format(options: &Value) -> DateTimeFormat {
    let zone = options["timeZone"]
        .as_str()
        .filter(|zone| is_time_zone(zone));
    DateTimeFormat {
        date: date_format(options),
        twelve_hour: options["timeFormat"]["name"] == "12hour",
        time_zone: zone.unwrap_or("utc").to_owned(),
    }
}

fn time_result(options: &Value) -> TimeResult {
    let result = &options["result"];
    match result["type"].as_str() {
        Some("date") => TimeResult::Date(date_format(&result["options"])),
        Some(_) => TimeResult::DateTime(date_time_format(&result["options"])),
        None => TimeResult::default(),
    }
}

fn watched<T: std::str::FromStr>(options: &Value) -> Vec<T> {
    let ids = options["referencedFieldIds"]
        .as_array()
        .into_iter()
        .flatten();
    ids.filter_map(|id| id.as_str()?.parse().ok()).collect()
}

fn choices(options: &Value) -> Choices {
    let entries = options["choices"].as_array().into_iter().flatten();
    Choices::new(
        entries
            .enumerate()
            .filter_map(|(rank, entry)| choice(rank, entry))
            .collect(),
    )
}

fn choice(rank: usize, entry: &Value) -> Option<Choice> {
    let name = entry["name"].as_str()?.to_owned();
    let known: Option<ChoiceId> = id(entry, "id");
    // A choice with an id comes from Airtable or the store, where a missing colour means "none".
    let default = known.is_none().then(|| cycled_color(rank));
    let color = entry["color"].as_str().or(default).map(str::to_owned);
    Some(Choice {
        id: known.unwrap_or_else(ChoiceId::fresh),
        name,
        color,
    })
}

fn link(options: &Value) -> Option<Link> {
    Some(Link {
        table: id(options, "linkedTableId")?,
        is_reversed: flag(options, "isReversed"),
        prefers_single: flag(options, "prefersSingleRecordLink"),
        inverse: id(options, "inverseLinkFieldId"),
        view_for_selection: id(options, "viewIdForRecordSelection"),
    })
}
