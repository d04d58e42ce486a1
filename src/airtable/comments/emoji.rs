/// Code points of one emoji at most: a family of four with tones and joiners has eleven.
const MOST: usize = 16;

/// The hex form of an emoji, which comes as itself or in that form already; `None` for what is no emoji.
///
/// Letters and other plain text are refused, and unknown symbols accepted: which emojis there are changes every year.
pub(super) fn code_points(text: &str) -> Option<String> {
    let given = from_hex(text).unwrap_or_else(|| text.to_owned());
    let count = given.chars().count();
    let fits = (1..=MOST).contains(&count) && given.chars().all(may_be_in_emoji);
    let has_symbol = given.chars().any(is_symbol);
    let hex = given.chars().map(|sign| format!("{:x}", u32::from(sign)));
    (fits && has_symbol).then(|| hex.collect::<Vec<_>>().join("-"))
}

fn from_hex(text: &str) -> Option<String> {
    let points = text.split('-');
    points
        .map(|point| u32::from_str_radix(point, 16).ok().and_then(char::from_u32))
        .collect()
}

/// The signs that emojis are made of beside symbols: digits of keycaps, joiners, variation selectors and tags.
fn may_be_in_emoji(sign: char) -> bool {
    is_symbol(sign)
        || matches!(sign, '0'..='9' | '#' | '*' | '\u{200d}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

fn is_symbol(sign: char) -> bool {
    matches!(u32::from(sign), 0xa9 | 0xae | 0x203c | 0x2049 | 0x20e3 | 0x2122 | 0x2139
        | 0x2190..=0x21ff | 0x2300..=0x27bf | 0x2900..=0x297f | 0x2b00..=0x2bff | 0x3030 | 0x303d
        | 0x3297 | 0x3299 | 0x1f000..=0x1faff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emojis_become_their_code_points() {
        for (emoji, hex) in [
            ("👍", "1f44d"),
            ("1f44d", "1f44d"),
            ("1F44D", "1f44d"),
            ("❤️", "2764-fe0f"),
            ("1️⃣", "31-fe0f-20e3"),
            ("🇩🇪", "1f1e9-1f1ea"),
            ("👩‍👩‍👧‍👦", "1f469-200d-1f469-200d-1f467-200d-1f466"),
        ] {
            assert_eq!(code_points(emoji).as_deref(), Some(hex), "{emoji}");
        }
    }

    #[test]
    fn what_is_no_emoji_is_refused() {
        let long = "👍".repeat(17);
        for text in [
            "", "a", "61", "1", "31", "like", "-", "d800", "<b>", "👍!", &long,
        ] {
            assert_eq!(code_points(text), None, "{text}");
        }
    }
}
