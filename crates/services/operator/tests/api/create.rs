//! Adding operators.

use operator::Settings;
use platform::Origin;
use serde_json::{Value, json};
use testkit::{individual, member, member_with, on_both_databases};

use super::{
    add, check, count, full, hash, log_in, new_member, new_resident, new_user, operators, operators_with,
    post, post_as, session_of, text, texts,
};
use crate::stand_ins::{APPLICATION, NO_APPLICATION, catalog_with};

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

on_both_databases! {
    async fn the_first_member_is_added_from_inside_and_nobody_else_is(database: Database) {
        let bench = operators(database).await;
        let first = new_member("root01");
        // Never from outside.
        let outside = bench.post("/operator").from(Origin::Public).json(first.clone()).send().await;
        assert_eq!(outside.status, 401);
        // Only with all rights over members.
        let partial = with(first.clone(), "auth", json!({"member": {"add": true, "update": true}}));
        assert_eq!(post(&bench, "/operator", partial).await.status, 401);
        assert_eq!(post(&bench, "/operator", new_resident("r1")).await.status, 401);
        assert_eq!(post(&bench, "/operator", first).await.status, 200);
        assert_eq!(text(&bench, "created_by", "operator").await, "pxr_user");
        assert_eq!(post(&bench, "/operator", new_member("root02")).await.status, 401);
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 200);
    }

    async fn of_two_first_members_at_once_one_is_added(database: Database) {
        let bench = operators(database).await;
        let (one, two) = tokio::join!(
            post(&bench, "/operator", new_member("root01")),
            post(&bench, "/operator", new_member("root02")),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
    }

    async fn members_add_members_by_header_or_by_cookie(database: Database) {
        let bench = operators(database).await;
        let reply = post_as(&bench, &member(), "/operator", new_member("root01")).await;
        let id = &reply.body["id"];
        let answer = json!({"id": id, "type": 3, "loginId": "root01", "name": "M", "auth": full(),
                            "passwordChangedFlg": false, "attributes": {}});
        assert_eq!(reply.body.to_string(), answer.to_string());
        assert_eq!(text(&bench, "created_by", "operator").await, "member01");
        let cookie = format!("operator_type3_session={}", session_of(&bench, 3, "root01").await);
        let reply = bench.post("/operator").header("cookie", &cookie).json(new_member("root02")).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(texts(&bench, "created_by", "operator order by id").await, ["member01", "root01"]);
    }

    async fn only_members_who_may_add(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let body = new_member("root02");
        let others = [
            member_with(json!({"member": {"update": true, "delete": true}})),
            member_with(json!({"member": {"add": "true"}})),
            testkit::application(),
            individual(),
        ];
        for session in others {
            assert_eq!(post_as(&bench, &session, "/operator", body.clone()).await.status, 401);
        }
        let forged = bench.post("/operator").session(&member()).from(Origin::Public).json(body.clone());
        assert_eq!(forged.send().await.status, 401);
        let dead = bench.post("/operator").header("cookie", "operator_type3_session=x").json(body);
        assert_eq!(dead.send().await.status, 401);
        assert_eq!(count(&bench, "operator").await, 1);
    }

    async fn a_resident_gets_what_the_book_needs(database: Database) {
        let bench = operators(database).await;
        let reply = post_as(&bench, &member(), "/operator", new_resident("r1")).await;
        let answer = json!({"id": reply.body["id"], "type": 0, "loginId": "r1", "pxrId": "pxr-r1",
            "mobilePhone": "09011112222", "passwordChangedFlg": false, "loginProhibitedFlg": false,
            "attributes": {"initialPasswordExpire": "2026-02-01T00:00:00.000+0900"}});
        assert_eq!(reply.body.to_string(), answer.to_string());
        assert_eq!(text(&bench, "user_information", "operator").await, "{}");
        assert_eq!(text(&bench, "unique_check_login_id", "operator").await, "r10");
    }

    async fn a_user_of_an_application_cannot_log_in(database: Database) {
        let bench = operators(database).await;
        let reply = post_as(&bench, &member(), "/operator", new_user("u1", 7)).await;
        let answer = json!({"id": reply.body["id"], "type": 0, "loginId": "u1", "userId": "u1",
            "appCatalogCode": 7, "passwordChangedFlg": false, "loginProhibitedFlg": true, "attributes": {}});
        assert_eq!(reply.body.to_string(), answer.to_string());
        assert_eq!(text(&bench, "unique_check_login_id", "operator").await, "u107true");
        // The same user of another application is another one.
        add(&bench, new_user("u1", 8)).await;
        assert_eq!(post_as(&bench, &member(), "/operator", new_user("u1", 7)).await.status, 400);
        let same_login = with(new_user("u1", 7), "userId", json!("u2"));
        assert_eq!(post_as(&bench, &member(), "/operator", same_login).await.status, 400);
        let region = json!({"type": 0, "loginId": "u1", "userId": "u1", "loginProhibitedFlg": "TRUE",
                            "regionCatalogCode": 70});
        assert_eq!(post_as(&bench, &member(), "/operator", region).await.body["regionCatalogCode"], 70);
    }

    async fn a_pxr_id_means_one_person_also_of_those_who_cannot_log_in(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        let user = |user_id: &str, app: i64, pxr_id: &str| with(new_user(user_id, app), "pxrId", json!(pxr_id));
        assert_eq!(post_as(&bench, &member(), "/operator", user("u1", 7, "pxr-r1")).await.status, 400);
        let id = add(&bench, user("u1", 7, "pxr-u1")).await;
        assert_eq!(post_as(&bench, &member(), "/operator", user("u2", 8, "pxr-u1")).await.status, 400);
        assert_eq!(post_as(&bench, &member(), "/operator", with(new_resident("r2"), "pxrId", json!("pxr-u1"))).await.status, 400);
        // Without one, nothing is asked.
        add(&bench, new_user("u3", 7)).await;
        add(&bench, new_user("u4", 7)).await;
        // Of two at once one gets it; and nobody gets it back who was deleted before somebody else got it.
        let session = member();
        let (one, two) = tokio::join!(
            post_as(&bench, &session, "/operator", user("u5", 7, "pxr-u5")),
            post_as(&bench, &session, "/operator", user("u6", 7, "pxr-u5")),
        );
        assert_eq!(one.status + two.status, 600);
        assert_eq!(crate::delete_as(&bench, &member(), &format!("/operator/{id}")).await.status, 200);
        add(&bench, user("u2", 8, "pxr-u1")).await;
        let back = crate::put_as(&bench, &member(), &format!("/operator/cancelDelete/{id}"), json!({})).await;
        assert_eq!(back.status, 400);
    }

    async fn a_region_is_kept_for_those_only_who_belong_to_one(database: Database) {
        let bench = operators(database).await;
        for body in [new_member("root01"), new_resident("r1")] {
            let reply = post_as(&bench, &member(), "/operator", with(body, "regionCatalogCode", json!(70))).await;
            assert_eq!((reply.status, reply.body.get("regionCatalogCode")), (200, None));
        }
        let not_prohibited = with(with(new_resident("r2"), "loginProhibitedFlg", json!(false)), "regionCatalogCode", json!(70));
        add(&bench, not_prohibited).await;
        assert_eq!(count(&bench, "operator where region_catalog_code is not null").await, 0);
        let mut user = new_user("u1", 7);
        user.as_object_mut().unwrap().remove("appCatalogCode");
        add(&bench, with(user, "regionCatalogCode", json!(70))).await;
        assert_eq!(count(&bench, "operator where region_catalog_code = 70").await, 1);
    }

    async fn every_reason_says_where_and_why(database: Database) {
        let bench = operators(database).await;
        let roles = json!([{"_value": 1, "_ver": 1}, {"_value": "x"}]);
        let reply = post_as(&bench, &member(), "/operator", with(new_member("root01"), "roles", roles)).await;
        let reasons = reply.body["reasons"].as_array().unwrap();
        let paths: Vec<_> = reasons.iter().map(|reason| &reason["path"]).collect();
        assert_eq!(paths, ["roles[1]._value", "roles[1]._ver"]);
        assert_eq!(reply.refused_fields(), ["_value", "_ver"]);
        let reply = post_as(&bench, &member(), "/operator", json!({"type": 9})).await;
        for reason in reply.body["reasons"].as_array().unwrap() {
            assert!(reason["message"].is_string() && reason["path"] == reason["property"], "{reason}");
        }
    }

    async fn an_application_has_roles_that_are_applications(database: Database) {
        let bench = operators(database).await;
        let application = |role: i64| {
            json!({"type": 2, "loginId": "app", "hpassword": hash('a'), "roles": [{"_value": role, "_ver": "1"}]})
        };
        assert_eq!(post_as(&bench, &member(), "/operator", application(NO_APPLICATION)).await.status, 400);
        assert_eq!(post_as(&bench, &member(), "/operator", application(9)).await.status, 400);
        // What the catalog cannot say is not assumed.
        assert_eq!(post_as(&bench, &member(), "/operator", application(10)).await.status, 503);
        assert_eq!(count(&bench, "operator").await, 0);
        let reply = post_as(&bench, &member(), "/operator", application(APPLICATION)).await;
        assert_eq!(reply.body["roles"], json!([{"_value": APPLICATION, "_ver": 1}]));
        assert_eq!(reply.body.get("clientId"), None);
        assert_eq!(count(&bench, "role_setting").await, 1);
    }

    async fn an_application_gets_a_client_secret_where_an_id_service_is_used(database: Database) {
        let neighbours = catalog_with(json!({"use_id_connect": true}));
        let bench = operators_with(database, neighbours, Settings::default()).await;
        let body = json!({"type": 2, "loginId": "app", "hpassword": hash('a')});
        let reply = post_as(&bench, &member(), "/operator", body).await;
        assert_eq!(reply.body["clientId"], "app");
        assert_eq!(reply.body["clientSecret"].as_str().unwrap().len(), 64);
        assert_eq!(text(&bench, "client_id", "operator").await, "app");
    }

    async fn rights_must_exist_and_be_allowed(database: Database) {
        let bench = operators(database).await;
        for auth in [
            json!({"unknown": {"add": true}}),
            json!({"member": {"fly": true}}),
            json!({"member": {"add": "true"}}),
            json!({"member": true}),
        ] {
            let body = with(new_member("root01"), "auth", auth.clone());
            assert_eq!(post_as(&bench, &member(), "/operator", body).await.status, 400, "{auth}");
        }
        let without = with(new_member("root01"), "auth", json!({}));
        assert_eq!(post_as(&bench, &member(), "/operator", without).await.body["auth"], json!({}));
    }

    async fn a_login_id_means_one_operator_of_its_type(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("a")).await;
        add(&bench, new_resident("a")).await;
        assert_eq!(post_as(&bench, &member(), "/operator", new_member("a")).await.status, 400);
        let same_pxr_id = with(new_resident("b"), "pxrId", json!("pxr-a"));
        assert_eq!(post_as(&bench, &member(), "/operator", same_pxr_id).await.status, 400);
        assert_eq!(count(&bench, "operator").await, 2);
    }

    async fn of_the_same_resident_at_once_one_is_added(database: Database) {
        let bench = operators(database).await;
        let session = member();
        let new = |login_id: &str| with(new_resident(login_id), "pxrId", json!("pxr"));
        let replies: [_; 4] = tokio::join!(
            post_as(&bench, &session, "/operator", new("a")),
            post_as(&bench, &session, "/operator", new("a")),
            post_as(&bench, &session, "/operator", new("b")),
            post_as(&bench, &session, "/operator", new("c")),
        )
        .into();
        let mut statuses = replies.map(|reply| reply.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400, 400]);
        assert_eq!(count(&bench, "operator").await, 1);
    }

    async fn fields_that_do_not_fit_together_are_refused(database: Database) {
        let bench = operators(database).await;
        let (m, r, u) = (new_member("x"), new_resident("x"), new_user("x", 7));
        for (what, body) in [
            ("a resident has no name", with(r.clone(), "name", json!("n"))),
            ("an initial password has a term", with(r.clone(), "attributes", json!({}))),
            ("members always may log in", with(m.clone(), "loginProhibitedFlg", json!(false))),
            ("a user of an application has no password", with(u.clone(), "hpassword", json!(hash('a')))),
            ("a member has a password", with(m.clone(), "hpassword", Value::Null)),
            ("a resident has a password", with(r.clone(), "hpassword", Value::Null)),
            ("so has one who may log in", with(with(r.clone(), "hpassword", Value::Null), "loginProhibitedFlg", json!(false))),
            ("a resident has a PXR-ID", with(r.clone(), "pxrId", Value::Null)),
            ("nobody else has one", with(m.clone(), "pxrId", json!("p"))),
            ("a user has a user id", with(u.clone(), "userId", Value::Null)),
            ("a user is a user of something", with(u, "appCatalogCode", Value::Null)),
            ("a member is no user", with(m.clone(), "userId", json!("u"))),
            ("a member is of no application", with(m.clone(), "appCatalogCode", json!(1))),
            ("nor of a workflow", with(m, "wfCatalogCode", json!(1))),
        ] {
            assert_eq!(post_as(&bench, &member(), "/operator", body).await.status, 400, "{what}");
        }
        assert_eq!(count(&bench, "operator").await, 0);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = operators(database).await;
        let body = json!({"type": 1, "loginId": "x".repeat(256), "hpassword": "zz", "auth": [], "attributes": 1,
            "roles": [{"_value": "x", "_ver": 1}], "appCatalogCode": "7", "loginProhibitedFlg": "maybe", "name": ""});
        let mut fields = post_as(&bench, &member(), "/operator", body).await.refused_fields()
            .into_iter().map(str::to_owned).collect::<Vec<_>>();
        fields.sort_unstable();
        assert_eq!(fields, [
            "_value", "appCatalogCode", "attributes", "auth", "hpassword", "loginId", "loginProhibitedFlg", "name", "type",
        ]);
        assert_eq!(post_as(&bench, &member(), "/operator", json!({})).await.refused_fields(), ["type", "loginId"]);
        assert_eq!(post_as(&bench, &member(), "/operator", json!([new_member("a")])).await.status, 400);
        let plain = bench.post("/operator").session(&member()).header("accept", "text/html").json(new_member("a"));
        assert_eq!(plain.send().await.status, 406);
        let nul = with(new_member("a"), "name", json!("a\u{0}"));
        assert_eq!(post_as(&bench, &member(), "/operator", nul).await.refused_fields(), ["name"]);
        assert_eq!(check(&bench, "x").await.status, 401);
    }
}
