//! Loads an initial catalog into a block that runs in this process, so that no port has to be opened for it.
//!
//! It can be run again: what is there stays as it is, what is missing is added.

use std::collections::{HashMap, HashSet};

use http::StatusCode;
use platform::{Answer, Channel, Outgoing, Unreachable};
use serde_json::{Value, json};
use starter_catalog::{Catalog, Item, Kind};
use vocabulary::{ServiceName, Session};

/// Why loading ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("the catalog cannot be activated: it answered {0}")]
    Activation(StatusCode),
    #[error("the catalog is another one: its ext_name is {found:?}, not {wanted:?}")]
    OtherCatalog { found: String, wanted: String },
    #[error("the catalog gave an answer that cannot be read")]
    Unreadable,
    #[error("the loader's identity cannot be made")]
    Identity(#[from] vocabulary::SessionError),
}

/// What loading did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub namespaces: Count,
    pub items: Count,
    /// What was wrong, a line each.
    pub problems: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub added: usize,
    pub already_there: usize,
}

impl Count {
    #[must_use]
    pub const fn total(self) -> usize {
        self.added + self.already_there
    }
}

/// Loads a catalog; `progress` hears after each step how many of how many are done.
pub async fn load(
    channel: &Channel,
    catalog: &Catalog,
    mut progress: impl FnMut(usize, usize),
) -> Result<Loaded, LoadError> {
    let loader = Loader { channel, session: registrant()? };
    let steps = catalog.namespaces.len() + catalog.items.len();
    let mut loaded = Loaded::default();
    loader.activate(catalog).await?;

    let present = loader.namespaces().await?;
    for (done, namespace) in catalog.namespaces.iter().enumerate() {
        if present.contains(&namespace.ns) {
            loaded.namespaces.already_there += 1;
        } else {
            let body = json!({"ns": namespace.ns, "description": namespace.description});
            let path = format!("/catalog/ns/{}", prefix(namespace.kind));
            let answer = loader.post(&path, &body).await?;
            note(&mut loaded.problems, &mut loaded.namespaces, &namespace.ns, &answer);
        }
        progress(done + 1, steps);
    }

    let present = loader.codes(&catalog.items).await?;
    for (done, item) in catalog.items.iter().enumerate() {
        if loader.is_there(item, &present).await? {
            loaded.items.already_there += 1;
        } else {
            let answer = loader.post(&format!("/catalog/{}", prefix(item.kind)), &item.document).await?;
            note(&mut loaded.problems, &mut loaded.items, &item.source, &answer);
        }
        progress(catalog.namespaces.len() + done + 1, steps);
    }
    Ok(loaded)
}

/// The items that a search for these words finds, the best first, as they are read.
pub async fn search(channel: &Channel, words: &str) -> Result<Vec<Value>, LoadError> {
    let loader = Loader { channel, session: registrant()? };
    let hits = loader.list(Outgoing::post("/catalog/text").json(&json!({"keyword": words}))).await?;
    let hits = hits.as_array().cloned().unwrap_or_default();
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let items = loader.list(Outgoing::post("/catalog").json(&hits)).await?;
    let mut items: HashMap<i64, Value> = items
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| Some((item["catalogItem"]["_code"]["_value"].as_i64()?, item.clone())))
        .collect();
    Ok(hits.iter().filter_map(|hit| items.remove(&hit["_code"]["_value"].as_i64()?)).collect())
}

fn note(problems: &mut Vec<String>, count: &mut Count, source: &str, answer: &Answer) {
    if answer.status == StatusCode::OK {
        count.added += 1;
    } else {
        let text = String::from_utf8_lossy(&answer.body);
        problems.push(format!("{source}: {} {text}", answer.status.as_u16()));
    }
}

const fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Model => "model",
        Kind::BuiltIn => "built_in",
        Kind::Ext => "ext",
    }
}

/// The operator under whose name a catalog is loaded (spec: catalog-data-model 7).
fn registrant() -> Result<Session, vocabulary::SessionError> {
    let code = json!({"_value": 9_999_999, "_ver": 1});
    Session::from_json(json!({
        "sessionId": "catalog", "operatorId": 9_999_999, "type": 3, "loginId": "catalog_registrant",
        "block": code, "actor": code,
    }))
}

struct Loader<'a> {
    channel: &'a Channel,
    session: Session,
}

impl Loader<'_> {
    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable> {
        self.channel.send(ServiceName::Catalog, request.session(&self.session)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Answer, Unreachable> {
        self.send(Outgoing::post(path).json(body)).await
    }

    async fn activate(&self, catalog: &Catalog) -> Result<(), LoadError> {
        let society = &catalog.society;
        let body = json!({
            "name": society.name, "description": society.description, "ext_name": society.ext_name,
        });
        let answer = self.post("/catalog/name", &body).await?;
        match answer.status {
            StatusCode::OK => Ok(()),
            StatusCode::CONFLICT => {
                let name: Value = self.list(Outgoing::get("/catalog/name")).await?;
                let found = name["ext_name"].as_str().unwrap_or_default().to_owned();
                let wanted = society.ext_name.clone();
                if found == wanted { Ok(()) } else { Err(LoadError::OtherCatalog { found, wanted }) }
            }
            status => Err(LoadError::Activation(status)),
        }
    }

    /// An answer as JSON; 404 means that there is nothing.
    async fn list(&self, request: Outgoing) -> Result<Value, LoadError> {
        let answer = self.send(request).await?;
        match answer.status {
            StatusCode::OK => serde_json::from_slice(&answer.body).map_err(|_| LoadError::Unreadable),
            StatusCode::NOT_FOUND => Ok(Value::Null),
            _ => Err(LoadError::Unreadable),
        }
    }

    async fn namespaces(&self) -> Result<HashSet<String>, LoadError> {
        let found = self.list(Outgoing::get("/catalog/ns?ns=catalog/")).await?;
        let names = found.as_array().into_iter().flatten();
        Ok(names.filter_map(|namespace| namespace["ns"].as_str().map(str::to_owned)).collect())
    }

    /// The codes among these items that the catalog has already.
    async fn codes(&self, items: &[Item]) -> Result<HashSet<i64>, LoadError> {
        let wanted: Vec<_> = items
            .iter()
            .filter_map(|item| item.code)
            .map(|code| json!({"_code": {"_value": code}}))
            .collect();
        let found = self.list(Outgoing::post("/catalog").json(&wanted)).await?;
        let items = found.as_array().into_iter().flatten();
        Ok(items.filter_map(|item| item["catalogItem"]["_code"]["_value"].as_i64()).collect())
    }

    /// An item without a code of its own is known by its name in its namespace.
    async fn is_there(&self, item: &Item, present: &HashSet<i64>) -> Result<bool, LoadError> {
        if let Some(code) = item.code {
            return Ok(present.contains(&code));
        }
        let head = &item.document["catalogItem"];
        let ns = head["ns"].as_str().unwrap_or_default();
        let path = format!("/catalog/?ns={}", contract::proxy::encoded(ns));
        let found = self.list(Outgoing::get(path)).await?;
        Ok(found.as_array().into_iter().flatten().any(|other| other["catalogItem"]["name"] == head["name"]))
    }
}
