use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Fault;

/// The arguments of one call; each is taken out by name, and what is wrong is named.
pub(in crate::mcp) struct Args(Map<String, Value>);

impl Args {
    /// Refuses members that the tool's input schema does not have.
    pub(in crate::mcp) fn new(
        members: Map<String, Value>,
        schema: &Map<String, Value>,
    ) -> Result<Self, Fault> {
        let known = schema.get("properties").and_then(Value::as_object);
        for name in members.keys() {
            if !known.is_some_and(|known| known.contains_key(name)) {
                let names: Vec<&str> = known
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.as_str())
                    .collect();
                let problem = format!("is not known; the tool takes {}", names.join(", "));
                return Err(Fault::argument(name, &problem));
            }
        }
        Ok(Self(members))
    }

    // Models often send null for what they leave out.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.0
            .get_mut(name)
            .map(Value::take)
            .filter(|value| !value.is_null())
    }

    fn required<T>(name: &str, value: Option<T>) -> Result<T, Fault> {
        value.ok_or_else(|| Fault::argument(name, "is missing"))
    }

    /// A text that must be there and not be empty.
    pub(in crate::mcp) fn text(&mut self, name: &str) -> Result<String, Fault> {
        let text = Self::required(name, self.optional_text(name)?)?;
        if text.trim().is_empty() {
            return Err(Fault::argument(name, "must not be empty"));
        }
        Ok(text)
    }

    /// A text that may be absent.
    pub(in crate::mcp) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, "a text", &other)),
        }
    }

    /// A yes or no with its default.
    pub(in crate::mcp) fn flag(&mut self, name: &str, default: bool) -> Result<bool, Fault> {
        match self.take(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(wrong(name, "true or false", &other)),
        }
    }

    /// A number from 1 to `most` that may be absent.
    pub(in crate::mcp) fn count(
        &mut self,
        name: &str,
        most: usize,
    ) -> Result<Option<usize>, Fault> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
        let Some(count) = count.filter(|count| (1..=most).contains(count)) else {
            return Err(wrong(
                name,
                &format!("a whole number from 1 to {most}"),
                &value,
            ));
        };
        Ok(Some(count))
    }

    /// A list of texts that may be absent.
    pub(in crate::mcp) fn optional_texts(
        &mut self,
        name: &str,
    ) -> Result<Option<Vec<String>>, Fault> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let texts: Option<Vec<String>> = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        });
        texts
            .map(Some)
            .ok_or_else(|| wrong(name, "a list of texts", &value))
    }

    /// A list of texts with at least one.
    pub(in crate::mcp) fn texts(&mut self, name: &str) -> Result<Vec<String>, Fault> {
        let texts = Self::required(name, self.optional_texts(name)?)?;
        if texts.is_empty() {
            return Err(Fault::argument(name, "must have at least one entry"));
        }
        Ok(texts)
    }

    /// An object that must be there.
    pub(in crate::mcp) fn object(&mut self, name: &str) -> Result<Map<String, Value>, Fault> {
        match Self::required(name, self.take(name))? {
            Value::Object(members) => Ok(members),
            other => Err(wrong(name, "an object", &other)),
        }
    }

    /// A list of objects with at least one.
    pub(in crate::mcp) fn objects(&mut self, name: &str) -> Result<Vec<Map<String, Value>>, Fault> {
        let Value::Array(items) = Self::required(name, self.take(name))? else {
            return Err(Fault::argument(name, "must be a list of objects"));
        };
        if items.is_empty() {
            return Err(Fault::argument(name, "must have at least one entry"));
        }
        let mut objects = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Object(members) => objects.push(members),
                other => return Err(wrong(&format!("{name}[{index}]"), "an object", &other)),
            }
        }
        Ok(objects)
    }

    /// One of a few words, the first being the default.
    pub(in crate::mcp) fn choice(
        &mut self,
        name: &str,
        choices: &[&'static str],
    ) -> Result<&'static str, Fault> {
        let Some(text) = self.optional_text(name)? else {
            return Ok(choices[0]);
        };
        let found = choices.iter().find(|choice| **choice == text);
        found.copied().ok_or_else(|| {
            Fault::argument(
                name,
                &format!("is {text:?} but must be one of {}", choices.join(", ")),
            )
        })
    }

    /// Something with a shape of its own.
    pub(in crate::mcp) fn shaped<T: DeserializeOwned + Default>(
        &mut self,
        name: &str,
    ) -> Result<T, Fault> {
        let Some(value) = self.take(name) else {
            return Ok(T::default());
        };
        serde_json::from_value(value)
            .map_err(|error| Fault::argument(name, &format!("is not valid: {error}")))
    }
}

fn wrong(name: &str, wanted: &str, got: &Value) -> Fault {
    let mut shown = got.to_string();
    if shown.chars().count() > 60 {
        shown = shown.chars().take(60).chain(['…']).collect();
    }
    Fault::argument(name, &format!("must be {wanted}, not {shown}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn args(members: Value) -> Result<Args, Fault> {
        let schema = json!({"properties": {"base_id": {}, "count": {}, "fields": {}, "rows": {}}});
        let Value::Object(members) = members else {
            panic!("an object")
        };
        Args::new(members, schema.as_object().unwrap())
    }

    #[test]
    fn every_bad_argument_is_named() {
        let unknown = args(json!({"bse_id": 1})).err().unwrap();
        assert!(unknown.message.contains("`bse_id`"), "{}", unknown.message);
        assert!(
            unknown.message.contains("base_id, count"),
            "{}",
            unknown.message
        );
        let mut args = args(json!({
            "base_id": 7, "count": 0, "fields": ["a", 1], "rows": [{}, 3]
        }))
        .unwrap();
        assert!(
            args.text("base_id")
                .unwrap_err()
                .message
                .contains("`base_id` must be a text, not 7")
        );
        assert!(
            args.count("count", 10)
                .unwrap_err()
                .message
                .contains("from 1 to 10, not 0")
        );
        assert!(
            args.texts("fields")
                .unwrap_err()
                .message
                .contains("`fields`")
        );
        assert!(
            args.objects("rows")
                .unwrap_err()
                .message
                .contains("`rows[1]`")
        );
        assert!(
            args.text("missing")
                .unwrap_err()
                .message
                .contains("`missing` is missing")
        );
    }

    #[test]
    fn null_counts_as_absent() {
        let mut args = args(json!({"base_id": null, "count": null})).unwrap();
        assert_eq!(args.optional_text("base_id").unwrap(), None);
        assert_eq!(args.count("count", 5).unwrap(), None);
    }
}
