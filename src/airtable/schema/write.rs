use serde_json::{Value, json};

use super::types::{Choice, Choices, Field, Kind, Link, Table};
use crate::contracts::{FieldSchema, TableSchema};

impl Table {
    /// The table as the metadata API shows it.
    pub(crate) fn to_schema(&self) -> TableSchema {
        TableSchema {
            id: self.id,
            name: self.name.clone(),
            description: shown_description(self.description.as_ref()),
            primary_field_id: self.primary,
            fields: self.fields.iter().map(|field| field.to_schema()).collect(),
            views: self.views.iter().map(|view| view.to_schema(self)).collect(),
        }
    }
}

impl Field {
    /// The field as the metadata API shows it.
    pub(crate) fn to_schema(&self) -> FieldSchema {
        FieldSchema {
            id: self.id,
            name: self.name.clone(),
            field_type: self.kind.type_name().to_owned(),
            description: shown_description(self.description.as_ref()),
            options: self.kind.options(),
        }
    }
}

fn shown_description(description: Option<&String>) -> Option<String> {
    description.filter(|text| !text.is_empty()).cloned()
}

impl Kind {
    /// The options as the metadata API shows them; `None` for types without any.
    pub(crate) fn options(&self) -> Option<Value> {
        Some(match self {
            Self::Number { precision } | Self::Percent { precision } => {
                json!({"precision": precision})
            }
            Self::Currency { precision, symbol } => {
                json!({"precision": precision, "symbol": symbol})
            }
            Self::Duration { format } => json!({"durationFormat": format.pattern()}),
            Self::Rating { max, icon, color } => json!({"icon": icon, "max": max, "color": color}),
            Self::Count { link } => json!({"isValid": link.is_some(), "recordLinkFieldId": link}),
            Self::Checkbox { icon, color } => json!({"icon": icon, "color": color}),
            Self::Date(format) => json!({"dateFormat": format.to_json()}),
            Self::DateTime(format) => format.to_json(),
            Self::CreatedTime(result) => json!({"result": result.to_json()}),
            Self::LastModifiedTime { watched, result } => json!({
                "isValid": true,
                "referencedFieldIds": watched,
                "result": result.to_json(),
            }),
            Self::SingleSelect(choices) | Self::MultipleSelects(choices) => choices.options(),
            Self::Links(link) => link.options(),
            Self::Attachments { is_reversed } => json!({"isReversed": is_reversed}),
            Self::Computed(computed) => computed.options(),
            Self::Frozen { options, .. } => return options.clone(),
            _ => return None,
        })
    }
}

impl Choices {
    fn options(&self) -> Value {
        let list: Vec<Value> = self.list.iter().map(choice_json).collect();
        json!({"choices": list})
    }
}

fn choice_json(choice: &Choice) -> Value {
    let mut value = json!({"id": choice.id, "name": choice.name});
    if let Some(color) = &choice.color {
        value["color"] = color.as_str().into();
    }
    value
}

impl Link {
    fn options(&self) -> Value {
        let mut value = json!({
            "linkedTableId": self.table,
            "isReversed": self.is_reversed,
            "prefersSingleRecordLink": self.prefers_single,
        });
        if let Some(inverse) = self.inverse {
            value["inverseLinkFieldId"] = json!(inverse);
        }
        if let Some(view) = self.view_for_selection {
            value["viewIdForRecordSelection"] = json!(view);
        }
        value
    }
}
