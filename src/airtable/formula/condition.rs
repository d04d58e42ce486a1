use super::code::Code;
use super::syntax::Comparison;
use super::value::Value;

/// Something that must hold for a filter to keep a row, as far as it can be told without the row.
#[derive(Debug)]
pub(crate) enum Condition<'p> {
    /// The record has one of these ids.
    IsRecord(Vec<&'p str>),
    /// The field at a place stands so to a constant.
    Compared(usize, Comparison, &'p Value<'static>),
    /// One of these fields equals its constant.
    AnyEqual(Vec<(usize, &'p Value<'static>)>),
    /// Known only by evaluating it.
    Other,
}

impl<'p> Condition<'p> {
    pub(super) fn of(code: &'p Code) -> Self {
        match code {
            Code::IsRecord(ids) => Self::IsRecord(ids.iter().map(String::as_str).collect()),
            Code::Or(parts) => any_of(parts).unwrap_or(Self::Other),
            code => compared(code).unwrap_or(Self::Other),
        }
    }
}

/// The only comparison of a code, if it is of a record's id or of a field with a constant.
fn compared(code: &Code) -> Option<Condition<'_>> {
    let Code::Compare(left, rest) = code else {
        return None;
    };
    let [(comparison, right)] = &**rest else {
        return None;
    };
    let (subject, comparison, constant) = match (&**left, right) {
        (subject, Code::Literal(constant)) => (subject, *comparison, constant),
        (Code::Literal(constant), subject) => (subject, comparison.mirrored(), constant),
        _ => return None,
    };
    match (subject, constant) {
        (Code::Field(place), _) => Some(Condition::Compared(*place, comparison, constant)),
        (Code::RecordId, Value::Text(id)) if comparison == Comparison::Equal => {
            Some(Condition::IsRecord(vec![&**id]))
        }
        _ => None,
    }
}

/// All of one kind: ids of the record, or fields that equal a constant.
fn any_of(parts: &[Code]) -> Option<Condition<'_>> {
    let mut ids = Vec::new();
    let mut fields = Vec::new();
    for part in parts {
        match compared(part)? {
            Condition::IsRecord(more) => ids.extend(more),
            Condition::Compared(place, Comparison::Equal, constant) => {
                fields.push((place, constant));
            }
            _ => return None,
        }
    }
    match (ids.is_empty(), fields.is_empty()) {
        (false, true) => Some(Condition::IsRecord(ids)),
        (true, false) => Some(Condition::AnyEqual(fields)),
        _ => None,
    }
}

/// Whether one of these holds; many ids are looked up at once.
pub(super) fn any(codes: Box<[Code]>) -> Code {
    const FEW: usize = 4;
    let ids = match any_of(&codes) {
        Some(Condition::IsRecord(ids)) if ids.len() > FEW => {
            Some(ids.into_iter().map(str::to_owned).collect())
        }
        _ => None,
    };
    ids.map_or_else(|| Code::Or(codes), Code::IsRecord)
}
