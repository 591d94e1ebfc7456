use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};

use super::*;

fn presented(token: &str) -> Value {
    json!({
        "caller": {"apiUrl": "/pxr-block-proxy", "blockCode": 77},
        "target": {"apiUrl": "/notification%3Ftype%3D1", "apiMethod": "GET", "apiToken": token},
    })
}

async fn collate(bench: &Bench, session: &Session, body: Value) -> u16 {
    post(bench, "/access-control/collate", session, body).await.status
}

on_both_databases! {
    async fn a_token_tells_what_it_permits(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let mut order = order();
        order["target"]["parameter"] = json!("[{\"_value\":1,\"_ver\":1}]");
        order["target"]["userId"] = json!("u1");
        let token = create(&bench, order).await;
        let reply = post(&bench, "/access-control/collate", &member(), presented(&token)).await;
        let permitted = json!({"userId": "u1", "parameter": "[{\"_value\":1,\"_ver\":1}]"});
        assert_eq!((reply.status, reply.body), (200, permitted));
    }

    async fn a_token_fits_one_call_only(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let token = create(&bench, order()).await;
        assert_eq!(collate(&bench, &member(), presented(&token)).await, 200);
        for (pointer, value) in [
            ("/caller/apiUrl", json!("/other")),
            ("/caller/blockCode", json!(78)),
            ("/target/apiUrl", json!("/notification?type=2")),
            ("/target/apiUrl", json!("/notification")),
            ("/target/apiMethod", json!("POST")),
            ("/target/apiToken", json!("undefined")),
        ] {
            let mut other = presented(&token);
            *other.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(collate(&bench, &member(), other).await, 400, "{pointer} {value}");
        }
    }

    async fn a_token_of_a_reference_proxy_which_does_not_name_its_block_works(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let token = create(&bench, order()).await;
        let mut presented = presented(&token);
        presented["caller"].as_object_mut().unwrap().remove("blockCode");
        assert_eq!(collate(&bench, &member(), presented).await, 200);
    }

    async fn a_leaked_token_works_for_nobody_else(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let token = create(&bench, order()).await;
        let mut colleague = Value::Object(member().object().clone());
        colleague["loginId"] = json!("member02");
        let colleague = Session::from_json(colleague).unwrap();
        for other in [individual(), application(), testkit::resident("member01"), colleague] {
            assert_eq!(collate(&bench, &other, presented(&token)).await, 400, "{}", other.login_id);
        }
        assert_eq!(collate(&bench, &of_actor(&member(), 5), presented(&token)).await, 200, "the same operator");
        let nobody = bench.post("/access-control/collate").json(presented(&token)).send().await;
        assert_eq!(nobody.status, 401);
    }

    async fn a_token_ends_after_forty_minutes(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let token = create(&bench, order()).await;
        bench.advance(TimeDelta::minutes(40));
        assert_eq!(collate(&bench, &member(), presented(&token)).await, 200);
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(collate(&bench, &member(), presented(&token)).await, 400);
    }

    async fn a_token_for_one_use_works_once(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let token = create(&bench, order()).await;
        let mut once = presented(&token);
        once["caller"]["singleUse"] = json!(true);
        let person = member();
        let both = tokio::join!(collate(&bench, &person, once.clone()), collate(&bench, &person, once));
        assert!(matches!(both, (200, 400) | (400, 200)), "exactly one wins: {both:?}");
        assert_eq!(collate(&bench, &member(), presented(&token)).await, 400, "replayed");
    }

    async fn a_disabled_token_is_refused(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let token = create(&bench, order()).await;
        bench.execute("update api_access_permission set is_disabled = true").await;
        assert_eq!(collate(&bench, &member(), presented(&token)).await, 400);
    }

    async fn broken_fields_are_named(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        for (body, fields) in [
            (json!({"a": 1}), vec!["caller", "target"]),
            (json!({"caller": {}, "target": {}}), vec!["apiUrl", "apiUrl", "apiMethod", "apiToken"]),
            (json!({"caller": {"apiUrl": 5}, "target": {"apiUrl": "/a", "apiMethod": "get", "apiToken": ""}}), vec!["apiUrl", "apiMethod", "apiToken"]),
        ] {
            let reply = post(&bench, "/access-control/collate", &member(), body.clone()).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, fields), "{body}");
        }
        assert_eq!(collate(&bench, &member(), json!([presented("x")])).await, 400);
        let mut presented = presented("x");
        presented["target"]["apiUrl"] = json!("/%FF");
        assert_eq!(collate(&bench, &member(), presented).await, 400);
    }
}
