use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};

use super::*;

async fn post(bench: &Bench, path: &str, body: Value) -> Reply {
    bench.post(&format!("/certification-authority/{path}")).session(&member()).json(body).send().await
}

fn named(issued: &Value) -> Value {
    json!({"serialNo": issued["serialNo"], "fingerPrint": issued["fingerPrint"]})
}

on_both_databases! {
    async fn a_revoked_certificate_is_gone_everywhere_and_listed_as_revoked(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        let kept = issue(&bench, "client", order()).await;
        let standing = format!("standing/{}", issued["serialNo"].as_str().unwrap());
        assert_eq!(get(&bench, &member(), &standing).await.status, 200);
        assert_eq!(get(&bench, &member(), "revoked").await.body, json!({"serials": []}));

        let path = format!("/certification-authority/client/{}", path_of(&issued));
        let reply = bench.delete(&path).session(&member()).send().await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));

        assert_eq!(get(&bench, &member(), &standing).await.status, 204);
        assert_eq!(get(&bench, &member(), "revoked").await.body, json!({"serials": [issued["serialNo"]]}));
        assert_eq!(get(&bench, &member(), &format!("client/{}", path_of(&issued))).await.status, 204);
        assert_eq!(post(&bench, "valid", named(&issued)).await.status, 400);
        assert_eq!(post(&bench, "distributed", named(&issued)).await.status, 400);
        assert_eq!(post(&bench, "valid", named(&kept)).await.status, 200);
        let by = format!("certificate_manage where serial_no = '{}'", issued["serialNo"].as_str().unwrap());
        assert_eq!(bench.text("updated_by", &by).await, "member01");
    }

    async fn revoking_twice_is_refused_the_second_time(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        let path = format!("/certification-authority/client/{}", path_of(&issued));
        let (one, other) =
            tokio::join!(bench.delete(&path).session(&member()).send(), bench.delete(&path).session(&member()).send());
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }

    async fn a_certificate_is_revoked_as_what_it_is(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        let path = format!("/certification-authority/server/{}", path_of(&issued));
        assert_eq!(bench.delete(&path).session(&member()).send().await.status, 400);
        assert_eq!(post(&bench, "valid", named(&issued)).await.status, 200);
    }

    async fn a_server_certificate_is_revoked_by_members_and_is_gone(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "server", order()).await;
        let path = format!("/certification-authority/server/{}", path_of(&issued));
        for session in [individual(), application()] {
            assert_eq!(bench.delete(&path).session(&session).send().await.status, 401);
        }
        assert_eq!(bench.delete(&path).send().await.status, 401);
        let reply = bench.delete(&path).session(&member()).send().await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(get(&bench, &member(), &format!("server/{}", path_of(&issued))).await.status, 204);
        assert_eq!(bench.delete(&path).session(&member()).send().await.status, 400, "nothing is left");
        assert_eq!(get(&bench, &member(), "revoked").await.body, json!({"serials": []}), "blocks show client certificates");
        let unknown = bench.delete("/certification-authority/server/A/B").session(&member()).send().await;
        assert_eq!(unknown.status, 400);
    }

    async fn only_members_revoke_and_mark(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        let path = format!("/certification-authority/client/{}", path_of(&issued));
        for session in [individual(), application()] {
            assert_eq!(bench.delete(&path).session(&session).send().await.status, 401);
            let request = bench.post("/certification-authority/distributed").session(&session);
            assert_eq!(request.json(named(&issued)).send().await.status, 401);
        }
        assert_eq!(bench.delete(&path).send().await.status, 401);
        for path in ["distributed", "valid"] {
            let request = bench.post(&format!("/certification-authority/{path}"));
            assert_eq!(request.json(named(&issued)).send().await.status, 401, "{path}");
        }
        assert_eq!(bench.count("certificate_manage where is_distributed or is_disabled").await, 0);
        assert_eq!(post(&bench, "valid", named(&issued)).await.status, 200);
    }

    async fn a_distributed_certificate_is_marked_by_whoever_did_it(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        bench.execute("update certificate_manage set updated_by = 'somebody'").await;
        let reply = post(&bench, "distributed", named(&issued)).await;
        let by = "certificate_manage where is_distributed";
        assert_eq!(bench.text("updated_by", by).await, "member01");
        let mut marked = named(&issued);
        marked["status"] = json!("distributed");
        assert_eq!((reply.status, reply.body), (200, marked));
        assert_eq!(bench.count("certificate_manage where is_distributed").await, 1);
    }

    async fn validity_ends_with_the_period(database: Database) {
        let bench = authority(database).await;
        let issued = issue(&bench, "client", order()).await;
        assert_eq!(post(&bench, "valid", named(&issued)).await.status, 200);
        bench.advance(TimeDelta::days(826));
        assert_eq!(post(&bench, "valid", named(&issued)).await.status, 401);
        let standing = format!("standing/{}", issued["serialNo"].as_str().unwrap());
        assert_eq!(get(&bench, &member(), &standing).await.status, 204);
    }

    async fn a_mark_needs_serial_number_and_fingerprint(database: Database) {
        let bench = authority(database).await;
        for path in ["distributed", "valid"] {
            for body in [
                json!({}),
                json!({"serialNo": "A"}),
                json!({"fingerPrint": "B"}),
                json!({"serialNo": "", "fingerPrint": "B"}),
                json!({"serialNo": 5, "fingerPrint": "B"}),
                json!({"serialNo": "A", "fingerPrint": null}),
                json!({"serialNo": "unknown", "fingerPrint": "unknown"}),
            ] {
                assert_eq!(post(&bench, path, body.clone()).await.status, 400, "{path} {body}");
            }
        }
    }
}
