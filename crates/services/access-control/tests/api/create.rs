use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};

use super::*;

/// An order with one member changed; null takes it away.
fn with(pointer: &str, value: Value) -> Value {
    let mut order = order();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = order.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(key)
    } else {
        parent.insert(key.to_owned(), value)
    };
    order
}

on_both_databases! {
    async fn a_token_is_created_and_the_order_comes_back_to_the_letter(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let reply = post(&bench, "/access-control", &member(), json!([order()])).await;
        assert_eq!(reply.status, 200);
        let token = reply.body[0]["apiToken"].as_str().unwrap();
        assert!(token.len() == 64 && token.bytes().all(|sign| sign.is_ascii_hexdigit()));
        assert_eq!(
            reply.body,
            json!([{"apiToken": token, "apiUrl": "/notification?type=1", "apiMethod": "GET", "userId": null}])
        );
        assert_eq!(bench.text("caller_operator_login_id", "api_access_permission").await, "member01");
        assert_eq!(bench.text("created_by", "api_access_permission").await, "member01");
    }

    async fn a_user_id_that_was_not_sent_does_not_come_back(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let without = post(&bench, "/access-control", &member(), json!([with("/caller/userId", Value::Null)])).await;
        assert_eq!(without.body[0].get("userId"), None);
        let with = post(&bench, "/access-control", &member(), json!([with("/caller/userId", json!("u1"))])).await;
        assert_eq!(with.body[0]["userId"], "u1");
    }

    async fn the_target_is_kept_decoded_and_the_caller_as_it_came(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let mut order = with("/target/apiUrl", json!("https://x/catalog%252F1?a=%2541"));
        order["caller"]["apiUrl"] = json!("/a%2Fb");
        create(&bench, order).await;
        assert_eq!(bench.text("target_api_url", "api_access_permission").await, "//x/catalog/1?a=A");
        assert_eq!(bench.text("caller_api_url", "api_access_permission").await, "/a%2Fb");
        let broken = post(&bench, "/access-control", &member(), json!([with("/target/apiUrl", json!("/%FF%FE"))])).await;
        assert_eq!(broken.status, 400);
    }

    async fn the_column_holds_japanese_digits_of_an_end_within_forty_minutes(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        // Now is 03:04:05.678 in Tokyo. What the reference writes late, what is true, and what is far too late.
        for (text, end) in [
            ("2026-01-02T03:44:05.678+0000", "2026-01-02 03:44:05.678"),
            ("2026-01-02T03:20:00.000+0900", "2026-01-02 03:20:00"),
            ("2026-01-01T18:20:00.000Z", "2026-01-02 03:20:00"),
            ("2027-01-02T03:20:00.000+09:00", "2026-01-02 03:44:05.678"),
        ] {
            create(&bench, with("/target/expirationDate", json!(text))).await;
            let kept = bench.text("expiration_date", "api_access_permission order by id").await;
            assert!(kept.starts_with(end), "{text}: {kept}");
        }
    }

    async fn only_the_root_creates_tokens(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let from = async |origin| {
            bench.post("/access-control").session(&member()).from(origin).json(json!([order()])).send().await.status
        };
        assert_eq!(from(peer(ROOT)).await, 200);
        assert_eq!(from(peer(77)).await, 401, "another block");
        assert_eq!(from(Origin::Public).await, 401, "from outside");
        let nobody = bench.post("/access-control").json(json!([order()])).send().await;
        assert_eq!(nobody.status, 401, "nobody");
        assert_eq!(bench.count("api_access_permission").await, 1);
    }

    async fn all_tokens_of_an_order_are_created_or_none(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let expired = with("/target/expirationDate", json!("2020-01-01T00:00:00.000+0900"));
        let reply = post(&bench, "/access-control", &member(), json!([order(), expired])).await;
        assert_eq!(reply.status, 400);
        assert_eq!(bench.count("api_access_permission").await, 0);
        let reply = post(&bench, "/access-control", &member(), json!([order(), order()])).await;
        assert_eq!((reply.status, reply.body.as_array().unwrap().len()), (200, 2));
        assert_ne!(reply.body[0]["apiToken"], reply.body[1]["apiToken"]);
    }

    async fn an_application_is_kept_for_type_2_only(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let mut order = order();
        order["caller"]["operator"] = json!({"type": 2, "app": {"_value": 5, "_ver": 1}, "loginId": "app01"});
        assert_eq!(post(&bench, "/access-control", &application(), json!([order.clone()])).await.status, 200);
        order["caller"]["operator"]["type"] = json!(3);
        assert_eq!(post(&bench, "/access-control", &individual(), json!([order])).await.status, 200);
        let apps = bench.texts("caller_app_code", "api_access_permission order by id").await;
        assert_eq!(apps, ["5", ""]);
    }

    async fn broken_orders_are_refused_with_the_names_of_their_fields(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        for (pointer, value, field) in [
            ("/caller/apiCode", json!("no uuid"), "apiCode"),
            ("/caller/blockCode", json!("x"), "blockCode"),
            ("/caller/apiUrl", json!(""), "apiUrl"),
            ("/caller/apiMethod", json!("PATCH"), "apiMethod"),
            ("/caller/operator", json!(5), "operator"),
            ("/caller/operator/type", json!(1), "type"),
            ("/caller/operator/role", json!([{"_value": 1}]), "_ver"),
            ("/caller/userId", json!(""), "userId"),
            ("/target/apiUrl", json!(5), "apiUrl"),
            ("/target/apiMethod", Value::Null, "apiMethod"),
            ("/target/expirationDate", json!("2026-01-02"), "expirationDate"),
            ("/target/blockCode", json!([]), "blockCode"),
        ] {
            let reply = post(&bench, "/access-control", &member(), json!([with(pointer, value.clone())])).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![field]), "{pointer} {value}");
        }
        let nameless = with("/caller/operator/loginId", Value::Null);
        for body in [json!({}), json!({"a": 1}), json!([nameless]), json!([5]), json!("x")] {
            assert_eq!(post(&bench, "/access-control", &member(), body.clone()).await.status, 400, "{body}");
        }
        assert_eq!(bench.count("api_access_permission").await, 0);
    }
}
