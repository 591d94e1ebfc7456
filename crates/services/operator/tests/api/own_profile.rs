//! Residents change their own profiles.

use chrono::TimeDelta;
use operator::Settings;
use serde_json::{Value, json};
use testkit::{Bench, Neighbours, Reply, on_both_databases};
use vocabulary::Session;

use super::{
    add, catalog, execute, get_as, identity, new_resident, operators, operators_with, put_as, text, texts,
};
use crate::{
    phone::prove,
    profile::{entry, profile, write},
    stand_ins::{Catalog, PHONE, PROFILE, YEAR, item},
};

const NAME: i64 = 30019;

/// Residents may change their year and, with a code, their phone.
fn changeable() -> Neighbours {
    let kind = |code: i64, flags: Value| {
        let mut kind = flags;
        kind["type"] = json!({"_value": code, "_ver": 1});
        kind
    };
    let items = json!([
        kind(NAME, json!({})),
        kind(YEAR, json!({"changable-flag": true})),
        kind(PHONE, json!({"changable-flag": true, "require-sms-verification": true})),
    ]);
    let template = json!({"item-group": [{"title": "g", "item": items}]});
    catalog()
        .answers_item(NAME, item(NAME, "ns", json!({})))
        .answers_item(PROFILE, item(PROFILE, "ns", template))
}

/// A resident with a profile.
async fn resident(database: testkit::Database) -> (Bench, Session) {
    let bench = operators_with(database, changeable(), Settings::default()).await;
    add(&bench, new_resident("r1")).await;
    let items = json!([entry(NAME, json!("n")), entry(YEAR, json!("1999")), entry(PHONE, json!("080-1"))]);
    assert_eq!(write(&bench, json!({"pxrId": "pxr-r1"}), profile(items)).await.status, 200);
    let own = identity(&bench, 0, "r1").await;
    (bench, own)
}

async fn change(bench: &Bench, session: &Session, items: Value) -> Reply {
    put_as(bench, session, "/operator/ind/user/info", profile(items)).await
}

on_both_databases! {
    async fn what_may_be_changed_is_changed_and_the_rest_stays(database: Database) {
        let (bench, own) = resident(database).await;
        let reply = change(&bench, &own, json!([entry(NAME, json!("other")), entry(YEAR, json!("2001"))])).await;
        assert_eq!((reply.status, reply.body), (200, json!({"status": "success"})));
        let items = json!([entry(NAME, json!("n")), entry(YEAR, json!("2001")), entry(PHONE, json!("080-1"))]);
        let read = get_as(&bench, &own, "/operator/ind/user/info").await;
        assert_eq!(read.body["userInfo"].to_string(), profile(items).to_string());
        let searched = texts(&bench, "value", "user_information where not is_disabled order by id").await;
        assert_eq!(searched, ["n", "2001", "080-1"]);
        assert_eq!(text(&bench, "mobile_phone", "operator").await, "080-1");
    }

    async fn nothing_that_may_be_changed_is_no_change(database: Database) {
        let (bench, own) = resident(database).await;
        assert_eq!(change(&bench, &own, json!([entry(NAME, json!("other"))])).await.status, 204);
        assert_eq!(change(&bench, &own, json!([])).await.status, 204);
    }

    async fn another_phone_number_is_verified_first(database: Database) {
        let (bench, own) = resident(database).await;
        let phone = |number: &str| json!([entry(PHONE, json!(number))]);
        // The same number is no other one.
        assert_eq!(change(&bench, &own, phone("080-1")).await.status, 200);
        assert_eq!(change(&bench, &own, phone("080-2")).await.status, 401);
        prove(&bench, &own, "080-2").await;
        // The proof is about one number.
        assert_eq!(change(&bench, &own, phone("080-3")).await.status, 401);
        assert_eq!(change(&bench, &own, phone("080-2")).await.status, 200);
        assert_eq!(text(&bench, "mobile_phone", "operator").await, "080-2");
        // And counts once.
        assert_eq!(change(&bench, &own, phone("080-1")).await.status, 401);
        assert_eq!(text(&bench, "verification_result", "sms_verification_code").await, "3");
        assert_eq!(change(&bench, &own, phone("080-2")).await.status, 200);
    }

    async fn a_proof_does_not_count_for_ever(database: Database) {
        let (bench, own) = resident(database).await;
        prove(&bench, &own, "080-2").await;
        bench.advance(TimeDelta::minutes(61));
        assert_eq!(change(&bench, &own, json!([entry(PHONE, json!("080-2"))])).await.status, 401);
    }

    async fn contents_keep_their_pattern_and_their_kind(database: Database) {
        let (bench, own) = resident(database).await;
        for wrong in [json!("year"), json!(2001), json!(""), Value::Null] {
            assert_eq!(change(&bench, &own, json!([entry(YEAR, wrong.clone())])).await.status, 400, "{wrong}");
        }
        assert_eq!(change(&bench, &own, json!([entry(PHONE, json!(true))])).await.status, 400);
        // What says nothing changes nothing.
        assert_eq!(change(&bench, &own, json!([entry(PHONE, json!(""))])).await.status, 200);
        assert_eq!(text(&bench, "mobile_phone", "operator").await, "080-1");
    }

    async fn without_a_profile_there_is_nothing_to_change(database: Database) {
        let (bench, own) = resident(database).await;
        for broken in ["null", "'{}'", "'x'"] {
            execute(&bench, &format!("update operator set user_information = {broken}")).await;
            assert_eq!(change(&bench, &own, json!([entry(YEAR, json!("2001"))])).await.status, 400, "{broken}");
        }
    }

    async fn where_the_catalog_lets_nobody_change_anything_nobody_does(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        write(&bench, json!({"pxrId": "pxr-r1"}), profile(json!([entry(YEAR, json!("1999"))]))).await;
        let own = identity(&bench, 0, "r1").await;
        assert_eq!(change(&bench, &own, json!([entry(YEAR, json!("2001"))])).await.status, 401);
    }

    async fn only_whoever_is_logged_in_here(database: Database) {
        let (bench, own) = resident(database).await;
        let body = profile(json!([entry(YEAR, json!("2001"))]));
        assert_eq!(bench.put("/operator/ind/user/info").json(body).send().await.status, 401);
        // The same id in another block is somebody else.
        let elsewhere = testkit::of_actor(&own, 1);
        assert_eq!(change(&bench, &elsewhere, json!([entry(YEAR, json!("2001"))])).await.status, 400);
    }

    async fn bad_input_names_every_field(database: Database) {
        let (bench, own) = resident(database).await;
        let send = |body: Value| async { put_as(&bench, &own, "/operator/ind/user/info", body).await };
        assert_eq!(send(json!({})).await.refused_fields(), ["_code", "item-group"]);
        assert_eq!(send(json!([])).await.status, 400);
        let broken = profile(json!([{"title": 1, "type": {"_value": "x"}, "content": {}}]));
        assert_eq!(send(broken).await.refused_fields(), ["title", "_value", "_ver", "content"]);
        assert_eq!(send(json!("text")).await.status, 400);
    }
}
