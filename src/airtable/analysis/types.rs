//! What the types of fields have in common, by Airtable's names.

/// Whether nobody writes the cells.
pub(super) fn is_computed(field_type: &str) -> bool {
    is_derived(field_type)
        || matches!(
            field_type,
            "autoNumber"
                | "createdTime"
                | "lastModifiedTime"
                | "createdBy"
                | "lastModifiedBy"
                | "button"
        )
}

/// Whether the cells are computed from those of other fields.
pub(super) fn is_derived(field_type: &str) -> bool {
    matches!(
        field_type,
        "formula" | "rollup" | "multipleLookupValues" | "count" | "aiText" | "externalSyncSource"
    )
}

/// Whether the cells hold a text of no particular form.
pub(super) fn is_text(field_type: &str) -> bool {
    field_type == "singleLineText" || is_prose(field_type)
}

/// Whether the cells hold texts of several lines.
pub(super) fn is_prose(field_type: &str) -> bool {
    matches!(field_type, "multilineText" | "richText")
}
