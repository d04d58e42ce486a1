use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::platform::clock::{Millis, rfc3339};

/// An accepted effect.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Effect {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) idempotency_key: Option<String>,
    #[serde(flatten)]
    pub(super) ids: Ids,
    /// What kept the caller from seeing the answer.
    pub(super) fault: Option<&'static str>,
}

/// What an effect touched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Ids {
    pub(super) created: Vec<String>,
    pub(super) updated: Vec<String>,
    pub(super) deleted: Vec<String>,
}

impl Ids {
    /// Reads them from the answer to a changing request.
    pub(super) fn of(method: &str, answer: &Value) -> Self {
        let mut ids = Self::default();
        let texts = |value: &Value| -> Vec<String> {
            let items = value.as_array().into_iter().flatten();
            items
                .filter_map(|id| Some(id.as_str()?.to_owned()))
                .collect()
        };
        if answer.get("createdRecords").is_some() {
            ids.created = texts(&answer["createdRecords"]);
            ids.updated = texts(&answer["updatedRecords"]);
            return ids;
        }
        let items = match answer.get("records") {
            Some(records) => records.as_array().cloned().unwrap_or_default(),
            None => vec![answer.clone()],
        };
        let all = items
            .iter()
            .filter_map(|item| Some(item.get("id")?.as_str()?.to_owned()));
        let all = all.collect();
        match method {
            "POST" => ids.created = all,
            "DELETE" => ids.deleted = all,
            _ => ids.updated = all,
        }
        ids
    }
}

/// Every accepted effect, one line each in a file that only grows.
pub(super) struct Ledger {
    file: File,
    /// Where each line begins, and where the next will.
    starts: Vec<u64>,
}

impl Ledger {
    /// Opens the ledger, or begins one; a line that was not written whole is dropped.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let mut starts = vec![0];
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        let mut end = 0;
        while reader.read_until(b'\n', &mut line)? > 0 {
            if line.ends_with(b"\n") {
                end += line.len() as u64;
                starts.push(end);
            }
            line.clear();
        }
        file.set_len(end)?;
        Ok(Self { file, starts })
    }

    /// The number of the newest effect.
    pub(super) fn last(&self) -> usize {
        self.starts.len() - 1
    }

    /// Appends an effect.
    pub(super) fn append(&mut self, effect: &Effect, now: Millis) -> io::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            seq: usize,
            at: String,
            #[serde(flatten)]
            effect: &'a Effect,
        }
        let line = Line {
            seq: self.last() + 1,
            at: rfc3339(now),
            effect,
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)?;
        let end = self.starts[self.last()] + bytes.len() as u64;
        self.starts.push(end);
        Ok(())
    }

    /// Up to `limit` lines behind the one numbered `after`.
    pub(super) fn read(&mut self, after: usize, limit: usize) -> io::Result<Vec<Value>> {
        let first = after.min(self.last());
        let end = first.saturating_add(limit).min(self.last());
        self.file.seek(SeekFrom::Start(self.starts[first]))?;
        let length = self.starts[end] - self.starts[first];
        let mut bytes = Vec::new();
        Read::by_ref(&mut self.file)
            .take(length)
            .read_to_end(&mut bytes)?;
        let lines = serde_json::Deserializer::from_slice(&bytes).into_iter();
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn effect(number: usize) -> Effect {
        Effect {
            method: "POST".to_owned(),
            path: format!("/v0/app/{number}"),
            status: 200,
            idempotency_key: Some("k".to_owned()),
            ids: Ids::of("POST", &json!({"id": format!("rec{number}")})),
            fault: None,
        }
    }

    #[test]
    fn a_ledger_goes_on_where_it_ended_and_drops_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut ledger = Ledger::open(&path).unwrap();
        for number in 1..=3 {
            ledger.append(&effect(number), 0).unwrap();
        }
        drop(ledger);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"seq":4,"met"#).unwrap();
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.last(), 3);
        ledger.append(&effect(4), 0).unwrap();
        let numbers = |lines: Vec<Value>| -> Vec<u64> {
            lines
                .iter()
                .map(|line| line["seq"].as_u64().unwrap())
                .collect()
        };
        assert_eq!(numbers(ledger.read(0, 2).unwrap()), [1, 2]);
        assert_eq!(numbers(ledger.read(2, 9).unwrap()), [3, 4]);
        assert_eq!(numbers(ledger.read(9, 9).unwrap()), Vec::<u64>::new());
        let line = &ledger.read(3, 1).unwrap()[0];
        assert_eq!(line["created"], json!(["rec4"]));
        assert_eq!(line["idempotency_key"], "k");
    }

    #[test]
    fn ids_are_read_from_every_shape_of_answer() {
        let records = json!({"records": [{"id": "rec1"}, {"id": "rec2"}]});
        assert_eq!(Ids::of("POST", &records).created, ["rec1", "rec2"]);
        assert_eq!(Ids::of("DELETE", &records).deleted, ["rec1", "rec2"]);
        assert_eq!(Ids::of("PUT", &json!({"id": "rec1"})).updated, ["rec1"]);
        let upserted =
            json!({"records": [], "createdRecords": ["rec3"], "updatedRecords": ["rec1"]});
        let ids = Ids::of("PATCH", &upserted);
        assert_eq!(
            (ids.created, ids.updated),
            (vec!["rec3".to_owned()], vec!["rec1".to_owned()])
        );
        assert_eq!(Ids::of("POST", &json!("?")), Ids::default());
    }
}
