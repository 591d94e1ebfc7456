//! Applications of actors at the root, and what decisions about them lead to (spec: catalog-update 4.1).

use serde_json::{Value, json};

use super::{
    gate::{Call, is_of_the_root},
    outgoing::Owed,
    root::{ACTOR, Answer, Holdings, issue},
    services::{parameter, write},
};

/// The kinds of notices: decided so, or so.
const APPROVED: i64 = 118;
const DENIED: i64 = 119;

/// When things are applied for and decided, and until when they can be.
const NOW: &str = "2026-11-27T09:00:00.000+0900";
const END: &str = "2035-12-31T23:59:59.999+0900";

/// 4.1.1.
pub(super) fn list(root: &Holdings, call: &Call, query: &str) -> Result<Answer, Answer> {
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
    // Of an application to leave the actor's item says what kind it is.
    let ns = |one: &Value| match one["type"].as_i64() {
        Some(1) => one["actorCatalog"]["catalogItem"]["ns"].clone(),
        _ => root.items[&one["caller"]["_value"].as_i64().unwrap()]["catalogItem"]["ns"].clone(),
    };
    let fits = |one: &&&Value| ns(one).as_str().unwrap().contains(kind);
    Ok(Answer::json(&rows.iter().filter(fits).map(|one| shown(one)).collect()))
}

/// Without what only the root itself has to know.
fn shown(application: &Value) -> Value {
    let mut shown = application.clone();
    shown.as_object_mut().unwrap().shift_remove("callerBlock");
    shown
}

/// 4.1.2, with the notice N1 that it leads to.
pub(super) fn apply(root: &mut Holdings, call: &Call) -> Result<Answer, Answer> {
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
    let (id, auth) = (root.applications.len() + 1, root.draw(8));
    root.applications.push(json!({
        "id": id, "type": 1, "approvalActor": code, "actorCatalog": catalog, "expireAt": END, "isDraft": false,
        "status": 0, "authCode": auth, "applicantDate": NOW, "comment": null, "approver": null,
        "approvalAt": null, "attributes": null, "callerBlock": call.who["block"],
    }));
    ask(root, call, "アクター認定申請");
    Ok(Answer::json(&json!({
        "id": id, "type": 1, "approvalActor": code, "actorCatalog": catalog, "expireAt": END, "isDraft": false,
        "status": 0, "authCode": auth, "applicantDate": NOW,
    })))
}

/// 4.1.3 without a successor, with the notice N6.
pub(super) fn leave(root: &mut Holdings, call: &Call) -> Result<Answer, Answer> {
    let (body, actor) = (&call.body, &call.who["actor"]);
    if !body["isDraft"].is_boolean() || body.get("migrationActorCode").is_none() {
        return Err(Answer::refusal(400, "リクエストが不正です"));
    }
    assert!(body["migrationActorCode"].is_null(), "nobody takes over here");
    let known = actor["_value"].as_i64().filter(|code| root.items.contains_key(code));
    known.ok_or_else(|| Answer::refusal(500, "アクターを取得できません"))?;
    let waits = |one: &Value| one["caller"] == *actor && one["status"] == 0;
    if root.applications.iter().any(waits) {
        return Err(Answer::refusal(400, "既に申請されています"));
    }
    let (id, auth) = (root.applications.len() + 1, root.draw(8));
    let approval =
        json!({"actor": {"_value": ACTOR, "_ver": 1}, "comment": null, "approver": null, "approvalAt": null});
    root.applications.push(json!({
        "id": id, "type": 2, "caller": actor, "migration": null, "approval": approval, "expireAt": END,
        "isDraft": false, "status": 0, "authCode": auth, "applicantDate": NOW, "attributes": null,
        "callerBlock": call.who["block"],
    }));
    ask(root, call, "アクター離脱申請");
    Ok(Answer::json(&json!({
        "id": id, "actorCode": actor["_value"], "migrationActorCode": null, "approvalActorCode": ACTOR,
        "isDraft": false, "applicantDate": NOW, "expireAt": END,
    })))
}

/// The notice to the root's members about the newest application.
fn ask(root: &mut Holdings, call: &Call, title: &str) {
    let id = root.applications.len();
    root.notices.push(json!({
        "id": id, "type": 1, "title": title, "content": "申請がありました。", "attribute": {},
        "category": {"_value": 117, "_ver": 1},
        "from": {"blockCode": call.who["block"]["_value"], "operatorId": 1, "actor": call.who["actor"]},
        "approval": {"operatorId": 0, "status": 0, "approvalAt": null, "expirationAt": END},
        "readAt": null, "sendAt": NOW, "is_transfer": false,
    }));
}

/// The answer to a notice (notification 4.5) and what it leads to (4.1.5).
pub(super) fn decide(root: &mut Holdings, call: &Call) -> Result<Answer, Answer> {
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
    let is_certification = application["type"] == 1;
    match (is_certification, status) {
        (true, 1) => application["attributes"] = certify(root, &application)?,
        (false, 1) => decertify(root, call, &application),
        _ => {}
    }
    let decision = if is_certification { &mut application } else { &mut application["approval"] };
    decision["comment"] = comment.clone();
    decision["approver"] = call.who["loginId"].clone();
    decision["approvalAt"] = json!(NOW);
    application["status"] = json!(status);
    root.applications[at] = application.clone();
    tell(root, call, &application, comment.as_str().unwrap_or("undefined"));
    Ok(Answer::json(&shown(&application)))
}

/// 4.1.6. What becomes of the application: the actor and its certificate.
fn certify(root: &mut Holdings, application: &Value) -> Result<Value, Answer> {
    let block = application["callerBlock"]["_value"].as_i64().unwrap();
    let mut document = application["actorCatalog"].clone();
    let by = json!([{"key": "status", "value": "certified"}, {"key": "at", "value": NOW}]);
    let main = json!([{"key": "_value", "value": block}, {"key": "_ver", "value": 1}]);
    let values = document["template"]["value"].as_array_mut().unwrap();
    values.extend([json!({"key": "status", "value": by}), json!({"key": "main-block", "value": main})]);
    let actor = root.items.keys().max().unwrap() + 1;
    write(root, actor, 1, &document)?;
    let serial = root.draw(40).to_uppercase();
    // Its first bit is not set: the number is positive.
    let issued = issue(&format!("3{}", &serial[1..]), actor, block);
    let attributes = json!({
        "actorCode": actor, "serialNo": issued.shown["serialNo"], "fingerPrint": issued.shown["fingerPrint"],
    });
    root.certificates.push(issued);
    Ok(attributes)
}

/// 4.1.7: the actor has left; its block gives up each of its certificates, and answers so.
fn decertify(root: &mut Holdings, call: &Call, application: &Value) {
    let actor = application["caller"]["_value"].as_i64().unwrap();
    let block = application["callerBlock"]["_value"].as_i64().unwrap();
    let mut item = root.items[&actor].clone();
    item["template"]["breakaway-flg"] = json!(true);
    root.items.insert(actor, item);
    let (given_up, kept) =
        std::mem::take(&mut root.certificates).into_iter().partition(|one| one.actor == actor);
    root.certificates = kept;
    let given_up: Vec<super::root::Issued> = given_up;
    for one in given_up {
        let text = |key: &str| one.shown[key].as_str().unwrap().to_owned();
        let path = format!("/certificate-manage/{}/{}", text("serialNo"), text("fingerPrint"));
        let sender = "/catalog-update/actor/approval";
        let (body, who) = (json!({}), call.who.clone());
        root.owed.push(Owed { block, method: "DELETE", path, sender, body, who });
    }
}

/// N3, N4, N8, N10: the applicant's members are told, at their block, if it is known where that is.
fn tell(root: &mut Holdings, call: &Call, application: &Value, comment: &str) {
    let block = application["callerBlock"]["_value"].as_i64().unwrap();
    if !root.blocks.contains_key(&block) {
        return;
    }
    let (category, content) = match application["status"].as_i64() {
        Some(1) => (APPROVED, "申請が承認されました。".to_owned()),
        _ => (DENIED, format!("申請が否認されました。理由：{comment}")),
    };
    let title = if application["type"] == 1 { "アクター認定" } else { "アクター離脱" };
    let body = json!({
        "type": 0, "title": title, "content": content, "category": {"_value": category, "_ver": null},
        "destination": {"blockCode": block, "operatorType": 3, "isSendAll": true},
    });
    let (method, path) = ("POST", "/notification/transfer".to_owned());
    root.owed.push(Owed { block, method, path, sender: "/notification", body, who: call.who.clone() });
}
