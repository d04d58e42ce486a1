use serde_json::Value;

use super::computed;
use super::create::{choice_list, formatted, optional};
use super::options::{OptionResult, Options};
use super::types::{Choices, Field, Kind};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, ChoiceRemoval};

/// The field's type with changed options; members that are not given stay as they are.
pub(crate) fn update_options(
    field: &Field,
    options: &Value,
    removal: ChoiceRemoval,
) -> BaseResult<Kind> {
    changed(field, options, removal).map_err(|wrong| {
        let message = format!("Invalid options for {}: {wrong}", field.name);
        BaseError::new(BaseErrorKind::InvalidRequest, message)
    })
}

fn changed(field: &Field, options: &Value, removal: ChoiceRemoval) -> OptionResult<Kind> {
    match &field.kind {
        Kind::SingleSelect(before) => choices(before, options, removal).map(Kind::SingleSelect),
        Kind::MultipleSelects(before) => {
            choices(before, options, removal).map(Kind::MultipleSelects)
        }
        Kind::CreatedTime(_) => optional(Some(options), &["result"], |it| {
            it.time_result().map(Kind::CreatedTime)
        }),
        Kind::LastModifiedTime { watched, .. } => optional(Some(options), &["result"], |it| {
            Ok(Kind::LastModifiedTime {
                watched: watched.clone(),
                result: it.time_result()?,
            })
        }),
        Kind::Computed(before) => computed::update(before, options),
        kind => {
            let merged = merged(kind, options)?;
            formatted(kind.type_name(), Some(&merged))
                .unwrap_or_else(|| Err(format!("{} options cannot be changed", kind.type_name())))
        }
    }
}

fn merged(kind: &Kind, options: &Value) -> OptionResult<Value> {
    let given = options
        .as_object()
        .ok_or("<Field>.options is not an object")?;
    let mut merged = kind
        .options()
        .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let members = merged
        .as_object_mut()
        .ok_or("options of this type cannot be changed")?;
    members.extend(
        given
            .iter()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    Ok(merged)
}

/// The whole new list of choices; one that is not in it is removed, where that is allowed.
fn choices(before: &Choices, options: &Value, removal: ChoiceRemoval) -> OptionResult<Choices> {
    let entries = Options::new(Some(options), &["choices"])?.choices()?;
    let after = choice_list(entries, &before.list)?;
    let lost = before
        .list
        .iter()
        .find(|choice| after.rank(choice.id).is_none());
    match lost.filter(|_| removal == ChoiceRemoval::Refused) {
        Some(lost) => Err(format!(
            "choice \"{}\" ({}) cannot be removed",
            lost.name, lost.id
        )),
        None => Ok(after),
    }
}
