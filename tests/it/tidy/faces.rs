use super::source::{SourceFile, code_only};

/// What a context's `mod.rs` holds beside its doc, private `mod` lines and `pub use`.
pub(super) fn faults(file: &SourceFile) -> Vec<String> {
    let mut found = Vec::new();
    if !file.text.starts_with("//! ") {
        found.push(format!("{}: a face begins with its module doc", file.path));
    }
    let code = code_only(&file.text);
    let items = items(&code);
    let foreign = items.iter().filter(|item| !belongs(item));
    found.extend(foreign.map(|item| format!("{}: a face does not hold `{item}`", file.path)));
    found
}

fn items(code: &str) -> Vec<String> {
    let one_line = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let statements = one_line
        .split_inclusive(';')
        .map(|item| without_attributes(item.trim()));
    statements
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

fn without_attributes(mut item: &str) -> &str {
    while item.starts_with("#[") {
        let Some(end) = item.find(']') else { break };
        item = item[end + 1..].trim_start();
    }
    item
}

fn belongs(item: &str) -> bool {
    let is_private_module = item.starts_with("mod ") && !item.contains('{');
    item.ends_with(';') && (is_private_module || item.starts_with("pub use "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<String> {
        faults(&SourceFile {
            path: "identity/mod.rs".to_owned(),
            text: text.to_owned(),
        })
    }

    #[test]
    fn a_face_of_doc_modules_and_exports_passes() {
        let text = "//! People and keys.\n\nmod keys;\n#[cfg(test)]\nmod tests;\n\npub use keys::{Key,\n    Keys};\n";
        assert_eq!(faults_of(text), Vec::<String>::new());
    }

    #[test]
    fn anything_else_in_a_face_is_found() {
        for text in [
            "//! Doc.\npub mod keys;\n",
            "//! Doc.\npub(crate) mod keys;\n",
            "//! Doc.\nmod keys;\nfn helper() {}\n",
            "//! Doc.\npub struct Key;\n",
            "//! Doc.\nmod keys { fn f() {} }\n",
            "//! Doc.\nuse std::fmt;\n",
            "mod keys;\n",
        ] {
            assert!(!faults_of(text).is_empty(), "{text:?} passes");
        }
    }
}
