//! Reading notices.

use serde_json::json;
use testkit::{Bench, Reply, application, individual, member, on_both_databases};
use vocabulary::Session;

use super::{added, colleague, count, ids, list, notice, stage, stranger};

async fn read(bench: &Bench, session: &Session, id: i64) -> Reply {
    bench.put("/notification").session(session).json(json!({"id": id})).send().await
}

on_both_databases! {
    async fn a_notice_is_read_once_by_everybody(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, notice(&[])).await;
        let reply = read(&bench, &member(), id).await;
        assert_eq!((reply.status, reply.body.as_object().unwrap().len()), (200, 1));
        assert_eq!(read(&bench, &member(), id).await.status, 204);
        assert_eq!(read(&bench, &colleague(), id).await.status, 200);
        let listed = list(&bench, &member(), false, 0, "").await.body;
        assert_eq!(listed[0]["readAt"], json!("2026-01-02T03:04:05.678+0900"));
        added(&bench, notice(&[])).await;
        let unread = "/notification?is_send=false&is_unread=true&is_approval=false&num=0&type=0";
        assert_eq!(ids(&bench.get(unread).session(&member()).send().await), [2]);
    }

    async fn two_at_once_read_once(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, notice(&[])).await;
        let member = member();
        let (a, b, c) = tokio::join!(read(&bench, &member, id), read(&bench, &member, id), read(&bench, &member, id));
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 204, 204]);
        assert_eq!(count(&bench, "readflag_management").await, 1);
    }

    async fn only_those_it_is_for_read_a_notice(database: Database) {
        let bench = stage(database).await;
        let named = added(&bench, notice(&[1])).await;
        let to_all = added(&bench, notice(&[])).await;
        for session in [colleague(), stranger()] {
            assert_eq!(read(&bench, &session, named).await.status, 401);
        }
        for session in [individual(), application(), stranger()] {
            assert_eq!(read(&bench, &session, to_all).await.status, 401);
        }
        assert_eq!(read(&bench, &member(), 77).await.status, 400);
        assert_eq!(count(&bench, "readflag_management").await, 0);
        assert_eq!(read(&bench, &member(), named).await.status, 200);
    }

    async fn the_number_must_be_one(database: Database) {
        let bench = stage(database).await;
        for body in ["", "{}", "[]", "{\"id\": \"x\"}", "{\"id\": null}", "{\"id\": 1.5}", "[{\"id\": 1}]"] {
            assert_eq!(bench.put("/notification").session(&member()).text(body).send().await.status, 400, "{body}");
        }
        assert_eq!(bench.put("/notification").json(json!({"id": 1})).send().await.status, 401);
    }
}
