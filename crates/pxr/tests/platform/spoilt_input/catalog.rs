//! The catalog itself.

use serde_json::{Value, json};
use vocabulary::ServiceName;

use super::{Cast, Good, code};

/// A new item with all that one may have.
fn item(ns: &str) -> Value {
    let kind = |of: &str| json!({"of": of, "cmatrix": null, "format": null, "unit": null, "inner": null, "candidate": null});
    let mut inner = kind("inner");
    inner["inner"] = json!("K");
    let mut coded = kind("code");
    coded["candidate"] =
        json!({"value": null, "inner": null, "ns": null, "_code": [code(39, 1)], "base": code(38, 1)});
    let property = |key: &str, kind: Value| json!({"key": key, "type": kind, "description": "d"});
    json!({
        "catalogItem": {"ns": ns, "name": "試", "description": {"title": "t"}, "_code": null, "inherit": code(39, 1)},
        "template": {
            "prop": [property("a", kind("string")), property("b", inner), property("c", coded)],
            "value": [{"key": "a", "value": "x"}, {"key": "b", "value": [{"key": "k", "value": 1}]},
                      {"key": "c", "value": [{"key": "_value", "value": 39}, {"key": "_ver", "value": 1}]}]},
        "inner": [{"name": "K", "template": {"prop": [property("k", kind("number"))], "value": null}, "inner": null}],
        "attribute": attribute(ns),
    })
}

fn attribute(ns: &str) -> Value {
    let about = json!({"company": code(39, 1), "manufacturing-name": "m", "model-number": "1"});
    json!({"objects": [{"key": code(39, 1), "value": about, "description": "d"}], "tags": [{"ns": ns, "values": [code(39, 1)]}]})
}

pub(super) fn routes(cast: &Cast<'_>) -> Vec<Good> {
    let call = |call: &str, body: Value| Good::new(ServiceName::Catalog, &cast.root, call, body);
    let by_app = |call: &str, body: Value| Good::new(ServiceName::Catalog, &cast.app1, call, body);
    let ns = cast.ns(&format!("actor/app/actor_{}/store", cast.number("app1_actor_code")));
    let store = cast.number("store.app1");
    let mut changed = item(&ns);
    changed["catalogItem"]["_code"] = code(store, 3);
    let range = |start: i64| json!({"type": "ext", "start_code": start, "end_code": start});
    let new_ns = cast.ns("spoilt/new");
    let entry = json!({"type": 1, "catalogCode": null, "comment": "c", "template": item(&ns)});
    let set = json!({
        "name": "試", "description": "d", "type": 1, "appendix": {"a": 1},
        "ns": [{"type": 1, "comment": "c", "template": {"ns": cast.ns(&format!("actor/app/actor_{}/spoilt", cast.number("app1_actor_code"))), "description": "d"}}],
        "catalog": [entry], "attribute": [{"type": 2, "catalogCode": store, "attribute": attribute(&ns)}]});
    vec![
        call("PUT /catalog/name", json!({"name": "n", "description": "d", "ext_name": cast.platform.known("ext_name")})),
        call("POST /catalog/text", json!({"keyword": "活動 量", "namespace": [ns.clone()], "attribute": [
            {"objects": [{"key": code(39, 1)}], "tags": [{"ns": ns.clone(), "values": [code(39, 1)]}], "_value": 39}]})).refused(),
        call("POST /catalog", json!([{"_code": code(39, 1)}])),
        call(&format!("GET /catalog?ns={ns}"), Value::Null).reading(&["ns"]),
        call(&format!("GET /catalog/ns?ns={ns}"), Value::Null).reading(&["ns"]),
        call("GET /catalog/history/39?min=1&max=2", Value::Null).reading(&["min", "max"]),
        call("GET /catalog/39/1?includeDeleted=true", Value::Null).reading(&["includeDeleted"]),
        call("POST /catalog/ns/ext", json!({"ns": new_ns, "description": {"title": "t"}})),
        call("POST /catalog/ext", item(&ns)),
        call(&format!("PUT /catalog/ext/{store}?versionUpFlag=true"), changed).reading(&["versionUpFlag"]),
        call("PUT /catalog/ns/ext/999999", json!({"ns": cast.ns("spoilt/other"), "description": "d"})),
        call("POST /catalog/name", json!({"name": "n", "description": "d", "ext_name": "e"})).refused(),
        call("PUT /catalog/code/999999", range(8_000_000)).refused(),
        call("GET /catalog/public", Value::Null),
        call("PUT /catalog/attribute", json!({"code": store, "attribute": attribute(&ns)})),
        by_app("POST /catalog/updateSet/register", set.clone()),
        by_app("PUT /catalog/updateSet/register/1", set).refused(),
        call("POST /catalog/updateSet/request", json!({"id": 1, "approvalActor": cast.number("root_actor_code")})).refused(),
        call("POST /catalog/updateSet/approval/1", json!({"status": 1, "comment": "c"})).refused(),
        call("POST /catalog/code", range(8_000_000)).refused(),
    ]
}
