//! A little world around the service: a catalog, notifications, an authority and books that remember.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use http::Method;
use serde_json::{Map, Value, json};
use testkit::{Asked, Neighbours};
use tokio::sync::Notify;
use vocabulary::{ServiceName, Session};

pub const ROOT: i64 = 1_000_431;
pub const REGION_ROOT: i64 = 1_000_432;
pub const REGION: i64 = 1_000_500;
pub const APP: i64 = 1_000_437;
pub const OTHER_APP: i64 = 1_000_438;
/// A service of the provider.
pub const SERVICE: i64 = 1_000_600;
/// What the provider shares, with the id of its one definition.
pub const SHARE: i64 = 1_000_610;
pub const SHARED: &str = "507bff6c-4842-c3d2-a288-df88698d446e";

/// Until when decisions are possible.
pub const UNTIL: &str = "2026-01-09T03:04:05.678+0900";

#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub ns: String,
    pub name: String,
    pub template: Value,
    pub ver: i64,
    /// Properties of its own, and attributes.
    pub prop: Value,
    pub attribute: Value,
    /// The templates of the versions before.
    pub before: Vec<Value>,
}

#[derive(Debug, Default)]
pub struct State {
    pub items: BTreeMap<i64, Entry>,
    pub namespaces: Vec<String>,
    pub notices: Vec<Value>,
    /// Valid at the authority.
    pub certificates: Vec<Value>,
    /// Given up by their blocks.
    pub given_up: Vec<String>,
    /// Until when decisions are possible, where it is not as usual.
    pub until: Option<&'static str>,
    /// Told whenever a notice is sent.
    pub heard: Arc<Notify>,
    /// What the books were told, as path and body.
    pub books: Vec<(String, Value)>,
    sets: Vec<Value>,
    issued: usize,
    made: i64,
}

impl State {
    /// An item at a version, or the newest.
    fn at(&self, code: &Value) -> Option<(i64, Entry)> {
        let value = code["_value"].as_i64()?;
        let item = self.items.get(&value)?;
        let ver = code["_ver"].as_i64().unwrap_or(item.ver);
        if ver == item.ver {
            return Some((value, item.clone()));
        }
        let template = item.before.get(usize::try_from(ver - 1).ok()?)?.clone();
        Some((value, Entry { template, ver, ..item.clone() }))
    }
}

#[derive(Clone, Debug, Default)]
pub struct World(Arc<Mutex<State>>);

impl World {
    pub fn new() -> Self {
        let world = Self::default();
        let block = |actor: i64| json!({"_value": actor + 1_000_000, "_ver": 1});
        let certified = json!([{"status": "certified", "by": {"_value": ROOT, "_ver": 1}, "at": "2025"}]);
        let cert = json!({"cert": [{"title": "t"}]});
        world.put(
            ROOT,
            "actor/pxr-root",
            json!({
                "main-block": {"_value": 1_000_401, "_ver": 1}, "status": certified,
                "region-root-cert": cert, "app-cert": null,
            }),
        );
        world.put(
            REGION_ROOT,
            "actor/region-root",
            json!({
                "main-block": block(REGION_ROOT), "status": certified, "trader-alliance": null,
                "region": [{"_value": REGION, "_ver": 1}],
            }),
        );
        world.put(
            REGION,
            &format!("actor/region-root/actor_{REGION_ROOT}/region"),
            json!({"status": null, "app-alliance": null, "wf-alliance": null}),
        );
        for app in [APP, OTHER_APP] {
            let template = json!({"main-block": block(app), "status": certified, "other-block": null, "breakaway-flg": false});
            world.put(app, "actor/app", template);
        }
        world.put(SERVICE, &format!("actor/app/actor_{APP}/application"), json!({"region-alliance": null}));
        world.put(SHARE, &format!("actor/app/actor_{APP}/share"), json!({"share": [{"id": SHARED}]}));
        world.put(
            1_000_374,
            "setting/global",
            json!({
                "min_period_for_platform-tou_re-consent": {"type": "day", "value": 30},
                "min_period_for_region-tou_re-consent": {"type": "day", "value": 7},
            }),
        );
        world
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn put(&self, code: i64, ns: &str, template: Value) {
        let entry = Entry {
            ns: format!("catalog/ext/test-org/{ns}"),
            name: format!("n{code}"),
            template,
            ver: 1,
            ..Entry::default()
        };
        self.state().items.insert(code, entry);
    }

    pub fn template(&self, code: i64) -> Value {
        self.state().items[&code].template.clone()
    }

    /// Sets a member of an item's template.
    pub fn set(&self, code: i64, key: &str, value: Value) {
        self.state().items.get_mut(&code).unwrap().template[key] = value;
    }

    /// How many items are directly in a namespace.
    pub fn count(&self, ns: &str) -> usize {
        let ns = format!("catalog/ext/test-org/{ns}");
        self.state().items.values().filter(|item| item.ns == ns).count()
    }

    /// The categories of the notices so far, with the blocks they went to.
    pub fn notices(&self) -> Vec<(i64, i64)> {
        let state = self.state();
        let number = |value: &Value| value.as_i64().unwrap();
        let of = |notice: &Value| {
            (number(&notice["category"]["_value"]), number(&notice["destination"]["blockCode"]))
        };
        state.notices.iter().map(of).collect()
    }

    /// Where the newest request for a decision wants it posted.
    pub fn decided_at(&self) -> String {
        let state = self.state();
        let newest = state.notices.iter().rev().find(|notice| notice["type"] == 1).unwrap();
        newest["approval"]["noticeUrl"].as_str().unwrap().to_owned()
    }

    pub fn neighbours(&self) -> Neighbours {
        let play = |part: fn(&mut State, &Asked) -> (u16, Value)| {
            let world = self.clone();
            move |asked: &Asked| part(&mut world.state(), asked)
        };
        Neighbours::new()
            .played(ServiceName::Catalog, play(catalog))
            .played(ServiceName::Notification, play(notification))
            .played(ServiceName::CertificationAuthority, play(authority))
            .played(ServiceName::CertificateManage, play(block))
            .played(ServiceName::BlockProxy, play(block))
            .played(ServiceName::BookManage, play(books))
    }
}

fn rendered(code: i64, item: &Entry) -> Value {
    let mut prop = item.prop.clone();
    for own in prop.as_array_mut().into_iter().flatten() {
        own["isInherit"] = json!(false);
    }
    json!({
        "catalogItem": {
            "ns": item.ns, "name": item.name, "_code": {"_value": code, "_ver": item.ver},
            "inherit": {"_value": 50, "_ver": 1}, "description": "d",
        },
        "template": item.template, "prop": prop, "value": null, "attribute": item.attribute,
    })
}

fn catalog(state: &mut State, asked: &Asked) -> (u16, Value) {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let path = path.trim_start_matches("/catalog").trim_matches('/');
    let parts: Vec<_> = path.split('/').collect();
    match (&asked.method, parts.as_slice()) {
        (&Method::GET, ["name"]) => {
            (200, json!({"id": "i", "name": "n", "description": "d", "ext_name": "test-org"}))
        }
        (&Method::GET, [""]) => {
            let ns = query.trim_start_matches("ns=").replace("%2F", "/");
            all(state.items.iter().filter(|(_, item)| item.ns == ns))
        }
        (&Method::POST, [""]) => {
            let wanted = asked.body.as_array().unwrap().iter().map(|one| &one["_code"]);
            let found: Vec<_> = wanted.filter_map(|code| state.at(code)).collect();
            all(found.iter().map(|(code, item)| (code, item)))
        }
        (&Method::POST, ["text"]) => {
            let wanted = asked.body["namespace"].as_array().unwrap();
            let there = state.items.iter().filter(|(_, item)| wanted.contains(&json!(item.ns)));
            let found: Vec<_> =
                there.map(|(code, _)| json!({"_code": {"_value": code, "_ver": null}})).collect();
            if found.is_empty() { (404, Value::Null) } else { (200, found.into()) }
        }
        (&Method::GET, [code] | [code, _]) => {
            let code = code.parse().unwrap();
            state.items.get(&code).map_or((404, Value::Null), |item| (200, rendered(code, item)))
        }
        (&Method::POST, ["ns", "ext"]) => {
            let ns = asked.body["ns"].as_str().unwrap().to_owned();
            if state.namespaces.contains(&ns) {
                return (409, Value::Null);
            }
            state.namespaces.push(ns);
            (200, json!({"id": 1}))
        }
        (&Method::POST, ["ext"]) => {
            let code = add(state, &asked.body);
            (200, rendered(code, &state.items[&code]))
        }
        (&Method::PUT, ["ext", code]) => {
            change(state, code.parse().unwrap(), &asked.body);
            (200, json!({}))
        }
        (&Method::DELETE, ["ext", code]) => match state.items.remove(&code.parse().unwrap()) {
            Some(_) => (200, json!({})),
            None => (404, Value::Null),
        },
        (&Method::GET, ["updateSet", "search", "info", id]) => {
            let set = state.sets.get(id.parse::<usize>().unwrap() - 1);
            set.map_or((404, Value::Null), |set| (200, set.clone()))
        }
        (&Method::POST, ["updateSet", rest @ ..]) => update_sets(state, asked, rest),
        _ => (501, Value::Null),
    }
}

fn all<'a>(items: impl Iterator<Item = (&'a i64, &'a Entry)>) -> (u16, Value) {
    let items: Vec<_> = items.map(|(code, item)| rendered(*code, item)).collect();
    if items.is_empty() { (404, Value::Null) } else { (200, items.into()) }
}

fn add(state: &mut State, document: &Value) -> i64 {
    state.made += 1;
    let code = 1_001_000 + state.made;
    let text = |key: &str| document["catalogItem"][key].as_str().unwrap().to_owned();
    let template = render(&document["template"]["value"]);
    state
        .items
        .insert(code, Entry { ns: text("ns"), name: text("name"), template, ver: 1, ..Entry::default() });
    code
}

fn change(state: &mut State, code: i64, document: &Value) {
    let item = state.items.get_mut(&code).unwrap();
    item.before.push(std::mem::replace(&mut item.template, render(&document["template"]["value"])));
    item.prop = document["template"]["prop"].clone();
    item.attribute = document["attribute"].clone();
    item.ver += 1;
}

/// A list of `{key, value}` as the object that it means.
fn render(values: &Value) -> Value {
    const LISTS: [&str; 7] =
        ["region", "region-alliance", "app-alliance", "other-block", "store", "share", "notification"];
    let mut object = Map::new();
    for entry in values.as_array().into_iter().flatten() {
        let (key, value) = (entry["key"].as_str().unwrap(), &entry["value"]);
        let is_object = value.as_array().is_some_and(|list| list.iter().any(|one| one["key"].is_string()));
        let value = if is_object { render(value) } else { value.clone() };
        let is_list = LISTS.contains(&key) && key != "share" || key == "status" && value.is_object();
        match object.get_mut(key) {
            Some(Value::Array(list)) if is_list => list.push(value),
            _ if is_list && !value.is_null() => drop(object.insert(key.to_owned(), json!([value]))),
            _ => drop(object.insert(key.to_owned(), value)),
        }
    }
    Value::Object(object)
}

fn update_sets(state: &mut State, asked: &Asked, rest: &[&str]) -> (u16, Value) {
    let session = Session::from_header(asked.headers["session"].to_str().unwrap()).unwrap();
    let actor = session.actor.unwrap().value.0;
    match rest {
        ["register"] => {
            let mut set = asked.body.clone();
            set["id"] = json!(state.sets.len() + 1);
            set["status"] = json!(0);
            set["callerActorCode"] = json!(actor);
            state.sets.push(set.clone());
            (200, set)
        }
        ["request"] => {
            let id = usize::try_from(asked.body["id"].as_u64().unwrap()).unwrap();
            let open = state.sets.get(id - 1).filter(|set| set["status"] == json!(0));
            let Some(mut set) = open.cloned() else {
                return (400, json!({"status": 400, "message": "no such set"}));
            };
            set["approvalActorCode"] = asked.body["approvalActor"].clone();
            let own = asked.body["approvalActor"] == json!(actor);
            set["status"] = json!(if own { 1 } else { 3 });
            if own && let Err(refused) = apply(state, &mut set) {
                return refused;
            }
            state.sets[id - 1] = set.clone();
            (200, set)
        }
        ["approval", id] => {
            let set = &mut state.sets[id.parse::<usize>().unwrap() - 1];
            set["status"] = asked.body["status"].clone();
            set["comment"] = asked.body["comment"].clone();
            (200, set.clone())
        }
        _ => (501, Value::Null),
    }
}

fn apply(state: &mut State, set: &mut Value) -> Result<(), (u16, Value)> {
    for entry in set["catalog"].as_array_mut().unwrap() {
        let code = if entry["type"] == 1 {
            add(state, &entry["template"])
        } else {
            let code = entry["catalogCode"].as_i64().unwrap();
            let next = state.items[&code].ver + 1;
            if entry["template"]["catalogItem"]["_code"]["_ver"] != json!(next) {
                return Err((400, json!({"status": 400, "message": "another version"})));
            }
            change(state, code, &entry["template"]);
            code
        };
        entry["template"]["catalogItem"]["_code"] = json!({"_value": code, "_ver": state.items[&code].ver});
    }
    Ok(())
}

fn notification(state: &mut State, asked: &Asked) -> (u16, Value) {
    state.notices.push(asked.body.clone());
    state.heard.notify_one();
    let approval = (asked.body["type"] == 1).then(|| json!({"expirationAt": state.until.unwrap_or(UNTIL)}));
    (200, json!({"id": state.notices.len(), "approval": approval}))
}

fn authority(state: &mut State, asked: &Asked) -> (u16, Value) {
    let parts: Vec<_> = asked.path.split('/').skip(2).collect();
    match (&asked.method, parts.as_slice()) {
        (&Method::POST, ["client"]) => {
            state.issued += 1;
            let subject = json!({"C": "JP", "ST": "Tokyo", "L": "Minato-ku", "O": "o",
                                 "OU": asked.body["actor"]["value"], "CN": "c"});
            let certificate = json!({
                "certType": "client", "subject": subject, "serialNo": format!("S{}", state.issued),
                "fingerPrint": format!("F{}", state.issued), "validPeriodStart": "s", "validPeriodEnd": "e",
            });
            state.certificates.push(certificate.clone());
            (200, certificate)
        }
        (&Method::GET, ["list", actor]) => {
            let of = |one: &&Value| one["subject"]["OU"].as_i64() == actor.parse().ok();
            let found: Vec<_> = state.certificates.iter().filter(of).cloned().collect();
            if found.is_empty() { (204, Value::Null) } else { (200, found.into()) }
        }
        (&Method::DELETE, ["client", serial_no, _]) => {
            state.certificates.retain(|one| one["serialNo"] != *serial_no);
            (200, json!({"result": "success"}))
        }
        _ => (501, Value::Null),
    }
}

/// A block gives up a certificate once.
fn block(state: &mut State, asked: &Asked) -> (u16, Value) {
    let target = asked.target();
    if asked.method != Method::DELETE || state.given_up.contains(&target) {
        return (400, Value::Null);
    }
    state.given_up.push(target);
    (200, json!({"result": "success"}))
}

fn books(state: &mut State, asked: &Asked) -> (u16, Value) {
    state.books.push((asked.path.clone(), asked.body.clone()));
    (200, json!({"result": "success"}))
}
