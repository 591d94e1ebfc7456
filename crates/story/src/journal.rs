//! What was done already, so that a story goes on after a kill where it stopped.
//!
//! One JSON line for each step done, with the variables it gave; written to the disk before the next step
//! begins. It holds no cookies: whoever is needed again logs in again.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the journal {path}: {source}")]
pub struct JournalError {
    path: PathBuf,
    source: std::io::Error,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    step: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    variables: Map<String, Value>,
}

/// The steps done, in order.
#[derive(Debug)]
pub struct Journal {
    done: Vec<Line>,
    file: Option<(PathBuf, File)>,
}

impl Journal {
    /// A journal that is forgotten with the process.
    #[must_use]
    pub const fn in_memory() -> Self {
        Self { done: Vec::new(), file: None }
    }

    /// Opens or begins a journal. Half a line at its end, from a kill while it was written, does not count.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let failed = |source| JournalError { path: path.to_owned(), source };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let done: Vec<Line> = whole.lines().map_while(|line| serde_json::from_str(line).ok()).collect();
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(failed)?;
        file.set_len(whole.len() as u64).map_err(failed)?;
        Ok(Self { done, file: Some((path.to_owned(), file)) })
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    #[must_use]
    pub fn has(&self, step: &str) -> bool {
        self.done.iter().any(|line| line.step == step)
    }

    /// The variables that the steps done gave.
    pub fn variables(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.done.iter().flat_map(|line| &line.variables)
    }

    pub(crate) fn write(&mut self, step: &str, variables: Map<String, Value>) -> Result<(), JournalError> {
        let line = Line { step: step.to_owned(), variables };
        if let Some((path, file)) = &mut self.file {
            let written = serde_json::to_string(&line)
                .map_err(Into::into)
                .and_then(|text| file.write_all(format!("{text}\n").as_bytes()))
                .and_then(|()| file.sync_data());
            written.map_err(|source| JournalError { path: path.clone(), source })?;
        }
        self.done.push(line);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(name: &str, value: i64) -> Map<String, Value> {
        [(name.to_owned(), json!(value))].into_iter().collect()
    }

    #[test]
    fn half_a_line_does_not_count_and_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.write("1", one("a", 1)).unwrap();
        drop(journal);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"step\":\"2").unwrap();

        let mut journal = Journal::open(&path).unwrap();
        assert!(journal.has("1") && !journal.has("2"));
        journal.write("3", one("a", 3)).unwrap();
        drop(journal);

        let journal = Journal::open(&path).unwrap();
        assert!(journal.has("1") && journal.has("3"));
        assert_eq!(journal.variables().last().unwrap().1, &json!(3));
    }
}
