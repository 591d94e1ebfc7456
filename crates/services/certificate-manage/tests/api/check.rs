use serde_json::json;
use testkit::{application, individual, member, of_actor, on_both_databases};
use vocabulary::Session;

use super::*;

on_both_databases! {
    async fn a_block_says_whether_it_holds_a_client_certificate(database: Database) {
        let bench = certificates(database, authority()).await;
        let check = async || bench.get("/certificate-manage/check/client").session(&individual()).send().await;
        assert_eq!(check().await.status, 400);
        assert_eq!(store(&bench, upload()).await.status, 200);
        let reply = check().await;
        assert_eq!((reply.status, reply.body), (200, json!({"isExist": true})));
        bench.delete("/certificate-manage/A1/F1").session(&member()).send().await;
        assert_eq!(check().await.status, 400);
    }

    async fn members_of_the_block_see_what_it_holds_without_keys(database: Database) {
        let bench = certificates(database, authority()).await;
        let list = async |session: &Session| {
            bench.get("/certificate-manage/certificates").session(session).send().await
        };
        assert_eq!(list(&member()).await.body, json!([]));
        store(&bench, upload()).await;
        let held = list(&member()).await;
        assert_eq!((held.status, &held.body[0]["serialNo"]), (200, &json!("A1")));
        assert_eq!(held.body[0]["actor"], json!({"value": 10001, "ver": 1}));
        assert_eq!(held.body[0]["validPeriodEnd"], "2027-01-01T00:00:00.000+0900");
        assert!(!held.body.to_string().contains("BEGIN"));
        for session in [individual(), application(), of_actor(&member(), 5)] {
            assert_eq!(list(&session).await.status, 401);
        }
        bench.delete("/certificate-manage/A1/F1").session(&member()).send().await;
        assert_eq!(list(&member()).await.body, json!([]), "what was given up is not held");
    }

    async fn without_a_session_nothing_is_told(database: Database) {
        let bench = certificates(database, authority()).await;
        assert_eq!(bench.get("/certificate-manage/check/client").send().await.status, 401);
        let reply = bench.get("/certificate-manage/check/client").header("session", "not%20json").send().await;
        assert_eq!(reply.status, 401);
        assert_eq!(bench.get("/certificate-manage/certificates").send().await.status, 401);
    }

    async fn who_takes_or_sends_no_json_is_told_so_on_every_route(database: Database) {
        let bench = certificates(database, authority()).await;
        store(&bench, upload()).await;
        let asked = bench.neighbours.asked().len();
        for (method, path) in [
            (Method::GET, "/certificate-manage/check/client"),
            (Method::GET, "/certificate-manage/certificates"),
            (Method::POST, "/certificate-manage"),
            (Method::DELETE, "/certificate-manage/A1/F1"),
        ] {
            let request = || {
                let request = bench.request(method.clone(), path).session(&member());
                if method == Method::POST { request.json(upload()) } else { request }
            };
            assert_eq!(request().header("accept", "text/html").send().await.status, 406, "{method} {path}");
            assert_eq!(request().without_header("accept").send().await.status, 406, "{method} {path}");
        }
        let plain = bench.post("/certificate-manage").session(&member()).header("content-type", "text/plain");
        assert_eq!(plain.json(upload()).send().await.status, 406);
        // What is no JSON is told first, whatever it is called.
        let no_json = bench.post("/certificate-manage").session(&member()).header("content-type", "text/plain");
        assert_eq!(no_json.text("{no").send().await.status, 400);
        assert_eq!(bench.neighbours.asked().len(), asked, "nobody was asked");
        assert_eq!(bench.count("certificate_manage where is_disabled").await, 0, "and nothing was given up");
    }
}
