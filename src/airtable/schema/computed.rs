use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::formula;
use super::options::{OptionResult, Options};
use super::read::{id, known_kind};
use super::types::{Computed, Field, Kind, Path, Rule};
use crate::platform::ids::FieldId;

const PATH: [&str; 2] = ["recordLinkFieldId", "fieldIdInLinkedTable"];

impl Rule {
    /// Airtable's name of the type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Formula(_) => "formula",
            Self::Rollup(..) => "rollup",
            Self::Lookup(_) => "multipleLookupValues",
        }
    }

    /// The way to the field whose values are gathered.
    pub(crate) fn path(&self) -> Option<Path> {
        match self {
            Self::Formula(_) => None,
            Self::Rollup(path, _) | Self::Lookup(path) => Some(*path),
        }
    }

    /// The formula, where there is one.
    pub(crate) fn formula(&self) -> Option<&str> {
        match self {
            Self::Formula(formula) | Self::Rollup(_, formula) => Some(formula),
            Self::Lookup(_) => None,
        }
    }
}

impl Computed {
    fn new(rule: Rule) -> Self {
        Self {
            rule,
            referenced: Vec::new(),
            result: None,
            operand: formula::Kind::Text,
        }
    }

    /// The options as the metadata API shows them.
    pub(super) fn options(&self) -> Value {
        let mut options = json!({
            "isValid": self.result.is_some(),
            "result": self.result.as_deref().map(result_json),
        });
        if let Some(formula) = self.rule.formula() {
            options["formula"] = formula.into();
            options["referencedFieldIds"] = json!(self.referenced);
        }
        if let Some(path) = self.rule.path() {
            options["recordLinkFieldId"] = json!(path.link);
            options["fieldIdInLinkedTable"] = json!(path.field);
        }
        options
    }
}

/// The type of a result; that of a lookup of a lookup is the one at its end.
fn result_json(result: &Field) -> Value {
    let shown = result.kind.shown_as(result);
    let mut json = json!({"type": shown.kind.type_name()});
    if let Some(options) = shown.kind.options() {
        json["options"] = options;
    }
    json
}

/// Reads the metadata form; `None` for one that cannot be computed from what it says.
pub(super) fn read(type_name: &str, options: &Value) -> Option<Kind> {
    let formula = || Some(options["formula"].as_str()?.to_owned());
    let path = || {
        Some(Path {
            link: id(options, PATH[0])?,
            field: id(options, PATH[1])?,
        })
    };
    let rule = match type_name {
        "formula" => Rule::Formula(formula()?),
        "rollup" => Rule::Rollup(path()?, formula()?),
        _ => Rule::Lookup(path()?),
    };
    let mut computed = Computed::new(rule);
    computed.result = read_result(&options["result"]).map(Arc::new);
    Some(Kind::Computed(Box::new(computed)))
}

/// A field of the type that a result is said to have; only its type counts.
fn read_result(result: &Value) -> Option<Field> {
    let kind = known_kind(result["type"].as_str()?, &result["options"])?;
    Some(Field {
        id: FieldId::from_number(0),
        name: String::new(),
        description: None,
        slot: 0,
        kind,
    })
}

/// The field a client asks for; whether the fields and the formula exist is seen later.
pub(super) fn create(type_name: &str, options: Option<&Value>) -> OptionResult<Kind> {
    let rule = match type_name {
        "formula" => Rule::Formula(formula(&Options::new(options, &["formula"])?)?),
        "rollup" => {
            let options = Options::new(options, &[PATH[0], PATH[1], "formula"])?;
            Rule::Rollup(path(&options)?, formula(&options)?)
        }
        _ => Rule::Lookup(path(&Options::new(options, &PATH)?)?),
    };
    Ok(Kind::Computed(Box::new(Computed::new(rule))))
}

/// The same field by another rule; the format of its result stays where it fits.
pub(super) fn update(before: &Computed, options: &Value) -> OptionResult<Kind> {
    let mut merged = Map::new();
    if let Some(formula) = before.rule.formula() {
        merged.insert("formula".to_owned(), formula.into());
    }
    if let Some(path) = before.rule.path() {
        merged.insert(PATH[0].to_owned(), json!(path.link));
        merged.insert(PATH[1].to_owned(), json!(path.field));
    }
    let given = options
        .as_object()
        .ok_or("<Field>.options is not an object")?;
    merged.extend(given.clone());
    let kind = create(before.rule.type_name(), Some(&Value::Object(merged)))?;
    Ok(match kind {
        Kind::Computed(computed) => Kind::Computed(Box::new(Computed {
            result: before.result.clone(),
            ..*computed
        })),
        kind => kind,
    })
}

fn formula(options: &Options<'_>) -> OptionResult<String> {
    options.text("formula").map(str::to_owned)
}

fn path(options: &Options<'_>) -> OptionResult<Path> {
    Ok(Path {
        link: options.id(PATH[0])?,
        field: options.id(PATH[1])?,
    })
}
