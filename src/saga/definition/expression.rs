use serde_json::{Map, Value};

use crate::platform::durable::Fault;

/// Bytes that the values of one step may have.
const LARGEST: usize = 1 << 20;
const DEEPEST: usize = 64;
const LONGEST_URL: usize = 8192;

/// What references may name.
pub(in crate::saga) struct Scope<'a> {
    pub(in crate::saga) input: &'a Value,
    /// The result of a step that is done.
    pub(in crate::saga) result: &'a (dyn Fn(&str) -> Option<Value> + Sync),
}

enum Part<'t> {
    Text(&'t str),
    Reference(&'t str),
}

/// Text and references in turn; `$${` stands for `${` itself.
fn parts(text: &str) -> Result<Vec<Part<'_>>, Fault> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            parts.push(Part::Text(&rest[..at - 1]));
            parts.push(Part::Text("${"));
            rest = &rest[at + 2..];
            continue;
        }
        let Some(end) = rest[at..].find('}') else {
            let message = format!("{text:?} has a reference without an end");
            return Err(Fault::new("reference_invalid", message));
        };
        parts.push(Part::Text(&rest[..at]));
        parts.push(Part::Reference(&rest[at + 2..at + end]));
        rest = &rest[at + end + 1..];
    }
    parts.push(Part::Text(rest));
    parts.retain(|part| !matches!(part, Part::Text("")));
    Ok(parts)
}

/// Every reference in a value, such as `steps.book.result.id`.
pub(in crate::saga) fn references(value: &Value) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    collect(value, 0, &mut found)?;
    Ok(found)
}

fn collect(value: &Value, depth: usize, found: &mut Vec<String>) -> Result<(), Fault> {
    if depth > DEEPEST {
        return Err(too_large());
    }
    match value {
        Value::String(text) => {
            for part in parts(text)? {
                if let Part::Reference(path) = part {
                    found.push(path.to_owned());
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(item, depth + 1, found)?;
            }
        }
        Value::Object(members) => {
            for member in members.values() {
                collect(member, depth + 1, found)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// The value with every reference replaced by what it names.
pub(in crate::saga) fn resolve(value: &Value, scope: &Scope<'_>) -> Result<Value, Fault> {
    let mut left = LARGEST;
    replace(value, scope, 0, &mut left)
}

fn replace(
    value: &Value,
    scope: &Scope<'_>,
    depth: usize,
    left: &mut usize,
) -> Result<Value, Fault> {
    if depth > DEEPEST {
        return Err(too_large());
    }
    Ok(match value {
        Value::String(text) => replace_text(text, scope, left)?,
        Value::Array(items) => {
            let items = items
                .iter()
                .map(|item| replace(item, scope, depth + 1, left));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, member)| Ok((name.clone(), replace(member, scope, depth + 1, left)?)));
            Value::Object(members.collect::<Result<Map<_, _>, Fault>>()?)
        }
        plain => plain.clone(),
    })
}

fn replace_text(text: &str, scope: &Scope<'_>, left: &mut usize) -> Result<Value, Fault> {
    let parts = parts(text)?;
    // A reference that is alone keeps the type of what it names.
    if let [Part::Reference(path)] = parts.as_slice() {
        let value = look_up(path, scope)?;
        spend(left, value.to_string().len())?;
        return Ok(value);
    }
    let mut whole = String::new();
    for part in parts {
        match part {
            Part::Text(text) => whole.push_str(text),
            Part::Reference(path) => match look_up(path, scope)? {
                Value::String(text) => whole.push_str(&text),
                plain @ (Value::Number(_) | Value::Bool(_)) => whole.push_str(&plain.to_string()),
                _ => {
                    let message = format!(
                        "${{{path}}} is no text, number or boolean, and stands inside a text"
                    );
                    return Err(Fault::new("reference_not_text", message));
                }
            },
        }
        if whole.len() > *left {
            return Err(too_large());
        }
    }
    spend(left, whole.len())?;
    Ok(Value::String(whole))
}

/// A URL whose references are replaced by percent-encoded values.
pub(in crate::saga) fn resolve_url(text: &str, scope: &Scope<'_>) -> Result<String, Fault> {
    let mut url = String::new();
    for part in parts(text)? {
        match part {
            Part::Text(text) => url.push_str(text),
            Part::Reference(path) => {
                let value = match look_up(path, scope)? {
                    Value::String(text) => text,
                    plain => plain.to_string(),
                };
                if matches!(value.as_str(), "." | "..") {
                    let message = format!("${{{path}}} would lead to another path");
                    return Err(Fault::new("reference_invalid", message));
                }
                for byte in value.bytes() {
                    match byte {
                        b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
                        byte if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
                        byte => url.push_str(&format!("%{byte:02X}")),
                    }
                }
            }
        }
        if url.len() > LONGEST_URL {
            return Err(too_large());
        }
    }
    Ok(url)
}

fn spend(left: &mut usize, size: usize) -> Result<(), Fault> {
    *left = left.checked_sub(size).ok_or_else(too_large)?;
    Ok(())
}

fn too_large() -> Fault {
    Fault::new(
        "value_too_large",
        "The values of the step are larger or deeper than a step's may be",
    )
}

fn look_up(path: &str, scope: &Scope<'_>) -> Result<Value, Fault> {
    let mut names = path.split('.');
    let missing = || {
        let message = format!("${{{path}}} names nothing that is there");
        Fault::new("reference_missing", message)
    };
    let owned;
    let mut value = match names.next() {
        Some("input") => scope.input,
        Some("steps") => {
            let step = names.next().ok_or_else(missing)?;
            if names.next() != Some("result") {
                return Err(missing());
            }
            owned = (scope.result)(step).ok_or_else(missing)?;
            &owned
        }
        _ => return Err(missing()),
    };
    for name in names {
        let member = match value {
            Value::Object(members) => members.get(name),
            Value::Array(items) => name.parse().ok().and_then(|at: usize| items.get(at)),
            _ => None,
        };
        value = member.ok_or_else(missing)?;
    }
    Ok(value.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(template: Value) -> Result<Value, Fault> {
        let input = json!({"name": "${input.secret}", "list": [1, {"deep": true}], "secret": "s"});
        let result = |step: &str| (step == "a").then(|| json!({"id": "rec1"}));
        resolve(
            &template,
            &Scope {
                input: &input,
                result: &result,
            },
        )
    }

    #[test]
    fn references_keep_types_alone_and_become_text_inside_one() {
        let template = json!({"x": "${input.list.1}", "y": ["at ${steps.a.result.id}/${input.list.0}"], "z": "$${a}"});
        let wanted = json!({"x": {"deep": true}, "y": ["at rec1/1"], "z": "${a}"});
        assert_eq!(with(template).unwrap(), wanted);
    }

    #[test]
    fn what_a_value_says_is_never_a_reference() {
        assert_eq!(
            with(json!("${input.name}!")).unwrap(),
            json!("${input.secret}!")
        );
    }

    #[test]
    fn what_cannot_be_replaced_is_an_error_with_a_code() {
        for (text, code) in [
            ("${input.none}", "reference_missing"),
            ("${steps.b.result}", "reference_missing"),
            ("${steps.a}", "reference_missing"),
            ("${env.HOME}", "reference_missing"),
            ("${input.list.7}", "reference_missing"),
            ("a ${input.list}", "reference_not_text"),
            ("${input", "reference_invalid"),
        ] {
            assert_eq!(with(json!(text)).unwrap_err().code, code, "{text}");
        }
        let many: Vec<&str> = std::iter::repeat_n("${input.list}", 100_000).collect();
        assert_eq!(with(json!(many)).unwrap_err().code, "value_too_large");
    }
}
