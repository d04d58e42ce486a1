use super::code::Code;
use super::compile::Typed;
use super::dates::{Unit, read};
use super::functions::{Function, Gives};
use super::kind::{Element, Kind};
use super::value::Value;

/// Whether the result depends on when it is computed.
pub(super) fn is_of_now(function: &Function, arguments: &[Typed]) -> bool {
    match function.name {
        "TONOW" | "FROMNOW" => true,
        // Where the format has no year, it is this one.
        "DATETIME_PARSE" => match arguments.get(1).map(|it| &it.code) {
            Some(Code::Literal(Value::Text(format))) => !format.contains(['Y', 'L', 'l', 'X', 'x']),
            Some(_) => true,
            None => false,
        },
        _ => false,
    }
}

/// The kind of what a function gives for these arguments.
pub(super) fn kind_of(gives: Gives, arguments: &[Typed]) -> Kind {
    let first = || arguments.first().map_or(Kind::DateTime, date_kind);
    match gives {
        Gives::Nothing | Gives::Branches => Kind::Blank,
        Gives::Number => Kind::Number,
        Gives::Boolean => Kind::Boolean,
        Gives::Text => Kind::Text,
        Gives::Date => Kind::Date,
        Gives::DateTime => Kind::DateTime,
        Gives::SameDate => first(),
        Gives::AddedDate => match arguments.get(2).map(|it| &it.code) {
            Some(Code::Literal(Value::Text(unit)))
                if Unit::named(unit).is_some_and(Unit::is_of_calendar) =>
            {
                first()
            }
            _ => Kind::DateTime,
        },
        Gives::Extreme => extreme_kind(arguments),
        Gives::Array => array_of(arguments),
        Gives::PartOfArray => array_of(arguments.get(..1).unwrap_or_default()),
    }
}

/// Whether a value that is read as a date has a time.
fn date_kind(typed: &Typed) -> Kind {
    match (&typed.code, typed.kind) {
        (_, Kind::Date | Kind::Array(Element::Date)) => Kind::Date,
        (Code::Literal(Value::Text(text)), _) => match read(text) {
            Some(moment) if moment.is_date => Kind::Date,
            _ => Kind::DateTime,
        },
        _ => Kind::DateTime,
    }
}

fn extreme_kind(arguments: &[Typed]) -> Kind {
    let mut kind = Kind::Blank;
    for argument in arguments {
        kind = match argument.kind {
            Kind::Blank => kind,
            given => match given.element() {
                Element::Date => kind.or(Kind::Date),
                Element::DateTime => kind.or(Kind::DateTime),
                _ => return Kind::Number,
            },
        };
    }
    if kind == Kind::Blank {
        Kind::Number
    } else {
        kind
    }
}

fn array_of(arguments: &[Typed]) -> Kind {
    let elements = arguments.iter().map(|it| it.kind.element());
    Kind::Array(elements.reduce(element_or).unwrap_or(Element::Mixed))
}

fn element_or(one: Element, other: Element) -> Element {
    match (one, other) {
        (one, other) if one == other => one,
        (Element::Date | Element::DateTime, Element::Date | Element::DateTime) => Element::DateTime,
        _ => Element::Mixed,
    }
}
