use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};
use x509_parser::{pem::parse_x509_pem, prelude::GeneralName};

use super::*;

/// Reads the certificate behind the key of an answer.
fn read<T>(issued: &Value, read: impl FnOnce(&x509_parser::certificate::X509Certificate<'_>) -> T) -> T {
    let text = issued["certificate"].as_str().unwrap();
    let (key, certificate) = text.split_at(text.find("-----BEGIN CERTIFICATE-----").unwrap());
    assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"), "the key stands first");
    let (_, pem) = parse_x509_pem(certificate.as_bytes()).unwrap();
    read(&pem.parse_x509().unwrap())
}

fn names(certificate: &x509_parser::certificate::X509Certificate<'_>) -> Vec<String> {
    let names = certificate.subject_alternative_name().unwrap().unwrap();
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::URI(uri) => (*uri).to_owned(),
        GeneralName::DNSName(name) => (*name).to_owned(),
        other => other.to_string(),
    };
    names.value.general_names.iter().map(text).collect()
}

on_both_databases! {
    async fn a_client_certificate_names_its_block_and_is_signed_by_the_root_certificate(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        assert_eq!((&issued["certType"], &issued["subject"]["OU"]), (&json!("client"), &json!(10001)));
        read(&issued, |certificate| {
            assert_eq!(names(certificate), ["pxr:block:10002"]);
            assert!(!certificate.is_ca());
            assert!(certificate.extended_key_usage().unwrap().unwrap().value.client_auth);
            assert_eq!(certificate.issuer().iter_common_name().next().unwrap().as_str().unwrap(), "PxR Root CA");
            let serial = hex_of(certificate.raw_serial());
            assert_eq!(issued["serialNo"], serial);
        });
        assert_eq!(bench.count("certificate_manage where cert_type = 'root'").await, 1);
        issue(&bench, "client", order()).await;
        assert_eq!(bench.count("certificate_manage where cert_type = 'root'").await, 1);
    }

    async fn a_server_certificate_names_the_service_of_its_block(database: Database) {
        let item = json!({
            "catalogItem": {"ns": "catalog/ext/test-org/block/app", "name": "b", "_code": {"_value": 10002, "_ver": 2}},
            "template": {"service-name": "application000001-service", "actor-type": "app"},
        });
        let neighbours =
            Neighbours::new().answers(ServiceName::Catalog, http::Method::GET, "/catalog/10002", item);
        let router = |ground: Ground| router(ground, Settings::default());
        let service = ServiceName::CertificationAuthority;
        let bench = Bench::start::<Migrator>(service, database, neighbours, router).await;
        let mut order = order();
        order["actor"] = json!({"value": null, "ver": null});
        let issued = issue(&bench, "server", order).await;
        read(&issued, |certificate| {
            assert_eq!(names(certificate), ["pxr:block:10002", "application000001-service"]);
            assert!(certificate.extended_key_usage().unwrap().unwrap().value.server_auth);
        });
    }

    async fn keys_lie_sealed_in_the_database(database: Database) {
        let bench = authority(database).await;
        issue(&bench, "client", order()).await;
        for stored in bench.texts("certificate", "certificate_manage").await {
            assert!(stored.starts_with("sealed:1:") && !stored.contains("PRIVATE KEY"));
        }
    }

    async fn another_root_certificate_is_answered_once_with_its_key_and_signs_from_then_on(database: Database) {
        let bench = authority(database).await;
        issue(&bench, "client", order()).await;
        let reply = bench.post("/certification-authority/root").session(&member()).send().await;
        assert_eq!((reply.status, &reply.body["certType"]), (200, &json!("root")));
        read(&reply.body, |certificate| assert!(certificate.is_ca()));
        let shown = get(&bench, &member(), "root").await;
        assert_eq!(shown.body["serialNo"], reply.body["serialNo"], "the newest counts");
        assert!(!shown.body["certificate"].as_str().unwrap().contains("PRIVATE KEY"));
    }

    async fn two_first_orders_at_once_make_one_root_certificate(database: Database) {
        let bench = authority(database).await;
        let (one, other) = tokio::join!(issue(&bench, "client", order()), issue(&bench, "client", order()));
        assert_ne!(one["serialNo"], other["serialNo"]);
        assert_eq!(bench.count("certificate_manage where cert_type = 'root'").await, 1);
    }

    async fn only_members_order_certificates(database: Database) {
        let bench = authority(database).await;
        for path in ["client", "server", "root"] {
            let path = format!("/certification-authority/{path}");
            for session in [individual(), application()] {
                let reply = bench.post(&path).session(&session).json(order()).send().await;
                assert_eq!(reply.status, 401, "{path}");
            }
            assert_eq!(bench.post(&path).json(order()).send().await.status, 401, "{path} without a session");
        }
        let other = of_actor(&member(), 5);
        let reply = bench.post("/certification-authority/root").session(&other).send().await;
        assert_eq!(reply.status, 401, "the root's own matter");
        assert_eq!(bench.count("certificate_manage").await, 0);
    }

    async fn an_order_must_be_complete(database: Database) {
        let bench = authority(database).await;
        let without = |key: &str| {
            let mut order = order();
            order.as_object_mut().unwrap().remove(key);
            order
        };
        let with = |pointer: &str, value: Value| {
            let mut order = order();
            *order.pointer_mut(pointer).unwrap() = value;
            order
        };
        for (what, order) in [
            ("nothing", json!({})),
            ("a list", json!([1])),
            ("no type", without("certType")),
            ("no name", without("actorName")),
            ("no block", without("block")),
            ("no actor", without("actor")),
            ("an empty type", with("/certType", json!(""))),
            ("a number as name", with("/actorName", json!(5))),
            ("a block of words", with("/block/value", json!("a"))),
            ("a version of words", with("/block/ver", json!("x"))),
            ("a block that is a text", with("/block", json!("10002"))),
            ("a client without actor", with("/actor/value", Value::Null)),
        ] {
            let reply = bench.post("/certification-authority/client").session(&member()).json(order).send().await;
            assert_eq!(reply.status, 400, "{what}: {}", reply.body);
        }
        let reply = bench.post("/certification-authority/client").session(&member()).text("{").send().await;
        assert_eq!(reply.status, 400);
        assert_eq!(bench.count("certificate_manage").await, 0);
    }

    async fn codes_may_come_as_texts_of_digits(database: Database) {
        let bench = authority(database).await;
        let mut order = order();
        order["block"] = json!({"value": "10002", "ver": "2"});
        let issued = issue(&bench, "client", order).await;
        read(&issued, |certificate| assert_eq!(names(certificate), ["pxr:block:10002"]));
    }
}

fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}
