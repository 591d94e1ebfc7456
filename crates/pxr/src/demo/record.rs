//! `demo.json`: what a program needs to know to try the demo.

use std::path::Path;

use serde_json::{Map, Value, json};
use story::Variables;

use super::{cast::CAST, holdings, stage::StageOptions};
use crate::{
    files::{self, FileError},
    loader::Loaded,
};

/// What the demo became.
#[derive(Clone, Debug)]
pub struct Record(pub Value);

impl Record {
    /// From what the story remembers.
    #[must_use]
    pub fn new(options: &StageOptions, variables: &Variables, loaded: Option<&Loaded>) -> Self {
        let (mut blocks, mut logins) = (Map::new(), Map::new());
        for role in &CAST {
            let of =
                |what: &str| variables.get(&format!("{}_{what}", role.name)).cloned().unwrap_or_default();
            let public = format!("http://127.0.0.1:{}", options.base_port + role.offset);
            let block = json!({"public": public, "code": of("block_code"), "actor": of("actor_code")});
            blocks.insert(role.name.to_owned(), block);
            for who in ["op", "op0"].into_iter().filter(|_| role.name != "root") {
                let login = login(variables, &format!("{}_{who}", role.name), 3);
                if let (Some(login), false) = (login, logins.contains_key(role.name)) {
                    logins.insert(role.name.to_owned(), login);
                }
            }
            if let Some(login) = login(variables, &format!("{}_app", role.name), 2) {
                logins.insert(format!("{}.application", role.name), login);
            }
        }
        if let Some(login) = login(variables, "root", 3) {
            logins.insert("root".to_owned(), login);
        }
        if let Some(login) = login(variables, "resident1", 0) {
            logins.insert("resident".to_owned(), login);
        }
        let count = |of: fn(&Loaded) -> usize| loaded.map(of).unwrap_or_default();
        Self(json!({
            "ext_name": variables.get("ext_name"),
            "blocks": blocks,
            "logins": logins,
            "catalog": {
                "items": count(|loaded| loaded.items.total()),
                "namespaces": count(|loaded| loaded.namespaces.total()),
            },
            "catalogs": catalogs(variables),
            "users": users(variables),
            "stored": holdings::as_json(&holdings::stored(variables)),
            "shared": holdings::as_json(&holdings::shared(variables)),
        }))
    }
}

/// Codes of what the actors registered: `region`, `app.app1`, `event.activity`, …
fn catalogs(variables: &Variables) -> Map<String, Value> {
    let kinds = ["app.", "event.", "thing.", "store.", "share."];
    let named = variables.iter().filter(|(name, _)| kinds.iter().any(|kind| name.starts_with(kind)));
    let region = variables.get("region_code").map(|code| ("region", code));
    region.into_iter().chain(named).map(|(name, code)| (name.to_owned(), code.clone())).collect()
}

/// The user ids of the resident at the applications.
fn users(variables: &Variables) -> Map<String, Value> {
    let of = |block: &str| variables.get(&format!("resident1_{block}_user")).cloned();
    CAST.iter().filter_map(|role| Some((role.name.to_owned(), of(role.name)?))).collect()
}

fn login(variables: &Variables, prefix: &str, kind: i64) -> Option<Value> {
    let login_id = variables.text(&format!("{prefix}_login"))?;
    let password = variables.text(&format!("{prefix}_password"))?;
    let hpassword = variables.client_hash().of(&password);
    Some(json!({"type": kind, "loginId": login_id, "password": password, "hpassword": hpassword}))
}

/// Writes `demo.json`; it holds passwords of the demo.
pub fn write_record(folder: &Path, record: &Record) -> Result<(), FileError> {
    files::write_secret(&folder.join("demo.json"), &format!("{:#}\n", record.0))
}
