const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const WORD: usize = 8;
/// The longest escape, `\u00XX`, and one word that is copied blindly.
const MARGIN: usize = 6 + WORD;

/// Appends the inside of a JSON string that holds `text`, which must be UTF-8.
///
/// Eight bytes go at a time: JSON text has a quote about every eight bytes, so that a search for
/// long clean runs would be slower than copying blindly and correcting.
pub(in crate::mcp) fn escape_into(out: &mut Vec<u8>, text: &[u8]) {
    let mut to = out.len();
    out.resize(to + text.len() + text.len() / 4 + MARGIN, 0);
    let mut from = 0;
    while let Some(word) = text.get(from..from + WORD) {
        if out.len() < to + MARGIN {
            out.resize(to + (text.len() - from) * 2 + MARGIN, 0);
        }
        out[to..to + WORD].copy_from_slice(word);
        let mut bytes = [0; WORD];
        bytes.copy_from_slice(word);
        let found = specials(u64::from_le_bytes(bytes));
        let clean = (found.trailing_zeros() / 8) as usize;
        from += clean;
        to += clean;
        if found != 0 {
            to += escape_byte(&mut out[to..], text[from]);
            from += 1;
        }
    }
    out.resize(to + (text.len() - from) * 6, 0);
    for byte in &text[from..] {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            to += escape_byte(&mut out[to..], *byte);
        } else {
            out[to] = *byte;
            to += 1;
        }
    }
    out.truncate(to);
}

/// The high bit of every byte that needs an escape; exact for the lowest one, which is all that is used.
fn specials(word: u64) -> u64 {
    let quote = word ^ (ONES * u64::from(b'"'));
    let backslash = word ^ (ONES * u64::from(b'\\'));
    let zero = |value: u64| value.wrapping_sub(ONES) & !value;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(quote) | zero(backslash) | control) & HIGHS
}

fn escape_byte(out: &mut [u8], byte: u8) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            out[..4].copy_from_slice(b"\\u00");
            out[4] = HEX[usize::from(byte >> 4)];
            out[5] = HEX[usize::from(byte & 15)];
            return 6;
        }
    };
    out[0] = b'\\';
    out[1] = short;
    2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = b"head:".to_vec();
        escape_into(&mut out, text.as_bytes());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn agrees_with_serde_on_every_byte_at_every_place() {
        for byte in 0..128_u8 {
            for before in 0..18 {
                let text = format!(
                    "{}{}{}",
                    "x".repeat(before),
                    char::from(byte),
                    "é\"y".repeat(4)
                );
                let wanted = serde_json::to_string(&text).unwrap();
                assert_eq!(format!("\"{}\"", &escaped(&text)[5..]), wanted, "{text:?}");
            }
        }
    }

    #[test]
    fn nothing_but_escapes_still_fits() {
        for length in 0..70 {
            let text = "\u{1}".repeat(length);
            assert_eq!(escaped(&text), format!("head:{}", "\\u0001".repeat(length)));
        }
        assert_eq!(escaped(""), "head:");
        assert_eq!(
            escaped(&"\u{10ffff}".repeat(9)),
            format!("head:{}", "\u{10ffff}".repeat(9))
        );
    }
}
