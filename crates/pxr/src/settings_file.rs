//! A configuration file that a command changes: one value, and nothing else of what people wrote.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, Value};

use crate::files::{self, FileError};

/// The file cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("there is no {0}")]
    Missing(PathBuf),
    #[error("{0}: {1}")]
    Toml(PathBuf, toml_edit::TomlError),
}

#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    document: DocumentMut,
}

impl SettingsFile {
    pub(crate) fn read(path: &Path) -> Result<Self, SettingsFileError> {
        let text = files::read_if_there(path)?.ok_or_else(|| SettingsFileError::Missing(path.to_owned()))?;
        let document = text.parse().map_err(|error| SettingsFileError::Toml(path.to_owned(), error))?;
        Ok(Self { path: path.to_owned(), document })
    }

    /// Names the actor that a block acts for; false if it does so already.
    pub(crate) fn name_actor(path: &Path, actor: i64) -> Result<bool, SettingsFileError> {
        let mut file = Self::read(path)?;
        let named = file.document.get("block").and_then(|block| block.get("actor"));
        let is_new = named.and_then(Item::as_integer) != Some(actor);
        if is_new {
            file.set(&["block", "actor"], actor);
            file.write()?;
        }
        Ok(is_new)
    }

    /// Sets the value at a path of keys; tables on the way that are not there are made.
    pub(crate) fn set(&mut self, keys: &[&str], value: impl Into<Value>) {
        let Some((last, tables)) = keys.split_last() else { return };
        let mut item = self.document.as_item_mut();
        for key in tables {
            let made = || {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            };
            let next = &mut item[*key];
            if next.is_none() {
                *next = made();
            }
            item = next;
        }
        item[*last] = Item::Value(value.into());
    }

    /// The configuration may hold a password: it stays for its owner only.
    pub(crate) fn write(&self) -> Result<(), SettingsFileError> {
        Ok(files::write_secret(&self.path, &self.document.to_string())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_changes_and_the_comments_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("block.toml");
        std::fs::write(&path, "# ours\n[block]\ncode = 7 # the code\n\n[blocks.peers]\na = \"x:1\"\n")
            .unwrap();
        let mut file = SettingsFile::read(&path).unwrap();
        file.set(&["block", "actor"], 9);
        file.set(&["blocks", "peers", "b-service"], "y:2");
        file.set(&["blocks", "peers", "a"], "z:3");
        file.set(&["log", "filter"], "warn");
        file.write().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ours\n[block]\ncode = 7 # the code\nactor = 9\n"), "{text}");
        let read: toml::Value = toml::from_str(&text).unwrap();
        assert_eq!(read["blocks"]["peers"]["b-service"].as_str(), Some("y:2"));
        assert_eq!(read["blocks"]["peers"]["a"].as_str(), Some("z:3"));
        assert_eq!(read["log"]["filter"].as_str(), Some("warn"));
    }

    #[test]
    fn an_actor_is_named_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("block.toml");
        std::fs::write(&path, "[block]\ncode = 7\n").unwrap();
        assert!(SettingsFile::name_actor(&path, 8).unwrap());
        assert!(SettingsFile::name_actor(&path, 9).unwrap(), "another one took over");
        assert!(!SettingsFile::name_actor(&path, 9).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[block]\ncode = 7\nactor = 9\n");
    }
}
