//! Sees to it that `static/` holds a page to embed: built from `web/` where Node is at hand, else a plain notice.

use std::path::Path;
use std::process::Command;

const PAGE: &str = "static/index.html";
const NOTICE: &str = "web/fallback/index.html";

#[expect(
    clippy::disallowed_methods,
    reason = "this is how a build script talks with cargo"
)]
fn main() {
    for input in ["web/src", "web/index.html", "web/package-lock.json"] {
        // A missing path would make cargo run this again at every build.
        if Path::new(input).exists() {
            println!("cargo:rerun-if-changed={input}");
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PYAIRTABLE_SKIP_UI");
    let is_wanted = std::env::var_os("CARGO_FEATURE_WEB_UI").is_some();
    if !is_wanted || Path::new(PAGE).exists() {
        return;
    }
    if let Err(reason) = build_page().or_else(|reason| copy_notice().and(Err(reason))) {
        println!(
            "cargo:warning=the web UI is not in this binary: {reason}; build it with `npm ci && npm run build` in web/"
        );
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo hands settings of a build script over as variables"
)]
fn build_page() -> Result<(), String> {
    if std::env::var_os("PYAIRTABLE_SKIP_UI").is_some() {
        return Err("PYAIRTABLE_SKIP_UI is set".to_owned());
    }
    if !Path::new("web/package-lock.json").exists() {
        return Err("web/ is not here".to_owned());
    }
    npm(&["ci"])?;
    npm(&["run", "build"])?;
    if Path::new(PAGE).exists() {
        Ok(())
    } else {
        Err(format!("npm made no {PAGE}"))
    }
}

fn npm(arguments: &[&str]) -> Result<(), String> {
    let command = format!("npm {}", arguments.join(" "));
    let output = Command::new("npm")
        .args(arguments)
        .current_dir("web")
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("`{command}` failed ({})", output.status)),
        Err(error) => Err(format!("`{command}` cannot run ({error})")),
    }
}

fn copy_notice() -> Result<(), String> {
    let copied = std::fs::create_dir_all("static").and_then(|()| std::fs::copy(NOTICE, PAGE));
    copied
        .map(drop)
        .map_err(|error| format!("failed to copy {NOTICE}: {error}"))
}
