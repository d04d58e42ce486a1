use std::collections::BTreeMap;
use std::path::PathBuf;

use super::faults::Faults;
use super::inputs::Inputs;
use super::keys::{KEYS, Key, find, nearest};
use super::parse::Raw;
use super::{Effective, files};

const PREFIX: &str = "PYAIRTABLE__";
const FILE_SUFFIX: &str = "_FILE";

/// The value of every key that counts, with its origin.
pub(super) struct Layers(BTreeMap<&'static str, (Raw, String)>);

/// Lays every layer over the one below it.
pub(super) fn collect(inputs: &Inputs, faults: &mut Faults) -> Layers {
    let default = |key: &Key| {
        (
            key.path,
            (Raw::Text(key.default.to_owned()), "default".to_owned()),
        )
    };
    let mut layers = Layers(KEYS.iter().map(default).collect());
    if let Some(dir) = &inputs.config_dir {
        layers.add_file(dir.join("default.toml"), faults);
        let environment = layers.environment(inputs);
        if environment != "default" {
            layers.add_file(dir.join(format!("{environment}.toml")), faults);
        }
    }
    if let Some(file) = &inputs.config_file
        && !layers.add_file(file.clone(), faults)
    {
        faults.push(
            file.display().to_string(),
            "--config",
            "cannot be read as a TOML file",
        );
    }
    layers.add_variables(inputs, faults);
    for (key, value) in &inputs.overrides {
        let flag = key.rsplit('.').next().unwrap_or(key).replace('_', "-");
        let flag = if *key == "database.url" {
            "database-url".to_owned()
        } else {
            flag
        };
        layers.set(key, Raw::Text(value.clone()), format!("--{flag}"));
    }
    layers
}

impl Layers {
    /// The value and origin of a key of the table.
    pub(super) fn get(&self, key: &str) -> &(Raw, String) {
        self.0
            .get(key)
            .expect("every key of the table was given its default")
    }

    /// All keys in the order of the table, secrets hidden.
    pub(super) fn effective(&self) -> Vec<Effective> {
        let effective = |key: &'static Key| {
            let (raw, origin) = self.get(key.path);
            let shown = raw.shown();
            let value = match (key.secret, shown.is_empty()) {
                (_, true) => "(not set)".to_owned(),
                (true, false) => "(set, hidden)".to_owned(),
                (false, false) => shown,
            };
            Effective {
                key,
                value,
                origin: origin.clone(),
            }
        };
        KEYS.iter().map(effective).collect()
    }

    fn set(&mut self, key: &'static str, raw: Raw, origin: String) {
        self.0.insert(key, (raw, origin));
    }

    fn add_file(&mut self, path: PathBuf, faults: &mut Faults) -> bool {
        let Some(leaves) = files::read(&path, faults) else {
            return false;
        };
        let origin = format!("file {}", path.display());
        for (name, raw) in leaves {
            match find(&name) {
                Some(key) => self.set(key.path, raw, origin.clone()),
                None => faults.push(&name, &origin, unknown(&name)),
            }
        }
        true
    }

    /// The environment's name has to be known before its file is read, so the upper layers are asked first.
    fn environment(&self, inputs: &Inputs) -> String {
        let flag = inputs
            .overrides
            .iter()
            .find(|(key, _)| *key == "environment");
        let variable = |name: &str| {
            inputs
                .environment
                .get(name)
                .filter(|value| !value.is_empty())
        };
        let upper = flag
            .map(|(_, value)| value)
            .or_else(|| variable("ENVIRONMENT"))
            .or_else(|| variable("PYAIRTABLE__ENVIRONMENT"));
        let name = upper
            .cloned()
            .unwrap_or_else(|| self.get("environment").0.shown());
        // A name that could leave the folder is refused later by its own key.
        name.chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .collect()
    }

    fn add_variables(&mut self, inputs: &Inputs, faults: &mut Faults) {
        let variables = &inputs.environment;
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let path = rest.to_ascii_lowercase().replace("__", ".");
            if let Some(key) = find(&path) {
                self.set(key.path, Raw::Text(value.clone()), format!("env {name}"));
            } else if !is_secret_file(rest) {
                faults.push(&path, format!("env {name}"), unknown(&path));
            }
        }
        for key in KEYS {
            self.add_secret_file(key, &variable_name(key), inputs, faults);
            // The first name has the last word.
            for name in key.well_known.iter().rev() {
                if let Some(value) = variables.get(*name).filter(|value| !value.is_empty()) {
                    self.set(key.path, Raw::Text(value.clone()), format!("env {name}"));
                }
                self.add_secret_file(key, name, inputs, faults);
            }
        }
    }

    fn add_secret_file(
        &mut self,
        key: &'static Key,
        name: &str,
        inputs: &Inputs,
        faults: &mut Faults,
    ) {
        let file_variable = format!("{name}{FILE_SUFFIX}");
        let path = inputs
            .environment
            .get(&file_variable)
            .filter(|path| !path.is_empty());
        let Some(path) = path.filter(|_| key.secret) else {
            return;
        };
        let origin = format!("env {file_variable}");
        if inputs
            .environment
            .get(name)
            .is_some_and(|value| !value.is_empty())
        {
            return faults.push(
                key.path,
                origin,
                format!("set either {name} or {file_variable}, not both"),
            );
        }
        match std::fs::read_to_string(path) {
            Ok(text) => self.set(key.path, Raw::Text(text.trim_end().to_owned()), origin),
            Err(error) => faults.push(
                key.path,
                origin,
                format!("failed to read the file: {error}"),
            ),
        }
    }
}

/// The `PYAIRTABLE__` variable of a key.
pub(super) fn variable_name(key: &Key) -> String {
    format!(
        "{PREFIX}{}",
        key.path.replace('.', "__").to_ascii_uppercase()
    )
}

fn is_secret_file(rest: &str) -> bool {
    let Some(name) = rest.strip_suffix(FILE_SUFFIX) else {
        return false;
    };
    find(&name.to_ascii_lowercase().replace("__", ".")).is_some_and(|key| key.secret)
}

fn unknown(name: &str) -> String {
    match nearest(name) {
        Some(key) => format!("there is no such key; did you mean {}?", key.path),
        None => "there is no such key".to_owned(),
    }
}
