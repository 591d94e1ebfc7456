//! Changing operators.

use operator::{Settings, verify_password};
use serde_json::{Value, json};
use testkit::{Bench, Reply, member, member_with, on_both_databases};
use vocabulary::Session;

use super::{
    add, check, count, execute, full, get_as, hash, identity, log_in, new_member, new_resident, new_user,
    operators, operators_with, put_as, session_of, text, texts,
};
use crate::stand_ins::{APPLICATION, NO_APPLICATION, catalog_with};

async fn change(bench: &Bench, session: &Session, id: i64, body: Value) -> Reply {
    put_as(bench, session, &format!("/operator/{id}"), body).await
}

fn new_password(old: char, new: char) -> Value {
    json!({"hpassword": hash(old), "newHpassword": hash(new)})
}

on_both_databases! {
    async fn whoever_chose_a_password_uses_it_from_then_on(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let own = identity(&bench, 0, "r1").await;
        let reply = change(&bench, &own, id, new_password('a', 'b')).await;
        let answer = json!({"id": id, "type": 0, "loginId": "r1", "pxrId": "pxr-r1", "mobilePhone": "09011112222",
                            "passwordChangedFlg": true, "attributes": {}});
        assert_eq!(reply.body.to_string(), answer.to_string());
        // The own session stays.
        assert_eq!(check(&bench, &own.session_id).await.status, 200);
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 401);
        assert_eq!(log_in(&bench, 0, "r1", &hash('b')).await.status, 200);
        assert!(verify_password(&text(&bench, "hpassword", "password_history").await, &hash('a')));
    }

    async fn the_current_password_must_be_right(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        // Not hexadecimal; wrong; right, but the new one is the old one.
        assert_eq!(change(&bench, &member(), id, new_password('x', 'b')).await.status, 400);
        assert_eq!(change(&bench, &member(), id, new_password('c', 'b')).await.status, 400);
        assert_eq!(change(&bench, &member(), id, new_password('a', 'a')).await.status, 200);
        assert_eq!(count(&bench, "password_history").await, 0);
    }

    async fn none_of_the_last_generations_comes_back(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        for (old, new) in [('a', 'b'), ('b', 'c'), ('c', 'd')] {
            bench.advance(chrono::TimeDelta::seconds(1));
            assert_eq!(change(&bench, &member(), id, new_password(old, new)).await.status, 200);
        }
        for used in ['a', 'b', 'c'] {
            assert_eq!(change(&bench, &member(), id, new_password('d', used)).await.status, 400, "{used}");
        }
        bench.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(change(&bench, &member(), id, new_password('d', 'e')).await.status, 200);
        assert_eq!(change(&bench, &member(), id, new_password('e', 'a')).await.status, 200);
    }

    async fn of_two_changes_at_once_one_goes_through(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let session = member();
        let (one, two) = tokio::join!(
            change(&bench, &session, id, new_password('a', 'b')),
            change(&bench, &session, id, new_password('a', 'c')),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
        assert_eq!(count(&bench, "password_history").await, 1);
    }

    async fn a_password_that_somebody_else_changed_ends_the_session(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let id = add(&bench, new_member("root02")).await;
        let session_id = session_of(&bench, 3, "root02").await;
        assert_eq!(change(&bench, &identity(&bench, 3, "root01").await, id, new_password('a', 'b')).await.status, 200);
        assert_eq!(check(&bench, &session_id).await.status, 401);
    }

    async fn names_ids_and_attributes_change_and_the_rest_stays(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let body = json!({"loginId": "root02", "name": "N", "mobilePhone": "080", "attributes": {"a": 1}});
        let reply = change(&bench, &member(), id, body).await;
        let answer = json!({"id": id, "type": 3, "loginId": "root02", "name": "N", "auth": full(),
                            "passwordChangedFlg": false, "attributes": {"a": 1}});
        assert_eq!(reply.body.to_string(), answer.to_string());
        assert_eq!(change(&bench, &member(), id, json!({})).await.body.to_string(), answer.to_string());
        assert_eq!(text(&bench, "mobile_phone", "operator").await, "080");
        assert_eq!(text(&bench, "unique_check_login_id", "operator").await, "root023");
        assert_eq!(text(&bench, "updated_by", "operator").await, "member01");
        assert_eq!(log_in(&bench, 3, "root02", &hash('a')).await.status, 200);
    }

    async fn a_login_id_is_not_taken_from_somebody(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let id = add(&bench, new_member("root02")).await;
        assert_eq!(change(&bench, &member(), id, json!({"loginId": "root01"})).await.status, 400);
        assert_eq!(change(&bench, &member(), id, json!({"loginId": "root02"})).await.status, 200);
        let third = add(&bench, new_member("root03")).await;
        let session = member();
        let (one, two) = tokio::join!(
            change(&bench, &session, id, json!({"loginId": "new"})),
            change(&bench, &session, third, json!({"loginId": "new"})),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }

    async fn others_are_changed_by_members_who_may(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let own = add(&bench, new_resident("r1")).await;
        let other = add(&bench, new_resident("r2")).await;
        let resident = identity(&bench, 0, "r1").await;
        let body = json!({"mobilePhone": "080"});
        assert_eq!(change(&bench, &resident, own, body.clone()).await.status, 200);
        assert_eq!(change(&bench, &resident, other, body.clone()).await.status, 401);
        let helpless = member_with(json!({"member": {"add": true, "update": false}}));
        assert_eq!(change(&bench, &helpless, other, body.clone()).await.status, 401);
        assert_eq!(bench.put(&format!("/operator/{other}")).json(body).send().await.status, 401);
    }

    async fn a_session_in_the_cookie_of_another_type_changes_nothing(database: Database) {
        let bench = operators(database).await;
        let own = add(&bench, new_resident("r1")).await;
        let other = add(&bench, new_resident("r2")).await;
        let session_id = session_of(&bench, 0, "r1").await;
        let put = |id: i64, cookie: String| {
            let body = json!({"mobilePhone": "080"});
            let request = bench.put(&format!("/operator/{id}")).header("cookie", &cookie).json(body);
            async move { request.send().await.status }
        };
        assert_eq!(put(own, format!("operator_type0_session={session_id}")).await, 200);
        assert_eq!(put(own, format!("operator_type3_session={session_id}")).await, 401);
        let both = format!("operator_type0_session={session_id}; operator_type3_session={session_id}");
        assert_eq!(put(other, both).await, 401);
    }

    async fn rights_are_given_by_members_who_may(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let mut partial = new_member("root02");
        partial["auth"] = json!({"member": {"add": true}});
        let id = add(&bench, partial).await;
        let own = identity(&bench, 3, "root02").await;
        assert_eq!(change(&bench, &own, id, json!({"auth": full()})).await.status, 401);
        assert_eq!(change(&bench, &own, id, json!({"name": "N"})).await.status, 200);
        assert_eq!(change(&bench, &member(), id, json!({"auth": {"member": {"fly": true}}})).await.status, 400);
        assert_eq!(change(&bench, &member(), id, json!({"auth": full()})).await.body["auth"], full());
        let resident = add(&bench, new_resident("r1")).await;
        assert_eq!(change(&bench, &member(), resident, json!({"auth": full()})).await.status, 400);
    }

    async fn the_last_member_with_all_rights_keeps_them(database: Database) {
        let bench = operators(database).await;
        let first = add(&bench, new_member("root01")).await;
        for auth in [
            json!({"member": {"add": true, "update": true, "delete": false}}),
            json!({"member": {"add": true}}),
            json!({}),
        ] {
            assert_eq!(change(&bench, &member(), first, json!({"auth": auth})).await.status, 401);
        }
        let second = add(&bench, new_member("root02")).await;
        // At once: one of the two stays.
        let session = member();
        let (one, two) = tokio::join!(
            change(&bench, &session, first, json!({"auth": {}})),
            change(&bench, &session, second, json!({"auth": {}})),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
        assert_eq!(count(&bench, "operator where auth <> '{}'").await, 1);
    }

    async fn roles_are_replaced_as_a_whole(database: Database) {
        let bench = operators(database).await;
        let role = |code: i64| json!([{"_value": code, "_ver": 1}]);
        let id = add(&bench, json!({"type": 2, "loginId": "app", "hpassword": hash('a'), "roles": role(APPLICATION)})).await;
        assert_eq!(change(&bench, &member(), id, json!({"roles": role(NO_APPLICATION)})).await.status, 400);
        let reply = change(&bench, &member(), id, json!({"roles": role(APPLICATION)})).await;
        assert_eq!(reply.body["roles"], role(APPLICATION));
        assert_eq!(count(&bench, "role_setting").await, 2);
        assert_eq!(count(&bench, "role_setting where not is_disabled").await, 1);
        // Roles that are not sent stay, and are not shown.
        assert_eq!(change(&bench, &member(), id, json!({"name": "A"})).await.body.get("roles"), None);
        assert_eq!(change(&bench, &member(), id, json!({"roles": []})).await.status, 200);
        assert_eq!(get_as(&bench, &member(), &format!("/operator/{id}")).await.body.get("roles"), None);
    }

    async fn a_change_without_roles_asks_nobody(database: Database) {
        let id_service = catalog_with(json!({"use_id_connect": true}));
        let bench = operators_with(database, id_service, Settings::default()).await;
        let role = json!([{"_value": APPLICATION, "_ver": 1}]);
        let id = add(&bench, json!({"type": 2, "loginId": "app", "hpassword": hash('a'), "roles": role})).await;
        bench.neighbours.suffer(None);
        assert_eq!(change(&bench, &member(), id, json!({"name": "A"})).await.status, 200);
        assert!(bench.neighbours.asked().is_empty());
    }

    async fn more_changes_at_once_than_connections_all_go_through(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let session = member();
        let all = (0..40).map(|number| change(&bench, &session, id, json!({"mobilePhone": format!("080-{number}")})));
        let all = tokio::time::timeout(std::time::Duration::from_secs(25), futures_util::future::join_all(all));
        assert!(all.await.unwrap().iter().all(|reply| reply.status == 200));
    }

    async fn a_user_of_an_application_may_be_let_in(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_user("u1", 7)).await;
        assert_eq!(change(&bench, &member(), id, json!({"loginProhibitedFlg": false})).await.status, 400);
        assert_eq!(change(&bench, &member(), id, new_password('a', 'b')).await.status, 400);
        let letting_in = json!({"loginProhibitedFlg": false, "newHpassword": hash('b')});
        let reply = change(&bench, &member(), id, letting_in).await;
        assert_eq!((reply.status, &reply.body["passwordChangedFlg"]), (200, &json!(false)));
        assert_eq!(log_in(&bench, 0, "u1", &hash('b')).await.body["passwordChangedFlg"], true);
        assert_eq!(texts(&bench, "hpassword", "password_history").await, [""; 0]);
        assert_eq!(change(&bench, &member(), id, json!({"loginProhibitedFlg": true})).await.status, 200);
        assert_eq!(log_in(&bench, 0, "u1", &hash('b')).await.status, 401);
    }

    async fn a_stolen_session_does_not_get_around_the_codes_by_phone(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let mut careful = new_resident("r1");
        careful["attributes"]["smsAuth"] = json!(true);
        let id = add(&bench, careful).await;
        execute(&bench, "update operator set attributes = '{}'").await;
        let own = identity(&bench, 0, "r1").await;
        execute(&bench, "update operator set attributes = '{\"smsAuth\":true}'").await;
        let other_phone = json!({"mobilePhone": "080-2"});
        let off = json!({"attributes": {"smsAuth": false}});
        for body in [other_phone.clone(), off.clone(), json!({"attributes": {}})] {
            assert_eq!(change(&bench, &own, id, body.clone()).await.status, 401, "{body}");
        }
        // What leaves them alone is free.
        let same = json!({"mobilePhone": "09011112222", "attributes": {"smsAuth": true, "a": 1}});
        assert_eq!(change(&bench, &own, id, same).await.status, 200);
        // With a proof of the number, or with the password.
        crate::phone::prove(&bench, &own, "080-2").await;
        assert_eq!(change(&bench, &own, id, json!({"mobilePhone": "080-3"})).await.status, 401);
        assert_eq!(change(&bench, &own, id, other_phone).await.status, 200);
        let mut with_password = new_password('c', 'c');
        with_password["attributes"] = off["attributes"].clone();
        assert_eq!(change(&bench, &own, id, with_password.clone()).await.status, 400);
        with_password["hpassword"] = json!(hash('a'));
        with_password["newHpassword"] = json!(hash('a'));
        assert_eq!(change(&bench, &own, id, with_password).await.status, 200);
        // From then on the number is free; members always were.
        assert_eq!(change(&bench, &own, id, json!({"mobilePhone": "080-4"})).await.status, 200);
        execute(&bench, "update operator set attributes = '{\"smsAuth\":true}'").await;
        assert_eq!(change(&bench, &member(), id, off).await.status, 200);
    }

    async fn nobody_sets_an_own_new_password_without_the_old_one(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let own = identity(&bench, 0, "r1").await;
        let letting_in = json!({"loginProhibitedFlg": false, "newHpassword": hash('b')});
        assert_eq!(change(&bench, &own, id, letting_in).await.status, 401);
        assert_eq!(change(&bench, &own, id, json!({"newHpassword": hash('b')})).await.status, 400);
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 200, "the password is the old one");
    }

    async fn whoever_is_let_in_is_let_in_under_a_login_id_of_his_own(database: Database) {
        let bench = operators(database).await;
        let (one, two) = (add(&bench, new_user("u1", 7)).await, add(&bench, new_user("u1", 8)).await);
        let letting_in = json!({"loginProhibitedFlg": false, "newHpassword": hash('b')});
        assert_eq!(change(&bench, &member(), one, letting_in.clone()).await.status, 200);
        assert_eq!(change(&bench, &member(), two, letting_in).await.status, 400);
        assert_eq!(texts(&bench, "unique_check_login_id", "operator order by id").await, ["u10", "u108true"]);
        assert_eq!(change(&bench, &member(), one, json!({"loginProhibitedFlg": true})).await.status, 200);
        assert_eq!(texts(&bench, "unique_check_login_id", "operator order by id").await, ["u107true", "u108true"]);
    }

    async fn what_does_not_fit_is_refused(database: Database) {
        let bench = operators(database).await;
        let one = add(&bench, new_member("root01")).await;
        let resident = add(&bench, new_resident("r1")).await;
        for (what, id, body) in [
            ("one password alone", one, json!({"hpassword": hash('a')})),
            ("the other alone", one, json!({"newHpassword": hash('a')})),
            ("a password and a prohibition", resident, json!({"loginProhibitedFlg": true, "newHpassword": hash('b')})),
            ("the old password and a permission", resident, json!({"loginProhibitedFlg": false, "hpassword": hash('a')})),
            ("a prohibited member", one, json!({"loginProhibitedFlg": true})),
            ("a resident's name", resident, json!({"name": "n"})),
            ("nobody", 99, json!({})),
            ("an array", one, json!([])),
        ] {
            assert_eq!(change(&bench, &member(), id, body).await.status, 400, "{what}");
        }
        // No name can be cleared; clients know it.
        assert_eq!(change(&bench, &member(), one, json!({"name": ""})).await.refused_fields(), ["name"]);
        assert_eq!(change(&bench, &member(), one, json!({"name": null})).await.body["name"], "M");
        let body = json!({"loginId": "", "name": "x".repeat(256), "auth": 1, "attributes": [], "roles": [{}],
                          "hpassword": "x", "newHpassword": 1, "mobilePhone": {}, "loginProhibitedFlg": 2});
        let reply = change(&bench, &member(), one, body).await;
        assert_eq!(reply.refused_fields(), [
            "hpassword", "newHpassword", "loginId", "mobilePhone", "name", "loginProhibitedFlg", "attributes", "auth",
            "_value", "_ver",
        ]);
        assert_eq!(put_as(&bench, &member(), "/operator/x", json!({})).await.refused_fields(), ["operatorId"]);
    }
}
