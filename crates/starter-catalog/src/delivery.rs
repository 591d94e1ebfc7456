//! A folder in the layout of the reference's delivery (spec: catalog-data-model 5 to 7).
//!
//! The installation's settings replace the placeholders in the files; names of folders say nothing. A bad file is
//! reported and left out, the others are read all the same. Files that are neither `ns.json` nor `*_item.json`
//! are not read. Items count whether or not their folder has a namespace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Catalog, Item, Kind, Namespace, Problem, Settings, Society, integer, placeholders};

/// The folder as a whole cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// A folder cannot be listed.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// No file names the catalog.
    #[error("{0} holds no file that names the catalog (society_catalog.json)")]
    NoSociety(PathBuf),
    /// The file that names the catalog cannot be read.
    #[error("{path}: {reason}")]
    Society {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a folder holds.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// All that could be read.
    pub catalog: Catalog,
    /// The files that could not be read.
    pub problems: Vec<Problem>,
}

/// Reads a folder with `model/`, `built_in/` and `ext/`, any of which may be absent.
///
/// # Errors
/// A folder cannot be listed, or no readable file names the catalog.
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
    let Reader { mut namespaces, mut items, problems, .. } = reader;
    namespaces.sort_by(|a, b| (a.kind, &a.ns).cmp(&(b.kind, &b.ns)));
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
    /// `society_catalog.json`, or else the first file that is no package file.
    fn society(&self) -> Result<Society, DeliveryError> {
        let mut files = entries(self.root)?;
        files.retain(|file| is_json(file) && !name(file).starts_with("package"));
        let usual = files.iter().find(|file| name(file) == "society_catalog.json");
        let file = usual.or(files.first()).ok_or_else(|| DeliveryError::NoSociety(self.root.to_owned()))?;
        let wrong = |reason: String| DeliveryError::Society { path: file.clone(), reason };
        let value = self.json(file).map_err(wrong)?;
        let text = |key: &str| {
            let found = value[key].as_str().map(str::to_owned);
            found.ok_or_else(|| wrong(format!("its {key} is no text")))
        };
        Ok(Society { name: text("name")?, description: text("description")?, ext_name: text("ext_name")? })
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
        let code = integer(&document["catalogItem"]["_code"]["_value"]);
        self.items.push(Item { kind, code, document, source: self.relative(file) });
        Ok(())
    }

    fn json(&self, file: &Path) -> Result<Value, String> {
        let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
        let filled = placeholders::fill_json(&text, self.settings);
        serde_json::from_str(&filled).map_err(|error| format!("it is not JSON: {error}"))
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

    const SOCIETY: (&str, &str) = (
        "society_catalog.json",
        r#"{"name": "n", "description": "<catalog_description>", "ext_name": "<ext_name>"}"#,
    );

    fn read(files: &[(&str, &str)], settings: &Settings) -> Result<Delivery, DeliveryError> {
        read_directory(folder(files).path(), settings)
    }

    #[test]
    fn placeholders_are_replaced_in_both_notations() {
        let mut settings = Settings::default();
        settings.set("catalog_description", "a \"quoted\"").unwrap();
        let delivery = read(
            &[
                SOCIETY,
                ("ext/{ext_name}/a/ns.json", r#"{"ns": "catalog/ext/{ext_name}/a_<pxr_root_actor_code>"}"#),
                (
                    "ext/{ext_name}/a/x_item.json",
                    r#"{"catalogItem": {"ns": "catalog/ext/<ext_name>/a", "_code": {"_value": <global_setting_code>}}}"#,
                ),
            ],
            &settings,
        );
        let Delivery { catalog, problems } = delivery.unwrap();
        assert_eq!(problems, []);
        assert_eq!(catalog.society.description, "a \"quoted\"");
        assert_eq!(catalog.namespaces[0].ns, "catalog/ext/pxross1/a_1000431");
        assert_eq!(catalog.items[0].code, Some(1_000_374));
    }

    #[test]
    fn a_bad_file_is_reported_and_the_others_are_read() {
        let delivery = read(
            &[
                SOCIETY,
                ("package.json", "{"),
                ("model/a/ns.json", r#"{"description": "no ns"}"#),
                ("model/a/broken_item.json", "{"),
                ("model/a/copy.json", "never read"),
                ("model/a/elsewhere_item.json", r#"{"catalogItem": {"ns": "other/a"}}"#),
                ("model/a/good_item.json", r#"{"catalogItem": {"ns": "catalog/model/a"}}"#),
            ],
            &Settings::default(),
        );
        let Delivery { catalog, problems } = delivery.unwrap();
        let sources: Vec<_> = problems.iter().map(|problem| problem.source.as_str()).collect();
        assert_eq!(sources, ["model/a/broken_item.json", "model/a/elsewhere_item.json", "model/a/ns.json"]);
        let sources: Vec<_> = catalog.items.iter().map(|item| item.source.as_str()).collect();
        assert_eq!(sources, ["model/a/good_item.json"], "without a namespace of the folder, too");
    }

    #[test]
    fn items_are_ordered_by_code_and_namespaces_by_part_and_path() {
        let delivery = read(
            &[
                SOCIETY,
                ("built_in/ns.json", r#"{"ns": "catalog/built_in/a"}"#),
                ("model/a/ns.json", r#"{"ns": "catalog/model/z/y"}"#),
                ("model/b/ns.json", r#"{"ns": "catalog/model/z"}"#),
                ("model/a/1_item.json", r#"{"catalogItem": {"ns": "catalog/model/z", "_code": null}}"#),
                (
                    "model/a/2_item.json",
                    r#"{"catalogItem": {"ns": "catalog/model/z", "_code": {"_value": "30"}}}"#,
                ),
                (
                    "model/a/3_item.json",
                    r#"{"catalogItem": {"ns": "catalog/model/z", "_code": {"_value": 4}}}"#,
                ),
            ],
            &Settings::default(),
        );
        let catalog = delivery.unwrap().catalog;
        let codes: Vec<_> = catalog.items.iter().map(|item| item.code).collect();
        assert_eq!(codes, [Some(4), Some(30), None]);
        let paths: Vec<_> = catalog.namespaces.iter().map(|namespace| namespace.ns.as_str()).collect();
        assert_eq!(paths, ["catalog/model/z", "catalog/model/z/y", "catalog/built_in/a"]);
    }

    #[test]
    fn a_folder_without_a_name_for_the_catalog_is_refused() {
        let settings = Settings::default();
        let nameless = read(&[("model/ns.json", "{}")], &settings);
        assert!(matches!(nameless, Err(DeliveryError::NoSociety(_))));
        let broken =
            read(&[("society_catalog.json", r#"{"name": "n"}"#)], &settings).unwrap_err().to_string();
        assert!(broken.contains("society_catalog.json") && broken.contains("description"), "{broken}");
    }
}
