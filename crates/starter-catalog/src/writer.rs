//! Writes a catalog down in the layout of the reference's delivery, as [`crate::read_directory`] reads it
//! (spec: catalog-data-model 5).

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Kind, integer};

/// A folder that is being filled.
#[derive(Debug)]
pub struct Writer {
    root: PathBuf,
    /// The folder of each namespace. Names say nothing: what counts is in the files.
    folders: HashMap<String, PathBuf>,
    taken: HashSet<PathBuf>,
}

impl Writer {
    /// Begins with the record that names the catalog, in a folder that is new or empty.
    ///
    /// # Errors
    /// The folder holds something, or cannot be written.
    pub fn begin(root: &Path, society: &Value) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        if fs::read_dir(root)?.next().is_some() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the folder is not empty"));
        }
        write(&root.join("society_catalog.json"), society)?;
        Ok(Self { root: root.to_owned(), folders: HashMap::new(), taken: HashSet::new() })
    }

    /// A namespace as it is sent. False: it lies in no part of a catalog, so that nobody could load it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn namespace(&mut self, body: &Value) -> io::Result<bool> {
        let Some(folder) = self.folder(body["ns"].as_str().unwrap_or_default())? else { return Ok(false) };
        write(&folder.join("ns.json"), body)?;
        Ok(true)
    }

    /// An item as it is sent, with its code and version. False: its namespace lies in no part of a catalog.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn item(&mut self, document: &Value) -> io::Result<bool> {
        let head = &document["catalogItem"];
        let Some(folder) = self.folder(head["ns"].as_str().unwrap_or_default())? else { return Ok(false) };
        let part = |member| integer(&head["_code"][member]).unwrap_or_default();
        let file = match (part("_value"), part("_ver")) {
            (code, 1) => format!("{code}_item.json"),
            (code, version) => format!("{code}_v{version}_item.json"),
        };
        write(&folder.join(file), document)?;
        Ok(true)
    }

    /// The folder of a namespace, made when it is met first.
    fn folder(&mut self, ns: &str) -> io::Result<Option<PathBuf>> {
        if let Some(folder) = self.folders.get(ns) {
            return Ok(Some(folder.clone()));
        }
        if Kind::of_namespace(ns).is_none() {
            return Ok(None);
        }
        let segments = ns.split('/').skip(1).map(segment);
        let meant = segments.fold(self.root.clone(), |path, segment| path.join(segment));
        let mut folder = meant.clone();
        let mut number = 2;
        while !self.taken.insert(folder.clone()) {
            // Two names that look alike to a file system.
            folder = meant.join(format!("_{number}"));
            number += 1;
        }
        fs::create_dir_all(&folder)?;
        self.folders.insert(ns.to_owned(), folder.clone());
        Ok(Some(folder))
    }
}

/// A part of a path as any file system takes it, and none leads out of the folder.
fn segment(text: &str) -> String {
    const LONGEST: usize = 60;
    let harmless = |sign: char| if sign.is_alphanumeric() || "-_@+,~".contains(sign) { sign } else { '_' };
    let segment: String = text.chars().take(LONGEST).map(harmless).collect();
    if segment.is_empty() { "_".to_owned() } else { segment }
}

/// Nothing in the texts may be taken for a placeholder when the file is read.
fn write(path: &Path, value: &Value) -> io::Result<()> {
    let text = format!("{value:#}\n").replace('<', "\\u003c");
    let mut signs = text.chars().peekable();
    let mut safe = String::with_capacity(text.len());
    while let Some(sign) = signs.next() {
        // A brace that opens an object is never followed by a letter.
        match (sign, signs.peek()) {
            ('{', Some(next)) if next.is_alphanumeric() => safe.push_str("\\u007b"),
            _ => safe.push(sign),
        }
    }
    fs::write(path, safe)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Settings, read_directory};

    #[test]
    fn what_is_written_is_read_again_word_for_word() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("catalog");
        let society = json!({"name": "n", "description": "<domain> {ext_name}", "ext_name": "a-city"});
        let mut writer = Writer::begin(&root, &society).unwrap();
        let namespaces =
            ["catalog/ext/a-city", "catalog/ext/a-city/..", "catalog/ext/a-city/__", "catalog/model/データ"];
        for ns in namespaces {
            assert!(writer.namespace(&json!({"ns": ns, "description": "{domain}"})).unwrap());
        }
        assert!(!writer.namespace(&json!({"ns": "elsewhere", "description": "d"})).unwrap());
        let item = |ns: &str, version: i64| {
            json!({
                "catalogItem": {"ns": ns, "name": "<ext_name>{{ext_name}}", "_code": {"_value": 1000001, "_ver": version}},
                "template": {"prop": null, "value": [{"key": "a", "value": {}}]},
            })
        };
        let items = [item(namespaces[0], 1), item(namespaces[0], 2), item(namespaces[1], 3)];
        for item in &items {
            assert!(writer.item(item).unwrap());
        }
        let delivery = read_directory(&root, &Settings::default()).unwrap();
        assert_eq!(delivery.problems, []);
        assert_eq!(delivery.catalog.society.description, society["description"]);
        let mut read: Vec<_> = delivery.catalog.namespaces.iter().map(|ns| ns.ns.as_str()).collect();
        read.sort_unstable();
        assert_eq!(read, namespaces);
        assert!(delivery.catalog.namespaces.iter().all(|ns| ns.description == "{domain}"));
        let mut read: Vec<_> = delivery.catalog.items.into_iter().map(|item| item.document).collect();
        read.sort_by_key(|document| document["catalogItem"]["_code"]["_ver"].as_i64());
        assert_eq!(read, items);
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "x").unwrap();
        assert!(Writer::begin(folder.path(), &json!({})).is_err());
    }
}
