use std::collections::{HashMap, HashSet};

use super::error::{Error, ErrorKind, suggestion};
use super::literal::field_name;
use super::row::Field;
use super::syntax::Span;

/// The fields of a table as a formula looks them up, and what it has looked up so far.
pub(super) struct Names<'f> {
    fields: &'f [Field<'f>],
    /// Places by name, else by id.
    exact: HashMap<&'f str, usize>,
    /// Places by name in lower case.
    folded: HashMap<String, usize>,
    /// Places of the fields found and where in the text they stand.
    pub(super) found: Vec<(Span, usize)>,
    unknown: Vec<(Span, String)>,
}

impl<'f> Names<'f> {
    pub(super) fn new(fields: &'f [Field<'f>]) -> Self {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (place, field) in fields.iter().enumerate() {
            exact.entry(field.name).or_insert(place);
            folded.entry(field.name.to_lowercase()).or_insert(place);
        }
        for (place, field) in fields.iter().enumerate() {
            exact.entry(field.id).or_insert(place);
        }
        Self {
            fields,
            exact,
            folded,
            found: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(super) fn field(&self, place: usize) -> Field<'f> {
        self.fields[place]
    }

    /// The place of the field written in braces; remembered as unknown if there is none.
    pub(super) fn braced(&mut self, written: &str, span: &Span) -> Option<usize> {
        let name = field_name(written);
        let halved = || self.place(&written.replace("\\\\", "\\"));
        let place = self.place(&name).or_else(halved);
        self.remember(place, &name, span)
    }

    /// The place of the field whose name or id is exactly this.
    pub(super) fn exact(&mut self, name: &str, span: &Span) -> Option<usize> {
        let place = *self.exact.get(name)?;
        self.remember(Some(place), name, span)
    }

    /// The place of the field with this bare name; remembered as unknown if there is none.
    pub(super) fn bare(&mut self, name: &str, span: &Span) -> Option<usize> {
        self.remember(self.place(name), name, span)
    }

    /// The place of the field with this name in any case.
    pub(super) fn folded(&mut self, name: &str, span: &Span) -> Option<usize> {
        let place = self.place(name)?;
        self.remember(Some(place), name, span)
    }

    fn remember(&mut self, place: Option<usize>, name: &str, span: &Span) -> Option<usize> {
        match place {
            Some(place) => self.found.push((span.clone(), place)),
            None => self.unknown.push((span.clone(), name.to_owned())),
        }
        place
    }

    fn place(&self, name: &str) -> Option<usize> {
        let exact = self.exact.get(name);
        exact
            .or_else(|| self.folded.get(&name.to_lowercase()))
            .copied()
    }

    /// An error that names all that was unknown, at the place of the first.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Some((span, first)) = self.unknown.first() else {
            return Ok(());
        };
        let known = self.fields.iter().map(|field| field.name);
        let hint = suggestion(first, known, |name| format!("{{{name}}}"));
        let mut seen = HashSet::new();
        let names = self.unknown.iter().map(|(_, name)| name);
        let names: Vec<String> = names.filter(|name| seen.insert(*name)).cloned().collect();
        let message = format!("Unknown field {{{first}}}{hint}");
        Err(Error::new(
            ErrorKind::UnknownFields(names),
            span.clone(),
            message,
        ))
    }
}
