use serde_json::{Map, Value};

use crate::mcp::kit::Fault;
use crate::platform::secrets::sha256_hex;

const KEY: &str = "idempotency_key";
const LONGEST_KEY: usize = 255;

/// A digest of the arguments that does not depend on the order of their members.
pub(super) fn digest(arguments: &Map<String, Value>) -> String {
    let mut text = String::new();
    write_object(arguments, &mut text);
    sha256_hex(text.as_bytes())
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => write_object(members, out),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn write_object(members: &Map<String, Value>, out: &mut String) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    out.push('{');
    for (name, value) in sorted {
        out.push_str(&Value::from(name.as_str()).to_string());
        out.push(':');
        write(value, out);
        out.push(',');
    }
    out.push('}');
}

/// Takes the idempotency key out of the arguments.
pub(super) fn take_key(arguments: &mut Map<String, Value>) -> Result<Option<String>, Fault> {
    match arguments.shift_remove(KEY) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(key)) if (1..=LONGEST_KEY).contains(&key.chars().count()) => {
            Ok(Some(key))
        }
        Some(_) => {
            let problem = format!("must be a text of 1 to {LONGEST_KEY} characters");
            Err(Fault::argument(KEY, &problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mcp::testing::members;

    #[test]
    fn the_digest_sees_values_and_not_their_order() {
        let one = digest(&members(json!({"a": 1, "b": {"c": [1, 2], "d": null}})));
        let two = digest(&members(json!({"b": {"d": null, "c": [1, 2]}, "a": 1})));
        assert_eq!(one, two);
        for other in [
            json!({"a": 1, "b": {"c": [2, 1], "d": null}}),
            json!({"a": "1", "b": {"c": [1, 2], "d": null}}),
            json!({"a": 1, "b": {"c": [1, 2]}}),
        ] {
            assert_ne!(digest(&members(other.clone())), one, "{other}");
        }
    }

    #[test]
    fn a_key_is_a_text_of_bounded_length() {
        let mut arguments = members(json!({"idempotency_key": "k", "x": 1}));
        assert_eq!(take_key(&mut arguments).unwrap().as_deref(), Some("k"));
        assert_eq!(arguments, members(json!({"x": 1})));
        for wrong in [json!(""), json!("é".repeat(256)), json!(7)] {
            let mut arguments = members(json!({"idempotency_key": wrong}));
            assert_eq!(
                take_key(&mut arguments).unwrap_err().code,
                "invalid_argument"
            );
        }
        let mut longest = members(json!({"idempotency_key": "é".repeat(255)}));
        assert!(take_key(&mut longest).unwrap().is_some());
    }
}
