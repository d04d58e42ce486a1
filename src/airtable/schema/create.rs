use std::collections::HashSet;

use serde_json::{Map, Value};

use super::computed;
use super::options::{OptionResult, Options, choice};
use super::read::plain_kind;
use super::types::{Choice, Choices, Kind, Link};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, CreateField};

/// Types that Airtable knows and this engine does not compute.
const NOT_SUPPORTED: [&str; 4] = ["button", "aiText", "externalSyncSource", "manualSort"];

/// The type that a client asks for, under the strict rules for creation.
pub(crate) fn create_field(field: &CreateField, table_name: &str) -> BaseResult<Kind> {
    let type_name = field.field_type.as_str();
    let place = format!("Invalid options for {table_name}.{}", field.name);
    if NOT_SUPPORTED.contains(&type_name) {
        let message = format!("{place}: Creating {type_name} fields is not supported at this time");
        return Err(BaseError::new(
            BaseErrorKind::UnsupportedFieldTypeForCreate,
            message,
        ));
    }
    let outcome = kind(type_name, field.options.as_ref()).ok_or_else(|| {
        let message = format!("{place}: \"{type_name}\" is not a field type");
        BaseError::new(BaseErrorKind::InvalidRequest, message)
    })?;
    outcome.map_err(|wrong| {
        let message = format!("{place}: Failed schema validation: {wrong}");
        BaseError::new(BaseErrorKind::InvalidFieldTypeOptionsForCreate, message)
    })
}

fn kind(type_name: &str, options: Option<&Value>) -> Option<OptionResult<Kind>> {
    if let Some(kind) = plain_kind(type_name) {
        return Some(optional(options, &[], |_| Ok(kind)));
    }
    Some(match type_name {
        "count" => count(options),
        "formula" | "rollup" | "multipleLookupValues" => computed::create(type_name, options),
        "createdTime" => optional(options, &["result"], |options| {
            options.time_result().map(Kind::CreatedTime)
        }),
        "lastModifiedTime" => optional(
            options,
            &["result", "referencedFieldIds"],
            last_modified_time,
        ),
        "singleSelect" => choices(options).map(Kind::SingleSelect),
        "multipleSelects" => choices(options).map(Kind::MultipleSelects),
        "multipleRecordLinks" => link(options),
        "multipleAttachments" => optional(options, &["isReversed"], |_| {
            Ok(Kind::Attachments { is_reversed: false })
        }),
        _ => return formatted(type_name, options),
    })
}

/// The types whose options say only how a value is shown.
pub(super) fn formatted(type_name: &str, options: Option<&Value>) -> Option<OptionResult<Kind>> {
    Some(match type_name {
        "number" => precision(options).map(|precision| Kind::Number { precision }),
        "percent" => precision(options).map(|precision| Kind::Percent { precision }),
        "currency" => currency(options),
        "duration" => duration(options),
        "rating" => rating(options),
        "checkbox" => checkbox(options),
        "date" => date(options),
        "dateTime" => date_time(options),
        _ => return None,
    })
}

/// Reads options that may be left out altogether.
pub(super) fn optional(
    options: Option<&Value>,
    allowed: &[&str],
    read: impl FnOnce(&Options<'_>) -> OptionResult<Kind>,
) -> OptionResult<Kind> {
    let none = Value::Object(Map::new());
    let given = options
        .filter(|options| !options.is_null())
        .unwrap_or(&none);
    read(&Options::new(Some(given), allowed)?)
}

fn precision(options: Option<&Value>) -> OptionResult<u8> {
    Options::new(options, &["precision"])?.whole("precision", 0, 8)
}

fn currency(options: Option<&Value>) -> OptionResult<Kind> {
    let options = Options::new(options, &["precision", "symbol"])?;
    let precision = options.whole("precision", 0, 7)?;
    Ok(Kind::Currency {
        precision,
        symbol: options.text("symbol")?.to_owned(),
    })
}

fn duration(options: Option<&Value>) -> OptionResult<Kind> {
    let format = Options::new(options, &["durationFormat"])?.duration_format()?;
    Ok(Kind::Duration { format })
}

fn rating(options: Option<&Value>) -> OptionResult<Kind> {
    let options = Options::new(options, &["icon", "color", "max"])?;
    let (icon, color) = (options.rating_icon()?, options.icon_color()?);
    Ok(Kind::Rating {
        max: options.whole("max", 1, 10)?,
        icon,
        color,
    })
}

fn checkbox(options: Option<&Value>) -> OptionResult<Kind> {
    let options = Options::new(options, &["icon", "color"])?;
    Ok(Kind::Checkbox {
        icon: options.checkbox_icon()?,
        color: options.icon_color()?,
    })
}

fn date(options: Option<&Value>) -> OptionResult<Kind> {
    Options::new(options, &["dateFormat"])?
        .date_format()
        .map(Kind::Date)
}

fn date_time(options: Option<&Value>) -> OptionResult<Kind> {
    let allowed = ["dateFormat", "timeFormat", "timeZone"];
    Options::new(options, &allowed)?
        .date_time_format()
        .map(Kind::DateTime)
}

fn count(options: Option<&Value>) -> OptionResult<Kind> {
    let options = Options::new(options, &["recordLinkFieldId"])?;
    Ok(Kind::Count {
        link: Some(options.id("recordLinkFieldId")?),
    })
}

fn last_modified_time(options: &Options<'_>) -> OptionResult<Kind> {
    let ids = options
        .get("referencedFieldIds")
        .map(|ids| ids.as_array().ok_or(ids));
    let ids = match ids {
        None => &Vec::new(),
        Some(Ok(ids)) => ids,
        Some(Err(_)) => {
            return Err("<Field>.options.referencedFieldIds must be an array".to_owned());
        }
    };
    let watched: Option<Vec<_>> = ids.iter().map(|id| id.as_str()?.parse().ok()).collect();
    let watched = watched.ok_or("<Field>.options.referencedFieldIds must hold field ids")?;
    Ok(Kind::LastModifiedTime {
        watched,
        result: options.time_result()?,
    })
}

fn choices(options: Option<&Value>) -> OptionResult<Choices> {
    choice_list(Options::new(options, &["choices"])?.choices()?, &[])
}

/// The choices described by the entries, with those that exist recognised by id or name.
pub(super) fn choice_list(entries: &[Value], existing: &[Choice]) -> OptionResult<Choices> {
    let entries = entries.iter().enumerate();
    let list: Vec<Choice> = entries
        .map(|(rank, entry)| choice(rank, entry, existing))
        .collect::<OptionResult<_>>()?;
    let (mut names, mut ids) = (HashSet::new(), HashSet::new());
    let twin = list
        .iter()
        .find(|it| !names.insert(it.name.as_str()) || !ids.insert(it.id));
    match twin {
        Some(twin) => Err(format!(
            "<Field>.options.choices holds \"{}\" twice",
            twin.name
        )),
        None => Ok(Choices::new(list)),
    }
}

fn link(options: Option<&Value>) -> OptionResult<Kind> {
    let options = Options::new(options, &["linkedTableId", "viewIdForRecordSelection"])?;
    let view = options.get("viewIdForRecordSelection");
    Ok(Kind::Links(Link {
        table: options.id("linkedTableId")?,
        is_reversed: false,
        prefers_single: false,
        inverse: None,
        view_for_selection: view
            .map(|_| options.id("viewIdForRecordSelection"))
            .transpose()?,
    }))
}
