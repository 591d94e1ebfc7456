//! The recordings as they lie in their folder.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value};
use vocabulary::ServiceName;

use crate::services;

/// The recordings cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CorpusError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
}

/// One recorded request.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) config: Option<String>,
    pub(crate) request: Message,
    /// `schema.table` → address of its content.
    #[serde(default)]
    pub(crate) state: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) sequences: BTreeMap<String, i64>,
    #[serde(default)]
    pub(crate) neighbours: Vec<Exchange>,
    pub(crate) response: Reply,
    #[serde(default)]
    pub(crate) changes: BTreeMap<String, Changes>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    pub(crate) text: Option<String>,
    pub(crate) base64: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) service: String,
    #[serde(default)]
    pub(crate) scheme: Option<String>,
    pub(crate) request: Message,
    pub(crate) response: Reply,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reply {
    #[serde(default)]
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) refused: bool,
    pub(crate) body: Option<Value>,
    pub(crate) text: Option<String>,
    pub(crate) base64: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Changes {
    #[serde(default)]
    pub(crate) added: Vec<Row>,
    #[serde(default)]
    pub(crate) removed: Vec<Row>,
    #[serde(default)]
    pub(crate) changed: Vec<Pair>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) before: Row,
    pub(crate) after: Row,
}

pub(crate) type Row = Map<String, Value>;

impl Case {
    /// A number among the query parameters.
    pub(crate) fn query(&self, name: &str) -> Option<i64> {
        let (_, query) = self.request.path.split_once('?')?;
        query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)?.1.parse().ok())
    }

    /// Method and path with the ids taken out, and the recorded status.
    pub(crate) fn shape(&self) -> String {
        let path = self.request.path.split('?').next().unwrap_or_default();
        let plain: Vec<_> = path
            .split('/')
            .map(|segment| if segment.parse::<i64>().is_ok() { "{n}" } else { segment })
            .collect();
        format!("{} {} {}", self.request.method, plain.join("/"), self.response.status)
    }
}

/// All recordings of one service.
pub(crate) struct Corpus {
    pub(crate) cases: Vec<Case>,
    tables: HashMap<String, Value>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Table {
    sha: String,
    rows: Value,
}

impl Corpus {
    pub(crate) fn read(folder: &Path, service: ServiceName) -> Result<Self, CorpusError> {
        let folder = folder.join(service.to_string());
        let tables: Vec<Table> = lines(&folder.join("tables.jsonl"), str::to_owned)?;
        let rows = folder.join("rows.jsonl");
        Ok(Self {
            cases: lines(&folder.join("cases.jsonl"), |line| services::named_here(service, line))?,
            tables: tables.into_iter().map(|table| (table.sha, table.rows)).collect(),
            rows: if rows.exists() { lines(&rows, str::to_owned)? } else { Vec::new() },
        })
    }

    /// The rows of a table, in their order.
    pub(crate) fn rows(&self, sha: &str) -> Vec<Row> {
        let list = self.tables.get(sha).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut rows = Vec::new();
        for entry in list {
            match entry {
                Value::Object(row) => rows.push(row.clone()),
                Value::Array(range) => {
                    let number = |at: usize| {
                        range.get(at).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok())
                    };
                    let (first, count) = (number(0).unwrap_or(0), number(1).unwrap_or(0));
                    rows.extend(self.rows.iter().skip(first).take(count).cloned());
                }
                _ => {}
            }
        }
        rows
    }
}

fn lines<T: serde::de::DeserializeOwned>(
    path: &Path,
    named: impl Fn(&str) -> String,
) -> Result<Vec<T>, CorpusError> {
    let text =
        fs::read_to_string(path).map_err(|source| CorpusError::File { path: path.to_owned(), source })?;
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            serde_json::from_str(&named(line))
                .map_err(|source| CorpusError::Json { path: path.to_owned(), source })
        })
        .collect()
}
