use std::borrow::Cow;
use std::fmt::Write;

/// The shortest text of a number that reads back as the same, with exponents where JavaScript has them.
pub(super) fn number_text(number: f64) -> Cow<'static, str> {
    if number.is_nan() {
        return Cow::Borrowed("NaN");
    }
    if number.is_infinite() {
        let text = if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        return Cow::Borrowed(text);
    }
    if number == 0.0 {
        return Cow::Borrowed("0");
    }
    let mut out = String::with_capacity(24);
    let size = number.abs();
    // Writing into a String cannot fail.
    let _ = if (1e-6..1e21).contains(&size) {
        write!(out, "{number}")
    } else {
        write!(out, "{number:e}")
    };
    if size >= 1e21
        && let Some(place) = out.find('e')
    {
        out.insert(place + 1, '+');
    }
    Cow::Owned(out)
}

/// The number a text looks like: decimal digits with a sign, a fraction, an exponent; blanks around it do not matter.
pub(super) fn looks_numeric(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E');
    // `parse` also reads words such as `inf`.
    if text.is_empty() || !text.bytes().all(is_plain) {
        return None;
    }
    text.parse().ok()
}
