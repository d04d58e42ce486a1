use super::types::{Field, Kind};

impl Kind {
    /// Airtable's name of the type.
    pub(crate) fn type_name(&self) -> &str {
        match self {
            Self::SingleLineText => "singleLineText",
            Self::MultilineText => "multilineText",
            Self::RichText => "richText",
            Self::Email => "email",
            Self::Url => "url",
            Self::PhoneNumber => "phoneNumber",
            Self::Number { .. } => "number",
            Self::Currency { .. } => "currency",
            Self::Percent { .. } => "percent",
            Self::Duration { .. } => "duration",
            Self::Rating { .. } => "rating",
            Self::AutoNumber => "autoNumber",
            Self::Count { .. } => "count",
            Self::Checkbox { .. } => "checkbox",
            Self::Date(_) => "date",
            Self::DateTime(_) => "dateTime",
            Self::CreatedTime(_) => "createdTime",
            Self::LastModifiedTime { .. } => "lastModifiedTime",
            Self::SingleSelect(_) => "singleSelect",
            Self::MultipleSelects(_) => "multipleSelects",
            Self::Links(_) => "multipleRecordLinks",
            Self::SingleCollaborator => "singleCollaborator",
            Self::MultipleCollaborators => "multipleCollaborators",
            Self::CreatedBy => "createdBy",
            Self::LastModifiedBy => "lastModifiedBy",
            Self::Attachments { .. } => "multipleAttachments",
            Self::Barcode => "barcode",
            Self::Computed(computed) => computed.rule.type_name(),
            Self::Frozen { type_name, .. } => type_name,
        }
    }

    /// Whether no client may ever write cells of this type.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(
            self,
            Self::AutoNumber
                | Self::Count { .. }
                | Self::CreatedTime(_)
                | Self::LastModifiedTime { .. }
                | Self::CreatedBy
                | Self::LastModifiedBy
                | Self::Computed(_)
                | Self::Frozen { .. }
        )
    }

    /// The field by whose type values are shown; `field` is the one of this kind.
    pub(crate) fn shown_as<'a>(&'a self, field: &'a Field) -> &'a Field {
        match self {
            Self::Computed(computed) => computed.result.as_deref().unwrap_or(field),
            _ => field,
        }
    }
}
