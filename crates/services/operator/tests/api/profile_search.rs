//! Finding residents by their profiles.

use serde_json::{Value, json};
use testkit::{Bench, Neighbours, Reply, application, individual, member, on_both_databases};

use super::{add, catalog, delete_as, execute, new_resident, new_user, operators_with, post_as};
use crate::{
    profile::{entry, profile, write},
    stand_ins::{Catalog, YEAR, item},
};

const GENDER: i64 = 30021;
const WOMAN: i64 = 7;

fn neighbours() -> Neighbours {
    let mut woman = item(WOMAN, "ns", json!({}));
    woman["catalogItem"]["name"] = json!("女");
    catalog().answers_item(GENDER, item(GENDER, "ns", json!({}))).answers_item(WOMAN, woman)
}

/// Three residents: two women, born in 900, 1990 and 2001.
async fn three(database: testkit::Database) -> Bench {
    let bench = operators_with(database, neighbours(), operator::Settings::default()).await;
    for (login_id, gender, year) in
        [("r1", "女", json!(1990)), ("r2", "女", json!("2001")), ("r3", "男", json!(1900))]
    {
        add(&bench, new_resident(login_id)).await;
        let items = profile(json!([entry(GENDER, json!(gender)), entry(YEAR, year)]));
        let reply = write(&bench, json!({"pxrId": format!("pxr-{login_id}")}), items).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    execute(&bench, "update user_information set value = '900' where value = '1900'").await;
    bench
}

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

fn year(min: Value, max: Value) -> Value {
    json!({"type": code(YEAR), "target": null, "min": min, "max": max})
}

fn woman() -> Value {
    json!({"type": code(GENDER), "target": code(WOMAN)})
}

async fn search(bench: &Bench, body: Value) -> Reply {
    post_as(bench, &application(), "/operator/user/info/search", body).await
}

/// Who meets these conditions.
async fn found(bench: &Bench, conditions: Value) -> Value {
    search(bench, json!([{"condition": conditions, "min": 0}])).await.body[0]["pxrId"].clone()
}

on_both_databases! {
    async fn all_conditions_must_be_met(database: Database) {
        let bench = three(database).await;
        assert_eq!(found(&bench, json!([woman()])).await, json!(["pxr-r1", "pxr-r2"]));
        assert_eq!(found(&bench, json!([woman(), year(json!(2000), Value::Null)])).await, json!(["pxr-r2"]));
        // Nobody in between stays nobody.
        let nobody = year(json!(3000), Value::Null);
        assert_eq!(found(&bench, json!([woman(), nobody, woman()])).await, json!([]));
        assert_eq!(found(&bench, json!([])).await, json!([]));
    }

    async fn numbers_are_compared_as_numbers(database: Database) {
        let bench = three(database).await;
        assert_eq!(found(&bench, json!([year(json!(1000), json!("2000"))])).await, json!(["pxr-r1"]));
        assert_eq!(found(&bench, json!([year(json!(0), json!(900.5))])).await, json!(["pxr-r3"]));
        assert_eq!(found(&bench, json!([year(Value::Null, json!(0))])).await, json!([]));
        execute(&bench, "update user_information set value = '1990 or so' where value = '1990'").await;
        assert_eq!(found(&bench, json!([year(json!(1000), Value::Null)])).await, json!(["pxr-r2"]));
        assert_eq!(found(&bench, json!([year(Value::Null, Value::Null)])).await, json!(["pxr-r1", "pxr-r2", "pxr-r3"]));
    }

    async fn too_few_and_too_many_are_no_answer(database: Database) {
        let bench = three(database).await;
        let wanted = |min: Value, max: Value| json!({"condition": [woman()], "min": min, "max": max});
        let body = json!([wanted(json!(3), Value::Null), wanted(json!("1"), json!(1)), wanted(json!(2), json!(2)), wanted(json!(0), json!(0))]);
        let reply = search(&bench, body).await;
        let two = json!(["pxr-r1", "pxr-r2"]);
        let answers = json!([{"pxrId": null}, {"pxrId": null}, {"pxrId": two}, {"pxrId": two}]);
        assert_eq!((reply.status, reply.body), (200, answers));
        assert_eq!(search(&bench, json!([])).await.body, json!([]));
    }

    async fn old_profiles_deleted_people_and_people_without_a_pxr_id_are_not_found(database: Database) {
        let bench = three(database).await;
        let changed = profile(json!([entry(GENDER, json!("男"))]));
        write(&bench, json!({"pxrId": "pxr-r1"}), changed).await;
        assert_eq!(found(&bench, json!([woman()])).await, json!(["pxr-r2"]));
        let id = add(&bench, new_user("u1", 7)).await;
        execute(&bench, &format!("insert into user_information (operator_id, catalog_code, catalog_version, value, created_by, updated_by) values ({id}, {GENDER}, 1, '女', 'a', 'a')")).await;
        assert_eq!(found(&bench, json!([woman()])).await, json!(["pxr-r2"]));
        let gone = delete_as(&bench, &member(), "/operator/user/info?pxrId=pxr-r2").await;
        assert_eq!(gone.status, 200);
        assert_eq!(found(&bench, json!([woman()])).await, json!([]));
        execute(&bench, "update operator set is_disabled = true where pxr_id = 'pxr-r3'").await;
        assert_eq!(found(&bench, json!([year(Value::Null, json!(900))])).await, json!([]));
    }

    async fn whoever_has_an_item_twice_counts_once(database: Database) {
        let bench = three(database).await;
        let again = "insert into user_information (operator_id, catalog_code, catalog_version, value, created_by, updated_by) \
                     select operator_id, catalog_code, catalog_version, value, 'a', 'a' from user_information where value = '女'";
        execute(&bench, again).await;
        let wanted = json!([{"condition": [woman()], "min": 2, "max": 2}]);
        assert_eq!(search(&bench, wanted).await.body, json!([{"pxrId": ["pxr-r1", "pxr-r2"]}]));
    }

    async fn every_name_is_asked_for_once(database: Database) {
        let bench = three(database).await;
        let body: Vec<_> = (0..5).map(|_| json!({"condition": [woman(), woman()], "min": 1})).collect();
        assert_eq!(search(&bench, json!(body)).await.body.as_array().unwrap().len(), 5);
        let asked = bench.neighbours.asked().into_iter().filter(|asked| asked.path == "/catalog/7").count();
        assert_eq!(asked, 1);
        let unknown = json!([{"condition": [{"type": code(GENDER), "target": code(8)}], "min": 1}]);
        assert_eq!(search(&bench, unknown).await.status, 503);
    }

    async fn only_members_and_applications(database: Database) {
        let bench = three(database).await;
        let body = json!([{"condition": [woman()], "min": 0}]);
        let path = "/operator/user/info/search";
        assert_eq!(post_as(&bench, &member(), path, body.clone()).await.status, 200);
        assert_eq!(post_as(&bench, &individual(), path, body.clone()).await.status, 401);
        assert_eq!(bench.post(path).json(body).send().await.status, 401);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = three(database).await;
        let reply = search(&bench, json!([{"condition": [{"type": {"_value": 1}, "target": 2, "min": "", "max": true}], "max": "x"}, {}])).await;
        assert_eq!(reply.refused_fields(), ["_ver", "target", "min", "max", "min", "max", "condition", "min"]);
        assert_eq!(search(&bench, json!([1])).await.refused_fields(), ["0"]);
        for body in [json!({}), json!({"condition": [], "min": 0}), json!("text")] {
            assert_eq!(search(&bench, body.clone()).await.status, 400, "{body}");
        }
    }
}
