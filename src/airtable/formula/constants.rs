use std::borrow::Cow;

use super::code::{Code, PatternCode, Scope};
use super::compile::Typed;
use super::kind::Kind;
use super::row::Row;
use super::run::Run;
use super::value::Value;

/// Bytes of a computed constant that are kept; longer ones are made again for each row.
const LONGEST_CONSTANT: usize = 4096;

/// The code, or the constant it always gives.
pub(super) fn folded(run: &Run, code: Code, kind: Kind) -> Typed {
    let is_constant = match &code {
        Code::Negate(it) | Code::Plus(it) | Code::IsError(it) => is_constant(it),
        Code::Calculate(first, rest) => {
            is_constant(first) && rest.iter().all(|(_, it)| is_constant(it))
        }
        Code::Compare(first, rest) => {
            is_constant(first) && rest.iter().all(|(_, it)| is_constant(it))
        }
        Code::Join(parts) | Code::And(parts) | Code::Or(parts) | Code::Find(_, parts) => {
            parts.iter().all(is_constant)
        }
        Code::If(parts) => parts.iter().all(is_constant),
        Code::Sum(parts) => parts.iter().all(|(it, _)| is_constant(it)),
        Code::Regex(_, PatternCode::Known(_), parts) => parts.iter().all(is_constant),
        _ => false,
    };
    folded_if(is_constant, run, Typed { code, kind })
}

/// The same where it is already known whether the operands are constants.
pub(super) fn folded_if(is_constant: bool, run: &Run, typed: Typed) -> Typed {
    if !is_constant {
        return typed;
    }
    let scope = Scope { row: &NoRow, run };
    // What fails is left to fail for each row, where it may stand in a branch that is not taken.
    let Ok(value) = typed.code.value(scope) else {
        return typed;
    };
    let is_short = match &value {
        Value::Text(text) => text.len() <= LONGEST_CONSTANT,
        Value::Array(_) => false,
        _ => true,
    };
    if !is_short {
        return typed;
    }
    let kind = match &value {
        Value::Moment(moment) if moment.is_date => Kind::Date,
        Value::Moment(_) => Kind::DateTime,
        _ => typed.kind,
    };
    let code = Code::Literal(value.into_owned());
    Typed { code, kind }
}

pub(super) fn is_constant(code: &Code) -> bool {
    matches!(code, Code::Literal(_))
}

/// Stands for the record while constants are computed; none is ever asked for anything.
struct NoRow;

impl Row for NoRow {
    fn value(&self, _: usize) -> Value<'_> {
        Value::Blank
    }

    fn record_id(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn created_time(&self) -> i64 {
        0
    }

    fn last_modified(&self, _: &[usize]) -> Option<i64> {
        None
    }
}
