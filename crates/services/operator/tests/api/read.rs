//! Looking up operators.

use platform::Origin;
use serde_json::{Value, json};
use testkit::{Neighbours, individual, member, on_both_databases};
use vocabulary::Session;

use super::{
    add, catalog, execute, full, get_as, hash, identity, new_member, new_resident, new_user, operators,
    operators_with, session_of,
};
use crate::stand_ins::{APPLICATION, Catalog, item};

/// A member of an application's block.
fn provider() -> Session {
    let mut object = Value::Object(member().object().clone());
    object["actor"]["_value"] = json!(1000700);
    Session::from_json(object).unwrap()
}

fn catalog_with_provider() -> Neighbours {
    catalog().answers_item(1000700, item(1000700, "catalog/ext/test-org/actor/app", json!({})))
}

on_both_databases! {
    async fn operators_are_shown_by_their_type(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let shown = get_as(&bench, &member(), &format!("/operator/{id}")).await;
        let expected = json!({"operatorId": id, "type": 3, "loginId": "root01", "name": "M", "auth": full(),
            "passwordChangedFlg": false, "attributes": {}, "loginProhibitedFlg": false});
        assert_eq!(shown.body.to_string(), expected.to_string());
        let id = add(&bench, new_resident("r1")).await;
        let shown = get_as(&bench, &member(), &format!("/operator/{id}/")).await;
        let expected = json!({"operatorId": id, "type": 0, "loginId": "r1", "pxrId": "pxr-r1",
            "mobilePhone": "09011112222", "passwordChangedFlg": false,
            "attributes": {"initialPasswordExpire": "2026-02-01T00:00:00.000+0900"}, "loginProhibitedFlg": false});
        assert_eq!(shown.body.to_string(), expected.to_string());
    }

    async fn residents_see_themselves_only(database: Database) {
        let bench = operators(database).await;
        let own = add(&bench, new_resident("r1")).await;
        let other = add(&bench, new_resident("r2")).await;
        let cookie = format!("operator_type0_session={}", session_of(&bench, 0, "r1").await);
        let get = |path: String| bench.get(&path).header("cookie", &cookie).send();
        assert_eq!(get(format!("/operator/{own}")).await.body["loginId"], "r1");
        assert_eq!(get(format!("/operator/{other}")).await.status, 401);
        assert_eq!(get("/operator/0".to_owned()).await.status, 401);
        assert_eq!(get("/operator?type=0&loginId=r1".to_owned()).await.status, 200);
        assert_eq!(get("/operator?type=0&loginId=r2".to_owned()).await.status, 401);
        assert_eq!(get("/operator?pxrId=pxr-r1".to_owned()).await.status, 200);
        assert_eq!(get("/operator?pxrId=pxr-r2".to_owned()).await.status, 401);
        assert_eq!(get("/operator?type=0".to_owned()).await.status, 401);
    }

    async fn an_id_of_another_block_is_somebody_else(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        let mut object = Value::Object(individual().object().clone());
        object["operatorId"] = json!(id);
        let here = Session::from_json(object.clone()).unwrap();
        assert_eq!(get_as(&bench, &here, &format!("/operator/{id}")).await.status, 200);
        object["block"]["_value"] = json!(1000402);
        let elsewhere = Session::from_json(object).unwrap();
        assert_eq!(get_as(&bench, &elsewhere, &format!("/operator/{id}")).await.status, 401);
    }

    async fn a_namesake_of_another_block_is_somebody_else(database: Database) {
        let bench = operators_with(database, catalog_with_provider(), operator::Settings::default()).await;
        add(&bench, new_resident("r1")).await;
        add(&bench, new_member("root01")).await;
        let of = |session: &Session, login_id: &str, block: i64, actor: i64| {
            let mut object = Value::Object(session.object().clone());
            object["loginId"] = json!(login_id);
            object["block"]["_value"] = json!(block);
            object["actor"]["_value"] = json!(actor);
            Session::from_json(object).unwrap()
        };
        let (here, elsewhere, app) = (crate::stand_ins::BLOCK, 1000402, 1000700);
        let resident = "/operator?type=0&loginId=r1";
        assert_eq!(get_as(&bench, &of(&individual(), "r1", here, app), resident).await.status, 200);
        assert_eq!(get_as(&bench, &of(&individual(), "r1", elsewhere, app), resident).await.status, 401);
        // A member looks as members of its block do: an application's has to name the application.
        let root = "/operator?type=3&loginId=root01";
        assert_eq!(get_as(&bench, &of(&member(), "root01", here, app), root).await.status, 200);
        assert_eq!(get_as(&bench, &of(&member(), "root01", elsewhere, app), root).await.status, 400);
    }

    async fn of_several_with_one_pxr_id_the_oldest_counts(database: Database) {
        let bench = operators(database).await;
        let oldest = add(&bench, new_resident("r1")).await;
        add(&bench, new_resident("r2")).await;
        // So it may be in a database of the reference; PostgreSQL puts a row that was changed behind the others.
        execute(&bench, "update operator set pxr_id = 'pxr-same' where login_id = 'r2'").await;
        execute(&bench, "update operator set pxr_id = 'pxr-same' where login_id = 'r1'").await;
        let found = get_as(&bench, &member(), "/operator?pxrId=pxr-same").await;
        assert_eq!(found.body["operatorId"], oldest);
        let listed = bench.post("/operator/list").session(&member()).json(json!({"pxrId": ["pxr-same"]})).send().await;
        assert_eq!((listed.body.as_array().unwrap().len(), &listed.body[0]["operatorId"]), (1, &json!(oldest)));
    }

    async fn the_same_login_id_of_another_type_is_somebody_else(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("same")).await;
        add(&bench, new_resident("same")).await;
        let resident = identity(&bench, 0, "same").await;
        assert_eq!(get_as(&bench, &resident, "/operator?type=0&loginId=same").await.status, 200);
        assert_eq!(get_as(&bench, &resident, "/operator?type=3&loginId=same").await.status, 401);
    }

    async fn members_list_a_type_with_its_roles(database: Database) {
        let bench = operators(database).await;
        assert_eq!(get_as(&bench, &member(), "/operator?type=2").await.status, 204);
        for login_id in ["b", "a"] {
            let role = json!([{"_value": APPLICATION, "_ver": 1}]);
            add(&bench, json!({"type": 2, "loginId": login_id, "hpassword": hash('a'), "roles": role})).await;
        }
        let listed = get_as(&bench, &member(), "/operator?type=2").await.body;
        let login_ids: Vec<_> = listed.as_array().unwrap().iter().map(|shown| &shown["loginId"]).collect();
        assert_eq!(login_ids, ["b", "a"]);
        assert_eq!(listed[0]["roles"], json!([{"_value": APPLICATION, "_ver": 1}]));
    }

    async fn an_application_block_looks_within_its_application(database: Database) {
        let bench = operators_with(database, catalog_with_provider(), operator::Settings::default()).await;
        let first = add(&bench, new_user("u1", 7)).await;
        add(&bench, new_user("u1", 8)).await;
        let find = |session: Session, query: &'static str| {
            let path = format!("/operator?type=0&loginId=u1{query}");
            let request = bench.get(&path).session(&session);
            async move { request.send().await }
        };
        assert_eq!(find(provider(), "&appCode=7").await.body["operatorId"], first);
        assert_eq!(find(provider(), "&appCode=9").await.status, 204);
        assert_eq!(find(provider(), "").await.status, 400);
        assert_eq!(find(provider(), "&regionCode=7").await.status, 400);
        // A root looks everywhere, and finds two.
        assert_eq!(find(member(), "").await.status, 400);
    }

    async fn whoever_has_no_actor_does_not_look_by_login_id(database: Database) {
        let bench = operators(database).await;
        let mut object = Value::Object(member().object().clone());
        object["actor"] = json!({"_value": null, "_ver": null});
        let uncertified = Session::from_json(object).unwrap();
        assert_eq!(get_as(&bench, &uncertified, "/operator?type=0&loginId=x").await.status, 401);
    }

    async fn unknown_and_deleted_operators_are_nothing(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_resident("r1")).await;
        execute(&bench, "update operator set is_disabled = true").await;
        for path in [format!("/operator/{id}"), "/operator/0".into(), "/operator/-5".into(), "/operator?pxrId=pxr-r1".into()] {
            let reply = get_as(&bench, &member(), &path).await;
            assert_eq!((reply.status, &reply.body), (204, &Value::Null), "{path}");
        }
    }

    async fn workflow_staff_is_no_longer_supported(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        execute(&bench, "update operator set type = 1").await;
        assert_eq!(get_as(&bench, &member(), &format!("/operator/{id}")).await.status, 400);
        assert_eq!(get_as(&bench, &member(), "/operator?type=1").await.status, 400);
    }

    async fn bad_questions_are_refused(database: Database) {
        let bench = operators(database).await;
        for query in [
            "", "?loginId=a", "?type=4", "?type=x", "?type=3&type=2", "?type=0&loginId=a&loginId=b",
            "?type=0&loginId=a&appCode=1&regionCode=2", "?pxrId=a&appCode=x", "?pxrId=a%00b",
        ] {
            assert_eq!(get_as(&bench, &member(), &format!("/operator{query}")).await.status, 400, "{query}");
        }
        assert_eq!(get_as(&bench, &member(), "/operator/x").await.refused_fields(), ["operatorId"]);
        assert_eq!(get_as(&bench, &member(), "/operator/99999999999999999999").await.refused_fields(), ["operatorId"]);
    }

    async fn nobody_asks_without_an_identity(database: Database) {
        let bench = operators(database).await;
        for path in ["/operator/1", "/operator?type=3"] {
            assert_eq!(bench.get(path).send().await.status, 401);
            let forged = bench.get(path).session(&member()).from(Origin::Public);
            assert_eq!(forged.send().await.status, 401);
            assert_eq!(bench.get(path).header("session", "nonsense").send().await.status, 401);
            assert_eq!(bench.get(path).header("cookie", "operator_type3_session=x").send().await.status, 401);
        }
    }

    async fn several_are_listed_in_one_call(database: Database) {
        let bench = operators(database).await;
        let a = add(&bench, new_member("a")).await;
        let b = add(&bench, new_resident("b")).await;
        let list = |body: Value| bench.post("/operator/list").session(&member()).json(body).send();
        let names = |body: &Value| body.as_array().unwrap().iter().map(|one| one["loginId"].clone()).collect::<Vec<_>>();
        assert_eq!(names(&list(json!({"operatorId": [b, a, 7777, b]})).await.body), ["b", "a"]);
        assert_eq!(names(&list(json!({"pxrId": ["pxr-b", "pxr-x"]})).await.body), ["b"]);
        for bad in [json!({}), json!([]), json!({"operatorId": ["x"]}), json!({"operatorId": [1], "pxrId": ["x"]}), json!({"pxrId": [1]})] {
            assert_eq!(list(bad.clone()).await.status, 400, "{bad}");
        }
        let resident = identity(&bench, 0, "b").await;
        let as_resident = |body: Value| bench.post("/operator/list").session(&resident).json(body).send();
        assert_eq!(as_resident(json!({"operatorId": [b]})).await.status, 200);
        assert_eq!(as_resident(json!({"operatorId": [a, b]})).await.status, 401);
        assert_eq!(bench.post("/operator/list").json(json!({"operatorId": [a]})).send().await.status, 401);
    }
}
