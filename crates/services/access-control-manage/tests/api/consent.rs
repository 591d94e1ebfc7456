use serde_json::json;
use testkit::{application, member, of_actor, on_both_databases};

use super::*;

const MAY_STORE: &str = "/book-manage/settings/store/permission";
const MAY_SHARE: &str = "/book-manage/setting/share/permission";
const USER: &str = "/book-manage/search/user";
const GLOBAL: &str = "/catalog/?ns=catalog%2Fext%2Ftest-org%2Fsetting%2Fglobal";
const RULES: &str = "/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fapp%2Factor_70%2Fverify-access-token";

/// The application, in its own block.
fn app() -> Session {
    of_actor(&application(), APP_ACTOR)
}

fn books(neighbours: Neighbours, path: &str, answer: Value) -> Neighbours {
    neighbours.answers(ServiceName::BookManage, Method::POST, path, answer)
}

/// Everything agreed.
fn agreed() -> Neighbours {
    let from =
        |actor: i64| json!({"sourceActorCode": actor, "document": [], "event": [code(1)], "thing": []});
    let neighbours = books(platform(), MAY_STORE, json!({"checkResult": true, "datatype": [code(1)]}));
    let neighbours = books(neighbours, USER, json!({"pxrId": "pxr-1", "bookStatus": 0}));
    books(
        neighbours,
        MAY_SHARE,
        json!({"checkResult": true, "permission": [from(APP_ACTOR), from(ROOT_ACTOR)]}),
    )
}

/// An ID service is used, and this application must show its tokens.
fn with_tokens(neighbours: Neighbours, on_store: bool, on_share: bool) -> Neighbours {
    let rule = json!({
        "service": code(APP), "verificationRequiredOnStore": on_store, "verificationRequiredOnShare": on_share,
    });
    neighbours
        .answers(
            ServiceName::Catalog,
            Method::GET,
            GLOBAL,
            json!([item(9, "g", json!({"use_id_connect": true}))]),
        )
        .answers(
            ServiceName::Catalog,
            Method::GET,
            RULES,
            json!([item(8, "v", json!({"verifyAccessToken": [rule]}))]),
        )
}

fn store(method: &str) -> Value {
    let mut call = planned(&app(), method, "/book-operate/event/u1", APP_BLOCK);
    if method == "DELETE" {
        call["target"]["apiUrl"] = json!("/book-operate/event/u1/e1");
    }
    call["caller"]["userId"] = json!("u1");
    call["caller"]["requestBody"] = json!([{
        "code": code(1), "app": {"code": {"value": code(APP_ACTOR)}, "app": {"value": code(APP)}}, "wf": null,
        "userId": {"value": "u1"},
    }]);
    call
}

fn share() -> Value {
    let mut call = planned(&app(), "POST", "/book-operate/share/search", 0);
    call["target"].as_object_mut().unwrap().remove("blockCode");
    call["caller"]["requestBody"] = json!({"userId": "u1", "document": null, "event": [code(1)]});
    call
}

on_both_databases! {
    async fn stored_data_need_the_consent_of_the_resident(database: Database) {
        let bench = offices(database, agreed()).await;
        let reply = ask(&bench, "store", &app(), json!([store("POST")])).await;
        assert_eq!((reply.status, &reply.body[0]["apiToken"]), (200, &json!("t1")));
        let asked = bench.neighbours.asked();
        let question = asked.iter().find(|asked| asked.path == MAY_STORE).unwrap();
        assert_eq!(question.body, json!({"userId": "u1", "wfCode": null, "appCode": APP, "actorCode": APP_ACTOR, "datatype": [code(1)]}));
        let order = asked.iter().find(|asked| asked.path == CREATE).unwrap();
        assert_eq!(order.body[0]["target"]["parameter"], json!([code(1)]).to_string());

        // The very next call hears of a withdrawn consent.
        let _withdrawn = books(bench.neighbours.clone(), MAY_STORE, json!({"checkResult": false, "datatype": null}));
        assert_eq!(ask(&bench, "store", &app(), json!([store("POST")])).await.status, 401);
        assert_eq!(bench.count("token_access_history").await, 1);
    }

    async fn part_of_the_data_may_be_stored_where_that_is_asked_for(database: Database) {
        let bench = offices(database, books(agreed(), MAY_STORE, json!({"checkResult": true, "dataType": [code(1)]}))).await;
        for partially in [json!(true), json!("true"), json!(false)] {
            let mut call = store("POST");
            call["target"]["allowPartialStore"] = partially.clone();
            assert_eq!(ask(&bench, "store", &app(), json!([call])).await.status, 200);
            let question = bench.neighbours.asked().into_iter().rev().find(|asked| asked.path.starts_with(MAY_STORE)).unwrap();
            assert_eq!(question.path.ends_with("?allowPartialStore=true"), partially != json!(false), "{partially}");
        }
    }

    async fn a_deletion_needs_no_consent_and_hands_on_no_parameter(database: Database) {
        let bench = offices(database, agreed()).await;
        let mut call = store("DELETE");
        call["caller"]["requestBody"] = json!({});
        call["target"]["parameter"] = json!("made up");
        assert_eq!(ask(&bench, "store", &app(), json!([call])).await.status, 200);
        let asked = bench.neighbours.asked();
        assert!(asked.iter().all(|asked| asked.service != Some(ServiceName::BookManage)));
        let order = asked.iter().find(|asked| asked.path == CREATE).unwrap();
        assert_eq!(order.body[0]["target"]["parameter"], Value::Null);
    }

    async fn data_are_stored_in_the_own_name_and_about_the_own_user_only(database: Database) {
        let bench = offices(database, agreed()).await;
        for (pointer, value) in [
            ("/caller/requestBody/0/app/code/value/_value", json!(71)),
            ("/caller/requestBody/0/app/app/value/_value", json!(5)),
            ("/caller/requestBody/0/app", Value::Null),
            ("/caller/requestBody/0/userId/value", json!("u2")),
            ("/caller/requestBody/0/code", json!(5)),
            ("/caller/requestBody", json!([])),
            ("/caller/requestBody", json!({"code": 1})),
            ("/caller/userId", Value::Null),
        ] {
            let mut call = store("POST");
            *call.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(ask(&bench, "store", &app(), json!([call])).await.status, 400, "{pointer} {value}");
        }
        let mut of_member = store("POST");
        of_member["caller"]["operator"] = json!({"type": 3, "loginId": "m"});
        assert_eq!(ask(&bench, "store", &member(), json!([of_member])).await.status, 400, "only applications store");
        assert_eq!(bench.count("token_access_history").await, 0);
    }

    async fn an_application_in_no_region_neither_stores_nor_receives(database: Database) {
        for template in [json!({}), json!({"region-alliance": []}), json!({"region-alliance": null})] {
            let neighbours = agreed().answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{APP}"), item(APP, "a", template));
            let bench = offices(Database::sqlite(), neighbours).await;
            assert_eq!(ask(&bench, "store", &app(), json!([store("POST")])).await.status, 400);
            assert_eq!(ask(&bench, "share/continuous", &app(), json!([share()])).await.status, 400);
        }
        let bench = offices(database, agreed()).await;
        assert_eq!(ask(&bench, "store", &app(), json!([store("POST")])).await.status, 200);
    }

    async fn a_share_gets_a_token_for_every_source_with_what_may_be_shared(database: Database) {
        let bench = offices(database, agreed()).await;
        let reply = ask(&bench, "share/continuous", &app(), json!([share()])).await;
        assert_eq!(reply.status, 200);
        let blocks: Vec<_> = reply.body.as_array().unwrap().iter().map(|token| &token["blockCode"]).collect();
        assert_eq!(blocks, [&json!(APP_BLOCK), &json!(ROOT)]);
        let asked = bench.neighbours.asked();
        let order = asked.iter().find(|asked| asked.path == CREATE).unwrap();
        let parameter = json!({"document": [], "event": [code(1)], "thing": []}).to_string();
        assert_eq!(order.body[0]["target"]["parameter"], parameter);
        let question = asked.iter().find(|asked| asked.path == MAY_SHARE).unwrap();
        assert_eq!((&question.body["actorCode"], &question.body["appCode"]), (&json!(APP_ACTOR), &json!(APP)));
        assert_eq!(bench.count("token_generation_history").await, 2, "one row for each token");
    }

    async fn a_share_without_consent_or_user_is_refused(database: Database) {
        let bench = offices(Database::sqlite(), books(agreed(), MAY_SHARE, json!({"checkResult": false, "permission": null}))).await;
        assert_eq!(ask(&bench, "share/continuous", &app(), json!([share()])).await.status, 401);
        let nobody = agreed().refuses(ServiceName::BookManage, Method::POST, USER, 204, Value::Null);
        let bench = offices(Database::sqlite(), nobody).await;
        assert_eq!(ask(&bench, "share/continuous", &app(), json!([share()])).await.status, 400);
        let bench = offices(database, platform()).await;
        assert_eq!(ask(&bench, "share/continuous", &app(), json!([share()])).await.status, 503, "no books");
    }

    async fn a_share_may_be_meant_for_another_receiver(database: Database) {
        let other = item(66, "a", json!({"region-alliance": [code(51)]}));
        let bench = offices(database, agreed().answers(ServiceName::Catalog, Method::GET, "/catalog/66", other)).await;
        let mut call = share();
        call["caller"]["requestBody"]["dest"] = json!({"actor": 65, "app": 66});
        assert_eq!(ask(&bench, "share/continuous", &app(), json!([call])).await.status, 200);
        let asked = bench.neighbours.asked();
        let question = asked.iter().find(|asked| asked.path == MAY_SHARE).unwrap();
        assert_eq!((&question.body["actorCode"], &question.body["appCode"]), (&json!(65), &json!(66)));
    }

    async fn broken_shares_are_refused(database: Database) {
        let bench = offices(database, agreed()).await;
        for (body, field) in [
            (json!({"event": [code(1)]}), "userId"),
            (json!({"userId": "", "event": [code(1)]}), "userId"),
            (json!({"userId": "u", "event": [{"_value": 1}]}), "_ver"),
            (json!({"userId": "u", "event": [code(1)], "thing": 5}), "thing"),
            (json!({"userId": "u", "event": [code(1)], "actor": 5}), "actor"),
            (json!({"userId": "u", "event": [code(1)], "dest": {"app": 5}}), "actor"),
        ] {
            let mut call = share();
            call["caller"]["requestBody"] = body.clone();
            let reply = ask(&bench, "share/continuous", &app(), json!([call])).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![field]), "{body}");
        }
        for body in [json!({"userId": "u"}), json!({"userId": "u", "event": []}), Value::Null] {
            let mut call = share();
            call["caller"]["requestBody"] = body.clone();
            assert_eq!(ask(&bench, "share/continuous", &app(), json!([call])).await.status, 400, "{body}");
        }
        let mut of_member = share();
        of_member["caller"]["operator"] = json!({"type": 3, "loginId": "m"});
        assert_eq!(ask(&bench, "share/continuous", &member(), json!([of_member])).await.status, 400);
    }

    async fn where_the_catalog_asks_for_tokens_of_an_id_service_none_is_believed_unverified(database: Database) {
        for (on_store, on_share, office, call, status) in [
            (true, false, "store", store("POST"), 400),
            (false, true, "store", store("POST"), 200),
            (false, true, "share/continuous", share(), 400),
            (true, false, "share/continuous", share(), 200),
        ] {
            let bench = offices(Database::sqlite(), with_tokens(agreed(), on_store, on_share)).await;
            for token in [None, Some("id-token")] {
                let request = bench.post(&format!("/access-control-manage/{office}")).session(&app());
                let request = match token {
                    Some(token) => request.header("access-token", token),
                    None => request,
                };
                assert_eq!(request.json(json!([call])).send().await.status, status, "{office} {token:?}");
            }
        }
        let off = agreed().answers(ServiceName::Catalog, Method::GET, GLOBAL, json!([item(9, "g", json!({"use_id_connect": false}))]));
        let bench = offices(database, off).await;
        assert_eq!(ask(&bench, "store", &app(), json!([store("POST")])).await.status, 200);
    }
}
