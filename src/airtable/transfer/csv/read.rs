use std::fs;
use std::path::{Path, PathBuf};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// One file as text cells; every row is as long as the header.
pub(super) struct Sheet {
    pub(super) file: String,
    pub(super) name: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Rows under a header, whose names are made unique; what is beyond it is left out.
    pub(super) fn new(
        file: String,
        name: String,
        header: &[String],
        rows: Vec<Vec<String>>,
    ) -> Self {
        let header = unique_names(header.iter().map(|name| name.trim()));
        let fitted = |mut row: Vec<String>| {
            row.resize(header.len(), String::new());
            row
        };
        Self {
            file,
            name,
            rows: rows.into_iter().map(fitted).collect(),
            header,
        }
    }

    /// The values of a column that are not empty.
    pub(super) fn column(&self, index: usize) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .map(move |row| row[index].trim())
            .filter(|text| !text.is_empty())
    }
}

/// The CSV files of a folder, by name.
pub(super) fn folder(folder: &Path) -> Result<Vec<Sheet>, String> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = paths.filter(|path| is_csv(path)).collect();
    files.sort();
    if files.is_empty() {
        return Err(format!("{} has no .csv file", folder.display()));
    }
    files.iter().map(|path| sheet(path)).collect()
}

fn is_csv(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

fn sheet(path: &Path) -> Result<Sheet, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(|error| fault(&error))?;
    let text = String::from_utf8(bytes).map_err(|_| fault(&"the file is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| fault(&error))?;
    let header: Vec<String> = header.iter().map(str::to_owned).collect();
    if header.is_empty() {
        return Err(fault(&"the file has no header line"));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| fault(&error))?;
        rows.push(record.iter().map(str::to_owned).collect());
    }
    let part =
        |part: Option<&std::ffi::OsStr>| part.map(|name| name.to_string_lossy().into_owned());
    let (file, name) = (part(path.file_name()), part(path.file_stem()));
    Ok(Sheet::new(
        file.unwrap_or_default(),
        name.unwrap_or_default(),
        &header,
        rows,
    ))
}

/// The candidate that separates most cells of the first line.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let outside_quotes: Vec<u8> = line.split('"').step_by(2).flat_map(str::bytes).collect();
    let count = |candidate: u8| {
        outside_quotes
            .iter()
            .filter(|byte| **byte == candidate)
            .count()
    };
    let best = DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|candidate| count(*candidate));
    best.unwrap_or(b',')
}

fn unique_names<'a>(given: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, name) in given.enumerate() {
        let wanted = if name.is_empty() {
            format!("Field {}", index + 1)
        } else {
            name.to_owned()
        };
        let numbered = (2..).map(|number| format!("{wanted} {number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        let is_free = |name: &String| {
            names
                .iter()
                .all(|taken| taken.to_lowercase() != name.to_lowercase())
        };
        names.extend(candidates.find(is_free));
    }
    names
}
