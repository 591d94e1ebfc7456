use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};

use super::*;

on_both_databases! {
    async fn a_certificate_that_the_authority_knows_is_stored_and_its_key_never_shown(database: Database) {
        let bench = certificates(database, authority()).await;
        let reply = store(&bench, upload()).await;
        let mut stored = known();
        stored.as_object_mut().unwrap().remove("certificate");
        stored["block"] = holder()["block"].clone();
        stored["actor"] = holder()["actor"].clone();
        assert_eq!((reply.status, reply.body), (200, stored));
        let sealed = bench.text("certificate", "certificate_manage").await;
        assert!(sealed.starts_with("sealed:1:"));
        assert_eq!(bench.ground.seal.open(&sealed).unwrap(), PEM);
        assert_eq!(bench.text("created_by", "certificate_manage").await, "member01");
    }

    async fn the_same_certificate_twice_is_stored_once(database: Database) {
        let bench = certificates(database, authority()).await;
        let (one, other) = tokio::join!(store(&bench, upload()), store(&bench, upload()));
        assert_eq!((one.status, other.status, store(&bench, upload()).await.status), (200, 200, 200));
        assert_eq!(bench.count("certificate_manage").await, 1);
    }

    async fn line_breaks_may_have_been_written_out_on_the_way(database: Database) {
        let bench = certificates(database, authority()).await;
        let mut upload = upload();
        upload["certificate"] = json!(PEM.replace('\n', "\\r\\n"));
        assert_eq!(store(&bench, upload.clone()).await.status, 200);
        upload["certificate"] = json!(PEM.replace('\n', "\r\n"));
        assert_eq!(store(&bench, upload).await.status, 200);
    }

    async fn the_authority_keeps_its_own_key_and_its_certificate_can_be_stored_with_or_without(database: Database) {
        let certificate = &PEM[PEM.find("-----BEGIN CERTIFICATE-----").unwrap()..];
        let mut root = known();
        root["certType"] = json!("root");
        root["certificate"] = json!(certificate);
        let none = json!({"actor": null, "block": null});
        let of = ServiceName::CertificationAuthority;
        let neighbours = Neighbours::new()
            .answers(of, Method::GET, "/certification-authority/root", root)
            .answers(of, Method::GET, "/certification-authority/actor/A1/F1", none);
        let bench = certificates(database, neighbours).await;
        let mut upload = upload();
        upload["certType"] = json!("root");
        let reply = store(&bench, upload).await;
        assert_eq!((reply.status, &reply.body["actor"]), (200, &Value::Null));
    }

    async fn from_another_block_the_authority_is_asked_through_the_own_proxy(database: Database) {
        let certificate = "/pxr-block-proxy/?from_path=%2Fcertificate-manage&block=$pxr-root-block&path=%2Fcertification-authority%2Fclient%2FA1%2FF1";
        let whose = certificate.replace("client", "actor");
        let neighbours = Neighbours::new()
            .answers(ServiceName::BlockProxy, Method::GET, certificate, known())
            .answers(ServiceName::BlockProxy, Method::GET, &whose, holder());
        let bench = certificates_on(BlockKind::App, database, neighbours).await;
        assert_eq!(store(&bench, upload()).await.status, 200);
    }

    async fn what_the_authority_does_not_know_is_refused(database: Database) {
        let of = ServiceName::CertificationAuthority;
        let path = "/certification-authority/client/A1/F1";
        for (answer, status) in [(204, 400), (400, 400), (404, 404), (500, 503), (503, 503)] {
            let neighbours = Neighbours::new().refuses(of, Method::GET, path, answer, Value::Null);
            let bench = certificates(Database::sqlite(), neighbours).await;
            assert_eq!(store(&bench, upload()).await.status, status, "the authority answers {answer}");
        }
        let bench = certificates(database, Neighbours::new()).await;
        assert_eq!(store(&bench, upload()).await.status, 503, "it cannot be reached");
        assert_eq!(bench.count("certificate_manage").await, 0);
    }

    async fn another_certificate_under_a_known_number_is_refused(database: Database) {
        let bench = certificates(database, authority()).await;
        let mut upload = upload();
        upload["certificate"] = json!(PEM.replace("BB", "CC"));
        assert_eq!(store(&bench, upload).await.status, 400);
        assert_eq!(bench.count("certificate_manage").await, 0);
    }

    async fn only_members_of_the_block_give_it_certificates(database: Database) {
        let bench = certificates(database, authority()).await;
        for session in [individual(), application(), of_actor(&member(), 5)] {
            let reply = bench.post("/certificate-manage").session(&session).json(upload()).send().await;
            assert_eq!(reply.status, 401, "{}", session.login_id);
        }
        assert_eq!(bench.post("/certificate-manage").json(upload()).send().await.status, 401);
        assert!(bench.neighbours.asked().is_empty(), "nobody is asked for the key");
    }

    async fn broken_fields_are_named(database: Database) {
        let bench = certificates(database, authority()).await;
        for (body, fields) in [
            (json!({"a": 1}), vec!["certType", "serialNo", "fingerPrint", "certificate"]),
            (json!({"certType": "other", "serialNo": "A", "fingerPrint": "B", "certificate": "C"}), vec!["certType"]),
            (json!({"certType": "client", "serialNo": "", "fingerPrint": 5, "certificate": "C"}), vec!["serialNo", "fingerPrint"]),
            (json!({"certType": "client", "serialNo": "A", "fingerPrint": "B", "certificate": null}), vec!["certificate"]),
            (json!({"certType": "client", "serialNo": "x".repeat(256), "fingerPrint": "B", "certificate": "C"}), vec!["serialNo"]),
        ] {
            let reply = store(&bench, body.clone()).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, fields), "{body}");
        }
        for body in [json!({}), json!([]), json!([upload()])] {
            assert_eq!(store(&bench, body.clone()).await.status, 400, "{body}");
        }
        let text = bench.post("/certificate-manage").session(&member()).text("{no").send().await;
        assert_eq!(text.status, 400);
    }
}
