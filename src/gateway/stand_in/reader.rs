//! Reads a fault plan member by member, so that everything wrong is found in one go.

use serde_json::{Map, Value};

use super::plan::{Choice, FaultPlan, Kind, PlanFault, RateLimits, Rule, When};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const LONGEST_WAIT: u64 = 86_400_000;

/// The plan, or everything that is wrong.
pub(super) fn read(value: Value) -> Result<FaultPlan, Vec<PlanFault>> {
    let mut faults = Vec::new();
    let mut members = Members::of(value, "", &mut faults);
    let seed = members.number("seed", 0..=u64::MAX).unwrap_or(0);
    let limits = members.take("limits");
    let rules = members.take("faults");
    let rest = members.rest();
    let limits = limits.map_or_else(RateLimits::default, |value| read_limits(value, &mut faults));
    let rules = match rules {
        None => Vec::new(),
        Some(Value::Array(rules)) => {
            let rules = rules.into_iter().enumerate();
            rules
                .filter_map(|(at, rule)| read_rule(rule, &format!("faults[{at}]"), &mut faults))
                .collect()
        }
        Some(_) => {
            faults.push(fault("faults", "must be a list"));
            Vec::new()
        }
    };
    faults.extend(rest);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(FaultPlan {
        seed,
        limits,
        faults: rules,
    })
}

fn read_limits(value: Value, faults: &mut Vec<PlanFault>) -> RateLimits {
    let usual = RateLimits::default();
    let mut members = Members::of(value, "limits", faults);
    let mut number = |name: &str, usual: u32| {
        let number = members.number(name, 1..=u64::from(u32::MAX));
        number
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(usual)
    };
    let (per_base, per_token, lock_out) = (
        number("per_base", usual.per_base),
        number("per_token", usual.per_token),
        number("lock_out", usual.lock_out),
    );
    let enabled = match members.take("enabled") {
        None => usual.enabled,
        Some(Value::Bool(enabled)) => enabled,
        Some(_) => {
            members.wrong("enabled", "must be true or false");
            usual.enabled
        }
    };
    let rest = members.rest();
    faults.extend(rest);
    RateLimits {
        enabled,
        per_base,
        per_token,
        lock_out,
    }
}

fn read_rule(value: Value, place: &str, faults: &mut Vec<PlanFault>) -> Option<Rule> {
    let mut members = Members::of(value, place, faults);
    let kind = read_kind(&mut members);
    let methods = read_methods(&mut members);
    let path = members.text("path").unwrap_or_else(|| "*".to_owned());
    let choice = read_choice(&mut members);
    let times = members.number("times", 1..=u64::MAX);
    let rest = match kind {
        // What belongs to a kind that is not known is not known either.
        None => Vec::new(),
        Some(_) => members.rest(),
    };
    faults.extend(rest);
    Some(Rule {
        kind: kind?,
        methods,
        path,
        choice: choice?,
        times,
    })
}

fn read_kind(members: &mut Members<'_>) -> Option<Kind> {
    let name = members.text("kind").unwrap_or_default();
    match name.as_str() {
        "latency" => {
            let ms = members.take("ms");
            let ms = ms.as_ref().and_then(read_span);
            if ms.is_none() {
                members.wrong(
                    "ms",
                    "must be milliseconds, or the least and the most as [10, 200]",
                );
            }
            let when = members.when(When::Before);
            Some(Kind::Latency {
                ms: ms?,
                when: when?,
            })
        }
        "status" => {
            let status = members.number("status", 400..=599);
            if status.is_none() {
                members.missing("status", "must be between 400 and 599");
            }
            let when = members.when(When::Before);
            let status = u16::try_from(status?).ok()?;
            Some(Kind::Status {
                status,
                when: when?,
            })
        }
        "reset" => Some(Kind::Reset {
            when: members.when(When::Before)?,
        }),
        "slow_body" => {
            let rate = members.number("bytes_per_second", 1..=u64::from(u32::MAX));
            if rate.is_none() {
                members.missing("bytes_per_second", "must be at least 1");
            }
            let bytes_per_second = u32::try_from(rate?).ok()?;
            Some(Kind::SlowBody { bytes_per_second })
        }
        "malformed_json" => Some(Kind::MalformedJson),
        _ => {
            let known = "must be latency, status, reset, slow_body or malformed_json";
            members.wrong("kind", known);
            None
        }
    }
}

fn read_span(value: &Value) -> Option<(u64, u64)> {
    let (least, most) = match value {
        Value::Array(both) => match both.as_slice() {
            [least, most] => (least.as_u64()?, most.as_u64()?),
            _ => return None,
        },
        one => (one.as_u64()?, one.as_u64()?),
    };
    (least <= most && most <= LONGEST_WAIT).then_some((least, most))
}

fn read_methods(members: &mut Members<'_>) -> Vec<String> {
    let Some(value) = members.take("methods") else {
        return Vec::new();
    };
    let methods = serde_json::from_value::<Vec<String>>(value).unwrap_or_default();
    let is_known = |method: &String| METHODS.contains(&method.as_str());
    if methods.is_empty() || !methods.iter().all(is_known) {
        members.wrong("methods", "must be a list of GET, POST, PUT, PATCH, DELETE");
    }
    methods
}

fn read_choice(members: &mut Members<'_>) -> Option<Choice> {
    let (probability, nth, every) = (
        members.take("probability"),
        members.take("nth"),
        members.take("every"),
    );
    let given = [&probability, &nth, &every];
    let choice = match (&probability, &nth, &every) {
        (Some(value), None, None) => {
            let probability = value.as_f64().filter(|it| (0.0..=1.0).contains(it));
            if probability.is_none() {
                members.wrong("probability", "must be between 0 and 1");
            }
            probability.map(Choice::Probability)
        }
        (None, Some(value), None) => {
            let numbers = match value {
                Value::Array(numbers) => numbers.iter().map(Value::as_u64).collect(),
                one => one.as_u64().map(|number| vec![number]),
            };
            let numbers = numbers.filter(|all| !all.is_empty() && !all.contains(&0));
            if numbers.is_none() {
                members.wrong("nth", "must be a number from 1, or a list of them");
            }
            numbers.map(Choice::Nth)
        }
        (None, None, Some(value)) => {
            let every = value.as_u64().filter(|every| *every > 0);
            if every.is_none() {
                members.wrong("every", "must be at least 1");
            }
            every.map(Choice::Every)
        }
        _ => None,
    };
    if given.iter().filter(|value| value.is_some()).count() != 1 {
        members.wrong("", "needs one of probability, nth and every");
    }
    choice
}

/// The members of one table; what nobody took is unknown.
struct Members<'a> {
    place: String,
    left: Map<String, Value>,
    faults: &'a mut Vec<PlanFault>,
    refused: Vec<String>,
}

impl<'a> Members<'a> {
    fn of(value: Value, place: &str, faults: &'a mut Vec<PlanFault>) -> Self {
        let left = match value {
            Value::Object(members) => members,
            _ => {
                faults.push(fault(place, "must be a table"));
                Map::new()
            }
        };
        Self {
            place: place.to_owned(),
            left,
            faults,
            refused: Vec::new(),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.left.remove(name)
    }

    fn wrong(&mut self, name: &str, message: &str) {
        self.refused.push(name.to_owned());
        let place = join(&self.place, name);
        self.faults.push(fault(&place, message));
    }

    /// Names a member that must be there, unless it was named before.
    fn missing(&mut self, name: &str, message: &str) {
        if !self.refused.iter().any(|known| known == name) {
            self.wrong(name, message);
        }
    }

    fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.take(name)?;
        let number = value.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            let message = match *range.end() {
                u64::MAX => format!("must be a whole number, at least {}", range.start()),
                end => format!("must be a whole number between {} and {end}", range.start()),
            };
            self.wrong(name, &message);
        }
        number
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong(name, "must be a text");
                None
            }
        }
    }

    fn when(&mut self, usual: When) -> Option<When> {
        match self.take("when").as_ref().map(Value::as_str) {
            None => Some(usual),
            Some(Some("before")) => Some(When::Before),
            Some(Some("after")) => Some(When::After),
            Some(_) => {
                self.wrong("when", "must be before or after");
                None
            }
        }
    }

    /// What nobody took.
    fn rest(self) -> Vec<PlanFault> {
        let unknown = self.left.keys();
        unknown
            .map(|name| fault(&join(&self.place, name), "is not known"))
            .collect()
    }
}

fn join(place: &str, name: &str) -> String {
    match (place, name) {
        ("", name) => name.to_owned(),
        (place, "") => place.to_owned(),
        (place, name) => format!("{place}.{name}"),
    }
}

fn fault(place: &str, message: &str) -> PlanFault {
    let place = if place.is_empty() { "plan" } else { place };
    PlanFault {
        place: place.to_owned(),
        message: message.to_owned(),
    }
}
