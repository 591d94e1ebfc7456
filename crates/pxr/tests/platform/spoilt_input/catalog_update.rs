//! Changes of the catalog that others must know of.

use serde_json::{Value, json};
use vocabulary::{ServiceName, Session};

use super::{Cast, Good, code};

/// An entry of an update set.
fn entry(kind: i64, ns: &str, own: Option<(i64, i64)>, parent: Value, value: Value) -> Value {
    let own_code = own.map(|(value, ver)| code(value, ver));
    json!({"type": kind, "catalogCode": own.map(|(value, _)| value), "comment": "c", "template": {
        "catalogItem": {"ns": ns, "name": "試", "description": "d", "_code": own_code, "inherit": parent},
        "template": {"prop": null, "value": value}, "inner": null, "attribute": null}})
}

fn set(entry: Value, is_draft: bool) -> Value {
    json!({"name": "試", "description": "d", "catalog": [entry], "isDraft": is_draft})
}

pub(super) fn routes(cast: &Cast<'_>) -> Vec<Good> {
    let call = |by: &Session, call: &str, body: Value| Good::new(ServiceName::CatalogUpdate, by, call, body);
    actors(cast, &call).into_iter().chain(regions(cast, &call)).chain(definitions(cast, &call)).collect()
}

type Calls<'c> = &'c dyn Fn(&Session, &str, Value) -> Good;

fn decision() -> Value {
    json!({"status": 1, "comment": "c"})
}

fn actors(cast: &Cast<'_>, call: Calls<'_>) -> Vec<Good> {
    let certification = |is_draft: bool| {
        json!({"actorCatalog": {
            "catalogItem": {"ns": cast.ns("actor/app"), "name": "新", "description": "d", "_code": null, "inherit": code(50, 1)},
            "template": {"prop": null, "value": [{"key": "category", "value": null}]}, "inner": null, "attribute": null},
            "approvalActor": code(cast.number("root_actor_code"), 1), "isDraft": is_draft})
    };
    let join = |is_draft: bool| {
        let plain = |code: i64| json!({"code": code, "version": 1});
        json!({"region": plain(cast.number("region_code")), "isDraft": is_draft,
               "actor": {"code": cast.number("app1_actor_code"), "version": 1, "app": [plain(cast.number("app.app1"))]}})
    };
    vec![
        call(&cast.newcomer, "POST /catalog-update/actor", certification(true)),
        call(&cast.newcomer, "POST /catalog-update/actor", certification(false)),
        call(&cast.root, "GET /catalog-update/actor?actorType=app", Value::Null).reading(&[
            "actorType",
            "approved",
            "code",
            "ver",
        ]),
        call(&cast.root, "GET /catalog-update/actor/accreditor?actorType=app", Value::Null)
            .reading(&["actorType"]),
        call(&cast.root, "POST /catalog-update/actor/approval?code=abcd1234", decision())
            .reading(&["code"])
            .refused(),
        call(
            &cast.app2,
            "POST /catalog-update/actor/remove",
            json!({"migrationActorCode": null, "isDraft": true}),
        ),
        call(&cast.app1, "GET /catalog-update/join?is_request=true&in_approved=true", Value::Null)
            .reading(&["is_request", "in_approved"]),
        call(&cast.app1, "POST /catalog-update/join/remove", join(true)),
        call(&cast.app1, "POST /catalog-update/join/remove", join(false)),
        call(&cast.app1, "POST /catalog-update/join", join(false)).refused(),
        call(&cast.region, "POST /catalog-update/join/approval/abcd1234", decision()).refused(),
    ]
}

fn regions(cast: &Cast<'_>, call: Calls<'_>) -> Vec<Good> {
    let region = cast.number("region_code");
    let ns = cast.ns(&format!("actor/region-root/actor_{}/region", cast.number("region_actor_code")));
    let creation = |is_draft: bool| {
        let status = json!([{"key": "status", "value": null}]);
        let mut body = set(entry(1, &ns, None, code(48, 1), status), is_draft);
        body["appendix"] = json!({"a": 1});
        body
    };
    let end = json!({"regionCode": code(region, 1), "requestComment": "c", "endDate": "2099-03-31"});
    vec![
        call(&cast.region, "GET /catalog-update/region?in_approved=true", Value::Null)
            .reading(&["in_approved"]),
        call(&cast.region, "POST /catalog-update/region", creation(true)),
        call(&cast.region, "POST /catalog-update/region", creation(false)),
        call(
            &cast.region,
            "POST /catalog-update/region/delete",
            json!({"regionCode": region, "comment": "c", "isDraft": true}),
        )
        .refused(),
        call(&cast.region, "GET /catalog-update/region/status?in_approved=true", Value::Null)
            .reading(&["in_approved"]),
        call(
            &cast.region,
            "POST /catalog-update/region/status/start",
            json!({"regionCode": code(region, 1)}),
        )
        .refused(),
        call(&cast.region, "POST /catalog-update/region/status/end", end),
        call(&cast.root, "POST /catalog-update/region/status/approval/abcd1234", decision()).refused(),
    ]
}

fn definitions(cast: &Cast<'_>, call: Calls<'_>) -> Vec<Good> {
    let app = cast.number("app1_actor_code");
    let own = |rest: &str| cast.ns(&format!("actor/app/actor_{app}/{rest}"));
    let kind =
        |what: &str| json!([{"key": "_value", "value": cast.number(what)}, {"key": "_ver", "value": 1}]);
    let stored = |id: &str| {
        json!([{"key": "store", "value": [{"key": "id", "value": id}, {"key": "event", "value": [
            {"key": "code", "value": kind("event.activity")}, {"key": "requireConsent", "value": true}]}]}])
    };
    let id = "507bff6c-4842-c3d2-a288-df88698d446e";
    let store = |kind: i64, own_code: Option<(i64, i64)>| {
        entry(kind, &own("store"), own_code, code(39, 1), stored(id))
    };
    let (app3, share) = (cast.number("app3_actor_code"), cast.number("share.app3"));
    let shared = json!([{"key": "_value", "value": share}, {"key": "_ver", "value": 1}]);
    let about = json!([{"key": "notification", "value": [
        {"key": "share", "value": shared}, {"key": "id", "value": [cast.platform.known("app3_share_uuid")]}]}]);
    let ns = cast.ns(&format!("actor/app/actor_{app3}/share/notification"));
    let notification = |kind: i64, own_code: Option<(i64, i64)>| {
        set(entry(kind, &ns, own_code, code(211, 1), about.clone()), false)
    };
    let mut app3_member = Value::Object(cast.app2.object().clone());
    app3_member["actor"] = code(app3, 1);
    app3_member["block"] = code(cast.platform.code("app3"), 1);
    let app3_member = Session::from_json(app3_member).unwrap();
    let until = json!([{"key": "re-consent-flag", "value": true}, {"key": "period-of-re-consent", "value": "2099-01-01T00:00:00.000+0900"}]);
    let terms = |whose: &str, kind: i64, own_code: Option<(i64, i64)>| {
        set(
            entry(
                kind,
                &cast.ns(&format!("terms-of-use/{whose}")),
                own_code,
                code(if whose == "platform" { 202 } else { 204 }, 1),
                until.clone(),
            ),
            false,
        )
    };
    let of_region = format!("region/actor_{}", cast.number("region_actor_code"));
    let own_store = cast.number("store.app1");
    vec![
        call(&cast.app1, "GET /catalog-update/data-operation?approved=true", Value::Null).reading(&[
            "approval_request",
            "approved",
            "offset",
            "limit",
        ]),
        call(&cast.app1, "POST /catalog-update/data-operation", set(store(1, None), true)),
        call(&cast.app1, "POST /catalog-update/data-operation", set(store(1, None), false)),
        call(&cast.app1, "POST /catalog-update/data-operation", set(store(2, Some((own_store, 2))), false)),
        call(&cast.root, "GET /catalog-update/platform-terms-of-use", Value::Null),
        call(&cast.region, "GET /catalog-update/region-terms-of-use", Value::Null),
        call(&cast.root, "POST /catalog-update/platform-terms-of-use", terms("platform", 1, None)),
        call(&cast.region, "POST /catalog-update/region-terms-of-use", terms(&of_region, 1, None)),
        call(
            &cast.region,
            "PUT /catalog-update/region-terms-of-use",
            terms(&of_region, 2, Some((cast.number("region_tou_code"), 2))),
        ),
        call(
            &cast.root,
            "PUT /catalog-update/platform-terms-of-use",
            terms("platform", 2, Some((cast.number("pf_terms_code"), 2))),
        ),
        call(&app3_member, "POST /catalog-update/store-event", notification(1, None)),
        call(&app3_member, "PUT /catalog-update/store-event", notification(2, Some((999_999_999, 2))))
            .refused(),
        call(
            &cast.app1,
            "POST /catalog-update/updateSet/request",
            json!({"id": 1, "approvalActor": cast.number("root_actor_code")}),
        )
        .refused(),
        call(&cast.root, "POST /catalog-update/updateSet/approval/1", decision()).refused(),
    ]
}
