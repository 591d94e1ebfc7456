use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};

use super::*;

fn reverse(from: i64, path: &str) -> String {
    format!("/pxr-block-proxy/reverse?block={OWN}&path={path}&from_block={from}&from_path=/x")
}

/// An app block whose services answer, for tokens that permit `parameter`.
fn app(parameter: &Value) -> Neighbours {
    let collated = json!({"userId": null, "parameter": parameter});
    Neighbours::new()
        .answers(ServiceName::AccessControl, Method::POST, COLLATE, collated)
        .answers(ServiceName::Notification, Method::GET, "/notification", json!([{"id": 1}]))
        .answers(
            ServiceName::CertificateManage,
            Method::DELETE,
            "/certificate-manage/A/B",
            json!({"result": "success"}),
        )
}

on_both_databases! {
    async fn a_call_with_a_token_reaches_the_service_and_is_logged(database: Database) {
        let bench = proxy_on(BlockKind::App, database, app(&Value::Null)).await;
        let request = bench.get(&reverse(77, "%2Fnotification%3Fa%3D1%202")).session(&member()).header("token", "t1");
        let request = request.header("pxr-from-block", "78");
        let reply = request.json(json!({})).from(peer(77)).send().await;
        assert_eq!((reply.status, reply.body), (200, json!([{"id": 1}])));
        let asked = bench.neighbours.asked();
        assert_eq!(asked[0].body["target"], json!({"apiUrl": "/notification?a=1 2", "apiMethod": "GET", "apiToken": "t1"}));
        assert_eq!(asked[0].body["caller"], json!({"apiUrl": "/x", "blockCode": 77}));
        assert_eq!((asked[1].path.as_str(), asked[1].headers.get("token")), ("/notification?a=1%202", None));
        let from: Vec<_> = asked[1].headers.get_all("pxr-from-block").iter().collect();
        assert_eq!(from, ["77"], "the proxy says itself from where a call came");
        assert_eq!(bench.texts("caller_block_catalog_code", "log_called_api").await, ["77"]);
        assert_eq!(bench.text("created_by", "log_called_api").await, "member01");
    }

    async fn a_peer_speaks_for_its_own_block_only(database: Database) {
        // Threats 4 and 6: a token of one block is worth nothing at another, and nothing comes in from outside.
        let bench = proxy_on(BlockKind::App, database, app(&Value::Null)).await;
        let path = reverse(77, "%2Fnotification");
        let send = async |path: &str, origin| {
            bench.get(path).session(&member()).header("token", "t1").from(origin).send().await.status
        };
        assert_eq!(send(&path, peer(77)).await, 200);
        assert_eq!(send(&path, Origin::Inside).await, 200);
        assert_eq!(send(&path, peer(78)).await, 401);
        assert_eq!(send(&path.replace("from_block=77&", ""), peer(77)).await, 401);
        assert_eq!(send(&path, Origin::Public).await, 401);
        assert_eq!(bench.get(&path).from(peer(77)).send().await.status, 401, "without identity");
    }

    async fn who_was_given_data_is_told_to_the_books_of_the_root_only(database: Database) {
        for path in ["%2Fbook-operate%2Faccesslog", "%2Fbook-operate%2Find%2Faccesslog%2F"] {
            let neighbours = ["/book-operate/accesslog", "/book-operate/ind/accesslog"].iter().fold(app(&Value::Null), |all, path| {
                all.answers(ServiceName::BookOperate, Method::POST, path, json!([]))
            });
            let bench = proxy_on(BlockKind::App, Database::sqlite(), neighbours).await;
            let send = async |from: i64, sender: &str, origin| {
                let path = reverse(from, path).replace("from_path=/x", &format!("from_path={sender}"));
                let request = bench.post(&path).session(&individual()).header("token", "t1");
                request.json(json!({"userId": "u1"})).from(origin).send().await.status
            };
            assert_eq!(send(ROOT, "%2Fbook-manage", peer(ROOT)).await, 200, "{path}");
            assert_eq!(send(ROOT, "%2Fpxr-block-proxy", peer(ROOT)).await, 401, "a resident at the root: {path}");
            assert_eq!(send(77, "%2Fbook-manage", peer(77)).await, 401, "another block: {path}");
            assert_eq!(send(OWN, "%2Fbook-manage", Origin::Inside).await, 401, "the block itself: {path}");
        }
        drop(database);
    }

    async fn a_token_that_is_not_good_opens_nothing(database: Database) {
        for (answer, status) in [(400, 400), (401, 400), (500, 400)] {
            let neighbours = app(&Value::Null).refuses(ServiceName::AccessControl, Method::POST, COLLATE, answer, Value::Null);
            let bench = proxy_on(BlockKind::App, Database::sqlite(), neighbours).await;
            let reply = bench.get(&reverse(77, "%2Fnotification")).session(&member()).from(peer(77)).send().await;
            assert_eq!(reply.status, status, "access control answers {answer}");
            let asked = bench.neighbours.asked();
            assert_eq!((asked.len(), &asked[0].body["target"]["apiToken"]), (1, &json!("undefined")));
        }
        let bench = proxy_on(BlockKind::App, database, Neighbours::new()).await;
        let reply = bench.get(&reverse(77, "%2Fnotification")).session(&member()).from(peer(77)).send().await;
        assert_eq!(reply.status, 500, "access control cannot be reached");
        assert_eq!(bench.count("log_called_api").await, 0);
    }

    async fn services_of_trust_and_of_other_blocks_are_out_of_reach(database: Database) {
        let bench = proxy_on(BlockKind::App, database, app(&Value::Null)).await;
        let send = async |method: Method, path: &str, from: i64| {
            let request = bench.request(method, &reverse(from, path)).session(&member()).header("token", "t1");
            request.from(peer(from)).send().await.status
        };
        let give_up = "%2Fcertificate-manage%2FA%2FB";
        assert_eq!(send(Method::DELETE, give_up, ROOT).await, 200, "the root ends a certificate");
        for (what, status) in [
            ("another block ends a certificate", send(Method::DELETE, give_up, 77).await),
            ("the root gives a certificate", send(Method::POST, "%2Fcertificate-manage", ROOT).await),
            ("tokens", send(Method::POST, "%2Faccess-control%2Ftoken", ROOT).await),
            ("offices", send(Method::POST, "%2Faccess-control-manage%2Fblock", 77).await),
            ("a service of the root", send(Method::GET, "%2Fcatalog%2F1", 77).await),
        ] {
            assert_eq!(status, 400, "{what}");
        }
    }

    async fn a_service_that_does_not_answer_is_a_500_and_what_it_answers_comes_back(database: Database) {
        let neighbours = app(&Value::Null).refuses(ServiceName::Operator, Method::GET, "/operator/5", 404, json!({"status": 404, "message": "m"}));
        let bench = proxy_on(BlockKind::App, database, neighbours).await;
        let send = async |path: &str| {
            bench.get(&reverse(77, path)).session(&member()).header("token", "t1").from(peer(77)).send().await
        };
        let reply = send("%2Foperator%2F5").await;
        assert_eq!((reply.status, &reply.body["message"]), (404, &json!("m")));
        assert_eq!(send("%2Flocal-ctoken").await.status, 500);
        assert_eq!(bench.count("log_called_api").await, 1);
    }

    async fn a_bulk_store_is_cut_to_what_the_token_permits(database: Database) {
        let thing = |code: i64| json!({"code": {"value": {"_value": code, "_ver": 1}}});
        let store = "/book-operate/thing/bulk/u1/e1";
        let neighbours = app(&json!("[{\"_value\":2,\"_ver\":1}]")).answers(ServiceName::BookOperate, Method::POST, store, json!({"ok": true}));
        let bench = proxy_on(BlockKind::App, Database::sqlite(), neighbours).await;
        let path = reverse(OWN, "%2Fbook-operate%2Fthing%2Fbulk%2Fu1%2Fe1%3FallowPartialStore%3Dtrue");
        let request = bench.post(&path).session(&application()).header("token", "t1");
        assert_eq!(request.json(json!([thing(1), thing(2)])).send().await.status, 200);
        assert_eq!(bench.neighbours.asked().last().unwrap().body, json!([thing(2)]));
        // Without a permission nothing is stored.
        let bench = proxy_on(BlockKind::App, database, app(&Value::Null)).await;
        let request = bench.post(&path).session(&application()).header("token", "t1");
        assert_eq!(request.json(json!([thing(1)])).send().await.status, 400);
    }

    async fn a_share_is_answered_as_it_is_and_with_what_the_token_permits(database: Database) {
        let event = |code: i64| json!({"code": {"value": {"_value": code, "_ver": 1}}});
        let permitted = json!({"event": [{"_value": 1, "_ver": 1}]}).to_string();
        let search = "/book-operate/share/search";
        let held = json!({"document": null, "event": [event(1), event(2)], "thing": []});
        let neighbours = app(&json!(permitted)).answers(ServiceName::BookOperate, Method::POST, search, held);
        let bench = proxy_on(BlockKind::App, database, neighbours).await;
        let request = bench.post(&reverse(77, "%2Fbook-operate%2Fshare%2Fsearch")).session(&application());
        let reply = request.header("token", "t1").json(json!({"userId": "u"})).from(peer(77)).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body, json!({"document": null, "event": [event(1)], "thing": []}), "the caller's proxy makes a list of it");
    }

    async fn the_chain_of_certificates_is_read_under_its_own_prefix(database: Database) {
        let chain = "/certificate-authority/client/cert-chain";
        let neighbours = permitting(Neighbours::new(), OWN)
            .answers(ServiceName::CertificationAuthority, Method::GET, chain, json!({"chained_client_cert": ""}));
        let bench = proxy_on(BlockKind::Root, database, neighbours).await;
        // The block of actor 5.
        let other = 1_000_005;
        let path = reverse(other, "%2Fcertificate-authority%2Fclient%2Fcert-chain");
        let send = async |method: Method| {
            let request = bench.request(method, &path).session(&of_actor(&member(), 5)).header("token", "t1");
            request.from(peer(other)).send().await.status
        };
        assert_eq!(send(Method::GET).await, 200);
        assert_eq!(send(Method::DELETE).await, 400, "reading is all");
    }

    async fn every_method_arrives_at_the_service(database: Database) {
        let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
        let neighbours = methods.iter().fold(app(&Value::Null), |all, method| {
            all.answers(ServiceName::Notification, method.clone(), "/notification", json!({"by": method.as_str()}))
        });
        let bench = proxy_on(BlockKind::App, database, neighbours).await;
        for method in &methods {
            let path = reverse(77, "%2Fnotification");
            let request = bench.request(method.clone(), &path).session(&member()).header("token", "t1");
            let reply = request.json(json!({"a": 1})).from(peer(77)).send().await;
            assert_eq!((reply.status, &reply.body["by"]), (200, &json!(method.as_str())));
            let asked = bench.neighbours.asked();
            assert_eq!(asked[asked.len() - 2].body["target"]["apiMethod"], method.as_str(), "the token is for it");
            assert_eq!((&asked[asked.len() - 1].method, &asked[asked.len() - 1].body), (method, &json!({"a": 1})));
            let nobody = bench.request(method.clone(), &path).json(json!({})).from(peer(77)).send().await;
            assert_eq!(nobody.status, 401, "{method} without identity");
            let other = bench.request(method.clone(), &path).session(&member()).header("token", "t1");
            assert_eq!(other.json(json!({})).from(peer(78)).send().await.status, 401, "{method} of another block");
        }
    }
}
