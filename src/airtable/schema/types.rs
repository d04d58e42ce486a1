use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::super::formula;
use crate::contracts::SortDirection;
use crate::platform::ids::{
    BaseId, ChoiceId, FieldId, TableId, TenantId, UserId, ViewId, WorkspaceId,
};

/// A base's definition; immutable, replaced whole on every schema change.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub(crate) id: BaseId,
    pub(crate) tenant: TenantId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) name: String,
    /// Whether it is a copy of one at Airtable, to which all its changes go first.
    pub(crate) is_mirror: bool,
    pub(crate) tables: Vec<Arc<Table>>,
}

/// A table's definition.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) id: TableId,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) primary: FieldId,
    /// In order; a field's index is also its slot in a row's cells, for fields are never removed.
    pub(crate) fields: Vec<Arc<Field>>,
    pub(crate) views: Vec<View>,
}

/// A view's definition.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: ViewId,
    pub(crate) name: String,
    pub(crate) view_type: String,
    pub(crate) personal_for: Option<UserId>,
    pub(crate) filter: Option<ViewFilter>,
    /// First the strongest.
    pub(crate) sort: Vec<(FieldId, SortDirection)>,
    pub(crate) hidden: Vec<FieldId>,
    /// Hidden fields included; those not named follow in the order of the table.
    pub(crate) order: Vec<FieldId>,
}

/// Which records are in a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ViewFilter {
    /// Fields are named by id.
    pub(crate) formula: String,
    /// Why it cannot be applied.
    pub(crate) fault: Option<String>,
}

/// A field's definition.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) id: FieldId,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Index into [`Table::fields`] and into a row's cells.
    pub(crate) slot: usize,
    pub(crate) kind: Kind,
}

/// A field's type with its options.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    SingleLineText,
    MultilineText,
    RichText,
    Email,
    Url,
    PhoneNumber,
    Number {
        precision: u8,
    },
    Currency {
        precision: u8,
        symbol: String,
    },
    Percent {
        precision: u8,
    },
    Duration {
        format: DurationFormat,
    },
    Rating {
        max: u8,
        icon: String,
        color: String,
    },
    AutoNumber,
    Count {
        link: Option<FieldId>,
    },
    Checkbox {
        icon: String,
        color: String,
    },
    Date(DateFormat),
    DateTime(DateTimeFormat),
    CreatedTime(TimeResult),
    LastModifiedTime {
        watched: Vec<FieldId>,
        result: TimeResult,
    },
    SingleSelect(Choices),
    MultipleSelects(Choices),
    Links(Link),
    SingleCollaborator,
    MultipleCollaborators,
    CreatedBy,
    LastModifiedBy,
    Attachments {
        is_reversed: bool,
    },
    Barcode,
    Computed(Box<Computed>),
    /// A type this engine does not compute: values come by import and stay as they are.
    Frozen {
        type_name: String,
        options: Option<Value>,
    },
}

/// A field whose values follow from other cells.
#[derive(Clone, Debug)]
pub(crate) struct Computed {
    pub(crate) rule: Rule,
    /// The fields of the same table that it is computed from.
    pub(crate) referenced: Vec<FieldId>,
    /// As which its values are shown: itself in the type of its result, or the field looked up.
    pub(crate) result: Option<Arc<Field>>,
    /// What its values are to formulas.
    pub(crate) operand: formula::Kind,
}

/// What a computed field is computed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Fields are named by id.
    Formula(String),
    /// A formula over the values of a field of the linked records.
    Rollup(Path, String),
    Lookup(Path),
}

/// A field of the records that a link field leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) link: FieldId,
    pub(crate) field: FieldId,
}

/// The five named date formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateFormat {
    Local,
    Friendly,
    Us,
    European,
    Iso,
}

/// How a duration is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DurationFormat {
    Minutes,
    Seconds,
    Tenths,
    Hundredths,
    Thousandths,
}

/// How a date with time is shown, and in which zone a text without one is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateTimeFormat {
    pub(crate) date: DateFormat,
    pub(crate) twelve_hour: bool,
    /// `utc`, `client` or an IANA name.
    pub(crate) time_zone: String,
}

/// What a computed time shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimeResult {
    Date(DateFormat),
    DateTime(DateTimeFormat),
}

/// A link field's options.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) table: TableId,
    pub(crate) is_reversed: bool,
    pub(crate) prefers_single: bool,
    /// The twin in the linked table; `None` for a link without one.
    pub(crate) inverse: Option<FieldId>,
    pub(crate) view_for_selection: Option<ViewId>,
}

/// One choice of a select field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) id: ChoiceId,
    pub(crate) name: String,
    pub(crate) color: Option<String>,
}

/// The choices of a select field; their order is the sort order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    pub(crate) list: Vec<Choice>,
    pub(crate) by_id: HashMap<ChoiceId, usize>,
    pub(crate) by_name: HashMap<String, usize>,
}
