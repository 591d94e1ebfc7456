//! What stands behind the gate: the catalog, applications of actors, notices and certificates.

use serde_json::{Map, Value, json};

use super::{
    gate::{Call, is_of_the_root},
    root::{ACTOR, Answer, CODE, EXT, Holdings, issue},
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
        ("GET", ["catalog-update", "actor"]) => list_applications(root, call, query),
        ("POST", ["catalog-update", "actor"]) => apply(root, call),
        ("GET", ["notification"]) => match root.notices.as_slice() {
            [] => Ok(Answer::nothing()),
            notices => Ok(Answer::json(&json!(notices))),
        },
        ("PUT", ["notification", "approval"]) => decide(root, call),
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

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
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
fn write(root: &mut Holdings, code: i64, version: i64, body: &Value) -> Result<Answer, Answer> {
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

/// 4.1.1.
fn list_applications(root: &Holdings, call: &Call, query: &str) -> Result<Answer, Answer> {
    let kind = parameter(query, "actorType").filter(|kind| ["pxr-root", "region-root", "app"].contains(kind));
    let kind = kind.ok_or_else(|| Answer::refusal(400, "アクターの種類が不正です"))?;
    let wanted = parameter(query, "code").filter(|_| parameter(query, "ver").is_some());
    let wanted: Option<i64> = wanted.map(|code| code.parse().unwrap());
    let (is_root, decided) = (is_of_the_root(&call.who), parameter(query, "approved") == Some("true"));
    let of = |one: &&Value| {
        let block = &one["callerBlock"]["_value"];
        (is_root || *block == call.who["block"]["_value"])
            && wanted.is_none_or(|code| *block == code)
            && (decided || one["status"] == 0)
    };
    let rows: Vec<_> = root.applications.iter().rev().filter(of).collect();
    if rows.is_empty() {
        return Ok(Answer::nothing());
    }
    let fits = |one: &&&Value| one["actorCatalog"]["catalogItem"]["ns"].as_str().unwrap().contains(kind);
    let shown = rows.iter().filter(fits).map(|one| {
        let mut shown = (**one).clone();
        shown.as_object_mut().unwrap().shift_remove("callerBlock");
        shown
    });
    Ok(Answer::json(&shown.collect()))
}

/// 4.1.2, with the notice N1 that it leads to.
fn apply(root: &mut Holdings, call: &Call) -> Result<Answer, Answer> {
    let body = &call.body;
    let catalog = &body["actorCatalog"];
    let has = |of: &Value, keys: &[&str]| keys.iter().all(|key| of.get(key).is_some());
    let code = &body["approvalActor"];
    let is_whole = body["isDraft"].is_boolean()
        && code["_value"].is_number()
        && code["_ver"].is_number()
        && has(catalog, &["template", "inner", "attribute"])
        && has(&catalog["template"], &["prop", "value"])
        && catalog["catalogItem"]["inherit"].is_object()
        && catalog["catalogItem"]["name"].as_str().is_some_and(|name| !name.is_empty());
    if !is_whole {
        return Err(Answer::refusal(400, "リクエストが不正です"));
    }
    let id = root.applications.len() + 1;
    let auth = root.draw(8);
    let times = ["2026-11-27T09:00:00.000+0900", "2035-12-31T23:59:59.999+0900"];
    root.applications.push(json!({
        "id": id, "type": 1, "approvalActor": code, "actorCatalog": catalog, "expireAt": times[1], "isDraft": false,
        "status": 0, "authCode": auth, "applicantDate": times[0], "comment": null, "approver": null,
        "approvalAt": null, "attributes": null, "callerBlock": call.who["block"],
    }));
    root.notices.push(json!({
        "id": id, "type": 1, "title": "アクター認定申請", "content": "申請がありました。", "attribute": {},
        "category": {"_value": 117, "_ver": 1},
        "from": {"blockCode": call.who["block"]["_value"], "operatorId": 1, "actor": {"_value": null, "_ver": null}},
        "approval": {"operatorId": 0, "status": 0, "approvalAt": null, "expirationAt": times[1]},
        "readAt": null, "sendAt": times[0], "is_transfer": false,
    }));
    Ok(Answer::json(&json!({
        "id": id, "type": 1, "approvalActor": code, "actorCatalog": catalog, "expireAt": times[1], "isDraft": false,
        "status": 0, "authCode": auth, "applicantDate": times[0],
    })))
}

/// The answer to a notice (notification 4.5) and what it leads to (catalog-update 4.1.5, 4.1.6).
fn decide(root: &mut Holdings, call: &Call) -> Result<Answer, Answer> {
    let (id, status) = (call.body["id"].as_i64(), call.body["status"].as_i64());
    let (Some(id), Some(status @ (1 | 2))) = (id, status) else {
        return Err(Answer::refusal(400, "リクエストが不正です"));
    };
    let comment = call.body["comment"].clone();
    if status == 2 && comment.as_str().is_none_or(str::is_empty) {
        return Err(Answer::refusal(400, "否認の理由は必須です"));
    }
    let at = usize::try_from(id).unwrap() - 1;
    if root.notices.get(at).is_none_or(|notice| notice["approval"]["status"] != 0) {
        return Err(Answer::refusal(400, "承認対象の通知がありません"));
    }
    root.notices[at]["approval"]["status"] = json!(status);
    let mut application = root.applications[at].clone();
    if status == 1 {
        let block = application["callerBlock"]["_value"].as_i64().unwrap();
        let mut document = application["actorCatalog"].clone();
        let by = json!([{"key": "status", "value": "certified"}, {"key": "at", "value": "2026-11-27T09:00:00.000+0900"}]);
        document["template"]["value"].as_array_mut().unwrap().push(json!({"key": "status", "value": by}));
        let actor = root.items.keys().max().unwrap() + 1;
        write(root, actor, 1, &document)?;
        let serial = root.draw(40).to_uppercase();
        // Its first bit is not set: the number is positive.
        let issued = issue(&format!("3{}", &serial[1..]), actor, block);
        application["attributes"] = json!({
            "actorCode": actor, "serialNo": issued.shown["serialNo"], "fingerPrint": issued.shown["fingerPrint"],
        });
        root.certificates.push(issued);
    }
    application["status"] = json!(status);
    application["comment"] = comment;
    application["approver"] = call.who["loginId"].clone();
    root.applications[at] = application.clone();
    application.as_object_mut().unwrap().shift_remove("callerBlock");
    Ok(Answer::json(&application))
}
