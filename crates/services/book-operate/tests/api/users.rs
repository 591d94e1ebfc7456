use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, application, individual, member, on_both_databases};
use vocabulary::ServiceName;

use crate::world::{ACTOR, APP, Root, actor, add_user, another, block_with, empty_block, neighbours};

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

/// A root that links, a region or an application, and neighbours that create what they are asked for.
fn helpful(link: &Value) -> Neighbours {
    neighbours()
        .at_root(Method::POST, "/book-manage/cooperate", 200, link.clone())
        .answers(ServiceName::Operator, Method::POST, "/operator", json!({"id": 7}))
        .answers(ServiceName::Operator, Method::POST, "/operator/user/info", json!({"userId": "n1"}))
        .answers(ServiceName::Notification, Method::POST, "/notification", json!({"id": "1"}))
}

fn link() -> Value {
    json!({"pxrId": "pxr-1", "userId": "n1", "actor": code(ACTOR), "app": code(APP), "status": 1})
}

async fn empty(database: Database, neighbours: Neighbours) -> Bench {
    empty_block(database, neighbours, book_operate::Settings::default()).await
}

async fn create(bench: &Bench, body: Value) -> Reply {
    bench.post("/book-operate/user").session(&member()).json(body).send().await
}

/// What a service was asked, by its path.
fn asked(bench: &Bench, service: ServiceName, path: &str) -> Vec<Value> {
    let asked = bench.neighbours.asked().into_iter();
    let asked = asked.filter(|asked| asked.service == Some(service) && asked.target() == path);
    asked.map(|asked| asked.body).collect()
}

/// The root's answer to the batch.
fn links(links: Value) -> Value {
    json!([{"pxrId": "pxr-1", "cooperation": links}])
}

fn confirmed(user: &str, app: i64, status: i64) -> Value {
    json!({"actor": code(ACTOR), "region": null, "app": code(app), "wf": null, "userId": user,
           "startAt": "2026-01-01T12:00:00.000+0900", "status": status})
}

async fn run_batch(bench: &Bench, query: &str) -> Reply {
    let path = format!("/book-operate/user/batch{query}");
    bench.post(&path).session(&member()).json(json!({})).send().await
}

async fn list(bench: &Bench, session: &vocabulary::Session, body: Value) -> Reply {
    bench.post("/book-operate/user/list").session(session).json(body).send().await
}

/// The consents of `u1`, as the root shows them to this block.
fn with_settings(status: u16, body: Value) -> Neighbours {
    neighbours()
        .at_root(Method::GET, &format!("/book-manage/settings/store/u1?app={APP}"), status, body)
        .refuses(ServiceName::Operator, Method::GET, "/operator/user/info", 204, Value::Null)
}

on_both_databases! {
    async fn a_linked_resident_becomes_a_user(database: Database) {
        let bench = empty(database, helpful(&link())).await;
        let reply = create(&bench, json!({"identifyCode": "code", "attributes": {"a": 1}, "userInformation": null})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let expected = json!({"actor": code(ACTOR), "app": code(APP), "userId": "n1",
                              "establishAt": "2026-01-02T03:04:05.678+0900", "attributes": {"a": 1}});
        assert_eq!(reply.body, expected);
        let row = bench.text("user_id || ' ' || app_catalog_code || ' ' || identify_code", "my_condition_book").await;
        assert_eq!(row, format!("n1 {APP} code"));
        let operator = json!([{"type": 0, "loginId": "n1", "userId": "n1", "appCatalogCode": APP, "loginProhibitedFlg": true}]);
        assert_eq!(json!(asked(&bench, ServiceName::Operator, "/operator")), operator);
        let notice = &asked(&bench, ServiceName::Notification, "/notification")[0];
        assert_eq!((&notice["category"]["_value"], &notice["from"]["applicationCode"]), (&json!(156), &json!(APP)));
        assert!(notice["content"].as_str().unwrap().contains("n1"));
        assert_eq!(bench.count("user_lock").await, 0);
    }

    async fn what_is_known_of_a_user_is_kept_with_the_operator(database: Database) {
        let neighbours = helpful(&link()).at_root(Method::GET, "/catalog/1000373/1?includeDeleted=false", 200, actor("app"));
        let bench = empty(database, neighbours).await;
        let information = json!({"_code": code(1000373), "item-group": [{"title": "name", "item": [
            {"title": "family name", "type": code(30019), "content": "x", "changeable-flag": true}]}]});
        let reply = create(&bench, json!({"identifyCode": "code", "userInformation": information})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let kept = &asked(&bench, ServiceName::Operator, "/operator/user/info")[0];
        assert_eq!((&kept["appCode"], &kept["userInfo"]), (&json!(APP), &information));
    }

    async fn a_repeated_creation_finds_the_book_that_is_there(database: Database) {
        let bench = empty(database, helpful(&link())).await;
        let new = || create(&bench, json!({"identifyCode": "code"}));
        let (a, b, c) = tokio::join!(new(), new(), new());
        assert_eq!([a.status, b.status, c.status], [200; 3]);
        assert_eq!(bench.count("my_condition_book").await, 1);
    }

    async fn only_members_create_and_the_code_is_not_used_up(database: Database) {
        let bench = empty(database, helpful(&link())).await;
        let as_application = bench.post("/book-operate/user").session(&application()).json(json!({"identifyCode": "c"}));
        assert_eq!(as_application.send().await.status, 400);
        let as_resident = bench.post("/book-operate/user").session(&individual()).json(json!({"identifyCode": "c"}));
        assert_eq!(as_resident.send().await.status, 401);
        assert_eq!(asked(&bench, ServiceName::BlockProxy, "/book-manage/cooperate").len(), 0);
    }

    async fn a_code_that_is_expired_or_foreign_creates_nothing(database: Database) {
        for (status, body, expected) in [
            (400, json!({"message": "expired"}), 400),
            (404, json!({}), 401),
            (500, json!({}), 503),
        ] {
            let neighbours = helpful(&link()).at_root(Method::POST, "/book-manage/cooperate", status, body);
            let Some(other) = another(&database).await else { return };
            let bench = empty(other, neighbours).await;
            assert_eq!(create(&bench, json!({"identifyCode": "code"})).await.status, expected);
            assert_eq!(bench.count("my_condition_book").await, 0);
            assert_eq!(asked(&bench, ServiceName::Operator, "/operator").len(), 0);
        }
        drop(database);
    }

    async fn a_link_that_is_of_neither_or_both_kinds_is_refused(database: Database) {
        let both = json!({"userId": "n1", "actor": code(ACTOR), "app": code(APP), "region": code(9)});
        let bench = empty(database, helpful(&both)).await;
        assert_eq!(create(&bench, json!({"identifyCode": "code"})).await.status, 400);
        for change in [json!({"app": null, "region": null}), json!({"region": null, "wf": code(3)})] {
            let mut link = both.clone();
            for (key, value) in change.as_object().unwrap() {
                link[key] = value.clone();
            }
            let _ = bench.neighbours.clone().at_root(Method::POST, "/book-manage/cooperate", 200, link);
            assert_eq!(create(&bench, json!({"identifyCode": "code"})).await.status, 400);
        }
        assert_eq!(bench.count("my_condition_book").await, 0);
    }

    async fn a_failing_neighbour_leaves_no_book_and_the_batch_completes_the_story(database: Database) {
        let neighbours = helpful(&link())
            .refuses(ServiceName::Notification, Method::POST, "/notification", 500, json!({}))
            .at_root(Method::POST, "/book-manage/search", 200, links(json!([confirmed("n1", APP, 1)])))
            .answers(ServiceName::Operator, Method::GET, "/operator", json!({"operatorId": 7}));
        let bench = empty(database, neighbours).await;
        assert_eq!(create(&bench, json!({"identifyCode": "code"})).await.status, 503);
        assert_eq!(bench.count("my_condition_book").await, 0);
        let _ = bench.neighbours.clone().refuses(ServiceName::Operator, Method::POST, "/operator", 400, json!({"message": "exists"}));
        assert_eq!(run_batch(&bench, "").await.status, 200);
        assert_eq!(bench.count("my_condition_book").await, 1);
    }

    async fn bad_users_are_refused_with_the_name_of_the_field(database: Database) {
        let bench = empty(database, helpful(&link())).await;
        for (body, named) in [
            (json!({"identifyCode": ""}), "identifyCode"),
            (json!({"identifyCode": "c", "attributes": "x"}), "attributes"),
            (json!({"identifyCode": "c", "userInformation": {"_code": {"_value": 1}, "item-group": []}}), "_ver"),
            (json!({"identifyCode": "c", "userInformation": {"_code": code(1)}}), "item-group"),
        ] {
            let reply = create(&bench, body).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![named]));
        }
        assert_eq!(create(&bench, json!({})).await.status, 400);
    }

    async fn the_batch_creates_users_of_confirmed_links_only(database: Database) {
        let found = json!([confirmed("n1", APP, 1), confirmed("n2", APP, 0), confirmed("u1", APP, 1),
                           {"actor": code(9), "app": code(APP), "userId": "n3", "status": 1},
                           {"actor": code(ACTOR), "app": null, "userId": "n4", "status": 1}]);
        let neighbours = helpful(&link()).at_root(Method::POST, "/book-manage/search", 200, links(found));
        let bench = block_with(database, neighbours).await;
        let reply = run_batch(&bench, "").await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(bench.texts("user_id", "my_condition_book order by id").await, ["u1", "n1"]);
        let search = &asked(&bench, ServiceName::BlockProxy, "/book-manage/search")[0];
        assert_eq!((&search["actor"], &search["limit"], &search["offset"]), (&json!(ACTOR), &json!(1000), &json!(0)));
        assert_eq!(search["coopStartAt"], json!("2019-12-31T15:00:00.000Z"));
        assert_eq!(run_batch(&bench, "").await.status, 200);
        assert_eq!(bench.count("my_condition_book").await, 2, "a second run creates nobody again");
    }

    async fn the_batch_stops_where_it_is_told_to(database: Database) {
        let found = links(json!([confirmed("n1", APP, 1), confirmed("n2", APP, 1)]));
        let neighbours = helpful(&link()).at_root(Method::POST, "/book-manage/search", 200, found);
        let bench = empty(database, neighbours).await;
        assert_eq!(run_batch(&bench, "?maxCount=1&dayBack=2").await.status, 200);
        assert_eq!(bench.count("my_condition_book").await, 1);
        assert_eq!(run_batch(&bench, "?maxCount=x").await.status, 400);
        let resident = bench.post("/book-operate/user/batch").session(&individual()).json(json!({})).send().await;
        assert_eq!(resident.status, 401);
    }

    async fn a_closed_book_does_not_come_back_by_the_batch(database: Database) {
        let found = links(json!([confirmed("u1", APP, 1)]));
        let neighbours = helpful(&link()).at_root(Method::POST, "/book-manage/search", 200, found);
        let bench = block_with(database, neighbours).await;
        bench.execute("update my_condition_book set is_disabled = true").await;
        assert_eq!(run_batch(&bench, "").await.status, 200);
        assert_eq!(bench.count("my_condition_book").await, 1);
    }

    async fn users_are_listed_with_what_they_agreed_to(database: Database) {
        let settings = json!([{"document": [], "event": [{"_code": code(1)}], "thing": null},
                              {"document": [], "event": [{"_code": code(2)}], "thing": null}]);
        let bench = block_with(database, with_settings(200, settings)).await;
        add_user(&bench, "u2", APP + 1).await;
        let body = json!({"userId": ["u1"], "establishAt": {"start": null, "end": null}});
        let reply = list(&bench, &application(), body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body, json!([{
            "status": 1, "app": code(APP), "wf": null, "region": null, "userId": "u1",
            "establishAt": "2026-01-01T09:00:00.000+0900", "attribute": {},
            "store": {"document": [], "event": [{"_code": code(1)}, {"_code": code(2)}], "thing": null},
            "userInformation": null
        }]));
    }

    async fn a_user_without_consents_is_listed_and_an_unknown_one_is_not(database: Database) {
        let bench = block_with(database, with_settings(404, json!({}))).await;
        let body = json!({"userId": ["u1"]});
        let reply = list(&bench, &application(), body.clone()).await;
        assert_eq!(reply.body[0]["store"], json!({"document": null, "event": null, "thing": null}));
        let path = format!("/book-manage/settings/store/u1?app={APP}");
        let _ = bench.neighbours.clone().at_root(Method::GET, &path, 400, json!({}));
        assert_eq!(list(&bench, &application(), body.clone()).await.status, 404);
        let _ = bench.neighbours.clone().at_root(Method::GET, &path, 500, json!({}));
        assert_eq!(list(&bench, &application(), body).await.status, 503);
    }

    async fn members_see_requests_and_residents_see_nothing(database: Database) {
        let notice = |code: &str| json!({"id": 1, "attribute": {"identifyCode": code}});
        let neighbours = with_settings(200, json!([])).answers(
            ServiceName::Notification, Method::GET, "/notification", json!([notice("open"), {"id": 2, "attribute": null}]),
        );
        let bench = block_with(database, neighbours).await;
        let reply = list(&bench, &member(), json!({"includeRequest": true})).await;
        assert_eq!(reply.body[1], json!({"status": 0, "identifyCode": "open"}), "{}", reply.body);
        assert_eq!(list(&bench, &member(), json!({"userId": ["u1"]})).await.status, 400);
        assert_eq!(list(&bench, &application(), json!({"includeRequest": true})).await.status, 400);
        assert_eq!(list(&bench, &individual(), json!({"includeRequest": false})).await.status, 401);
    }

    async fn bad_lists_are_refused(database: Database) {
        let bench = block_with(database, with_settings(200, json!([]))).await;
        for body in [
            json!({}),
            json!({"userId": []}),
            json!({"userId": [""]}),
            json!({"userId": "u1"}),
            json!({"establishAt": {"start": "2020-01-01T00:00:00.000+0000"}}),
            json!({"establishAt": {"start": "2020-01-01T00:00:00+0900"}}),
            json!({"establishAt": {"start": "2021-01-01T00:00:00.000+0900", "end": "2020-01-01T00:00:00.000+0900"}}),
        ] {
            assert_eq!(list(&bench, &application(), body.clone()).await.status, 400, "{body}");
        }
        let later = json!({"establishAt": {"start": "2026-06-01T00:00:00.000+0900"}});
        assert_eq!(list(&bench, &application(), later).await.status, 404);
    }
}
