use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::error::chain;
use super::{CliError, Global, line, print};
use crate::airtable::{self, Airtable, ImportDocument, Size, SourceError, TablePreview};
use crate::contracts::{Actor, AuthError, BaseError, BaseErrorKind};
use crate::platform::clock::Clock;
use crate::platform::ids::WorkspaceId;

/// Import, export and make bases.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Import an export document, or a folder of CSV files with guessed types
    Import {
        /// A JSON document or a folder
        #[arg(value_name = "FILE|DIR")]
        path: PathBuf,
        #[command(flatten)]
        place: Place,
        /// Only show what would be made of a folder
        #[arg(long)]
        preview: bool,
    },
    /// Write a base as a JSON document
    Export {
        /// The base's id
        base: String,
        /// Write here instead of to standard output
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Make the sample base
    Sample {
        #[command(flatten)]
        place: Place,
    },
    /// Serve bases to test scripts against
    #[cfg(feature = "identity")]
    Serve(super::stand_in::Command),
    /// Make a large base; the same seed makes the same base
    Generate {
        #[command(flatten)]
        size: SizeFlags,
        #[command(flatten)]
        place: Place,
        /// Write the document here (`-` is standard output) instead of importing it
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Where a new base shall lie.
#[derive(Args, Debug, Default)]
pub(super) struct Place {
    /// Workspace id; the owner's first workspace without
    #[arg(long, value_name = "ID")]
    workspace: Option<WorkspaceId>,
}

/// The size of a generated base.
#[derive(Args, Debug)]
pub(super) struct SizeFlags {
    /// Tables
    #[arg(long, default_value_t = 34)]
    tables: usize,
    /// Fields in all tables, links and computed ones included
    #[arg(long, default_value_t = 539)]
    fields: usize,
    /// Link fields, both sides counted
    #[arg(long, default_value_t = 88)]
    links: usize,
    /// Formula, lookup, rollup and count fields
    #[arg(long, default_value_t = 0)]
    computed: usize,
    /// Records in all tables
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// Decides everything else
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    match command {
        Command::Import {
            path,
            preview: true,
            ..
        } => preview(&path, global),
        Command::Import { path, place, .. } => {
            let source =
                airtable::read_source(&path, Clock::default().now()).map_err(unreadable)?;
            store(source.document, &place, global).await
        }
        Command::Export { base, output } => export(&base, output.as_deref(), global).await,
        Command::Sample { place } => {
            store(airtable::sample_for(Clock::default().now()), &place, global).await
        }
        #[cfg(feature = "identity")]
        Command::Serve(command) => super::stand_in::run(command, global).await,
        Command::Generate {
            size,
            place,
            output,
        } => {
            let document = airtable::generated(Size::from(size))
                .map_err(|message| CliError::usage("impossible_size", message))?;
            match output {
                Some(path) => write_document(&document, &path),
                None => store(document, &place, global).await,
            }
        }
    }
}

impl From<SizeFlags> for Size {
    fn from(flags: SizeFlags) -> Self {
        let SizeFlags {
            tables,
            fields,
            links,
            computed,
            records,
            seed,
        } = flags;
        Self {
            tables,
            fields,
            links,
            computed,
            records,
            seed,
        }
    }
}

/// The engine over the same database as a running server, and the owner it acts for.
struct Bench {
    engine: Arc<Airtable>,
    owner: Arc<Actor>,
    workspaces: Vec<WorkspaceId>,
}

impl Bench {
    async fn open(global: &Global) -> Result<Self, CliError> {
        let app = global.app().await?;
        let missing = || {
            CliError::usage("missing_context", "the identity context is switched off")
                .next("add identity to `contexts`")
        };
        let authenticator = app.services.authenticator.clone().ok_or_else(missing)?;
        let directory = app.services.directory.clone().ok_or_else(missing)?;
        let owner = authenticator
            .local_owner()
            .await
            .map_err(|error| no_owner(&error))?;
        let spaces = directory
            .workspaces(owner.tenant)
            .await
            .map_err(|error| no_owner(&error))?;
        let workspaces = spaces.iter().map(|space| space.id).collect();
        Ok(Self {
            engine: Airtable::new(
                &app.platform,
                directory,
                app.services.journal.clone(),
                app.services.late_calls.clone(),
            ),
            owner,
            workspaces,
        })
    }
}

async fn store(document: ImportDocument, place: &Place, global: &Global) -> Result<(), CliError> {
    let bench = Bench::open(global).await?;
    let workspace = place
        .workspace
        .or(bench.workspaces.first().copied())
        .ok_or_else(|| {
            CliError::not_found("no_workspace", "there is no workspace yet")
                .next("run `pyairtable admin create-user` first")
        })?;
    if !bench.workspaces.contains(&workspace) {
        return Err(CliError::not_found(
            "unknown_workspace",
            format!("there is no workspace {workspace}"),
        ));
    }
    let made = airtable::import(&bench.engine, &bench.owner, workspace, document)
        .await
        .map_err(failed)?;
    let warnings = made
        .warnings
        .iter()
        .map(|warning| format!("\n  warning: {warning}"));
    let text = format!("made base {}{}", made.base_id, warnings.collect::<String>());
    print(
        global,
        text,
        &json!({"base_id": made.base_id, "warnings": made.warnings}),
    );
    Ok(())
}

async fn export(base: &str, output: Option<&Path>, global: &Global) -> Result<(), CliError> {
    let bench = Bench::open(global).await?;
    let document = airtable::export(&bench.engine, &bench.owner, base)
        .await
        .map_err(failed)?;
    let written = target(output).and_then(|mut out| {
        out.write_all(&document)?;
        out.flush()
    });
    written.map_err(|error| unwritable(&error))?;
    if let Some(path) = output {
        let path = path.display().to_string();
        let text = format!("wrote {path}");
        print(
            global,
            text,
            &json!({"base_id": base, "output": path, "bytes": document.len()}),
        );
    }
    Ok(())
}

fn preview(path: &Path, global: &Global) -> Result<(), CliError> {
    let source = airtable::read_source(path, Clock::default().now()).map_err(unreadable)?;
    let tables = source.preview;
    if global.json {
        line(json!({"name": source.document.name, "tables": tables}));
        return Ok(());
    }
    for table in &tables {
        line(preview_text(table));
    }
    if tables.is_empty() {
        let records: usize = source.document.records.values().map(Vec::len).sum();
        let count = source.document.tables.len();
        line(format!(
            "{}: {count} tables, {records} records; nothing is guessed",
            source.document.name
        ));
    }
    Ok(())
}

fn preview_text(table: &TablePreview) -> String {
    let head = format!(
        "{} ({}, {} records)",
        table.table, table.file, table.records
    );
    let fields = table.fields.iter().map(|field| {
        format!(
            "\n  {:24} {:18} {}",
            field.name,
            field.kind,
            field.example.replace('\n', " ")
        )
    });
    head + &fields.collect::<String>()
}

fn write_document(document: &ImportDocument, path: &Path) -> Result<(), CliError> {
    let is_standard = path.as_os_str() == "-";
    let out = target((!is_standard).then_some(path)).map_err(|error| unwritable(&error))?;
    airtable::write_document(document, out).map_err(|error| unwritable(&error))
}

fn target(path: Option<&Path>) -> io::Result<Box<dyn Write>> {
    Ok(match path {
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    })
}

pub(super) fn no_owner(error: &AuthError) -> CliError {
    match error {
        AuthError::Invalid | AuthError::TooMany { .. } => {
            CliError::refused("no_user", "nobody owns this instance yet")
                .next("run `pyairtable admin create-user` first")
        }
        AuthError::Unavailable(_) => CliError::database("database", chain(error)),
    }
}

pub(super) fn failed(error: BaseError) -> CliError {
    let text = chain(&error);
    match error.kind {
        BaseErrorKind::NotFoundOrForbidden | BaseErrorKind::NotFound => {
            CliError::not_found("unknown_base", "there is no such base")
        }
        BaseErrorKind::Unavailable => CliError::database("database", text),
        BaseErrorKind::Internal => CliError::other("internal", text),
        _ => CliError::refused("refused", text),
    }
}

pub(super) fn unreadable(error: SourceError) -> CliError {
    match &error {
        SourceError::Io(_) => CliError::not_found("unreadable", chain(&error)),
        SourceError::Folder(message) => CliError::usage("no_csv", message.clone()),
        SourceError::Faults(faults) => {
            let lines = faults
                .iter()
                .map(|fault| format!("\n  {}: {}", fault.path, fault.message));
            CliError::usage(
                "invalid_document",
                format!("{error}{}", lines.collect::<String>()),
            )
        }
    }
}

fn unwritable(error: &io::Error) -> CliError {
    CliError::other("unwritable", format!("cannot write: {error}"))
}
