use serde_json::json;
use testkit::{application, member, on_both_databases};

use super::*;

pub(crate) const OFFICES: [&str; 11] = [
    "block",
    "operator",
    "store",
    "book",
    "app-wf-user",
    "actor",
    "join",
    "catalog",
    "setting",
    "share/continuous",
    "share/temp",
];

on_both_databases! {
    async fn broken_elements_are_refused_by_every_office(database: Database) {
        let bench = offices(database, platform()).await;
        let with = |pointer: &str, value: Value| {
            let mut planned = planned(&application(), "GET", "/notification", ROOT);
            *planned.pointer_mut(pointer).unwrap() = value;
            planned
        };
        for office in OFFICES {
            for (element, field) in [
                (with("/caller", json!(5)), "caller"),
                (with("/caller/apiCode", json!("x")), "apiCode"),
                (with("/caller/blockCode", json!("x")), "blockCode"),
                (with("/caller/apiUrl", json!("")), "apiUrl"),
                (with("/caller/operator", json!([])), "operator"),
                (with("/caller/operator/type", json!("x")), "type"),
                (with("/caller/operator/app", json!({"_value": 1})), "_ver"),
                (with("/caller/operator/role", json!([{}])), "_value"),
                (with("/target", Value::Null), "target"),
                (with("/target/apiUrl", json!(5)), "apiUrl"),
            ] {
                let reply = ask(&bench, office, &application(), json!([element])).await;
                assert_eq!(reply.status, 400, "{office} {}", reply.body);
                assert_eq!(reply.refused_fields()[0], field, "{office}");
            }
            for element in [
                with("/caller/apiMethod", json!("PATCH")),
                with("/target/apiMethod", json!("get")),
                with("/caller/operator/type", json!(1)),
                with("/caller/operator/type", json!(4)),
                with("/caller/operator/app", Value::Null),
                json!(5),
            ] {
                assert_eq!(ask(&bench, office, &application(), json!([element])).await.status, 400, "{office} {element}");
            }
            let mut with_workflow = planned(&application(), "GET", "/notification", ROOT);
            with_workflow["caller"]["operator"]["wf"] = code(1);
            assert_eq!(ask(&bench, office, &application(), json!([with_workflow])).await.status, 400, "{office}");
            for body in [json!({}), json!("x"), Value::Null] {
                assert_eq!(ask(&bench, office, &application(), body.clone()).await.status, 400, "{office} {body}");
            }
            let nothing = ask(&bench, office, &application(), json!([])).await;
            assert_eq!(nothing.status, 204, "{office} has nothing to judge");
            let text = bench.post(&format!("/access-control-manage/{office}")).session(&member()).text("[{").send().await;
            assert_eq!(text.status, 400, "{office}");
        }
        assert!(bench.neighbours.asked().is_empty());
    }

    async fn nobody_is_judged_without_identity_or_from_outside(database: Database) {
        let bench = offices(database, platform()).await;
        for office in OFFICES {
            let path = format!("/access-control-manage/{office}");
            let reply = bench.post(&path).json(json!([])).send().await;
            assert_eq!(reply.status, 401, "{office}");
            let reply = bench.post(&path).session(&member()).from(Origin::Public).json(json!([])).send().await;
            assert_eq!(reply.status, 401, "{office} from outside");
        }
    }

    async fn a_target_block_must_be_named_where_no_source_is_looked_for(database: Database) {
        let bench = offices(database, platform()).await;
        for office in OFFICES.into_iter().filter(|office| !office.starts_with("share")) {
            for block in [Value::Null, json!(0)] {
                let mut planned = planned(&application(), "GET", "/notification", ROOT);
                planned["caller"]["userId"] = json!("u1");
                planned["target"]["blockCode"] = block;
                assert_eq!(ask(&bench, office, &application(), json!([planned])).await.status, 400, "{office}");
            }
        }
    }
}
