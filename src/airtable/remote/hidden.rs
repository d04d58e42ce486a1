use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::contracts::{BaseError, BaseErrorKind, BaseResult, FieldSchema, TableSchema};
use crate::platform::ids::{FieldId, TableId};

/// The only members of a field's options that may name what is hidden: they are left out then.
const LEFT_OUT: [&str; 2] = ["inverseLinkFieldId", "viewIdForRecordSelection"];

/// What of a base is not for its members; nor is what is computed from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::airtable) struct Hidden {
    /// Whole tables, by id.
    tables: Vec<TableId>,
    /// Fields, by id.
    fields: Vec<FieldId>,
}

impl Hidden {
    pub(in crate::airtable) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.fields.is_empty()
    }

    pub(in crate::airtable) fn parse(text: Option<&str>) -> Self {
        let parsed = text.map(serde_json::from_str);
        parsed.and_then(Result::ok).unwrap_or_default()
    }

    pub(in crate::airtable) fn to_json(&self) -> Option<String> {
        let json = (!self.is_empty()).then(|| serde_json::to_string(self));
        json.and_then(Result::ok)
    }

    /// Why nothing is replaced as a whole in a base with hidden parts.
    pub(in crate::airtable) fn no_put() -> BaseError {
        invalid("Parts of this base are hidden, and PUT would clear them; use PATCH".to_owned())
    }

    /// Refuses to hide what a table cannot be without.
    pub(in crate::airtable) fn check(&self, tables: &[TableSchema]) -> BaseResult<()> {
        let primary = tables
            .iter()
            .find(|table| self.fields.contains(&table.primary_field_id));
        if let Some(table) = primary {
            return Err(invalid(format!(
                "The field that names the records of \"{}\" cannot be hidden; hide the table",
                table.name
            )));
        }
        if self.shown(tables.to_vec()).is_empty() {
            return Err(invalid("At least one table must not be hidden".to_owned()));
        }
        Ok(())
    }

    /// The definitions without what is hidden and what would give it away.
    pub(in crate::airtable) fn shown(&self, mut tables: Vec<TableSchema>) -> Vec<TableSchema> {
        if self.is_empty() {
            return tables;
        }
        let hidden = self.closure(&tables);
        tables.retain(|table| !hidden.contains(&table.id.to_string()));
        for table in &mut tables {
            table
                .fields
                .retain(|field| !hidden.contains(&field.id.to_string()));
            for field in &mut table.fields {
                leave_out(field, &hidden);
            }
            for view in &mut table.views {
                if let Some(shown) = &mut view.visible_field_ids {
                    shown.retain(|id| !hidden.contains(&id.to_string()));
                }
            }
        }
        tables
    }

    /// Ids of all that is hidden: what was named, what names it, and so on.
    fn closure(&self, tables: &[TableSchema]) -> HashSet<String> {
        let named = self.tables.iter().map(ToString::to_string);
        let named = named.chain(self.fields.iter().map(ToString::to_string));
        let mut hidden: HashSet<String> = named.collect();
        loop {
            let before = hidden.len();
            for table in tables {
                let is_nameless = hidden.contains(&table.primary_field_id.to_string());
                if is_nameless || hidden.contains(&table.id.to_string()) {
                    hidden.insert(table.id.to_string());
                    hidden.extend(table.fields.iter().map(|field| field.id.to_string()));
                    continue;
                }
                let telling = table.fields.iter().filter(|field| tells(field, &hidden));
                let telling: Vec<String> = telling.map(|field| field.id.to_string()).collect();
                hidden.extend(telling);
            }
            if hidden.len() == before {
                return hidden;
            }
        }
    }
}

fn invalid(message: String) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}

/// Whether the options of a field name something hidden, so that its values may tell of it.
fn tells(field: &FieldSchema, hidden: &HashSet<String>) -> bool {
    let options = field.options.as_ref();
    options.is_some_and(|options| names(options, hidden))
}

fn names(value: &Value, hidden: &HashSet<String>) -> bool {
    match value {
        // A formula has ids within its text.
        Value::String(text) => hidden.iter().any(|id| text.contains(id.as_str())),
        Value::Array(items) => items.iter().any(|item| names(item, hidden)),
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| !LEFT_OUT.contains(&key.as_str()) && names(value, hidden)),
        _ => false,
    }
}

fn leave_out(field: &mut FieldSchema, hidden: &HashSet<String>) {
    let Some(Value::Object(options)) = &mut field.options else {
        return;
    };
    options.retain(|key, value| !(LEFT_OUT.contains(&key.as_str()) && names(value, hidden)));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(number: u128, name: &str, kind: &str, options: Value) -> Value {
        let mut field = json!({"id": FieldId::from_number(number), "name": name, "type": kind});
        if !options.is_null() {
            field["options"] = options;
        }
        field
    }

    fn table(number: u128, name: &str, fields: Vec<Value>) -> TableSchema {
        let table = json!({
            "id": TableId::from_number(number), "name": name,
            "primaryFieldId": fields[0]["id"], "fields": fields, "views": [],
        });
        serde_json::from_value(table).unwrap()
    }

    fn base() -> Vec<TableSchema> {
        let id = FieldId::from_number;
        let text = |number, name| field(number, name, "singleLineText", Value::Null);
        let people =
            json!({"linkedTableId": TableId::from_number(2), "inverseLinkFieldId": id(23)});
        let tasks = json!({"linkedTableId": TableId::from_number(1), "inverseLinkFieldId": id(13)});
        let wage = json!({"recordLinkFieldId": id(13), "fieldIdInLinkedTable": id(22)});
        let twice = json!({"formula": format!("{{{}}}*2", id(14)), "referencedFieldIds": [id(14)]});
        vec![
            table(
                1,
                "Tasks",
                vec![
                    text(11, "Name"),
                    text(12, "Note"),
                    field(13, "Who", "multipleRecordLinks", people),
                    field(14, "Wage", "multipleLookupValues", wage),
                    field(15, "Twice", "formula", twice),
                ],
            ),
            table(
                2,
                "People",
                vec![
                    text(21, "Name"),
                    text(22, "Wage"),
                    field(23, "Tasks", "multipleRecordLinks", tasks),
                ],
            ),
        ]
    }

    fn names_left(hidden: &Hidden) -> Vec<String> {
        let shown = hidden.shown(base());
        let of = |table: &TableSchema| {
            let fields = table.fields.iter().map(|field| field.name.as_str());
            format!("{}: {}", table.name, fields.collect::<Vec<_>>().join(" "))
        };
        shown.iter().map(of).collect()
    }

    #[test]
    fn what_is_computed_from_something_hidden_is_hidden_too() {
        let wages = Hidden {
            fields: vec![FieldId::from_number(22)],
            tables: Vec::new(),
        };
        assert_eq!(
            names_left(&wages),
            ["Tasks: Name Note Who", "People: Name Tasks"]
        );
        let people = Hidden {
            tables: vec![TableId::from_number(2)],
            fields: Vec::new(),
        };
        assert_eq!(names_left(&people), ["Tasks: Name Note"]);
    }

    #[test]
    fn a_hidden_twin_of_a_link_is_not_even_named() {
        let twin = Hidden {
            fields: vec![FieldId::from_number(23)],
            tables: Vec::new(),
        };
        assert_eq!(names_left(&twin)[0], "Tasks: Name Note Who Wage Twice");
        let text = serde_json::to_string(&twin.shown(base())).unwrap();
        assert!(!text.contains(&FieldId::from_number(23).to_string()));
    }

    #[test]
    fn the_name_of_a_record_is_hidden_with_its_table_alone() {
        let name = Hidden {
            fields: vec![FieldId::from_number(21)],
            tables: Vec::new(),
        };
        let refused = name.check(&base()).unwrap_err();
        assert!(
            refused.message.contains("\"People\""),
            "{}",
            refused.message
        );
        let all = Hidden {
            tables: vec![TableId::from_number(1), TableId::from_number(2)],
            fields: Vec::new(),
        };
        assert!(all.check(&base()).is_err());
        assert!(Hidden::default().check(&base()).is_ok());
    }
}
