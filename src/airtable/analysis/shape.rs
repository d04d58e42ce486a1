//! What a text looks like, told without keeping it.

use std::sync::LazyLock;

use regex::Regex;

/// Longer texts are prose, whatever they contain.
const LONGEST_VALUE: usize = 200;
/// Longer pieces of a list are prose too.
const LONGEST_PIECE: usize = 40;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}.*)?$";
    Regex::new(pattern).expect("the pattern is constant")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^[-+]?[$€£]?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)([.]\d+)?%?$";
    Regex::new(pattern).expect("the pattern is constant")
});

/// What a text could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Number,
    Date,
    Email,
    Url,
    Flag,
    /// Several short values in one.
    List,
    Other,
}

/// What a text could be; anything long is none of these.
pub(super) fn shape(text: &str) -> Shape {
    let text = text.trim();
    if text.len() > LONGEST_VALUE {
        return Shape::Other;
    }
    // Most texts begin with a letter, and the patterns need not look at them.
    if !text.starts_with(char::is_alphabetic) {
        if NUMBER.is_match(text) {
            return Shape::Number;
        }
        if DATE.is_match(text) {
            return Shape::Date;
        }
    }
    if is_flag(text) {
        return Shape::Flag;
    }
    if is_email(text) {
        return Shape::Email;
    }
    if is_url(text) {
        return Shape::Url;
    }
    match is_list(text) {
        true => Shape::List,
        false => Shape::Other,
    }
}

/// Whether mail could be sent there.
pub(super) fn is_email(text: &str) -> bool {
    let text = text.trim();
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let is_whole = !name.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace);
    let dot = domain.rfind('.');
    is_whole && dot.is_some_and(|dot| dot > 0 && dot + 2 < domain.len())
}

/// Whether a browser could open it.
pub(super) fn is_url(text: &str) -> bool {
    let text = text.trim();
    let rest = ["https://", "http://", "www."];
    let rest = rest.iter().find_map(|start| text.strip_prefix(start));
    rest.is_some_and(|rest| rest.contains('.') && !rest.contains(char::is_whitespace))
}

fn is_flag(text: &str) -> bool {
    let words = ["yes", "no", "true", "false", "y", "n", "x"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_list(text: &str) -> bool {
    let separator = [';', '\n', ',', '|']
        .into_iter()
        .find(|separator| text.contains(*separator));
    let Some(separator) = separator else {
        return false;
    };
    let pieces: Vec<&str> = text.split(separator).map(str::trim).collect();
    let is_piece = |piece: &&str| {
        let is_short = (1..=LONGEST_PIECE).contains(&piece.len());
        is_short && piece.split(' ').count() <= 3 && !piece.ends_with(['.', '!', '?'])
    };
    pieces.len() >= 2 && pieces.iter().all(is_piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_for_what_they_could_be() {
        let shapes = [
            ("12", Shape::Number),
            ("-1,200.50", Shape::Number),
            ("$5", Shape::Number),
            ("007", Shape::Other),
            ("2026-11-26", Shape::Date),
            ("26.11.2026", Shape::Date),
            ("3/4/26", Shape::Date),
            ("2026-11-26T10:00", Shape::Date),
            ("Yes", Shape::Flag),
            ("ada@example.org", Shape::Email),
            ("ada@example", Shape::Other),
            ("https://example.org/a", Shape::Url),
            ("www.example.org", Shape::Url),
            ("red, green, blue", Shape::List),
            ("red;green", Shape::List),
            ("Well, this is a sentence with a comma.", Shape::Other),
            ("plain", Shape::Other),
        ];
        for (text, expected) in shapes {
            assert_eq!(shape(text), expected, "{text}");
        }
        assert_eq!(shape(&"1".repeat(500)), Shape::Other);
    }
}
