use super::locale::Locale;

/// A part of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'f> {
    Token(&'static str),
    Literal(&'f str),
}

/// Longest first where one begins like another.
const TOKENS: [&str; 70] = [
    "YYYY",
    "YY",
    "Y",
    "Qo",
    "Q",
    "MMMM",
    "MMM",
    "Mo",
    "MM",
    "M",
    "DDDD",
    "DDDo",
    "DDD",
    "Do",
    "DD",
    "D",
    "dddd",
    "ddd",
    "do",
    "dd",
    "d",
    "e",
    "E",
    "wo",
    "ww",
    "w",
    "Wo",
    "WW",
    "W",
    "gggg",
    "gg",
    "GGGG",
    "GG",
    "HH",
    "H",
    "hh",
    "h",
    "kk",
    "k",
    "a",
    "A",
    "mm",
    "m",
    "ss",
    "s",
    "SSSSSSSSS",
    "SSSSSSSS",
    "SSSSSSS",
    "SSSSSS",
    "SSSSS",
    "SSSS",
    "SSS",
    "SS",
    "S",
    "ZZ",
    "Z",
    "zz",
    "z",
    "X",
    "x",
    "LLLL",
    "LLL",
    "LL",
    "LTS",
    "LT",
    "L",
    "llll",
    "lll",
    "ll",
    "l",
];

/// The parts of a format; a text in brackets, and what is no token, is copied.
pub(super) fn pieces(format: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let (piece, length) = first_piece(rest, first);
        pieces.push(piece);
        rest = &rest[length..];
    }
    pieces
}

fn first_piece(rest: &str, first: char) -> (Piece<'_>, usize) {
    if first == '['
        && let Some(end) = rest.find(']')
    {
        return (Piece::Literal(&rest[1..end]), end + 1);
    }
    let mut tokens = TOKENS.iter();
    match tokens.find(|token| first.is_ascii_alphabetic() && rest.starts_with(**token)) {
        Some(token) => (Piece::Token(token), token.len()),
        None => {
            let length = first.len_utf8();
            (Piece::Literal(&rest[..length]), length)
        }
    }
}

/// The parts of a format with the locale's own formats, such as `LL`, in place of their tokens.
pub(super) fn expanded<'f>(format: &'f str, locale: &'static Locale) -> Vec<Piece<'f>> {
    let parts = pieces(format).into_iter();
    parts
        .flat_map(|piece| match piece {
            Piece::Token(token) => match locale.long_format(token) {
                Some((format, is_short)) => long(format, is_short),
                None => vec![piece],
            },
            Piece::Literal(_) => vec![piece],
        })
        .collect()
}

fn long(format: &'static str, is_short: bool) -> Vec<Piece<'static>> {
    let shorter = |piece| match piece {
        Piece::Token(token @ ("MMMM" | "MM" | "DD" | "dddd")) => Piece::Token(&token[1..]),
        piece => piece,
    };
    let parts = pieces(format).into_iter();
    if is_short {
        parts.map(shorter).collect()
    } else {
        parts.collect()
    }
}
