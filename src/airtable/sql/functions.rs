use std::borrow::Cow;

use memchr::memmem;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

use super::guard::LARGEST_VALUE;

/// The functions a statement may call; what else SQLite has could reach out of the base, or has no use here.
const ALLOWED: &[&str] = &[
    "->",
    "->>",
    "abs",
    "avg",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "datetime",
    "dense_rank",
    "first_value",
    "format",
    "glob",
    "group_concat",
    "hex",
    "ifnull",
    "iif",
    "if",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_error_position",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_insert",
    "json_object",
    "json_patch",
    "json_pretty",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_type",
    "json_valid",
    "julianday",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "likelihood",
    "likely",
    "lower",
    "ltrim",
    "max",
    "min",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "printf",
    "quote",
    "random",
    "randomblob",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "soundex",
    "strftime",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "time",
    "timediff",
    "total",
    "trim",
    "typeof",
    "unhex",
    "unicode",
    "unistr",
    "unistr_quote",
    "unixepoch",
    "unlikely",
    "upper",
    "zeroblob",
];

/// Whether a statement may call a function.
pub(super) fn is_allowed(name: &str) -> bool {
    ALLOWED.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Puts our own `instr` and `replace` in place of SQLite's, which take a time that grows with the square of their texts and
/// cannot be stopped meanwhile.
pub(super) fn replace_slow(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("instr", 2, flags, |context| Ok(place(context)))?;
    connection.create_scalar_function("replace", 3, flags, |context| Ok(replaced(context)))
}

/// The place of the second text in the first, in characters from 1; 0 where it is not.
fn place(context: &Context<'_>) -> Option<i64> {
    let (text, part) = (bytes(context, 0)?, bytes(context, 1)?);
    let Some(found) = memmem::find(&text, &part) else {
        return Some(0);
    };
    let is_blob = |index| matches!(context.get_raw(index), ValueRef::Blob(_));
    let before = &text[..found];
    let before = if is_blob(0) && is_blob(1) {
        before.len()
    } else {
        before.iter().filter(|byte| is_first(**byte)).count()
    };
    i64::try_from(before + 1).ok()
}

/// The first text with the third wherever it has the second.
fn replaced(context: &Context<'_>) -> Option<Value> {
    let (text, old, new) = (bytes(context, 0)?, bytes(context, 1)?, bytes(context, 2)?);
    let mut out = Vec::with_capacity(text.len());
    let mut start = 0;
    let places = memmem::find_iter(&text, &*old).filter(|_| !old.is_empty());
    for place in places {
        out.extend_from_slice(&text[start..place]);
        out.extend_from_slice(&new);
        start = place + old.len();
        if out.len() > LARGEST_VALUE as usize {
            break;
        }
    }
    out.extend_from_slice(&text[start..]);
    Some(Value::Text(String::from_utf8_lossy(&out).into_owned()))
}

/// Whether a character of UTF-8 begins here.
fn is_first(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// An argument as SQLite turns it to text.
fn bytes<'a>(context: &'a Context<'_>, index: usize) -> Option<Cow<'a, [u8]>> {
    match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(Cow::Owned(number.to_string().into_bytes())),
        ValueRef::Real(number) if number.fract() == 0.0 => {
            Some(Cow::Owned(format!("{number:.1}").into_bytes()))
        }
        ValueRef::Real(number) => Some(Cow::Owned(number.to_string().into_bytes())),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(Cow::Borrowed(bytes)),
    }
}
