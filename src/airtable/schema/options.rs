use serde_json::{Map, Value};

use super::choices::{cycled_color, is_choice_color};
use super::formats::{is_time_zone, time_name_and_pattern};
use super::types::{Choice, DateFormat, DateTimeFormat, DurationFormat, TimeResult};
use crate::platform::ids::ChoiceId;

/// What is wrong with the options of a field, to follow `Failed schema validation: `.
pub(super) type OptionResult<T> = Result<T, String>;

const RATING_ICONS: &[&str] = &["star", "heart", "thumbsUp", "flag", "dot"];
const CHECKBOX_ICONS: &[&str] = &[
    "check",
    "xCheckbox",
    "star",
    "heart",
    "thumbsUp",
    "flag",
    "dot",
];
const ICON_COLORS: &[&str] = &[
    "yellowBright",
    "orangeBright",
    "redBright",
    "pinkBright",
    "purpleBright",
    "blueBright",
    "cyanBright",
    "tealBright",
    "greenBright",
    "grayBright",
];

/// Options as a client sends them, read strictly.
pub(super) struct Options<'a>(&'a Map<String, Value>);

impl<'a> Options<'a> {
    /// The options, all of whose keys must be among these.
    pub(super) fn new(value: Option<&'a Value>, allowed: &[&str]) -> OptionResult<Self> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Err("<Field>.options is missing".to_owned());
        };
        let Some(map) = value.as_object() else {
            return Err("<Field>.options is not an object".to_owned());
        };
        match map.keys().find(|key| !allowed.contains(&key.as_str())) {
            Some(key) => Err(format!(
                "<Field>.options.{key} expression is not included in the schema"
            )),
            None => Ok(Self(map)),
        }
    }

    /// The member, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn require(&self, key: &str) -> OptionResult<&'a Value> {
        self.get(key)
            .ok_or_else(|| format!("<Field>.options.{key} is missing"))
    }

    /// A whole number in a range.
    pub(super) fn whole(&self, key: &str, low: u8, high: u8) -> OptionResult<u8> {
        let number = self
            .require(key)?
            .as_u64()
            .and_then(|number| u8::try_from(number).ok());
        number
            .filter(|number| (low..=high).contains(number))
            .ok_or_else(|| {
                format!("<Field>.options.{key} must be a whole number from {low} to {high}")
            })
    }

    /// Any text.
    pub(super) fn text(&self, key: &str) -> OptionResult<&'a str> {
        let value = self.require(key)?;
        value
            .as_str()
            .ok_or_else(|| format!("<Field>.options.{key} must be a string"))
    }

    /// The icon of a rating.
    pub(super) fn rating_icon(&self) -> OptionResult<String> {
        self.one_of("icon", RATING_ICONS)
    }

    /// The icon of a checkbox.
    pub(super) fn checkbox_icon(&self) -> OptionResult<String> {
        self.one_of("icon", CHECKBOX_ICONS)
    }

    /// The colour of an icon.
    pub(super) fn icon_color(&self) -> OptionResult<String> {
        self.one_of("color", ICON_COLORS)
    }

    fn one_of(&self, key: &str, known: &[&str]) -> OptionResult<String> {
        let text = self.text(key)?;
        let is_known = known.contains(&text);
        is_known
            .then(|| text.to_owned())
            .ok_or_else(|| format!("<Field>.options.{key} must be one of {}", known.join(", ")))
    }

    /// An id.
    pub(super) fn id<T: std::str::FromStr>(&self, key: &str) -> OptionResult<T> {
        let text = self.text(key)?;
        text.parse()
            .map_err(|_| format!("<Field>.options.{key} is not a valid id"))
    }

    /// How a duration is shown.
    pub(super) fn duration_format(&self) -> OptionResult<DurationFormat> {
        let pattern = self.text("durationFormat")?;
        DurationFormat::of_pattern(pattern).ok_or_else(|| {
            "<Field>.options.durationFormat must be h:mm, h:mm:ss, h:mm:ss.S, h:mm:ss.SS or h:mm:ss.SSS"
                .to_owned()
        })
    }

    /// How a date is shown.
    pub(super) fn date_format(&self) -> OptionResult<DateFormat> {
        let value = self.require("dateFormat")?;
        let format = value["name"].as_str().and_then(DateFormat::named).ok_or(
            "<Field>.options.dateFormat.name must be local, friendly, us, european or iso",
        )?;
        check_pattern("dateFormat", value, format.name_and_pattern().1)?;
        Ok(format)
    }

    /// How a date with time is shown.
    pub(super) fn date_time_format(&self) -> OptionResult<DateTimeFormat> {
        let date = self.date_format()?;
        let value = self.require("timeFormat")?;
        let twelve_hour = match value["name"].as_str() {
            Some("12hour") => true,
            Some("24hour") => false,
            _ => return Err("<Field>.options.timeFormat.name must be 12hour or 24hour".to_owned()),
        };
        check_pattern("timeFormat", value, time_name_and_pattern(twelve_hour).1)?;
        let time_zone = self.text("timeZone")?;
        if !is_time_zone(time_zone) {
            return Err("<Field>.options.timeZone is not a known time zone".to_owned());
        }
        Ok(DateTimeFormat {
            date,
            twelve_hour,
            time_zone: time_zone.to_owned(),
        })
    }

    /// What a computed time shows; the default when it is not said.
    pub(super) fn time_result(&self) -> OptionResult<TimeResult> {
        let Some(result) = self.get("result") else {
            return Ok(TimeResult::default());
        };
        match result["type"].as_str() {
            Some("date") => Self::new(result.get("options"), &["dateFormat"])?
                .date_format()
                .map(TimeResult::Date),
            Some("dateTime") => Self::new(
                result.get("options"),
                &["dateFormat", "timeFormat", "timeZone"],
            )?
            .date_time_format()
            .map(TimeResult::DateTime),
            _ => Err("<Field>.options.result.type must be date or dateTime".to_owned()),
        }
    }

    /// The entries of `choices`.
    pub(super) fn choices(&self) -> OptionResult<&'a Vec<Value>> {
        let value = self.require("choices")?;
        value
            .as_array()
            .ok_or_else(|| "<Field>.options.choices must be an array".to_owned())
    }
}

fn check_pattern(key: &str, value: &Value, wanted: &str) -> OptionResult<()> {
    match value.get("format") {
        None | Some(Value::Null) => Ok(()),
        Some(given) if given == wanted => Ok(()),
        Some(_) => Err(format!(
            "<Field>.options.{key}.format must be {wanted} for this name"
        )),
    }
}

/// A choice as a client describes it; an id is only accepted where it names one of those given.
pub(super) fn choice(rank: usize, entry: &Value, existing: &[Choice]) -> OptionResult<Choice> {
    let path = format!("<Field>.options.choices[{rank}]");
    let map = entry
        .as_object()
        .ok_or_else(|| format!("{path} must be an object"))?;
    if let Some(key) = map
        .keys()
        .find(|key| !matches!(key.as_str(), "id" | "name" | "color"))
    {
        return Err(format!(
            "{path}.{key} expression is not included in the schema"
        ));
    }
    let name = entry["name"]
        .as_str()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let before = existing_choice(&path, entry, name, existing)?;
    let name = name
        .map(str::to_owned)
        .or_else(|| before.map(|choice| choice.name.clone()));
    let color = match &entry["color"] {
        Value::Null => before.map_or_else(
            || Some(cycled_color(rank).to_owned()),
            |it| it.color.clone(),
        ),
        Value::String(color) if is_choice_color(color) => Some(color.clone()),
        _ => return Err(format!("{path}.color is not a known colour")),
    };
    Ok(Choice {
        id: before.map_or_else(ChoiceId::fresh, |choice| choice.id),
        name: name.ok_or_else(|| format!("{path}.name is missing"))?,
        color,
    })
}

fn existing_choice<'a>(
    path: &str,
    entry: &Value,
    name: Option<&str>,
    existing: &'a [Choice],
) -> OptionResult<Option<&'a Choice>> {
    match &entry["id"] {
        Value::Null => Ok(existing
            .iter()
            .find(|choice| Some(choice.name.as_str()) == name)),
        Value::String(id) => {
            let known = existing.iter().find(|choice| choice.id.to_string() == *id);
            known
                .map(Some)
                .ok_or_else(|| format!("{path}.id does not name an existing choice"))
        }
        _ => Err(format!("{path}.id must be a string")),
    }
}
