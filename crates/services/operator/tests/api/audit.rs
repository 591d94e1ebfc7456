//! Whoever changes who may what leaves a line in the audit log (spec: operator D5).

use serde_json::json;
use testkit::{Log, member, member_with, on_both_databases};

use super::{add, delete_as, full, hash, identity, new_member, operators, post_as, put_as};

on_both_databases! {
    async fn what_is_done_with_operators_is_logged_and_whether_rights_changed(database: Database) {
        let bench = operators(database).await;
        let log = Log::start();
        add(&bench, new_member("root01")).await;
        let id = add(&bench, new_member("root02")).await;
        // A member may give itself what the actor allows; so it must be seen.
        let own = identity(&bench, 3, "root02").await;
        let path = format!("/operator/{id}");
        assert_eq!(put_as(&bench, &own, &path, json!({"name": "N"})).await.status, 200);
        assert_eq!(put_as(&bench, &own, &path, json!({"auth": full()})).await.status, 200);
        assert_eq!(put_as(&bench, &own, &path, json!({"loginId": "root03"})).await.status, 200);
        let password = json!({"newHpassword": hash('b')});
        assert_eq!(put_as(&bench, &member(), &format!("/operator/password/{id}"), password).await.status, 200);
        assert_eq!(delete_as(&bench, &member(), &path).await.status, 200);
        let lines = log.audit();
        let first = id - 1;
        let expected = [
            format!("what=\"operator added\" by=\"member01\" operator={first} kind=3"),
            format!("what=\"operator added\" by=\"member01\" operator={id} kind=3"),
            format!("what=\"operator changed\" by=\"root02\" operator={id} rights=false"),
            format!("what=\"operator changed\" by=\"root02\" operator={id} rights=true"),
            format!("what=\"operator changed\" by=\"root02\" operator={id} rights=false"),
            format!("what=\"password reset\" by=\"member01\" operator={id}"),
            format!("what=\"operator deleted\" by=\"member01\" operator={id}"),
        ];
        assert_eq!(lines, expected);
    }

    async fn what_was_refused_is_not_logged_as_done(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let log = Log::start();
        let helpless = member_with(json!({}));
        assert_eq!(post_as(&bench, &helpless, "/operator", new_member("root02")).await.status, 401);
        let path = format!("/operator/{id}");
        assert_eq!(put_as(&bench, &helpless, &path, json!({"auth": full()})).await.status, 401);
        assert_eq!(put_as(&bench, &member(), &path, json!({"auth": {}})).await.status, 401);
        assert_eq!(delete_as(&bench, &helpless, &path).await.status, 401);
        assert_eq!(log.audit(), [""; 0]);
    }
}
