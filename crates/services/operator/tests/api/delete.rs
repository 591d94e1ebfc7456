//! Deleting operators, and taking a deletion back.

use chrono::TimeDelta;
use platform::Origin;
use serde_json::{Value, json};
use testkit::{Bench, Reply, individual, member, member_with, on_both_databases};
use vocabulary::Session;

use super::{
    add, check, count, delete_as, full, hash, identity, log_in, new_member, new_resident, new_user,
    operators, post_as, put_as, session_of, text, texts,
};
use crate::stand_ins::APPLICATION;

async fn delete(bench: &Bench, session: &Session, id: i64) -> Reply {
    delete_as(bench, session, &format!("/operator/{id}")).await
}

async fn restore(bench: &Bench, session: &Session, id: i64) -> Reply {
    put_as(bench, session, &format!("/operator/cancelDelete/{id}?register=root01"), json!({})).await
}

fn new_application() -> Value {
    json!({"type": 2, "loginId": "app", "hpassword": hash('a'), "roles": [{"_value": APPLICATION, "_ver": 1}]})
}

fn may_only(action: &str) -> Session {
    member_with(json!({"member": {action: true}}))
}

on_both_databases! {
    async fn whoever_is_deleted_is_gone_and_the_login_id_is_free(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        let reply = delete(&bench, &member(), id).await;
        assert_eq!((reply.status, reply.body), (200, json!({"operatorId": id.to_string(), "register": "member01"})));
        assert_eq!(reply.headers.get("set-cookie"), None);
        assert_eq!(check(&bench, &session_id).await.status, 401);
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 401);
        assert_eq!(text(&bench, "unique_check_login_id", "operator").await, id.to_string());
        assert_eq!(text(&bench, "updated_by", "operator").await, "member01");
        // Once.
        assert_eq!(delete(&bench, &member(), id).await.status, 400);
        assert_ne!(add(&bench, new_resident("r1")).await, id);
    }

    async fn whoever_deletes_himself_is_logged_out(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        let own = bench.delete(&format!("/operator/{id}"));
        let reply = own.header("cookie", &format!("operator_type0_session={session_id}")).send().await;
        assert_eq!((reply.status, &reply.body["register"]), (200, &json!("r1")));
        let removed = reply.headers.get("set-cookie").unwrap().to_str().unwrap();
        assert!(removed.starts_with("operator_type0_session=; Max-Age=0"), "{removed}");
        assert_eq!(count(&bench, "session where expire_at > '2026-01-01 18:04:06'").await, 0);
    }

    async fn roles_go_with_their_application(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_application()).await;
        assert_eq!(delete(&bench, &member(), id).await.status, 200);
        assert_eq!(count(&bench, "role_setting where not is_disabled").await, 0);
    }

    async fn others_are_deleted_by_members_who_may(database: Database) {
        let bench = operators(database).await;
        // None of them has the id of a caller.
        for number in 1..4 {
            add(&bench, new_user("u", number)).await;
        }
        let id = add(&bench, new_resident("r1")).await;
        let user = add(&bench, new_user("u1", 7)).await;
        let helpless = member_with(json!({"member": {"add": true, "update": true, "delete": "true"}}));
        for session in [helpless, individual(), testkit::application()] {
            assert_eq!(delete(&bench, &session, id).await.status, 401);
        }
        assert_eq!(bench.delete(&format!("/operator/{id}")).send().await.status, 401);
        let outside = bench.delete(&format!("/operator/{id}")).session(&member()).from(Origin::Public);
        assert_eq!(outside.send().await.status, 401);
        assert_eq!(count(&bench, "operator where is_disabled").await, 0);
        assert_eq!(delete(&bench, &may_only("delete"), user).await.status, 200);
        assert_eq!(delete(&bench, &identity(&bench, 0, "r1").await, id).await.status, 200);
    }

    async fn a_session_in_the_cookie_of_another_type_deletes_nothing(database: Database) {
        let bench = operators(database).await;
        let own = add(&bench, new_resident("r1")).await;
        let other = add(&bench, new_resident("r2")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        let both = format!("operator_type0_session={session_id}; operator_type3_session={session_id}");
        let wrong = format!("operator_type3_session={session_id}");
        for (id, cookie) in [(other, &both), (own, &wrong), (other, &wrong)] {
            let reply = bench.delete(&format!("/operator/{id}")).header("cookie", cookie).send().await;
            assert_eq!(reply.status, 401, "{cookie}");
        }
        assert_eq!(count(&bench, "operator where is_disabled").await, 0);
    }

    async fn the_last_member_with_all_rights_stays(database: Database) {
        let bench = operators(database).await;
        let first = add(&bench, new_member("root01")).await;
        let mut partial = new_member("root02");
        partial["auth"] = json!({"member": {"add": true}});
        let partial = add(&bench, partial).await;
        assert_eq!(delete(&bench, &identity(&bench, 3, "root01").await, first).await.status, 401);
        // One with less may go.
        assert_eq!(delete(&bench, &member(), partial).await.status, 200);
        let second = add(&bench, new_member("root03")).await;
        // At once: one of the two stays.
        let session = member();
        let (one, two) = tokio::join!(delete(&bench, &session, first), delete(&bench, &session, second));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
        assert_eq!(count(&bench, "operator where not is_disabled").await, 1);
    }

    async fn a_deletion_taken_back_leaves_everything_as_it_was(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_application()).await;
        // Roles that were replaced before stay replaced.
        bench.advance(TimeDelta::seconds(1));
        let roles = json!({"roles": [{"_value": APPLICATION, "_ver": 1}]});
        assert_eq!(put_as(&bench, &member(), &format!("/operator/{id}"), roles).await.status, 200);
        bench.advance(TimeDelta::seconds(1));
        assert_eq!(delete(&bench, &member(), id).await.status, 200);
        bench.advance(TimeDelta::seconds(1));
        let reply = restore(&bench, &member(), id).await;
        assert_eq!((reply.status, reply.body), (200, json!({"operatorId": id})));
        assert_eq!(text(&bench, "unique_check_login_id", "operator").await, "app2");
        assert_eq!(text(&bench, "updated_by", "operator").await, "root01");
        assert_eq!(count(&bench, "role_setting where not is_disabled").await, 1);
        assert_eq!(log_in(&bench, 2, "app", &hash('a')).await.status, 200);
        // Again: nothing to take back.
        assert_eq!(restore(&bench, &member(), id).await.status, 200);
        let user = add(&bench, new_user("u1", 7)).await;
        delete(&bench, &member(), user).await;
        assert_eq!(restore(&bench, &may_only("add"), user).await.status, 200);
        assert_eq!(texts(&bench, "unique_check_login_id", "operator order by id").await, ["app2", "u107true"]);
    }

    async fn a_deletion_is_not_taken_back_when_the_names_are_taken(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        delete(&bench, &member(), id).await;
        let mut other = new_resident("r2");
        other["pxrId"] = json!("pxr-r1");
        let other = add(&bench, other).await;
        assert_eq!(restore(&bench, &member(), id).await.status, 400);
        delete(&bench, &member(), other).await;
        // Of two at once that would be the same person one comes back.
        let session = member();
        let (one, two) = tokio::join!(restore(&bench, &session, id), restore(&bench, &session, other));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }

    async fn only_services_take_a_deletion_back_for_members_who_may(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        delete(&bench, &member(), id).await;
        let path = format!("/operator/cancelDelete/{id}");
        for session in [individual(), testkit::application(), may_only("update")] {
            assert_eq!(put_as(&bench, &session, &path, json!({})).await.status, 401);
        }
        assert_eq!(bench.put(&path).send().await.status, 401);
        let own = bench.put(&path).header("cookie", &format!("operator_type0_session={session_id}"));
        assert_eq!(own.send().await.status, 401);
        add(&bench, new_member("root01")).await;
        let cookie = format!("operator_type3_session={}", session_of(&bench, 3, "root01").await);
        let outside = bench.put(&path).header("cookie", &cookie).from(Origin::Public);
        assert_eq!(outside.send().await.status, 401);
        assert_eq!(count(&bench, "operator where is_disabled").await, 1);
    }

    async fn nothing_but_the_block_itself_is_needed(database: Database) {
        let nobody = testkit::Neighbours::new();
        let bench = crate::operators_with(database, nobody, operator::Settings::default()).await;
        let id = add(&bench, new_resident("r1")).await;
        assert_eq!(delete(&bench, &member(), id).await.status, 200);
        assert_eq!(restore(&bench, &member(), id).await.status, 200);
        assert!(bench.neighbours.asked().is_empty());
    }

    async fn bad_input_names_the_field(database: Database) {
        let bench = operators(database).await;
        assert_eq!(delete_as(&bench, &member(), "/operator/x").await.refused_fields(), ["operatorId"]);
        assert_eq!(delete(&bench, &member(), 99).await.status, 400);
        assert_eq!(restore(&bench, &member(), 99).await.status, 400);
        let put = |path: &'static str| async { put_as(&bench, &member(), path, json!({})).await };
        assert_eq!(put("/operator/cancelDelete/x?register=a").await.refused_fields(), ["operatorId"]);
        assert_eq!(put("/operator/cancelDelete/1?register=a%00").await.refused_fields(), ["register"]);
        assert_eq!(post_as(&bench, &member(), "/operator/cancelDelete/1", full()).await.status, 404);
    }
}
