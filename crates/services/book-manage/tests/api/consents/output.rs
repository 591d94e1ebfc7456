//! Data outputs.

use http::Method;
use serde_json::{Value, json};
use testkit::{
    Bench, Database, Reply, application, individual, member, of_actor, on_both_databases, resident,
};
use vocabulary::ServiceName;

use super::*;
use crate::{get, given_region_link, put, stand_ins::item};

const REGION: i64 = 601;
const OTHER_REGION: i64 = 602;
const REGION_ACTOR: i64 = 400;

const PREPARE: &str = "/book-manage/output/condition/prepare";
const FILES: &str = "/book-manage/output/condition/data_mng";

/// Both applications belong to the region; its terms give data back and delete them.
async fn linked(database: Database) -> Bench {
    let bench = residents(database).await;
    let terms = json!({"returning-data-flag": true, "deleting-data-flag": true});
    let region = json!({"terms-of-use": code(650), "app-alliance": [code(STORING_APP), code(RECEIVING_APP)], "wf-alliance": []});
    let in_regions = |value: i64, regions: Value| item(value, "ns", json!({"region-alliance": regions}));
    let apps = json!([
        in_regions(STORING_APP, json!([code(REGION), code(OTHER_REGION)])),
        in_regions(RECEIVING_APP, json!([code(REGION)]))
    ]);
    drop(
        bench
            .neighbours
            .clone()
            .answers_item(
                REGION,
                item(REGION, "catalog/ext/test-org/actor/region-root/actor_400/region", region),
            )
            .answers_item(650, item(650, "ns", terms.clone()))
            .answers_ns("catalog/ext/test-org/terms-of-use/platform", json!([item(651, "ns", terms)]))
            .answers(ServiceName::Catalog, Method::POST, "/catalog", apps)
            .answers_item(1000431, item(1000431, "catalog/ext/test-org/actor/pxr-root", json!({}))),
    );
    bench
}

fn region_end(who: &str) -> Value {
    json!({"type": 2, "pxrId": who, "actor": code(REGION_ACTOR), "region": code(REGION), "cooperationRelease": true, "returnable": true})
}

async fn prepared(bench: &Bench, body: Value) -> String {
    let reply = post(bench, &member(), PREPARE, body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["code"].as_str().unwrap().to_owned()
}

async fn search(bench: &Bench, body: Value) -> Reply {
    post(bench, &member(), "/book-manage/output", body).await
}

async fn conditions(bench: &Bench, query: &str) -> Value {
    get(bench, &member(), &format!("/book-manage/output/condition{query}")).await.body
}

fn new_file(code: &str) -> Value {
    json!({"code": code, "outputFileType": 1, "inputFileIsReady": 0, "outputStatus": 0, "isDeleteTarget": 1, "deleteStatus": 0, "processing": 0})
}

on_both_databases! {
    async fn the_end_of_a_region_collects_from_its_applications(database: Database) {
        let bench = linked(database).await;
        let reply = post(&bench, &member(), PREPARE, region_end("pxr-1")).await;
        let mut expected = region_end("pxr-1");
        expected["code"] = reply.body["code"].clone();
        assert_eq!((reply.status, &reply.body), (200, &expected));
        let found = conditions(&bench, "?approved=1").await;
        assert_eq!((&found[0]["code"], &found[0]["type"]), (&reply.body["code"], &json!(2)));
        let apps: Vec<_> = found[0]["condition"].as_array().unwrap().iter().map(|one| one["app"].clone()).collect();
        assert_eq!(apps, [code(STORING_APP), code(RECEIVING_APP)]);
        assert_eq!(found[0]["condition"][0]["returnable"], 1);
        // 0 is how batches read "to be released".
        assert_eq!(bench.texts("release_cooperate_spec", "mcd_output_code_actor").await, ["0", "0"]);
        assert_eq!(bench.text("status", "my_condition_book where pxr_id = 'pxr-1'").await, "0");
    }

    async fn an_application_that_serves_another_region_stays(database: Database) {
        let bench = linked(database).await;
        let book = bench.text("id", "my_condition_book where pxr_id = 'pxr-1'").await.parse().unwrap();
        given_region_link(&bench, book, REGION_ACTOR, OTHER_REGION, "x1", 1).await;
        prepared(&bench, region_end("pxr-1")).await;
        assert_eq!(bench.texts("app_catalog_code", "mcd_output_code_actor").await, ["502"]);
    }

    async fn asking_again_gives_the_same_output(database: Database) {
        let bench = linked(database).await;
        let first = prepared(&bench, region_end("pxr-1")).await;
        assert_eq!(prepared(&bench, region_end("pxr-1")).await, first);
        let (one, other) = tokio::join!(prepared(&bench, region_end("pxr-2")), prepared(&bench, region_end("pxr-2")));
        assert_eq!(one, other);
        assert_eq!(bench.count("my_condition_data_output_code").await, 2);
    }

    async fn closing_a_book_ends_it(database: Database) {
        let bench = linked(database).await;
        let reply = post(&bench, &resident("pxr-1"), PREPARE, json!({"type": 4})).await;
        assert_eq!(reply.status, 200);
        assert_eq!(bench.texts("status", "my_condition_book order by id").await, ["3", "0"]);
        assert_eq!(bench.count("mcd_output_code_actor").await, 2);
        assert_eq!(bench.count("my_condition_book where book_close_available").await, 0);
    }

    async fn a_book_without_links_can_be_closed_at_once(database: Database) {
        let bench = linked(database).await;
        bench.execute("update user_id_cooperate set is_disabled = true").await;
        prepared(&bench, json!({"type": 5, "pxrId": "pxr-1"})).await;
        assert_eq!(bench.texts("pxr_id", "my_condition_book where book_close_available").await, ["pxr-1"]);
        assert_eq!(bench.count("my_condition_data_output_code where is_disabled = false").await, 0);
    }

    async fn residents_end_only_their_own(database: Database) {
        let bench = linked(database).await;
        for body in [json!({"type": 5}), json!({"type": 4, "pxrId": "pxr-2"}), region_end("pxr-1")] {
            assert_eq!(post(&bench, &individual(), PREPARE, body.clone()).await.status, 400, "{body}");
        }
        assert_eq!(post(&bench, &member(), PREPARE, json!({"type": 4})).await.status, 400);
        assert_eq!(post(&bench, &member(), PREPARE, json!({"type": 4, "pxrId": "pxr-9"})).await.status, 400);
        assert_eq!(post(&bench, &application(), PREPARE, json!({"type": 4})).await.status, 401);
        let broken = json!({"type": 2, "pxrId": 5, "cooperationRelease": "perhaps"});
        let fields = ["pxrId", "cooperationRelease", "actor", "region"];
        assert_eq!(post(&bench, &member(), PREPARE, broken).await.refused_fields(), fields);
        assert_eq!(post(&bench, &member(), PREPARE, json!({"type": 1})).await.refused_fields(), ["type"]);
    }

    async fn outputs_are_found_and_locked(database: Database) {
        let bench = linked(database).await;
        let code_1 = prepared(&bench, region_end("pxr-1")).await;
        prepared(&bench, region_end("pxr-2")).await;
        let found = search(&bench, json!({"pxrId": "pxr-1"})).await;
        let id = found.body[0]["id"].as_i64().unwrap();
        let book = found.body[0]["bookId"].clone();
        let expected = json!([{"id": id, "bookId": book, "pxrId": "pxr-1", "code": code_1, "type": 2, "actor": code(REGION_ACTOR),
            "region": code(REGION), "s3Bucket": null, "status": 0, "bookCloseAvailable": false, "cooperationCancelApproved": 0,
            "cooperationCanceled": 0, "cooperationServiceCanceled": 0, "processing": 0}]);
        assert_eq!((found.status, found.body), (200, expected));
        let path = format!("/book-manage/output/{id}");
        let change = json!({"processing": 1, "cooperationCanceled": 1, "s3Bucket": "b", "expirationDate": "2026-02-01T00:00:00.000+0900"});
        assert_eq!(put(&bench, &member(), &path, change).await.body, json!({"result": "success"}));
        assert_eq!(search(&bench, json!({"pxrId": "pxr-1"})).await.body, json!([]), "somebody works on it");
        let locked = search(&bench, json!({"processing": 1, "region": {"_value": REGION}, "expirationDate": "2026-02-01T00:00:00.000+0900"})).await.body;
        assert_eq!((&locked[0]["cooperationCanceled"], &locked[0]["dlUrlExpirationDate"]), (&json!(1), &json!("2026-02-01T00:00:00.000+0900")));
        let page = post(&bench, &member(), "/book-manage/output?offset=1&limit=1", json!({"type": 2})).await.body;
        assert_eq!(page, json!([]));
        bench.execute("update my_condition_book set is_disabled = true").await;
        assert_eq!(search(&bench, json!({"type": 2})).await.body, json!([]));
    }

    async fn whose_an_output_is_cannot_be_changed(database: Database) {
        let bench = linked(database).await;
        prepared(&bench, region_end("pxr-1")).await;
        let id = bench.text("id", "my_condition_data_output_code").await;
        let path = format!("/book-manage/output/{id}");
        assert_eq!(put(&bench, &member(), &path, json!({"bookId": 99})).await.status, 400);
        assert_eq!(put(&bench, &member(), &path, json!({"code": "x"})).await.status, 400);
        for path in ["/book-manage/output/999", "/book-manage/output/x"] {
            assert_eq!(put(&bench, &member(), path, json!({"status": 1})).await.status, 404);
        }
        let broken = json!({"actor": {"_value": 1}, "status": 99999, "processing": "x", "wf": 1});
        assert_eq!(put(&bench, &member(), &path, broken).await.status, 400);
        for session in [individual(), application()] {
            assert_eq!(put(&bench, &session, &path, json!({"status": 1})).await.status, 401);
        }
    }

    async fn an_application_finds_outputs_of_its_own_only(database: Database) {
        let bench = linked(database).await;
        let session = application_of(STORING);
        let find = |body| async { post(&bench, &session, "/book-manage/output", body).await.status };
        assert_eq!(find(json!({"type": 2})).await, 400);
        assert_eq!(find(json!({"app": {"_value": RECEIVING_APP}})).await, 400);
        assert_eq!(find(json!({"app": {"_value": STORING_APP}})).await, 200);
        assert_eq!(post(&bench, &individual(), "/book-manage/output", json!({"type": 2})).await.status, 401);
        assert_eq!(search(&bench, json!({"bookId": "x", "actor": {}})).await.refused_fields(), ["bookId", "_value"]);
    }

    async fn conditions_show_their_data(database: Database) {
        let bench = linked(database).await;
        prepared(&bench, region_end("pxr-1")).await;
        let id = bench.texts("id", "mcd_output_code_actor order by id").await.remove(0);
        bench.execute("update mcd_output_code_actor set target_term_start = '2020-01-01 00:00:00', ind_request = 'please'").await;
        let rows = "mcd_output_code_data_type (mcd_output_code_actor_id, document_catalog_code, document_catalog_version, document_id, \
                    event_catalog_code, event_catalog_version, thing_catalog_code, thing_catalog_version, event_id, thing_id, created_by, updated_by)";
        bench.execute(&format!("insert into {rows} values ({id}, 2, 1, 'd', null, null, null, null, null, null, 't', 't'), \
            ({id}, null, null, null, 3, 1, 4, 1, 'e1', 't1', 't', 't'), ({id}, null, null, null, 3, 1, 5, 1, 'e1', 't2', 't', 't'), \
            ({id}, null, null, null, null, null, 6, 1, null, 't9', 't', 't')")).await;
        let found = conditions(&bench, &format!("?id={id}&isServiceCanceled=false")).await;
        let data = json!({"document": [code(2)], "documentEntity": ["d"], "event": [{"_code": code(3), "thing": [code(4), code(5)]}],
            "eventEntity": [{"id": "e1", "thingEntity": ["t1", "t2"]}], "thing": [code(6)], "thingEntity": ["t9"]});
        let condition = &found[0]["condition"][0];
        assert_eq!(condition["dataType"], data);
        assert_eq!((&condition["request"], &condition["period"]), (&json!("please"), &json!({"start": "2020-01-01T00:00:00.000Z", "end": null})));
        assert_eq!(conditions(&bench, "?isServiceCanceled=true").await, json!([]));
        assert_eq!(conditions(&bench, "?approved=2").await, json!([]));
        let page = conditions(&bench, "?offset=1&limit=1").await;
        assert_eq!(page[0]["condition"].as_array().unwrap().len(), 1);
        for session in [individual(), application()] {
            assert_eq!(get(&bench, &session, "/book-manage/output/condition").await.status, 401);
        }
        let broken = get(&bench, &member(), "/book-manage/output/condition?id=x&limit=y").await;
        assert_eq!(broken.status, 400);
    }

    async fn files_are_added_changed_and_found(database: Database) {
        let bench = linked(database).await;
        let output = prepared(&bench, region_end("pxr-1")).await;
        let condition: i64 = bench.texts("id", "mcd_output_code_actor order by id").await.remove(0).parse().unwrap();
        let mut file = new_file(&output);
        file["mcdOutputCodeActorId"] = json!(condition);
        file["actor"] = code(STORING);
        let reply = post(&bench, &member(), FILES, file.clone()).await;
        let id = reply.body["id"].as_str().unwrap().to_owned();
        file["id"] = json!(id);
        assert_eq!((reply.status, reply.body), (200, file));
        let change = json!({"outputStatus": 1, "fileName": "f", "processing": 1});
        let changed = put(&bench, &member(), &format!("{FILES}/{id}"), change).await;
        let expected = json!({"mcdOutputCodeActorId": condition.to_string(), "code": output, "actor": {"_value": "401", "_ver": "1"},
            "outputApproved": null, "outputFileType": 1, "uploadFileType": null, "extDataRequested": null, "fileName": "f",
            "inputFileIsReady": 0, "outputStatus": 1, "isDeleteTarget": 1, "deleteStatus": 0, "processing": 1});
        assert_eq!((changed.status, changed.body), (200, expected));
        let find = |body: Value| { let bench = &bench; async move { post(bench, &member(), &format!("{FILES}/search"), body).await.body } };
        let found = find(json!({"code": output, "outputTypes": [2], "actor": code(STORING), "app": code(STORING_APP)})).await;
        let output_id: i64 = bench.text("id", "my_condition_data_output_code").await.parse().unwrap();
        let expected = json!([{"id": id, "pxrId": "pxr-1", "mcdOutputCodeId": output_id, "mcdOutputCodeActorId": condition, "code": output,
            "outputType": "2", "s3Bucket": null, "region": {"_value": "601", "_ver": "1"}, "actor": code(STORING),
            "app": {"_value": "501", "_ver": "1"}, "request": null, "outputFileType": 1, "uploadFileType": null, "extDataRequested": null,
            "fileName": "f", "inputFileIsReady": 0, "outputStatus": 1, "isDeleteTarget": 1, "deleteStatus": 0, "processing": 1}]);
        assert_eq!(found, expected);
        for other in [json!({"outputTypes": [4]}), json!({"app": code(RECEIVING_APP)}), json!({"processing": 0}), json!({"actor": {"_value": STORING, "_ver": 2}})] {
            assert_eq!(find(other.clone()).await, json!([]), "{other}");
        }
        assert_eq!(find(json!({"outputTypes": []})).await.as_array().unwrap().len(), 1);
    }

    async fn of_several_that_lock_at_once_exactly_one_wins(database: Database) {
        let bench = linked(database).await;
        let output = prepared(&bench, region_end("pxr-1")).await;
        let id = bench.text("id", "my_condition_data_output_code").await;
        let file = post(&bench, &member(), FILES, new_file(&output)).await.body["id"].as_str().unwrap().to_owned();
        let member = member();
        for path in [format!("/book-manage/output/{id}"), format!("{FILES}/{file}")] {
            let put = |body: Value| put(&bench, &member, &path, body);
            for _ in 0..2 {
                let lock = || put(json!({"processing": 1}));
                let (a, b, c) = tokio::join!(lock(), lock(), lock());
                let mut statuses = [a.status, b.status, c.status];
                statuses.sort_unstable();
                assert_eq!(statuses, [200, 409, 409], "{path}");
                assert_eq!(put(json!({"processing": 0})).await.status, 200, "whoever has it gives it back");
            }
        }
    }

    async fn files_of_nothing_are_refused(database: Database) {
        let bench = linked(database).await;
        assert_eq!(post(&bench, &member(), FILES, new_file("unknown")).await.status, 400);
        for path in [format!("{FILES}/999"), format!("{FILES}/x")] {
            assert_eq!(put(&bench, &member(), &path, json!({"outputStatus": 1})).await.status, 404);
        }
        let reply = post(&bench, &member(), FILES, json!({"code": "", "deleteStatus": "x"})).await;
        assert_eq!(reply.refused_fields(), ["code", "deleteStatus", "outputFileType", "inputFileIsReady", "outputStatus", "isDeleteTarget", "processing"]);
        for session in [individual(), application()] {
            assert_eq!(post(&bench, &session, FILES, new_file("x")).await.status, 401);
            assert_eq!(post(&bench, &session, &format!("{FILES}/search"), json!({"code": "x"})).await.status, 401);
            assert_eq!(put(&bench, &session, &format!("{FILES}/1"), json!({"outputStatus": 1})).await.status, 401);
        }
        assert_eq!(post(&bench, &of_actor(&member(), STORING), &format!("{FILES}/search?approved=x"), json!({"code": "x"})).await.status, 400);
    }
}
