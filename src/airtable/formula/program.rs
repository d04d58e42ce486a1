use std::collections::HashSet;

use super::code::{Code, Scope};
use super::coerce;
use super::compile::Compiler;
use super::condition::Condition;
use super::doubtful;
use super::error::{Error, ErrorKind};
use super::kind::{Element, Kind, ResultType};
use super::names::Names;
use super::parser::{LONGEST, is_too_long, parse};
use super::row::{Field, Row};
use super::run::Run;
use super::syntax::Span;
use super::value::{Fault, Value};

/// Characters it takes to write what is as much work as a few bytes of text.
const CHARACTERS_PER_STEP: usize = 16;

/// Memory of the code for each character it was made of, at most and roughly.
const BYTES_PER_CHARACTER: usize = 64;

/// A formula ready to be evaluated for the rows of one table.
pub(crate) struct Program {
    code: Code,
    /// Work of one evaluation beside that on texts, roughly.
    weight: usize,
    bytes: usize,
    kind: Kind,
    is_rollup: bool,
    is_of_now: bool,
    is_of_changes: bool,
    /// Places in the text of the fields that are named, and the fields' places in the table.
    references: Vec<(Span, usize)>,
}

/// What a formula gives a cell.
pub(crate) type CellValue<'a> = Result<Value<'a>, Fault>;

impl Program {
    /// Compiles a formula of a table with these fields.
    pub(crate) fn new(source: &str, fields: &[Field<'_>]) -> Result<Self, Error> {
        Self::compiled(source, fields, None)
    }

    /// Compiles the aggregation of a rollup; `values` are of this kind, and no other field may be named.
    pub(crate) fn rollup(
        source: &str,
        fields: &[Field<'_>],
        values: Element,
    ) -> Result<Self, Error> {
        let own = fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case("values"));
        let own: Vec<Field<'_>> = own.copied().into_iter().collect();
        Self::compiled(source, &own, Some(values))
    }

    fn compiled(
        source: &str,
        fields: &[Field<'_>],
        values: Option<Element>,
    ) -> Result<Self, Error> {
        let tree = parse(source).map_err(|error| *error)?;
        let mut compiler = Compiler {
            names: Names::new(fields),
            values,
            is_pattern: false,
            run: Run::new(0),
            is_of_now: false,
            is_of_changes: false,
        };
        let typed = compiler.typed(&tree).map_err(|error| *error)?;
        compiler.names.check()?;
        Ok(Self {
            code: typed.code,
            weight: source.len() / CHARACTERS_PER_STEP,
            bytes: source.len() * BYTES_PER_CHARACTER + compiler.run.pattern_bytes(),
            kind: typed.kind,
            is_rollup: values.is_some(),
            is_of_now: compiler.is_of_now,
            is_of_changes: compiler.is_of_changes,
            references: compiler.names.found,
        })
    }

    /// Memory it takes, roughly.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether a filter keeps the row; what fails for it drops it.
    pub(crate) fn keeps(&self, row: &dyn Row, run: &Run) -> bool {
        run.begin(self.weight);
        self.code.holds(Scope { row, run }).unwrap_or(false)
    }

    /// What must hold, all of it, for a filter to keep a row; whichever is looked at first.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = Condition<'_>> {
        self.parts().iter().map(Condition::of)
    }

    /// As `keeps`, where only these of the conditions are still in question.
    pub(crate) fn keeps_by(&self, conditions: &[usize], row: &dyn Row, run: &Run) -> bool {
        let Code::And(parts) = &self.code else {
            return conditions.is_empty() || self.keeps(row, run);
        };
        run.begin(self.weight);
        let scope = Scope { row, run };
        let mut parts = conditions.iter().filter_map(|place| parts.get(*place));
        parts.all(|part| part.all_hold(scope).unwrap_or(false))
    }

    fn parts(&self) -> &[Code] {
        match &self.code {
            Code::And(parts) => parts,
            code => std::slice::from_ref(code),
        }
    }

    /// The value for a row, in the type that a field of this formula has.
    pub(crate) fn cell<'a>(&'a self, row: &'a dyn Row, run: &'a Run) -> CellValue<'a> {
        run.begin(self.weight);
        let value = self.code.value(Scope { row, run })?;
        self.shaped(value)
    }

    fn shaped<'a>(&self, value: Value<'a>) -> CellValue<'a> {
        let is_array = matches!(value, Value::Array(_));
        if is_array && self.is_rollup && doubtful::ROLLUP_JOINS_ARRAYS {
            return coerce::text(value).map(Value::Text);
        }
        Ok(match (self.kind, value) {
            (_, Value::Blank) => Value::Blank,
            (Kind::Text, value) => Value::Text(coerce::text(value)?),
            (Kind::Date, Value::Moment(moment)) => Value::Moment(moment.shown_as_date(true)),
            (Kind::DateTime, Value::Moment(moment)) => Value::Moment(moment.shown_as_date(false)),
            (_, Value::Boolean(is_true)) => f64::from(u8::from(is_true)).into(),
            (_, value) => value,
        })
    }

    /// The type a field of this formula has.
    pub(crate) fn result_type(&self) -> ResultType {
        match self.kind {
            Kind::Array(_) if self.is_rollup && doubtful::ROLLUP_JOINS_ARRAYS => ResultType::Text,
            kind => kind.result_type(),
        }
    }

    /// What the value of such a field is as an operand of another formula.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the value depends on when it is computed.
    pub(crate) fn is_of_now(&self) -> bool {
        self.is_of_now
    }

    /// Whether the value depends on when the record was last changed.
    pub(crate) fn is_of_changes(&self) -> bool {
        self.is_of_changes
    }

    /// The places of the fields the formula names, each once.
    pub(crate) fn references(&self) -> Vec<usize> {
        let mut seen = HashSet::new();
        let places = self.references.iter().map(|(_, place)| *place);
        places.filter(|place| seen.insert(*place)).collect()
    }

    /// The formula as it was written, with the ids of the fields in place of their names; an error where that is too long to
    /// be read again.
    pub(crate) fn with_ids(&self, source: &str, fields: &[Field<'_>]) -> Result<String, Error> {
        let mut references: Vec<&(Span, usize)> = self.references.iter().collect();
        references.sort_by_key(|(span, _)| span.start);
        let mut out = String::with_capacity(source.len() + references.len() * 8);
        let mut end = 0;
        for (span, place) in references {
            out.push_str(&source[end..span.start]);
            out.extend(["{", fields[*place].id, "}"]);
            end = span.end;
        }
        out.push_str(&source[end..]);
        if is_too_long(&out) {
            let message = format!(
                "The formula is longer than {LONGEST} characters once its fields are written as ids"
            );
            return Err(Error::new(ErrorKind::TooLarge, 0..source.len(), message));
        }
        Ok(out)
    }
}
