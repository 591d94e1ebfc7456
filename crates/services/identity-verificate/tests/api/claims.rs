//! One code, used twice at once.

use chrono::TimeDelta;
use serde_json::json;
use testkit::{Bench, individual, on_both_databases};

use super::{asked, issue, partner_app, path_for, post, verifications};

/// What a request of another process leaves in the table while it is on its way.
async fn hold(bench: &Bench) {
    bench
        .execute(
            "insert into identify_verify_claim (identify_verify_id, holder, taken_at) \
             select id, 'another', '2026-01-01 18:04:05.678' from identify_verify",
        )
        .await;
}

on_both_databases! {
    async fn a_code_in_use_is_refused(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        bench.execute("update identify_verify set user_id = 'u0'").await;
        hold(&bench).await;
        let put = bench.put(&format!("/identity-verificate/verify/others/{issued}"));
        let verified = put.session(&partner_app()).json(json!({"status": 1})).send().await;
        assert_eq!(verified.status, 409);
        for body in [json!({"identifyCode": issued, "path": path}), json!({"identifyCode": issued})] {
            assert_eq!(post(&bench, &individual(), "collate", body).await.status, 409);
        }
        let user = json!({"identifyCode": issued, "userId": "u2"});
        assert_eq!(post(&bench, &partner_app(), "user/settings", user).await.status, 409);
        assert!(asked(&bench, "/book-manage/cooperate/user").is_empty());
        assert_eq!(bench.text("user_id || is_verified", "identify_verify").await, "u00");
    }

    async fn a_use_that_never_ended_does_not_block_a_code_for_long(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        hold(&bench).await;
        let user = json!({"identifyCode": issued, "userId": "u2"});
        bench.advance(TimeDelta::seconds(10));
        assert_eq!(post(&bench, &partner_app(), "user/settings", user.clone()).await.status, 409);
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(post(&bench, &partner_app(), "user/settings", user).await.status, 200);
        assert_eq!(bench.count("identify_verify_claim").await, 0);
    }

    async fn of_two_uses_at_once_exactly_one_is_what_book_and_code_say(database: Database) {
        let bench = verifications(database).await;
        for _ in 0..10 {
            let issued = issue(&bench).await;
            let (one, other) = (path_for(&bench, &partner_app(), "one").await, path_for(&bench, &partner_app(), "other").await);
            let (session, body) = (individual(), |path: &str| json!({"identifyCode": issued, "path": path}));
            let (one, other) = tokio::join!(
                post(&bench, &session, "collate", body(&one)),
                post(&bench, &session, "collate", body(&other)),
            );
            let statuses = [one.status, other.status];
            assert!(statuses.contains(&200), "{statuses:?}");
            assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
            let last = asked(&bench, "/book-manage/cooperate/user").pop().unwrap();
            let kept = bench.text("user_id", &format!("identify_verify where code = '{issued}'")).await;
            assert_eq!(last["userId"], kept);
        }
    }
}
