//! The neighbours of the books as tests need them.

use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::{Value, json};
use testkit::{Asked, Neighbours};
use vocabulary::ServiceName;

/// The root's actor, and an identity document, its items, and the platform's terms.
pub(crate) const ROOT: i64 = 1000431;
pub(crate) const LICENCE: i64 = 30001;
pub(crate) const NAME: i64 = 30019;
pub(crate) const PHONE: i64 = 30036;
pub(crate) const TERMS: i64 = 1000500;

/// An application provider with its application; a region operator with a region and its terms.
pub(crate) const PROVIDER: i64 = 1000437;
pub(crate) const APP: i64 = 1000441;
pub(crate) const OPERATOR: i64 = 1000432;
pub(crate) const REGION: i64 = 1000451;
pub(crate) const REGION_TERMS: i64 = 1000510;

/// The usual catalog of a root block.
pub(crate) fn catalog() -> Neighbours {
    catalog_with(json!({}))
}

/// The usual catalog with these settings of the whole platform.
pub(crate) fn catalog_with(setting: Value) -> Neighbours {
    let global = "catalog/ext/test-org/setting/global";
    let documents = json!([
        {"document": {"_value": LICENCE, "_ver": 1}, "satisfaction-rate": 100},
        {"document": {"_value": 30007, "_ver": 1}, "satisfaction-rate": 50},
    ]);
    let own = "catalog/ext/test-org/setting/actor/pxr-root/actor_1000431";
    let kinds = [NAME, PHONE].map(|kind| item(kind, "catalog/built_in/person/item-type", json!({})));
    let identification = "catalog/built_in/person/identification";
    let regions = format!("catalog/ext/test-org/actor/region-root/actor_{OPERATOR}/region");
    let terms = json!({"_value": REGION_TERMS, "_ver": 1});
    Neighbours::new()
        .answers(ServiceName::Catalog, Method::GET, "/catalog/name", json!({"ext_name": "test-org"}))
        .answers_ns(global, json!([item(1000374, global, setting)]))
        .answers_ns(own, json!([item(1000362, own, json!({"identification-document": documents}))]))
        .answers_ns("catalog/built_in/person/item-type", json!(kinds))
        .answers_ns("catalog/ext/test-org/person/item-type", json!([]))
        .answers_item(LICENCE, item(LICENCE, identification, json!({})))
        .answers_item(30007, item(30007, identification, json!({})))
        .answers_item(NAME, item(NAME, "catalog/built_in/person/item-type", json!({})))
        .answers_item(TERMS, item(TERMS, "catalog/ext/test-org/terms-of-use/platform", json!({})))
        .answers_item(ROOT, item(ROOT, "catalog/ext/test-org/actor/pxr-root", json!({})))
        .answers_item(PROVIDER, actor(PROVIDER, "app", json!({"application": [{"_value": APP, "_ver": 1}]})))
        .answers_item(
            OPERATOR,
            actor(OPERATOR, "region-root", json!({"region": [{"_value": REGION, "_ver": 1}]})),
        )
        .answers_item(APP, newer(APP, "catalog/ext/test-org/actor/app/actor_1000437/application"))
        .answers_item(REGION, newer(REGION, &regions))
        .answers_item(REGION_TERMS, region_terms(json!({})))
        .answers_ns(&regions, json!([item(REGION, &regions, json!({"terms-of-use": terms}))]))
        .answers(ServiceName::Catalog, Method::POST, "/catalog", json!([region_terms(json!({}))]))
}

pub(crate) fn item(code: i64, ns: &str, template: Value) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}, "inherit": null},
           "template": template})
}

fn actor(code: i64, kind: &str, template: Value) -> Value {
    item(code, &format!("catalog/ext/test-org/actor/{kind}"), template)
}

/// An item of which there are three versions by now.
fn newer(code: i64, ns: &str) -> Value {
    let mut item = item(code, ns, json!({}));
    item["catalogItem"]["_code"]["_ver"] = json!(3);
    item
}

pub(crate) fn region_terms(template: Value) -> Value {
    item(REGION_TERMS, "catalog/ext/test-org/terms-of-use/region/actor_1000432", template)
}

pub(crate) trait Catalog {
    /// The item's newest version and version 1.
    fn answers_item(self, code: i64, item: Value) -> Self;
    fn answers_ns(self, ns: &str, items: Value) -> Self;
}

impl Catalog for Neighbours {
    fn answers_item(self, code: i64, item: Value) -> Self {
        self.answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{code}"), item.clone()).answers(
            ServiceName::Catalog,
            Method::GET,
            &format!("/catalog/{code}/1"),
            item,
        )
    }

    fn answers_ns(self, ns: &str, items: Value) -> Self {
        let path = format!("/catalog/?ns={}", ns.replace('/', "%2F"));
        self.answers(ServiceName::Catalog, Method::GET, &path, items)
    }
}

/// An operator as the stand-in remembers it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operator {
    pub(crate) id: i64,
    pub(crate) pxr_id: String,
    pub(crate) hpassword: String,
    pub(crate) attributes: Value,
    pub(crate) profile: Value,
    pub(crate) prohibited: bool,
    pub(crate) deleted: bool,
}

/// The operator service, as far as residents go: it remembers them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operators(Arc<Mutex<Vec<Operator>>>);

impl Operators {
    /// Those that are not deleted.
    pub(crate) fn all(&self) -> Vec<Operator> {
        self.0.lock().unwrap().iter().filter(|operator| !operator.deleted).cloned().collect()
    }

    pub(crate) fn given(&self, pxr_id: &str) -> i64 {
        let mut all = self.0.lock().unwrap();
        let id = i64::try_from(all.len()).unwrap() + 1;
        all.push(Operator {
            id,
            pxr_id: pxr_id.to_owned(),
            hpassword: "old".to_owned(),
            attributes: json!({}),
            profile: json!({"name": pxr_id}),
            prohibited: false,
            deleted: false,
        });
        id
    }

    pub(crate) fn join(&self, neighbours: Neighbours) -> Neighbours {
        let this = self.clone();
        neighbours.played(ServiceName::Operator, move |asked| this.answer(asked))
    }

    fn answer(&self, asked: &Asked) -> (u16, Value) {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let (path, body) = (path.trim_end_matches('/'), &asked.body);
        let id = path.rsplit('/').next().and_then(|id| id.parse::<i64>().ok());
        let pxr_id =
            body["pxrId"].as_str().or_else(|| query.split(['=', '&']).next_back()).unwrap_or_default();
        let mut all = self.0.lock().unwrap();
        let next = i64::try_from(all.len()).unwrap() + 1;
        let mut living = all.iter_mut().filter(|operator| !operator.deleted || path.contains("cancelDelete"));
        let known =
            |operator: &&mut Operator| Some(operator.id) == id || id.is_none() && operator.pxr_id == pxr_id;
        match (asked.method.as_str(), path) {
            ("POST", "/operator/user/info/list") => {
                let wanted = body["pxrId"].as_array().cloned().unwrap_or_default();
                let found = living.filter(|operator| wanted.contains(&json!(operator.pxr_id)));
                (
                    200,
                    found
                        .map(|operator| json!({"pxrId": operator.pxr_id, "userInfo": operator.profile}))
                        .collect(),
                )
            }
            ("POST", "/operator") => {
                if living.any(|operator| operator.pxr_id == pxr_id) {
                    return (400, json!({"status": 400, "message": "taken"}));
                }
                all.push(Operator {
                    id: next,
                    pxr_id: pxr_id.to_owned(),
                    hpassword: body["hpassword"].as_str().unwrap_or_default().to_owned(),
                    attributes: body["attributes"].clone(),
                    profile: json!({}),
                    prohibited: false,
                    deleted: false,
                });
                (200, json!({"id": next}))
            }
            (method, _) => match living.find(known) {
                Some(operator) => operator.answer(method, path, body),
                None => (if method == "GET" { 204 } else { 400 }, Value::Null),
            },
        }
    }
}

impl Operator {
    fn answer(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        match (method, path) {
            ("GET", "/operator") => {
                let phone = if self.profile["phone"].is_null() { json!("090") } else { Value::Null };
                (
                    200,
                    json!({"operatorId": self.id, "type": 0, "loginId": self.pxr_id, "pxrId": self.pxr_id,
                             "mobilePhone": phone}),
                )
            }
            ("GET", "/operator/user/info") => (200, json!({"pxrId": self.pxr_id, "userInfo": self.profile})),
            ("POST", "/operator/user/info") => {
                self.profile = body["userInfo"].clone();
                (200, json!({"pxrId": self.pxr_id}))
            }
            ("PUT", path) if path.starts_with("/operator/password/") => {
                body["newHpassword"].as_str().unwrap_or_default().clone_into(&mut self.hpassword);
                (200, json!({"result": "ok"}))
            }
            ("PUT", path) if path.starts_with("/operator/cancelDelete/") => {
                self.deleted = false;
                (200, json!({"operatorId": self.id}))
            }
            ("PUT", _) => {
                self.prohibited = body["loginProhibitedFlg"] == true;
                (200, json!({"id": self.id}))
            }
            ("DELETE", _) => {
                self.deleted = true;
                (200, json!({"operatorId": self.id.to_string(), "register": "member01"}))
            }
            _ => (501, Value::Null),
        }
    }
}

/// An identification code that stands for a resident and a partner.
pub(crate) fn collates(neighbours: Neighbours, answer: Value) -> Neighbours {
    neighbours.answers(ServiceName::IdentityVerificate, Method::POST, "/identity-verificate/collate", answer)
}
