use std::ops::Range;

use super::error::{Error, ErrorKind};
use super::functions;
use super::syntax::{Calculation, Call, Comparison, Expression, Node, Span};
use super::token::{Token, tokens};

/// Characters of a formula at most, as in the app of the original.
pub(super) const LONGEST: usize = 100_000;
/// Levels of nesting at most; each costs stack here, when it is compiled and when it is evaluated.
const DEEPEST: usize = 128;

/// Boxed on both sides, so that a level of nesting costs little stack.
type Parsed = Result<Box<Node>, Box<Error>>;

/// Reads a formula; functions and the number of their arguments are checked, names are not.
pub(super) fn parse(source: &str) -> Parsed {
    if is_too_long(source) {
        let message = format!("The formula is longer than {LONGEST} characters");
        return Err(Box::new(Error::new(
            ErrorKind::TooLarge,
            0..source.len(),
            message,
        )));
    }
    let tokens = tokens(source).map_err(|span| unreadable(source, span))?;
    let mut parser = Parser {
        source,
        tokens: &tokens,
        place: 0,
        depth: 0,
    };
    let node = parser.expression()?;
    match parser.peek() {
        None => Ok(node),
        Some(Token::Close) => Err(parser.unexpected("This parenthesis closes nothing")),
        Some(_) => Err(parser.unexpected("An operator is missing before this")),
    }
}

fn unreadable(source: &str, span: Span) -> Box<Error> {
    let rest = &source[span.start..];
    let message = match rest.chars().next() {
        Some('"' | '\'') => "This text has no closing quote".to_owned(),
        Some('{') => "This field name has no closing brace".to_owned(),
        Some('}') => "This brace closes nothing".to_owned(),
        Some('“' | '”' | '‘' | '’' | '„' | '«' | '»') => {
            "Curly quotes are not read; use \" or '".to_owned()
        }
        Some('/') => "There are no comments in formulas".to_owned(),
        Some('=') => "There is no operator ==; did you mean =?".to_owned(),
        Some('<') => "There is no operator <>; did you mean !=?".to_owned(),
        Some('!') => "There is no operator !; did you mean != or NOT()?".to_owned(),
        Some('^') => "There is no operator ^; did you mean POWER()?".to_owned(),
        Some('%') => "There is no operator %; did you mean MOD()?".to_owned(),
        Some('|') => "There is no operator |; did you mean OR()?".to_owned(),
        Some(other) => format!("The character {other:?} has no meaning here"),
        None => "The formula ends here unexpectedly".to_owned(),
    };
    Box::new(Error::syntax(span, message))
}

pub(super) fn is_too_long(source: &str) -> bool {
    source.len() > LONGEST && source.chars().count() > LONGEST
}

struct Parser<'s> {
    source: &'s str,
    tokens: &'s [(Token, Span)],
    place: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.place).map(|(token, _)| *token)
    }

    /// The place of the next token, or the end.
    fn span(&self) -> Span {
        let end = self.source.len();
        self.tokens
            .get(self.place)
            .map_or(end..end, |(_, span)| span.clone())
    }

    fn unexpected(&self, message: &str) -> Box<Error> {
        Box::new(Error::syntax(self.span(), message))
    }

    fn take(&mut self, token: Token) -> Option<Span> {
        let is_next = self.peek() == Some(token);
        let span = self.span();
        self.place += usize::from(is_next);
        is_next.then_some(span)
    }

    fn deeper<T>(&mut self, read: fn(&mut Self) -> Result<T, Box<Error>>) -> Result<T, Box<Error>> {
        if self.depth == DEEPEST {
            let message = format!("The formula is nested deeper than {DEEPEST} levels");
            return Err(Box::new(Error::new(
                ErrorKind::TooLarge,
                self.span(),
                message,
            )));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn expression(&mut self) -> Parsed {
        self.chains(0)
    }

    /// An operand with all that operators of this strength or more join to it.
    fn chains(&mut self, weakest: u8) -> Parsed {
        let mut node = self.unary()?;
        while let Some(strength) = self.strength().filter(|strength| *strength >= weakest) {
            node = self.chain(node, strength)?;
        }
        Ok(node)
    }

    /// How strongly the next token joins operands: 0 compares, 1 joins texts, 2 adds, 3 multiplies.
    fn strength(&self) -> Option<u8> {
        match self.peek()? {
            Token::Times | Token::Divide => Some(3),
            Token::Plus | Token::Minus => Some(2),
            Token::Join => Some(1),
            Token::Equal
            | Token::Unequal
            | Token::Less
            | Token::AtMost
            | Token::More
            | Token::AtLeast => Some(0),
            _ => None,
        }
    }

    /// All operands that operators of one strength join, in one list.
    fn chain(&mut self, first: Box<Node>, strength: u8) -> Parsed {
        let mut rest = Vec::new();
        while let Some(operator) = self.peek().filter(|_| self.strength() == Some(strength)) {
            self.place += 1;
            let operand = self.chains(strength + 1)?;
            rest.push((operator, operand));
        }
        Ok(chain(strength, first, rest))
    }

    fn unary(&mut self) -> Parsed {
        let start = self.span().start;
        let wrap: fn(Box<Node>) -> Expression = match self.peek() {
            Some(Token::Minus) => Expression::Negate,
            Some(Token::Plus) => Expression::Plus,
            _ => return self.primary(),
        };
        self.place += 1;
        let operand = self.deeper(Self::unary)?;
        let span = start..operand.span.end;
        Ok(node(span, wrap(operand)))
    }

    fn primary(&mut self) -> Parsed {
        match self.peek() {
            Some(Token::Word) => self.word(),
            Some(Token::Open) => self.parenthesis(),
            Some(token) => self.leaf(token),
            None => Err(self.unexpected("A value is missing at the end of the formula")),
        }
    }

    fn leaf(&mut self, token: Token) -> Parsed {
        let span = self.span();
        let inner = || self.source[span.start + 1..span.end - 1].to_owned();
        let expression = match token {
            Token::Number => Expression::Number(self.number(&span)?),
            Token::Text => Expression::Text(inner()),
            Token::Field if span.len() > 2 => Expression::Field(inner()),
            Token::Field => return Err(self.unexpected("The field name is empty")),
            Token::Comma | Token::Close => {
                return Err(self.unexpected("A value is missing before this"));
            }
            _ => return Err(self.unexpected("A value is missing before this operator")),
        };
        self.place += 1;
        Ok(node(span, expression))
    }

    fn number(&self, span: &Range<usize>) -> Result<f64, Box<Error>> {
        self.source[span.clone()]
            .parse()
            .map_err(|_| Box::new(Error::syntax(span.clone(), "This is no number")))
    }

    fn parenthesis(&mut self) -> Parsed {
        let start = self.span().start;
        self.place += 1;
        let inner = self.deeper(Self::expression)?;
        match self.take(Token::Close) {
            Some(end) => Ok(node(start..end.end, Expression::Parenthesis(inner))),
            None => Err(self.unclosed()),
        }
    }

    fn unclosed(&self) -> Box<Error> {
        self.unexpected(match self.peek() {
            None => "A closing parenthesis is missing at the end of the formula",
            Some(_) => "A comma, an operator or a closing parenthesis is missing before this",
        })
    }

    fn word(&mut self) -> Parsed {
        let span = self.span();
        self.place += 1;
        if self.take(Token::Open).is_none() {
            let name = self.source[span.clone()].to_owned();
            return Ok(node(span, Expression::Word(name)));
        }
        let arguments = self.deeper(Self::arguments)?;
        match self.take(Token::Close) {
            Some(end) => self.call(span, arguments, end.end),
            None => Err(self.unclosed()),
        }
    }

    fn call(&self, name_span: Span, arguments: Vec<Node>, end: usize) -> Parsed {
        let span = name_span.start..end;
        let call = Call {
            name: self.source[name_span.clone()].to_owned(),
            name_span,
            arguments,
        };
        functions::check(&call, span.clone())?;
        Ok(node(span, Expression::Call(call)))
    }

    fn arguments(&mut self) -> Result<Vec<Node>, Box<Error>> {
        let mut arguments = Vec::new();
        if self.peek() == Some(Token::Close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(*self.expression()?);
            if self.take(Token::Comma).is_none() {
                return Ok(arguments);
            }
        }
    }
}

fn node(span: Span, expression: Expression) -> Box<Node> {
    Box::new(Node { span, expression })
}

fn chain(strength: u8, first: Box<Node>, rest: Vec<(Token, Box<Node>)>) -> Box<Node> {
    let end = rest
        .last()
        .map_or(first.span.end, |(_, last)| last.span.end);
    let span = first.span.start..end;
    let rest = rest.into_iter();
    let calculations = |rest: std::vec::IntoIter<(Token, Box<Node>)>| {
        rest.map(|(token, node)| (calculation(token), *node))
            .collect()
    };
    let expression = match strength {
        3 => Expression::Product(first, calculations(rest)),
        2 => Expression::Sum(first, calculations(rest)),
        1 => {
            let rest = rest.map(|(_, node)| *node);
            Expression::Join(std::iter::once(*first).chain(rest).collect())
        }
        _ => {
            let rest = rest
                .map(|(token, node)| (comparison(token), *node))
                .collect();
            Expression::Compare(first, rest)
        }
    };
    node(span, expression)
}

fn calculation(token: Token) -> Calculation {
    match token {
        Token::Minus => Calculation::Subtract,
        Token::Times => Calculation::Multiply,
        Token::Divide => Calculation::Divide,
        _ => Calculation::Add,
    }
}

fn comparison(token: Token) -> Comparison {
    match token {
        Token::Unequal => Comparison::Unequal,
        Token::Less => Comparison::Less,
        Token::AtMost => Comparison::AtMost,
        Token::More => Comparison::More,
        Token::AtLeast => Comparison::AtLeast,
        _ => Comparison::Equal,
    }
}
