//! Opening books.

use serde_json::{Value, json};
use testkit::{Fault, application, individual, member, member_with, of_actor, on_both_databases};
use vocabulary::{ServiceName, password::ClientHash};

use crate::{
    books_with, given_book, post,
    stand_ins::{Catalog, LICENCE, NAME, Operators, PHONE, TERMS, catalog, catalog_with, item},
};

const PATH: &str = "/book-manage";

fn document(code: i64, kind: i64, content: &str) -> Value {
    let item = json!({"title": "t", "type": {"_value": kind, "_ver": 1}, "content": content});
    json!({"_code": {"_value": code, "_ver": 1}, "item-group": [{"title": "g", "item": [item]}]})
}

fn new_book(pxr_id: &str) -> Value {
    json!({"pxrId": pxr_id, "attributes": {"a": 1}, "identification": [document(LICENCE, NAME, "山田")],
           "userInformation": document(1000373, PHONE, "09011112222"),
           "platform_terms_of_use": {"_value": TERMS, "_ver": 1}})
}

on_both_databases! {
    async fn a_book_is_opened_with_an_operator_a_profile_documents_and_a_consent(database: Database) {
        let operators = Operators::default();
        let bench = books_with(database, operators.join(catalog())).await;
        let reply = post(&bench, &member(), PATH, new_book("pxr-7")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let password = reply.body["initialPassword"].as_str().unwrap().to_owned();
        assert_eq!(password.len(), 12);
        let members: Vec<_> = reply.body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["pxrId", "initialPassword", "attributes", "appendix", "identifyCode"]);
        assert_eq!(reply.body["attributes"], json!({"a": 1}));

        let operator = operators.all().pop().unwrap();
        assert_eq!(operator.hpassword, ClientHash::default().of(&password));
        assert_eq!(operator.attributes["initialPasswordExpire"], "2026-01-09T03:04:05.678+0900");
        assert_eq!(operator.attributes["smsAuth"], false);
        assert_eq!(operator.profile, document(1000373, PHONE, "09011112222"));
        assert_eq!(bench.texts("attributes || appendix || created_by", "my_condition_book").await, [r#"{"a":1}nullmember01"#]);
        assert_eq!(bench.texts("template", "identification").await, [document(LICENCE, NAME, "山田").to_string()]);
        assert_eq!(bench.text("template_hash", "identification").await.len(), 64);
        assert_eq!(bench.texts("terms_of_use_code", "tou_consent where terms_type = 1").await, [TERMS.to_string()]);
    }

    async fn a_pxr_id_is_never_used_twice(database: Database) {
        let operators = Operators::default();
        let bench = books_with(database, operators.join(catalog())).await;
        given_book(&bench, "pxr-7").await;
        bench.execute("update my_condition_book set is_disabled = true").await;
        assert_eq!(post(&bench, &member(), PATH, new_book("pxr-7")).await.status, 400);
        assert_eq!(operators.all(), []);
        let check = |pxr_id: &str| json!({"pxrId": pxr_id});
        let path = "/book-manage/check/pxr-id";
        assert_eq!(post(&bench, &member(), path, check("pxr-7")).await.body, json!({"status": "ng"}));
        assert_eq!(post(&bench, &member(), path, check("pxr-8")).await.body, json!({"status": "ok"}));
        assert_eq!(post(&bench, &individual(), path, check("pxr-8")).await.status, 401);
        assert_eq!(post(&bench, &member(), path, json!({"pxrId": ""})).await.status, 400);
    }

    async fn whatever_goes_wrong_a_retry_leaves_one_book_with_one_operator(database: Database) {
        let operators = Operators::default();
        let neighbours = operators.join(catalog());
        let bench = books_with(database, neighbours.clone()).await;
        assert_eq!(post(&bench, &member(), PATH, new_book("pxr-0")).await.status, 200);
        let calls = neighbours.asked().len();
        let mut number = 0;
        for fault in Fault::each(calls) {
            number += 1;
            let pxr_id = format!("pxr-{number}");
            neighbours.suffer(Some(fault));
            let first = post(&bench, &member(), PATH, new_book(&pxr_id)).await;
            neighbours.suffer(None);
            let book = format!("my_condition_book where pxr_id = '{pxr_id}'");
            assert_eq!(bench.count(&book).await, usize::from(first.status == 200), "{fault:?}");
            let mut reply = first;
            if reply.status != 200 {
                reply = post(&bench, &member(), PATH, new_book(&pxr_id)).await;
            }
            assert_eq!(reply.status, 200, "{fault:?}: {}", reply.body);
            let own: Vec<_> = operators.all().into_iter().filter(|one| one.pxr_id == pxr_id).collect();
            assert_eq!(own.len(), 1, "{fault:?}");
            assert_eq!(own[0].profile["_code"]["_value"], 1000373, "{fault:?}");
            let password = reply.body["initialPassword"].as_str().unwrap();
            assert_eq!(own[0].hpassword, ClientHash::default().of(password), "{fault:?}");
            assert_eq!(bench.count(&book).await, 1, "{fault:?}");
        }
        assert_eq!(bench.count("identification").await, number + 1);
    }

    async fn of_two_that_open_the_same_book_at_once_exactly_one_does(database: Database) {
        let operators = Operators::default();
        let bench = books_with(database, operators.join(catalog())).await;
        let member = member();
        let open = || post(&bench, &member, PATH, new_book("pxr-7"));
        let (first, second, third) = tokio::join!(open(), open(), open());
        let replies = [first, second, third];
        let winners: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(winners.len(), 1);
        assert!(replies.iter().all(|reply| [200, 400].contains(&reply.status)));
        assert_eq!(bench.count("my_condition_book").await, 1);
        let password = winners[0].body["initialPassword"].as_str().unwrap();
        assert_eq!(operators.all().len(), 1);
        assert_eq!(operators.all()[0].hpassword, ClientHash::default().of(password));
    }

    async fn only_members_who_may_add_members_open_books(database: Database) {
        let bench = books_with(database, Operators::default().join(catalog())).await;
        for session in [individual(), application(), member_with(json!({"member": {"update": true}}))] {
            assert_eq!(post(&bench, &session, PATH, new_book("pxr-7")).await.status, 401);
        }
        assert_eq!(bench.post(PATH).json(new_book("pxr-7")).send().await.status, 401);
        assert_eq!(bench.count("my_condition_book").await, 0);
    }

    async fn bad_input_is_named_and_opens_nothing(database: Database) {
        let operators = Operators::default();
        let bench = books_with(database, operators.join(catalog())).await;
        let refused = async |change: fn(&mut Value)| {
            let mut body = new_book("pxr-7");
            change(&mut body);
            let reply = post(&bench, &member(), PATH, body).await;
            assert_eq!(reply.status, 400, "{}", reply.body);
            reply.refused_fields().join(" ")
        };
        assert_eq!(refused(|body| body["identification"] = json!([])).await, "identification");
        assert_eq!(refused(|body| *body = json!({})).await, "identification userInformation platform_terms_of_use");
        assert_eq!(refused(|body| body["identification"][0]["_code"]["_ver"] = json!("x")).await, "_ver");
        assert_eq!(refused(|body| body["userInformation"]["item-group"] = json!("x")).await, "item-group");
        assert_eq!(refused(|body| body["pxrId"] = json!("")).await, "pxrId");
        assert_eq!(refused(|body| body["pxrId"] = json!("x".repeat(256))).await, "pxrId");
        assert_eq!(refused(|body| body["idServiceFlg"] = json!("true")).await, "idServiceFlg");
        // Not fields, but what they say.
        assert_eq!(refused(|body| body["pxrId"] = Value::Null).await, "");
        assert_eq!(refused(|body| body["platform_terms_of_use"]["_ver"] = json!(2)).await, "");
        assert_eq!(refused(|body| body["platform_terms_of_use"]["_value"] = json!(5)).await, "");
        assert_eq!(refused(|body| body["userInformation"] = document(1, NAME, "x")).await, "");
        assert_eq!(refused(|body| body["identification"][0] = document(30007, NAME, "x")).await, "");
        assert_eq!(refused(|body| body["identification"][0] = document(NAME, NAME, "x")).await, "");
        assert_eq!(refused(|body| body["identification"][0] = document(LICENCE, 9, "x")).await, "");
        assert_eq!(post(&bench, &member(), PATH, json!([new_book("pxr-7")])).await.status, 400);
        assert_eq!((operators.all().len(), bench.count("my_condition_book").await), (0, 0));
    }

    async fn a_data_trader_with_a_user_id_opens_no_book(database: Database) {
        let trader = item(77, "catalog/ext/test-org/actor/data-trader", json!({}));
        let bench = books_with(database, Operators::default().join(catalog().answers_item(77, trader))).await;
        let mut body = new_book("pxr-7");
        body["userId"] = json!("u");
        assert_eq!(post(&bench, &of_actor(&member(), 77), PATH, body.clone()).await.status, 400);
        assert_eq!(bench.count("my_condition_book").await, 0);
        assert_eq!(post(&bench, &member(), PATH, body).await.status, 200);
    }

    async fn where_an_id_service_is_used_only_persons_known_to_it_get_a_book(database: Database) {
        let neighbours = catalog_with(json!({"use_id_connect": true}));
        let bench = books_with(database, Operators::default().join(neighbours)).await;
        let mut body = new_book("pxr-7");
        body["loginId"] = json!("l");
        assert_eq!(post(&bench, &member(), PATH, body.clone()).await.status, 400);
        body["idServiceFlg"] = json!(true);
        let reply = post(&bench, &member(), PATH, body).await;
        assert_eq!((reply.status, &reply.body["loginId"]), (200, &json!("l")));
    }

    async fn documents_of_other_books_are_recognised(database: Database) {
        let bench = books_with(database, Operators::default().join(catalog())).await;
        assert_eq!(post(&bench, &member(), PATH, new_book("pxr-7")).await.status, 200);
        let (known, unknown) = (document(LICENCE, NAME, "山田"), document(LICENCE, NAME, "鈴木"));
        let path = "/book-manage/check/identification";
        let body = json!({"identification": [unknown, known]});
        let reply = post(&bench, &member(), path, body.clone()).await;
        let found = json!({"identification": [{"duplicationPxrId": ["pxr-7"], "identification": known}]});
        assert_eq!((reply.status, reply.body), (200, found));
        bench.execute("update my_condition_book set is_disabled = true").await;
        assert_eq!(post(&bench, &member(), path, body.clone()).await.body, json!({"identification": []}));
        assert_eq!(post(&bench, &individual(), path, body).await.status, 401);
        for body in [json!({}), json!([]), json!({"identification": []}), json!({"identification": [{"_code": {}}]})] {
            assert_eq!(post(&bench, &member(), path, body).await.status, 400);
        }
    }

    async fn a_neighbour_that_fails_is_no_panic(database: Database) {
        let bench = books_with(database, catalog().refuses(
            ServiceName::Operator, http::Method::POST, "/operator", 500, json!({}))).await;
        assert_eq!(post(&bench, &member(), PATH, new_book("pxr-7")).await.status, 503);
    }
}
