//! A folder of CSV files as a base: one table a file, with guessed types.

mod guess;
mod read;
mod values;

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use self::guess::Guess;
use self::read::Sheet;
use super::build::{self, Ids};
use crate::airtable::ImportDocument;
use crate::contracts::{CreateField, FieldSchema};
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::BaseId;

/// What was made of a folder.
pub(crate) struct Guessed {
    /// Ready to import.
    pub(crate) document: ImportDocument,
    /// For a person to look at first.
    pub(crate) preview: Vec<TablePreview>,
}

/// What was made of one file.
#[derive(Debug, Serialize)]
pub struct TablePreview {
    /// The file.
    pub file: String,
    /// The table's name.
    pub table: String,
    /// How many records.
    pub records: usize,
    /// Its fields in order.
    pub fields: Vec<FieldPreview>,
}

/// What was made of one column.
#[derive(Debug, Serialize)]
pub struct FieldPreview {
    /// The field's name.
    pub name: String,
    /// Its guessed type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The first value that is there.
    pub example: String,
}

/// The base that the CSV files of a folder make; a sentence when they make none.
pub(crate) fn folder(folder: &Path, now: Millis) -> Result<Guessed, String> {
    let sheets = read::folder(folder)?;
    let mut ids = Ids::Fresh;
    let created = rfc3339(now);
    let mut document = ImportDocument {
        id: Some(BaseId::fresh()),
        name: name_of(folder),
        tables: Vec::new(),
        records: HashMap::new(),
    };
    let mut preview = Vec::new();
    for sheet in sheets {
        let guesses = guess::columns(&sheet);
        preview.push(preview_of(&sheet, &guesses));
        let fields = fields(&sheet, &guesses, &mut ids);
        let table_id = ids.table();
        let table = build::table(&mut ids, table_id, sheet.name.clone(), fields);
        let records = sheet.rows.iter().map(|row| {
            let cells = sheet.header.iter().zip(row).zip(&guesses);
            let cells =
                cells.map(|((name, text), guess)| (name.clone(), values::value(guess, text)));
            build::record(ids.record(), &created, cells)
        });
        document
            .records
            .insert(table.id.to_string(), records.collect());
        document.tables.push(table);
    }
    Ok(Guessed { document, preview })
}

/// The fields that suit columns of text, ready to be made; the first fits as the primary field.
pub(crate) fn guess_fields(header: Vec<String>, rows: Vec<Vec<String>>) -> Vec<CreateField> {
    let sheet = Sheet::new(String::new(), String::new(), &header, rows);
    let guesses = guess::columns(&sheet);
    let field = |(name, guess): (&String, Guess)| CreateField {
        name: name.clone(),
        field_type: guess.kind().to_owned(),
        description: None,
        options: guess.shape(&mut Ids::Fresh).options.map(without_ids),
    };
    sheet.header.iter().zip(guesses).map(field).collect()
}

/// Options for a field that is to be made: its choices have no ids yet.
fn without_ids(mut options: Value) -> Value {
    let choices = options.get_mut("choices").and_then(Value::as_array_mut);
    for choice in choices.into_iter().flatten() {
        if let Some(choice) = choice.as_object_mut() {
            choice.remove("id");
        }
    }
    options
}

fn name_of(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = whole
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "Imported".to_owned())
}

fn fields(sheet: &Sheet, guesses: &[Guess], ids: &mut Ids) -> Vec<FieldSchema> {
    let columns = sheet.header.iter().zip(guesses);
    columns
        .map(|(name, guess)| build::field(ids.field(), name.clone(), guess.shape(ids)))
        .collect()
}

fn preview_of(sheet: &Sheet, guesses: &[Guess]) -> TablePreview {
    let fields = sheet
        .header
        .iter()
        .zip(guesses)
        .enumerate()
        .map(|(column, (name, guess))| {
            let example = sheet
                .column(column)
                .next()
                .unwrap_or_default()
                .chars()
                .take(60)
                .collect();
            FieldPreview {
                name: name.clone(),
                kind: guess.kind(),
                example,
            }
        });
    TablePreview {
        file: sheet.file.clone(),
        table: sheet.name.clone(),
        records: sheet.rows.len(),
        fields: fields.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airtable::transfer::document;

    fn guessed(file: &str, text: &str) -> Guessed {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(dir.path().join(file), text).expect("the file can be written");
        folder(dir.path(), 0).expect("the folder has a CSV file")
    }

    #[test]
    fn every_type_is_guessed_from_its_values() {
        let text = "\u{feff}Name;Done;Hours;Price;Share;Due;At;Mail;Site;Phone;State;Tags;Text;Zip\n\
            Saw;checked;2.5;€1,200.50;12%;2024-03-05;2024-03-05 07:08;a@b.example;https://a.example;+49 30 1234567;Open;red, blue;\"one\ntwo\";01234\n\
            Drill;;3;€3.00;5.5%;2024-03-06;2024-03-05T07:08:09Z;c@d.example;http://b.example;(030) 555-1234;Open;red;x;09999\n\
            Nail;checked;;€4;1%;2024-03-07;2024-03-05 07:09;e@f.example;https://c.example;030 1234567;Done;blue, red;y;10115\n\
            Glue;;1;€5;2%;2024-03-08;2024-03-05 07:10;g@h.example;https://d.example;030 7654321;Done;blue;z;10117\n";
        let made = guessed("Tools.csv", text);
        let kinds: Vec<&str> = made.preview[0]
            .fields
            .iter()
            .map(|field| field.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                "singleLineText",
                "checkbox",
                "number",
                "currency",
                "percent",
                "date",
                "dateTime",
                "email",
                "url",
                "phoneNumber",
                "singleSelect",
                "multipleSelects",
                "multilineText",
                "singleLineText",
            ]
        );
        assert_eq!(document::check(&made.document), []);
        let table = made.document.tables[0].id.to_string();
        let fields = Value::Object(made.document.records[&table][0].fields.clone());
        assert_eq!(
            fields,
            serde_json::json!({
                "Name": "Saw", "Done": true, "Hours": 2.5, "Price": 1200.5, "Share": 0.12,
                "Due": "2024-03-05", "At": "2024-03-05T07:08:00.000Z", "Mail": "a@b.example",
                "Site": "https://a.example", "Phone": "+49 30 1234567", "State": "Open",
                "Tags": ["red", "blue"], "Text": "one\ntwo", "Zip": "01234",
            })
        );
    }

    #[test]
    fn headers_are_made_unique_and_short_rows_are_filled() {
        let made = guessed("t.csv", "A,a,,A\n1,2\n");
        let names: Vec<&str> = made.preview[0]
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(names, ["A", "a 2", "Field 3", "A 3"]);
        assert_eq!(made.preview[0].records, 1);
    }
}
