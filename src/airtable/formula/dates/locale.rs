use std::sync::OnceLock;

use super::names::{HalfDays, Ordinals};
use super::week::WeekRule;

/// How a language writes dates.
#[derive(Debug)]
pub(in super::super) struct Locale {
    code: &'static str,
    pub(super) weeks: WeekRule,
    pub(super) ordinals: Ordinals,
    pub(super) half_days: HalfDays,
    pub(super) months: Names,
    /// As they read beside a day, where that differs.
    pub(super) months_after_day: Names,
    pub(super) short_months: Names,
    pub(super) short_months_after_day: Names,
    pub(super) weekdays: Names,
    pub(super) short_weekdays: Names,
    pub(super) shortest_weekdays: Names,
    /// `LT`, `LTS`, `L` to `LLLL`, `l` to `llll`; an empty one of the last four follows from its capital form.
    formats: [&'static str; 10],
}

type Names = Vec<&'static str>;

const FORMATS: [&str; 10] = [
    "LT", "LTS", "L", "LL", "LLL", "LLLL", "l", "ll", "lll", "llll",
];

impl Locale {
    /// English as in the United States.
    pub(super) fn english() -> &'static Self {
        &all()[0]
    }

    /// The locale of a code; its language where the region is unknown, else English.
    pub(in super::super) fn named(code: &str) -> &'static Self {
        let code = code.trim().to_ascii_lowercase().replace('_', "-");
        let find = |code: &str| all().iter().find(|locale| locale.code == code);
        let language = || find(code.split('-').next().unwrap_or_default());
        find(&code).or_else(language).unwrap_or_else(Self::english)
    }

    /// The tokens a format such as `LL` stands for, and whether they shall be shortened.
    pub(super) fn long_format(&self, token: &str) -> Option<(&'static str, bool)> {
        let place = FORMATS.iter().position(|name| *name == token)?;
        let format = self.formats[place];
        if format.is_empty() && place >= 6 {
            return Some((self.formats[place - 4], true));
        }
        Some((format, false))
    }
}

fn all() -> &'static [Locale] {
    static ALL: OnceLock<Vec<Locale>> = OnceLock::new();
    ALL.get_or_init(|| {
        let lines = include_str!("locales.tsv").lines().skip(1);
        lines.map(locale).collect()
    })
}

fn locale(line: &'static str) -> Locale {
    let columns: Vec<&'static str> = line.split('\t').collect();
    let text = |place: usize| columns.get(place).copied().unwrap_or_default();
    let names = |place: usize| -> Names { text(place).split('_').collect() };
    let names_or =
        |place: usize, other: usize| names(if text(place).is_empty() { other } else { place });
    Locale {
        code: text(0),
        weeks: WeekRule {
            first_day: text(1).parse().unwrap_or_default(),
            january: text(2).parse().unwrap_or(1),
        },
        ordinals: Ordinals::named(text(3)),
        half_days: HalfDays::named(text(4)),
        months: names(5),
        months_after_day: names_or(6, 5),
        short_months: names(7),
        short_months_after_day: names_or(8, 7),
        weekdays: names(9),
        short_weekdays: names(10),
        shortest_weekdays: names(11),
        formats: std::array::from_fn(|place| text(12 + place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_whole() {
        for locale in all() {
            for months in [
                &locale.months,
                &locale.months_after_day,
                &locale.short_months,
                &locale.short_months_after_day,
            ] {
                assert_eq!(months.len(), 12, "{}", locale.code);
                assert!(
                    months.iter().all(|name| !name.is_empty()),
                    "{}",
                    locale.code
                );
            }
            for days in [
                &locale.weekdays,
                &locale.short_weekdays,
                &locale.shortest_weekdays,
            ] {
                assert_eq!(days.len(), 7, "{}", locale.code);
                assert!(days.iter().all(|name| !name.is_empty()), "{}", locale.code);
            }
            assert!((0..7).contains(&locale.weeks.first_day), "{}", locale.code);
            for token in FORMATS {
                let (format, _) = locale.long_format(token).expect("a known token");
                assert!(!format.is_empty(), "{} {token}", locale.code);
            }
        }
    }

    #[test]
    fn an_unknown_code_is_its_language_else_english() {
        for (code, expected) in [
            ("fr", "fr"),
            ("FR_be", "fr"),
            ("en-US", "en"),
            ("pt-BR", "pt-br"),
            ("tlh", "en"),
            ("", "en"),
        ] {
            assert_eq!(Locale::named(code).code, expected, "{code}");
        }
    }
}
