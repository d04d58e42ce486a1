use std::borrow::Cow;
use std::fmt::Display;

use serde_json::Value;

/// The characters a text literal stands for.
pub(super) fn text(written: &str) -> Cow<'_, str> {
    unescaped(written, |character, out| out.push(character))
}

/// The same where a regular expression is wanted: a backslash that escapes nothing here is the pattern's own.
pub(super) fn pattern(written: &str) -> Cow<'_, str> {
    unescaped(written, |character, out| {
        out.push('\\');
        out.push(character);
    })
}

fn unescaped(written: &str, other: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !written.contains('\\') {
        return Cow::Borrowed(written);
    }
    let mut out = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(quoted @ ('"' | '\'' | '\\')) => out.push(quoted),
            Some(character) => other(character, &mut out),
            None => {}
        }
    }
    Cow::Owned(out)
}

/// The name between the braces of a field reference.
pub(super) fn field_name(written: &str) -> Cow<'_, str> {
    if written.contains('\\') {
        Cow::Owned(written.replace("\\}", "}").replace("\\{", "{"))
    } else {
        Cow::Borrowed(written)
    }
}

/// A text as a literal that stands for it.
pub(crate) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    let escaped = escaped.replace('\n', "\\n").replace('\r', "\\r");
    format!("\"{escaped}\"")
}

/// A reference to the field with a name.
pub(crate) fn reference(name: &str) -> String {
    format!("{{{}}}", name.replace('{', "\\{").replace('}', "\\}"))
}

/// A formula that holds for the records with one of these ids.
pub(crate) fn any_record<T: Display>(ids: &[T]) -> String {
    let ids = ids
        .iter()
        .map(|id| format!("RECORD_ID()={}", quoted(&id.to_string())));
    any_of(&ids.collect::<Vec<_>>())
}

/// A formula that holds where one of these does.
pub(crate) fn any_of(formulas: &[String]) -> String {
    format!("OR({})", formulas.join(", "))
}

/// A formula that holds where a field has this value; `None` for a value that has no literal.
pub(crate) fn equals(field: &str, value: &Value) -> Option<String> {
    let literal = match value {
        Value::String(text) => quoted(text),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(format!("{}={literal}", reference(field)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        for sample in [
            "",
            "plain",
            "a\"b\\",
            "\\n",
            "line\nline\r\t",
            "it's {x}",
            "\\",
        ] {
            let literal = quoted(sample);
            assert_eq!(text(&literal[1..literal.len() - 1]), sample, "{literal}");
            let named = reference(sample);
            assert_eq!(field_name(&named[1..named.len() - 1]), sample, "{named}");
        }
    }
}
