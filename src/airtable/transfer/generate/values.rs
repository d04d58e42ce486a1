use serde_json::{Value, json};

use super::plan::Plan;
use super::random::Random;
use super::{EPOCH, words};
use crate::platform::clock::rfc3339;
use crate::platform::ids::RecordId;

const DAY: i64 = 86_400_000;

/// What a plain field holds.
#[derive(Clone, Copy)]
pub(super) enum Fill {
    Title,
    Person,
    Code,
    Sentence,
    LongText,
    RichText,
    State,
    Tags,
    Money,
    Share,
    Whole,
    Decimal,
    Day,
    Moment,
    Check,
    Email,
    Url,
    Phone,
    Stars,
    Span,
    Barcode,
}

impl Fill {
    /// The value of one cell; null leaves it empty.
    pub(super) fn value(self, number: usize, random: &mut Random) -> Value {
        if random.percent(self.empty_percent()) {
            return Value::Null;
        }
        match self {
            Self::Title => json!(title(number, random)),
            Self::Person => json!(person(random).join(" ")),
            Self::Code => json!(format!("{:04}-{:05}", random.below(10_000), number)),
            Self::Sentence => json!(random.pick(&words::SENTENCES)),
            Self::LongText => json!(paragraph(random, " ")),
            Self::RichText => json!(format!("**Note**\n\n{}\n", paragraph(random, "\n- "))),
            Self::State => json!(random.pick(&words::STATES)),
            Self::Tags => tags(random),
            Self::Email | Self::Url | Self::Phone | Self::Barcode => self.address(random),
            _ => self.quantity(random),
        }
    }

    fn empty_percent(self) -> usize {
        match self {
            Self::Title => 0,
            Self::State | Self::Person => 10,
            Self::Check => 55,
            Self::LongText | Self::RichText | Self::Barcode => 60,
            _ => 30,
        }
    }

    fn address(self, random: &mut Random) -> Value {
        let [first, last] = person(random).map(str::to_lowercase);
        match self {
            Self::Email => json!(format!("{first}.{last}@example.com")),
            Self::Url => json!(format!(
                "https://example.com/{}/{last}",
                random.pick(&words::NOUNS)
            )),
            Self::Phone => json!(format!("+49 30 {:07}", random.below(10_000_000))),
            _ => json!({"text": format!("{:012}", random.below(1_000_000_000_000))}),
        }
    }

    fn quantity(self, random: &mut Random) -> Value {
        match self {
            Self::Money => json!(random.below(2_000_000) as f64 / 100.0),
            Self::Share => json!(random.below(101) as f64 / 100.0),
            Self::Decimal => json!(random.below(100_000) as f64 / 100.0),
            Self::Day => json!(moment(random)[..10]),
            Self::Moment => json!(moment(random)),
            Self::Check => json!(true),
            Self::Stars => json!(1 + random.below(5)),
            Self::Span => json!(random.below(600) * 60),
            _ => json!(random.below(10_000)),
        }
    }
}

fn title(number: usize, random: &mut Random) -> String {
    let (adjective, noun) = (random.pick(&words::ADJECTIVES), random.pick(&words::NOUNS));
    format!("{adjective} {noun} {}", number + 1)
}

fn person(random: &mut Random) -> [&'static str; 2] {
    [
        *random.pick(&words::FIRST_NAMES),
        *random.pick(&words::LAST_NAMES),
    ]
}

fn paragraph(random: &mut Random, between: &str) -> String {
    let count = 1 + random.below(4);
    let sentences: Vec<&str> = (0..count)
        .map(|_| *random.pick(&words::SENTENCES))
        .collect();
    sentences.join(between)
}

fn tags(random: &mut Random) -> Value {
    let first = random.below(words::TAGS.len());
    let count = 1 + random.below(3);
    let tags = (0..count).map(|step| words::TAGS[(first + step * 5) % words::TAGS.len()]);
    json!(tags.collect::<Vec<_>>())
}

fn moment(random: &mut Random) -> String {
    rfc3339(EPOCH + random.below(1000) as i64 * DAY + random.below(1440) as i64 * 60_000)
}

/// The linked records of each record of a table through one field.
pub(super) struct Links(Vec<Vec<RecordId>>);

impl Links {
    /// The value of one cell; null leaves it empty.
    pub(super) fn value(&self, number: usize) -> Value {
        match self.0[number].as_slice() {
            [] => Value::Null,
            ids => json!(ids),
        }
    }
}

/// The links of every table, in the order in which its link fields were added; both sides agree.
pub(super) fn links(plan: &Plan, ids: &[Vec<RecordId>], random: &mut Random) -> Vec<Vec<Links>> {
    let mut all: Vec<Vec<Links>> = ids.iter().map(|_| Vec::new()).collect();
    for (from, to) in &plan.pairs {
        let (left, right) = pair(&ids[*from], &ids[*to], random);
        all[*from].push(left);
        all[*to].push(right);
    }
    for table in &plan.loops {
        let (left, _) = pair(&ids[*table], &ids[*table], random);
        all[*table].push(left);
    }
    all
}

fn pair(from: &[RecordId], to: &[RecordId], random: &mut Random) -> (Links, Links) {
    let mut left = vec![Vec::new(); from.len()];
    let mut right = vec![Vec::new(); to.len()];
    for (number, id) in from.iter().enumerate() {
        if to.is_empty() || random.percent(40) {
            continue;
        }
        for _ in 0..=random.below(2) {
            let other = random.below(to.len());
            if !left[number].contains(&to[other]) {
                left[number].push(to[other]);
                right[other].push(*id);
            }
        }
    }
    (Links(left), Links(right))
}
