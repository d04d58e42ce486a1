use std::path::Path;

use config::{File, FileFormat, Map, Source, Value, ValueKind};

use super::faults::Faults;
use super::parse::Raw;

/// The leaves of a TOML file as dotted keys; `None` when the file is absent.
pub(super) fn read(path: &Path, faults: &mut Faults) -> Option<Vec<(String, Raw)>> {
    if !path.is_file() {
        return None;
    }
    match File::from(path).format(FileFormat::Toml).collect() {
        Ok(table) => {
            let mut leaves = Vec::new();
            flatten("", table, &mut leaves);
            leaves.sort_by(|left, right| left.0.cmp(&right.0));
            Some(leaves)
        }
        Err(error) => {
            faults.push(path.display().to_string(), "file", error.to_string());
            None
        }
    }
}

fn flatten(prefix: &str, table: Map<String, Value>, leaves: &mut Vec<(String, Raw)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value.kind {
            ValueKind::Table(inner) => flatten(&key, inner, leaves),
            ValueKind::Array(items) => {
                let items = items.into_iter().map(|item| item.to_string()).collect();
                leaves.push((key, Raw::List(items)));
            }
            kind => leaves.push((key, Raw::Text(kind.to_string()))),
        }
    }
}
