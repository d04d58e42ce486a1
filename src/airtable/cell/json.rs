use std::io::Write;

/// Whole numbers up to here are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends a text as a JSON string.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut start = 0;
    for (place, byte) in bytes.iter().enumerate() {
        if *byte >= b' ' && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[start..place]);
        write_escape(out, *byte);
        start = place + 1;
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
    }
}

/// Appends a number, whole ones without a fraction, others as short as they can be.
pub(super) fn write_number(out: &mut Vec<u8>, number: f64) {
    if number.fract() == 0.0 && number.abs() < EXACT {
        write_whole(out, number as i64);
    } else if !number.is_finite() {
        write_special(out, number);
    } else {
        write_value(out, &number);
    }
}

/// Appends what only a formula gives.
fn write_special(out: &mut Vec<u8>, number: f64) {
    let name: &[u8] = match number {
        f64::INFINITY => b"Infinity",
        f64::NEG_INFINITY => b"-Infinity",
        _ => b"NaN",
    };
    out.extend_from_slice(b"{\"specialValue\":\"");
    out.extend_from_slice(name);
    out.extend_from_slice(b"\"}");
}

/// Appends a whole number.
pub(super) fn write_whole(out: &mut Vec<u8>, number: i64) {
    // Writing into a Vec cannot fail.
    let _ = write!(out, "{number}");
}

/// Appends an id, which needs no escaping.
pub(super) fn write_id(out: &mut Vec<u8>, prefix: &str, body: &str) {
    out.push(b'"');
    out.extend_from_slice(prefix.as_bytes());
    out.extend_from_slice(body.as_bytes());
    out.push(b'"');
}

/// Appends anything whose JSON form is that of serde.
pub(super) fn write_value<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Writing into a Vec cannot fail, and cells hold nothing that JSON cannot express.
    let _ = serde_json::to_writer(out, value);
}

/// Appends a list, each item by the given function.
pub(super) fn write_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write_item: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_item(out, item);
    }
    out.push(b']');
}
