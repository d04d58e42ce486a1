//! What the command line does with documents.

use std::io::{self, Write};
use std::path::Path;

use bytes::Bytes;

use super::csv::{self, TablePreview};
use super::document::{self, Fault};
use super::generate::{self, Size};
use super::sample;
use crate::airtable::{Airtable, ImportDocument, Imported};
use crate::contracts::{Actor, BaseResult, ChangeSet, Origin, WriteContext};
use crate::platform::clock::Millis;
use crate::platform::ids::{BaseId, WorkspaceId};

/// What lies at a path, ready to import.
pub struct Source {
    /// The base.
    pub document: ImportDocument,
    /// What was guessed, for a folder of CSV files.
    pub preview: Vec<TablePreview>,
}

/// Why nothing can be imported from a path.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error("Failed to read the file")]
    Io(#[from] io::Error),
    /// The folder makes no base.
    #[error("{0}")]
    Folder(String),
    /// The document has faults.
    #[error("the document has {} faults", .0.len())]
    Faults(Vec<Fault>),
}

/// The document in a file, or the guess from a folder of CSV files.
pub fn read_source(path: &Path, now: Millis) -> Result<Source, SourceError> {
    if path.is_dir() {
        let guessed = csv::folder(path, now).map_err(SourceError::Folder)?;
        return Ok(Source {
            document: guessed.document,
            preview: guessed.preview,
        });
    }
    let document = document::parse(&std::fs::read(path)?).map_err(SourceError::Faults)?;
    Ok(Source {
        document,
        preview: Vec::new(),
    })
}

/// The sample base with fresh ids.
pub fn sample_for(now: Millis) -> ImportDocument {
    sample::document(BaseId::fresh(), now)
}

/// A large deterministic base; a sentence where there can be none of this size.
pub fn generated(size: Size) -> Result<ImportDocument, String> {
    generate::document(size)
}

/// Writes a document the same way every time.
pub fn write_document(document: &ImportDocument, out: impl Write) -> io::Result<()> {
    document::write(document, out)
}

/// Writes a document into a workspace.
pub async fn import(
    engine: &Airtable,
    actor: &Actor,
    workspace: WorkspaceId,
    document: ImportDocument,
) -> BaseResult<Imported> {
    let change = ChangeSet::single(Origin::System, "base import");
    let by = WriteContext::new(actor, &change);
    engine.import(by, workspace, document).await
}

/// A base as a document.
pub async fn export(engine: &Airtable, actor: &Actor, base: &str) -> BaseResult<Bytes> {
    engine.export_document(actor, base).await
}
