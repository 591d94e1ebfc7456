//! Reminding residents of definitions that changed.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Bench, Database, application, individual, member, of_actor, on_both_databases};

use super::*;
use crate::get;

const DUE: &str = "/book-manage/settings/target";
const FIND: &str = "/book-manage/settings/target/find";

/// Both residents agreed to store, and the definition has a new version.
async fn changed(database: Database) -> Bench {
    let bench = residents(database).await;
    for who in ["pxr-1", "pxr-2"] {
        assert_eq!(agree_to_store(&bench, who, store_wish()).await.status, 200);
    }
    announce(&bench, json!([{"_value": STORE, "_ver": 2}])).await;
    bench
}

async fn announce(bench: &Bench, codes: Value) {
    let reply =
        post(bench, &of_actor(&member(), STORING), "/book-manage/settings/update", json!({"codes": codes}))
            .await;
    assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
}

async fn find(bench: &Bench) {
    assert_eq!(get(bench, &member(), FIND).await.status, 200);
}

async fn due(bench: &Bench, query: &str) -> Value {
    get(bench, &member(), &format!("{DUE}{query}")).await.body
}

on_both_databases! {
    async fn whoever_agreed_to_an_older_version_is_reminded(database: Database) {
        let bench = changed(database).await;
        announce(&bench, json!([{"_value": STORE, "_ver": 1}, {"_value": 999}])).await;
        assert_eq!(due(&bench, "").await, json!([]));
        find(&bench).await;
        find(&bench).await;
        let of = |who: &str| json!({"pxrId": who, "dataOperations": [{"_value": STORE, "_ver": 2}]});
        assert_eq!(due(&bench, "").await, json!([of("pxr-1"), of("pxr-2")]));
        assert_eq!(due(&bench, "?offset=1&limit=1").await, json!([of("pxr-2")]));
        assert_eq!(bench.count("data_operation_notification where status = 1").await, 3);
    }

    async fn two_searches_at_once_remind_once(database: Database) {
        let bench = changed(database).await;
        tokio::join!(find(&bench), find(&bench));
        assert_eq!(bench.count("data_operation_notification_ind").await, 2);
    }

    async fn a_reminder_is_repeated_after_a_week_until_it_is_heeded(database: Database) {
        let bench = changed(database).await;
        find(&bench).await;
        let path = "/book-manage/settings/notification/complete";
        assert_eq!(post(&bench, &member(), path, json!({"pxrId": "pxr-1"})).await.status, 200);
        assert_eq!(due(&bench, "").await[0]["pxrId"], "pxr-2");
        bench.advance(TimeDelta::days(7) + TimeDelta::milliseconds(1));
        assert_eq!(due(&bench, "").await[0]["pxrId"], "pxr-1");
        assert_eq!(agree_to_store(&bench, "pxr-1", store_wish()).await.status, 200);
        assert_eq!(due(&bench, "").await[0]["pxrId"], "pxr-2");
        assert_eq!(post(&bench, &member(), path, json!({"pxrId": "pxr-9"})).await.status, 404);
        assert_eq!(post(&bench, &member(), path, json!({})).await.status, 400);
    }

    async fn closed_books_are_left_alone(database: Database) {
        let bench = changed(database).await;
        find(&bench).await;
        bench.execute("update my_condition_book set is_disabled = true where pxr_id = 'pxr-1'").await;
        assert_eq!(due(&bench, "").await.as_array().unwrap().len(), 1);
    }

    async fn only_members_of_the_root_remind(database: Database) {
        let bench = changed(database).await;
        for session in [individual(), application(), of_actor(&member(), STORING)] {
            assert_eq!(get(&bench, &session, DUE).await.status, 401);
            assert_eq!(get(&bench, &session, FIND).await.status, 401);
            let path = "/book-manage/settings/notification/complete";
            assert_eq!(post(&bench, &session, path, json!({"pxrId": "pxr-1"})).await.status, 401);
        }
        for session in [individual(), application()] {
            let body = json!({"codes": [{"_value": 1}]});
            assert_eq!(post(&bench, &session, "/book-manage/settings/update", body).await.status, 401);
        }
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = changed(database).await;
        let send = |codes: Value| {
            let bench = &bench;
            async move { post(bench, &member(), "/book-manage/settings/update", json!({"codes": codes})).await }
        };
        assert_eq!(send(json!([])).await.refused_fields(), ["codes"]);
        assert_eq!(send(json!([{"_ver": "x"}, 1])).await.refused_fields(), ["_value", "_ver", "1"]);
        assert_eq!(get(&bench, &member(), &format!("{DUE}?offset=-1&limit=x")).await.refused_fields(), ["offset", "limit"]);
    }
}
