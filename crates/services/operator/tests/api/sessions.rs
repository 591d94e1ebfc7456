//! Checking and ending sessions.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{member, on_both_databases};

use super::{
    add, catalog, check, execute, full, hash, log_in, new_member, new_resident, operators, operators_with,
    post, put_as, session_of, text,
};
use crate::stand_ins::{ACTOR, APPLICATION, BLOCK};

on_both_databases! {
    async fn a_session_says_who_its_operator_is(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 3, "root01").await;
        let reply = check(&bench, &session_id).await;
        assert_eq!(reply.status, 200);
        let identity = json!({
            "sessionId": session_id, "operatorId": id, "type": 3, "loginId": "root01", "name": "M",
            "auth": full(), "lastLoginAt": "2026-01-02T03:04:05.678+0900", "passwordChangedFlg": false,
            "attributes": {}, "block": {"_value": BLOCK, "_ver": 1}, "actor": {"_value": ACTOR, "_ver": 1},
        });
        // The order of members counts, too.
        assert_eq!(reply.body.to_string(), identity.to_string());
        // Other services ask with a slash at the end.
        assert_eq!(post(&bench, "/operator/session/", json!({"sessionId": session_id})).await.status, 200);
    }

    async fn residents_show_their_pxr_id_and_applications_their_roles(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let application = json!({"type": 2, "loginId": "app", "hpassword": hash('a'), "name": "A",
                                 "roles": [{"_value": APPLICATION, "_ver": 1}]});
        add(&bench, application).await;
        let resident = check(&bench, &session_of(&bench, 0, "r1").await).await.body;
        assert_eq!((&resident["pxrId"], &resident["mobilePhone"]), (&json!("pxr-r1"), &json!("09011112222")));
        assert_eq!(resident.get("auth"), None);
        let application = check(&bench, &session_of(&bench, 2, "app").await).await.body;
        assert_eq!(application["roles"], json!([{"_value": APPLICATION, "_ver": 1}]));
        assert_eq!(application.get("pxrId"), None);
    }

    async fn whoever_reads_the_database_has_no_session(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 3, "root01").await;
        let stored = text(&bench, "id", "session").await;
        assert!(stored.starts_with("sha256:") && !stored.contains(&session_id), "{stored}");
        assert_eq!(check(&bench, &stored).await.status, 401);
        assert_eq!(post(&bench, "/operator/logout", json!({"sessionId": stored})).await.status, 400);
        // Sessions of the reference live on.
        execute(&bench, &format!("update session set id = 'of-the-reference' where operator_id = {id}")).await;
        assert_eq!(check(&bench, "of-the-reference").await.body["sessionId"], "of-the-reference");
        assert_eq!(post(&bench, "/operator/logout", json!({"sessionId": "of-the-reference"})).await.status, 200);
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(check(&bench, "of-the-reference").await.status, 401);
    }

    async fn a_shared_database_keeps_session_ids_as_the_reference_does(database: Database) {
        let settings = operator::Settings { plain_session_ids: true, ..operator::Settings::default() };
        let bench = operators_with(database, catalog(), settings).await;
        add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 3, "root01").await;
        assert_eq!(text(&bench, "id", "session").await, session_id);
    }

    async fn a_superseded_session_is_refused(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let first = session_of(&bench, 3, "root01").await;
        let second = session_of(&bench, 3, "root01").await;
        assert_eq!(check(&bench, &first).await.status, 401);
        assert_eq!(check(&bench, &second).await.status, 200);
        assert_eq!(check(&bench, "nonsense").await.status, 401);
    }

    async fn a_session_ends_after_three_hours_unless_it_is_extended_in_its_last_half_hour(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 3, "root01").await;
        let extend = || post(&bench, "/operator/session", json!({"sessionId": session_id, "extendFlg": true}));
        bench.advance(TimeDelta::minutes(150));
        // Exactly half an hour is left: not yet.
        assert_eq!(extend().await.status, 200);
        assert!(text(&bench, "expire_at", "session").await.contains("21:04:05"));
        bench.advance(TimeDelta::minutes(1));
        assert_eq!(check(&bench, &session_id).await.status, 200);
        assert!(text(&bench, "expire_at", "session").await.contains("21:04:05"));
        assert_eq!(extend().await.status, 200);
        assert!(text(&bench, "expire_at", "session").await.contains("23:35:05"));
        bench.advance(TimeDelta::minutes(180));
        assert_eq!(check(&bench, &session_id).await.status, 200);
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(extend().await.status, 401);
    }

    async fn whoever_may_not_log_in_any_more_has_no_session(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        for state in ["login_prohibited_flg", "is_disabled"] {
            execute(&bench, &format!("update operator set {state} = true")).await;
            assert_eq!(check(&bench, &session_id).await.status, 401, "{state}");
            execute(&bench, &format!("update operator set {state} = false")).await;
        }
        assert_eq!(check(&bench, &session_id).await.status, 200);
        // A prohibition ends what there is; permission does not bring it back.
        let path = format!("/operator/{id}");
        assert_eq!(put_as(&bench, &member(), &path, json!({"loginProhibitedFlg": true})).await.status, 200);
        assert_eq!(put_as(&bench, &member(), &path, json!({"loginProhibitedFlg": false})).await.status, 200);
        assert_eq!(check(&bench, &session_id).await.status, 401);
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 200);
    }

    async fn a_logout_ends_the_session_and_clears_its_cookie(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 3, "root01").await;
        let body = json!({"sessionId": session_id});
        let cookie = format!("operator_type3_session={session_id}");
        let reply = bench.post("/operator/logout").header("cookie", &cookie).json(body.clone()).send().await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"result": "ok"})));
        assert_eq!(reply.cookie("operator_type3_session"), Some(""));
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(check(&bench, &session_id).await.status, 401);
        assert_eq!(post(&bench, "/operator/logout", body).await.status, 401);
        assert_eq!(post(&bench, "/operator/logout", json!({"sessionId": "x"})).await.status, 400);
    }

    async fn a_logout_without_the_cookie_leaves_cookies_alone(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 3, "root01").await;
        let reply = post(&bench, "/operator/logout", json!({"sessionId": session_id})).await;
        assert_eq!((reply.status, reply.cookie("operator_type3_session")), (200, None));
    }

    async fn residents_need_their_cookie(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        add(&bench, new_member("root01")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        let body = json!({"sessionId": session_id});
        let own = format!("operator_type0_session={session_id}");
        for path in ["/operator/ind/session", "/operator/ind/logout"] {
            assert_eq!(post(&bench, path, body.clone()).await.status, 401, "{path}");
            let other = bench.post(path).header("cookie", "operator_type0_session=other").json(body.clone());
            assert_eq!(other.send().await.status, 401, "{path}");
        }
        // The route of members does not end sessions of residents, nor the other way round.
        assert_eq!(post(&bench, "/operator/logout", body.clone()).await.status, 400);
        let of_member = session_of(&bench, 3, "root01").await;
        let smuggled = format!("operator_type0_session={of_member}");
        let reply = bench.post("/operator/ind/logout").header("cookie", &smuggled);
        assert_eq!(reply.json(json!({"sessionId": of_member})).send().await.status, 400);
        for path in ["/operator/ind/session", "/operator/ind/logout"] {
            assert_eq!(bench.post(path).header("cookie", &own).json(body.clone()).send().await.status, 200, "{path}");
        }
    }

    async fn bad_input_names_the_field(database: Database) {
        let bench = operators(database).await;
        for path in ["/operator/session", "/operator/ind/session", "/operator/logout", "/operator/ind/logout"] {
            for body in [json!({}), json!({"sessionId": ""}), json!({"sessionId": 1}), json!({"sessionId": "x".repeat(256)})] {
                let reply = post(&bench, path, body).await;
                assert_eq!((reply.status, reply.refused_fields()), (400, vec!["sessionId"]), "{path}");
            }
            assert_eq!(post(&bench, path, json!([{"sessionId": "a"}])).await.status, 400);
            let flag = post(&bench, path, json!({"sessionId": "a", "extendFlg": "maybe"})).await;
            assert_eq!(flag.refused_fields(), ["extendFlg"]);
        }
        assert_eq!(check(&bench, "a").await.body.get("reasons"), None::<&Value>);
    }
}
