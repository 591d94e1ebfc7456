//! What stands behind the gate: the catalog, notices and certificates, and the applications of actors.

use serde_json::{Map, Value, json};

use super::{
    actors,
    gate::Call,
    root::{ACTOR, Answer, CODE, EXT, Holdings},
};

/// What the root of an installation holds before any block joins it.
pub(super) fn load(root: &mut Holdings) {
    let ext = |rest: &str| format!("catalog/ext/{EXT}/{rest}");
    for (code, ns, name, template) in [
        (30, "catalog/model/block/app".to_owned(), "Appブロック", json!({})),
        (42, "catalog/model/actor/app".to_owned(), "アプリケーションプロバイダー", json!({})),
        (
            CODE,
            ext("block/pxr-root"),
            "流通制御のブロック",
            json!({
                "actor-type": "pxr-root", "base-url": format!("https://root.{EXT}.example.org/portal/login"),
                "id": "PXR-Root", "service-name": "root-service",
            }),
        ),
        (
            ACTOR,
            ext("actor/pxr-root"),
            "流通制御サービスプロバイダー",
            json!({"app-cert": {"cert": true}, "main-block": {"_value": CODE, "_ver": 1}}),
        ),
        (1_000_374, ext("setting/global"), "グローバル設定", json!({"use_app-p": true})),
        (117, "catalog/model/notification/actor".to_owned(), "アクター認定申請", json!({})),
        (118, "catalog/model/notification/actor".to_owned(), "アクター認定承認", json!({})),
        (119, "catalog/model/notification/actor".to_owned(), "アクター認定否認", json!({})),
    ] {
        hold(root, code, &ns, name, template);
    }
    rights(root);
}

fn hold(root: &mut Holdings, code: i64, ns: &str, name: &str, template: Value) {
    let head = json!({"ns": ns, "name": name, "inherit": null, "description": name});
    root.items.insert(code, item(code, 1, &head, template));
}

/// The rights that members of an App-Block may have, and the item that says so.
fn rights(root: &mut Holdings) {
    const RIGHTS: [(&str, &[&str]); 5] = [
        ("member", &["add", "update", "delete"]),
        ("catalog", &["create"]),
        ("actor", &["application"]),
        ("app-wf-user", &["create"]),
        ("join", &["application", "approval"]),
    ];
    let mut all = Vec::new();
    for (code, (area, action)) in (301..)
        .zip(RIGHTS.iter().flat_map(|(area, actions)| actions.iter().map(move |action| (area, action))))
    {
        hold(root, code, &format!("catalog/model/auth/{area}"), action, json!({"auth-name": action}));
        all.push(json!({"_value": code, "_ver": 1}));
    }
    let group = json!({"auth-group": [{"group-name": "app", "auth": all}]});
    hold(root, 127, "catalog/model/setting/actor/app", "Appの設定", group);
}

/// An item as the catalog renders it (4.4), its members in their order.
fn item(code: i64, version: i64, head: &Value, template: Value) -> Value {
    let own = json!({"_value": code, "_ver": version});
    let mut template = template;
    template["_code"] = own.clone();
    let mut sorted: Vec<_> = template.as_object().unwrap().clone().into_iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    json!({
        "catalogItem": {
            "ns": head["ns"], "name": head["name"], "_code": own, "inherit": head["inherit"],
            "description": head["description"],
        },
        "template": sorted.into_iter().collect::<Map<_, _>>(), "prop": null, "value": null, "attribute": null,
    })
}

fn no_item(status: u16) -> Answer {
    Answer::refusal(status, "カタログが存在しません")
}

pub(super) fn answer(root: &mut Holdings, call: &Call) -> Result<Answer, Answer> {
    let (path, query) = call.target.split_once('?').unwrap_or((&call.target, ""));
    let path = path.strip_suffix('/').unwrap_or(path);
    let parts: Vec<_> = path.split('/').skip(1).collect();
    match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["catalog"]) => in_namespace(root, query),
        ("GET", ["catalog", "name"]) => Ok(Answer::json(&json!({
            "id": "pxr-catalog", "name": "PXRカタログ", "description": "カタログ", "ext_name": EXT,
        }))),
        ("GET", ["catalog", code]) => {
            let found = code.parse().ok().and_then(|code: i64| root.items.get(&code));
            found.map(Answer::json).ok_or_else(|| no_item(404))
        }
        ("POST", ["catalog", "ext"]) => {
            let code = root.items.keys().max().unwrap_or(&0).max(&1_000_782) + 1;
            write(root, code, 1, &call.body)
        }
        ("PUT", ["catalog", "ext", code]) => {
            let code: i64 = code.parse().unwrap();
            let known = root.items.get(&code).ok_or_else(|| no_item(400))?;
            let version = known["catalogItem"]["_code"]["_ver"].as_i64().unwrap() + 1;
            write(root, code, version, &call.body)
        }
        ("DELETE", ["catalog", "ext", code]) => {
            let code: i64 = code.parse().unwrap();
            root.items.remove(&code).ok_or_else(|| no_item(400))?;
            Ok(Answer::json(&json!({"code": code})))
        }
        ("GET", ["catalog-update", "actor", "accreditor"]) => Ok(Answer::json(&json!({
            "approvalActors": [{"name": "流通制御サービスプロバイダー", "approvalActor": {"_value": ACTOR, "_ver": 1}}],
        }))),
        ("GET", ["catalog-update", "actor"]) => actors::list(root, call, query),
        ("POST", ["catalog-update", "actor"]) => actors::apply(root, call),
        ("POST", ["catalog-update", "actor", "remove"]) => actors::leave(root, call),
        ("GET", ["notification"]) => match root.notices.as_slice() {
            [] => Ok(Answer::nothing()),
            notices => Ok(Answer::json(&json!(notices))),
        },
        ("PUT", ["notification", "approval"]) => actors::decide(root, call),
        ("GET", ["certification-authority", "client", serial, print]) => Ok(certificate(root, serial, print)
            .map_or_else(Answer::nothing, |at| Answer::json(&root.certificates[at].shown))),
        ("GET", ["certification-authority", "actor", serial, print]) => {
            let code = |value: i64| json!({"value": value, "ver": 1});
            let holder = certificate(root, serial, print).map(|at| &root.certificates[at]);
            let holder = holder.map(|one| json!({"actor": code(one.actor), "block": code(one.block)}));
            Ok(holder.map_or_else(Answer::nothing, |holder| Answer::json(&holder)))
        }
        // What sealed the certificates of the reference is nobody's business here.
        (method, _) => Ok(Answer::no_route(method, path)),
    }
}

pub(super) fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn in_namespace(root: &Holdings, query: &str) -> Result<Answer, Answer> {
    let ns = parameter(query, "ns").ok_or_else(|| Answer::refusal(400, "nsは必須です"))?;
    let found: Vec<_> = root.items.values().filter(|item| item["catalogItem"]["ns"] == ns).cloned().collect();
    if found.is_empty() { Err(no_item(404)) } else { Ok(Answer::json(&json!(found))) }
}

/// A new item, or a new version of one (4.7).
pub(super) fn write(root: &mut Holdings, code: i64, version: i64, body: &Value) -> Result<Answer, Answer> {
    let head = &body["catalogItem"];
    let kinds = ["block/app", "block/region-root", "actor/app", "actor/region-root"];
    if !kinds.iter().any(|kind| head["ns"] == format!("catalog/ext/{EXT}/{kind}")) {
        return Err(Answer::refusal(400, "ネームスペースが存在しません"));
    }
    let written = item(code, version, head, rendered(&body["template"]["value"]));
    root.items.insert(code, written.clone());
    Ok(Answer::json(&written))
}

/// `[{key, value}]` as an object (4.8).
fn rendered(value: &Value) -> Value {
    let Some(pairs) = value.as_array() else { return value.clone() };
    pairs
        .iter()
        .map(|pair| (pair["key"].as_str().unwrap().to_owned(), rendered(&pair["value"])))
        .collect::<Map<_, _>>()
        .into()
}

fn certificate(root: &Holdings, serial: &str, print: &str) -> Option<usize> {
    root.certificates
        .iter()
        .position(|one| one.shown["serialNo"] == serial && one.shown["fingerPrint"] == print)
}
