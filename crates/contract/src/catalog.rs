//! Reading the catalog, from the root itself or from another block through its proxy.

use platform::{Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, ServiceName, Session, Version};

pub use crate::proxy::Via;

use crate::{
    CallFailure,
    document::{self, Document},
    proxy::{self, encoded},
    tolerant::{code, code_or_none},
};

const SERVICE: &str = "catalog";

/// An item as the catalog renders it (spec: catalog 4.4, 4.8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    #[serde(rename = "catalogItem")]
    pub head: ItemHead,
    /// The rendered object that all services read.
    #[serde(default)]
    pub template: Value,
    #[serde(default)]
    pub prop: Value,
    #[serde(default)]
    pub value: Value,
    #[serde(default)]
    pub attribute: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemHead {
    #[serde(default)]
    pub ns: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(rename = "_code", deserialize_with = "code")]
    pub code: CodeVersion,
    #[serde(default, deserialize_with = "code_or_none")]
    pub inherit: Option<CodeVersion>,
    #[serde(default)]
    pub description: Value,
}

impl Item {
    /// A member of the rendered template; null counts as absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.template.get(key).filter(|value| !value.is_null())
    }

    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    #[must_use]
    pub fn code(&self, key: &str) -> Option<CodeVersion> {
        CodeVersion::read(self.get(key)?)
    }

    /// The codes in an array member; empty when there is none.
    #[must_use]
    pub fn codes(&self, key: &str) -> Vec<CodeVersion> {
        let codes = self.get(key).and_then(Value::as_array);
        codes.map(|codes| codes.iter().filter_map(CodeVersion::read).collect()).unwrap_or_default()
    }
}

/// The answer to `GET /catalog/name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogName {
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub ext_name: String,
}

/// A client of the catalog.
#[derive(Clone, Debug)]
pub struct CatalogClient {
    ground: Neighbourhood,
    via: Via,
}

impl CatalogClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>, via: Via) -> Self {
        Self { ground: ground.into(), via }
    }

    /// The newest version of an item.
    pub async fn item(&self, session: &Session, code: Code) -> Result<Item, CallFailure> {
        self.get(session, &format!("/catalog/{code}")).await
    }

    pub async fn item_at(
        &self,
        session: &Session,
        code: Code,
        version: Version,
    ) -> Result<Item, CallFailure> {
        self.get(session, &format!("/catalog/{code}/{version}")).await
    }

    /// All versions of an item from one on, in order. The catalog's 404 (there is none) is a failure here as there.
    pub async fn history(
        &self,
        session: &Session,
        code: Code,
        from: Version,
    ) -> Result<Vec<Item>, CallFailure> {
        self.get(session, &format!("/catalog/history/{code}?min={from}")).await
    }

    /// The newest versions of all items directly in a namespace. The catalog's 404 (nothing there) is a failure
    /// here as there.
    pub async fn in_namespace(&self, session: &Session, ns: &str) -> Result<Vec<Item>, CallFailure> {
        self.get(session, &format!("/catalog/?ns={}", encoded(ns))).await
    }

    pub async fn name(&self, session: &Session) -> Result<CatalogName, CallFailure> {
        self.get(session, "/catalog/name").await
    }

    /// The installation's name in `catalog/ext/{ext_name}/…`.
    pub async fn ext_name(&self, session: &Session) -> Result<String, CallFailure> {
        #[derive(Deserialize)]
        struct Named {
            ext_name: String,
        }
        self.get::<Named>(session, "/catalog/name").await.map(|named| named.ext_name)
    }

    /// The newest versions of several items at once.
    pub async fn items(&self, session: &Session, codes: &[Code]) -> Result<Vec<Item>, CallFailure> {
        let wanted: Vec<_> =
            codes.iter().map(|code| json!({"_code": {"_value": code, "_ver": null}})).collect();
        self.ask(session, Outgoing::post("/catalog").json(&wanted)).await
    }

    /// The items directly in several namespaces. The catalog's 404 (nothing there) is a failure here as there.
    pub async fn codes_in(&self, session: &Session, namespaces: &[String]) -> Result<Vec<Code>, CallFailure> {
        #[derive(Deserialize)]
        struct Found {
            #[serde(rename = "_code")]
            code: Value,
        }
        let question = json!({"namespace": namespaces});
        let found: Vec<Found> = self.ask(session, Outgoing::post("/catalog/text").json(&question)).await?;
        Ok(found.iter().filter_map(|found| found.code["_value"].as_i64()).map(Code).collect())
    }

    /// Several items at once, each at its version.
    pub async fn items_at(&self, session: &Session, codes: &[CodeVersion]) -> Result<Vec<Item>, CallFailure> {
        let wanted: Vec<_> = codes.iter().map(|code| json!({"_code": code})).collect();
        self.ask(session, Outgoing::post("/catalog").json(&wanted)).await
    }

    /// The document that changes an item, in which all stays that nobody changes.
    pub async fn document(&self, session: &Session, item: &Item) -> Result<Document, CallFailure> {
        let inner = self.classes(session, item.head.code, &document::own(&item.prop), &[]).await?;
        Ok(Document::new(item, inner))
    }

    /// The classes that properties of an item use, with those that they use in turn.
    async fn classes(
        &self,
        session: &Session,
        item: CodeVersion,
        prop: &[Value],
        outer: &[&str],
    ) -> Result<Value, CallFailure> {
        #[derive(Deserialize)]
        struct Class {
            prop: Value,
        }
        let mut classes = Vec::new();
        for name in document::classes_of(prop).into_iter().filter(|name| !outer.contains(name)) {
            let path = format!("/catalog/inner/{}/{}/{}", item.value, item.ver, encoded(name));
            let class: Class = self.get(session, &path).await?;
            let prop = document::own(&class.prop);
            let outer: Vec<_> = outer.iter().copied().chain([name]).collect();
            let inner = Box::pin(self.classes(session, item, &prop, &outer)).await?;
            classes.push(document::class(name, prop, inner));
        }
        Ok(if classes.is_empty() { Value::Null } else { classes.into() })
    }

    /// Creates an item of the installation from its document.
    pub async fn add_item(&self, session: &Session, document: &Value) -> Result<Item, CallFailure> {
        self.ask(session, Outgoing::post("/catalog/ext").json(document)).await
    }

    /// Adds a version to an item of the installation.
    pub async fn change_item(
        &self,
        session: &Session,
        code: Code,
        document: &Value,
    ) -> Result<(), CallFailure> {
        let request = Outgoing::put(format!("/catalog/ext/{code}")).session(session).json(document);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// Deletes all versions of an item of the installation.
    pub async fn delete_item(&self, session: &Session, code: Code) -> Result<(), CallFailure> {
        let request = Outgoing::delete(format!("/catalog/ext/{code}")).session(session);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    pub async fn add_namespace(
        &self,
        session: &Session,
        ns: &str,
        description: &str,
    ) -> Result<(), CallFailure> {
        let body = json!({"ns": ns, "description": description});
        let request = Outgoing::post("/catalog/ns/ext").session(session).json(&body);
        CallFailure::accepted(SERVICE, &self.send(request).await?)
    }

    /// Registers a change of several items; the answer is the update set, still open.
    pub async fn register_update_set(&self, session: &Session, set: &Value) -> Result<Value, CallFailure> {
        self.ask(session, Outgoing::post("/catalog/updateSet/register").json(set)).await
    }

    /// An update set with what became of it.
    pub async fn update_set(&self, session: &Session, id: i64) -> Result<Value, CallFailure> {
        self.ask(session, Outgoing::get(format!("/catalog/updateSet/search/info/{id}"))).await
    }

    /// Asks an actor to approve an update set. The caller's own is approved at once.
    pub async fn request_update_set(
        &self,
        session: &Session,
        id: i64,
        approver: Code,
    ) -> Result<Value, CallFailure> {
        let body = json!({"id": id, "approvalActor": approver});
        self.ask(session, Outgoing::post("/catalog/updateSet/request").json(&body)).await
    }

    /// Approves (1) or denies (2) an update set.
    pub async fn decide_update_set(
        &self,
        session: &Session,
        id: i64,
        status: i64,
        comment: Option<&str>,
    ) -> Result<Value, CallFailure> {
        let body = json!({"status": status, "comment": comment});
        self.ask(session, Outgoing::post(format!("/catalog/updateSet/approval/{id}")).json(&body)).await
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        session: &Session,
        request: Outgoing,
    ) -> Result<T, CallFailure> {
        CallFailure::read(SERVICE, &self.send(request.session(session)).await?)
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        session: &Session,
        path: &str,
    ) -> Result<T, CallFailure> {
        self.ask(session, Outgoing::get(path)).await
    }

    /// Any request to the catalog, from wherever this block is.
    pub async fn send(&self, request: Outgoing) -> Result<platform::Answer, platform::Unreachable> {
        proxy::to_root(&self.ground, self.via, ServiceName::Catalog, request).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_are_read_as_numbers_or_texts_and_no_parent_in_two_ways() {
        let head = |code: Value, inherit: Value| {
            serde_json::from_value::<ItemHead>(json!({"ns": "a", "_code": code, "inherit": inherit}))
        };
        let as_text = head(json!({"_value": "1", "_ver": "2"}), json!({"_value": null, "_ver": null}));
        let as_number = head(json!({"_value": 1, "_ver": 2}), Value::Null);
        assert_eq!(as_text.unwrap(), as_number.unwrap());
        assert!(head(Value::Null, Value::Null).is_err());
    }
}
