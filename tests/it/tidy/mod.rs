//! Holds the walls of the house, which one crate cannot hold by itself.

mod documents;
mod faces;
mod imports;
mod schemas;
mod source;

use std::collections::BTreeSet;

use imports::CONTEXTS;
use source::{SourceFile, root, rust_files};

const LONGEST_FILE: usize = 400;

/// Lines of the durable kernel, comments included: who adds to it takes as much away.
const LARGEST_KERNEL: usize = 3215;

/// Files that may be longer, each with the reason.
const LONG_FILES: [(&str, &str); 0] = [];

fn files_of_the_house() -> Vec<SourceFile> {
    rust_files(&root().join("src"))
}

fn contexts_of_the_house() -> BTreeSet<String> {
    let is_there = |context: &&str| root().join("src").join(context).is_dir();
    CONTEXTS
        .into_iter()
        .filter(is_there)
        .map(str::to_owned)
        .collect()
}

fn document(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the document is there")
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn imports_never_run_up_or_sideways() {
    let source = root().join("src");
    let is_module =
        |name: &str| source.join(name).is_dir() || source.join(format!("{name}.rs")).is_file();
    let files = files_of_the_house();
    assert!(files.len() > 20, "the source was not found");
    let faults: Vec<String> = files
        .iter()
        .flat_map(|file| imports::faults(file, &is_module))
        .collect();
    assert_none(&faults);
}

#[test]
fn contexts_have_one_face() {
    let with_face = |file: &SourceFile| {
        let folder = file.path.strip_suffix("/mod.rs");
        folder.is_some_and(|folder| CONTEXTS.contains(&folder) || folder == "gateway")
    };
    let files = files_of_the_house();
    let faults: Vec<String> = files
        .iter()
        .filter(|file| with_face(file))
        .flat_map(faces::faults)
        .collect();
    assert_none(&faults);
}

#[test]
fn contracts_do_no_input_or_output() {
    let forbidden = [
        "sea_orm",
        "sqlx",
        "reqwest",
        "std::fs",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "tokio::",
    ];
    let files = files_of_the_house();
    let contracts = files
        .iter()
        .filter(|file| file.path.starts_with("contracts/"));
    let faults: Vec<String> = contracts
        .flat_map(|file| {
            let code = source::code_only(&file.text);
            let used = forbidden
                .into_iter()
                .filter(move |name| code.contains(name));
            used.map(|name| format!("{} uses {name}", file.path))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_none(&faults);
}

#[test]
fn every_type_of_the_api_has_a_name_of_its_own() {
    let named = schemas::named(&files_of_the_house());
    assert!(named.len() > 50, "the types were not found");
    let shared = named.into_iter().filter(|(_, files)| files.len() > 1);
    let faults: Vec<String> = shared
        .map(|(name, files)| format!("{name} names types of {}", files.join(" and ")))
        .collect();
    assert_none(&faults);
}

#[test]
fn files_stay_short() {
    let folders = ["src", "migrations/src", "tests/it", "benches"];
    let files = folders.into_iter().flat_map(|folder| {
        let files = rust_files(&root().join(folder));
        files
            .into_iter()
            .map(move |file| (format!("{folder}/{}", file.path), file.text.lines().count()))
    });
    let faults: Vec<String> = files
        .filter_map(|(path, lines)| long_file_fault(&path, lines))
        .collect();
    assert_none(&faults);
}

#[test]
fn the_durable_kernel_does_not_grow() {
    let files = files_of_the_house();
    let kernel = files
        .iter()
        .filter(|file| file.path.starts_with("platform/durable/"));
    let lines: usize = kernel.map(|file| file.text.lines().count()).sum();
    assert!(lines > 0, "the kernel was not found");
    assert!(
        lines <= LARGEST_KERNEL,
        "the kernel has {lines} lines, {LARGEST_KERNEL} are allowed"
    );
}

fn long_file_fault(path: &str, lines: usize) -> Option<String> {
    let is_excused = LONG_FILES.iter().any(|(excused, _)| *excused == path);
    match (lines > LONGEST_FILE, is_excused) {
        (true, false) => Some(format!(
            "{path} has {lines} lines; split it by noun, or excuse it with a reason"
        )),
        (false, true) => Some(format!(
            "{path} has {lines} lines and needs no excuse any more"
        )),
        _ => None,
    }
}

#[test]
fn a_file_over_the_limit_is_found() {
    assert!(long_file_fault("src/a.rs", LONGEST_FILE + 1).is_some());
    assert!(long_file_fault("src/a.rs", LONGEST_FILE).is_none());
}

#[test]
fn the_architecture_page_names_the_contexts_that_exist() {
    let page = document("docs/ARCHITECTURE.md");
    assert_eq!(
        documents::first_column(&page, "## Contexts"),
        contexts_of_the_house()
    );
    assert!(page.lines().count() < 150, "the page is longer than a page");
}

#[test]
fn every_problem_code_has_its_paragraph() {
    let page = document("docs/errors.md");
    let sources: String = files_of_the_house()
        .into_iter()
        .map(|file| file.text)
        .collect();
    let codes = documents::problem_codes(&sources);
    assert!(codes.len() >= 12, "the codes were not found: {codes:?}");
    let is_missing = |code: &&String| !page.contains(&format!("## {code}\n"));
    let faults: Vec<String> = codes
        .iter()
        .filter(is_missing)
        .map(|code| format!("docs/errors.md lacks {code}"))
        .collect();
    assert_none(&faults);
}

#[test]
fn every_setting_is_documented() {
    let page = document("docs/configuration.md");
    let settings = documents::settings(&document("src/platform/settings/load/keys.rs"));
    assert!(
        settings.len() > 30,
        "the settings were not found: {settings:?}"
    );
    let is_missing = |name: &&String| !page.contains(&format!("`{name}`"));
    let faults: Vec<String> = settings
        .iter()
        .filter(is_missing)
        .map(|name| format!("docs/configuration.md lacks {name}"))
        .collect();
    assert_none(&faults);
}
