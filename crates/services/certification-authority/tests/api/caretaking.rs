use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, member_with, of_actor, on_both_databases};

use super::*;

const PATH: &str = "/certification-authority/certificates";
const BLOCK: i64 = 1_000_005;

fn item(code: i64, ns: &str, template: Value) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": 1}}, "template": template})
}

/// A catalog with one assigned block, run by the actor 5, and one that is not assigned.
fn catalog() -> Neighbours {
    let block =
        |status: &str| json!({"service-name": "application000005-service", "assignment-status": status});
    let actor = |code: i64, block: i64, left: bool| {
        let main = json!({"_value": block, "_ver": 1});
        item(code, "catalog/ext/test-org/actor/app", json!({"main-block": main, "breakaway-flg": left}))
    };
    let of = ServiceName::Catalog;
    Neighbours::new()
        .refuses(of, Method::GET, "/catalog/1000007", 404, json!({"status": 404, "message": "x"}))
        .answers(of, Method::GET, &format!("/catalog/{BLOCK}"), item(BLOCK, "b", block("assigned")))
        .answers(of, Method::GET, "/catalog/1000006", item(1_000_006, "b", block("unassigned")))
        .answers(
            of,
            Method::GET,
            "/catalog",
            json!([actor(4, BLOCK, true), actor(5, BLOCK, false), actor(6, 9, false)]),
        )
}

async fn authority_with(neighbours: Neighbours, database: Database) -> Bench {
    let router = |ground: Ground| router(ground, Settings::default());
    Bench::start::<Migrator>(ServiceName::CertificationAuthority, database, neighbours, router).await
}

async fn order_for(bench: &Bench, session: &Session, kind: &str, replaces: Option<&Value>) -> Reply {
    let order = json!({"certType": kind, "block": BLOCK, "replaces": replaces});
    bench.post(PATH).session(session).json(order).send().await
}

on_both_databases! {
    async fn a_block_orders_its_next_certificate_and_the_same_order_brings_the_same_one(database: Database) {
        let bench = authority_with(catalog(), database).await;
        let own = of_actor(&member(), 5);
        let first = order_for(&bench, &own, "client", None).await;
        assert_eq!(first.status, 200, "{}", first.body);
        assert_eq!(first.body["subject"]["OU"], 5, "the actor that has not left");
        assert!(first.body["certificate"].as_str().unwrap().contains("PRIVATE KEY"));
        assert!(first.body["authority"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
        let serial = &first.body["serialNo"];
        assert_eq!(&order_for(&bench, &own, "client", None).await.body["serialNo"], serial);
        let root = member();
        let (one, other) = tokio::join!(
            order_for(&bench, &own, "client", Some(serial)),
            order_for(&bench, &root, "client", Some(serial)),
        );
        assert_eq!(one.body["serialNo"], other.body["serialNo"], "one successor");
        assert_ne!(&one.body["serialNo"], serial);
        assert_eq!(bench.count("certificate_manage where cert_type = 'client'").await, 2);
        let server = order_for(&bench, &own, "server", None).await;
        assert_eq!(server.body["subject"]["CN"], "application000005-service");
        assert_eq!(bench.count("certificate_manage where cert_type = 'server'").await, 1);
    }

    async fn a_revoked_successor_is_followed_by_another_one(database: Database) {
        let bench = authority_with(catalog(), database).await;
        let own = of_actor(&member(), 5);
        let first = order_for(&bench, &own, "client", None).await.body["serialNo"].clone();
        let second = order_for(&bench, &own, "client", Some(&first)).await.body["serialNo"].clone();
        let path = format!("{PATH}/{}", second.as_str().unwrap());
        for _ in 0..2 {
            let reply = bench.delete(&path).session(&own).send().await;
            assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        }
        let third = order_for(&bench, &own, "client", Some(&first)).await.body["serialNo"].clone();
        assert!(third != first && third != second);
        let list = bench.get(PATH).session(&own).send().await.body;
        let state = |serial: &Value| {
            let list = list.as_array().unwrap();
            list.iter().find(|one| one["serialNo"] == *serial).unwrap()["state"].clone()
        };
        assert_eq!((state(&third), state(&second)), (json!("live"), json!("revoked")));
        assert!(!list.to_string().contains("BEGIN"), "no keys");
        assert_eq!(list[0]["block"], json!({"value": BLOCK, "ver": 1}));
    }

    async fn other_blocks_and_members_without_the_right_neither_order_nor_see_nor_end(database: Database) {
        let bench = authority_with(catalog(), database).await;
        let own = of_actor(&member(), 5);
        let serial = order_for(&bench, &own, "client", None).await.body["serialNo"].as_str().unwrap().to_owned();
        let applies = member_with(json!({"actor": {"application": true}}));
        let nothing = of_actor(&member_with(json!({"catalog": {"create": true}})), 5);
        for session in [of_actor(&member(), 7), applies, nothing, individual(), application()] {
            assert_eq!(order_for(&bench, &session, "client", None).await.status, 401);
            assert_eq!(bench.delete(&format!("{PATH}/{serial}")).session(&session).send().await.status, 401);
        }
        assert_eq!(bench.post(PATH).json(json!({"certType": "client", "block": BLOCK})).send().await.status, 401);
        assert_eq!(bench.get(PATH).send().await.status, 401);
        assert_eq!(bench.get(PATH).session(&individual()).send().await.status, 401);
        let others = bench.get(PATH).session(&of_actor(&member(), 7)).send().await;
        assert_eq!((others.status, others.body), (200, json!([])));
        let all = bench.get(PATH).session(&member()).send().await.body;
        assert_eq!(all.as_array().unwrap().len(), 2, "the root's own certificate, too");
        assert_eq!(bench.count("certificate_manage where is_disabled").await, 0);
    }

    async fn certificates_are_for_assigned_blocks(database: Database) {
        let bench = authority_with(catalog(), database).await;
        for (what, order) in [
            ("nothing", json!({})),
            ("a list", json!([])),
            ("not assigned", json!({"certType": "client", "block": 1_000_006})),
            ("unknown", json!({"certType": "client", "block": 1_000_007})),
            ("a root certificate", json!({"certType": "root", "block": BLOCK})),
            ("no type", json!({"block": BLOCK})),
            ("no block", json!({"certType": "client"})),
            ("a block of words", json!({"certType": "client", "block": "x"})),
            ("an unknown predecessor", json!({"certType": "client", "block": BLOCK, "replaces": "AA"})),
            ("a predecessor that is none", json!({"certType": "client", "block": BLOCK, "replaces": [1]})),
        ] {
            let reply = bench.post(PATH).session(&member()).json(order).send().await;
            assert_eq!(reply.status, 400, "{what}: {}", reply.body);
        }
        assert_eq!(bench.count("certificate_manage").await, 0);
        assert_eq!(bench.delete(&format!("{PATH}/AA")).session(&member()).send().await.status, 400);
    }

    async fn the_root_renews_its_own(database: Database) {
        let bench = authority_with(Neighbours::new(), database).await;
        let root = member().block.unwrap().value.0;
        let order = json!({"certType": "server", "block": root});
        let reply = bench.post(PATH).session(&member()).json(order).send().await;
        assert_eq!(reply.status, 200, "without asking the catalog: {}", reply.body);
        assert_eq!(bench.neighbours.asked().len(), 0);
    }
}
