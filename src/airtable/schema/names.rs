use super::types::{Kind, Rule};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};

const LONGEST_NAME: usize = 255;

/// Whether a field of this type may name its records.
pub(crate) fn primary_allowed(kind: &Kind) -> bool {
    match kind {
        Kind::SingleLineText
        | Kind::MultilineText
        | Kind::RichText
        | Kind::Email
        | Kind::Url
        | Kind::PhoneNumber
        | Kind::Number { .. }
        | Kind::Currency { .. }
        | Kind::Percent { .. }
        | Kind::Duration { .. }
        | Kind::AutoNumber
        | Kind::Date(_)
        | Kind::DateTime(_)
        | Kind::Barcode => true,
        Kind::Computed(computed) => matches!(computed.rule, Rule::Formula(_)),
        Kind::Frozen { type_name, .. } => type_name == "formula",
        _ => false,
    }
}

/// Accepts a field name of 1 to 255 characters that no other field of the table bears, whatever the case.
pub(crate) fn check_field_name<'a>(
    name: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> BaseResult<()> {
    let kind = BaseErrorKind::DuplicateOrEmptyFieldName;
    if name.trim().is_empty() {
        return Err(BaseError::new(kind, "A field name must not be empty"));
    }
    check_length(name)?;
    if is_taken(name, others) {
        return Err(BaseError::new(
            kind,
            format!("Field name \"{name}\" is already in use"),
        ));
    }
    Ok(())
}

/// Accepts a table name of 1 to 255 characters that no other table of the base bears, whatever the case.
pub(crate) fn check_table_name<'a>(
    name: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> BaseResult<()> {
    check_name(("Table", BaseErrorKind::DuplicateTableName), name, others)
}

/// Accepts a view name of 1 to 255 characters that no other view of the table bears, whatever the case.
pub(crate) fn check_view_name<'a>(
    name: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> BaseResult<()> {
    check_name(("View", BaseErrorKind::DuplicateViewName), name, others)
}

fn check_name<'a>(
    (what, taken): (&str, BaseErrorKind),
    name: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> BaseResult<()> {
    if name.trim().is_empty() {
        let message = format!("A {} name must not be empty", what.to_lowercase());
        return Err(BaseError::new(BaseErrorKind::InvalidRequest, message));
    }
    check_length(name)?;
    if is_taken(name, others) {
        let message = format!("{what} name \"{name}\" is already in use");
        return Err(BaseError::new(taken, message));
    }
    Ok(())
}

fn check_length(name: &str) -> BaseResult<()> {
    if name.chars().count() > LONGEST_NAME {
        let message = format!("A name must not be longer than {LONGEST_NAME} characters");
        return Err(BaseError::new(BaseErrorKind::InvalidRequest, message));
    }
    Ok(())
}

fn is_taken<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> bool {
    let wanted = name.trim().to_lowercase();
    others
        .into_iter()
        .any(|other| other.trim().to_lowercase() == wanted)
}
