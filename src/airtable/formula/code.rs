use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::coerce;
use super::compare::{compare, compare_to, equal};
use super::dates::{DAY, Moment};
use super::doubtful;
use super::functions::search::{self, Case};
use super::functions::{Args, Few, Many, One, aggregate, regex};
use super::pattern::Pattern;
use super::row::Row;
use super::run::Run;
use super::syntax::{Calculation, Comparison};
use super::value::{Fault, Outcome, Value};

/// A formula made ready to run: names are places, functions are addresses, constants are computed.
pub(super) enum Code {
    Literal(Value<'static>),
    Field(usize),
    /// What a rollup gathers.
    Values,
    Now,
    Today,
    RecordId,
    CreatedTime,
    LastModifiedTime(Box<[usize]>),
    Negate(Box<Self>),
    Plus(Box<Self>),
    Calculate(Box<Self>, Box<[(Calculation, Self)]>),
    Join(Box<[Self]>),
    Compare(Box<Self>, Box<[(Comparison, Self)]>),
    If(Box<[Self; 3]>),
    And(Box<[Self]>),
    Or(Box<[Self]>),
    /// `OR` of comparisons of the record's id, as clients write it for many records at once.
    IsRecord(HashSet<String>),
    Switch(Box<Switch>),
    IsError(Box<Self>),
    /// A text, where to look for it, and from which place on.
    Find(Case, Box<[Self]>),
    One(One, Box<Self>),
    Few(Few, Box<[Self]>),
    Many(Many, Box<[Self]>),
    /// With each argument, whether its texts count as numbers.
    Sum(Box<[(Self, bool)]>),
    Regex(regex::Use, PatternCode, Box<[Self]>),
}

pub(super) struct Switch {
    pub(super) subject: Code,
    pub(super) cases: Box<[(Code, Code)]>,
    pub(super) default: Option<Code>,
}

/// A pattern known beforehand, or the one that a text will turn out to be.
pub(super) enum PatternCode {
    Known(Result<Arc<Pattern>, Fault>),
    Computed(Box<Code>),
}

/// What a formula sees while it runs.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) row: &'a dyn Row,
    pub(super) run: &'a Run,
}

impl Code {
    pub(super) fn value<'a>(&'a self, scope: Scope<'a>) -> Outcome<'a> {
        match self {
            Self::Literal(value) => Ok(value.borrowed()),
            Self::Field(field) => read(scope.row.value(*field), scope.run),
            Self::Values => read(scope.row.values(), scope.run),
            Self::Join(parts) => join(parts, scope),
            Self::Compare(..)
            | Self::And(_)
            | Self::Or(_)
            | Self::IsError(_)
            | Self::IsRecord(_) => self.holds(scope).map(Value::Boolean),
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let chosen = if condition.holds(scope)? {
                    then
                } else {
                    otherwise
                };
                chosen.value(scope)
            }
            Self::Switch(switch) => switch.value(scope),
            Self::Negate(operand) => Ok((0.0 - operand.number(scope)?).into()),
            Self::Plus(operand) => operand.number(scope).map(Value::Number),
            Self::Calculate(first, rest) => calculate(first, rest, scope),
            Self::One(body, argument) => body(scope.run, argument.value(scope)?),
            Self::Few(body, arguments) => body(scope.run, given(arguments, scope)?),
            Self::Many(body, arguments) => body(scope.run, all_given(arguments, scope)?),
            Self::Find(Case::Searched, parts) => {
                let place = find(parts, Case::Searched, scope)?;
                Ok(place.map_or(Value::Blank, Value::count))
            }
            Self::Find(case, parts) => Ok(Value::count(find(parts, *case, scope)?.unwrap_or(0))),
            Self::Sum(arguments) => sum(arguments, scope),
            Self::Regex(how, pattern, arguments) => regex(*how, pattern, arguments, scope),
            _ => self.circumstance(scope),
        }
    }

    /// What depends on the record as a whole, or on the time.
    fn circumstance<'a>(&'a self, scope: Scope<'a>) -> Outcome<'a> {
        let now = scope.run.now;
        let moment = match self {
            Self::Now => Moment::time(now)?,
            Self::Today => Moment::date(now.div_euclid(DAY))?,
            Self::RecordId => return Ok(Value::Text(scope.row.record_id())),
            Self::CreatedTime => Moment::time(scope.row.created_time())?,
            Self::LastModifiedTime(fields) => match scope.row.last_modified(fields) {
                Some(millis) => Moment::time(millis)?,
                None => return Ok(Value::Blank),
            },
            _ => return Ok(Value::Blank),
        };
        Ok(Value::Moment(moment))
    }

    /// Whether the value counts as true.
    pub(super) fn holds(&self, scope: Scope<'_>) -> Result<bool, Fault> {
        match self {
            Self::Compare(first, rest) => compare_all(first, rest, scope),
            Self::And(parts) => {
                for part in parts {
                    if !part.all_hold(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(parts) => {
                for part in parts {
                    if part.any_holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            // A place that was found is never 0.
            Self::Find(case, parts) => Ok(find(parts, *case, scope)?.is_some()),
            Self::IsRecord(ids) => Ok(ids.contains(&*scope.row.record_id())),
            Self::IsError(operand) => Ok(match operand.value(scope) {
                Ok(Value::Number(number)) => !number.is_finite(),
                Ok(_) => false,
                Err(_) => true,
            }),
            _ => coerce::truth(&self.value(scope)?),
        }
    }

    /// Arrays stand for their elements; one without any is not true.
    pub(super) fn all_hold(&self, scope: Scope<'_>) -> Result<bool, Fault> {
        if self.is_scalar() {
            return self.holds(scope);
        }
        match self.value(scope)? {
            Value::Array(items) if items.is_empty() => Ok(false),
            Value::Array(items) => all(items.iter(), true),
            value => coerce::truth(&value),
        }
    }

    fn any_holds(&self, scope: Scope<'_>) -> Result<bool, Fault> {
        if self.is_scalar() {
            return self.holds(scope);
        }
        match self.value(scope)? {
            Value::Array(items) => all(items.iter(), false).map(|all_fail| !all_fail),
            value => coerce::truth(&value),
        }
    }

    /// Never gives an array.
    fn is_scalar(&self) -> bool {
        matches!(
            self,
            Self::Compare(..) | Self::And(_) | Self::Or(_) | Self::IsError(_) | Self::IsRecord(_)
        )
    }

    fn number(&self, scope: Scope<'_>) -> Result<f64, Fault> {
        coerce::number(&self.value(scope)?)
    }
}

// Kept out of `Code::value`, whose room on the stack each level of a formula pays for.
#[inline(never)]
fn given<'a>(arguments: &'a [Code], scope: Scope<'a>) -> Result<Args<'a>, Fault> {
    let mut given = Args::default();
    for argument in arguments {
        given.push(argument.value(scope)?);
    }
    Ok(given)
}

#[inline(never)]
fn all_given<'a>(arguments: &'a [Code], scope: Scope<'a>) -> Result<Vec<Value<'a>>, Fault> {
    arguments.iter().map(|it| it.value(scope)).collect()
}

#[inline(never)]
fn sum<'a>(arguments: &'a [(Code, bool)], scope: Scope<'a>) -> Outcome<'a> {
    let items = arguments.iter();
    aggregate::sum(items.map(|(it, is_text)| Ok((it.value(scope)?, *is_text))))
}

/// Whether all elements are true, or all are not.
fn all<'v, 'a: 'v>(
    items: impl Iterator<Item = &'v Value<'a>>,
    wanted: bool,
) -> Result<bool, Fault> {
    for item in items {
        if coerce::truth(item)? != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The value of a cell; an error in it is that of the formula.
#[inline]
fn read<'a>(value: Value<'a>, run: &Run) -> Outcome<'a> {
    match &value {
        Value::Fault(fault) => return Err(*fault),
        Value::Array(items) => run.charge(items.len() * 32)?,
        _ => {}
    }
    Ok(value)
}

#[inline(never)]
fn join<'a>(parts: &'a [Code], scope: Scope<'a>) -> Outcome<'a> {
    let mut out = Cow::Borrowed("");
    for part in parts {
        let text = coerce::text(part.value(scope)?)?;
        if out.is_empty() {
            out = text;
        } else if !text.is_empty() {
            let copied = if matches!(out, Cow::Borrowed(_)) {
                out.len()
            } else {
                0
            };
            scope.run.charge_more(out.len(), copied + text.len())?;
            out.to_mut().push_str(&text);
        }
    }
    Ok(Value::Text(out))
}

#[inline(never)]
fn compare_all(first: &Code, rest: &[(Comparison, Code)], scope: Scope<'_>) -> Result<bool, Fault> {
    // What most filters do; the value is used where the row puts it.
    if let [(comparison, Code::Literal(right))] = rest {
        return match first {
            Code::Field(field) => compare_to(*comparison, scope.row.value(*field), right),
            first => compare_to(*comparison, first.value(scope)?, right),
        };
    }
    let mut left = first.value(scope)?;
    let mut holds = false;
    for (comparison, right) in rest {
        holds = compare(*comparison, left, right.value(scope)?)?;
        left = Value::Boolean(holds);
    }
    Ok(holds)
}

#[inline(never)]
fn calculate<'a>(
    first: &'a Code,
    rest: &'a [(Calculation, Code)],
    scope: Scope<'a>,
) -> Outcome<'a> {
    let mut left = first.value(scope)?;
    for (calculation, right) in rest {
        let right = right.value(scope)?;
        left = calculated(*calculation, left, right, scope.run)?;
    }
    Ok(left)
}

fn calculated<'a>(
    calculation: Calculation,
    left: Value<'a>,
    right: Value<'a>,
    run: &Run,
) -> Outcome<'a> {
    if calculation == Calculation::Add && doubtful::plus_joins(&left, &right) {
        let (left, right) = (coerce::text(left)?, coerce::text(right)?);
        run.charge_more(left.len(), right.len())?;
        return Ok(Value::Text(left + right));
    }
    let dates = matches!((&left, &right), (Value::Moment(_), Value::Moment(_)));
    let (left, right) = (coerce::number(&left)?, coerce::number(&right)?);
    Ok(Value::Number(match calculation {
        Calculation::Add => left + right,
        Calculation::Subtract if dates => (left - right) / doubtful::MILLIS_PER_DATE_DIFFERENCE,
        Calculation::Subtract => left - right,
        Calculation::Multiply => left * right,
        Calculation::Divide => left / right,
    }))
}

#[inline(never)]
fn find(parts: &[Code], case: Case, scope: Scope<'_>) -> Result<Option<usize>, Fault> {
    let [what, text, start @ ..] = parts else {
        return Ok(None);
    };
    let what = match what {
        Code::Literal(Value::Text(text)) => Cow::Borrowed(&**text),
        what => doubtful::searched_text(what.value(scope)?)?,
    };
    let text = doubtful::searched_text(text.value(scope)?)?;
    let start = match start.first() {
        Some(start) => coerce::whole(&start.value(scope)?)?,
        None => 0,
    };
    search::located(scope.run, &what, &text, start, case)
}

#[inline(never)]
fn regex<'a>(
    how: regex::Use,
    pattern: &'a PatternCode,
    arguments: &'a [Code],
    scope: Scope<'a>,
) -> Outcome<'a> {
    let given = given(arguments, scope)?;
    match pattern {
        PatternCode::Known(Ok(pattern)) => regex::apply(how, pattern, given, scope.run),
        PatternCode::Known(Err(fault)) => Err(*fault),
        PatternCode::Computed(code) => {
            let text = coerce::text(code.value(scope)?)?;
            let pattern = scope.run.pattern(&text)?;
            regex::apply(how, &pattern, given, scope.run)
        }
    }
}

impl Switch {
    fn value<'a>(&'a self, scope: Scope<'a>) -> Outcome<'a> {
        let subject = self.subject.value(scope)?;
        for (pattern, result) in &self.cases {
            if equal(subject.borrowed(), pattern.value(scope)?)? {
                return result.value(scope);
            }
        }
        match &self.default {
            Some(default) => default.value(scope),
            None => Ok(Value::Blank),
        }
    }
}
