use std::collections::BTreeMap;

use super::source::SourceFile;

/// The names that types have in the OpenAPI document, each with the files of those who bear it.
///
/// Of two types with one name the document silently keeps one, for both.
pub(super) fn named(files: &[SourceFile]) -> BTreeMap<String, Vec<String>> {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        for name in names(&file.text) {
            named.entry(name).or_default().push(file.path.clone());
        }
    }
    named
}

fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_schema = false;
    let mut other = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[derive(") {
            is_schema = line.contains("ToSchema");
            other = None;
        }
        if let Some((_, name)) = line.split_once("schema(as = ") {
            other = Some(word(name));
        }
        let item = line.split_once("struct ").or(line.split_once("enum "));
        if let Some((before, name)) = item
            && (before.is_empty() || before.starts_with("pub"))
            && std::mem::take(&mut is_schema)
        {
            names.push(other.take().unwrap_or_else(|| word(name)));
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_document() {
        let text = "#[derive(Clone, ToSchema)]\npub struct One {\n}\n#[derive(ToSchema)]\n#[schema(as = Other)]\nenum Two {}\n#[derive(Clone)]\nstruct Three;\n";
        assert_eq!(names(text), ["One", "Other"]);
    }
}
