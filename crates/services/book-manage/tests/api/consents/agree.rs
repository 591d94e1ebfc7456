//! Agreeing and withdrawing.

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, application, individual, member, on_both_databases, resident};
use vocabulary::ServiceName;

use super::*;
use crate::post;

const ROWS: &str = "data_operation_data_type where is_disabled = false";

/// What the standing rows say: document, event, thing, and whether it is allowed.
async fn rows(bench: &Bench) -> Vec<String> {
    let column = |name: &str| format!("coalesce(cast({name}_catalog_code as text), '-')");
    let allowed = "case when consent_flg then 'yes' else 'no' end";
    let all = format!(
        "{} || ' ' || {} || ' ' || {} || ' ' || {allowed}",
        column("document"),
        column("event"),
        column("thing")
    );
    bench.texts(&all, &format!("{ROWS} order by id")).await
}

async fn withdraw(bench: &Bench, who: &str, path: &str) -> u16 {
    bench.delete(path).session(&resident(who)).send().await.status
}

on_both_databases! {
    async fn an_agreement_has_a_row_for_each_kind_of_data(database: Database) {
        let bench = residents(database).await;
        let mut wish = store_wish();
        wish["excludeEvent"] = json!([{"code": code(EVENT), "excludeThing": [{"code": code(OTHER_THING)}]}]);
        let reply = agree_to_store(&bench, "pxr-1", wish).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"result": "success"})));
        assert_eq!(rows(&bench).await, ["10 - - yes", "- 20 30 yes", "- 20 31 no"]);
        assert_eq!(bench.texts("catalog_uuid", ROWS).await, [ELEMENT; 3]);
        let operation = "data_operation where type = 'store' and operation_catalog_code = 701 and operation_catalog_version = 1 \
                         and actor_catalog_code = 401 and app_catalog_code = 501 and app_catalog_version = 1 and not is_disabled";
        assert_eq!(bench.texts("created_by", operation).await, ["pxr-1"]);
    }

    async fn sharing_has_rows_for_lone_things_too(database: Database) {
        let bench = residents(database).await;
        let mut wish = share_wish();
        wish["app"] = json!({"_value": RECEIVING_APP});
        wish["excludeDocument"] = json!([{"code": code(DOCUMENT)}]);
        wish["excludeThing"] = json!([{"code": code(LONE_THING)}]);
        assert_eq!(agree_to_share(&bench, "pxr-1", wish).await.status, 200);
        assert_eq!(rows(&bench).await, ["10 - - no", "- 20 30 yes", "- 20 31 yes", "- - 32 no"]);
    }

    async fn agreeing_again_replaces_what_was_said_before(database: Database) {
        let bench = residents(database).await;
        let mut wish = store_wish();
        wish["excludeDocument"] = json!([{"code": code(DOCUMENT)}]);
        assert_eq!(agree_to_store(&bench, "pxr-1", wish).await.status, 200);
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        assert_eq!(rows(&bench).await, ["10 - - yes", "- 20 30 yes", "- 20 31 yes"]);
        assert_eq!(bench.count("data_operation").await, 1);
    }

    async fn of_two_agreements_at_once_one_stands_whole(database: Database) {
        let bench = residents(database).await;
        let mut less = store_wish();
        less["excludeEvent"] = json!([{"code": code(EVENT), "excludeThing": [{"code": code(THING)}, {"code": code(OTHER_THING)}]}]);
        let (one, other) =
            tokio::join!(agree_to_store(&bench, "pxr-1", store_wish()), agree_to_store(&bench, "pxr-1", less));
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(bench.count("data_operation").await, 1);
        let rows = rows(&bench).await;
        let whole = [["10 - - yes", "- 20 30 yes", "- 20 31 yes"], ["10 - - yes", "- 20 30 no", "- 20 31 no"]];
        assert!(whole.iter().any(|whole| rows == *whole), "{rows:?}");
    }

    async fn only_residents_agree(database: Database) {
        let bench = residents(database).await;
        for path in ["/book-manage/settings/store", "/book-manage/setting/share", "/book-manage/ind/setting/share"] {
            let wish = if path.contains("store") { store_wish() } else { share_wish() };
            for session in [member(), application()] {
                assert_eq!(post(&bench, &session, path, wish.clone()).await.status, 401, "{path}");
            }
            assert_eq!(bench.post(path).json(wish).send().await.status, 401, "{path}");
        }
        assert_eq!(bench.count("data_operation").await, 0);
    }

    async fn whoever_has_no_book_cannot_agree(database: Database) {
        let bench = residents(database).await;
        assert_eq!(agree_to_store(&bench, "pxr-9", store_wish()).await.status, 401);
        assert_eq!(agree_to_store(&bench, "", store_wish()).await.status, 401);
        assert_eq!(agree_to_share(&bench, "pxr-9", share_wish()).await.status, 400);
        bench.execute("update my_condition_book set is_disabled = true").await;
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 401);
    }

    async fn only_what_the_linked_application_offers_can_be_agreed_to(database: Database) {
        let bench = residents(database).await;
        let with = |key: &str, value: Value| {
            let mut wish = store_wish();
            wish[key] = value;
            wish
        };
        // Another actor's application, and another application's definition.
        assert_eq!(agree_to_store(&bench, "pxr-1", with("app", code(RECEIVING_APP))).await.status, 400);
        assert_eq!(agree_to_store(&bench, "pxr-1", with("store", code(SHARE))).await.status, 400);
        for path in ["/catalog/999", "/catalog/701/9"] {
            drop(bench.neighbours.clone().refuses(ServiceName::Catalog, Method::GET, path, 404, Value::Null));
        }
        assert_eq!(agree_to_store(&bench, "pxr-1", with("actor", code(999))).await.status, 404);
        assert_eq!(agree_to_store(&bench, "pxr-1", with("store", json!({"_value": STORE, "_ver": 9}))).await.status, 404);
        bench.execute("update user_id_cooperate set status = 0 where user_id = 's1'").await;
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 400);
        assert_eq!(bench.count("data_operation").await, 0);
    }

    async fn a_catalog_that_does_not_answer_is_said_so(database: Database) {
        let bench = residents(database).await;
        drop(bench.neighbours.clone().refuses(ServiceName::Catalog, Method::GET, "/catalog/401", 500, Value::Null));
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 503);
        drop(bench.neighbours.clone().refuses(ServiceName::Catalog, Method::GET, "/catalog/401", 404, Value::Null));
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 404);
    }

    async fn a_definition_counts_for_one_application(database: Database) {
        let bench = residents(database).await;
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        bench.execute("update data_operation set app_catalog_code = 599").await;
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 409);
        assert_eq!(agree_to_store(&bench, "pxr-2", store_wish()).await.status, 200);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = residents(database).await;
        let broken = json!({"actor": {"_value": "1"}, "app": 5, "storeCatalogId": 1, "wf": code(1),
                            "excludeDocument": [{}], "excludeEvent": [{"code": code(1)}]});
        let reply = agree_to_store(&bench, "pxr-1", broken).await;
        let fields = ["_value", "_ver", "app", "store", "storeCatalogId", "code", "excludeThing", "wf"];
        assert_eq!((reply.status, reply.refused_fields()), (400, fields.to_vec()));
        let reply = agree_to_share(&bench, "pxr-1", json!({"excludeThing": 1})).await;
        assert_eq!(reply.refused_fields(), ["actor", "app", "share", "shareCatalogId", "excludeThing"]);
        for body in [json!({}), json!([]), json!([store_wish()])] {
            assert_eq!(agree_to_store(&bench, "pxr-1", body).await.status, 400);
        }
    }

    async fn a_withdrawn_agreement_and_its_rows_are_gone(database: Database) {
        let bench = residents(database).await;
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        assert_eq!(agree_to_share(&bench, "pxr-1", share_wish()).await.status, 200);
        let (store, share) = (agreement(&bench, "pxr-1", "store").await, agreement(&bench, "pxr-1", "share").await);
        // Each path withdraws its own kind.
        assert_eq!(withdraw(&bench, "pxr-1", &format!("/book-manage/settings/store/{share}")).await, 404);
        assert_eq!(withdraw(&bench, "pxr-1", &format!("/book-manage/settings/store/{store}")).await, 200);
        assert_eq!(withdraw(&bench, "pxr-1", &format!("/book-manage/settings/store/{store}")).await, 404);
        assert_eq!(withdraw(&bench, "pxr-1", &format!("/book-manage/ind/setting/share/{share}")).await, 200);
        assert_eq!(bench.count("data_operation where is_disabled = false").await, 0);
        assert_eq!(bench.count(ROWS).await, 0);
        // The same row stands again after a new agreement.
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        assert_eq!((bench.count("data_operation").await, bench.count(ROWS).await), (2, 3));
    }

    async fn nobody_withdraws_what_another_resident_agreed_to(database: Database) {
        let bench = residents(database).await;
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        let path = format!("/book-manage/settings/store/{}", agreement(&bench, "pxr-1", "store").await);
        assert_eq!(withdraw(&bench, "pxr-2", &path).await, 404);
        assert_eq!(withdraw(&bench, "pxr-9", &path).await, 400);
        for session in [member(), application()] {
            assert_eq!(bench.delete(&path).session(&session).send().await.status, 401);
        }
        assert_eq!(bench.count(ROWS).await, 3);
    }

    async fn of_two_withdrawals_at_once_one_is_heard(database: Database) {
        let bench = residents(database).await;
        assert_eq!(agree_to_share(&bench, "pxr-1", share_wish()).await.status, 200);
        let path = format!("/book-manage/setting/share/{}", agreement(&bench, "pxr-1", "share").await);
        let (one, other) = tokio::join!(withdraw(&bench, "pxr-1", &path), withdraw(&bench, "pxr-1", &path));
        let mut statuses = [one, other];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404]);
    }

    async fn what_is_no_id_is_no_agreement(database: Database) {
        let bench = residents(database).await;
        for id in ["x", "99999999999999999999", "1.5", "-1"] {
            let path = format!("/book-manage/settings/store/{id}");
            assert_eq!(bench.delete(&path).session(&individual()).send().await.status, 404, "{id}");
        }
    }

    async fn whoever_agreed_is_reminded_no_more(database: Database) {
        let bench = residents(database).await;
        bench.execute("insert into data_operation_notification (_value, _ver, status, created_by, updated_by) values (701, 2, 1, 't', 't')").await;
        let id = bench.text("id", "data_operation_notification").await;
        for book in bench.texts("id", "my_condition_book order by id").await {
            let columns = "data_operation_notification_id, book_id, created_by, updated_by";
            bench.execute(&format!("insert into data_operation_notification_ind ({columns}) values ({id}, {book}, 't', 't')")).await;
        }
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        let open = "data_operation_notification_ind i join my_condition_book b on b.id = i.book_id where i.status = 0";
        assert_eq!(bench.texts("b.pxr_id", open).await, ["pxr-2"]);
    }
}
