//! A folder in the layout of the reference's delivery (spec: catalog-data-model 5 to 7).
//!
//! Placeholders of the installation, `<name>` in files and `{name}` in folder names and namespaces, are replaced
//! by its settings. A bad file is reported and left out; the others are read all the same.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Catalog, Item, Kind, Namespace, Problem, Settings, Society};

/// The folder as a whole cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error("{path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("{0} holds no file that names the catalog (society_catalog.json)")]
    NoSociety(PathBuf),
}

/// What a folder holds.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub catalog: Catalog,
    pub problems: Vec<Problem>,
}

/// Reads a folder with `model/`, `built_in/` and `ext/`.
pub fn read_directory(path: &Path, settings: &Settings) -> Result<Delivery, DeliveryError> {
    let mut reader =
        Reader { root: path, settings, namespaces: Vec::new(), items: Vec::new(), problems: Vec::new() };
    let society = reader.society()?;
    for kind in Kind::ALL {
        let folder = path.join(kind.segment());
        if folder.is_dir() {
            reader.folder(&folder)?;
        }
    }
    let Reader { namespaces, mut items, problems, .. } = reader;
    // Without a code: last, as the reference's loader does it.
    items.sort_by_key(|item| item.code.unwrap_or(i64::MAX));
    Ok(Delivery { catalog: Catalog { society, namespaces, items }, problems })
}

struct Reader<'a> {
    root: &'a Path,
    settings: &'a Settings,
    namespaces: Vec<Namespace>,
    items: Vec<Item>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn society(&mut self) -> Result<Society, DeliveryError> {
        let missing = || DeliveryError::NoSociety(self.root.to_owned());
        let files = entries(self.root)?;
        let file = files
            .iter()
            .find(|file| is_json(file) && !name(file).starts_with("package"))
            .ok_or_else(missing)?;
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let value = self.json(file).map_err(|_| missing())?;
        Ok(Society {
            name: text(&value, "name"),
            description: text(&value, "description"),
            ext_name: text(&value, "ext_name"),
        })
    }

    /// The folder's namespace, then its items, then its folders.
    fn folder(&mut self, folder: &Path) -> Result<(), DeliveryError> {
        let entries = entries(folder)?;
        for file in entries.iter().filter(|entry| entry.is_file() && is_json(entry)) {
            let is_namespace = name(file) == "ns.json";
            if !is_namespace && !name(file).ends_with("_item.json") {
                continue;
            }
            let read = self
                .json(file)
                .and_then(|value| if is_namespace { self.namespace(&value) } else { self.item(file, value) });
            if let Err(reason) = read {
                let source = self.relative(file);
                self.problems.push(Problem { source, reason });
            }
        }
        for folder in entries.iter().filter(|entry| entry.is_dir()) {
            self.folder(folder)?;
        }
        Ok(())
    }

    fn namespace(&mut self, value: &Value) -> Result<(), String> {
        let ns = value["ns"].as_str().ok_or("it has no ns")?.to_owned();
        let kind = Kind::of_namespace(&ns).ok_or("its ns is not below catalog/model, built_in or ext")?;
        self.namespaces.push(Namespace { kind, ns, description: value["description"].clone() });
        Ok(())
    }

    fn item(&mut self, file: &Path, document: Value) -> Result<(), String> {
        let ns = document["catalogItem"]["ns"].as_str().ok_or("it has no catalogItem.ns")?;
        let kind = Kind::of_namespace(ns).ok_or("its ns is not below catalog/model, built_in or ext")?;
        let code = document["catalogItem"]["_code"]["_value"].as_i64();
        self.items.push(Item { kind, code, document, source: self.relative(file) });
        Ok(())
    }

    fn json(&self, file: &Path) -> Result<Value, String> {
        let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
        serde_json::from_str(&self.substituted(&text)).map_err(|error| format!("it is not JSON: {error}"))
    }

    fn substituted(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for key in Settings::keys() {
            let Some(value) = self.settings.get(key) else { continue };
            // Inside a JSON text a setting must not end it.
            let escaped = value.as_str().map_or_else(
                || value.to_string(),
                |text| Value::from(text).to_string().trim_matches('"').to_owned(),
            );
            // A date is null or comes with its quotes (spec: catalog-data-model 6).
            let moment = key == "period-of-re-consent" && value.is_string();
            let written = if moment { format!("\"{escaped}\"") } else { escaped };
            filled = filled.replace(&format!("<{key}>"), &written);
        }
        filled.replace("{ext_name}", self.settings.ext_name())
    }

    fn relative(&self, file: &Path) -> String {
        file.strip_prefix(self.root).unwrap_or(file).display().to_string()
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, DeliveryError> {
    let failed = |source| DeliveryError::Folder { path: folder.to_owned(), source };
    let entries: Result<Vec<_>, _> =
        fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut entries = entries.map_err(failed)?;
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn is_json(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn placeholders_are_replaced_and_bad_files_are_reported() {
        let folder = folder(&[
            (
                "society_catalog.json",
                r#"{"name": "n", "description": "<catalog_description>", "ext_name": "<ext_name>"}"#,
            ),
            ("package.json", "{}"),
            ("ext/{ext_name}/a/ns.json", r#"{"ns": "catalog/ext/<ext_name>/a", "description": "d"}"#),
            (
                "ext/{ext_name}/a/x_item.json",
                r#"{"catalogItem": {"ns": "catalog/ext/<ext_name>/a", "_code": {"_value": <global_setting_code>}}}"#,
            ),
            ("ext/{ext_name}/a/bad_item.json", "{"),
            ("ext/{ext_name}/a/copy.json", "never read"),
        ]);
        let mut settings = Settings::default();
        settings.set("catalog_description", "a \"quoted\" text").unwrap();
        let delivery = read_directory(folder.path(), &settings).unwrap();
        assert_eq!(delivery.catalog.society.description, "a \"quoted\" text");
        assert_eq!(delivery.catalog.namespaces[0].ns, "catalog/ext/pxross1/a");
        assert_eq!(delivery.catalog.items[0].code, Some(1_000_374));
        assert_eq!(delivery.problems.len(), 1);
        assert!(delivery.problems[0].source.ends_with("bad_item.json"));
    }

    #[test]
    fn a_folder_without_a_name_for_the_catalog_is_refused() {
        let folder = folder(&[("model/ns.json", "{}")]);
        assert!(matches!(
            read_directory(folder.path(), &Settings::default()),
            Err(DeliveryError::NoSociety(_))
        ));
    }
}
