use serde_json::value::RawValue;

use crate::platform::ids::{AttachmentId, ChoiceId, RecordId};

/// The value of one cell, compact; 24 bytes and what it points to.
#[derive(Clone, Debug, Default)]
pub(crate) enum Cell {
    #[default]
    Empty,
    /// Text kinds.
    Text(Box<str>),
    /// Number kinds, seconds of a duration, rating, autonumber, count.
    Number(f64),
    /// A checked box; an unchecked one is `Empty`.
    Checked,
    /// Days since 1970-01-01.
    Date(i32),
    /// Milliseconds since the epoch.
    Time(i64),
    Choice(ChoiceId),
    Choices(Box<[ChoiceId]>),
    Links(Box<[RecordId]>),
    Person(Box<PersonCell>),
    People(Box<[PersonCell]>),
    Attachments(Box<[AttachmentCell]>),
    Barcode(Box<BarcodeCell>),
    /// The JSON of an imported computed value.
    Raw(Box<RawValue>),
    /// What a lookup gathers, or a formula that gives several values.
    List(Box<[Self]>),
    /// A formula that failed.
    Error,
}

/// A collaborator as captured when the cell was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct PersonCell {
    /// Empty when an import gave only an address or a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

impl PersonCell {
    /// This instance, where it writes by itself.
    pub(crate) fn instance() -> Self {
        Self {
            id: String::new(),
            email: None,
            name: Some("PyAirtable".to_owned()),
        }
    }

    /// Whether this is no person but the instance.
    pub(crate) fn is_instance(&self) -> bool {
        *self == Self::instance()
    }
}

/// An attachment; its URL is empty once its file is in the store, and links are made when it is shown.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct AttachmentCell {
    pub(crate) id: AttachmentId,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) url: String,
    pub(crate) filename: String,
    /// `size`, `type`, `width`, `height`, `thumbnails`, and why there is no file.
    #[serde(flatten)]
    pub(crate) rest: serde_json::Map<String, serde_json::Value>,
}

/// A barcode.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct BarcodeCell {
    pub(crate) text: String,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(crate) symbology: Option<String>,
}

/// What a client's value for a cell means; choices and links may still have to be made.
#[derive(Clone, Debug)]
pub(crate) enum Parsed {
    /// Ready to store.
    Cell(Cell),
    /// Choices of which some are new (typecast, or import).
    Choices(Vec<ChoiceInput>),
    /// Records to link, to be checked and perhaps made.
    Links(Vec<LinkInput>),
}

/// One choice as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChoiceInput {
    Known(ChoiceId),
    New(String),
}

/// One link as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkInput {
    Id(RecordId),
    /// Text of the linked table's primary field (typecast).
    Name(String),
}
