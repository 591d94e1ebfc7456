//! Input of any shape is refused by the field that is wrong, and leaves nothing behind.

use serde_json::{Value, json};
use testkit::on_both_databases;

use super::{certification, count, provider, region_root, root, stage};

/// Sets a value deep in a body: `"a.0.b"`.
fn with(body: &Value, path: &str, value: Value) -> Value {
    let mut body = body.clone();
    let pointer = format!("/{}", path.replace('.', "/"));
    if let Some(place) = body.pointer_mut(&pointer) {
        *place = value;
    } else {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[key] = value;
    }
    body
}

fn code() -> Value {
    json!({"_value": 1, "_ver": 1})
}

fn plain() -> Value {
    json!({"code": 1, "version": 1})
}

fn definition(kind: i64) -> Value {
    json!({"name": "n", "catalog": [{"type": kind, "catalogCode": 1, "template": {
        "catalogItem": {"ns": "n", "name": "n", "_code": code(), "inherit": code()},
        "template": {"value": []}}}]})
}

/// A route with a good body, and the fields that are wrong when they are something else.
struct Route {
    method: &'static str,
    path: &'static str,
    good: Value,
    mistakes: Mistakes,
}

type Mistakes = Vec<(&'static str, Value)>;

fn post(path: &'static str, good: Value, mistakes: Mistakes) -> Route {
    Route { method: "POST", path, good, mistakes }
}

fn put(path: &'static str, good: Value, mistakes: Mistakes) -> Route {
    Route { method: "PUT", path, good, mistakes }
}

fn routes() -> Vec<Route> {
    actors()
        .into_iter()
        .chain(joins())
        .chain(regions())
        .chain(sets())
        .chain(terms())
        .chain(events())
        .collect()
}

fn decision(path: &'static str) -> Route {
    let mistakes = vec![
        ("status", json!(3)),
        ("status", json!(1.5)),
        ("status", Value::Null),
        ("comment", json!(1)),
        ("comment", json!("a\u{0}b")),
    ];
    post(path, json!({"status": 1, "comment": null}), mistakes)
}

fn actors() -> Vec<Route> {
    let mistakes = vec![
        ("id", json!("x")),
        ("actorCatalog", json!("x")),
        ("actorCatalog.catalogItem", Value::Null),
        ("actorCatalog.catalogItem.ns", json!("")),
        ("actorCatalog.catalogItem.ns", json!("catalog/ext/x/actor/wf")),
        ("actorCatalog.catalogItem.ns", json!("catalog/model/x/actor/app")),
        ("actorCatalog.catalogItem.ns", json!("catalog/ext/x/actor/app/y")),
        ("actorCatalog.catalogItem.ns", json!("catalog/ext/other/actor/app")),
        ("actorCatalog.catalogItem.name", json!(1)),
        ("actorCatalog.catalogItem._code", json!(1)),
        ("actorCatalog.catalogItem.inherit", Value::Null),
        ("actorCatalog.catalogItem.inherit._value", json!("x")),
        ("actorCatalog.template", json!([])),
        ("actorCatalog.template", json!({"prop": null})),
        ("approvalActor", Value::Null),
        ("approvalActor._value", json!(0)),
        ("approvalActor", json!([])),
        ("isDraft", Value::Null),
    ];
    vec![
        post("/actor", certification("app"), mistakes),
        post(
            "/actor/remove",
            json!({"migrationActorCode": null, "isDraft": false}),
            vec![("id", json!("x")), ("migrationActorCode", json!("")), ("isDraft", json!(2))],
        ),
        decision("/actor/approval?code=abcd1234"),
    ]
}

fn joins() -> Vec<Route> {
    let good =
        json!({"region": plain(), "actor": {"code": 1, "version": 1, "app": [plain()]}, "isDraft": false});
    let mistakes = vec![
        ("id", json!("x")),
        ("region", json!(1)),
        ("region.code", json!("x")),
        ("actor.version", Value::Null),
        ("actor.app", json!([])),
        ("actor.app", Value::Null),
        ("actor.app.0.code", json!("1")),
        ("actor.wf", json!([plain()])),
        ("isDraft", json!("maybe")),
    ];
    vec![
        post("/join", good.clone(), mistakes.clone()),
        post("/join/remove", good, mistakes),
        decision("/join/approval/abcd1234"),
    ]
}

fn regions() -> Vec<Route> {
    vec![
        post(
            "/region",
            json!({"name": "n", "isDraft": true}),
            vec![
                ("id", json!("1")),
                ("name", Value::Null),
                ("description", json!(1)),
                ("catalogObject", json!(1)),
                ("catalogObject", json!([{"type": 2}])),
                ("isDraft", json!("true")),
                ("isDraft", json!(false)),
            ],
        ),
        post(
            "/region/delete",
            json!({"regionCode": 1, "isDraft": true}),
            vec![
                ("id", json!("1")),
                ("regionCode", json!("1")),
                ("comment", json!(1)),
                ("isDraft", json!("true")),
            ],
        ),
        post(
            "/region/status/start",
            json!({"regionCode": code()}),
            vec![("regionCode", json!(1)), ("regionCode._ver", Value::Null)],
        ),
        post(
            "/region/status/end",
            json!({"regionCode": code(), "requestComment": "", "endDate": "2026-01-01"}),
            vec![
                ("regionCode", Value::Null),
                ("requestComment", Value::Null),
                ("endDate", json!("")),
                ("endDate", json!("2026-02-30")),
                ("endDate", json!(20_260_101)),
            ],
        ),
        decision("/region/status/approval/abcd1234"),
    ]
}

fn sets() -> Vec<Route> {
    vec![
        post(
            "/data-operation",
            json!({"name": "n", "catalog": [{"type": 1}]}),
            vec![
                ("id", json!("x")),
                ("name", json!("")),
                ("description", json!(1)),
                ("catalog", Value::Null),
                ("catalog", json!([])),
                ("catalog", json!([1])),
                ("catalog", json!([{"type": 2}])),
                ("isDraft", json!("x")),
            ],
        ),
        post(
            "/updateSet/request",
            json!({"id": 1, "approvalActor": 1}),
            vec![
                ("id", json!(0)),
                ("id", json!("x")),
                ("approvalActor", Value::Null),
                ("approvalActor", json!({})),
            ],
        ),
        decision("/updateSet/approval/1"),
    ]
}

fn terms() -> Vec<Route> {
    let good = json!({"name": "n", "catalog": [{"type": 1, "template": {}}], "isDraft": false});
    let mistakes = vec![
        ("id", json!("x")),
        ("name", json!("")),
        ("description", json!(1)),
        ("catalog", json!({})),
        ("catalog", Value::Null),
        ("catalog.0", json!(1)),
        ("catalog.0.type", json!("1")),
        ("catalog.0.type", json!(4)),
        ("catalog.0.catalogCode", json!("x")),
        ("catalog.0.comment", json!(1)),
        ("catalog.0.template", json!([])),
        ("isDraft", json!("true")),
    ];
    ["/platform-terms-of-use", "/region-terms-of-use"]
        .into_iter()
        .flat_map(|path| {
            [post(path, good.clone(), mistakes.clone()), put(path, good.clone(), mistakes.clone())]
        })
        .collect()
}

fn events() -> Vec<Route> {
    let mistakes = vec![
        ("name", json!("")),
        ("catalog", Value::Null),
        ("catalog.0.type", json!(9)),
        ("catalog.0.catalogCode", json!("x")),
        ("catalog.0.template", Value::Null),
        ("catalog.0.template.catalogItem", json!(1)),
        ("catalog.0.template.catalogItem.ns", json!("")),
        ("catalog.0.template.catalogItem.name", json!(1)),
        ("catalog.0.template.catalogItem._code", json!({})),
        ("catalog.0.template.catalogItem.inherit", json!(1)),
        ("catalog.0.template.template.value", json!(1)),
    ];
    vec![post("/store-event", definition(1), mistakes.clone()), put("/store-event", definition(2), mistakes)]
}

const TABLES: [&str; 8] = [
    "actor_manage",
    "join_manage",
    "region_manage",
    "region_status_manage",
    "data_operation_manage",
    "platform_terms_of_use_manage",
    "region_terms_of_use_manage",
    "join_service_manage",
];

on_both_databases! {
    async fn every_field_is_checked(database: Database) {
        let (bench, world) = stage(database).await;
        for Route { method, path, good, mistakes } in routes() {
            let path = format!("/catalog-update{path}");
            for (field, value) in mistakes {
                let body = with(&good, field, value.clone());
                let request = bench.request(method.parse().unwrap(), &path).session(&root()).json(body);
                let reply = request.send().await;
                assert_eq!(reply.status, 400, "{method} {path} {field}: {value}: {}", reply.body);
                let last = field.rsplit('.').next().unwrap();
                let named = reply.refused_fields();
                let reasons = reply.body["reasons"].as_array().into_iter().flatten();
                for reason in reasons {
                    let message = reason["message"].as_str().unwrap_or_default();
                    assert!(!message.is_empty(), "{method} {path} {field}: {reason}");
                }
                let told = named.contains(&last) || !reply.body["message"].is_null() || !named.is_empty();
                assert!(told, "{method} {path} {field}: {}", reply.body);
            }
        }
        for table in TABLES {
            assert_eq!(count(&bench, table).await, 0, "{table}");
        }
        assert!(world.notices().is_empty() && bench.neighbours.asked().is_empty());
    }

    async fn a_body_is_one_object_of_json(database: Database) {
        let (bench, _) = stage(database).await;
        for Route { method, path, .. } in routes() {
            let path = format!("/catalog-update{path}");
            for body in ["", "{}", "[]", "[{}]", "null", "7", "\"x\"", "{", "{\"isDraft\":", "\u{feff}"] {
                let request = bench.request(method.parse().unwrap(), &path).session(&provider());
                assert_eq!(request.text(body).send().await.status, 400, "{method} {path} {body}");
            }
            let request = bench.request(method.parse().unwrap(), &path).session(&provider());
            let reply = request.header("content-type", "text/plain").text("{\"a\": 1}").send().await;
            assert_eq!(reply.status, 406, "{method} {path}");
        }
    }

    async fn bad_input_is_told_before_anybody_is_asked_who_he_is(database: Database) {
        let (bench, _) = stage(database).await;
        for Route { method, path, good, mistakes } in routes() {
            let path = format!("/catalog-update{path}");
            let (field, value) = mistakes.into_iter().next().unwrap();
            let bad = bench.request(method.parse().unwrap(), &path).json(with(&good, field, value));
            assert_eq!(bad.send().await.status, 400, "{method} {path}");
            let anonymous = bench.request(method.parse().unwrap(), &path).json(good).send().await;
            assert_eq!(anonymous.status, 401, "{method} {path}");
        }
    }

    async fn an_unknown_path_is_told_in_json(database: Database) {
        let (bench, _) = stage(database).await;
        for path in ["/catalog-update", "/catalog-update/", "/catalog-update/alliance", "/catalog-update/audit/report"] {
            let reply = bench.post(path).session(&root()).json(json!({})).send().await;
            assert_eq!((reply.status, &reply.body["status"]), (404, &json!(404)), "{path}");
            assert!(!reply.body["message"].as_str().unwrap().is_empty(), "{path}");
        }
    }

    async fn codes_of_decisions_are_eight_letters_and_digits(database: Database) {
        let (bench, _) = stage(database).await;
        for route in ["join/approval", "region/status/approval"] {
            for code in ["abc", "abcd%27%20or", "abcd12345", "abcdefgh"] {
                let path = format!("/catalog-update/{route}/{code}");
                let reply = bench.post(&path).session(&region_root()).json(json!({"status": 1})).send().await;
                assert_eq!(reply.status, 400, "{path}");
            }
        }
        for id in ["0", "x", "-1", "99999999999999999999"] {
            let path = format!("/catalog-update/updateSet/approval/{id}");
            let reply = bench.post(&path).session(&region_root()).json(json!({"status": 1})).send().await;
            assert_eq!(reply.status, 400, "{path}");
        }
    }
}
