use serde_json::json;
use testkit::{application, individual, member, member_with, of_actor, on_both_databases};

use super::*;

on_both_databases! {
    async fn a_certificate_is_given_up_without_asking_the_authority(database: Database) {
        let bench = certificates(database, authority()).await;
        store(&bench, upload()).await;
        let before = bench.neighbours.asked().len();
        // The root's catalog-update asks, as whoever decided that the actor ends.
        let reply = bench.delete("/certificate-manage/A1/F1").session(&of_actor(&member(), 5)).send().await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(bench.neighbours.asked().len(), before);
        assert_eq!(bench.count("certificate_manage where is_disabled").await, 1);
        let again = bench.delete("/certificate-manage/A1/F1").session(&member()).send().await;
        assert_eq!(again.status, 400, "there is nothing left");
        assert_eq!(store(&bench, upload()).await.status, 200, "and it may come again");
        assert_eq!(bench.count("certificate_manage").await, 2);
    }

    async fn only_members_with_a_right_give_up_certificates(database: Database) {
        let bench = certificates(database, authority()).await;
        store(&bench, upload()).await;
        let others = member_with(json!({"catalog": {"create": true}, "actor": {"application": false}}));
        for session in [individual(), application(), others, member_with(json!({}))] {
            assert_eq!(bench.delete("/certificate-manage/A1/F1").session(&session).send().await.status, 401);
        }
        assert_eq!(bench.delete("/certificate-manage/A1/F1").send().await.status, 401);
        assert_eq!(bench.count("certificate_manage where is_disabled").await, 0);
        let applies = member_with(json!({"actor": {"application": true}}));
        assert_eq!(bench.delete("/certificate-manage/A1/F1").session(&applies).send().await.status, 200);
    }

    async fn an_unknown_certificate_is_refused(database: Database) {
        let bench = certificates(database, authority()).await;
        for path in ["A1/F2", "A2/F1", "%20/%20"] {
            let reply = bench.delete(&format!("/certificate-manage/{path}")).session(&member()).send().await;
            assert_eq!(reply.status, 400, "{path}");
        }
        assert_eq!(bench.delete("/certificate-manage/A1").session(&member()).send().await.status, 404);
    }
}
