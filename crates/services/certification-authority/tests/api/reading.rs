use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};

use super::*;

on_both_databases! {
    async fn where_there_is_nothing_the_answer_is_204(database: Database) {
        let bench = authority(database).await;
        for path in ["root", "list", "list/10001", "client/A/B", "server/A/B", "actor/A/B", "standing/A"] {
            let reply = get(&bench, &member(), path).await;
            assert_eq!((reply.status, &reply.body), (204, &Value::Null), "{path}");
        }
    }

    async fn lists_show_live_certificates_newest_first_without_keys(database: Database) {
        let bench = authority(database).await;
        let first = issue(&bench, "client", order()).await;
        let second = issue(&bench, "client", order()).await;
        let list = get(&bench, &individual(), "list").await;
        let serials: Vec<_> = list.body.as_array().unwrap().iter().map(|one| &one["serialNo"]).collect();
        assert_eq!(serials[..2], [&second["serialNo"], &first["serialNo"]]);
        assert!(!list.body.to_string().contains("PRIVATE KEY") && list.body[0].get("certificate").is_none());
        assert_eq!(get(&bench, &member(), "list/10001").await.body.as_array().unwrap().len(), 2);
        assert_eq!(get(&bench, &member(), "list/10003").await.status, 204);
        let reply = get(&bench, &member(), "list/abc").await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["actorCode"]));
    }

    async fn keys_are_for_members_of_the_root_and_of_the_block_itself(database: Database) {
        let bench = authority(database).await;
        // `of_actor` gives actor 5 the block 1000005.
        let mut order = order();
        order["block"] = json!({"value": 1_000_005, "ver": 1});
        let issued = issue(&bench, "client", order).await;
        let path = format!("client/{}", path_of(&issued));
        for session in [member(), of_actor(&member(), 5)] {
            let reply = get(&bench, &session, &path).await;
            assert_eq!(reply.status, 200);
            assert_eq!(reply.body["certificate"], issued["certificate"]);
        }
        for session in [of_actor(&member(), 6), individual(), application()] {
            assert_eq!(get(&bench, &session, &path).await.status, 401);
        }
        assert_eq!(get(&bench, &member(), &path.replace("client/", "server/")).await.status, 204, "another type");
        let server = issue(&bench, "server", self::order()).await;
        let path = format!("server/{}", path_of(&server));
        let reply = get(&bench, &member(), &path).await;
        assert_eq!((reply.status, &reply.body["certificate"]), (200, &server["certificate"]));
        assert_eq!(get(&bench, &of_actor(&member(), 6), &path).await.status, 401);
        assert_eq!(get(&bench, &member(), &path.replace("server/", "client/")).await.status, 204, "another type");
    }

    async fn anybody_may_know_whose_a_certificate_is(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        let reply = get(&bench, &individual(), &format!("actor/{}", path_of(&issued))).await;
        let holder = json!({"actor": {"value": 10001, "ver": 1}, "block": {"value": 10002, "ver": 2}});
        assert_eq!((reply.status, reply.body), (200, holder));
    }

    async fn the_chain_holds_client_certificates_and_no_key(database: Database) {
        let bench = authority(database).await;
        issue(&bench, "client", order()).await;
        let reply = bench.get("/certificate-authority/client/cert-chain").send().await;
        let chain = reply.body["chained_client_cert"].as_str().unwrap();
        assert_eq!(chain.matches("BEGIN CERTIFICATE").count(), 1);
        assert!(!chain.contains("PRIVATE KEY"));
        let refused = bench.get("/certificate-authority/client/cert-chain").header("accept", "text/html");
        assert_eq!(refused.send().await.status, 406);
    }

    async fn the_root_certificate_is_told_without_its_key(database: Database) {
        let bench = authority(database).await;
        issue(&bench, "client", order()).await;
        let reply = get(&bench, &individual(), "root").await;
        assert_eq!((reply.status, &reply.body["certType"]), (200, &json!("root")));
        let text = reply.body["certificate"].as_str().unwrap();
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE KEY"));
    }

    async fn without_a_session_nothing_is_told(database: Database) {
        let bench = authority(database).await;
        for path in ["root", "list", "list/1", "client/A/B", "actor/A/B", "revoked"] {
            let reply = bench.get(&format!("/certification-authority/{path}")).send().await;
            assert_eq!(reply.status, 401, "{path}");
        }
    }

    async fn who_takes_or_sends_no_json_is_told_so_on_every_route(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        let (one, serial) = (path_of(&issued), issued["serialNo"].as_str().unwrap());
        let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
        let mut paths = vec![
            (&get, "root".to_owned()),
            (&get, "list".to_owned()),
            (&get, "list/10001".to_owned()),
            (&get, format!("actor/{one}")),
            (&get, format!("client/{one}")),
            (&get, format!("server/{one}")),
            (&get, "revoked".to_owned()),
            (&get, format!("standing/{serial}")),
            (&get, "certificates".to_owned()),
            (&delete, format!("client/{one}")),
            (&delete, format!("server/{one}")),
            (&delete, format!("certificates/{serial}")),
        ];
        let posts = ["root", "client", "server", "certificates", "distributed", "valid"];
        paths.extend(posts.map(|path| (&post, path.to_owned())));
        for (method, path) in paths {
            let request = || {
                let request = bench.request(method.clone(), &format!("/certification-authority/{path}"));
                let request = request.session(&member());
                if method == post { request.json(order()) } else { request }
            };
            assert_eq!(request().header("accept", "text/html").send().await.status, 406, "{method} {path}");
            assert_eq!(request().without_header("accept").send().await.status, 406, "{method} {path}");
            if *method == post {
                let plain = request().header("content-type", "text/plain").send().await;
                assert_eq!(plain.status, 406, "{path}");
            }
        }
        assert_eq!(bench.count("certificate_manage where is_disabled or is_distributed").await, 0);
        assert_eq!(bench.count("certificate_manage").await, 2, "the root's and the one that was issued");
    }
}
