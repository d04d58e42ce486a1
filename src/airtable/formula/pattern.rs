use std::borrow::Cow;

use regex::{Captures, Regex, RegexBuilder};

use super::run::{LONGEST_TEXT, Run};
use super::value::Fault;

/// Bytes a compiled pattern may take, and as how many a byte of text counts that is looked at with it. The worst patterns take
/// up to 300 ns for each of those, against which a run has a limit of time.
const SIZES: [(usize, usize); 5] = [
    (1024, 1),
    (4 * 1024, 4),
    (16 * 1024, 16),
    (96 * 1024, 96),
    (384 * 1024, 384),
];
/// Characters of a pattern at most.
const LONGEST: usize = 10_000;
const DEEPEST: u32 = 100;
/// Bytes of what is remembered of texts while they are looked at, in each direction.
const CACHE: usize = 128 * 1024;

/// A regular expression of RE2's language, compiled.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// As how many bytes one counts that is looked at.
    pub(super) weight: usize,
    /// Memory it takes, with what it makes while it is used.
    pub(super) bytes: usize,
}

impl Pattern {
    /// What compiling costs at least, beside the pattern's own length.
    pub(super) const COST: usize = 20_000;

    /// What compiling it cost: large ones also take long to make.
    pub(super) fn cost(&self) -> usize {
        Self::COST * self.weight.div_ceil(4)
    }

    pub(super) fn new(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(Fault::Pattern);
        }
        let translated = translated(text)?;
        for (size, weight) in SIZES {
            let built = RegexBuilder::new(&translated)
                .size_limit(size)
                .dfa_size_limit(CACHE)
                .nest_limit(DEEPEST)
                .build();
            match built {
                Ok(regex) => {
                    let bytes = size + 2 * CACHE;
                    return Ok(Self {
                        regex,
                        weight,
                        bytes,
                    });
                }
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(_) => break,
            }
        }
        Err(Fault::Pattern)
    }
}

/// The pattern in the language of the regex crate: classes are of ASCII, `\Q…\E` quotes, `\C` is refused.
fn translated(text: &str) -> Result<String, Fault> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => rest = escape(rest, false, &mut out)?,
            '[' => rest = class(rest, &mut out)?,
            first => out.push(first),
        }
    }
    Ok(out)
}

/// Writes what a backslash and the text after it mean; gives what is left.
fn escape<'t>(rest: &'t str, is_in_class: bool, out: &mut String) -> Result<&'t str, Fault> {
    let Some(escaped) = rest.chars().next() else {
        return Err(Fault::Pattern);
    };
    let after = &rest[escaped.len_utf8()..];
    match (escaped, is_in_class) {
        ('Q', _) => {
            let (quoted, after) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(quoted));
            return Ok(after);
        }
        ('C', _) => return Err(Fault::Pattern),
        ('b', false) => out.push_str(r"(?-u:\b)"),
        // The crate takes these for the two sides of a word.
        ('<' | '>', _) => out.push(escaped),
        _ => match ascii_class(escaped) {
            Some((set, true)) => out.extend(["[^", set, "]"]),
            Some((set, false)) if is_in_class => out.push_str(set),
            Some((set, false)) => out.extend(["[", set, "]"]),
            None => out.extend(['\\', escaped]),
        },
    }
    Ok(after)
}

/// The characters of a class such as `\d`, and whether it is all the others.
fn ascii_class(letter: char) -> Option<(&'static str, bool)> {
    let set = match letter.to_ascii_lowercase() {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => r"\t\n\f\r ",
        _ => return None,
    };
    Some((set, letter.is_ascii_uppercase()))
}

/// Writes a class, of which the opening bracket is already gone; RE2 knows no sets within sets.
fn class<'t>(text: &'t str, out: &mut String) -> Result<&'t str, Fault> {
    out.push('[');
    let mut rest = text;
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(']') {
        out.push_str("\\]");
        rest = after;
    }
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            ']' => {
                out.push(']');
                return Ok(after);
            }
            '\\' => escape(after, true, out)?,
            '[' if after.starts_with(':') && after.contains(":]") => {
                let end = after.find(":]").map_or(after.len(), |place| place + 2);
                out.extend(["[", &after[..end]]);
                &after[end..]
            }
            '[' | '&' | '~' => {
                out.extend(['\\', first]);
                after
            }
            '-' if after.starts_with('-') => {
                out.push_str("\\-");
                after
            }
            first => {
                out.push(first);
                after
            }
        };
    }
    Err(Fault::Pattern)
}

/// A replacement text: literal parts and the groups between them.
pub(super) struct Replacement<'t>(Vec<Part<'t>>);

enum Part<'t> {
    Literal(&'t str),
    Group(usize),
}

impl<'t> Replacement<'t> {
    /// `$1` is the first group where there is one, `$0` and `$&` the whole match, `$$` a dollar.
    pub(super) fn new(text: &'t str, groups: usize) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(place) = rest.find('$') {
            let (before, after) = rest.split_at(place);
            parts.push(Part::Literal(before));
            let (part, length) = dollar(after, groups);
            parts.push(part);
            rest = &after[length..];
        }
        parts.push(Part::Literal(rest));
        Self(parts)
    }

    pub(super) fn write(&self, captures: &Captures<'_>, out: &mut String) {
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Group(group) => {
                    out.push_str(captures.get(*group).map_or("", |found| found.as_str()));
                }
            }
        }
    }
}

fn dollar(text: &str, groups: usize) -> (Part<'_>, usize) {
    match text.as_bytes().get(1) {
        Some(b'$') => return (Part::Literal("$"), 2),
        Some(b'&') => return (Part::Group(0), 2),
        _ => {}
    }
    let digits = text[1..]
        .bytes()
        .take(2)
        .take_while(u8::is_ascii_digit)
        .count();
    let group = |length: usize| {
        let group: usize = text[1..=length].parse().ok()?;
        (group < groups).then_some((Part::Group(group), length + 1))
    };
    let found = (1..=digits).rev().find_map(group);
    found.unwrap_or((Part::Literal(&text[..1]), 1))
}

/// The text with every match replaced. Looking for each may take as long as looking for one, so that the time is watched.
pub(super) fn replaced<'t>(
    pattern: &Pattern,
    text: Cow<'t, str>,
    replacement: &Replacement<'_>,
    run: &Run,
) -> Result<Cow<'t, str>, Fault> {
    let mut out = String::new();
    let mut end = 0;
    for captures in pattern.regex.captures_iter(&text) {
        let Some(found) = captures.get(0) else {
            continue;
        };
        out.push_str(&text[end..found.start()]);
        replacement.write(&captures, &mut out);
        end = found.end();
        if out.len() > LONGEST_TEXT {
            return Err(Fault::TooLarge);
        }
        run.search_on()?;
    }
    if end == 0 && out.is_empty() {
        return Ok(text);
    }
    out.push_str(&text[end..]);
    Ok(Cow::Owned(out))
}
