//! Listing notices.

use serde_json::{Value, json};
use testkit::{individual, member, on_both_databases};

use super::{ACTOR, BLOCK, added, colleague, execute, ids, list, notice, request, stage, stranger};

on_both_databases! {
    async fn whoever_decided_is_noted(database: Database) {
        let bench = stage(database).await;
        let id = added(&bench, request()).await;
        let yes = json!({"id": id, "status": 1});
        let reply = bench.put("/notification/approval").session(&colleague()).json(yes).send().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        for (column, expected) in [("created_by", "member01"), ("updated_by", "login2"), ("approver_operator_id", "2")] {
            assert_eq!(bench.texts(column, "approval_managed").await, [expected]);
        }
    }

    async fn what_is_looked_for_has_an_index(database: Database) {
        let bench = stage(database).await;
        let indexes = bench.indexes().await;
        for index in [
            "notification_to_block_catalog_code_to_operator_type_idx", "approval_managed_notification_id_idx",
            "readflag_management_notification_id_operator_id_idx",
        ] {
            assert!(indexes.iter().any(|name| name == index), "{index}: {indexes:?}");
        }
    }

    async fn a_session_that_cannot_be_read_is_none_and_beside_a_cookie_it_is_not_read(database: Database) {
        let bench = stage(database).await;
        let query = "/notification?is_send=false&is_unread=false&is_approval=false&num=0&type=0";
        for header in ["nonsense", "%7B", "%ZZ", "[]"] {
            assert_eq!(bench.get(query).header("session", header).send().await.status, 401, "{header}");
        }
        let session = serde_json::Value::Object(member().object().clone());
        let _ = bench.neighbours.clone().answers(
            vocabulary::ServiceName::Operator, http::Method::POST, "/operator/session", session);
        let with_cookie = bench.get(query).header("session", "nonsense").header("cookie", "operator_type3_session=s");
        assert_eq!(with_cookie.send().await.status, 204);
    }

    async fn everybody_sees_what_is_for_him_and_newest_first(database: Database) {
        let bench = stage(database).await;
        added(&bench, notice(&[1])).await;
        added(&bench, notice(&[2])).await;
        added(&bench, notice(&[])).await;
        added(&bench, notice(&[1, 2])).await;
        assert_eq!(ids(&list(&bench, &member(), false, 0, "").await), [4, 3, 1]);
        assert_eq!(ids(&list(&bench, &colleague(), false, 0, "").await), [4, 3, 2]);
        // Neither another type of operator nor whoever has the same number elsewhere.
        assert_eq!(list(&bench, &individual(), false, 0, "").await.status, 204);
        assert_eq!(list(&bench, &stranger(), true, 0, "").await.status, 204);
        // The number is one of notices, however many are to read them.
        let limited = "/notification?is_send=true&is_unread=false&is_approval=false&num=2&type=0";
        assert_eq!(ids(&bench.get(limited).session(&member()).send().await), [4, 3]);
    }

    async fn recipients_and_senders_see_different_things(database: Database) {
        let bench = stage(database).await;
        added(&bench, notice(&[1, 2])).await;
        let received = list(&bench, &member(), false, 0, "").await.body;
        let expected = json!([{
            "id": 1, "type": 0, "title": "題", "content": "文", "attribute": {"a": 1},
            "category": {"_value": 117, "_ver": 3},
            "from": {"blockCode": BLOCK, "operatorId": 1, "actor": {"_value": ACTOR, "_ver": 1}},
            "readAt": null, "sendAt": "2026-01-02T03:04:05.678+0900", "is_transfer": false,
        }]);
        assert_eq!(received.to_string(), expected.to_string());
        let sent = list(&bench, &member(), true, 0, "").await.body;
        let destination = json!({"blockCode": BLOCK, "operatorType": 3, "isSendAll": false,
            "operatorId": ["1", "2"], "userId": ["login1", "login2"], "actor": {"_value": ACTOR, "_ver": 3}});
        assert_eq!(sent[0]["destination"], destination);
        assert_eq!(sent[0].get("readAt"), None);
    }

    async fn requests_show_their_decision(database: Database) {
        let bench = stage(database).await;
        added(&bench, request()).await;
        let open = json!({"operatorId": 0, "status": 0, "approvalAt": null, "expirationAt": "2026-01-09T03:04:05.678+0900"});
        assert_eq!(list(&bench, &member(), false, 1, "").await.body[0]["approval"], open);
        assert_eq!(list(&bench, &member(), false, 0, "").await.status, 204);
        let decided = "/notification?is_send=false&is_unread=false&is_approval=true&num=0&type=1";
        assert_eq!(bench.get(decided).session(&member()).send().await.status, 204);
        bench.put("/notification/approval").session(&member()).json(json!({"id": 1, "status": 1})).send().await;
        let approval = bench.get(decided).session(&member()).send().await.body[0]["approval"].clone();
        assert_eq!((&approval["status"], &approval["operatorId"]), (&json!(1), &json!(1)));
    }

    async fn days_and_categories_narrow_the_list(database: Database) {
        let bench = stage(database).await;
        added(&bench, notice(&[])).await;
        for (more, expected) in [
            ("&from=2026-01-02", 200), ("&from=2026-01-03", 204), ("&to=2026-01-03", 200),
            // A day begins at midnight, and is over then.
            ("&to=2026-01-02", 204), ("&category=117", 200), ("&category=118", 204),
        ] {
            assert_eq!(list(&bench, &member(), false, 0, more).await.status, expected, "{more}");
        }
    }

    async fn old_rows_without_attributes_are_shown(database: Database) {
        let bench = stage(database).await;
        added(&bench, notice(&[])).await;
        for (text, shown) in [("null", Value::Null), ("''", json!({})), ("'{'", json!({}))] {
            execute(&bench, &format!("update notification set attributes = {text}")).await;
            assert_eq!(list(&bench, &member(), false, 0, "").await.body[0]["attribute"], shown, "{text}");
        }
    }

    async fn what_is_asked_for_must_be_clear(database: Database) {
        let bench = stage(database).await;
        let reply = bench.get("/notification").session(&member()).send().await;
        let names = ["is_send", "is_unread", "is_approval", "num", "type"];
        assert_eq!((reply.status, reply.refused_fields()), (400, names.to_vec()));
        for more in ["&from=2026-1-2", "&to=x", "&category=0", "&category=x", "&type=2", "&is_send=x"] {
            let reply = list(&bench, &member(), false, 0, more).await;
            assert_eq!(reply.status, 400, "{more}");
        }
        let anonymous = "/notification?is_send=false&is_unread=false&is_approval=false&num=0&type=0";
        assert_eq!(bench.get(anonymous).send().await.status, 401);
    }
}
