//! Profiles of residents.

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Reply, application, individual, member, member_with, on_both_databases};

use vocabulary::{ServiceName, Session};

use super::{
    add, catalog, delete_as, execute, get_as, hash, identity, new_resident, new_user, operators,
    operators_with, post_as, text, texts,
};
use crate::stand_ins::{ACTOR, Catalog, PHONE, PROFILE, YEAR, item};

pub(crate) fn profile(items: Value) -> Value {
    json!({"_code": {"_value": PROFILE, "_ver": 1}, "item-group": [{"title": "g", "item": items, "extra": [1]}]})
}

pub(crate) fn entry(code: i64, content: Value) -> Value {
    json!({"title": "t", "type": {"_value": code, "_ver": 1}, "content": content, "changable-flag": true})
}

pub(crate) async fn write(bench: &Bench, whose: Value, user_info: Value) -> Reply {
    let mut body = whose;
    body["userInfo"] = user_info;
    post_as(bench, &member(), "/operator/user/info", body).await
}

on_both_databases! {
    async fn a_written_profile_is_read_as_it_was_sent(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let sent = profile(json!([entry(YEAR, json!(2000)), entry(PHONE, json!("080-1"))]));
        let reply = write(&bench, json!({"pxrId": "pxr-r1"}), sent.clone()).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"pxrId": "pxr-r1"})));
        let read = get_as(&bench, &member(), "/operator/user/info?pxrId=pxr-r1").await;
        assert_eq!(read.body.to_string(), json!({"pxrId": "pxr-r1", "userInfo": sent}).to_string());
        assert_eq!(text(&bench, "mobile_phone", "operator").await, "080-1");
        assert_eq!(texts(&bench, "value", "user_information order by id").await, ["2000", "080-1"]);
        // It shows up at the next login, and on the resident's own page.
        let own = identity(&bench, 0, "r1").await;
        let page = get_as(&bench, &own, "/operator/ind/user/info").await;
        assert_eq!(page.body["userInfo"], sent);
        assert_eq!(get_as(&bench, &own, "/operator/user/info").await.body["userInfo"], sent);
    }

    async fn profiles_of_several_residents_come_at_once(database: Database) {
        let bench = operators(database).await;
        for login_id in ["r2", "r1"] {
            add(&bench, new_resident(login_id)).await;
        }
        let sent = profile(json!([entry(YEAR, json!(2000))]));
        write(&bench, json!({"pxrId": "pxr-r1"}), sent.clone()).await;
        let list = async |session: &Session, pxr_ids: Value| {
            post_as(&bench, session, "/operator/user/info/list", json!({"pxrId": pxr_ids})).await
        };
        let many: Vec<_> = (0..2500).map(|number| format!("pxr-{number}")).collect();
        let asked = [vec!["pxr-r1".to_owned()], many, vec!["pxr-r2".to_owned(), "pxr-r1".to_owned()]].concat();
        let found = json!([{"pxrId": "pxr-r2", "userInfo": {}}, {"pxrId": "pxr-r1", "userInfo": sent}]);
        let reply = list(&member(), json!(asked)).await;
        assert_eq!((reply.status, reply.body.to_string()), (200, found.to_string()));
        assert_eq!(list(&application(), json!([])).await.body, json!([]));
        // A resident reads himself.
        let own = identity(&bench, 0, "r1").await;
        assert_eq!(list(&own, json!(["pxr-r1"])).await.body, json!([{"pxrId": "pxr-r1", "userInfo": sent}]));
        assert_eq!(list(&own, json!(["pxr-r1", "pxr-r2"])).await.status, 401);
        for wrong in [json!(null), json!("pxr-r1"), json!([""]), json!([1])] {
            assert_eq!(list(&member(), wrong.clone()).await.status, 400, "{wrong}");
        }
        let nobody = bench.post("/operator/user/info/list").json(json!({"pxrId": ["pxr-r1"]})).send().await;
        assert_eq!(nobody.status, 401);
    }

    async fn a_new_profile_replaces_the_old_one_whole(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let whose = || json!({"pxrId": "pxr-r1"});
        write(&bench, whose(), profile(json!([entry(YEAR, json!("1999")), entry(PHONE, json!("080-1"))]))).await;
        // Items without content are not searched; no phone clears the phone.
        let items = json!([entry(YEAR, json!("2001")), entry(PHONE, Value::Null)]);
        assert_eq!(write(&bench, whose(), profile(items)).await.status, 200);
        assert_eq!(texts(&bench, "value", "user_information where not is_disabled").await, ["2001"]);
        assert_eq!(text(&bench, "mobile_phone", "operator").await, "");
        assert_eq!(write(&bench, whose(), profile(json!([]))).await.status, 200);
        assert_eq!(texts(&bench, "value", "user_information where not is_disabled").await, [""; 0]);
    }

    async fn of_profiles_at_once_one_is_searched(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let write = |year: &'static str| write(&bench, json!({"pxrId": "pxr-r1"}), profile(json!([entry(YEAR, json!(year))])));
        let (one, two, three) = tokio::join!(write("2001"), write("2002"), write("2003"));
        assert_eq!([one.status, two.status, three.status], [200; 3]);
        let living = texts(&bench, "value", "user_information where not is_disabled").await;
        assert_eq!(living.len(), 1);
        assert!(text(&bench, "user_information", "operator").await.contains(&living[0]));
    }

    async fn users_are_named_by_application(database: Database) {
        let neighbours = catalog().answers_item(ACTOR, item(ACTOR, "catalog/ext/test-org/actor/app", json!({})));
        let bench = operators_with(database, neighbours, operator::Settings::default()).await;
        add(&bench, new_user("u1", 7)).await;
        add(&bench, new_user("u1", 8)).await;
        let sent = profile(json!([entry(YEAR, json!("2001"))]));
        let reply = write(&bench, json!({"userId": "u1", "appCode": 8}), sent.clone()).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"userId": "u1"})));
        let read = |query: &'static str| async { get_as(&bench, &member(), query).await };
        let found = read("/operator/user/info?userId=u1&appCode=8").await;
        assert_eq!(found.body, json!({"userId": "u1", "userInfo": sent}));
        assert_eq!(read("/operator/user/info?userId=u1&appCode=7").await.body["userInfo"], json!({}));
        assert_eq!(read("/operator/user/info?userId=u1&appCode=9").await.status, 204);
        assert_eq!(read("/operator/user/info?userId=u1&regionCode=8").await.status, 400);
        assert_eq!(write(&bench, json!({"userId": "u2", "appCode": 8}), sent).await.status, 400);
    }

    async fn contents_keep_their_patterns_and_catalogs_exist(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let send = |user_info| write(&bench, json!({"pxrId": "pxr-r1"}), user_info);
        for content in [json!("x2000"), json!(""), json!(0), json!(false), Value::Null] {
            assert_eq!(send(profile(json!([entry(YEAR, content.clone())]))).await.status, 400, "{content}");
        }
        assert_eq!(send(profile(json!([entry(9, json!("x"))]))).await.status, 400);
        let mut unknown = profile(json!([]));
        unknown["_code"]["_value"] = json!(9);
        assert_eq!(send(unknown).await.status, 400);
        assert_eq!(send(profile(json!([entry(10, json!("x"))]))).await.status, 503);
        // The catalog's own 404 says that there is no such item; one without words, that nobody serves the path.
        for (words, expected) in [(json!({"status": 404, "message": "no item"}), 400), (Value::Null, 503)] {
            let _ = bench.neighbours.clone().refuses(ServiceName::Catalog, Method::GET, "/catalog/10/1", 404, words);
            assert_eq!(send(profile(json!([entry(10, json!("x"))]))).await.status, expected);
        }
        let long = profile(json!([entry(PHONE, json!("0".repeat(256)))]));
        assert_eq!(send(long).await.status, 400);
        assert_eq!(text(&bench, "user_information", "operator").await, "{}");
    }

    async fn each_kind_of_item_is_asked_for_once(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let items = json!([entry(YEAR, json!("2001")), entry(YEAR, json!("2002")), entry(YEAR, json!("2003"))]);
        let before = bench.neighbours.asked().len();
        assert_eq!(write(&bench, json!({"pxrId": "pxr-r1"}), profile(items)).await.status, 200);
        assert_eq!(bench.neighbours.asked().len() - before, 2);
    }

    async fn only_members_who_may_update_write(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let body = json!({"pxrId": "pxr-r1", "userInfo": profile(json!([]))});
        let helpless = member_with(json!({"member": {"add": true, "delete": true}}));
        for session in [helpless, testkit::application(), individual(), identity(&bench, 0, "r1").await] {
            assert_eq!(post_as(&bench, &session, "/operator/user/info", body.clone()).await.status, 401);
        }
        assert_eq!(bench.post("/operator/user/info").json(body).send().await.status, 401);
    }

    async fn residents_read_their_own_profile_only(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        add(&bench, new_resident("r2")).await;
        let own = identity(&bench, 0, "r1").await;
        for path in ["/operator/user/info", "/operator/ind/user/info"] {
            assert_eq!(get_as(&bench, &own, path).await.body, json!({"pxrId": "pxr-r1", "userInfo": {}}));
            assert_eq!(get_as(&bench, &own, &format!("{path}?pxrId=pxr-r2")).await.status, 400);
            assert_eq!(get_as(&bench, &own, &format!("{path}?userId=u")).await.status, 400);
        }
        assert_eq!(get_as(&bench, &member(), "/operator/ind/user/info?pxrId=pxr-r1").await.status, 401);
        assert_eq!(get_as(&bench, &individual(), "/operator/user/info").await.status, 204);
        assert_eq!(bench.get("/operator/user/info").send().await.status, 401);
    }

    async fn a_deleted_profile_is_null(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        execute(&bench, "update operator set user_information = null").await;
        let read = get_as(&bench, &member(), "/operator/user/info?pxrId=pxr-r1").await;
        assert_eq!(read.body, json!({"pxrId": "pxr-r1", "userInfo": null}));
    }

    async fn a_profile_is_taken_away_and_the_phone_stays(database: Database) {
        let neighbours = catalog().answers_item(ACTOR, item(ACTOR, "catalog/ext/test-org/actor/app", json!({})));
        let bench = operators_with(database, neighbours, operator::Settings::default()).await;
        add(&bench, new_resident("r1")).await;
        add(&bench, new_user("u1", 7)).await;
        let sent = profile(json!([entry(YEAR, json!("2000")), entry(PHONE, json!("080-1"))]));
        write(&bench, json!({"pxrId": "pxr-r1"}), sent.clone()).await;
        write(&bench, json!({"userId": "u1", "appCode": 7}), sent).await;
        let path = |query: &str| format!("/operator/user/info?{query}");
        let reply = delete_as(&bench, &member(), &path("pxrId=pxr-r1")).await;
        assert_eq!((reply.status, reply.body), (200, json!({"pxrId": "pxr-r1"})));
        let read = get_as(&bench, &member(), "/operator/user/info?pxrId=pxr-r1").await;
        assert_eq!(read.body, json!({"pxrId": "pxr-r1", "userInfo": null}));
        assert_eq!(texts(&bench, "value", "user_information where not is_disabled order by id").await, ["2000", "080-1"]);
        assert_eq!(texts(&bench, "mobile_phone", "operator where pxr_id = 'pxr-r1'").await, ["080-1"]);
        let reply = delete_as(&bench, &member(), &path("userId=u1&appCode=7")).await;
        assert_eq!((reply.status, reply.body), (200, json!({"userId": "u1"})));
        assert_eq!(texts(&bench, "value", "user_information where not is_disabled").await, [""; 0]);
        for nobody in ["pxrId=none", "userId=u1&appCode=8", "userId=u1", "pxrId=a&userId=b&appCode=1", ""] {
            assert_eq!(delete_as(&bench, &member(), &path(nobody)).await.status, 400, "{nobody}");
        }
    }

    async fn profiles_are_taken_away_by_members_who_may_delete(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let own = identity(&bench, 0, "r1").await;
        let path = "/operator/user/info?pxrId=pxr-r1";
        for session in [own, application(), member_with(json!({"member": {"add": true, "update": true}}))] {
            assert_eq!(delete_as(&bench, &session, path).await.status, 401);
        }
        assert_eq!(bench.delete(path).send().await.status, 401);
        assert_eq!(text(&bench, "user_information", "operator").await, "{}");
    }

    async fn a_question_names_exactly_one_person(database: Database) {
        let bench = operators(database).await;
        for query in ["", "?pxrId=a&userId=b&appCode=1", "?userId=b", "?userId=b&appCode=1&regionCode=2", "?appCode=x&pxrId=a", "?pxrId=a%00"] {
            let path = format!("/operator/user/info{query}");
            assert_eq!(get_as(&bench, &member(), &path).await.status, 400, "{query}");
        }
        assert_eq!(get_as(&bench, &member(), "/operator/user/info?pxrId=none").await.status, 204);
        for whose in [json!({}), json!({"pxrId": "a", "userId": "b", "appCode": 1}), json!({"userId": "b"})] {
            assert_eq!(write(&bench, whose, profile(json!([]))).await.status, 400);
        }
        assert_eq!(write(&bench, json!({"pxrId": "none"}), profile(json!([]))).await.status, 400);
    }

    async fn bad_profiles_name_every_field(database: Database) {
        let bench = operators(database).await;
        let send = |user_info| write(&bench, json!({"pxrId": "a"}), user_info);
        assert_eq!(send(json!("text")).await.refused_fields(), ["userInfo"]);
        assert_eq!(send(json!({})).await.refused_fields(), ["_code", "item-group"]);
        let broken = profile(json!([{"title": 1, "type": {"_value": "x"}, "content": {}, "changable-flag": "maybe"}]));
        assert_eq!(send(broken).await.refused_fields(), ["title", "_value", "_ver", "content", "changable-flag"]);
        let nul = profile(json!([entry(YEAR, json!("a\u{0}"))]));
        assert_eq!(send(nul).await.refused_fields(), ["content"]);
        assert_eq!(post_as(&bench, &member(), "/operator/user/info", json!([{}])).await.status, 400);
        assert_eq!(post_as(&bench, &member(), "/operator/user/info", json!({"pxrId": ""})).await.refused_fields(), ["pxrId", "userInfo"]);
        assert_eq!(hash('a').len(), 64);
    }
}
