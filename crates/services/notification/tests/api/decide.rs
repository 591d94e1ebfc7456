//! Deciding.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, Fault, Reply, individual, member, on_both_databases};
use vocabulary::{ServiceName, Session};

use super::{BLOCK, added, colleague, execute, handed_on, notice, request, stage, stranger, texts};

async fn decide(bench: &Bench, session: &Session, body: Value) -> Reply {
    bench.put("/notification/approval").session(session).json(body).send().await
}

fn yes(id: i64) -> Value {
    json!({"id": id, "status": 1, "comment": null})
}

on_both_databases! {
    async fn a_decision_is_posted_to_whoever_asked_and_its_answer_comes_back(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        let reply = decide(&bench, &member(), json!({"id": id, "status": 2, "comment": "不可"})).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"result": "heard"})));
        let path = format!(
            "/pxr-block-proxy/?from_block={BLOCK}&from_path=%2Fnotification%2Fapproval&block={BLOCK}\
             &path=%2Fcatalog-update%2Fjoin%2Fapproval%2Fabcd1234%3Fx%3D1");
        assert_eq!(handed_on(&bench), [(path, json!({"status": 2, "comment": "不可"}))]);
        for (column, expected) in [("status", "2"), ("comment", "不可"), ("approver_operator_id", "1"), ("updated_by", "member01")] {
            assert_eq!(texts(&bench, column, "approval_managed").await, [expected]);
        }
        assert_eq!(decide(&bench, &colleague(), yes(id)).await.status, 400);
    }

    async fn what_an_old_row_names_is_called_only_where_it_is_permitted(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        execute(&bench, "update approval_managed set notice_url = '/operator/'").await;
        assert_eq!(decide(&bench, &member(), yes(id)).await.status, 400);
        assert!(handed_on(&bench).is_empty());
        execute(&bench, "update approval_managed set notice_url = '/catalog-update/x', notice_block_code = 5").await;
        assert_eq!(decide(&bench, &member(), yes(id)).await.status, 400, "a block that did not ask");
        assert!(handed_on(&bench).is_empty());
        execute(&bench, &format!("update approval_managed set notice_block_code = {BLOCK}")).await;
        assert_eq!(decide(&bench, &member(), yes(id)).await.status, 200, "the decision is still to be made");
    }

    async fn two_at_once_are_heard_once(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        let (one, two) = (member(), colleague());
        let no = json!({"id": id, "status": 2, "comment": "x"});
        let (a, b, c) = tokio::join!(decide(&bench, &one, yes(id)), decide(&bench, &two, no), decide(&bench, &one, yes(id)));
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        assert_eq!(handed_on(&bench).len(), 1);
    }

    async fn a_decision_that_takes_long_is_not_taken_over(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        bench.neighbours.hesitate(Duration::from_millis(1500));
        let (one, two) = (member(), colleague());
        let later = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                bench.advance(chrono::TimeDelta::seconds(4));
            }
            decide(&bench, &two, yes(id)).await
        };
        let (first, second) = tokio::join!(decide(&bench, &one, yes(id)), later);
        assert_eq!((first.status, second.status), (200, 400));
        assert_eq!(handed_on(&bench).len(), 1);
        assert_eq!(texts(&bench, "approver_operator_id", "approval_managed").await, ["1"]);
    }

    async fn whoever_comes_second_decides_when_the_first_was_not_heard(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        bench.neighbours.suffer(Some(Fault { at: 0, takes_effect: false, is_last: false }));
        bench.neighbours.hesitate(Duration::from_millis(200));
        let (one, two) = (member(), colleague());
        let (first, second) = tokio::join!(decide(&bench, &one, yes(id)), decide(&bench, &two, yes(id)));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 500]);
    }

    async fn what_was_not_heard_can_be_decided_again(database: Database) {
        let bench = stage(database).await;
        for fault in Fault::each(1) {
            let id = added(&bench, request()).await;
            bench.neighbours.suffer(Some(fault));
            assert_eq!(decide(&bench, &member(), yes(id)).await.status, 500, "{fault:?}");
            bench.neighbours.suffer(None);
            assert_eq!(texts(&bench, "status", &format!("approval_managed where notification_id = {id}")).await, ["0"]);
            if fault.is_last {
                // Who is killed gives no claim back: it lapses.
                let now = bench.ground.store.column(bench.clock.now());
                execute(&bench, &format!("update approval_managed set approval_at = '{now}' where status = 0")).await;
                assert_eq!(decide(&bench, &member(), yes(id)).await.status, 400);
                bench.advance(chrono::TimeDelta::seconds(11));
            }
            assert_eq!(decide(&bench, &member(), yes(id)).await.status, 200, "{fault:?}");
        }
        let id = added(&bench, request()).await;
        let _ = bench.neighbours.clone().refuses(
            ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy/", 400, Value::Null);
        assert_eq!(decide(&bench, &member(), yes(id)).await.status, 500);
        // What the other side says of the decision, the decider reads.
        let _ = bench.neighbours.clone().refuses(
            ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy/", 400, json!({"message": "no"}));
        let refused = decide(&bench, &member(), yes(id)).await;
        assert_eq!((refused.status, &refused.body["message"]), (400, &json!("no")));
        let of_it = format!("approval_managed where notification_id = {id} and approval_at is null");
        assert_eq!(texts(&bench, "status", &of_it).await, ["0"], "still to be decided");
    }

    async fn a_decision_that_was_heard_and_not_saved_is_posted_again_once_its_claim_has_lapsed(database: Database) {
        let bench = stage(database).await;
        let (first, id) = (added(&bench, request()).await, added(&bench, request()).await);
        assert_eq!(decide(&bench, &member(), yes(first)).await.status, 200);
        // From now on no second decision can be written; claims can.
        execute(&bench, "create unique index obstacle on approval_managed (status) where status <> 0").await;
        let unsaved = decide(&bench, &member(), yes(id)).await;
        assert!(unsaved.status >= 500, "{}", unsaved.body);
        assert_eq!(handed_on(&bench).len(), 2);
        let of_it = format!("approval_managed where notification_id = {id}");
        assert_eq!(texts(&bench, "status", &of_it).await, ["0"]);
        execute(&bench, "drop index obstacle").await;
        // Nobody else is heard while the decision may still be on its way.
        let now = bench.ground.store.column(bench.clock.now());
        assert_eq!(texts(&bench, "1", &format!("{of_it} and approval_at = '{now}'")).await, ["1"], "claimed");
        let no = json!({"id": id, "status": 2, "comment": "x"});
        assert_eq!(decide(&bench, &colleague(), no.clone()).await.status, 400);
        assert_eq!(handed_on(&bench).len(), 2);
        bench.advance(chrono::TimeDelta::seconds(11));
        assert_eq!(decide(&bench, &member(), yes(id)).await.status, 200);
        assert_eq!(handed_on(&bench)[1], handed_on(&bench)[2], "the same decision");
        assert_eq!(texts(&bench, "status", &of_it).await, ["1"]);
        assert_eq!(decide(&bench, &colleague(), no).await.status, 400);
        assert_eq!(handed_on(&bench).len(), 3);
    }

    async fn only_requests_that_are_open_are_decided_by_those_they_are_for(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        for session in [individual(), stranger()] {
            assert_eq!(decide(&bench, &session, yes(id)).await.status, 401);
        }
        let plain = added(&bench, notice(&[])).await;
        for other in [77, plain] {
            assert_eq!(decide(&bench, &member(), yes(other)).await.status, 400);
        }
        bench.advance(chrono::TimeDelta::days(7));
        assert_eq!(decide(&bench, &member(), yes(id)).await.status, 400, "expired");
        assert!(handed_on(&bench).is_empty());
    }

    async fn every_field_is_checked(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        for body in [
            json!({}), json!([]), json!([yes(id)]), json!({"id": "x", "status": 1}), json!({"id": id}),
            json!({"id": id, "status": 0}), json!({"id": id, "status": 3}), json!({"id": id, "status": 2}),
            json!({"id": id, "status": 2, "comment": ""}), json!({"id": id, "status": 1, "comment": 1}),
            json!({"id": id, "status": 1, "comment": "あ".repeat(256)}),
        ] {
            let reply = decide(&bench, &member(), body.clone()).await;
            assert_eq!(reply.status, 400, "{body}");
        }
        let anonymous = bench.put("/notification/approval").json(yes(id)).send().await;
        assert_eq!(anonymous.status, 401);
        assert!(handed_on(&bench).is_empty());
    }
}
