use std::borrow::Cow;

use super::code::{Code, PatternCode, Switch};

use super::coerce;
use super::condition::any;
use super::constants::{folded, folded_if, is_constant};
use super::error::{Error, ErrorKind};
use super::functions::search::Case;
use super::functions::{self, Body, Function, Special};
use super::infer::{is_of_now, kind_of};
use super::kind::{Element, Kind};
use super::literal;
use super::names::Names;
use super::run::Run;
use super::syntax::{Calculation, Call, Comparison, Expression, Node};
use super::value::Value;

/// Code and what is known of its value.
pub(super) struct Typed {
    pub(super) code: Code,
    pub(super) kind: Kind,
}

/// Turns a formula's tree into code.
pub(super) struct Compiler<'f> {
    pub(super) names: Names<'f>,
    /// What a rollup gathers, where this is one.
    pub(super) values: Option<Element>,
    /// Whether texts are read as parts of a regular expression.
    pub(super) is_pattern: bool,
    /// For constants.
    pub(super) run: Run,
    /// Whether the value depends on when it is computed.
    pub(super) is_of_now: bool,
    /// Whether it depends on when the record was changed.
    pub(super) is_of_changes: bool,
}

impl Compiler<'_> {
    /// Kept small, as all below: a level of nesting costs the stack of those it passes through.
    pub(super) fn typed(&mut self, node: &Node) -> Result<Typed, Box<Error>> {
        match &node.expression {
            Expression::Parenthesis(inner) => self.typed(inner),
            Expression::Negate(operand) => self.sign(operand, Code::Negate),
            Expression::Plus(operand) => self.sign(operand, Code::Plus),
            Expression::Sum(first, rest) | Expression::Product(first, rest) => {
                self.calculation(first, rest)
            }
            Expression::Join(parts) => self.join(parts),
            Expression::Compare(first, rest) => self.comparison(first, rest),
            Expression::Call(call) => self.call(call),
            _ => Ok(self.leaf(node)),
        }
    }

    fn leaf(&mut self, node: &Node) -> Typed {
        let (code, kind) = match &node.expression {
            Expression::Number(number) => (Code::Literal(Value::Number(*number)), Kind::Number),
            Expression::Text(written) => (Code::Literal(self.literal(written)), Kind::Text),
            Expression::Field(written) => {
                let place = self.names.braced(written, &node.span);
                self.field(place)
            }
            Expression::Word(name) => self.word(name, node),
            _ => self.field(None),
        };
        Typed { code, kind }
    }

    fn sign(&mut self, operand: &Node, sign: fn(Box<Code>) -> Code) -> Result<Typed, Box<Error>> {
        let code = sign(Box::new(self.typed(operand)?.code));
        Ok(folded(&self.run, code, Kind::Number))
    }

    fn calculation(
        &mut self,
        first: &Node,
        rest: &[(Calculation, Node)],
    ) -> Result<Typed, Box<Error>> {
        let first = self.typed(first)?;
        let mut kind = first.kind;
        let mut codes = Vec::with_capacity(rest.len());
        for (calculation, operand) in rest {
            let operand = self.typed(operand)?;
            // Only adding texts gives a text.
            let are_texts = kind == Kind::Text && operand.kind == Kind::Text;
            let is_text = are_texts && *calculation == Calculation::Add;
            kind = if is_text { Kind::Text } else { Kind::Number };
            codes.push((*calculation, operand.code));
        }
        Ok(folded(
            &self.run,
            Code::Calculate(Box::new(first.code), codes.into()),
            kind,
        ))
    }

    fn join(&mut self, parts: &[Node]) -> Result<Typed, Box<Error>> {
        let code = Code::Join(self.codes(parts)?);
        Ok(folded(&self.run, code, Kind::Text))
    }

    fn comparison(
        &mut self,
        first: &Node,
        rest: &[(Comparison, Node)],
    ) -> Result<Typed, Box<Error>> {
        let first = self.typed(first)?.code;
        let mut codes = Vec::with_capacity(rest.len());
        for (comparison, operand) in rest {
            codes.push((*comparison, self.typed(operand)?.code));
        }
        Ok(folded(
            &self.run,
            Code::Compare(Box::new(first), codes.into()),
            Kind::Boolean,
        ))
    }

    fn codes(&mut self, nodes: &[Node]) -> Result<Box<[Code]>, Box<Error>> {
        let mut codes = Vec::with_capacity(nodes.len());
        for node in nodes {
            codes.push(self.typed(node)?.code);
        }
        Ok(codes.into())
    }

    fn literal(&self, written: &str) -> Value<'static> {
        let text = if self.is_pattern {
            literal::pattern(written)
        } else {
            literal::text(written)
        };
        Value::Text(Cow::Owned(text.into_owned()))
    }

    fn field(&self, place: Option<usize>) -> (Code, Kind) {
        match place {
            Some(place) => (Code::Field(place), self.names.field(place).kind),
            // The whole formula will be refused.
            None => (Code::Literal(Value::Blank), Kind::Blank),
        }
    }

    /// A field, else a function that needs no parentheses, else a field in another case.
    fn word(&mut self, name: &str, node: &Node) -> (Code, Kind) {
        if let Some(place) = self.names.exact(name, &node.span) {
            return self.field(Some(place));
        }
        if let Some(element) = self.values.filter(|_| name.eq_ignore_ascii_case("values")) {
            return match self.names.folded(name, &node.span) {
                Some(place) => self.field(Some(place)),
                None => (Code::Values, Kind::Array(element)),
            };
        }
        match name.to_ascii_uppercase().as_str() {
            "TRUE" => (Code::Literal(Value::Boolean(true)), Kind::Boolean),
            "FALSE" => (Code::Literal(Value::Boolean(false)), Kind::Boolean),
            "BLANK" => (Code::Literal(Value::Blank), Kind::Blank),
            "NOW" => (self.of_now(Code::Now), Kind::DateTime),
            "TODAY" => (self.of_now(Code::Today), Kind::Date),
            _ => {
                let place = self.names.bare(name, &node.span);
                self.field(place)
            }
        }
    }

    fn of_now(&mut self, code: Code) -> Code {
        self.is_of_now = true;
        code
    }

    fn call(&mut self, call: &Call) -> Result<Typed, Box<Error>> {
        // The parser lets no other names pass.
        let Some(function) = functions::find(&call.name) else {
            let message = "Unknown function";
            let place = call.name_span.clone();
            return Err(Box::new(Error::new(
                ErrorKind::UnknownFunction,
                place,
                message,
            )));
        };
        match function.body {
            Body::Special(special) => self.special(special, function, call),
            _ => {
                let arguments = self.arguments(&call.arguments)?;
                self.plain(function, arguments)
                    .ok_or_else(|| miscounted(call))
            }
        }
    }

    /// A call that evaluates all its arguments.
    fn plain(&mut self, function: &Function, arguments: Vec<Typed>) -> Option<Typed> {
        let kind = kind_of(function.gives, &arguments);
        let is_of_now = is_of_now(function, &arguments);
        self.is_of_now |= is_of_now;
        let is_constant = !is_of_now && arguments.iter().all(|it| is_constant(&it.code));
        let mut codes = arguments.into_iter().map(|it| it.code);
        let code = match function.body {
            Body::One(body) => Code::One(body, Box::new(codes.next()?)),
            Body::Few(body) => Code::Few(body, codes.collect()),
            Body::Many(body) => Code::Many(body, codes.collect()),
            Body::Special(_) => return None,
        };
        Some(folded_if(is_constant, &self.run, Typed { code, kind }))
    }

    fn arguments(&mut self, nodes: &[Node]) -> Result<Vec<Typed>, Box<Error>> {
        let mut arguments = Vec::with_capacity(nodes.len());
        for node in nodes {
            arguments.push(self.typed(node)?);
        }
        Ok(arguments)
    }

    fn special(
        &mut self,
        special: Special,
        function: &Function,
        call: &Call,
    ) -> Result<Typed, Box<Error>> {
        let nodes = call.arguments.as_slice();
        let kind = kind_of(function.gives, &[]);
        let code = match special {
            Special::If | Special::Switch => return self.branches(special, call),
            Special::Regex(how) => return self.regex(how, kind, call),
            Special::Sum => self.sum(nodes)?,
            Special::Concatenate => Code::Join(self.concatenated(nodes)?),
            Special::And => Code::And(self.codes(nodes)?),
            Special::Or => any(self.codes(nodes)?),
            Special::Find => self.find(nodes)?,
            Special::Search => Code::Find(Case::Searched, self.codes(nodes)?),
            Special::IsError => {
                let operand = self.codes(nodes)?.into_iter().next();
                Code::IsError(Box::new(operand.ok_or_else(|| miscounted(call))?))
            }
            Special::LastModifiedTime => self.last_modified(nodes)?,
            Special::Now => self.of_now(Code::Now),
            Special::Today => self.of_now(Code::Today),
            special => circumstance(special),
        };
        Ok(folded(&self.run, code, kind))
    }

    fn sum(&mut self, nodes: &[Node]) -> Result<Code, Box<Error>> {
        let arguments = self.arguments(nodes)?.into_iter();
        let flagged = arguments.map(|argument| {
            let is_text = argument.kind == Kind::Array(Element::Text);
            (argument.code, is_text)
        });
        Ok(Code::Sum(flagged.collect()))
    }

    /// What is looked for in a text in lower case is found without making that text.
    fn find(&mut self, nodes: &[Node]) -> Result<Code, Box<Error>> {
        let [what, text, start @ ..] = nodes else {
            return Ok(Code::Find(Case::Exact, self.codes(nodes)?));
        };
        let (case, text) = match lowered(text) {
            Some(text) => (Case::Lower, text),
            None => (Case::Exact, text),
        };
        let mut codes = vec![self.typed(what)?.code, self.typed(text)?.code];
        codes.extend(self.codes(start)?);
        Ok(Code::Find(case, codes.into()))
    }

    /// Gathered values are joined without anything between them.
    fn concatenated(&mut self, nodes: &[Node]) -> Result<Box<[Code]>, Box<Error>> {
        let codes = self.codes(nodes)?.into_iter();
        Ok(codes
            .map(|code| match code {
                Code::Values => Code::One(functions::joined_tightly, Box::new(code)),
                code => code,
            })
            .collect())
    }

    fn last_modified(&mut self, nodes: &[Node]) -> Result<Code, Box<Error>> {
        let mut fields = Vec::with_capacity(nodes.len());
        for node in nodes {
            let place = match &node.expression {
                Expression::Field(written) => self.names.braced(written, &node.span),
                Expression::Word(name) => self.names.bare(name, &node.span),
                _ => {
                    let message = "LAST_MODIFIED_TIME takes fields only";
                    let place = node.span.clone();
                    return Err(Box::new(Error::new(ErrorKind::Argument, place, message)));
                }
            };
            fields.extend(place);
        }
        self.is_of_changes = true;
        Ok(Code::LastModifiedTime(fields.into()))
    }

    fn branches(&mut self, special: Special, call: &Call) -> Result<Typed, Box<Error>> {
        let mut arguments = self.arguments(&call.arguments)?.into_iter();
        let first = arguments.next().ok_or_else(|| miscounted(call))?.code;
        let mut kind = Kind::Blank;
        let mut branch = |typed: Typed| {
            kind = kind.or(typed.kind);
            typed.code
        };
        let code = if special == Special::If {
            let then = branch(arguments.next().ok_or_else(|| miscounted(call))?);
            let otherwise = arguments.next().map_or(Code::Literal(Value::Blank), branch);
            Code::If(Box::new([first, then, otherwise]))
        } else {
            let mut cases = Vec::new();
            let mut default = None;
            while let Some(pattern) = arguments.next() {
                match arguments.next() {
                    Some(result) => cases.push((pattern.code, branch(result))),
                    None => default = Some(branch(pattern)),
                }
            }
            Code::Switch(Box::new(Switch {
                subject: first,
                cases: cases.into(),
                default,
            }))
        };
        Ok(folded(&self.run, code, kind))
    }

    fn regex(
        &mut self,
        how: functions::regex::Use,
        kind: Kind,
        call: &Call,
    ) -> Result<Typed, Box<Error>> {
        let [text, pattern, rest @ ..] = call.arguments.as_slice() else {
            return Err(miscounted(call));
        };
        let mut arguments = vec![self.typed(text)?.code];
        let outer = std::mem::replace(&mut self.is_pattern, true);
        let pattern = self.typed(pattern);
        self.is_pattern = outer;
        let pattern = match pattern?.code {
            Code::Literal(value) => {
                let text = coerce::text(value);
                PatternCode::Known(text.and_then(|text| self.run.pattern(&text)))
            }
            code => PatternCode::Computed(Box::new(code)),
        };
        for node in rest {
            arguments.push(self.typed(node)?.code);
        }
        let code = Code::Regex(how, pattern, arguments.into());
        Ok(folded(&self.run, code, kind))
    }
}

/// What `LOWER` is called with, where this is such a call.
fn lowered(node: &Node) -> Option<&Node> {
    match &node.expression {
        Expression::Call(call) if call.name.eq_ignore_ascii_case("LOWER") => call.arguments.first(),
        _ => None,
    }
}

/// What takes no arguments.
fn circumstance(special: Special) -> Code {
    match special {
        Special::True => Code::Literal(Value::Boolean(true)),
        Special::False => Code::Literal(Value::Boolean(false)),
        Special::RecordId => Code::RecordId,
        Special::CreatedTime => Code::CreatedTime,
        _ => Code::Literal(Value::Blank),
    }
}

/// Cannot happen: the parser counts arguments.
fn miscounted(call: &Call) -> Box<Error> {
    let message = "Wrong number of arguments";
    let place = call.name_span.clone();
    Box::new(Error::new(ErrorKind::ArgumentCount, place, message))
}
