use super::source::{SourceFile, code_only};

/// The contexts that the house may have; they stand side by side on one floor.
pub(super) const CONTEXTS: [&str; 7] = [
    "identity",
    "airtable",
    "mcp",
    "automation",
    "analytics",
    "saga",
    "chat",
];

/// A path from the root of the crate, and the line it stands on.
#[derive(Debug, PartialEq)]
struct Reference {
    line: usize,
    path: Vec<String>,
}

/// What breaks a wall in one file of `src/`, one sentence each.
pub(super) fn faults(file: &SourceFile, is_module: &dyn Fn(&str) -> bool) -> Vec<String> {
    let Some(room) = room_of(&file.path) else {
        return vec![format!(
            "{}: no floor is known for this room; name it in tests/it/tidy/imports.rs",
            file.path
        )];
    };
    let references = references(&code_only(&file.text), &module_path(&file.path));
    references
        .iter()
        .filter_map(|reference| {
            let wrong = broken_wall(room, &reference.path, is_module)?;
            Some(format!(
                "{}:{}: {wrong}: crate::{}",
                file.path,
                reference.line,
                reference.path.join("::")
            ))
        })
        .collect()
}

fn broken_wall(room: &str, path: &[String], is_module: &dyn Fn(&str) -> bool) -> Option<String> {
    let target = path.first()?.as_str();
    let (own, other) = (floor(room)?, floor(target)?);
    if room == target {
        return None;
    }
    if other > own {
        return Some(format!("{room} imports up from {target}"));
    }
    if other == own {
        return Some(format!("{room} imports sideways from {target}"));
    }
    let behind_face = has_face(target)
        && path
            .get(1)
            .is_some_and(|name| is_module(&format!("{target}/{name}")));
    behind_face.then(|| format!("{room} reaches behind the face of {target}"))
}

fn floor(room: &str) -> Option<u8> {
    match room {
        "platform" => Some(0),
        "contracts" => Some(1),
        room if has_face(room) => Some(2),
        "app" => Some(3),
        "cli" => Some(4),
        "main" | "lib" => Some(5),
        _ => None,
    }
}

fn has_face(room: &str) -> bool {
    room == "gateway" || CONTEXTS.contains(&room)
}

fn room_of(path: &str) -> Option<&str> {
    let room = path.split('/').next()?.trim_end_matches(".rs");
    floor(room).map(|_| room)
}

/// `identity/store/keys.rs` is the module `identity::store::keys`.
fn module_path(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = path
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    let last_is_folder_file = parts
        .last()
        .is_some_and(|last| ["mod", "main", "lib"].contains(&last.as_str()));
    if last_is_folder_file {
        parts.pop();
    }
    parts
}

/// Every `crate::…` and every `super::…` that climbs to the root, in `use` trees and inline paths.
fn references(code: &str, module: &[String]) -> Vec<Reference> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (line, word) = (tokens[at].0, tokens[at].1.as_str());
        let follows_path = at > 0 && tokens[at - 1].1 == "::";
        let starts_path = tokens.get(at + 1).is_some_and(|(_, next)| next == "::") && !follows_path;
        // The binary and the tests call the library by the crate's name.
        if starts_path && ["crate", "super", "pyairtable"].contains(&word) {
            let mut paths = Vec::new();
            tree(&tokens, at, &mut Vec::new(), &mut paths);
            let from_root = paths.into_iter().filter_map(|path| absolute(path, module));
            found.extend(from_root.map(|path| Reference { line, path }));
        }
        at += 1;
    }
    found
}

/// Reads one use tree that starts at a token; answers the first token behind it.
fn tree(
    tokens: &[(usize, String)],
    mut at: usize,
    prefix: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    let kept = prefix.len();
    loop {
        match tokens.get(at).map(|(_, word)| word.as_str()) {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|(_, word)| word != "}") {
                    at = if tokens[at].1 == "," {
                        at + 1
                    } else {
                        tree(tokens, at, prefix, found).max(at + 1)
                    };
                }
                at += 1;
                break;
            }
            Some(word) if is_name(word) => {
                prefix.push(word.to_owned());
                at += 1;
                if tokens.get(at).is_none_or(|(_, next)| next != "::") {
                    found.push(prefix.clone());
                    at = behind_alias(tokens, at);
                    break;
                }
                at += 1;
            }
            _ => {
                found.push(prefix.clone());
                break;
            }
        }
    }
    prefix.truncate(kept);
    at
}

fn behind_alias(tokens: &[(usize, String)], at: usize) -> usize {
    if tokens.get(at).is_some_and(|(_, word)| word == "as") {
        at + 2
    } else {
        at
    }
}

fn absolute(path: Vec<String>, module: &[String]) -> Option<Vec<String>> {
    let climbs = path.iter().take_while(|part| *part == "super").count();
    if climbs == 0 {
        return Some(path[1..].to_vec());
    }
    (climbs >= module.len()).then(|| path[climbs..].to_vec())
}

fn is_name(word: &str) -> bool {
    word == "*" || word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let length = match first {
                ':' if rest.starts_with("::") => 2,
                _ if word > 0 => word,
                _ => first.len_utf8(),
            };
            if !first.is_whitespace() {
                found.push((index + 1, rest[..length].to_owned()));
            }
            rest = &rest[length..];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(path: &str, text: &str) -> Vec<String> {
        let file = SourceFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        faults(&file, &|module| {
            ["airtable/store", "identity/keys", "gateway/health"].contains(&module)
        })
    }

    #[track_caller]
    fn breaks(path: &str, text: &str, wall: &str) {
        let found = faults_of(path, text);
        assert!(
            found.len() == 1 && found[0].contains(wall),
            "{path}: {text}: {found:?}"
        );
    }

    #[test]
    fn an_import_up_is_found() {
        breaks(
            "platform/clock.rs",
            "use crate::contracts::Actor;",
            "imports up",
        );
        breaks(
            "contracts/access.rs",
            "use crate::identity::Identity;",
            "imports up",
        );
        breaks("identity/mod.rs", "use crate::app::build;", "imports up");
        breaks("app.rs", "use crate::cli::Command;", "imports up");
        breaks(
            "platform/db/mod.rs",
            "fn f() { crate::airtable::load() }",
            "imports up",
        );
    }

    #[test]
    fn an_import_sideways_is_found() {
        breaks(
            "mcp/tools.rs",
            "use crate::airtable::Airtable;",
            "imports sideways",
        );
        breaks(
            "gateway/server.rs",
            "let x = crate::identity::Identity::new();",
            "imports sideways",
        );
        breaks(
            "identity/mod.rs",
            "use super::airtable::Airtable;",
            "imports sideways",
        );
        breaks(
            "identity/store/keys.rs",
            "use super::super::super::mcp;",
            "imports sideways",
        );
        breaks(
            "chat/mod.rs",
            "use crate::{platform::ids, saga::Saga};",
            "imports sideways",
        );
        breaks(
            "saga/run.rs",
            "use crate::{\n platform::{ids, clock as c},\n contracts::{self, Actor},\n chat\n};",
            "imports sideways",
        );
    }

    #[test]
    fn a_path_behind_a_face_is_found() {
        breaks(
            "app.rs",
            "use crate::airtable::store::Records;",
            "reaches behind the face",
        );
        breaks(
            "cli/admin.rs",
            "crate::identity::keys::create()",
            "reaches behind the face",
        );
        breaks(
            "cli/serve.rs",
            "use crate::gateway::{Server, health};",
            "reaches behind the face",
        );
        breaks(
            "main.rs",
            "use pyairtable::airtable::store;",
            "reaches behind the face",
        );
    }

    #[test]
    fn an_unknown_room_is_found() {
        breaks("utils.rs", "", "no floor is known");
        breaks("helpers/text.rs", "", "no floor is known");
    }

    #[test]
    fn what_the_floors_allow_passes() {
        let text = "use crate::platform::{Platform, ids::BaseId};\nuse crate::contracts::*;\nuse super::store::Row;\n\
                    use crate::identity::keys::Key;\npub(crate) fn f() { crate::platform::clock::rfc3339(0) }\n\
                    // use crate::airtable::Airtable;\nconst TEXT: &str = \"crate::mcp::Mcp\";";
        assert_eq!(
            faults_of("identity/routes/keys.rs", text),
            Vec::<String>::new()
        );
        assert_eq!(
            faults_of(
                "app.rs",
                "use crate::identity::Identity;\nmod tests { use super::*; }"
            ),
            Vec::<String>::new()
        );
        assert_eq!(
            faults_of("main.rs", "mod cli;\nfn main() { cli::run() }"),
            Vec::<String>::new()
        );
    }
}
