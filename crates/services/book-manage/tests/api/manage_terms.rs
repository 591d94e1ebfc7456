//! New versions of terms of use: who is asked, told and late.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, application, individual, member, of_actor, on_both_databases};
use vocabulary::ServiceName;

use crate::{
    books_with, get, given_application_link, given_book, given_region_link, post,
    stand_ins::{
        APP, Catalog, OPERATOR, PROVIDER, REGION, REGION_TERMS, TERMS, catalog_with, item, region_terms,
    },
};

const ROOT: &str = "/book-manage/term_of_use/platform";
const REGIONS: &str = "/book-manage/term_of_use/region";

fn weekly() -> Value {
    let week = json!({"type": "week", "value": 1});
    json!({"platform-tou_re-consent_notification_interval": week,
           "region-tou_re-consent_notification_interval": week})
}

async fn given_consent(bench: &Bench, book: i64, kind: i64, code: i64, version: i64) {
    let rows =
        "tou_consent (book_id, terms_type, terms_of_use_code, terms_of_use_version, created_by, updated_by)";
    let values = format!("({book}, {kind}, {code}, {version}, 'test', 'test')");
    bench.execute(&format!("insert into {rows} values {values}")).await;
}

on_both_databases! {
    async fn those_who_agreed_to_an_older_version_are_asked_once(database: Database) {
        let bench = books_with(database, catalog_with(weekly())).await;
        let (old, new) = (given_book(&bench, "pxr-1").await, given_book(&bench, "pxr-2").await);
        let (closed, closing) = (given_book(&bench, "pxr-3").await, given_book(&bench, "pxr-4").await);
        given_book(&bench, "pxr-5").await;
        for (book, version) in [(old, 1), (new, 1), (new, 2), (closed, 1), (closing, 1)] {
            given_consent(&bench, book, 1, TERMS, version).await;
        }
        bench.execute("update my_condition_book set is_disabled = true where pxr_id = 'pxr-3'").await;
        bench.execute("update my_condition_book set status = 3 where pxr_id = 'pxr-4'").await;
        let announced = post(&bench, &member(), &format!("{ROOT}/update"), json!({"code": TERMS, "version": 2})).await;
        assert_eq!((announced.status, announced.body), (200, json!({"result": "success"})));
        assert_eq!(post(&bench, &member(), &format!("{REGIONS}/target"), Value::Null).await.status, 200);
        assert_eq!(bench.count("terms_of_use_notification_ind").await, 0);
        let member = member();
        let path = format!("{ROOT}/target");
        let distribute = || post(&bench, &member, &path, Value::Null);
        let (one, other) = tokio::join!(distribute(), distribute());
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(get(&bench, &member, &format!("{ROOT}/target/find")).await.status, 200);
        let asked = bench.texts("book_id", "terms_of_use_notification_ind order by id").await;
        assert_eq!(asked, [old.to_string(), closing.to_string()]);
        assert_eq!(bench.texts("status", "my_condition_book order by id").await, ["1", "0", "0", "3", "0"]);

        let due = get(&bench, &member, &path).await;
        let question = json!([{"_value": TERMS, "_ver": 2}]);
        let expected = json!([{"pxrId": "pxr-1", "termOfUse": question}, {"pxrId": "pxr-4", "termOfUse": question}]);
        assert_eq!((due.status, due.body), (200, expected.clone()));
        let complete = format!("{ROOT}/notification/complete");
        assert_eq!(post(&bench, &member, &complete, json!({"pxrId": "pxr-1"})).await.status, 200);
        assert_eq!(post(&bench, &member, &complete, json!({"pxrId": "pxr-9"})).await.status, 200);
        assert_eq!(get(&bench, &member, &path).await.body[0]["pxrId"], "pxr-4");
        bench.advance(TimeDelta::days(8));
        assert_eq!(get(&bench, &member, &path).await.body, expected);
        assert_eq!(get(&bench, &member, &format!("{path}?offset=1&limit=1")).await.body[0]["pxrId"], "pxr-4");
    }

    async fn those_who_do_not_agree_in_time_are_late(database: Database) {
        let late = item(TERMS, "catalog/ext/test-org/terms-of-use/platform",
            json!({"period-of-re-consent": "2026-01-01T00:00:00.000+0900"}));
        let bench = books_with(database, catalog_with(weekly()).answers_item(TERMS, late)).await;
        for pxr_id in ["pxr-1", "pxr-2"] {
            let book = given_book(&bench, pxr_id).await;
            given_consent(&bench, book, 1, TERMS, 0).await;
        }
        let body = json!({"code": TERMS, "version": 1});
        assert_eq!(post(&bench, &member(), &format!("{ROOT}/update"), body).await.status, 200);
        assert_eq!(post(&bench, &member(), &format!("{ROOT}/target"), Value::Null).await.status, 200);
        let path = format!("{ROOT}/deletion/target");
        let targets = |from: i64| format!("{path}?offset={from}&limit=10");
        assert_eq!(get(&bench, &member(), &targets(0)).await.body, json!({"offset": 0, "targets": null}));
        let complete = format!("{ROOT}/notification/complete");
        assert_eq!(post(&bench, &member(), &complete, json!({"pxrId": "pxr-2"})).await.status, 200);
        let reply = get(&bench, &member(), &targets(0)).await;
        assert_eq!(reply.body["offset"], 1);
        assert_eq!(reply.body["targets"][0]["pxrId"], "pxr-2");
        assert_eq!(get(&bench, &member(), &targets(1)).await.body, json!({"offset": 1, "targets": null}));
    }

    async fn the_links_with_a_region_end_for_those_who_are_late(database: Database) {
        let over = "2026-01-01T00:00:00.000+0900";
        let terms = region_terms(json!({"period-of-re-consent": over, "period-of-release": over}));
        let regions = format!("catalog/ext/test-org/actor/region-root/actor_{OPERATOR}/region");
        let alliance = json!({"terms-of-use": {"_value": REGION_TERMS, "_ver": 1}, "app-alliance": [{"_value": APP, "_ver": 1}]});
        let application = item(APP, "catalog/ext/test-org/actor/app/actor_1000437/application",
            json!({"region-alliance": [{"_value": REGION, "_ver": 1}]}));
        let neighbours = catalog_with(weekly())
            .answers_item(REGION_TERMS, terms)
            .answers_item(APP, application)
            .answers_ns(&regions, json!([item(REGION, &regions, alliance)]));
        let bench = books_with(database, neighbours).await;
        let (linked, alone) = (given_book(&bench, "pxr-1").await, given_book(&bench, "pxr-2").await);
        for book in [linked, alone] {
            given_consent(&bench, book, 2, REGION_TERMS, 0).await;
        }
        given_region_link(&bench, linked, OPERATOR, REGION, "r1", 3).await;
        given_application_link(&bench, linked, PROVIDER, APP, "u1", 1).await;
        let body = json!({"code": REGION_TERMS, "version": 1});
        assert_eq!(post(&bench, &of_actor(&member(), OPERATOR), &format!("{REGIONS}/update"), body).await.status, 200);
        assert_eq!(post(&bench, &member(), &format!("{REGIONS}/target"), Value::Null).await.status, 200);
        bench.execute("update terms_of_use_notification_ind set last_sent_at = '2026-01-01 00:00:00'").await;
        let reply = get(&bench, &member(), &format!("{REGIONS}/deletion/target?offset=0&limit=10")).await;
        let expected = json!({"offset": 2, "targets": [{
            "bookId": linked, "pxrId": "pxr-1", "cooperation_release": true,
            "actor": {"_value": OPERATOR, "_ver": 1}, "region": {"_value": REGION, "_ver": 1},
            "app": [{"_value": APP, "_ver": 1}],
        }]});
        assert_eq!((reply.status, reply.body), (200, expected));
    }

    async fn a_resident_sees_what_the_own_answer_is_waited_for(database: Database) {
        let expire = json!({"period-of-re-consent": "2030-01-01T00:00:00.000+0900"});
        let store = "catalog/ext/test-org/actor/app/actor_1000437/store";
        let applications = format!("catalog/ext/test-org/actor/app/actor_{PROVIDER}/application");
        let items = json!([
            item(TERMS, "catalog/ext/test-org/terms-of-use/platform", expire.clone()),
            region_terms(expire),
            item(9, store, json!({})),
        ]);
        let offers = item(APP, &applications, json!({"store": [{"_value": 9, "_ver": 1}]}));
        let neighbours = catalog_with(weekly())
            .answers(ServiceName::Catalog, Method::POST, "/catalog", items)
            .answers_ns(&applications, json!([offers]));
        let bench = books_with(database, neighbours).await;
        let book = given_book(&bench, "pxr-1").await;
        let path = "/book-manage/term_of_use/request/list";
        let nothing = json!({"termsOfUse": {"platform": null, "region": null}, "store": null, "share": null});
        assert_eq!(get(&bench, &individual(), path).await.body, nothing);
        for (kind, code) in [(1, TERMS), (2, REGION_TERMS)] {
            let rows = "terms_of_use_notification (terms_type, _value, _ver, status, created_by, updated_by)";
            bench.execute(&format!("insert into {rows} values ({kind}, {code}, 1, 1, 'test', 'test')")).await;
            let rows = "terms_of_use_notification_ind (terms_of_use_notification_id, book_id, created_by, updated_by)";
            bench.execute(&format!("insert into {rows} select max(id), {book}, 'test', 'test' from terms_of_use_notification")).await;
        }
        let rows = "data_operation_notification (_value, _ver, status, created_by, updated_by)";
        bench.execute(&format!("insert into {rows} values (9, 1, 1, 'test', 'test')")).await;
        let rows = "data_operation_notification_ind (data_operation_notification_id, book_id, created_by, updated_by)";
        bench.execute(&format!("insert into {rows} select max(id), {book}, 'test', 'test' from data_operation_notification")).await;
        let code = |value: i64| json!({"_value": value, "_ver": 1});
        let at = "2030-01-01T00:00:00.000+0900";
        let expected = json!({
            "termsOfUse": {
                "platform": {"_code": code(TERMS), "expireAt": at},
                "region": [{"actor": code(OPERATOR), "region": code(REGION), "_code": code(REGION_TERMS), "expireAt": at}],
            },
            "store": [{"actor": code(PROVIDER), "app": code(APP), "_code": code(9)}],
            "share": null,
        });
        for path in [path, "/book-manage/ind/term_of_use/request/list"] {
            let reply = get(&bench, &individual(), path).await;
            assert_eq!((reply.status, reply.body), (200, expected.clone()));
        }
        assert_eq!(get(&bench, &testkit::resident("pxr-2"), path).await.body, nothing);
        assert_eq!(get(&bench, &member(), path).await.status, 400);
    }

    async fn only_members_of_the_root_ask_and_tell(database: Database) {
        let bench = books_with(database, catalog_with(weekly())).await;
        for session in [individual(), application(), of_actor(&member(), OPERATOR)] {
            for base in [ROOT, REGIONS] {
                assert_eq!(post(&bench, &session, &format!("{base}/target"), Value::Null).await.status, 401);
                let body = json!({"pxrId": "pxr-1"});
                assert_eq!(post(&bench, &session, &format!("{base}/notification/complete"), body).await.status, 401);
                for path in ["target", "target/find", "deletion/target"] {
                    assert_eq!(get(&bench, &session, &format!("{base}/{path}")).await.status, 401);
                }
            }
        }
        let body = json!({"code": 1, "version": 1});
        assert_eq!(post(&bench, &application(), &format!("{ROOT}/update"), body).await.status, 401);
        for body in [json!({}), json!([]), json!({"code": "1", "version": 1}), json!({"code": 1})] {
            assert_eq!(post(&bench, &member(), &format!("{ROOT}/update"), body).await.status, 400);
        }
        for body in [json!({}), json!({"pxrId": 1})] {
            assert_eq!(post(&bench, &member(), &format!("{ROOT}/notification/complete"), body).await.status, 400);
        }
        assert_eq!(get(&bench, &member(), &format!("{ROOT}/target?limit=x")).await.status, 400);
    }
}
