use std::ops::Range;

use logos::{Lexer, Logos};

/// What a formula is made of.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(skip r"[ \t\r\n]+")]
pub(super) enum Token {
    #[regex(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")]
    Number,
    #[regex(r#"["']"#, text)]
    Text,
    #[token("{", field)]
    Field,
    #[regex(r"[\p{Alphabetic}_][\p{Alphabetic}\p{M}\p{Nd}_]*")]
    Word,
    #[token("(")]
    Open,
    #[token(")")]
    Close,
    #[token(",")]
    Comma,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Times,
    #[token("/", slash)]
    Divide,
    #[token("&")]
    Join,
    #[token("=", equals)]
    Equal,
    #[token("!=")]
    Unequal,
    #[token("<", less)]
    Less,
    #[token("<=")]
    AtMost,
    #[token(">")]
    More,
    #[token(">=")]
    AtLeast,
}

/// Takes a quoted text to its end; the quote that opened it closes it.
fn text(lexer: &mut Lexer<'_, Token>) -> Option<()> {
    let quote = lexer.slice().bytes().next()?;
    take_until(lexer, quote)
}

fn field(lexer: &mut Lexer<'_, Token>) -> Option<()> {
    take_until(lexer, b'}')
}

/// A backslash keeps the character after it from closing anything.
fn take_until(lexer: &mut Lexer<'_, Token>, closing: u8) -> Option<()> {
    let rest = lexer.remainder().as_bytes();
    let mut place = 0;
    loop {
        match *rest.get(place)? {
            b'\\' => place += 2,
            byte if byte == closing => break,
            _ => place += 1,
        }
    }
    lexer.bump(place + 1);
    Some(())
}

/// There are no comments.
fn slash(lexer: &mut Lexer<'_, Token>) -> Option<()> {
    (!lexer.remainder().starts_with(['/', '*'])).then_some(())
}

/// There is no `==`.
fn equals(lexer: &mut Lexer<'_, Token>) -> Option<()> {
    (!lexer.remainder().starts_with('=')).then_some(())
}

/// There is no `<>`.
fn less(lexer: &mut Lexer<'_, Token>) -> Option<()> {
    (!lexer.remainder().starts_with('>')).then_some(())
}

/// The tokens of a formula with their places, or the place of what is none.
pub(super) fn tokens(source: &str) -> Result<Vec<(Token, Range<usize>)>, Range<usize>> {
    let lexer = Token::lexer(source);
    lexer
        .spanned()
        .map(|(token, span)| token.map(|token| (token, span.clone())).map_err(|()| span))
        .collect()
}
