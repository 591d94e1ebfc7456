//! A member gives somebody a new password.

use serde_json::json;
use testkit::{Bench, Reply, individual, member, member_with, on_both_databases};
use vocabulary::Session;

use super::{
    add, check, count, hash, log_in, new_member, new_resident, new_user, operators, put_as, session_of, text,
};

async fn reset(bench: &Bench, session: &Session, id: i64, sign: char) -> Reply {
    put_as(bench, session, &format!("/operator/password/{id}"), json!({"newHpassword": hash(sign)})).await
}

on_both_databases! {
    async fn whoever_had_no_password_gets_one(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        crate::execute(&bench, "update operator set hpassword = null").await;
        assert_eq!(reset(&bench, &member(), id, 'b').await.status, 200);
        assert_eq!(count(&bench, "password_history").await, 0);
        assert_eq!(log_in(&bench, 0, "r1", &hash('b')).await.status, 200);
    }

    async fn a_reset_password_is_an_initial_one(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        let reply = reset(&bench, &member(), id, 'b').await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"result": "ok"})));
        // Whoever was logged in is no longer.
        assert_eq!(check(&bench, &session_id).await.status, 401);
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 401);
        let reply = log_in(&bench, 0, "r1", &hash('b')).await;
        assert_eq!((reply.status, &reply.body["passwordChangedFlg"]), (200, &json!(false)));
        assert_eq!(reply.body["attributes"]["initialPasswordExpire"], "2026-01-09T03:04:05.678+0900");
        assert_eq!(text(&bench, "created_by", "password_history").await, "r1");
        assert_eq!(text(&bench, "updated_by", "operator").await, "r1");
    }

    async fn a_members_attributes_stay(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        assert_eq!(reset(&bench, &member(), id, 'b').await.status, 200);
        assert_eq!(text(&bench, "attributes", "operator").await, "{}");
        assert_eq!(log_in(&bench, 3, "root01", &hash('b')).await.status, 200);
    }

    async fn a_used_password_is_refused(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        assert_eq!(reset(&bench, &member(), id, 'a').await.status, 400);
        assert_eq!(reset(&bench, &member(), id, 'b').await.status, 200);
        assert_eq!(reset(&bench, &member(), id, 'a').await.status, 400);
        assert_eq!(count(&bench, "password_history").await, 1);
    }

    async fn only_members_who_may_add(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let helpless = member_with(json!({"member": {"update": true, "delete": true}}));
        for session in [helpless, individual(), testkit::application()] {
            assert_eq!(reset(&bench, &session, id, 'b').await.status, 401);
        }
        let path = format!("/operator/password/{id}");
        assert_eq!(bench.put(&path).json(json!({"newHpassword": hash('b')})).send().await.status, 401);
        let cookie = format!("operator_type3_session={}", session_of(&bench, 3, "root01").await);
        let own = bench.put(&path).header("cookie", &cookie).json(json!({"newHpassword": hash('b')}));
        assert_eq!(own.send().await.status, 200);
    }

    async fn nobody_who_cannot_log_in_gets_a_password(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_user("u1", 7)).await;
        assert_eq!(reset(&bench, &member(), id, 'b').await.status, 400);
        assert_eq!(reset(&bench, &member(), 99, 'b').await.status, 400);
    }

    async fn bad_input_names_the_field(database: Database) {
        let bench = operators(database).await;
        let put = |path: &'static str, body| async { put_as(&bench, &member(), path, body).await };
        assert_eq!(put("/operator/password/x", json!({"newHpassword": hash('b')})).await.refused_fields(), ["operatorId"]);
        assert_eq!(put("/operator/password/1", json!({})).await.refused_fields(), ["newHpassword"]);
        assert_eq!(put("/operator/password/1", json!({"newHpassword": "short"})).await.refused_fields(), ["newHpassword"]);
        assert_eq!(put("/operator/password/1", json!([])).await.status, 400);
    }
}
