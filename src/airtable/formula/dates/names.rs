/// How a language writes 1st, 2nd, 3rd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ordinals {
    English,
    /// `1.`
    Dot,
    /// `1º`
    Masculine,
    French,
    /// Only days and only the first: `1er`; others with `e` where they are no days.
    FrenchOverseas,
    Dutch,
    Japanese,
    Chinese,
    Taiwanese,
    Korean,
    Russian,
    Ukrainian,
    Swedish,
    Turkish,
    None,
}

/// What is counted: the letter of the token, such as `D` or `M`.
type Counted = char;

impl Ordinals {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "dot" => Self::Dot,
            "masculine" => Self::Masculine,
            "fr" => Self::French,
            "fr-ca" => Self::FrenchOverseas,
            "nl" => Self::Dutch,
            "ja" => Self::Japanese,
            "zh" => Self::Chinese,
            "zh-tw" => Self::Taiwanese,
            "ko" => Self::Korean,
            "ru" => Self::Russian,
            "uk" => Self::Ukrainian,
            "sv" => Self::Swedish,
            "tr" => Self::Turkish,
            "none" => Self::None,
            _ => Self::English,
        }
    }

    /// What follows the number.
    pub(super) fn suffix(self, number: i64, counted: Counted) -> &'static str {
        match self {
            Self::English => english(number),
            Self::Dot => ".",
            Self::Masculine => "º",
            Self::French => match counted {
                'D' if number == 1 => "er",
                'D' => "",
                'w' | 'W' if number == 1 => "re",
                _ if number == 1 => "er",
                _ => "e",
            },
            Self::FrenchOverseas => match counted {
                'w' | 'W' if number == 1 => "re",
                _ if number == 1 => "er",
                _ => "e",
            },
            Self::Dutch if number == 1 || number == 8 || number >= 20 => "ste",
            Self::Dutch => "de",
            Self::Japanese => days(counted, "日", "", ""),
            Self::Chinese => days(counted, "日", "月", "周"),
            Self::Taiwanese => days(counted, "日", "月", "週"),
            Self::Korean => days(counted, "일", "월", "주"),
            Self::Russian => match counted {
                'D' => "-го",
                'w' | 'W' => "-я",
                'M' | 'd' | 'N' => "-й",
                _ => "",
            },
            Self::Ukrainian => match counted {
                'D' => "-го",
                'M' | 'd' | 'N' | 'w' | 'W' => "-й",
                _ => "",
            },
            Self::Swedish if number / 10 % 10 != 1 && matches!(number % 10, 1 | 2) => ":a",
            Self::Swedish => ":e",
            Self::Turkish if matches!(counted, 'D' | 'd') => "",
            Self::Turkish => turkish(number),
            Self::None => "",
        }
    }
}

fn english(number: i64) -> &'static str {
    match (number / 10 % 10, number % 10) {
        (1, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// Days of the month, week or year (`N`), months and weeks each have a sign of their own.
fn days(
    counted: Counted,
    day: &'static str,
    month: &'static str,
    week: &'static str,
) -> &'static str {
    match counted {
        'D' | 'd' | 'N' => day,
        'M' => month,
        'w' | 'W' => week,
        _ => "",
    }
}

/// The vowels follow those of the number's last word.
fn turkish(number: i64) -> &'static str {
    let word = if number % 10 != 0 || number == 0 {
        number % 10
    } else if number % 100 != 0 {
        number % 100
    } else {
        100
    };
    match word {
        1 | 5 | 8 | 70 | 80 => "'inci",
        2 | 7 | 20 | 50 => "'nci",
        3 | 4 | 100 => "'üncü",
        6 => "'ncı",
        9 | 10 | 30 => "'uncu",
        _ => "'ıncı",
    }
}

/// What a language calls the parts of the day where the clock has twelve hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HalfDays {
    English,
    Japanese,
    Chinese,
    Korean,
    Russian,
    Ukrainian,
    Turkish,
}

impl HalfDays {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "ja" => Self::Japanese,
            "zh" => Self::Chinese,
            "ko" => Self::Korean,
            "ru" => Self::Russian,
            "uk" => Self::Ukrainian,
            "tr" => Self::Turkish,
            _ => Self::English,
        }
    }

    pub(super) fn name(self, hour: i64, minute: i64, is_small: bool) -> &'static str {
        let is_morning = hour < 12;
        match self {
            Self::English => either(is_morning, is_small, ["am", "pm", "AM", "PM"]),
            Self::Turkish => either(is_morning, is_small, ["öö", "ös", "ÖÖ", "ÖS"]),
            Self::Japanese => either(is_morning, true, ["午前", "午後", "", ""]),
            Self::Korean => either(is_morning, true, ["오전", "오후", "", ""]),
            Self::Russian => by_hour(hour, ["ночи", "утра", "дня", "вечера"]),
            Self::Ukrainian => by_hour(hour, ["ночі", "ранку", "дня", "вечора"]),
            Self::Chinese => match hour * 100 + minute {
                ..600 => "凌晨",
                600..900 => "早上",
                900..1130 => "上午",
                1130..1230 => "中午",
                1230..1800 => "下午",
                _ => "晚上",
            },
        }
    }

    /// The half of the day a word means, as hours to add, and its length in bytes.
    pub(super) fn read(self, text: &str) -> Option<(i64, usize)> {
        let later = ["下午", "晚上", "中午"];
        let earlier = ["凌晨", "早上", "上午"];
        let own: &[(&str, i64)] = match self {
            Self::Japanese => &[("午前", 0), ("午後", 12)],
            Self::Korean => &[("오전", 0), ("오후", 12)],
            Self::Russian => &[("ночи", 0), ("утра", 0), ("дня", 12), ("вечера", 12)],
            Self::Ukrainian => &[("ночі", 0), ("ранку", 0), ("дня", 12), ("вечора", 12)],
            Self::Turkish => &[("öö", 0), ("ÖÖ", 0), ("ös", 12), ("ÖS", 12)],
            Self::English | Self::Chinese => &[],
        };
        let english = [("am", 0), ("pm", 12), ("a.m.", 0), ("p.m.", 12)];
        let chinese = earlier
            .map(|word| (word, 0))
            .into_iter()
            .chain(later.map(|word| (word, 12)));
        let own = own.iter().copied().chain(chinese).chain(english);
        let starts = |word: &str| {
            text.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let mut found = own.filter(|(word, _)| starts(word));
        found.next().map(|(word, hours)| (hours, word.len()))
    }
}

fn either(is_morning: bool, is_small: bool, words: [&'static str; 4]) -> &'static str {
    match (is_small, is_morning) {
        (true, true) => words[0],
        (true, false) => words[1],
        (false, true) => words[2],
        (false, false) => words[3],
    }
}

fn by_hour(hour: i64, words: [&'static str; 4]) -> &'static str {
    match hour {
        ..4 => words[0],
        4..12 => words[1],
        12..17 => words[2],
        _ => words[3],
    }
}
