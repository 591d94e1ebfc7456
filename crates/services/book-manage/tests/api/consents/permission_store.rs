//! May these data be stored?

use serde_json::{Value, json};
use testkit::{Bench, Reply, individual, member, on_both_databases, resident};

use super::*;

const PATH: &str = "/book-manage/settings/store/permission";

fn question(kinds: &[i64]) -> Value {
    let kinds: Vec<_> = kinds.iter().map(|kind| code(*kind)).collect();
    json!({"userId": "s1", "actorCode": STORING, "appCode": STORING_APP, "wfCode": null, "datatype": kinds})
}

async fn ask(bench: &Bench, query: &str, kinds: &[i64]) -> Reply {
    post(bench, &application_of(STORING), &format!("{PATH}{query}"), question(kinds)).await
}

on_both_databases! {
    async fn what_was_agreed_to_may_be_stored(database: Database) {
        let bench = residents(database).await;
        let none = json!({"checkResult": false, "datatype": null});
        assert_eq!(ask(&bench, "", &[EVENT]).await.body, none, "nothing was agreed to");
        let mut wish = store_wish();
        wish["excludeEvent"] = json!([{"code": code(EVENT), "excludeThing": [{"code": code(OTHER_THING)}]}]);
        agree_to_store(&bench, "pxr-1", wish).await;
        let reply = ask(&bench, "", &[THING, EVENT, DOCUMENT]).await;
        let all = json!({"checkResult": true, "datatype": [code(THING), code(EVENT), code(DOCUMENT)]});
        assert_eq!((reply.status, reply.body), (200, all));
        for kinds in [&[OTHER_THING][..], &[THING, OTHER_THING], &[LONE_THING], &[99]] {
            assert_eq!(ask(&bench, "", kinds).await.body, none, "{kinds:?}");
        }
    }

    async fn a_part_may_go_when_the_caller_wants_it_so(database: Database) {
        let bench = residents(database).await;
        agree_to_store(&bench, "pxr-1", store_wish()).await;
        let part = json!({"checkResult": true, "datatype": [code(THING)]});
        assert_eq!(ask(&bench, "?allowPartialStore=true", &[99, THING]).await.body, part);
        assert_eq!(ask(&bench, "?allowPartialStore=true", &[99]).await.body["checkResult"], false);
        assert_eq!(ask(&bench, "?allowPartialStore=0", &[99, THING]).await.body["checkResult"], false);
        assert_eq!(ask(&bench, "?allowPartialStore=perhaps", &[THING]).await.refused_fields(), ["allowPartialStore"]);
    }

    async fn a_withdrawal_counts_at_the_next_question(database: Database) {
        let bench = residents(database).await;
        agree_to_store(&bench, "pxr-1", store_wish()).await;
        assert_eq!(ask(&bench, "", &[THING]).await.body["checkResult"], true);
        let path = format!("/book-manage/settings/store/{}", agreement(&bench, "pxr-1", "store").await);
        assert_eq!(bench.delete(&path).session(&resident("pxr-1")).send().await.status, 200);
        assert_eq!(ask(&bench, "", &[THING]).await.body["checkResult"], false);
        agree_to_store(&bench, "pxr-1", store_wish()).await;
        assert_eq!(ask(&bench, "", &[THING]).await.body["checkResult"], true);
    }

    async fn the_agreement_of_one_resident_says_nothing_about_another(database: Database) {
        let bench = residents(database).await;
        agree_to_store(&bench, "pxr-2", store_wish()).await;
        assert_eq!(ask(&bench, "", &[THING]).await.body["checkResult"], false);
    }

    async fn only_the_actor_itself_may_ask(database: Database) {
        let bench = residents(database).await;
        agree_to_store(&bench, "pxr-1", store_wish()).await;
        for session in [application_of(RECEIVING), individual(), member()] {
            assert_eq!(post(&bench, &session, PATH, question(&[THING])).await.status, 401);
        }
        assert_eq!(bench.post(PATH).json(question(&[THING])).send().await.status, 401);
    }

    async fn an_unknown_user_is_refused(database: Database) {
        let bench = residents(database).await;
        for user in ["nobody", "r1"] {
            let mut question = question(&[THING]);
            question["userId"] = json!(user);
            assert_eq!(post(&bench, &application_of(STORING), PATH, question).await.status, 400);
        }
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = residents(database).await;
        let send = |body| async { post(&bench, &application_of(STORING), PATH, body).await };
        let reply = send(json!({})).await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["userId", "actorCode", "appCode", "datatype"]));
        let mut broken = question(&[]);
        assert_eq!(send(broken.clone()).await.refused_fields(), ["datatype"]);
        broken["datatype"] = json!([{"_value": 0, "_ver": "x"}, 5]);
        assert_eq!(send(broken).await.refused_fields(), ["_value", "_ver", "1"]);
        assert_eq!(send(json!([question(&[THING])])).await.status, 400);
    }
}
